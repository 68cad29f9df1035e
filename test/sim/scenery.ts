import { type AccountRef, accountKey, accountRef, type BudgetId, type CampaignId } from '../../lib/model/account.ts'
import { type Breakers, breakersSchema } from '../../lib/model/breakers.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import { policyFrom, versionOf } from '../../lib/model/policy-file.ts'
import type { Experiment } from '../../lib/model/structure.ts'
import {
  type AccountDate,
  addDays,
  dateAt,
  dayNumber,
  type Instant,
  instant,
  timeZone,
} from '../../lib/units/calendar.ts'
import { type CurrencyCode, currency, money } from '../../lib/units/money.ts'
import type { Dice } from './dice.ts'
import { factorOf, type TrueAccount, type TrueBudget } from './platforms.ts'

/** Where a world begins: accounts as the platforms have them, and portfolios that share them. */
export interface Scenery {
  readonly start: Instant
  readonly accounts: ReadonlyMap<string, TrueAccount>
  readonly policies: readonly PolicyVersion[]
  /** Units of EUR that one unit is worth, by currency, in micros. */
  readonly worth: ReadonlyMap<string, bigint>
}

const ZONES = ['Europe/Berlin', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo'].map(timeZone)
const CURRENCIES = ['EUR', 'EUR', 'USD', 'JPY'].map(currency)
const WORTH: ReadonlyMap<string, bigint> = new Map([
  ['EUR', 1_000_000n],
  ['USD', 920_000n],
  ['JPY', 6_200n],
])
/** Days on which a zone's clock is set among others. */
const STARTS = ['2026-03-26', '2026-06-02', '2026-10-22', '2026-11-20', '2027-03-12']
export const PORTFOLIOS = ['eu', 'us'] as const
const HISTORY_DAYS = 5

/** Zod reads a policy once; worlds only differ in what they write over it. */
export const BASE: Policy = policyFrom(
  {
    portfolio: 'eu',
    owner: 'growth',
    mode: 'auto',
    baseCurrency: 'EUR',
    zone: 'Europe/Berlin',
    goal: { kind: 'conversions' },
    flight: { from: '2026-06-01', to: '2026-06-30', total: '30000 EUR' },
    accounts: [
      {
        account: 'alpha:1',
        conversions: { action: 'purchase', clickWindowDays: 3, viewWindowDays: 0, basis: 'click' },
      },
    ],
    members: [{ name: 'eu', class: 'prospecting' }],
    freshness: { minHistoryDays: 3 },
  },
  'the simulated policy',
).policy

export function scenery(dice: Dice): Scenery {
  const start = (instant(`${dice.pick(STARTS)}T00:00:00Z`) + dice.below(24) * 3_600_000) as Instant
  const portfolios = dice.chance(0.25) ? PORTFOLIOS : PORTFOLIOS.slice(0, 1)
  const accounts = new Map<string, TrueAccount>()
  const wanted = dice.chance(0.5) ? 1 : dice.chance(0.7) ? 2 : 3
  let left = 1 + dice.below(6)
  for (let i = 0; i < wanted; i++) {
    const budgets = i === wanted - 1 ? left : Math.max(1, Math.floor(left / (wanted - i)))
    left = Math.max(1, left - budgets)
    const account = accountOf(
      accountRef(dice.pick(['alpha', 'alpha', 'beta']), `${i + 1}`),
      budgets,
      portfolios,
      start,
      dice,
    )
    accounts.set(account.key, account)
  }
  const policies = portfolios.map((name) => policyOf(name, accounts, start, dice))
  return { start, accounts, policies, worth: WORTH }
}

function accountOf(
  account: AccountRef,
  budgets: number,
  portfolios: readonly string[],
  start: Instant,
  dice: Dice,
): TrueAccount {
  const code = dice.pick(CURRENCIES)
  const zone = dice.pick(ZONES)
  const own: TrueAccount = {
    account,
    key: accountKey(account),
    currency: code,
    zone,
    budgets: new Map(),
    campaigns: new Map(),
    names: new Map(),
    targets: new Map(),
    events: [],
    spend: new Map(),
    days: new Map(),
    experiments: [],
    bornOn: addDays(dateAt(start, zone), -HISTORY_DAYS),
    version: 0,
  }
  for (let i = 0; i < budgets; i++) addBudget(own, `${account.id}${i}`, dice.pick(portfolios), dice)
  return dice.chance(0.15) ? { ...own, experiments: [experimentOn(own, start, dice)] } : own
}

/** A test of the platform on one campaign, for some days or for good. */
function experimentOn(own: TrueAccount, start: Instant, dice: Dice): Experiment {
  const campaigns = [dice.pick([...own.campaigns.keys()]) as CampaignId]
  const to = addDays(dateAt(start, own.zone), dice.below(6))
  return { id: '1', name: 'a test', campaigns, ...(dice.chance(0.5) ? { to } : {}) }
}

/** One budget, of one campaign or shared by two; some are for a lifetime, and some feed nothing that runs. */
function addBudget(own: TrueAccount, id: string, portfolio: string, dice: Dice): void {
  const scale = own.currency === 'JPY' ? 150n : 1n
  const micros = BigInt(20 + dice.below(200)) * scale * 1_000_000n
  const campaigns = dice.chance(0.2) ? [`${id}1`, `${id}2`] : [`${id}1`]
  const budget: TrueBudget = { id, period: dice.chance(0.12) ? 'lifetime' : 'daily', campaigns, micros }
  own.budgets.set(id, budget)
  const names = own.names as Map<string, string>
  for (const campaign of campaigns) {
    own.campaigns.set(campaign, dice.chance(0.08) ? 'paused' : 'active')
    names.set(campaign, `${portfolio} ${campaign}`)
    if (dice.chance(0.15)) own.targets.set(campaign, 20_000_000n * scale)
  }
}

function policyOf(name: string, accounts: ReadonlyMap<string, TrueAccount>, start: Instant, dice: Dice): PolicyVersion {
  const base: CurrencyCode = name === 'us' ? currency('USD') : currency('EUR')
  const from = dateAt(start, BASE.zone)
  // Half of what a day may cost at worst is spent on most days; the total leaves that or a little more or less.
  const worst = worstInBase([...accounts.values()], base)
  const days = 9n
  const room = (share: number): bigint => (worst * BigInt(Math.round(100 * share))) / 100n
  const policy: Policy = {
    ...BASE,
    portfolio: name as Policy['portfolio'],
    baseCurrency: base,
    flight: {
      from: addDays(from, -3),
      to: addDays(from, Number(days)),
      total: money((room(0.35 + 0.4 * dice.roll()) * (days + 3n)) / 1n, base),
    },
    ...(dice.chance(0.98) ? { dayCap: money(room(capShare(dice)), base) } : {}),
    accounts: [...accounts.values()].map((own) => ({
      ...BASE.accounts[0]!,
      account: own.account,
      ...(dice.chance(0.98) ? { dayCap: money(capOf(own, capShare(dice)), own.currency) } : {}),
    })),
    members: [{ ...BASE.members[0]!, match: { name } }],
    mode: dice.chance(0.88) ? 'auto' : dice.pick(['approve', 'approve', 'shadow']),
    guardrails: {
      ...BASE.guardrails,
      maxStepUp: dice.pick([0.2, 0.5]),
      maxStepDown: dice.pick([0.2, 0.5]),
      maxDayRise: dice.pick([0.2, 0.5, 1]),
      maxChangesPerLeverDay: dice.pick([2, 4, 8]),
      deadband: dice.pick([0, 0.02]),
      steerWithinDay: dice.pick(['cut', 'leave', 'leave', 'leave']),
    },
    ...(dice.chance(0.6) ? { breakers: breakersBy(dice) } : {}),
    bounds: boundsOf(accounts, name, dice),
    drift: { insideCaps: dice.pick(['adopt', 'adopt', 'reassert', 'hold']), holdDays: dice.pick([0, 1, 7]) },
  }
  return versionOf(policy)
}

/** Of the worst case of what stands: mostly with room for more, and sometimes with less than that may cost. */
const capShare = (dice: Dice): number => (dice.chance(0.12) ? 0.6 + 0.35 * dice.roll() : 0.95 + 0.9 * dice.roll())

/** What breakers do is policy: everything that each of them may, and a cap that is taken for reached before it is. */
const breakersBy = (dice: Dice): Breakers =>
  breakersSchema.parse({
    floor: dice.pick([0, 0.5, 0.8]),
    runawaySpend: {
      action: dice.pick(['floor', 'floor', 'pause', 'pause', 'freeze', 'hold', 'alert', 'off']),
      share: dice.pick([1, 0.6, 0.3]),
    },
    spendVelocity: { action: dice.pick(ANY_ACTION), factor: 1.5 },
    priceJump: { action: dice.pick(ANY_ACTION) },
    zeroConversions: { action: dice.pick(ANY_ACTION), expected: 3 },
    zeroDelivery: { action: dice.pick(WITHOUT_CUTS) },
    divergence: { action: dice.pick(WITHOUT_CUTS), minutes: 30 },
    oscillation: { action: dice.pick(WITHOUT_CUTS), reversals: 2 },
    refusals: { action: dice.pick(WITHOUT_CUTS), count: 2 },
  })

const ANY_ACTION = ['alert', 'alert', 'hold', 'floor', 'pause', 'freeze'] as const
const WITHOUT_CUTS = ['alert', 'alert', 'alert', 'hold', 'freeze'] as const

/** The most that some daily budgets may be, in their own currency. */
function boundsOf(accounts: ReadonlyMap<string, TrueAccount>, portfolio: string, dice: Dice): Policy['bounds'] {
  return [...accounts.values()].flatMap(({ account, currency, budgets, names }) =>
    [...budgets.values()]
      .filter(({ campaigns, period }) => period === 'daily' && portfolioOf(names, campaigns) === portfolio)
      .filter(() => dice.chance(0.1))
      .map(({ id, micros }) => ({ account, budget: id as BudgetId, atMost: money((micros * 3n) / 2n, currency) })),
  )
}

/** The portfolio that campaigns belong to: the first word of their names. */
export const portfolioOf = (names: TrueAccount['names'], [campaign]: readonly string[]): string =>
  names.get(campaign!)!.split(' ')[0]!

/** Units of one currency that a unit of another is worth on a date, in micros. */
export function trueRate(worth: Scenery['worth'], from: string, to: string, on: AccountDate): bigint {
  if (from === to) return 1_000_000n
  const drift = BigInt(1000 + (dayNumber(on) % 7))
  return (worth.get(from)! * drift * 1_000n) / worth.get(to)!
}

/** The same with so much more of the other currency, rounded up to its micros as rates are. */
export function rateWithHaircut(
  worth: Scenery['worth'],
  from: string,
  to: string,
  on: string,
  haircut: number,
): number {
  if (from === to) return 1
  const thousandths = BigInt(Math.round((1 + haircut) * 1000))
  return Number((trueRate(worth, from, to, on as AccountDate) * thousandths + 999n) / 1000n) / 1e6
}

function capOf(own: TrueAccount, share: number): bigint {
  let worst = 0n
  for (const { period, micros } of own.budgets.values())
    worst += period === 'lifetime' ? micros : (micros * BigInt(factorOf(own.account) * 100)) / 100n
  return (worst * BigInt(Math.round(share * 100))) / 100n
}

function worstInBase(accounts: readonly TrueAccount[], base: string): bigint {
  let total = 0n
  for (const own of accounts) total += (capOf(own, 1) * WORTH.get(own.currency)!) / WORTH.get(base)!
  return total
}
