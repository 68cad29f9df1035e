import { guardrailsOf } from '../../lib/decide/verdicts.ts'
import { amountText } from '../../lib/decide/words.ts'
import type { GuardrailVerdict } from '../../lib/model/guardrail.ts'
import type { Decision } from '../../lib/model/plan.ts'
import type { Money } from '../../lib/units/money.ts'

/** `step ≤ 120.00 EUR`: a guardrail with its bounds, without what it found. */
const boundText = ({ name, atLeast, atMost }: GuardrailVerdict): string =>
  [name, ...(atLeast ? [`≥ ${amountText(atLeast)}`] : []), ...(atMost ? [`≤ ${amountText(atMost)}`] : [])].join(' ')

/**
 * What the guardrails say of a decision, in one line: what clamps and what blocks it, with the reason; of the others how many
 * let it pass, or which they are.
 */
export function guardrailsText(decision: Decision, showAll: boolean): string | undefined {
  const all = guardrailsOf(decision)
  if (all.length === 0) return undefined
  const of = (verdict: GuardrailVerdict['verdict']) => all.filter((one) => one.verdict === verdict)
  const passed = of('pass')
  const told = (['clamp', 'block'] as const).flatMap((verdict) =>
    of(verdict).map((one) => `${verdict} ${boundText(one)} (${one.detail})`),
  )
  const passes =
    passed.length === 0 ? [] : [showAll ? `pass ${passed.map(boundText).join(', ')}` : `${passed.length} pass`]
  return `guardrails: ${[...told, ...passes].join('; ')}`
}

const amountJson = (amount: Money | undefined) =>
  amount ? { micros: amount.micros.toString(), currency: amount.currency } : null

/** Each guardrail that was asked, in the order in which they are; null in plans that were made before there were such lists. */
export const guardrailsJson = (decision: Decision) =>
  decision.guardrails === undefined
    ? null
    : guardrailsOf(decision).map(({ name, verdict, detail, atLeast, atMost }) => ({
        name,
        verdict,
        detail,
        atLeast: amountJson(atLeast),
        atMost: amountJson(atMost),
      }))
