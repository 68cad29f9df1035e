import type { AccountRef } from '../../model/account.ts'
import type { Commitment } from '../../model/policy.ts'
import { type FedCampaign, selectsBudget } from '../../model/selection.ts'
import { type AccountDate, dates, daysBetween } from '../../units/calendar.ts'
import { mainUnits } from '../../units/money.ts'

/** Whose spend it is: a budget's account, and what it feeds. */
export interface Subject {
  readonly account: AccountRef
  readonly fed: readonly FedCampaign[]
}

/** A budget that may count towards a commitment. Amounts are main units of the base currency per day. */
export interface CommittedBudget {
  readonly id: string
  readonly subject: Subject
  /** What it spends as it stands; for one that is still to come, what it begins with. */
  readonly spend: number
  /** Most that it could ever spend; absent: no bound. */
  readonly atMost?: number
  /** First and last day on which it is in the portfolio. */
  readonly from?: AccountDate
  readonly to?: AccountDate
  /** Index of the innermost group that it is in; absent: it is in none. */
  readonly group?: number
}

/** A group of the policy, behind the one that it is in (`parent`, or −1). */
export interface CommittedGroup {
  readonly name: string
  readonly parent: number
  /** Per day, in the unit of `spend`; Infinity: no maximum. */
  readonly atMost: number
  /** Its maximum, in words. */
  readonly detail: string
}

export interface CommitmentTerms {
  readonly commitments: readonly Commitment[]
  readonly flightFrom: AccountDate
  /** The portfolio's date. */
  readonly today: AccountDate
  readonly budgets: readonly CommittedBudget[]
  /** Before today, by commitment: see `spentTowards`; 0 where missing. */
  readonly spent: ReadonlyMap<string, number>
  /** Largest raise from day to day, as a share. */
  readonly stepUp: number
  /** Largest cut from day to day, as a share, towards a largest budget below what is spent. Default 0. */
  readonly stepDown?: number
  readonly groups?: readonly CommittedGroup[]
  /** Standard deviation of a day's spend about what was planned, as a share. Default 0.1. */
  readonly noise?: number
}

export interface CommitmentFloor {
  readonly name: string
  /** Budgets that count towards it today. */
  readonly members: readonly string[]
  /** What they are to spend today at least, together; 0 when nothing is asked of today. */
  readonly atLeast: number
  /** What is still to be spent. */
  readonly need: number
  /** Most that they can spend by the date, at the largest steps. */
  readonly reachable: number
  readonly isFeasible: boolean
  /** What will be missing at best. */
  readonly shortfall: number
  /** One sentence for a marketer. */
  readonly why: string
}

/** Quantile of the normal distribution by which the rest is to be enough: 99 %. */
const CERTAINTY = 2.33
const WIDEST_MARGIN = 0.3
const NOISE = 0.1

/** The commitment that a budget's spend of a day counts towards: the first that fits and has that day. */
export const commitmentOn = (
  commitments: readonly Commitment[],
  flightFrom: AccountDate,
  subject: Subject,
  date: AccountDate,
): Commitment | undefined =>
  commitments.find(({ match, from, by }) => (from ?? flightFrom) <= date && date <= by && isMeant(match, subject))

const isMeant = (match: Commitment['match'], { account, fed }: Subject): boolean => selectsBudget(match, account, fed)

/** Spend that has counted towards each commitment, by name, in the unit of `spend`. */
export function spentTowards(
  commitments: readonly Commitment[],
  flightFrom: AccountDate,
  days: readonly { readonly subject: Subject; readonly date: AccountDate; readonly spend: number }[],
): ReadonlyMap<string, number> {
  const spent = new Map(commitments.map(({ name }) => [name, 0]))
  for (const { subject, date, spend } of days) {
    const name = commitmentOn(commitments, flightFrom, subject, date)?.name
    if (name !== undefined) spent.set(name, (spent.get(name) ?? 0) + spend)
  }
  return spent
}

