import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

// A forecast writes nothing: all of these may look at the same shop.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING, policyText({ mode: 'observe', caps: false }))
})
afterAll(() => shop.close())

const forecast = (...args: readonly string[]) => shop.sluice('forecast', ...args)

/** Cells of the line of the first table that begins so. */
const row = (out: string, label: string): readonly string[] => {
  const line = out.split('\n').find((one) => one.startsWith(`  ${label}  `))
  if (line === undefined) throw new Error(`no line "${label}" in\n${out}`)
  return line.trim().split(/ {2,}/)
}

describe('forecast', () => {
  test('says what 15 % more would bring and where it would go, while the portfolio only observes and has no caps', async () => {
    const { code, out, err } = await forecast('--change', '+15%')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Portfolio steady · observe · policy: 115000.00 EUR from 2026-10-05 to 2026-11-01')
    expect(out).toContain('Incremental conversions per flight of 28 days, with 80 % intervals')
    // 115,000 and 15 % more.
    const [policy, more] = [row(out, 'policy'), row(out, '+15.0 %')]
    expect([policy[1], more[1]]).toEqual(['115000.00 EUR', '132250.00 EUR'])
    const [, before, after] =
      /^From 115000\.00 EUR to 132250\.00 EUR: \+([\d.]+) conversions \(80 %: ([\d.]+) to [\d.]+\)$/m.exec(out)!
    expect(Math.abs(Number(more[2]) - Number(policy[2]) - Number(before))).toBeLessThan(2)
    expect(Number(after)).toBeLessThan(Number(before))
    // 17,250 more over what it brings.
    const each = (17_250 / Number(before)).toFixed(0)
    expect(out).toMatch(
      new RegExp(`\\+17250\\.00 EUR of spend, ${each.slice(0, -1)}\\d\\.\\d\\d EUR for each further conversion`),
    )
    expect(out).toMatch(/^Where it goes, a day:$/m)
    expect(out).toMatch(/^ {2}google-ads +\+[\d.]+ EUR +\+[\d.]+ +/m)
    expect(out).toMatch(new RegExp(`^ {2}Search 1 +${GOOGLE} +\\+[\\d.]+ EUR +[\\d.]+ EUR → [\\d.]+ EUR +\\+`, 'm'))
  })

  test('is asked for 15 % more where nothing is asked', async () => {
    expect((await forecast()).out).toBe((await forecast('--change', '+15%')).out)
  })

  test('shows a curve that rises, with money that brings less and less, and a chart of it', async () => {
    const { out } = await forecast()
    const lines = out.split('\n')
    const curve = lines
      .filter((line) => /^ {2}(policy|[+−][\d.]+ %) +\d/.test(line))
      .map((line) => line.trim().split(/ {2,}/))
    expect(curve.length).toBeGreaterThanOrEqual(7)
    const column = (at: number): readonly number[] => curve.map((cells) => Number.parseFloat(cells[at]!))
    for (const at of [1, 2, 4]) expect(column(at)).toEqual(column(at).toSorted((a, b) => a - b))
    for (const [, , mean, interval] of curve) {
      const [low, high] = interval!.split(' to ').map(Number)
      expect(Number(mean)).toBeGreaterThan(low!)
      expect(Number(mean)).toBeLessThan(high!)
    }
    expect(lines.filter((line) => /^ +[\d.]+ EUR │ +├─*●─*┤$/.test(line))).toHaveLength(curve.length)
  })

  test('of less says where it comes from', async () => {
    const { out } = await forecast('--change', '-10%')
    expect(out).toMatch(/^From 115000\.00 EUR to 103500\.00 EUR: −[\d.]+ conversions/m)
    expect(out).toContain('for each lost conversion')
    expect(out).toContain('Where it comes from, a day:')
  })

  test('marks what goes beyond what was ever spent', async () => {
    const { out } = await forecast('--daily', '12000 EUR')
    expect(out).toMatch(
      /^\d+ % of 12000\.00 EUR would go beyond what was seen of their campaigns \(1\.5 times the best 14 days\)/m,
    )
    expect(out).toMatch(/beyond what was seen, \d+\.\d\d EUR/)
    expect(out).toContain('Incremental conversions per day, with 80 % intervals')
  })

  test('of a total says what it brings for a flight as long as the policy’s', async () => {
    const { out } = await forecast('--total', '50000 EUR', '--portfolio', 'steady')
    // 50,000 of 115,000.
    expect(row(out, '−56.5 %')[1]).toBe('50000.00 EUR')
  })

  test('of a range shows so many totals and compares its ends', async () => {
    const { out } = await forecast('--from', '100000 EUR', '--to', '130000 EUR', '--steps', '4')
    expect(out).toMatch(/^From 100000\.00 EUR to 130000\.00 EUR: \+/m)
    const totals = out.split('\n').flatMap((line) => /^ {2}[+−][\d.]+ % +(\d+\.\d\d) EUR/.exec(line)?.[1] ?? [])
    expect(totals).toEqual(['100000.00', '110000.00', '120000.00', '130000.00'])
  })

  test('of less than budgets may be says what the least is', async () => {
    const { code, out } = await forecast('--daily', '0.05 EUR')
    expect(code).toBe(0)
    expect(out).toMatch(/cannot be had: budgets at their least and what is not moved cost more, \d+\.\d\d EUR in all/)
    expect(out).not.toContain('Where it')
  })

  test('--all lists every campaign', async () => {
    const [few, all] = [await forecast('--change', '-50%'), await forecast('--change', '-50%', '--all')]
    expect(few.out).toMatch(/… and \d+ more \(--all lists each\)/)
    expect(all.out).not.toContain('--all lists each')
    expect(all.out.split('\n').length).toBeGreaterThan(few.out.split('\n').length)
  })

  test('--json has everything per day, money in micros, and parts that add up', async () => {
    const { code, out } = await forecast('--json')
    expect(code).toBe(0)
    const { schemaVersion, command, forecasts } = JSON.parse(out)
    expect({ schemaVersion, command }).toEqual({ schemaVersion: 1, command: 'forecast' })
    const [one] = forecasts
    expect(one).toMatchObject({
      portfolio: 'steady',
      mode: 'observe',
      currency: 'EUR',
      flightDays: 28,
      unit: 'conversions-per-day',
      none: null,
      // 115,000 over 28 days, and 15 % more.
      policyTotal: { micros: '4107142857', currency: 'EUR' },
      comparison: { from: { micros: '4107142857' }, to: { micros: '4723214286' } },
    })
    for (const { spend, outcome, platforms, campaigns } of one.points)
      for (const parts of [platforms, campaigns]) {
        const sum = (of: (part: (typeof parts)[number]) => number): number =>
          parts.reduce((total: number, part: (typeof parts)[number]) => total + of(part), 0)
        expect(sum((part) => Number(part.spend.micros))).toBeCloseTo(Number(spend.micros), -2)
        expect(sum((part) => part.outcome.mean)).toBeCloseTo(outcome.mean, 6)
      }
    expect(one.points[0].platforms.map(({ name }: { name: string }) => name).sort()).toEqual(['google-ads', 'meta'])
    expect(one.points[0].accounts.map(({ name }: { name: string }) => name).sort()).toEqual([GOOGLE, META])
  })

  test('writes nothing and asks the platforms nothing', async () => {
    const [sent, status] = [shop.requests(), (await shop.sluice('status', '--json')).out]
    await forecast()
    expect(shop.requests()).toEqual(sent)
    expect((await shop.sluice('status', '--json')).out).toBe(status)
  })
})

