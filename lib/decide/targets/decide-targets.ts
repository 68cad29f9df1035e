import type { Capability } from '../../model/capability.ts'
import type { HoldReason } from '../../model/plan.ts'
import { Z80 } from '../../stats/gamma-interval.ts'
import type { Actuator } from './actuator.ts'
import {
  ALLOWANCE_RULES,
  type AllowanceRules,
  admitted,
  allowanceOf,
  type Edit,
  type LearningSpend,
  significantEdits,
} from './allowance.ts'
import { biasOf, type Evidence, evidenceOf, poolBiasOf, type TargetBias, type TargetDay } from './bias.ts'

export interface TargetRules extends AllowanceRules {
  /** Share of the way to the wanted target that one move goes, in logarithms. */
  readonly gain: number
  /** Largest move at once: 0.1 is to 1.1 times or to 1 / 1.1. */
  readonly maxStep: number
  /** Smallest distance from the wanted target, as a share, that is worth a move. */
  readonly deadband: number
  /** Least days between two moves of a target, and between a move of the budget and one of the target. */
  readonly daysBetween: number
  /** Recent conversions, promised or seen, below which a target is left alone. */
  readonly leastConversions: number
  /** Largest share of spend in learning at once. */
  readonly learningShare: number
  /** Days for which an edited campaign counts as learning before the platform can say whether it does. */
  readonly settleDays: number
}

export const TARGET_RULES: TargetRules = {
  ...ALLOWANCE_RULES,
  gain: 0.7,
  maxStep: 0.1,
  deadband: 0.03,
  daysBetween: 3,
  leastConversions: 10,
  learningShare: 0.2,
  settleDays: 2,
}

/** One target and all that it steers: a campaign, or every campaign of a shared bid strategy. */
export interface TargetQuestion {
  readonly id: string
  /** Main units per conversion, or value per unit of spend. */
  readonly kind: 'target-cpa' | 'target-roas'
  /** In force; > 0. */
  readonly target: number
  /** What it should really come to on average, in the same unit; > 0. */
  readonly goal: number
  /** Where the goal allows more per conversion than now: no further than this, in the same unit. Absent: all the way. */
  readonly raisedTo?: number
  /** Targets of one pool are missed alike before their own data say otherwise: platform and kind. */
  readonly pool: string
  /** 1 under a target CPA, the mean value of a conversion under a target ROAS; > 0. */
  readonly outcomePerConversion: number
  /** The last weeks; older days count less and less. */
  readonly days: readonly TargetDay[]
  readonly actuator: Actuator
  readonly capability: Capability
  /** The platform says that it is in a learning phase. */
  readonly learning: boolean
  /** Of the last week and of the budget too. */
  readonly edits: readonly Edit[]
  /** Main units of one currency for all questions. */
  readonly spendPerDay: number
}

export type TargetDecision = TargetMove | TargetHold

interface AboutTarget {
  readonly id: string
  readonly from: number
  /** What the present target really comes to, with its 80 % interval, in its unit. */
  readonly comesTo: { readonly mean: number; readonly low: number; readonly high: number }
  /** One sentence for a marketer. */
  readonly why: string
}

export interface TargetMove extends AboutTarget {
  readonly kind: 'move'
  readonly to: number
  /** Where it would go in the end, by what is known today. */
  readonly wanted: number
}

export interface TargetHold extends AboutTarget {
  readonly kind: 'hold'
  readonly reason: Extract<
    HoldReason,
    | 'not-honoured'
    | 'learning'
    | 'not-steered'
    | 'between-decisions'
    | 'too-little-history'
    | 'within-deadband'
    | 'change-limit'
    | 'guardrail'
  >
}

/**
 * One decision for every target: moves it so that what it really comes to is the goal, since platforms miss targets, each
 * in its own way and not always by the same. Slowly, only where the target is what limits the spend, and within what
 * the portfolio may have in learning at once; where that is not enough for all, those with most money in error first.
 *
 * @param others campaigns of the portfolio without a target: they have their part in what may be in learning
 * @throws RangeError when a target, a goal or the outcome per conversion is not positive
 */
export function decideTargets(
  questions: readonly TargetQuestion[],
  others: readonly LearningSpend[] = [],
  rules: TargetRules = TARGET_RULES,
): readonly TargetDecision[] {
  const weighed = weigh(questions, rules)
  const wishes = weighed
    .filter((one) => holdFor(one, rules) === undefined)
    .toSorted((a, b) => errorOf(b) - errorOf(a) || (a.question.id < b.question.id ? -1 : 1))
  const chosen = admitted(
    wishes,
    [
      ...weighed.map(({ question, spendPerDay }) => ({ spendPerDay, inLearning: inLearning(question, rules) })),
      ...others,
    ],
    rules.learningShare,
  )
  return weighed.map((one) => decisionOf(one, chosen.has(one), rules))
}

interface Weighed {
  readonly question: TargetQuestion
  readonly spendPerDay: number
  readonly bias: TargetBias
  /** Logarithm of the wanted target over the one in force, as cost per outcome. */
  readonly gap: number
  /** It would be raised, if `raisedTo` left anything of that. */
  readonly isStopped: boolean
}

/** A target as cost per outcome, and back. */
const flipped = ({ kind }: TargetQuestion, value: number): number => (kind === 'target-roas' ? 1 / value : value)

