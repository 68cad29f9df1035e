import { describe, expect, it } from 'vitest'
import { later } from '../../../lib/units/calendar.ts'
import { createMarket, type Market } from '../../../playground/market/market.ts'
import { loadScenario } from '../../../playground/market/read-scenario.ts'
import { runUntouched } from '../../../playground/market/untouched.ts'
import {
  API,
  afterDays,
  allOrders,
  calmScenario,
  campaign,
  day,
  facts,
  google,
  META,
  meta,
  scenarioOf,
} from './small-market.ts'

const stateOf = (market: Market) => ({
  facts: market.accounts.flatMap(({ platform, id }) => facts(market, { platform, accountId: id, level: 'ad-group' })),
  caused: market.truth.caused({ from: day('2026-01-01'), to: day('2027-01-01') }),
  orders: market.truth.ordersToCome(0 as never, Number.MAX_SAFE_INTEGER as never),
})

const steady = { ...loadScenario('steady'), history: { days: 20, orders: true } }

const raise = (market: Market, name: string, factor: number): void => {
  for (const account of market.accounts)
    for (const budget of account.budgets.values())
      if (budget.name === name)
        market.apply(
          {
            platform: account.platform,
            accountId: account.id,
            kind: 'budget',
            budgetId: budget.id,
            amountMicros: BigInt(Math.round(Number(budget.amountMicros) * factor)),
          },
          API,
        )
}

describe('one seed is one history', () => {
  it('whenever it is run', () => {
    const runs = [1, 2].map(() => {
      const market = createMarket(steady, { seed: 9 })
      market.advanceTo(afterDays(market, 5))
      return stateOf(market)
    })
    expect(runs[0]).toEqual(runs[1])
  })

  it('in however many steps time passes', () => {
    const [atOnce, inSteps] = [1, 2].map(() => createMarket(steady, { seed: 9 })) as [Market, Market]
    atOnce.advanceTo(afterDays(atOnce, 3))
    for (let minute = 0; minute <= 72 * 60; minute += 37) inSteps.advanceTo(later(inSteps.start, minute * 60_000))
    inSteps.advanceTo(afterDays(inSteps, 3))
    expect(stateOf(inSteps)).toEqual(stateOf(atOnce))
  })

  it('and another seed is another one', () => {
    const [a, b] = [1, 2].map((seed) => createMarket(steady, { seed })) as [Market, Market]
    expect(stateOf(a).facts).not.toEqual(stateOf(b).facts)
  })

  it('and time does not go back', () => {
    const market = createMarket(steady, { seed: 1 })
    expect(() => market.advanceTo(later(market.start, -1))).toThrow('time cannot go back')
  })
})

describe('two runs of one seed with other budgets draw the same numbers', () => {
  const two = scenarioOf(
    calmScenario({
      demand: { drift: { spread: 0.2, halfLifeDays: 10 }, dispersion: 0.1, hourlyNoise: 0.2 },
      overDelivery: { spread: 0.15 },
      accounts: [google({ campaigns: [campaign({ name: 'A' }), campaign({ name: 'B' })] })],
    }),
  )
  const run = (factor: number) => {
    const market = createMarket(two, { seed: 6 })
    raise(market, 'A', factor)
    market.advanceTo(afterDays(market, 14))
    return market
  }
  const rowsOf = (market: Market, index: number) => {
    const id = [...market.accounts[0]!.campaigns.keys()][index]!
    return facts(market).filter((row) => row.id === id)
  }

  it('so that the campaign that was left alone has exactly the same days', () => {
    expect(rowsOf(run(1.8), 1)).toEqual(rowsOf(run(1), 1))
  })

  it('and the one that got more never has fewer conversions on a day', () => {
    const drawn = (market: Market) => {
      const id = [...market.accounts[0]!.campaigns.keys()][0]!
      return market.truth
        .caused({ from: day('2026-10-13'), to: day('2026-10-18'), campaignId: id })
        .map((row) => row.drawn)
    }
    // After the ten days that learning lasts at most; on average 1.29 times as many.
    const [less, more] = [drawn(run(1)), drawn(run(1.8))]
    for (const [i, count] of more.entries()) expect(count).toBeGreaterThanOrEqual(less[i]!)
  })

  it('and edits that change nothing change nothing but the record of them, however they cut the hours', () => {
    const [without, withEdits] = [createMarket(two, { seed: 6 }), createMarket(two, { seed: 6 })]
    for (let minute = 0; minute < 7 * 24 * 60; minute += 41) {
      withEdits.advanceTo(later(withEdits.start, minute * 60_000))
      raise(withEdits, 'A', 1)
    }
    for (const market of [without, withEdits]) market.advanceTo(afterDays(market, 8))
    expect(withEdits.accounts[0]!.changes.length).toBeGreaterThan(200)
    const spends = (market: Market) => facts(market).map((row) => row.spendMicros)
    expect(spends(withEdits)).toEqual(spends(without))
    expect(valuesOf(withEdits)).toEqual(valuesOf(without))
  })
})

