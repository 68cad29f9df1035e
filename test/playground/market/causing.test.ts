import { describe, expect, it } from 'vitest'
import {
  afterDays,
  allOrders,
  calmMarket,
  campaign,
  claimsOf,
  day,
  facts,
  finished,
  flight,
  google,
  headline,
  meta,
  setBudget,
  sum,
} from './small-market.ts'

describe('what the spend causes', () => {
  // Hill by hand: 20 · 100/(100 + 100) = 10 a day at shape 1; 20 · 50²/(50² + 100²) = 4 at shape 2 and half the budget.
  it('is on average exactly what the curve says at a steady spend', () => {
    const market = finished({})
    for (const { expected } of market.truth.caused(flight(market))) expect(expected).toBeCloseTo(10, 3)
  })

  it('is drawn within sampling error of it: 28 days of Poisson(10) sum to 280 with a deviation of 16.7', () => {
    const totals = [1, 2, 3, 4, 5, 6].map((seed) => headline(finished({}, seed)).drawn)
    for (const total of totals) expect(Math.abs(total - 280)).toBeLessThan(4 * 16.7)
    expect(Math.abs(sum(totals) / 6 - 280)).toBeLessThan((4 * 16.7) / Math.sqrt(6))
    expect(new Set(totals).size).toBeGreaterThan(3)
  })

  it('is convex at low spend for an S-shape: twice the budget brings more than twice as much', () => {
    const at = (daily: string): number => {
      const shaped = campaign({ budget: { daily }, response: { ...campaign().response, shape: 2 } })
      return headline(finished({ accounts: [google({ campaigns: [shaped] })] })).expected
    }
    expect(at('50')).toBeCloseTo(28 * 4, 1)
    expect(at('50')).toBeGreaterThan(2 * at('25'))
  })

  it('depends on the day of the week, the season, shocks and promotions by their factors', () => {
    const of = (over: Record<string, unknown>, date: string): number => {
      const market = finished(over)
      return market.truth.caused({ from: day(date), to: day(date) })[0]!.expected
    }
    expect(of({ weekdays: [2, 1, 1, 1, 1, 1, 0.0001] }, '2026-10-05')).toBeCloseTo(20, 1)
    const season = [{ periodDays: 100, amplitude: 0.25, peak: '2026-10-10' }]
    expect(of({ demand: { season } }, '2026-10-10')).toBeCloseTo(12.5, 2)
    const shock = { kind: 'shock', at: '2026-10-08T22:00:00Z', conversions: 0.5 }
    expect(of({ events: [shock] }, '2026-10-08')).toBeCloseTo(10, 2)
    expect(of({ events: [shock] }, '2026-10-09')).toBeCloseTo(5, 2)
    // Twice the price of reaching people: as much as 50 at the old one, 20 · 50/150.
    expect(of({ events: [{ ...shock, conversions: 1, cost: 2 }] }, '2026-10-09')).toBeCloseTo(20 / 3, 2)
    const sale = {
      kind: 'promotion',
      at: '2026-10-08T22:00:00Z',
      until: '2026-10-10T22:00:00Z',
      uplift: 1.6,
      dip: 0.7,
      dipDays: 2,
    }
    expect(of({ events: [sale] }, '2026-10-10')).toBeCloseTo(16, 2)
    expect(of({ events: [sale] }, '2026-10-11')).toBeCloseTo(7, 2)
    expect(of({ events: [sale] }, '2026-10-13')).toBeCloseTo(10, 2)
  })

  it('drifts around the curve with the spread that was asked for', () => {
    const levels = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => {
      const market = finished({ days: 200, demand: { drift: { spread: 0.3, halfLifeDays: 3 } } }, seed, 200)
      return market.truth.caused(flight(market)).map(({ expected }) => Math.log(expected / 10))
    })
    const mean = sum(levels) / levels.length
    const deviation = Math.sqrt(sum(levels.map((level) => (level - mean) ** 2)) / levels.length)
    // 1600 days that forget half in three: about 180 independent ones, so ±0.3/sqrt(360) = 0.016.
    expect(Math.abs(deviation - 0.3)).toBeLessThan(0.05)
    expect(Math.abs(mean)).toBeLessThan(0.08)
  })

  it('is less by what comes out of another campaign, as long as that one runs', () => {
    const two = google({ campaigns: [campaign({ name: 'Taker' }), campaign({ name: 'Giver' })] })
    const cannibalisation = [{ taker: 'Taker', from: 'Giver', share: 0.3 }]
    const market = finished({ accounts: [two], cannibalisation })
    const [taker, giver] = [...market.accounts[0]!.campaigns.keys()]
    const of = (id: string) =>
      sum(market.truth.caused({ ...flight(market), campaignId: id }).map((row) => row.expected))
    // After the first hour the giver's rate is known; before it nothing can be taken.
    expect(of(taker!) / of(giver!)).toBeCloseTo(0.7, 2)
    // Three runs draw 3 · 476 orders, give or take 38; with those that were taken it would be 3 · 560.
    const runs = [1, 2, 3].map((seed) => headline(finished({ accounts: [two], cannibalisation }, seed)).drawn)
    expect(Math.abs(sum(runs) - 3 * 476)).toBeLessThan(4 * 38)
    const claimed = facts(market, { from: flight(market).from, to: flight(market).to })
    const claims = (id: string) => claimsOf(claimed.filter((row) => row.id === id))
    expect(claims(taker!)).toBeGreaterThan(1.2 * claims(giver!))
    const paused = google({ campaigns: [campaign({ name: 'Taker' }), campaign({ name: 'Giver', status: 'paused' })] })
    expect(headline(finished({ accounts: [paused], cannibalisation })).expected).toBeCloseTo(280, 1)
  })
})

