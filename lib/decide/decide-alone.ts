import type { Decision, HoldDecision } from '../model/plan.ts'
import { approvedStep, type StepCaps } from './approved-step.ts'
import { cutBack } from './cut-back.ts'
import { type BudgetQuestion, reasonNotToCutBack, reasonToHold } from './holds.ts'
import { tooMuchSpent } from './spent-today.ts'

/**
 * What needs no comparison with other budgets: cuts back to the caps, holds, and the steps of events that were approved
 * beforehand; between two daily decisions, the cuts of a day that runs ahead. Undefined: the budget takes part in the split.
 */
export function decideAlone(
  question: BudgetQuestion,
  capsOf: StepCaps,
  steered: ReadonlyMap<BudgetQuestion, Decision>,
): Decision | undefined {
  const back = orderedBack(question)
  if (back) return back
  const step = approvedStep(question, capsOf)
  if (step) return step
  if (question.observation.occasion === 'correction')
    return (
      steered.get(question) ??
      holdOf(question, {
        reason: 'between-decisions',
        detail:
          'only edits outside the caps, events, ends and days that run ahead are seen to between two daily decisions',
      })
    )
  const reason = reasonToHold(question)
  return reason && holdOf(question, reason)
}

/** Back to the caps, where somebody set it outside them. It stays marked: after its event it still goes back. */
function orderedBack(question: BudgetQuestion): Decision | undefined {
  const { budget, state } = question
  if (state?.cutBackTo?.kind !== 'money' || budget.amount.micros <= state.cutBackTo.amount.micros) return undefined
  const obstacle = reasonNotToCutBack(question)
  if (obstacle) return holdOf(question, obstacle)
  const back = cutBack(question, state.cutBackTo.amount)
  if (!back) return holdOf(question, tooMuchSpent(question))
  return state.event ? { ...back, event: state.event } : back
}

const holdOf = (
  { lever, budget }: BudgetQuestion,
  { reason, detail }: Pick<HoldDecision, 'reason' | 'detail'>,
): HoldDecision => ({
  kind: 'hold',
  lever,
  name: budget.name,
  value: { kind: 'money', amount: budget.amount },
  reason,
  detail,
})
