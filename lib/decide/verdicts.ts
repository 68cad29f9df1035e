import { accountKey } from '../model/account.ts'
import {
  type GuardrailName,
  type GuardrailVerdict,
  guardrailWords,
  isGuardrail,
  type PackedGuardrails,
  type PackedVerdict,
  packGuardrails,
  unpackGuardrails,
  type Verdict,
} from '../model/guardrail.ts'
import { leverKey } from '../model/lever.ts'
import type { Observation } from '../model/observation.ts'
import { type BindingGuardrail, type Decision, decisionLever, type HoldDecision } from '../model/plan.ts'
import type { Money } from '../units/money.ts'
import type { CheckResult } from './check.ts'
import { hardLimits, limitsOf, steps } from './guardrails.ts'
import { allChecks, type BudgetQuestion, checksOfACut } from './holds.ts'
import { eased, type Limit } from './interval.ts'
import { contextOf } from './move-budgets.ts'
import type { Movable } from './position.ts'
import { spentRule } from './spent-today.ts'

/** Names that a decision gives to limits which a plan as a whole is under. */
const SHARED: Readonly<Record<string, GuardrailName>> = {
  'account-cap': 'account-day-cap',
  'portfolio-cap': 'portfolio-day-cap',
  'account-day-cap': 'account-day-cap',
  'portfolio-day-cap': 'portfolio-day-cap',
}

/** Ends of what is asked of budgets that nothing holds as they are: these have taken part in the split, or would have. */
const OF_THE_SPLIT: ReadonlySet<string> = new Set([
  'guardrail',
  'within-deadband',
  'change-limit',
  'not-steered',
  'spent-today',
])

/**
 * The same decisions, each with what every guardrail says of it. A last look of its own as well: a change that one of them
 * stands against becomes a hold, whoever decided it.
 *
 * @param dayTarget what the portfolio is to spend today, as the split had it
 */
export function withVerdicts(
  observation: Observation,
  decisions: readonly Decision[],
  questions: readonly BudgetQuestion[],
  dayTarget: Money,
): readonly Decision[] {
  const byLever = new Map(questions.map((question) => [leverKey(question.lever), question]))
  return decisions.map((decision) => {
    const question = byLever.get(leverKey(decisionLever(decision)))
    const verdicts = question ? ofBudget(decision, question, dayTarget) : ofOther(decision)
    const shared = sharedCapsOf(observation, decision)
    const guardrails = packGuardrails(packable([...verdicts, ...shared], decision))
    const stopped = decision.kind === 'change' && verdicts.find(({ verdict }) => verdict === 'block')
    return stopped ? heldBy(stopped, decision, guardrails) : { ...decision, guardrails }
  })
}

/** What is as the decision itself or the list of guardrails says it need not be kept twice. */
const packable = (verdicts: readonly PackedVerdict[], decision: Decision): readonly PackedVerdict[] =>
  verdicts.map(({ detail, ...rest }) =>
    detail === undefined || detail === detailIn(decision, rest.name) ? rest : { ...rest, detail },
  )

function heldBy(
  { name, detail }: PackedVerdict,
  { change, name: of }: Extract<Decision, { kind: 'change' }>,
  guardrails: PackedGuardrails,
): HoldDecision {
  const told = `${name}: ${detail ?? guardrailWords(name)}`
  return {
    kind: 'hold',
    lever: change.lever,
    name: of,
    value: change.from,
    reason: 'guardrail',
    detail: told,
    guardrails,
  }
}

function ofBudget(decision: Decision, question: BudgetQuestion, dayTarget: Money): readonly PackedVerdict[] {
  const names = decision.kind === 'change' ? decision.binding.map(({ name }) => name) : []
  if (decision.kind === 'hold' && decision.reason === 'between-decisions') return [blocked('between-decisions')]
  const isOrdered = names.includes('caps') || names.includes('event')
  const checks = (isOrdered ? checksOfACut(question) : allChecks(question)).map(ofCheck)
  if (decision.kind === 'hold' && !OF_THE_SPLIT.has(decision.reason)) return withReason(merged(checks), decision)
  const limits = [...(isOrdered ? [] : limitsUnder(question, names, dayTarget)), ...spentRule(question)]
  const verdicts = merged([...checks, ...limits.map((limit) => ofLimit(limit, decision))])
  return decision.kind === 'change' ? withBinding(verdicts, decision.binding) : withReason(verdicts, decision)
}

/** The intervals that the budget was moved within: a cut within the day and one beside a target know fewer. */
function limitsUnder(question: BudgetQuestion, names: readonly string[], dayTarget: Money): readonly Limit[] {
  const { amount } = question.budget
  if (!isMovable(question) || names.includes('day-ahead') || question.limited?.isBinding)
    // These come no nearer to a bound that it stands outside of than they have reason to: not further away is enough.
    return eased([...stepsOf(question), ...hardLimits(question)], { atLeast: amount, atMost: amount })
  return limitsOf(contextOf(question, dayTarget))
}

