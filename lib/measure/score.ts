import { type AccountKey, accountKey } from '../model/account.ts'
import { type Decision, decisionLever, type PlanHeader, type Prediction } from '../model/plan.ts'
import type { Score } from '../model/score.ts'
import { Z80 } from '../stats/gamma-interval.ts'
import { type AccountDate, addDays, type Instant } from '../units/calendar.ts'
import { type DataBreak, isUsable } from './breaks/data-break.ts'
import type { BudgetDay } from './budget-days.ts'
import { completeTotal } from './lag/complete.ts'
import type { Development } from './lag/development.ts'

/** A day's count over what it will come to, least and most, when it is compared with a prediction. */
const MATURE = { least: 0.95, most: 1.05 } as const
/** A change of counting that came so shortly before the predicted days was not known yet when they were predicted. */
const SHIFT_KNOWN_DAYS = 7
/** How far from the spend that it was made for a prediction still speaks of what happened. */
const SPEND_TOLERANCE = 0.25
/** Conversions: no interval is taken to be narrower than a single count to either side of its middle would be. */
const HALF_WIDTH_MIN = 0.5

/** What has become known of one account, as of its last reading. */
export interface RealisedAccount {
  /** The account date of that reading: ages count from it. */
  readonly readOn: AccountDate
  /** Complete days of each budget by its id, counted by the policy's rule. */
  readonly days: ReadonlyMap<string, readonly BudgetDay[]>
  /** How its counts develop with the age of a day, and their value. */
  readonly development: Development
  readonly valueDevelopment?: Development
  /** Oldest first. */
  readonly breaks: readonly DataBreak[]
}

export type Realised = ReadonlyMap<AccountKey, RealisedAccount>

/** Whether counts of an account on these dates are of another kind than those that its predictions speak of. */
export type IsBroken = (account: AccountKey, prediction: Prediction) => boolean

export type WhyUnchecked = 'no-prediction' | 'data-break' | 'days-missing' | 'spent-otherwise'

interface BudgetPrediction {
  readonly account: AccountKey
  readonly budget: string
  readonly prediction: Prediction | undefined
}

interface Checked {
  readonly isCovered: boolean
  readonly expected: number
  readonly realised: number
  readonly z: number
  /** Of its value; undefined where none was predicted. */
  readonly isValueCovered: boolean | undefined
}

/** Nothing can be learned from the prediction that nothing will be spent. */
const budgetsOf = (decisions: readonly Decision[]): readonly BudgetPrediction[] =>
  decisions.flatMap((decision) => {
    const { account, entity, id } = decisionLever(decision)
    const { prediction } = decision
    if (entity !== 'budget') return []
    const speaks = prediction !== undefined && prediction.spend > 0
    return [{ account: accountKey(account), budget: id, prediction: speaks ? prediction : undefined }]
  })

const predictionsOf = (decisions: readonly Decision[]) =>
  budgetsOf(decisions).flatMap(({ account, budget, prediction }) =>
    prediction ? [{ account, budget, prediction }] : [],
  )

const earliest = (dates: readonly AccountDate[]): AccountDate => dates.toSorted()[0]!
const latest = (dates: readonly AccountDate[]): AccountDate => dates.toSorted().at(-1)!
const lastDay = ({ from, days }: Prediction): AccountDate => addDays(from, days - 1)

/**
 * The first age in days from which on a day's count is within 5 % of what it will come to, be it that some are still to
 * come or that some will be taken back; 1 at the least: a day must be over.
 */
export const matureAge = ({ visible }: Development): number =>
  Math.max(1, visible.findLastIndex((share) => share < MATURE.least || share > MATURE.most) + 1)

export interface Maturity {
  /** The latest account date that must be reached before the last of the predicted days is mature. */
  readonly on: AccountDate
  readonly isReached: boolean
}

/**
 * When all predictions of a plan can be compared with what came; undefined where it makes none. An account of which nothing
 * is known is not waited for.
 */
export function maturityOf(decisions: readonly Decision[], realised: Realised): Maturity | undefined {
  const all = predictionsOf(decisions).map(({ account, prediction }) => {
    const known = realised.get(account)
    const on = addDays(lastDay(prediction), known ? matureAge(known.development) : 1)
    return { on, isReached: known === undefined || known.readOn >= on }
  })
  if (all.length === 0) return undefined
  const on = latest(all.map((one) => one.on))
  return { on, isReached: all.every(({ isReached }) => isReached) }
}

/**
 * How a plan's predictions turned out. A budget is checked where every predicted day was reported and its spend was within a
 * quarter of what the prediction was made for, and no break in the account's counting lies in these days; its count is
 * completed for what is to come and to be taken back, and the interval widened by what that leaves uncertain.
 *
 * @returns undefined for a plan that predicts nothing
 */
export function scorePlan(
  { portfolio, id, madeAt }: Pick<PlanHeader, 'portfolio' | 'id' | 'madeAt'>,
  decisions: readonly Decision[],
  realised: Realised,
  isBroken: IsBroken,
  scoredAt: Instant,
): Score | undefined {
  const predictions = predictionsOf(decisions).map(({ prediction }) => prediction)
  if (predictions.length === 0) return undefined
  const results = budgetsOf(decisions).map((budget) => check(budget, realised.get(budget.account), isBroken))
  const checked = results.filter((result) => typeof result !== 'string')
  const total = (of: (one: Checked) => number): number => checked.reduce((sum, one) => sum + of(one), 0)
  return {
    portfolio,
    plan: id,
    madeAt,
    scoredAt,
    from: earliest(predictions.map(({ from }) => from)),
    to: latest(predictions.map(lastDay)),
    checked: checked.length,
    covered: checked.filter(({ isCovered }) => isCovered).length,
    expected: total(({ expected }) => expected),
    realised: total((one) => one.realised),
    ...(checked.length > 0 ? { spread: Math.sqrt(total(({ z }) => z ** 2) / checked.length) } : {}),
    ...valuesOf(checked),
    unchecked: counted(results.filter((result) => typeof result === 'string')),
  }
}

