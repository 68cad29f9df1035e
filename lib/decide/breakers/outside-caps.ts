import { scopesOf } from '../../model/freeze.ts'
import type { Lever } from '../../model/lever.ts'
import { campaignsMovedBy } from '../../model/lever-place.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { Campaign } from '../../model/structure.ts'
import { mainUnits } from '../../units/money.ts'
import { amountText } from '../words.ts'
import { campaignIds, waiting, watched } from './figures.ts'
import type { GuardView, Trip } from './view.ts'

/** What the rule looks at: a pull knows as much. */
export type OutsideView = Pick<GuardView, 'policy' | 'structure' | 'today' | 'levers' | 'worst' | 'frozen'>

/**
 * Somebody set a budget outside the caps, and it is not back yet: one alert each, of the campaign that it feeds. And one of
 * the account where its budgets as they stand are above a cap in other ways: new ones, started ones, those of others.
 */
export const outsideCaps = (view: OutsideView): readonly Trip[] => [...edited(view), ...aboveAtWorst(view)]

function aboveAtWorst(view: OutsideView): readonly Trip[] {
  const { worst = [] } = view
  if (worst.length === 0) return []
  const what = worst.map(
    (one) =>
      `${one.name ? `The budgets that ${one.name} counts` : 'The budgets of the account'} may cost ${amountText(one.worst)} a day at worst, as they stand, and the cap is ${amountText(one.cap)}.`,
  )
  return [
    {
      rule: 'outsideCaps',
      subject: { kind: 'account' },
      campaigns: watched(view).map(({ id }) => id),
      what: what.join(' '),
      remedy:
        'Lower budgets or pause campaigns at the platform, or raise the cap in the policy: Sluice raises nothing under it until then.',
      waiting: waiting(view, 'overspent', Math.max(...worst.map(({ excess }) => mainUnits(excess))) / 24),
    },
  ]
}

const edited = (view: OutsideView): readonly Trip[] =>
  view.levers.flatMap((state): readonly Trip[] => {
    const { cutBackTo, beyondCap, known, idle, lever } = state
    const most = cutBackTo ?? beyondCap?.most
    if (idle || most?.kind !== 'money' || known.kind !== 'money') return []
    if (known.amount.micros <= most.amount.micros) return []
    const moved = new Set(campaignsMovedBy(view.structure, lever))
    const campaign = concerned(view, state).find(({ id }) => moved.has(id))
    if (!campaign) return []
    const excess = mainUnits(known.amount) - mainUnits(most.amount)
    return [
      {
        rule: 'outsideCaps',
        subject: { kind: 'campaign', id: campaign.id, name: campaign.name },
        campaigns: campaignIds(view, moved),
        what: `The budget of "${campaign.name}" stands at ${amountText(known.amount)}, ${whyText(state)}.`,
        remedy: cutBackTo ? remedyText(view, lever, amountText(most.amount)) : NOT_OURS,
        waiting: waiting(view, 'overspent', excess / 24),
      },
    ]
  })

/** What belongs to no portfolio still uses up the cap of every one of the account. */
function concerned(view: OutsideView, { cutBackTo, beyondCap }: LeverState): readonly Campaign[] {
  if (cutBackTo || !beyondCap) return watched(view)
  const { portfolio } = beyondCap
  const isTold = portfolio === undefined || portfolio === view.policy.portfolio
  return isTold ? view.structure.campaigns.filter(({ status }) => status === 'active') : []
}

const whyText = ({ cutBackWhy, beyondCap }: LeverState): string => cutBackWhy ?? beyondCap?.why ?? 'outside the caps'

const NOT_OURS =
  'Sluice counts this budget and does not move it: lower it at the platform, or raise the account’s dayCap in the policy; until then no raise on the account goes through. A pause at the platform is all that stops today’s spend for certain.'

function remedyText(view: OutsideView, lever: Lever, cap: string): string {
  const why = notCut(view, lever)
  if (why) return `It is not cut back to ${cap}: ${why}. Set it at the platform.`
  return view.policy.mode === 'auto'
    ? `It is being cut back to ${cap}. A pause at the platform is all that stops today’s spend for certain.`
    : `It is not adopted: approve the plan that cuts it back to ${cap} ("sluice status"), or set it at the platform.`
}

/** What keeps Sluice from it, as far as a person should know at once. */
function notCut({ policy, structure, today, frozen }: OutsideView, lever: Lever): string | undefined {
  const { mode, flight } = policy
  if (mode === 'shadow' || mode === 'observe') return `the portfolio is in ${mode}, and nothing is pushed`
  if (today < flight.from || today > flight.to) return `the flight runs from ${flight.from} to ${flight.to}`
  const campaigns = campaignsMovedBy(structure, lever)
  const scope = scopesOf(structure.account, campaigns).find((one) => frozen?.has(one))
  if (scope) return `${scope} is frozen, until a person says "sluice unfreeze ${scope}"`
  const [blocker] = structure.blockers
  if (blocker) return `the account takes no changes (${blocker.code}: ${blocker.detail})`
  const test = structure.experiments.find(
    (one) => one.campaigns.some((id) => campaigns.includes(id)) && (one.to === undefined || today <= one.to),
  )
  return test && `the platform is running the test "${test.name}" on it`
}
