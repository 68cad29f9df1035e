import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdict } from '../../cli/commands/demo.ts'
import { main } from '../../cli/main.ts'
import { instant } from '../../lib/units/calendar.ts'
import type { Ended } from './shop.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function sluice(...args: readonly string[]): Promise<Ended> {
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, {
    cwd: folder,
    env: {},
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    clock: { now: () => instant('2026-11-21T06:00:00Z') },
  })
  return { code, out: out.join(''), err: err.join('') }
}

describe('demo', () => {
  test('prints its page on stdout, its progress on stderr, and writes the report', async () => {
    const { code, out, err } = await sluice('demo', '--scenario', 'steady', '--days', '2', '--exit')
    expect(code).toBe(0)
    expect(out).toContain('2 days, 2026-10-05 to 2026-10-06 · seed 1')
    expect(out).toContain('What must always hold')
    expect(err).toContain('100 %')
    expect(readFileSync(join(folder, 'sluice-report.html'), 'utf8')).toMatch(/^<!doctype html>/i)
  })

  test('prints the run as data with --json, and the same for the same seed', async () => {
    const run = () =>
      sluice('demo', '--scenario', 'steady', '--days', '1', '--seed', '7', '--json', '-q', '--report', 'r.html')
    const first = await run()
    expect(JSON.parse(first.out)).toMatchObject({ schemaVersion: 1, seed: 7, days: 1 })
    expect(first.err).toBe('')
    expect((await run()).out).toBe(first.out)
  })

  test.each([
    [['--days', '0'], "option '--days <n>' argument '0' is invalid. It must be a whole number from 1 to 366."],
    [['--days', '1.5'], "argument '1.5' is invalid"],
    [['--days', '29', '--scenario', 'steady'], '--days 29 must be at most 28, the length of scenario steady'],
    [['--seed', 'x'], "argument 'x' is invalid"],
    [['--scenario', 'nowhere'], 'scenario nowhere: no such file; shipped are '],
  ])('%j is refused', async (args, message) => {
    const { code, out, err } = await sluice('demo', ...args, '--report', 'never.html')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(message)
    expect(existsSync(join(folder, 'never.html'))).toBe(false)
  })

  test('a scenario with a negative budget is refused by file and field', async () => {
    const scenario = {
      extends: 'steady',
      name: 'negative',
      accounts: [
        {
          platform: 'google-ads',
          id: '4155550101',
          name: 'Negative',
          currency: 'EUR',
          zone: 'Europe/Berlin',
          sharedBudgets: [{ name: 'Pool', daily: '-5' }],
          generate: [{ name: 'Search', count: 1, kind: 'search', class: 'prospecting' }],
        },
      ],
    }
    writeFileSync(join(folder, 'negative.json'), JSON.stringify(scenario))
    const { code, out, err } = await sluice('demo', '--scenario', 'negative.json')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/scenario negative\.json: accounts\[0\]\.sharedBudgets\[0\]\.daily: "-5" must be/)
  })

  test('fails by name for what did not hold, and for nothing else', () => {
    const said: string[] = []
    const screen = { warn: (text: string) => void said.push(text) }
    const held = { name: 'every ledger equals the fold of the audit', held: true, detail: '4 days' }
    const broken = { name: 'no push took a day past its cap', held: false, detail: 'meta:1 2026-10-05' }
    expect(verdict({ invariants: [held] }, screen)).toBe(0)
    expect(said).toEqual([])
    expect(verdict({ invariants: [held, broken] }, screen)).toBe(1)
    expect(said).toEqual(['did not hold: no push took a day past its cap — meta:1 2026-10-05'])
  })
})