/**
 * What each commitment asks of today: an even pace over its days, with a margin for days that spend less than planned,
 * which is wide in money while many of them are to come and narrows as they pass. A pace that budgets cannot reach at once
 * is made up by a higher one later, as far as steps, bounds and membership allow; and budgets begin to grow before the
 * first day that counts, if they could not get there otherwise.
 *
 * Even, because with diminishing returns the same money brings most when no day gets more than another.
 */
export function commitmentFloors(terms: CommitmentTerms): readonly CommitmentFloor[] {
  const counting = terms.budgets.map((budget) => ({
    ...budget,
    fitting: terms.commitments.filter(({ match }) => isMeant(match, budget.subject)),
  }))
  return terms.commitments.filter(({ by }) => by >= terms.today).map((one) => floorOf(one, counting, terms))
}

type Counting = CommittedBudget & { readonly fitting: readonly Commitment[] }

function floorOf(commitment: Commitment, budgets: readonly Counting[], terms: CommitmentTerms): CommitmentFloor {
  const { name } = commitment
  const need = Math.max(0, mainUnits(commitment.atLeast) - (terms.spent.get(name) ?? 0))
  const reach = reachByDay(commitment, budgets, terms, 0)
  const reachable = sum(reach)
  const days = Math.max(1, reach.filter((most) => most > 0).length)
  const margin = Math.min(WIDEST_MARGIN, (CERTAINTY * (terms.noise ?? NOISE)) / Math.sqrt(days))
  const wanted = need * (1 + margin)
  const members = budgets.filter((budget) => countsOn(budget, commitment, terms, terms.today))
  const asked = members.length > 0 ? members : budgetsToRamp(commitment, budgets, terms, wanted)
  const most = withinGroups(asked, (budget) => levelOn(budget, terms, 1), terms)
  const shortfall = Math.max(0, need - reachable)
  return {
    name,
    members: asked.map(({ id }) => id),
    atLeast: members.length > 0 ? Math.min(most, evenPace(wanted, reach)) : most,
    need,
    reachable,
    isFeasible: shortfall === 0,
    shortfall,
    why: sentence(commitment, need, reachable, shortfall, shortfall > 0 ? causesOf(commitment, budgets, terms) : []),
  }
}

/** The budgets that must grow today already, though today does not count yet; none if tomorrow is early enough. */
function budgetsToRamp(
  commitment: Commitment,
  budgets: readonly Counting[],
  terms: CommitmentTerms,
  wanted: number,
): readonly Counting[] {
  if (wanted === 0 || sum(reachByDay(commitment, budgets, terms, 1)) >= wanted) return []
  const first = commitment.from ?? terms.flightFrom
  return budgets.filter((budget) => isThere(budget, terms.today) && countsOn(budget, commitment, terms, first))
}

const isThere = ({ from, to }: CommittedBudget, date: AccountDate): boolean =>
  (from === undefined || from <= date) && (to === undefined || date <= to)

const countsOn = (
  budget: Counting,
  commitment: Commitment,
  { flightFrom }: CommitmentTerms,
  date: AccountDate,
): boolean =>
  isThere(budget, date) &&
  budget.fitting.find(({ from, by }) => (from ?? flightFrom) <= date && date <= by) === commitment

/** Most that the commitment's budgets can spend on each day to its last, when they begin to grow after `delay` days. */
const reachByDay = (
  commitment: Commitment,
  budgets: readonly Counting[],
  terms: CommitmentTerms,
  delay: number,
): readonly number[] =>
  dates(terms.today, commitment.by).map((date) =>
    withinGroups(
      budgets.filter((budget) => countsOn(budget, commitment, terms, date)),
      (budget) => levelOn(budget, terms, stepsBy(budget, terms, date) - delay),
      terms,
    ),
  )

