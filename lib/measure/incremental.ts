import type { AccountKey, AccountRef, CampaignId } from '../model/account.ts'
import { memberOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { Calibration, CampaignClass, Policy } from '../model/policy.ts'
import { bySpecificity, fedCampaigns, selects } from '../model/selection.ts'
import type { BudgetHolder, Campaign } from '../model/structure.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import { accountRule } from './budget-days.ts'
import { countedOnce } from './counted-once.ts'
import { seenAge } from './seen-age.ts'

/** How far back claims are compared with orders. */
const WINDOW_DAYS = 28
/** A whole week, so that no day of the week weighs more than another. */
export const LEAST_DAYS = 7
/** A day's claims are comparable once they are within a tenth of what they will come to. */
const MATURE_WITHIN = 0.1

/** How much of what is claimed was caused, with its 80 % interval, and on whose word. */
export interface Incrementality {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** `lift`: every campaign of the budget has a lift test. */
  readonly evidence: 'prior' | 'lift'
  /** The lift test that decided. */
  readonly name?: string
}

/** What claims are scaled by, so that all together are never credited with more than was ordered. */
export interface OrderScale {
  /** For claims without a lift test, 0 to 1. */
  readonly unmeasured: number
  /** For claims with one, 0 to 1; below 1 only when lift tests and priors together say more than was ordered. */
  readonly measured: number
  /** Days that were compared; 0: too little is known, and both factors are 1. */
  readonly days: number
  /** Conversions that all accounts claim for those days, once complete, and orders of the shop. */
  readonly claimed: number
  readonly ordered: number
}

/**
 * Whether a lift test allows growth past the share that a doubtful class came with: one whose interval reaches 0 has
 * shown no lift.
 */
export const hasLift = ({ evidence, low }: Incrementality): boolean => evidence === 'lift' && low > 0

/** Share of a day's eventual conversions that is visible at an age in days; above 1 where more is yet to be taken back. */
export type CompletionOf = (account: AccountKey, ageDays: number) => number

/**
 * Compares what all accounts claim with what was ordered, over the mature days of the last 28 that are known on both
 * sides. Every campaign of the accounts counts, those outside the portfolio too: they claim orders of the same shop.
 * Fewer than 7 such days, no orders at all or no claims: nothing is known, and nothing is scaled.
 */
export function orderScale(observation: Observation, completion: CompletionOf): OrderScale {
  const ordered = comparedOrders(observation, completion)
  const days = new Set(ordered.keys())
  const orders = [...ordered.values()].reduce((sum, one) => sum + one, 0)
  const claims = observation.accounts.flatMap((account) => claimsOf(observation, account, days, completion))
  const claimed = claims.reduce((sum, one) => sum + one.claimed, 0)
  if (days.size < LEAST_DAYS || orders <= 0 || claimed <= 0)
    return { unmeasured: 1, measured: 1, days: 0, claimed: 0, ordered: 0 }
  const common = Math.min(1, orders / claimed)
  const { policy } = observation.policy
  const credited = claims.reduce((sum, one) => {
    if (one.class === undefined) return sum
    const { evidence, mean } = ofCampaign(policy, one.account, one.campaign, one.class)
    return sum + one.claimed * mean * (evidence === 'lift' ? 1 : common)
  }, 0)
  const measured = credited > orders ? orders / credited : 1
  return { unmeasured: common * measured, measured, days: days.size, claimed, ordered: orders }
}

/** Orders of the days on which the shop's orders and every account's claims are known, and the claims are mature. */
export function comparedOrders(
  { orders = [], accounts, today }: Observation,
  completion: CompletionOf,
): ReadonlyMap<AccountDate, number> {
  const first = addDays(today, -WINDOW_DAYS)
  const reported = accounts.map((account) => ({ account, days: reportedDays(account, first, today) }))
  return new Map(
    orders
      .filter(({ date }) => first <= date && date < today)
      .filter(({ date }) => reported.every(({ days }) => days(date)))
      .filter(({ date }) =>
        accounts.every(({ account, today: ownToday, status }) =>
          isMature(completion, account, seenAge(date, ownToday, status)),
        ),
      )
      .map((day) => [day.date, day.orders]),
  )
}

/** A day that is not over where the account is has no completion yet. */
const isMature = (completion: CompletionOf, account: AccountKey, ageDays: number): boolean =>
  ageDays >= 1 && Math.abs(1 - completion(account, ageDays)) <= MATURE_WITHIN + 1e-9

/**
 * Whether an account's claims of a day are known. A platform was asked for all of these days: what it had not begun to
 * spend by then is known to be nothing. Files tell of their own days only.
 */
function reportedDays(
  { structure, histories, status }: AccountObservation,
  first: AccountDate,
  today: AccountDate,
): (date: AccountDate) => boolean {
  const seen = new Set<AccountDate>(status.unexplainedMicros.keys())
  let begun: AccountDate | undefined
  for (const { days } of histories)
    for (const { date } of days) {
      seen.add(date)
      if (date >= first && date < today && (begun === undefined || date < begun)) begun = date
    }
  if (structure.source === 'import') return (date) => seen.has(date)
  return (date) => begun === undefined || date < begun || seen.has(date)
}

export interface CampaignClaims {
  readonly account: AccountRef
  readonly campaign: Pick<Campaign, 'id' | 'name'>
  /** Undefined: outside the portfolio. */
  readonly class: CampaignClass | undefined
  /** Complete conversions. */
  readonly claimed: number
}

/** What each campaign of an account claims for the days, once complete. */
export function claimsOf(
  observation: Observation,
  account: AccountObservation,
  days: ReadonlySet<AccountDate>,
  completion: CompletionOf,
): readonly CampaignClaims[] {
  const rule = accountRule(observation, account)
  const claimed = new Map<CampaignId, number>()
  for (const history of countedOnce(account.histories))
    for (const { date, conversions } of history.days) {
      if (!days.has(date)) continue
      const count =
        (conversions[rule]?.count ?? 0) / completion(account.account, seenAge(date, account.today, account.status))
      claimed.set(history.campaign, (claimed.get(history.campaign) ?? 0) + count)
    }
  const known = new Map(account.structure.campaigns.map((campaign) => [campaign.id, campaign]))
  return [...claimed].map(([id, amount]) => {
    const campaign = known.get(id)
    const member = campaign && memberOf(observation.policy.policy, account.structure.account, campaign, account.today)
    return {
      account: account.structure.account,
      campaign: campaign ?? { id, name: '' },
      class: member?.class,
      claimed: amount,
    }
  })
}

/** The lift test that speaks of a campaign: of all that fit, the most specific; the first of equals. */
export const calibrationFor = (
  { calibrations }: Pick<Policy, 'calibrations'>,
  account: AccountRef,
  campaign: Pick<Campaign, 'id' | 'name'>,
  kind: CampaignClass,
): Calibration | undefined =>
  calibrations
    .filter(({ match }) => selects(match, account, campaign, kind))
    .toSorted((a, b) => bySpecificity(a.match, b.match))[0]

/** Before the order scale. A lift test takes the place of the class's prior: it was a test of these very claims. */
export function ofCampaign(
  policy: Policy,
  account: AccountRef,
  campaign: Pick<Campaign, 'id' | 'name'>,
  kind: CampaignClass,
): Incrementality {
  const test = calibrationFor(policy, account, campaign, kind)
  if (!test) return { ...policy.incrementality[kind], evidence: 'prior' }
  const { mean, low, high, name } = test
  return { mean, low, high, evidence: 'lift', name }
}

/**
 * How much of what a budget's campaigns claim was caused: by lift test where there is one, by the class's prior and the
 * order scale where not. Of several campaigns the one with the lowest mean decides for the budget, which moves as one;
 * `lift` only when all of them have a test. A budget that feeds nothing of the portfolio counts as opaque.
 */
export function incrementalityOf(
  policy: Policy,
  scale: OrderScale,
  { structure, today }: AccountObservation,
  budget: BudgetHolder,
): Incrementality {
  const own = fedCampaigns(policy, structure, budget, today).flatMap((fed) =>
    fed.class === undefined ? [] : [scaled(ofCampaign(policy, structure.account, fed.campaign, fed.class), scale)],
  )
  const [lowest = scaled({ ...policy.incrementality.opaque, evidence: 'prior' }, scale)] = own.toSorted(
    (a, b) => a.mean - b.mean,
  )
  const { mean, low, high } = lowest
  return own.every(({ evidence }) => evidence === 'lift') ? lowest : { mean, low, high, evidence: 'prior' }
}

function scaled(one: Incrementality, { unmeasured, measured }: OrderScale): Incrementality {
  const factor = one.evidence === 'lift' ? measured : unmeasured
  return { ...one, mean: one.mean * factor, low: one.low * factor, high: one.high * factor }
}
