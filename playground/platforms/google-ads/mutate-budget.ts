import type { WorldBudget } from '../../world.ts'
import { isBudgetRemoved } from './campaign-state.ts'
import { billableUnit, largestBudget, perDayMinimum } from './currencies.ts'
import {
  beyondThisWorld,
  type Checked,
  int64At,
  type Mistake,
  type MutateContext,
  maskMistakes,
  mistake,
  notFound,
  type Operation,
  valueAt,
} from './mutate-types.ts'
import { budgetName, parseName } from './names.ts'

const AMOUNTS = ['amount_micros', 'total_amount_micros']

/** Checks an operation on a campaign budget: only amounts can change here. */
export function checkBudget(context: MutateContext, operation: Operation): Checked {
  const { account } = context
  if (operation.verb !== 'update') return [beyondThisWorld(`${operation.verb} campaign budgets`)]
  const name = parseName(operation.resource.resourceName)
  const budget = name?.collection === 'campaignBudgets' ? account.budgets.get(name.id) : undefined
  if (!budget || name?.customer !== account.id) return [notFound(operation.resource.resourceName)]
  const mistakes = [...maskMistakes('campaign_budget', operation), ...problems(context, operation, budget)]
  if (mistakes.length > 0) return mistakes
  const amountMicros = operation.mask.map((path) => int64At(operation.resource, path)).find((v) => v !== undefined)
  const edit = { platform: 'google-ads', accountId: account.id, kind: 'budget', budgetId: budget.id } as const
  return {
    edits: amountMicros === undefined ? [] : [{ ...edit, amountMicros }],
    resourceName: () => budgetName(account.id, budget.id),
  }
}

function problems(context: MutateContext, { mask, resource }: Operation, budget: WorldBudget): readonly Mistake[] {
  if (isBudgetRemoved(context.account, budget))
    return [mistake('campaignBudgetError', 'CAMPAIGN_BUDGET_REMOVED', 'A removed budget cannot be changed.')]
  return mask.flatMap((path) => {
    if (AMOUNTS.includes(path)) return amountMistakes(context, budget, path, int64At(resource, path))
    if (path === 'explicitly_shared') return sharingMistakes(budget, valueAt(resource, path) === true)
    return path === 'name' || path === 'delivery_method' ? [beyondThisWorld(`change '${path}'`, ['update', path])] : []
  })
}

/** Sharing is for ever; a budget of one campaign may not be shared under its old name. */
function sharingMistakes(budget: WorldBudget, shared: boolean): readonly Mistake[] {
  if (shared === (budget.owner === 'shared')) return []
  const code = shared
    ? 'CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_EXPLICITLY_SHARED'
    : 'CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED'
  return [
    mistake('campaignBudgetError', code, 'Whether the budget is shared cannot be changed.', [
      'update',
      'explicitly_shared',
    ]),
  ]
}

function amountMistakes(
  { account }: MutateContext,
  budget: WorldBudget,
  path: string,
  amount: bigint | undefined,
): readonly Mistake[] {
  const refuse = (code: string, message: string) => [
    mistake('campaignBudgetError', code, message, ['update', path], {
      trigger: { int64Value: String(amount ?? 0n) },
    }),
  ]
  const belongs = path === (budget.period === 'daily' ? 'amount_micros' : 'total_amount_micros')
  if (!belongs)
    return budget.period === 'daily'
      ? refuse('TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY', 'A daily budget has no total amount.')
      : refuse('BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD', 'A budget for a period has no daily amount.')
  if (amount === undefined)
    return [mistake('fieldError', 'FIELD_CANNOT_BE_CLEARED', 'The amount cannot be cleared.', ['update', path])]
  const unit = billableUnit(account.currency)
  if (amount < 0n) return refuse('NEGATIVE_MONEY_AMOUNT', 'The amount is negative.')
  if (amount < unit) return refuse('MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC', 'The amount is less than any bid.')
  if (amount % unit !== 0n)
    return refuse('NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT', `The amount is not a multiple of ${unit} micros.`)
  if (amount > largestBudget(account.currency)) return refuse('MONEY_AMOUNT_TOO_LARGE', 'The amount is too large.')
  return amount < perDayMinimum(account.currency) ? [belowMinimum(account.currency, path, amount)] : []
}

function belowMinimum(currencyCode: string, path: string, amount: bigint): Mistake {
  const least = String(perDayMinimum(currencyCode))
  const budgetPerDayMinimumErrorDetails = {
    currencyCode,
    budgetPerDayMinimumMicros: least,
    minimumBudgetAmountMicros: least,
    failedBudgetAmountMicros: String(amount),
  }
  return mistake(
    'campaignBudgetError',
    'BUDGET_BELOW_PER_DAY_MINIMUM',
    `The budget is below the minimum of ${least} micros a day.`,
    ['update', path],
    { trigger: { int64Value: String(amount) }, details: { budgetPerDayMinimumErrorDetails } },
  )
}
