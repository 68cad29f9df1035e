import { describe, expect, it } from 'vitest'
import { addDays, DAY_MS, HOUR_MS, later, startOfDay, type TimeZone } from '../../../lib/units/calendar.ts'
import { createMarket } from '../../../playground/market/market.ts'
import { loadScenario } from '../../../playground/market/read-scenario.ts'
import { afterDays, calmMarket, campaign, claimsOf, day, facts, finished, google, spendOf } from './small-market.ts'

describe('what is visible', () => {
  it('ends with the last full hour, less the reporting delay', () => {
    const at = (delayMinutes: number) => {
      const market = calmMarket({ tracking: { delayMinutes } })
      market.advanceTo(later(market.start, 5 * HOUR_MS + 40 * 60_000))
      return facts(market, { grain: 'hour', from: day('2026-10-05'), to: day('2026-10-05') }).map((row) => row.hour)
    }
    expect(at(0)).toEqual([0, 1, 2, 3, 4])
    expect(at(45)).toEqual([0, 1, 2, 3])
  })

  it('has nothing of days before the history, however far before', () => {
    const market = createMarket(loadScenario('steady'), { seed: 5 })
    const { platform, id: accountId } = market.accounts[0]!
    const known = facts(market, { platform, accountId, from: day('2020-01-01'), to: day('2026-10-04') })
    const first = known.map(({ date }) => date).toSorted()[0]!
    for (const before of [1, 2, 30])
      expect(facts(market, { platform, accountId, from: day('2020-01-01'), to: addDays(first, -before) })).toEqual([])
  })

  it('has rows with zeros for campaigns that did nothing', () => {
    const market = finished({
      accounts: [google({ campaigns: [campaign(), campaign({ name: 'Off', status: 'paused' })] })],
    })
    const rows = facts(market, { from: day('2026-10-05'), to: day('2026-10-05') })
    expect(rows[1]).toMatchObject({ spendMicros: 0n, clicks: 0, impressions: 0, claims: [] })
  })

  it('adds up: ad groups to campaigns to the account', () => {
    const market = createMarket(loadScenario('steady'), { seed: 5 })
    market.advanceTo(afterDays(market, 3))
    for (const { platform, id } of market.accounts) {
      const of = (level: 'account' | 'campaign' | 'ad-group') => facts(market, { platform, accountId: id, level })
      const [account, campaigns, groups] = [of('account'), of('campaign'), of('ad-group')]
      expect(spendOf(campaigns)).toBeCloseTo(spendOf(account), 6)
      expect(spendOf(groups)).toBeCloseTo(spendOf(account), 6)
      expect(claimsOf(campaigns)).toBeCloseTo(claimsOf(account), 6)
      expect(claimsOf(groups)).toBeCloseTo(claimsOf(account), 6)
    }
  })
})

describe('accounts abroad', () => {
  it('in yen spend whole yen only', () => {
    const market = createMarket(loadScenario('yen-account'), { seed: 1 })
    market.advanceTo(afterDays(market, 3))
    for (const { platform, id } of market.accounts)
      for (const row of facts(market, {
        platform,
        accountId: id,
        grain: 'hour',
        from: day('2026-10-06'),
        to: day('2026-10-06'),
      })) {
        expect(row.spendMicros % 1_000_000n).toBe(0n)
        for (const claim of row.claims) expect(claim.valueMicros % 1_000_000n).toBe(0n)
      }
    expect(market.accounts[0]!.spentMicros()).toBeGreaterThan(1_000_000_000_000n)
  })

  it('live through 25 hours when clocks go back: the hour that comes twice is one row with the spend of both', () => {
    const flat = Array.from({ length: 24 }, () => 1)
    const market = finished({ start: '2026-10-22', days: 14, hours: flat }, 1, 10)
    const rows = facts(market, { grain: 'hour', from: day('2026-10-25'), to: day('2026-10-25') })
    expect(rows).toHaveLength(24)
    const at = (hour: number): number => Number(rows[hour]!.spendMicros) / 1e6
    // 100 over 25 equal hours is 4 an hour; 02:00 comes twice.
    expect(at(1)).toBeCloseTo(4, 1)
    expect(at(2)).toBeCloseTo(8, 1)
    expect(spendOf(rows)).toBeCloseTo(100, 1)
    expect(market.truth.caused({ from: day('2026-10-25'), to: day('2026-10-25') })[0]!.expected).toBeCloseTo(10, 3)
  })

  it('start their days by their own clocks', () => {
    const market = createMarket(loadScenario('clock-change-week'), { seed: 1 })
    market.advanceTo(market.end)
    expect(market.end - market.start).toBe(14 * DAY_MS + HOUR_MS)
    const [berlin, newYork] = market.accounts
    expect(startOfDay(day('2026-10-26'), berlin!.zone) - startOfDay(day('2026-10-25'), berlin!.zone)).toBe(25 * HOUR_MS)
    expect(startOfDay(day('2026-11-02'), newYork!.zone) - startOfDay(day('2026-11-01'), newYork!.zone)).toBe(
      25 * HOUR_MS,
    )
    const hours = facts(market, { grain: 'hour', from: day('2026-10-25'), to: day('2026-10-25') })
    const [whole] = facts(market, { level: 'account', from: day('2026-10-25'), to: day('2026-10-25') })
    expect(hours.reduce((total, row) => total + row.spendMicros, 0n)).toBe(whole!.spendMicros)
  })

  it('live through 23 hours when clocks go forward, without the hour that is left out', () => {
    const market = finished({ start: '2026-03-27', days: 5 }, 1, 5)
    const rows = facts(market, { grain: 'hour', from: day('2026-03-29'), to: day('2026-03-29') })
    expect(rows.map(({ hour }) => hour)).not.toContain(2)
    expect(rows).toHaveLength(23)
    expect(spendOf(rows)).toBeCloseTo(100, 1)
  })

  it('in zones with half hours have whole days as well', () => {
    const market = finished({ accounts: [google({ zone: 'Asia/Kolkata' as TimeZone })] }, 1, 3)
    expect(spendOf(facts(market, { from: day('2026-10-06'), to: day('2026-10-06') }))).toBeCloseTo(100, 1)
  })
})
