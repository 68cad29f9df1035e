import { UNLISTED } from '../../measure/cells/cells.ts'
import type { CampaignEffects } from '../../measure/cells/fit-cells.ts'
import { gammaBelow } from '../../measure/cells/gamma.ts'
import type { Capability } from '../../model/capability.ts'
import type { HoldReason } from '../../model/plan.ts'
import { positiveInterval } from '../../stats/gamma-interval.ts'
import {
  combined,
  MULTIPLIER_LIMITS,
  type MultiplierLimits,
  type Multipliers,
  type WantedMultiplier,
  wantedMultipliers,
} from './wanted.ts'

export interface MultiplierRules extends MultiplierLimits {
  /** Moves of the logarithm up to this are not made. */
  readonly deadband: number
  /** Least probability that the level's worth lies on the side of the present multiplier to which it would move. */
  readonly certainty: number
}

export const MULTIPLIER_RULES: MultiplierRules = { ...MULTIPLIER_LIMITS, deadband: 0.05, certainty: 0.8 }

export interface MultiplierQuestion {
  /** Fitted to cells over the honoured dimensions alone: see `overDimensions`. */
  readonly effects: CampaignEffects
  /** In force; 0 is an opt-out, which stays. */
  readonly current: Multipliers
  /** By dimension, whether the platform honours a multiplier under the campaign's bid strategy; absent: it does not. */
  readonly capabilities: Readonly<Record<string, Capability>>
}

export type MultiplierDecision = MultiplierMove | MultiplierHold

interface AboutMultiplier {
  readonly dimension: string
  readonly level: string
  readonly from: number
  /** Worth of its clicks against the dimension's mean click, with its 80 % interval. */
  readonly worth: { readonly mean: number; readonly low: number; readonly high: number }
  /** One sentence for a marketer. */
  readonly why: string
}

export interface MultiplierMove extends AboutMultiplier {
  readonly kind: 'move'
  readonly to: number
}

export interface MultiplierHold extends AboutMultiplier {
  readonly kind: 'hold'
  readonly reason: Extract<HoldReason, 'not-honoured' | 'too-little-history' | 'within-deadband'>
}

/**
 * One decision for every level of every dimension.
 *
 * @throws RangeError when a dimension that is not honoured is among several: its worth would be counted out of the others
 */
export function decideMultipliers(
  { effects, current, capabilities }: MultiplierQuestion,
  rules: MultiplierRules = MULTIPLIER_RULES,
): readonly MultiplierDecision[] {
  const all = wantedMultipliers(effects.dimensions, current, rules)
  const refused = [...new Set(all.map(({ dimension }) => dimension))].filter(
    (dimension) => capabilities[dimension]?.kind !== 'honoured',
  )
  if (refused.length > 0 && refused.length < effects.dimensions.length)
    throw new RangeError(
      `no multiplier is honoured for ${refused.join(', ')}: fit cells over the honoured dimensions alone (overDimensions)`,
    )
  const answers = all.map((one) => ({ one, answer: answerTo(one, capabilities[one.dimension], rules) }))
  return withinCombined(answers, rules, unlistedIn(effects)).map(({ one, answer }) => recordOf(one, answer))
}

/** Dimensions with clicks that no multiplier is for: what these are multiplied by is 1. */
const unlistedIn = ({ dimensions }: CampaignEffects): ReadonlySet<string> =>
  new Set(dimensions.filter(({ levels }) => levels.some((one) => one.name === UNLISTED)).map(({ name }) => name))

type Answer =
  | { readonly kind: 'move'; readonly why: string }
  | { readonly kind: 'hold'; readonly reason: MultiplierHold['reason']; readonly why: string }

interface Answered {
  readonly one: WantedMultiplier
  readonly answer: Answer
}

function answerTo(one: WantedMultiplier, capability: Capability | undefined, rules: MultiplierRules): Answer {
  if (capability?.kind !== 'honoured')
    return {
      kind: 'hold',
      reason: 'not-honoured',
      why: capability?.reason ?? `no multiplier by ${one.dimension} is offered`,
    }
  const { current, wanted, mean, sd } = one
  const change = Math.log(wanted / current)
  // A rounding error's worth of the deadband is inside it.
  if (Math.abs(change) <= rules.deadband + 1e-12)
    return {
      kind: 'hold',
      reason: 'within-deadband',
      why: `${times(wanted)} is too near to the present ${times(current)}`,
    }
  const below = gammaBelow(mean, sd, current)
  const sure = change > 0 ? 1 - below : below
  if (sure < rules.certainty)
    return {
      kind: 'hold',
      reason: 'too-little-history',
      why: `${share(sure)} sure that it is worth ${change > 0 ? 'more' : 'less'} than ${times(current)}; ${share(rules.certainty)} is needed`,
    }
  return {
    kind: 'move',
    why: `a click is worth ${times(mean)} the mean click by ${one.dimension}, other dimensions being equal; ${share(sure)} sure of the direction`,
  }
}

/**
 * Multipliers that are held can, with those that move, exceed the combined limits. Where they do, every held one that
 * stands beyond its wanted value moves too: the wanted ones together are within the limits.
 */
function withinCombined(
  answers: readonly Answered[],
  rules: MultiplierRules,
  unlisted: ReadonlySet<string>,
): readonly Answered[] {
  const movable = answers.filter(({ answer }) => !(answer.kind === 'hold' && answer.reason === 'not-honoured'))
  const names = [...new Set(movable.map(({ one }) => one.dimension))]
  const product = combined(
    names.map((name) => [
      ...movable.filter(({ one }) => one.dimension === name).map(({ one, answer }) => outcome(one, answer)),
      ...(unlisted.has(name) ? [1] : []),
    ]),
  )
  const slack = 1 + 1e-9
  const high = product.most > rules.mostCombined * slack
  const low = product.least < rules.leastCombined / slack
  return answers.map((answered) => {
    const { one, answer } = answered
    const beyond = (high && one.current > one.wanted) || (low && one.current < one.wanted)
    if (!beyond || answer.kind === 'move' || answer.reason === 'not-honoured') return answered
    return {
      one,
      answer: {
        kind: 'move',
        why: `all dimensions together would multiply by ${times(high ? product.most : product.least)}, beyond ${times(high ? rules.mostCombined : rules.leastCombined)}`,
      },
    }
  })
}

const outcome = (one: WantedMultiplier, answer: Answer): number => (answer.kind === 'move' ? one.wanted : one.current)

function recordOf(one: WantedMultiplier, answer: Answer): MultiplierDecision {
  const { dimension, level, current, wanted, mean, sd } = one
  const worth = { mean, ...positiveInterval(mean, sd) }
  const about = { dimension, level, from: current, worth }
  return answer.kind === 'move' ? { ...about, ...answer, to: wanted } : { ...about, ...answer }
}

const times = (value: number): string => `${value.toFixed(2)}×`
const share = (value: number): string => `${Math.round(value * 100)} %`
