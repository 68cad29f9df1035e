import type { Estimates } from '../../model/estimates.ts'
import type { Observation } from '../../model/observation.ts'

/** What a forecast of ordinary days leaves out, in words, where there is such a thing in the policy or in the data. */
export function caveatsOf({ policy: { policy }, today }: Observation, { breaks }: Estimates): readonly string[] {
  const events = policy.events.filter(({ to }) => to >= today).map(({ name }) => `"${name}"`)
  const commitments = policy.commitments.filter(({ by }) => by >= today).map(({ name }) => `"${name}"`)
  const launches = policy.members.filter(({ launchBudget, from }) => launchBudget && from !== undefined && from > today)
  return [
    ...breaks
      .filter(({ ongoing }) => ongoing)
      .map(({ account, detail }) => `conversions of ${account} cannot be trusted at the moment: ${detail}`),
    ...(events.length > 0 ? [`days are ordinary ones: what ${events.join(', ')} will add is left out`] : []),
    ...(commitments.length > 0 ? [`spend that is promised by a date is left out: ${commitments.join(', ')}`] : []),
    ...(launches.length > 0 ? ['launches that have not begun are left out'] : []),
  ]
}