/** Levels of budgets together, no group above its maximum. */
function withinGroups(
  budgets: readonly Counting[],
  levelOf: (budget: Counting) => number,
  { groups = [] }: CommitmentTerms,
): number {
  if (groups.length === 0) return sum(budgets.map(levelOf))
  const levels = Map.groupBy(budgets, ({ group = -1 }) => group)
  const within = groups.map((_, g) => sum((levels.get(g) ?? []).map(levelOf)))
  let outside = sum((levels.get(-1) ?? []).map(levelOf))
  for (let g = groups.length - 1; g >= 0; g--) {
    const { parent, atMost } = groups[g]!
    const own = Math.min(within[g]!, atMost)
    if (parent < 0) outside += own
    else within[parent]! += own
  }
  return outside
}

/** Raises that a budget can have had by a day: one on every day from today on; a launch begins with what it begins with. */
const stepsBy = ({ from }: CommittedBudget, { today }: CommitmentTerms, date: AccountDate): number =>
  from !== undefined && from > today ? daysBetween(from, date) : daysBetween(today, date) + 1

const levelOn = (
  { spend, atMost = Number.POSITIVE_INFINITY }: CommittedBudget,
  { stepUp, stepDown = 0 }: CommitmentTerms,
  steps: number,
): number =>
  spend > atMost
    ? Math.max(atMost, spend * (1 - stepDown) ** Math.max(0, steps))
    : Math.min(atMost, spend * (1 + stepUp) ** Math.max(0, steps))

/** What keeps the campaigns of a commitment from spending more by its date, beside the steps. */
function causesOf(commitment: Commitment, budgets: readonly Counting[], terms: CommitmentTerms): readonly string[] {
  const own = budgets.filter(({ fitting }) => fitting.includes(commitment))
  const { groups = [], today } = terms
  const around = new Set<number>()
  for (const { group = -1 } of own) for (let g = group; g >= 0; g = groups[g]!.parent) around.add(g)
  const days = daysBetween(today, commitment.by) + 1
  const full = own.filter(({ spend, atMost }) => atMost !== undefined && spend * (1 + terms.stepUp) ** days > atMost)
  const ended = own.flatMap(({ to }) => (to !== undefined && to < commitment.by ? [to] : []))
  const coming = own.flatMap(({ from }) => (from !== undefined && from > today ? [from] : []))
  return [
    ...(own.length === 0 ? ['no campaign fits its match'] : []),
    ...groups.flatMap(({ detail, atMost }, g) => (around.has(g) && atMost < Number.POSITIVE_INFINITY ? [detail] : [])),
    ...(full.length > 0
      ? [`${counted(full.length)} can be no larger (guardrails.maxDailyBudget, bounds, or not moved)`]
      : []),
    ...(ended.length > 0 ? [`${counted(ended.length)} left by ${ended.toSorted().at(-1)} (members.to)`] : []),
    ...(coming.length > 0 ? [`${counted(coming.length)} not there before ${coming.toSorted()[0]} (members.from)`] : []),
  ]
}

const counted = (count: number): string => (count === 1 ? 'one budget' : `${count} budgets`)

/** The even pace at which days that can spend no more than `reach` come to `wanted`; the highest where they cannot. */
function evenPace(wanted: number, reach: readonly number[]): number {
  const able = reach.filter((most) => most > 0).toSorted((a, b) => a - b)
  let left = wanted
  for (const [i, most] of able.entries()) {
    const pace = left / (able.length - i)
    if (pace <= most) return pace
    left -= most
  }
  return able.at(-1) ?? 0
}

const sum = (amounts: readonly number[]): number => amounts.toSorted((a, b) => a - b).reduce((a, b) => a + b, 0)

function sentence(
  { name, by }: Commitment,
  need: number,
  reachable: number,
  shortfall: number,
  causes: readonly string[],
): string {
  if (need === 0) return `"${name}" is met`
  if (shortfall === 0) return `"${name}" needs ${need.toFixed(2)} more by ${by}`
  const because = causes.length > 0 ? `, as ${causes.join(', ')}` : ''
  return `"${name}" will miss ${shortfall.toFixed(2)} of the ${need.toFixed(2)} that it still needs by ${by}: its campaigns can spend ${reachable.toFixed(2)} at most, even at the largest steps${because}: lift what limits it, lower its atLeast or move its by`
}
