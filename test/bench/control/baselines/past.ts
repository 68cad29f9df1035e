import type { CampaignDay, View } from '../controller.ts'

/** Reported days that a campaign needs before a baseline judges it: until then it keeps its launch budget. */
const SEASONED_DAYS = 3

/** What a run of days brought, reported days only. Main units of money; reward in conversions, or in value when that is the goal. */
export interface Trail {
  readonly days: number
  readonly spend: number
  readonly reward: number
  readonly conversions: number
}

/** What the goal counts of one day. */
export const rewardOf = (day: CampaignDay, goal: View['goal']): number =>
  goal === 'value' ? day.value : day.conversions

/** The last `days` days of campaign `i`, unreported ones left out. */
export function trail(view: View, i: number, days: number): Trail {
  const past = view.past[i] ?? []
  const sum = { days: 0, spend: 0, reward: 0, conversions: 0 }
  for (let d = Math.max(0, view.day - days); d < view.day; d += 1) {
    const day = past[d]
    if (!day?.reported) continue
    sum.days += 1
    sum.spend += day.spend
    sum.reward += rewardOf(day, view.goal)
    sum.conversions += day.conversions
  }
  return sum
}

/** All campaigns together. */
export function accountTrail(view: View, days: number): Trail {
  const sum = { days: 0, spend: 0, reward: 0, conversions: 0 }
  for (let i = 0; i < view.campaigns.length; i += 1) {
    const one = trail(view, i, days)
    sum.days = Math.max(sum.days, one.days)
    sum.spend += one.spend
    sum.reward += one.reward
    sum.conversions += one.conversions
  }
  return sum
}

/** Whether campaign `i` runs on the day that is decided. */
export const isLive = (view: View, i: number): boolean => view.campaigns[i]!.since <= view.day

export const isSeasoned = (view: View, i: number): boolean => trail(view, i, view.day).days >= SEASONED_DAYS

/** Reward per unit of money, shrunk towards the account's by the spend of `prior` average conversions; 0 for an account without data. */
export function efficiency(view: View, i: number, days: number, prior: number): number {
  const account = accountTrail(view, days)
  if (!(account.spend > 0 && account.reward > 0)) return 0
  const pull = account.conversions > 0 ? (prior * account.spend) / account.conversions : 0
  const own = trail(view, i, days)
  const total = own.spend + pull
  return total > 0 ? (own.reward + (pull * account.reward) / account.spend) / total : 0
}

/** Even pacing: what the month has left, in equal days. */
export const evenTotal = (view: View): number => Math.max(0, view.remaining) / Math.max(1, view.daysLeft)

/** Budget of a campaign that nothing is known of: what it was set up with, else an equal share of the day. */
export function launchBudget(view: View, i: number): number {
  const inForce = view.budgets[i] ?? 0
  if (inForce > 0) return inForce
  const live = view.campaigns.filter((_, k) => isLive(view, k)).length
  return Math.max(view.campaigns[i]!.minimum, evenTotal(view) / Math.max(1, live))
}
