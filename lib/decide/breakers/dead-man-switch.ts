import { sameAccount } from '../../model/account.ts'
import type { LeverState } from '../../model/lever-state.ts'
import { memberOf } from '../../model/membership.ts'
import { HOUR_MS, isoInstant } from '../../units/calendar.ts'
import { mayKeepStops, wantsStop } from '../spend-stops.ts'
import { amountText } from '../words.ts'
import { subjectOf, usualDay, waiting } from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** A pull sees a rule that is missing, act writes it, and the next pull sees it: what takes longer does not come by itself. */
const OVERDUE_MS = 2 * HOUR_MS

/** A rule that stands at the platform has paused a campaign, or is not as the policy wants it. */
export const deadManSwitch: Breaker = (view) => [
  ...view.levers.flatMap((state) => stoppedTrip(view, state) ?? []),
  ...switchTrips(view),
]

/** What a pull knows as well. */
export type StoppedView = Pick<GuardView, 'policy' | 'structure' | 'today' | 'histories'>

/** Undefined where the campaign runs, is somebody else's matter by now, or is not the portfolio's. */
export function stoppedTrip(
  view: StoppedView,
  { lever, known, stopped, pausedFor }: Pick<LeverState, 'lever' | 'known' | 'stopped' | 'pausedFor'>,
): Trip | undefined {
  const { policy, structure, today } = view
  if (!stopped || pausedFor === undefined || known.kind !== 'status' || known.status !== 'paused') return undefined
  const campaign = structure.campaigns.find(({ id }) => id === lever.id)
  if (!campaign || !memberOf(policy, structure.account, campaign, today)) return undefined
  const cap = policy.accounts.find((one) => sameAccount(one.account, structure.account))?.dayCap
  const bound = cap ? `, at ${amountText(cap)}` : ''
  return {
    rule: 'deadManSwitch',
    subject: subjectOf(campaign),
    campaigns: [campaign.id],
    what: `The platform paused "${campaign.name}" at ${isoInstant(stopped.at)} by the rule "${stopped.by}": that day it had spent more than the whole account may${bound}.`,
    remedy: `Find out who or what let it spend so much, and set its budget right. Then start it with "sluice resume" or at the platform; before the account’s midnight the rule would pause it again.`,
    waiting: waiting(view, 'unspent', (usualDay(view, campaign.id) ?? 0) / 24),
  }
}

function switchTrips(view: GuardView): readonly Trip[] {
  const { policy, stops, now, structure } = view
  if (!stops || !mayKeepStops(policy) || !wantsStop(policy, structure)) return []
  const trip = (what: string, remedy: string): Trip => ({
    rule: 'deadManSwitch',
    subject: { kind: 'account' },
    campaigns: [],
    what,
    remedy,
    waiting: waiting(view, 'at-risk', 0),
  })
  if (stops.problem !== undefined)
    return [
      trip(
        `Whether the dead-man’s switch stands is not known: ${stops.problem}.`,
        'See that the credentials to read may read automated rules; "sluice doctor" looks at the connection.',
      ),
    ]
  const changed = stops.standing.find((one) => one.portfolio === policy.portfolio && one.altered !== undefined)
  if (changed)
    return [
      trip(
        `Somebody has changed the dead-man’s switch at the platform, the rule "${changed.name}": ${changed.altered}.`,
        'It is written again. To be without it, set deadManSwitch of the account to off in the policy.',
      ),
    ]
  const since = stops.unmetSince.get(policy.portfolio)
  if (since === undefined || now - since < OVERDUE_MS) return []
  return [
    trip(
      `The dead-man’s switch is not what the policy wants since ${isoInstant(since)}.`,
      'The audit of the account says what the platform answered ("sluice audit export"). Under a freeze nothing is written.',
    ),
  ]
}