describe('orders', () => {
  it('are those caused and those that would have come anyway, and no others', () => {
    const market = finished({ shop: { organicPerDay: 40 }, accounts: [google(), meta()] })
    const orders = allOrders(market)
    const days = market.truth.caused({ from: day('2026-01-01'), to: day('2027-01-01') })
    expect(orders.filter(({ causedBy }) => causedBy !== undefined)).toHaveLength(sum(days.map(({ drawn }) => drawn)))
    expect(sum(orders.filter((o) => o.causedBy).map((o) => Number(o.netMicros)))).toBe(
      sum(days.map((row) => Number(row.drawnValueMicros))),
    )
    // Poisson(40) over 38 days: 1520 ± 39.
    expect(Math.abs(orders.filter(({ causedBy }) => !causedBy).length - 1520)).toBeLessThan(4 * 39)
  })

  it('are the same organic ones whatever is spent', () => {
    const organic = (daily: string) =>
      allOrders(
        finished({ shop: { organicPerDay: 40 }, accounts: [google({ campaigns: [campaign({ budget: { daily } })] })] }),
      )
        .filter(({ causedBy }) => !causedBy)
        .map(({ at, netMicros }) => [at, netMicros])
    expect(organic('100')).toEqual(organic('300'))
  })

  it('have the share of new customers and the mean value that the scenario says', () => {
    const market = finished({
      shop: { organicPerDay: 200, newShare: 0.2, valueSpread: 0.5 },
      accounts: [google({ campaigns: [campaign({ budget: { daily: '1' } })] })],
    })
    const organic = allOrders(market).filter(({ causedBy }) => !causedBy)
    // 7600 orders: share ± 0.0046; value 50 with a coefficient of variation of 0.53, ± 0.31.
    expect(Math.abs(organic.filter(({ customer }) => customer === 'new').length / organic.length - 0.2)).toBeLessThan(
      0.02,
    )
    expect(Math.abs(sum(organic.map((o) => Number(o.netMicros) / 1e6)) / organic.length - 50)).toBeLessThan(1.3)
  })

  it('are refunded in the share that the scenario says, and no refund is known before it happens', () => {
    const market = finished({ shop: { organicPerDay: 100, refunds: { share: 0.2, meanDays: 5 } } })
    const refunded = allOrders(market).filter(({ refundedAt }) => refundedAt !== undefined)
    expect(Math.abs(refunded.length / allOrders(market).length - 0.2)).toBeLessThan(0.03)
    for (const { at, refundedAt } of refunded) expect(refundedAt!).toBeGreaterThan(at)
    const known = market.truth.orders(0 as never, market.now())
    for (const order of known) {
      expect(order.at).toBeLessThanOrEqual(market.now())
      expect(order.refundedAt ?? 0).toBeLessThanOrEqual(market.now())
    }
    expect(known.length).toBeLessThan(allOrders(market).length)
  })
})

describe('changing a budget', () => {
  it('moves what is caused along the curve', () => {
    const market = calmMarket({ learning: { penalty: 0 } })
    setBudget(market, 300)
    market.advanceTo(afterDays(market, 3))
    // 20 · 300/400 = 15.
    expect(market.truth.caused({ from: day('2026-10-06'), to: day('2026-10-06') })[0]!.expected).toBeCloseTo(15, 2)
  })
})
