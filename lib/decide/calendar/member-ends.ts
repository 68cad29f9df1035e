import { scopesOf } from '../../model/freeze.ts'
import { type Lever, leverKey } from '../../model/lever.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { Decision } from '../../model/plan.ts'
import { isoInstant } from '../../units/calendar.ts'
import type { CapabilitiesOf } from '../capabilities-of.ts'
import type { Hold } from '../check.ts'
import { UNITS } from '../effect.ts'
import { heldUntil } from '../guardrails.ts'
import { reasonNotToFollowDate } from '../holds.ts'
import { pushedOn } from '../spent-today.ts'
import { type EndedMembership, endedMemberships } from './membership-end.ts'

/**
 * One decision for every running campaign whose time in the portfolio is over: to pause it, unless something stands
 * against that. Old or unexplained data do not: the end is a date. What was paused since the account was read is done. It
 * is never started again by Sluice: that is a person's to do.
 */
export const memberEnds = (observation: Observation, capabilitiesOf: CapabilitiesOf): readonly Decision[] =>
  observation.accounts.flatMap((account) =>
    endedMemberships(observation.policy.policy, account.structure, pushedOn({ observation, account }))
      .filter(({ change }) => !isPausedSince(account, change.lever))
      .map((ended) => decideEnd(observation, account, ended, capabilitiesOf)),
  )

const stateOf = ({ levers }: AccountObservation, lever: Lever): LeverState | undefined =>
  levers.find((one) => leverKey(one.lever) === leverKey(lever))

function isPausedSince(account: AccountObservation, lever: Lever): boolean {
  const state = stateOf(account, lever)
  return state?.known.kind === 'status' && state.known.status === 'paused' && state.knownAt > account.structure.readAt
}

function decideEnd(
  observation: Observation,
  account: AccountObservation,
  { change, name, class: kind, why }: EndedMembership,
  capabilitiesOf: CapabilitiesOf,
): Decision {
  const held = reasonNotToEnd(observation, account, change.lever, capabilitiesOf)
  if (held) return { kind: 'hold', lever: change.lever, name, value: change.from, ...held }
  return {
    kind: 'change',
    change,
    name,
    class: kind,
    // What it brings is no longer the portfolio's.
    expected: { unit: UNITS[observation.policy.policy.goal.kind], mean: 0, low: 0, high: 0 },
    binding: [{ name: 'membership', detail: 'its time in the portfolio is over' }],
    why: `Paused: ${why}.`,
    maturity: 1,
  }
}

function reasonNotToEnd(
  observation: Observation,
  account: AccountObservation,
  lever: Lever,
  capabilitiesOf: CapabilitiesOf,
): Hold | undefined {
  const { structure, takenOver = [] } = account
  const general = reasonNotToFollowDate(observation, account, scopesOf(structure.account, [lever.id]))
  if (general) return general
  const other = takenOver.find(({ campaign }) => campaign === lever.id)
  if (other) return { reason: 'not-managed', detail: `it is in portfolio ${other.portfolio} now` }
  const test = structure.experiments.find(
    ({ campaigns, to }) => campaigns.some((id) => id === lever.id) && (to === undefined || account.today <= to),
  )
  if (test) return { reason: 'in-experiment', detail: `the platform is running the test "${test.name}" on it` }
  const capability = capabilitiesOf(account.account).honours(lever, structure)
  if (capability.kind !== 'honoured') return { reason: 'not-honoured', detail: capability.reason }
  const state = stateOf(account, lever)
  if (state?.pending) return { reason: 'pending-outcome', detail: 'the outcome of an earlier pause is not known yet' }
  const hold = heldUntil(state, observation.now)
  return hold && { reason: 'human-hold', detail: `${hold.reason}; left alone until ${isoInstant(hold.until)}` }
}
