import { dateAt, daysBetween, HOUR_MS, type Instant } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldBudget } from '../../world.ts'
import {
  budgetBelowSpent,
  budgetChangedTooOften,
  budgetTooHigh,
  budgetTooLow,
  refused,
  spendCapChangedTooOften,
} from './errors.ts'
import { greatestBudget, inWords, leastDailyBudget } from './money.ts'
import { type AdSetNode, type CampaignNode, nodeId } from './nodes.ts'
import type { SpendBook } from './spend-book.ts'

const CHANGES_PER_HOUR = 4
const SPEND_CAP_CHANGES_PER_DAY = 10

/** Four budget changes an hour for each ad set; the fifth is refused and shuts the ad set for an hour. */
export class BudgetGate {
  private readonly changes = new Map<string, Instant[]>()
  private readonly shutUntil = new Map<string, number>()

  /** @throws GraphError 613/1487632 */
  check(adSetId: string, now: Instant): void {
    if (now < (this.shutUntil.get(adSetId) ?? 0)) throw budgetChangedTooOften()
    const recent = (this.changes.get(adSetId) ?? []).filter((at) => now - at < HOUR_MS)
    this.changes.set(adSetId, recent)
    if (recent.length < CHANGES_PER_HOUR) return
    this.shutUntil.set(adSetId, now + HOUR_MS)
    throw budgetChangedTooOften()
  }

  note(adSetId: string, now: Instant): void {
    this.changes.set(adSetId, [...(this.changes.get(adSetId) ?? []), now])
  }
}

type BudgetOwner = CampaignNode | AdSetNode

function leastBudget({ campaign, account }: BudgetOwner, budget: WorldBudget): bigint {
  const daily = leastDailyBudget(account.currency)
  if (budget.period === 'daily' || campaign.endDate === undefined) return daily
  return daily * BigInt(Math.max(1, daysBetween(campaign.startDate, campaign.endDate) + 1))
}

/** What the owner spent in the budget's running period: today, or since its start. Micros. */
export function spentMicros(node: BudgetOwner, { period }: WorldBudget, book: SpendBook, now: Instant): bigint {
  const today = dateAt(now, node.account.zone)
  const level = node.kind === 'campaign' ? 'campaign' : 'ad-group'
  const from = period === 'daily' ? today : node.campaign.startDate
  return book.spend(node.account, level, from, today).get(nodeId(node)) ?? 0n
}

/**
 * Meta's rules for the amount of a budget: at least the minimum (1885272), at most a million dollars (1885261), and when it
 * is lowered at least 110 % of what was spent. The last is documented for ad sets; campaign budgets are held to it too.
 *
 * @throws GraphError
 */
export function checkAmount(
  node: BudgetOwner,
  budget: WorldBudget,
  amountMicros: bigint,
  book: SpendBook,
  now: Instant,
): void {
  const { currency } = node.account
  const least = leastBudget(node, budget)
  if (amountMicros < least) throw budgetTooLow(inWords(least, currency))
  if (amountMicros > greatestBudget(currency)) throw budgetTooHigh()
  if (amountMicros >= budget.amountMicros) return
  const spent = spentMicros(node, budget, book, now)
  if (amountMicros * 100n < spent * 110n) throw budgetBelowSpent(inWords((spent * 110n) / 100n, currency))
}

/** @throws GraphError 17/1885172 for the eleventh change of an account's spend cap on one account day */
export function checkSpendCap(account: WorldAccount, capMicros: bigint, now: Instant): void {
  const today = dateAt(now, account.zone)
  const changes = account.changes.filter(({ field, at }) => field === 'spend-cap' && dateAt(at, account.zone) === today)
  if (changes.length >= SPEND_CAP_CHANGES_PER_DAY) throw spendCapChangedTooOften()
  if (capMicros > 0n && capMicros <= account.spentMicros())
    throw refused('Spending Limit Is Too Low', 'The account spending limit must be above what the account has spent.')
}
