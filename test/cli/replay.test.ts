import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  const { err } = await shop.sluice('plan')
  expect(err).toContain('Next: sluice apply')
})
afterAll(() => shop.close())

interface Json {
  readonly exitCode: number
  readonly portfolios: readonly [
    {
      readonly days: readonly { readonly date: string; readonly totalMicros: string; readonly currency: string }[]
      readonly plans: readonly [
        {
          readonly kind: string
          readonly decisions: number
          readonly totalMicros: string
          readonly differences: readonly {
            readonly lever: string
            readonly before: string
            readonly after: string
            readonly differenceMicros: string
            readonly currency: string
          }[]
        },
      ]
    },
  ]
}
const jsonOf = (text: string): Json => JSON.parse(text) as Json

test('replay of what the code as it is decided finds no difference', async () => {
  const { code, out } = await shop.sluice('replay')
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^Portfolio steady: 1 plans decided again, 0 of \d+ decisions differ\.\n$/),
  ])
})

test('replay by another policy lists every decision that differs, in money, and what the day’s come to', async () => {
  // A third of the total: every budget that may be cut is cut further.
  shop.write('tighter.yaml', policyText().replace('115000.00', '40000.00'))
  const { code, out } = await shop.sluice('replay', '--policy', 'tighter.yaml', '--json')
  const { portfolios } = jsonOf(out)
  const [{ plans, days }] = portfolios
  const [plan] = plans
  expect(code).toBe(2)
  expect(plan.differences.length).toBeGreaterThan(0)
  let inEuros = 0
  for (const { before, after, differenceMicros, currency } of plan.differences) {
    expect(before).toMatch(new RegExp(`^[\\d.]+ ${currency}$`))
    // Both are shown to the cent.
    expect(Number(differenceMicros) / 1e6).toBeCloseTo(Number.parseFloat(after) - Number.parseFloat(before), 6)
    // rates.csv: a dollar is worth 0.92 euros.
    inEuros += (Number(differenceMicros) / 1e6) * (currency === 'USD' ? 0.92 : 1)
  }
  expect(inEuros).toBeLessThan(0)
  expect(Number(plan.totalMicros) / 1e6).toBeCloseTo(inEuros, 4)
  expect(days).toEqual([
    expect.objectContaining({ date: '2026-10-05', totalMicros: plan.totalMicros, currency: 'EUR' }),
  ])
  const text = await shop.sluice('replay', '--policy', 'tighter.yaml')
  expect(text.out).toMatch(/^ {2}2026-10-05 +1 +\d+ +-[\d.]+ EUR$/m)
})

test('replay says which plan’s inputs are missing or damaged, and fails', async () => {
  const archive = join(shop.folder, 'archive')
  const folders = readdirSync(archive)
  const [file] = folders.flatMap((folder) =>
    readdirSync(join(archive, folder)).map((name) => join(archive, folder, name)),
  )
  const kept = readFileSync(file!)
  shop.write(file!.slice(shop.folder.length + 1), 'not gzip')
  const damaged = await shop.sluice('replay')
  expect([damaged.code, damaged.err]).toEqual([
    1,
    expect.stringMatching(/cannot be decided again: its inputs cannot be read: /),
  ])
  rmSync(file!)
  const missing = await shop.sluice('replay', '--json')
  expect(missing.code).toBe(1)
  expect(missing.out).toMatch(/"kind":"missing","why":"its inputs cannot be read: archived [0-9a-f]{64} is missing in /)
  expect(kept.length).toBeGreaterThan(0)
})
