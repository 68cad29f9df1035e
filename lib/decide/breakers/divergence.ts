import { breakersOf } from '../../model/breakers.ts'
import { campaignsMovedBy } from '../../model/lever-place.ts'
import type { LeverState } from '../../model/lever-state.ts'
import { MINUTE_MS } from '../../units/calendar.ts'
import { mainUnits } from '../../units/money.ts'
import { valueWords } from '../words.ts'
import { campaignIds, waiting, watched } from './figures.ts'
import type { Breaker, GuardView } from './view.ts'

/** How many of them are named. */
const NAMED = 3

/** What a lever should stand at and what it stands at have differed for long: nothing brings them together. */
export const divergence: Breaker = (view) => {
  const longAgo = view.now - breakersOf(view.policy).divergence.minutes * MINUTE_MS
  const own = new Set<string>(watched(view).map(({ id }) => id))
  const apart = view.levers.flatMap((state) => {
    const campaigns = campaignsMovedBy(view.structure, state.lever).filter((id) => own.has(id))
    const wanted = campaigns.length > 0 ? wantedOf(state, longAgo) : undefined
    return wanted ? [{ state, wanted, campaigns }] : []
  })
  if (apart.length === 0) return []
  const named = apart
    .slice(0, NAMED)
    .map(
      ({ state, wanted }) =>
        `${nameOf(view, state)} stands at ${valueWords(state.known)} and not at ${valueWords(wanted)}`,
    )
  const perDay = apart.reduce((sum, { state, wanted }) => sum + excess(state, wanted), 0)
  return [
    {
      rule: 'divergence',
      subject: { kind: 'account' },
      campaigns: campaignIds(view, new Set(apart.flatMap(({ campaigns }) => campaigns))),
      what: `${named.join('; ')}${apart.length > NAMED ? `; and ${apart.length - NAMED} more` : ''}.`,
      remedy: 'Set it on the platform by hand, or find out with "sluice status" what keeps Sluice from it.',
      waiting: waiting(view, 'overspent', perDay / 24),
    },
  ]
}

/** What it should stand at for longer than is usual; undefined where nothing is wanted, or not for long. */
function wantedOf({ idle, pending, cutBackTo, known, knownAt }: LeverState, longAgo: number) {
  if (pending) return pending.leaseUntil < longAgo ? pending.to : undefined
  if (idle || !cutBackTo || knownAt >= longAgo) return undefined
  return known.kind === 'money' && cutBackTo.kind === 'money' && known.amount.micros > cutBackTo.amount.micros
    ? cutBackTo
    : undefined
}

/** Main units a day that it may spend beyond what is wanted. */
const excess = ({ known }: LeverState, wanted: LeverState['known']): number =>
  known.kind === 'money' && wanted.kind === 'money'
    ? Math.max(0, mainUnits(known.amount) - mainUnits(wanted.amount))
    : 0

function nameOf({ structure }: GuardView, { lever }: LeverState): string {
  const of = lever.entity === 'budget' ? structure.budgets : structure.campaigns
  const found = of.find(({ id }) => id === lever.id)
  return `the ${lever.kind.replaceAll('-', ' ')} of "${found?.name ?? lever.id}"`
}
