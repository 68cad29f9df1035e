import { type Answer, answerAt } from './lagrangian.ts'
import { bestMixture, type Mixture } from './master.ts'
import type { Model } from './model.ts'

/** The best that hulls allow under all limits: a bound for the problem, with an allocation of the hulls that reaches it. */
export interface Relaxation {
  readonly kind: 'relaxation'
  readonly bound: number
  readonly multipliers: Float64Array
  readonly spend: Float64Array
  /** By lever, on the hull: no less than what its curve brings at its spend. */
  readonly objective: Float64Array
  readonly outcome: Float64Array
  readonly answers: readonly Answer[]
}

/** Couplings that cannot be kept together with the groups' limits. */
export interface Contradiction {
  readonly kind: 'contradiction'
  readonly couplings: readonly number[]
  /** By how much the first of them is missed. */
  readonly by: number
}

const STEPS = 400
/** Where the first guess of how large multipliers can be was too low, it grows by this factor, this often. */
const HARSHER = 100
const HARSHEST = 3
/** Numbers kept in answers that have no share in the mixture, before they are thrown away. */
const KEPT = 2e7
/** Every other step goes only so far towards what the planes say, which far from all answers is a bad guide. */
const CAUTION = 0.6

interface Search {
  readonly model: Model
  readonly penalty: Float64Array
  readonly answers: Answer[]
  /** Couplings that some answer exceeded: the others never matter. */
  readonly active: number[]
  bound: number
  /** Multipliers of the best bound. */
  at: Float64Array
}

/**
 * Cutting planes on the multipliers (Kelley 1960; seen from the other side, Dantzig and Wolfe 1961): each answer to
 * multipliers is a plane that their best value lies on or above, and the best mixture of all answers so far gives the
 * next multipliers. The two sides enclose the optimum. Without couplings that bind the first answer is the last.
 *
 * @param start multipliers to begin with
 * @param gap share of the objective between the two sides at which it ends
 * @param enough ends as soon as the bound is no higher
 */
export function relax(model: Model, start: Float64Array, gap: number, enough: number): Relaxation | Contradiction {
  const search: Search = {
    ...{ model, penalty: penalties(model), answers: [], at: start, bound: Number.POSITIVE_INFINITY },
    active: [...start.keys()].filter((k) => start[k]! > 0),
  }
  // What counts as nothing when the objective itself is next to nothing.
  const floor = 1e4 * search.penalty.reduce((most, one, k) => Math.max(most, one * model.tolerance[k]!), 0)
  let next = start
  let harsher = 0
  for (let step = 1; ; step++) {
    ask(search, next)
    const mixture = mix(search)
    const missed = search.active.filter((k) => mixture.excess[k]! > model.tolerance[k]!)
    const apart = search.bound - mixture.value
    if (search.bound <= enough) return relaxationOf(search, mixture)
    if (apart > gap * Math.max(Math.abs(mixture.value), floor) && step < STEPS) next = nextAfter(search, mixture, step)
    else if (missed.length === 0) return relaxationOf(search, mixture)
    else if (harsher === HARSHEST) return { kind: 'contradiction', couplings: missed, by: mixture.excess[missed[0]!]! }
    else {
      harsher += 1
      for (const k of missed) search.penalty[k]! *= HARSHER
      next = mix(search).multipliers
    }
    forget(search, mixture)
  }
}

/** No multiplier is larger in most problems; larger ones are tried where these do not make the couplings kept. */
function penalties({ problem: { growth, averages = [] }, steepest }: Model): Float64Array {
  const least = growth?.perUnit.reduce((a, x) => (x > 0 ? Math.min(a, x) : a), Number.POSITIVE_INFINITY) ?? 1
  const onGrowth = (1.01 * steepest) / (Number.isFinite(least) ? least : 1)
  return Float64Array.from([...(growth?.room ?? []).map(() => onGrowth), ...averages.map(() => 4 * steepest)])
}

function ask(search: Search, multipliers: Float64Array): void {
  const answer = answerAt(search.model, multipliers)
  search.answers.push(answer)
  if (answer.bound < search.bound) {
    search.bound = answer.bound
    search.at = multipliers
  }
  for (const [k, x] of answer.excess.entries())
    if (x > search.model.tolerance[k]! && !search.active.includes(k)) search.active.push(k)
}

function mix({ model, answers, active, penalty }: Search): Mixture {
  const scale = model.tolerance.map((_, k) => Math.max(...answers.map((a) => Math.abs(a.excess[k]!))) || 1)
  return bestMixture(answers, active, penalty, scale)
}

function nextAfter({ at, active }: Search, { multipliers }: Mixture, step: number): Float64Array {
  const share = active.length > 1 && step % 2 === 0 ? CAUTION : 1
  return multipliers.map((m, k) => at[k]! + share * (m - at[k]!))
}

function forget({ model, answers }: Search, { weights }: Mixture): void {
  if (answers.length * model.priced.spend.length < KEPT) return
  const kept = answers.filter((_, k) => weights[k]! > 0)
  answers.splice(0, answers.length, ...kept)
}

function relaxationOf({ bound, at, answers }: Search, { weights }: Mixture): Relaxation {
  const used = [...weights.keys()].filter((k) => weights[k]! > 0)
  const mixed = (part: 'spend' | 'objective' | 'outcome'): Float64Array => {
    if (used.length === 1) return answers[used[0]!]![part]
    const sum = new Float64Array(answers[0]![part].length)
    for (const k of used) {
      const values = answers[k]![part]
      for (let i = 0; i < sum.length; i++) sum[i]! += weights[k]! * values[i]!
    }
    // Rounding must not lead out of a lever's bounds.
    for (let i = 0; i < sum.length; i++) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (const k of used) {
        least = Math.min(least, answers[k]![part][i]!)
        most = Math.max(most, answers[k]![part][i]!)
      }
      sum[i] = Math.min(most, Math.max(least, sum[i]!))
    }
    return sum
  }
  const objective = mixed('objective')
  const same = answers[0]!.outcome === answers[0]!.objective
  return {
    ...{ kind: 'relaxation', bound, multipliers: at, answers, objective },
    spend: mixed('spend'),
    outcome: same ? objective : mixed('outcome'),
  }
}