/** Which orders there are, in whatever order they come: the moment of a touch moves with the piece of the hour it fell in. */
const valuesOf = (market: Market): readonly bigint[] =>
  allOrders(market)
    .map(({ netMicros }) => netMicros)
    .toSorted((a, b) => Number(a - b))

describe('an untouched account', () => {
  const demo = { ...loadScenario('demo'), history: { days: 30, orders: false } }

  it.each([0.9, 1, 1.07])(
    'spends %f of what it did within a tenth of a percent, on budgets times one factor',
    (share) => {
      const plain = createMarket(demo, { seed: 2 })
      plain.advanceTo(plain.end)
      const { from, to } = plain.portfolio.flight
      const wanted = BigInt(Math.round(Number(plain.truth.headline(from, to).spendMicros) * share))
      const untouched = runUntouched(demo, { seed: 2, spendMicros: wanted })
      const spent = untouched.market.truth.headline(from, to).spendMicros
      expect(Math.abs(Number(spent) / Number(wanted) - 1)).toBeLessThan(0.001)
      expect(untouched.spendDifference).toBeCloseTo(Number(spent) / Number(wanted) - 1, 6)
      expect(Math.abs(untouched.factor - share)).toBeLessThan(0.08)
    },
  )

  it('has the same history, and is changed by nobody but the scenario', () => {
    const plain = createMarket(demo, { seed: 2 })
    const { market } = runUntouched(demo, { seed: 2, spendMicros: 250_000_000_000n })
    const before = { from: day('2026-01-01'), to: day('2026-10-03') }
    expect(market.truth.caused(before)).toEqual(plain.truth.caused(before))
    const actors = market.accounts.flatMap(({ changes }) => changes.map(({ actor }) => actor.kind))
    expect(actors).toEqual(['human', 'human', 'human'])
  })

  it('says how far it fell short where no factor spends the total', () => {
    const capped = campaign({ response: { ...campaign().response, maxDailySpend: '60' } })
    const small = scenarioOf(calmScenario({ accounts: [google({ campaigns: [capped] })] }))
    const { spendDifference, spendMicros } = runUntouched(small, { seed: 1, spendMicros: 2_000_000_000n })
    // 28 days of 60 are 1680 of the 2000.
    expect(Number(spendMicros) / 1e6).toBeCloseTo(1680, 0)
    expect(spendDifference).toBeCloseTo(-0.16, 2)
  })

  it('scales the amounts that a person types by the same factor', () => {
    const edit = { kind: 'hand-edit', at: '2026-10-07T10:00:00Z', account: META, budget: 'Social', amount: '150' }
    const scenario = scenarioOf(calmScenario({ accounts: [meta()], events: [edit] }))
    const market = createMarket(scenario, { seed: 1, budgetFactor: 0.5 })
    market.advanceTo(afterDays(market, 4))
    expect([...market.accounts[0]!.budgets.values()][0]!.amountMicros).toBe(75_000_000n)
  })

  it('refuses a total that is not positive', () => {
    expect(() => runUntouched(demo, { seed: 2, spendMicros: 0n })).toThrow('spend must be > 0')
  })
})

describe('the portfolio facts', () => {
  it('name the flight, its total, the goal, the rates and every campaign with its class', () => {
    const { portfolio } = createMarket(loadScenario('demo'), { seed: 1 })
    expect(portfolio.flight).toMatchObject({ from: '2026-10-05', to: '2026-11-01' })
    expect(portfolio.goal).toEqual({ kind: 'conversions', action: 'purchase' })
    expect(portfolio.rates.map(({ from, microsPerUnit }) => [from, microsPerUnit])).toEqual([
      ['USD', 925_000n],
      ['USD', 915_000n],
      ['GBP', 1_158_000n],
      ['GBP', 1_149_000n],
    ])
    expect(portfolio.campaigns.filter(({ isTrialArm }) => isTrialArm)).toHaveLength(1)
  })

  // By hand: 100 a day for 28 days.
  it('take initial budgets over the days for the total where the scenario gives none', () => {
    expect(createMarket(scenarioOf(calmScenario()), { seed: 1 }).portfolio.flight.totalMicros).toBe(2_800_000_000n)
  })
})
