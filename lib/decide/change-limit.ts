import type { Observation } from '../model/observation.ts'
import type { ChangeDecision, Decision } from '../model/plan.ts'
import { growthInBase, netGrowth } from './net-growth.ts'

/**
 * Keeps the changes that matter most when there are more than one plan may make. Raises whose cuts are not among them go
 * too, the least of them first: what is kept raises budgets by no more than the whole would have.
 */
export function withinChangeLimit(observation: Observation, decisions: readonly Decision[]): readonly Decision[] {
  const limit = observation.policy.policy.guardrails.maxChangesPerPlan
  const changes = decisions.filter((d): d is ChangeDecision => d.kind === 'change')
  const kept = changes.toSorted((a, b) => Math.abs(b.expected.mean) - Math.abs(a.expected.mean)).slice(0, limit)
  const most = netGrowth(decisions, observation).micros
  const isRaise = ({ change }: ChangeDecision): boolean => growthInBase(change, observation.rates).micros > 0n
  const keeping = new Set<Decision>(kept)
  for (const raise of kept.filter(isRaise).toReversed())
    if (netGrowth([...keeping], observation).micros > most) keeping.delete(raise)
  return decisions.map((d) =>
    d.kind === 'hold' || keeping.has(d)
      ? d
      : {
          kind: 'hold',
          lever: d.change.lever,
          name: d.name,
          value: d.change.from,
          reason: 'change-limit',
          detail: `one plan moves at most ${limit} levers, and others matter more`,
        },
  )
}
