import { campaignsMovedBy } from '../../model/lever-place.ts'
import type { LeverState } from '../../model/lever-state.ts'
import { mainUnits } from '../../units/money.ts'
import { amountText } from '../words.ts'
import { campaignIds, waiting, watched } from './figures.ts'
import type { GuardView, Trip } from './view.ts'

/** What the rule looks at: a pull knows as much. */
export type OutsideView = Pick<GuardView, 'policy' | 'structure' | 'today' | 'levers'>

/** Somebody set a budget outside the caps, and it is not back yet: one alert each, of the campaign that it feeds. */
export function outsideCaps(view: OutsideView): readonly Trip[] {
  const own = watched(view)
  return view.levers.flatMap((state): readonly Trip[] => {
    const { cutBackTo, known, idle, lever } = state
    if (idle || cutBackTo?.kind !== 'money' || known.kind !== 'money') return []
    if (known.amount.micros <= cutBackTo.amount.micros) return []
    const moved = new Set(campaignsMovedBy(view.structure, lever))
    const campaign = own.find(({ id }) => moved.has(id))
    if (!campaign) return []
    const excess = mainUnits(known.amount) - mainUnits(cutBackTo.amount)
    return [
      {
        rule: 'outsideCaps',
        subject: { kind: 'campaign', id: campaign.id, name: campaign.name },
        campaigns: campaignIds(view, moved),
        what: `The budget of "${campaign.name}" stands at ${amountText(known.amount)}, ${whyText(state)}.`,
        remedy: remedyText(view, amountText(cutBackTo.amount)),
        waiting: waiting(view, 'overspent', excess / 24),
      },
    ]
  })
}

const whyText = ({ cutBackWhy }: LeverState): string => cutBackWhy ?? 'outside the caps'

const remedyText = ({ policy }: OutsideView, cap: string): string =>
  policy.mode === 'auto'
    ? `It is being cut back to ${cap}. A pause at the platform is all that stops today’s spend for certain.`
    : `It is not adopted: approve the plan that cuts it back to ${cap} ("sluice status"), or set it at the platform.`
