import type { AccountId, BudgetId } from '../../model/account.ts'
import type { BudgetHolder, Campaign } from '../../model/structure.ts'
import { daysBetween } from '../../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../../units/money.ts'
import type { Customer } from './account.ts'
import type { GoogleAdsRest } from './rest.ts'
import { unreadable } from './schema.ts'
import { type BudgetRow, budgetRow, QUERIES } from './structure-rows.ts'

type Fields = BudgetRow['campaignBudget']

/** CUSTOM_PERIOD budgets hold for the campaign's whole life. */
export const isLifetime = ({ period }: { readonly period: string }): boolean => period === 'CUSTOM_PERIOD'

/** @throws PlatformError `unreadable` when a budget has no amount */
function amountOf(budget: Fields, currency: CurrencyCode): Money {
  const field = isLifetime(budget) ? 'totalAmountMicros' : 'amountMicros'
  const amount = budget[field]
  if (amount === undefined) throw unreadable(`campaignBudget ${budget.id}.${field}: a ${budget.period} budget has none`)
  return money(amount, currency)
}

/** The latest end of the campaigns that a budget feeds; a lifetime budget must last to it. */
const lastEnd = (feeds: readonly Campaign[]) =>
  feeds
    .flatMap(({ endsOn }) => endsOn ?? [])
    .reduce<Campaign['endsOn']>(
      (latest, end) => (latest === undefined || daysBetween(latest, end) > 0 ? end : latest),
      undefined,
    )

function holderOf(budget: Fields, feeds: readonly Campaign[], currency: CurrencyCode): BudgetHolder {
  const endsOn = isLifetime(budget) ? lastEnd(feeds) : undefined
  return {
    id: budget.id as BudgetId,
    name: budget.name,
    owner: budget.explicitlyShared || BigInt(budget.referenceCount) > 1n ? 'shared' : 'campaign',
    period: isLifetime(budget) ? 'lifetime' : 'daily',
    amount: amountOf(budget, currency),
    // A removed campaign draws no more on it.
    campaigns: feeds.filter(({ status }) => status !== 'removed').map(({ id }) => id),
    status: budget.status === 'REMOVED' ? 'removed' : 'active',
    ...(endsOn === undefined ? {} : { endsOn }),
  }
}

/** Every budget of the account as an object of its own, shared or not. @throws PlatformError */
export async function budgetHolders(
  rest: GoogleAdsRest,
  account: AccountId,
  customer: Customer,
  campaigns: readonly Campaign[],
): Promise<readonly BudgetHolder[]> {
  const rows = await rest.rows(account, QUERIES.budgets, budgetRow)
  const fed = Map.groupBy(campaigns, ({ budget }) => budget)
  return rows.map(({ campaignBudget }) =>
    holderOf(campaignBudget, fed.get(campaignBudget.id as BudgetId) ?? [], customer.currency),
  )
}