describe('what cannot be asked names the option, its value and the remedy', () => {
  test.each([
    [['--total', '50000'], '--total: "50000" is not an amount: write number and currency, such as "50000 EUR"'],
    [['--daily', '-5 EUR'], '--daily: "-5 EUR" is not an amount: write number and currency, such as "50000 EUR"'],
    [['--daily', '0 EUR'], '--daily: "0 EUR" must be more than 0'],
    [['--total', '50000 USD'], '--total: "50000 USD" is in USD, and the portfolio reckons in EUR: write it in EUR'],
    [['--change', '0.15'], '--change: "0.15" is not a change in per cent: write it like +15% or -10%'],
    [['--change', '-100%'], '--change: "-100%" leaves nothing to forecast: ask for more than -100%, and not 0%'],
    [['--from', '1000 EUR'], '--to: missing; a range has both, such as --from "40000 EUR" --to "60000 EUR"'],
    [['--from', '2000 EUR', '--to', '1000 EUR'], '--to: "1000 EUR" is not more than --from, "2000 EUR": exchange them'],
    [['--total', '1000 EUR', '--change', '+5%'], '--total and --change ask for different things: give one of them'],
    [['--portfolio', 'other'], 'there is no portfolio other: there is steady'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await forecast(...args)
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: `sluice forecast: ${message}\n` })
  })

  test('as JSON too', async () => {
    const { out } = await forecast('--change', '5', '--json')
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, command: 'forecast', exitCode: 1 })
  })

  test('steps', async () => {
    const { code, err } = await forecast('--steps', '1')
    expect(code).toBe(1)
    expect(err).toContain('It must be a whole number from 2 to 50')
  })
})