const stepsOf = ({ observation, budget, capabilities }: BudgetQuestion): readonly Limit[] =>
  steps({ policy: observation.policy.policy, budget, capabilities })

const isMovable = (question: BudgetQuestion): question is Movable => question.estimate !== undefined

const blocked = (name: GuardrailName, detail?: string): PackedVerdict => ({
  name,
  verdict: 'block',
  ...(detail === undefined ? {} : { detail }),
})

const ofCheck = ({ name, hold }: CheckResult): PackedVerdict =>
  hold ? blocked(isGuardrail(hold.reason) ? hold.reason : name, hold.detail) : { name, verdict: 'pass' }

function ofLimit({ name, atLeast, atMost, detail }: Limit, decision: Decision): PackedVerdict {
  const bound = { ...(atLeast ? { atLeast } : {}), ...(atMost ? { atMost } : {}) }
  const guardrail = isGuardrail(name) ? name : 'guardrail'
  if (decision.kind === 'hold') return { name: guardrail, verdict: 'pass', ...bound }
  const { to } = decision.change
  const isOut =
    to.kind === 'money' &&
    ((atLeast && to.amount.micros < atLeast.micros) || (atMost && to.amount.micros > atMost.micros))
  if (isOut) return { ...blocked(guardrail, detail), ...bound }
  return { name: guardrail, verdict: 'pass', ...bound }
}

/** From the mildest. */
const STERNNESS: readonly Verdict[] = ['pass', 'clamp', 'block']

const isAsStern = (a: PackedVerdict, b: PackedVerdict): boolean =>
  STERNNESS.indexOf(a.verdict) >= STERNNESS.indexOf(b.verdict)

/** One entry per guardrail: the sternest verdict, the first of equals, with the bounds of all that have its name. */
function merged(verdicts: readonly PackedVerdict[]): readonly PackedVerdict[] {
  const byName = new Map<GuardrailName, PackedVerdict>()
  for (const one of verdicts) {
    const before = byName.get(one.name)
    const { verdict: _, detail: __, ...bounds } = one
    byName.set(one.name, before && isAsStern(before, one) ? { ...before, ...bounds } : { ...before, ...one })
  }
  return [...byName.values()]
}

/** What a change says of itself that it stands at. */
function withBinding(
  verdicts: readonly PackedVerdict[],
  binding: readonly BindingGuardrail[],
): readonly PackedVerdict[] {
  const clamped = binding.map(({ name, detail }): PackedVerdict => ({ name: nameOf(name), verdict: 'clamp', detail }))
  return [...merged([...verdicts, ...clamped]), { name: 'dead-zone', verdict: 'pass' }]
}

const nameOf = (name: string): GuardrailName => SHARED[name] ?? (isGuardrail(name) ? name : 'groups')

/** A hold's own reason, which a check may have given already. */
const withReason = (verdicts: readonly PackedVerdict[], { reason, detail }: HoldDecision): readonly PackedVerdict[] =>
  merged([...verdicts, blocked(reason, detail)])

/** Targets, multipliers, statuses: what the decision itself says. */
const ofOther = (decision: Decision): readonly PackedVerdict[] =>
  decision.kind === 'hold' ? [blocked(decision.reason, decision.detail)] : withBinding([], decision.binding)

/** The day caps that a change of money is under. */
function sharedCapsOf({ policy: { policy } }: Observation, decision: Decision): readonly PackedVerdict[] {
  if (decision.kind === 'hold' || decision.change.lever.entity !== 'budget') return []
  const account = accountKey(decision.change.lever.account)
  const dayCap = policy.accounts.find((one) => accountKey(one.account) === account)?.dayCap
  const clamped = new Set(decision.binding.map(({ name }) => nameOf(name)))
  const capped = (name: GuardrailName, atMost: Money | undefined): readonly PackedVerdict[] =>
    atMost && !clamped.has(name) ? [{ name, verdict: 'pass', atMost }] : []
  return [...capped('account-day-cap', dayCap), ...capped('portfolio-day-cap', policy.dayCap)]
}

function detailIn(decision: Decision, name: GuardrailName): string | undefined {
  if (decision.kind === 'hold') return decision.reason === name ? decision.detail : undefined
  return decision.binding.find((one) => nameOf(one.name) === name)?.detail
}

/** What every guardrail says of a decision, in the order in which they are asked; none in plans of before there were such lists. */
export const guardrailsOf = (decision: Decision): readonly GuardrailVerdict[] =>
  decision.guardrails === undefined
    ? []
    : unpackGuardrails(decision.guardrails).map((one) => ({
        ...one,
        detail:
          one.detail ?? (one.verdict === 'pass' ? undefined : detailIn(decision, one.name)) ?? guardrailWords(one.name),
      }))
