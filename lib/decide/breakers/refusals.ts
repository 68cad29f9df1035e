import { breakersOf } from '../../model/breakers.ts'
import { isCut } from '../../model/lever.ts'
import { campaignsMovedBy } from '../../model/lever-place.ts'
import { mainUnits } from '../../units/money.ts'
import { campaignIds, waiting, watched } from './figures.ts'
import type { Breaker, RecentOutcome } from './view.ts'

/** Refusals below this share of all that was pushed are the platform's daily bread. */
const LEAST_SHARE = 0.5

/** The platform refuses most of what it is told. */
export const refusals: Breaker = (view) => {
  const { count } = breakersOf(view.policy).refusals
  const own = new Set<string>(watched(view).map(({ id }) => id))
  const pushed = view.outcomes.filter(({ change }) =>
    campaignsMovedBy(view.structure, change.lever).some((id) => own.has(id)),
  )
  const refused = pushed.filter(({ refused: why }) => why !== undefined)
  if (refused.length < count || refused.length < LEAST_SHARE * pushed.length) return []
  const cuts = sumOf(refused.filter(({ change }) => isCut(change)))
  const raises = sumOf(refused.filter(({ change }) => !isCut(change)))
  return [
    {
      rule: 'refusals',
      subject: { kind: 'account' },
      campaigns: campaignIds(
        view,
        new Set(refused.flatMap(({ change }) => campaignsMovedBy(view.structure, change.lever))),
      ),
      what: `The platform refused ${refused.length} of ${pushed.length} changes in a day, most often: ${mostOften(refused)}.`,
      remedy: 'Do what the refusal says; see every one with "sluice apply" of the plan.',
      waiting: waiting(view, cuts >= raises ? 'overspent' : 'unspent', Math.max(cuts, raises) / 24),
    },
  ]
}

/** Main units a day by which budgets were not moved. */
const sumOf = (outcomes: readonly RecentOutcome[]): number =>
  outcomes.reduce(
    (sum, { change: { from, to } }) =>
      from.kind === 'money' && to.kind === 'money'
        ? sum + Math.abs(mainUnits(to.amount) - mainUnits(from.amount))
        : sum,
    0,
  )

function mostOften(refused: readonly RecentOutcome[]): string {
  const groups = [...Map.groupBy(refused, (one) => one.refused ?? '')]
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}