function valuesOf(checked: readonly Checked[]): Pick<Score, 'value'> {
  const values = checked.flatMap(({ isValueCovered }) => isValueCovered ?? [])
  return values.length > 0 ? { value: { checked: values.length, covered: values.filter(Boolean).length } } : {}
}

const counted = (reasons: readonly WhyUnchecked[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([reason, ones]) => [reason, ones.length]))

function check(
  { account, budget, prediction }: BudgetPrediction,
  known: RealisedAccount | undefined,
  isBroken: IsBroken,
): Checked | WhyUnchecked {
  if (!prediction) return 'no-prediction'
  if (isBroken(account, prediction) || (known && overlaps(known.breaks, prediction))) return 'data-break'
  const last = lastDay(prediction)
  const days = (known?.days.get(budget) ?? []).filter(({ date }) => prediction.from <= date && date <= last)
  if (!known || days.length < prediction.days) return 'days-missing'
  const spend = days.reduce((sum, day) => sum + day.spend, 0)
  if (Math.abs(spend - prediction.spend) > SPEND_TOLERANCE * prediction.spend) return 'spent-otherwise'
  return compare(prediction, days, known)
}

/** Whether counts of some predicted day are broken, or of another kind than those that the prediction knew. */
function overlaps(breaks: readonly DataBreak[], prediction: Prediction): boolean {
  const { from, days } = prediction
  const last = lastDay(prediction)
  const hasShifted = breaks.some(
    (one) => one.kind === 'level-shift' && addDays(one.from, SHIFT_KNOWN_DAYS) > from && one.from <= last,
  )
  return hasShifted || Array.from({ length: days }, (_, i) => addDays(from, i)).some((date) => !isUsable(breaks, date))
}

/** Days of nothing but their own spend and count: what is open of them is all that widens the interval. */
function compare(
  { conversions, value }: Prediction,
  days: readonly BudgetDay[],
  { development, valueDevelopment }: RealisedAccount,
): Checked {
  const counts = days.map((day) => day.conversions)
  const { realised, below, above, isCovered } = against(conversions, days, counts, development, 1)
  const worth = value && conversions.mean > 0 && valueDevelopment ? value.mean / conversions.mean : undefined
  const values = days.map((day) => day.value)
  return {
    isCovered,
    expected: conversions.mean,
    realised,
    z: (realised - conversions.mean) / Math.max(HALF_WIDTH_MIN, (below + above) / 2),
    isValueCovered: worth ? against(value!, days, values, valueDevelopment!, worth).isCovered : undefined,
  }
}

/** @param unit main units of value per conversion; 1 for counts */
function against(
  { mean, low, high }: Prediction['conversions'],
  days: readonly BudgetDay[],
  visible: readonly number[],
  development: Development,
  unit: number,
): { realised: number; below: number; above: number; isCovered: boolean } {
  const ages = days.map(({ ageDays, seenAge = ageDays }) => seenAge)
  const exposure = days.map(({ spend }) => spend)
  const { mean: realised, sd } = completeTotal(development, [{ ages, visible, exposure, unit }])
  const open = (Z80 * sd) ** 2
  const below = Math.sqrt((mean - low) ** 2 + open)
  const above = Math.sqrt((high - mean) ** 2 + open)
  return { realised, below, above, isCovered: mean - below <= realised && realised <= mean + above }
}

export interface Coverage {
  readonly from: AccountDate
  readonly to: AccountDate
  readonly checked: number
  readonly covered: number
  readonly expected: number
  readonly realised: number
  /** Of the value of what was claimed; absent where none was predicted. */
  readonly value?: { readonly checked: number; readonly covered: number }
  readonly unchecked: Readonly<Record<string, number>>
}

/** Of several scores together; undefined where there is none. Intervals are honest where covered ÷ checked is 0.8. */
export function coverageOf(scores: readonly Score[]): Coverage | undefined {
  if (scores.length === 0) return undefined
  const total = (of: (score: Score) => number): number => scores.reduce((sum, score) => sum + of(score), 0)
  const values = scores.flatMap(({ value }) => value ?? [])
  const reasons = [...new Set(scores.flatMap(({ unchecked }) => Object.keys(unchecked)))].toSorted()
  return {
    from: earliest(scores.map(({ from }) => from)),
    to: latest(scores.map(({ to }) => to)),
    checked: total(({ checked }) => checked),
    covered: total(({ covered }) => covered),
    expected: total(({ expected }) => expected),
    realised: total(({ realised }) => realised),
    ...(values.length > 0
      ? {
          value: {
            checked: values.reduce((sum, { checked }) => sum + checked, 0),
            covered: values.reduce((sum, { covered }) => sum + covered, 0),
          },
        }
      : {}),
    unchecked: Object.fromEntries(reasons.map((reason) => [reason, total(({ unchecked }) => unchecked[reason] ?? 0)])),
  }
}
