import type { CampaignId } from '../../model/account.ts'
import { breakersOf } from '../../model/breakers.ts'
import type { ChangeEvent } from '../../model/structure.ts'
import { ratePerHour, subjectOf, waiting, watched } from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** We and somebody else, most likely another tool, move the same thing in turns. */
export const oscillation: Breaker = (view) => {
  const { reversals } = breakersOf(view.policy).oscillation
  const byField = Map.groupBy(view.changes, ({ entity, field }) => `${entity.kind}/${entity.id}/${field}`)
  const worst = new Map<CampaignId, { turns: number; events: readonly ChangeEvent[] }>()
  for (const events of byField.values()) {
    const turns = turnsIn(events)
    if (turns < reversals) continue
    for (const id of campaignsOf(view, events[0]!)) {
      const before = worst.get(id)
      if (!before || turns > before.turns) worst.set(id, { turns, events })
    }
  }
  return watched(view).flatMap((campaign): readonly Trip[] => {
    const found = worst.get(campaign.id)
    if (!found) return []
    const others = [...new Set(found.events.filter(({ origin }) => origin !== 'ours').map(({ actor }) => actor))]
    return [
      {
        rule: 'oscillation',
        subject: subjectOf(campaign),
        campaigns: [campaign.id],
        what: `"${campaign.name}": Sluice and ${others.join(', ')} moved the same setting in turns, ${found.turns} times in a day.`,
        remedy:
          'Switch off one of the two: the other tool’s rule, or the campaign’s place in the portfolio (managed: false).',
        waiting: waiting(view, 'at-risk', ratePerHour(view, [campaign.id])),
      },
    ]
  })
}

/** How often the hand changed, between ours and anybody else's. */
function turnsIn(events: readonly ChangeEvent[]): number {
  const ours = events.toSorted((a, b) => a.at - b.at).map(({ origin }) => origin === 'ours')
  return ours.filter((one, i) => i > 0 && one !== ours[i - 1]).length
}

function campaignsOf({ structure }: GuardView, { entity: { kind, id } }: ChangeEvent): readonly CampaignId[] {
  if (kind === 'campaign') return [id as CampaignId]
  if (kind === 'budget') return structure.budgets.find((budget) => budget.id === id)?.campaigns ?? []
  const group = structure.adGroups.find((one) => kind === 'ad-group' && one.id === id)
  return group ? [group.campaign] : []
}
