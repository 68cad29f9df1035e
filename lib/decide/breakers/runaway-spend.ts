import type { CampaignId } from '../../model/account.ts'
import { breakersOf } from '../../model/breakers.ts'
import { compare, mainUnits, times } from '../../units/money.ts'
import { amountText } from '../words.ts'
import {
  amountWords,
  LEAST_DAYS,
  managedOf,
  mean,
  spentBetween,
  spentToday,
  usualDay,
  waiting,
  watched,
} from './figures.ts'
import type { Breaker, CapSpend, GuardView, Trip } from './view.ts'

/** Less of the cap than this says nothing of where the day ends. */
const LEAST_SHARE = 0.5
/** More than so many times its usual spend by this hour, and a campaign is among those that run away. */
const ABOVE_USUAL = 1.25

/**
 * The account's day goes past its cap, or is on its way there, by what was spent and not by what budgets allow: somebody
 * else's campaigns and a platform that spends more than it may count as well. So does that of the portfolio or of a shared
 * cap, once it is there. An event does not lift a cap.
 */
export const runawaySpend: Breaker = (view) => {
  const own = ownTrip(view)
  if (own === undefined && view.caps === undefined) return undefined
  const beyond = [own, ...(view.caps ?? []).map((cap) => capTrip(view, cap))]
  const found = beyond.filter((one) => one !== undefined && one !== 'within')
  if (found.length === 0) return []
  const campaigns = new Set(found.flatMap((one) => one.campaigns))
  return [
    {
      rule: 'runawaySpend',
      subject: { kind: 'account' },
      campaigns: [...campaigns],
      what: found.map(({ what }) => what).join(' '),
      remedy: 'Look at the campaigns that spend the most today, and pause what should not run.',
      waiting: waiting(view, 'overspent', perHour(view)),
    },
  ]
}

type Found = Pick<Trip, 'what' | 'campaigns'>

/** Undefined: no cap is known, or in no currency that says something. */
function ownTrip(view: GuardView): Found | 'within' | undefined {
  const { cap, policy } = view
  if (!cap || cap.currency !== view.structure.currency) return undefined
  const limit = breakersOf(policy).runawaySpend.share * mainUnits(cap)
  const spent = sumOver(view, 0, 24)
  const ends = projected(view, spent)
  if (spent < limit && (spent < LEAST_SHARE * limit || ends <= limit)) return 'within'
  const going = spent >= limit ? 'which is past it' : `on its way to ${amountWords(view, ends)}`
  return {
    what: `The account has spent ${amountWords(view, spent)} today of its cap of ${amountWords(view, limit)}, ${going}.`,
    campaigns: runningAway(view),
  }
}

/** Of the portfolio, or a shared cap: every account that it counts is told, and slows down what is its own. */
function capTrip(view: GuardView, { name, cap, spent, campaigns }: CapSpend): Found | 'within' {
  const limit = times(cap, breakersOf(view.policy).runawaySpend.share, 'down')
  const own = new Set(campaigns)
  const counted = runningAway(view, (id) => own.has(id))
  if (compare(spent, limit) < 0 || counted.length === 0) return 'within'
  return {
    what: `What ${name} counts has spent ${amountText(spent)} today of ${amountText(limit)}, which is past it.`,
    campaigns: counted,
  }
}

function perHour(view: GuardView): number {
  const hour = Math.floor(view.clock)
  return hour >= 1
    ? sumOver(view, Math.max(0, hour - 2), hour) / Math.min(2, hour)
    : sumOver(view, 0, 24) / Math.max(view.clock, 0.25)
}

/** Of every campaign of the account: the cap is the account's. */
const sumOver = ({ spend }: GuardView, from: number, to: number): number =>
  [...spend.values()].reduce((sum, hours) => sum + spentBetween(hours, from, to), 0)

/** Where the day ends: what usually comes after this hour, at today's pace; with no past days, a straight line. */
function projected({ past, clock }: GuardView, spent: number): number {
  const hour = Math.floor(clock)
  const shares = past.flatMap(({ spend }) => {
    const all = [...spend.values()]
    const day = all.reduce((sum, hours) => sum + spentBetween(hours, 0, 24), 0)
    return day > 0 ? [all.reduce((sum, hours) => sum + spentBetween(hours, 0, hour + 1), 0) / day] : []
  })
  const gone = shares.length >= LEAST_DAYS ? mean(shares) : clock / 24
  return gone > 0 ? spent / gone : spent
}

/** Managed campaigns that are ahead of their own days; all that are managed where none of them is. */
function runningAway(view: GuardView, counts: (id: CampaignId) => boolean = () => true): readonly CampaignId[] {
  const managed = managedOf(view, watched(view)).filter(({ id }) => counts(id))
  const ahead = managed.filter(({ id }) => {
    const usual = usualDay(view, id)
    return usual === undefined || spentToday(view, id) > (ABOVE_USUAL * usual * view.clock) / 24
  })
  return (ahead.length > 0 ? ahead : managed).map(({ id }) => id)
}