function weigh(questions: readonly TargetQuestion[], rules: TargetRules): readonly Weighed[] {
  const evidence = questions.map((question) => {
    if (!(question.target > 0 && question.goal > 0 && question.outcomePerConversion > 0))
      throw new RangeError(
        `target ${question.target}, goal ${question.goal} and outcome per conversion ${question.outcomePerConversion} of ${question.id} must be positive`,
      )
    const days = question.days.map((day) => ({ ...day, target: flipped(question, day.target) }))
    return evidenceOf(days, question.outcomePerConversion)
  })
  const pools = new Map<string, Evidence[]>()
  questions.forEach(({ pool }, i) => {
    pools.set(pool, [...(pools.get(pool) ?? []), evidence[i]!])
  })
  const biases = new Map([...pools].map(([pool, members]) => [pool, poolBiasOf(members)]))
  return questions.map((question, i) => {
    const bias = biasOf(evidence[i]!, biases.get(question.pool)!)
    const gapTo = (goal: number): number =>
      Math.log(flipped(question, goal) / flipped(question, question.target)) - bias.log
    const wanted = gapTo(question.goal)
    const most = question.raisedTo === undefined ? wanted : gapTo(question.raisedTo)
    const gap = wanted > 0 ? Math.max(0, Math.min(wanted, most)) : wanted
    return { question, spendPerDay: question.spendPerDay, bias, gap, isStopped: gap < wanted && isNear(gap, rules) }
  })
}

const errorOf = ({ spendPerDay, gap }: Weighed): number => spendPerDay * Math.abs(gap)

const inLearning = ({ learning, edits }: TargetQuestion, rules: TargetRules): boolean =>
  learning || significantEdits(edits, rules.safeStep).some(({ daysAgo }) => daysAgo < rules.settleDays)

type Held = Pick<TargetHold, 'reason' | 'why'>

const isNear = (gap: number, rules: TargetRules): boolean => Math.abs(gap) < Math.log1p(rules.deadband)

const STOPPED = 'a looser target would bring too little for what it costs'

function holdFor({ question, bias, gap, isStopped }: Weighed, rules: TargetRules): Held | undefined {
  const { capability, learning, actuator, edits } = question
  if (capability.kind !== 'honoured') return { reason: 'not-honoured', why: capability.reason }
  if (actuator === 'budget')
    return { reason: 'not-steered', why: 'its budget limits what it spends: the budget is moved and the target is not' }
  if (learning) return { reason: 'learning', why: 'it is in its learning phase, which a new target would restart' }
  const last = edits.find(({ daysAgo }) => daysAgo < rules.daysBetween)
  if (last)
    return {
      reason: 'between-decisions',
      why: `its ${last.lever} was changed ${last.daysAgo.toFixed(1)} days ago; a target waits ${rules.daysBetween} days to see what came of it`,
    }
  const most = Math.max(bias.promised, bias.seen)
  if (most < rules.leastConversions)
    return {
      reason: 'too-little-history',
      why: `${most.toFixed(1)} recent conversions, ${rules.leastConversions} are needed`,
    }
  if (isStopped) return { reason: 'guardrail', why: STOPPED }
  if (isNear(gap, rules))
    return { reason: 'within-deadband', why: `it is within ${percent(rules.deadband)} of where it should be` }
  const allowance = allowanceOf(edits, rules)
  return allowance.left === 0 ? { reason: 'change-limit', why: allowance.why } : undefined
}

function decisionOf(one: Weighed, chosen: boolean, rules: TargetRules): TargetDecision {
  const { question, gap } = one
  const about = { id: question.id, from: question.target, comesTo: comesTo(one) }
  const held = holdFor(one, rules)
  if (held) return { kind: 'hold', ...about, ...held }
  if (!chosen)
    return {
      kind: 'hold',
      ...about,
      reason: 'change-limit',
      why: `at most ${percent(rules.learningShare)} of spend may be in learning at once, and larger errors come first`,
    }
  const most = Math.log1p(rules.maxStep)
  const step = Math.min(most, Math.max(-most, rules.gain * gap))
  const at = (move: number): number => flipped(question, flipped(question, question.target) * Math.exp(move))
  return { kind: 'move', ...about, to: at(step), wanted: at(gap), why: sentence(one, about.comesTo) }
}

function comesTo({ question, bias }: Weighed): AboutTarget['comesTo'] {
  const at = (z: number): number =>
    flipped(question, flipped(question, question.target) * Math.exp(bias.log + z * bias.sd))
  const ends = [at(-Z80), at(Z80)]
  return { mean: at(0), low: Math.min(...ends), high: Math.max(...ends) }
}

function sentence({ question }: Weighed, { mean }: AboutTarget['comesTo']): string {
  const { kind, target, goal } = question
  const what = kind === 'target-cpa' ? 'conversions cost' : 'it returns'
  return `with its target at ${valueText(kind, target)} ${what} ${valueText(kind, mean)}, conversions still to come included; ${valueText(kind, goal)} is wanted`
}

const valueText = (kind: TargetQuestion['kind'], value: number): string =>
  kind === 'target-cpa' ? value.toFixed(2) : `${Math.round(100 * value)} %`

const percent = (share: number): string => `${Math.round(100 * share)} %`
