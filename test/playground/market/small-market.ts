import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  type Instant,
  startOfDay,
} from '../../../lib/units/calendar.ts'
import { createMarket, type Market } from '../../../playground/market/market.ts'
import { readScenario } from '../../../playground/market/read-scenario.ts'
import type { Scenario } from '../../../playground/market/schema.ts'
import type { FactQuery, WorldBudget, WorldFact } from '../../../playground/world.ts'

export const GOOGLE = '1234567890'
export const META = '120210000000000919'

export const API = { kind: 'api', name: 'sluice' } as const

/** One campaign with a curve that is easy to work by hand; money in euro. */
export const campaign = (over: Record<string, unknown> = {}) => ({
  name: 'Search',
  kind: 'search',
  class: 'prospecting',
  budget: { daily: '100' },
  response: { ceiling: 20, halfway: '100', shape: 1, value: '50', cpc: '1', cpm: '10' },
  organicClaim: { share: 0, halfway: '1' },
  ...over,
})

export const google = (over: Record<string, unknown> = {}) => ({
  platform: 'google-ads',
  id: GOOGLE,
  name: 'Google',
  currency: 'EUR',
  zone: 'Europe/Berlin',
  campaigns: [campaign()],
  ...over,
})

export const meta = (over: Record<string, unknown> = {}) => ({
  ...google({ platform: 'meta', id: META, name: 'Meta' }),
  campaigns: [campaign({ name: 'Social', kind: 'social' })],
  ...over,
})

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects merge, anything else is replaced. */
const merged = (under: Json, over: Json): Json => {
  const changed = Object.entries(over).map(([key, value]) => {
    const below = under[key]
    return [key, isObject(below) && isObject(value) ? merged(below, value) : value]
  })
  return { ...under, ...Object.fromEntries(changed) }
}

/** A market without anything that moves by itself: no weekday, drift, delivery noise or traffic noise, no organic orders. */
export const calmScenario = (over: Json = {}): Json => merged(CALM, over)

const CALM: Json = {
  name: 'calm',
  description: 'A market for one test.',
  start: '2026-10-05',
  days: 28,
  history: { days: 10 },
  shop: { currency: 'EUR', zone: 'Europe/Berlin', organicPerDay: 0, organicValue: '50', refunds: { share: 0 } },
  demand: { drift: { spread: 0, halfLifeDays: 20 }, dispersion: 0, hourlyNoise: 0 },
  weekdays: [1, 1, 1, 1, 1, 1, 1],
  tracking: { tracked: 1, viewShare: 0, doubleClaimed: 0 },
  overDelivery: { spread: 0, periodFactor: 31 },
  accounts: [google()],
  portfolio: { name: 'Calm', baseCurrency: 'EUR', zone: 'Europe/Berlin' },
}

export const scenarioOf = (raw: Record<string, unknown>): Scenario => readScenario(JSON.stringify(raw), 'test.json')
export const calmMarket = (over: Record<string, unknown> = {}, seed = 1): Market =>
  createMarket(scenarioOf(calmScenario(over)), { seed })

export const afterDays = (market: Market, days: number): Instant =>
  startOfDay(addDays(dateAt(market.start, market.portfolio.zone), days), market.portfolio.zone)
export const day = (text: string): AccountDate => accountDate(text)

export const facts = (market: Market, over: Partial<FactQuery> = {}): readonly WorldFact[] => {
  const account = market.accounts[0]!
  return market.facts({
    platform: account.platform,
    accountId: account.id,
    level: 'campaign',
    grain: 'day',
    from: day('2026-01-01'),
    to: day('2027-12-31'),
    basis: 'click',
    ...over,
  })
}

export const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)
export const spendOf = (rows: readonly WorldFact[]): number => sum(rows.map((row) => Number(row.spendMicros))) / 1e6
export const claimsOf = (rows: readonly WorldFact[]): number =>
  sum(rows.flatMap((row) => row.claims.map((claim) => claim.count)))

export const onlyBudget = (market: Market): WorldBudget => [...market.accounts[0]!.budgets.values()][0]!

export const setBudget = (market: Market, units: number, budgetId = onlyBudget(market).id): void =>
  market.apply(
    {
      platform: market.accounts[0]!.platform,
      accountId: market.accounts[0]!.id,
      kind: 'budget',
      budgetId,
      amountMicros: BigInt(Math.round(units * 1e6)),
    },
    API,
  )

export const spendOn = (market: Market, date: string): number =>
  spendOf(facts(market, { from: day(date), to: day(date) }))

export const flight = (market: Market) => market.portfolio.flight
export const headline = (market: Market) => market.truth.headline(flight(market).from, flight(market).to)
export const allOrders = (market: Market) => market.truth.ordersToCome(0 as never, Number.MAX_SAFE_INTEGER as never)
/** A calm market after some days of its run. */
export const finished = (over: Record<string, unknown>, seed = 1, days = 28): Market => {
  const market = calmMarket(over, seed)
  market.advanceTo(afterDays(market, days))
  return market
}

/** Far from saturated: about a hundred conversions a day at 1000. */
export const slow = { ceiling: 200, halfway: '1000', shape: 1, value: '50', cpc: '1', cpm: '10' }
