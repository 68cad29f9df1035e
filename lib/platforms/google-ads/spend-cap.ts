import type { AccountId } from '../../model/account.ts'
import type { Instant } from '../../units/calendar.ts'
import { type Money, money, smaller } from '../../units/money.ts'
import type { Customer } from './account.ts'
import { accountTime } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { accountBudgetRow, QUERIES } from './structure-rows.ts'

/**
 * What the account budget in force leaves to spend: its adjusted limit less what it has served, at least zero.
 *
 * `undefined` where there is no account budget, or one without a limit. Of several in force the least counts.
 *
 * @throws PlatformError
 */
export async function remainingSpendCap(
  rest: GoogleAdsRest,
  account: AccountId,
  { currency, zone }: Customer,
  at: Instant,
): Promise<Money | undefined> {
  const rows = await rest.rows(account, QUERIES.accountBudgets, accountBudgetRow)
  const now = accountTime(at, zone)
  const left = rows.flatMap(({ accountBudget: budget }) => {
    const limit = budget.adjustedSpendingLimitMicros
    const { approvedStartDateTime: from = '', approvedEndDateTime: to } = budget
    if (limit === undefined || from > now || (to !== undefined && to <= now)) return []
    return [money(limit > budget.amountServedMicros ? limit - budget.amountServedMicros : 0n, currency)]
  })
  return left.length === 0 ? undefined : left.reduce(smaller)
}
