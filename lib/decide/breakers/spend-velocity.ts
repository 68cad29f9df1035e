import type { CampaignId } from '../../model/account.ts'
import { breakersOf } from '../../model/breakers.ts'
import type { Campaign } from '../../model/structure.ts'
import { mainUnits } from '../../units/money.ts'
import {
  amountWords,
  announcedFactor,
  LEAST_DAYS,
  mean,
  spentBefore,
  spentBetween,
  subjectOf,
  usualDay,
  waiting,
  watched,
} from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** What is spent beyond the usual must be this share of the campaign's own day, and more than small change of the account's. */
const LEAST_OF_DAY = 0.05
const LEAST_OF_ACCOUNT = 0.01

/** A campaign has spent many times in the last hours what it spends in the same hours of other days. */
export const spendVelocity: Breaker = (view) => {
  const { factor, hours } = breakersOf(view.policy).spendVelocity
  const to = Math.floor(view.clock)
  if (to < hours || view.past.length < LEAST_DAYS) return undefined
  const campaigns = watched(view)
  const account = campaigns.reduce((sum, { id }) => sum + (usualDay(view, id) ?? 0), 0)
  return campaigns.flatMap((campaign) => tripOf(view, campaign, { from: to - hours, to, factor, account }))
}

/** What so many hours take of the daily budgets that feed it, whoever shares them. */
const evenly = ({ structure }: GuardView, campaign: CampaignId, hours: number): number =>
  structure.budgets
    .filter(
      ({ period, status, campaigns }) => period === 'daily' && status === 'active' && campaigns.includes(campaign),
    )
    .reduce((sum, { amount }) => sum + (mainUnits(amount) * hours) / 24, 0)

interface Window {
  readonly from: number
  readonly to: number
  readonly factor: number
  /** Main units that the account's campaigns usually spend in a day. */
  readonly account: number
}

function tripOf(view: GuardView, campaign: Campaign, { from, to, factor, account }: Window): readonly Trip[] {
  const { id, name } = campaign
  const spent = spentBetween(view.spend.get(id), from, to)
  const before = mean(spentBefore(view, id, from, to))
  // Where nothing is usual, it is new, or began again, or runs at other hours: then its budget says what is.
  const usual = (before > 0 ? before : evenly(view, id, to - from)) * Math.max(1, announcedFactor(view, campaign))
  const beyond = spent - usual
  const least = Math.max(LEAST_OF_DAY * (usualDay(view, id) ?? 0), LEAST_OF_ACCOUNT * account)
  if (usual <= 0 || spent <= factor * usual || beyond <= least) return []
  return [
    {
      rule: 'spendVelocity',
      subject: subjectOf(campaign),
      campaigns: [id],
      what: `"${name}" spent ${amountWords(view, spent)} from ${from}:00 to ${to}:00; ${amountWords(view, usual)} ${before > 0 ? 'are usual in these hours' : 'are what its budget comes to, and nothing is usual in these hours'}.`,
      remedy: 'Look at what was changed in it today; cut its budget or pause it if nobody meant that.',
      waiting: waiting(view, 'overspent', beyond / (to - from)),
    },
  ]
}
