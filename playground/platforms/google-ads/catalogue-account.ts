/** Fields of accounts and of what hangs on them: clients, account budgets, currencies, conversion actions. */
import type { WorldAccount } from '../../world.ts'
import type { ConversionAction } from './conversion-actions.ts'
import type { Currency } from './currencies.ts'
import { type CustomerClient, type Field, fieldsOf } from './field.ts'
import { conversionActionName, customerName } from './names.ts'

const customer = fieldsOf<WorldAccount>('customer', 'ATTRIBUTE', (r) => r.account)
const client = fieldsOf<CustomerClient>('customer_client', 'ATTRIBUTE', (r) => r.client)
const currency = fieldsOf<Currency>('currency_constant', 'ATTRIBUTE', (r) => r.currency)
const action = fieldsOf<ConversionAction>('conversion_action', 'ATTRIBUTE', (r) => r.action)
const accountBudget = fieldsOf<WorldAccount>('account_budget', 'ATTRIBUTE', (r) =>
  r.account.spendCapMicros === undefined ? undefined : r.account,
)

const statusOf = (account: WorldAccount | undefined): string =>
  account?.status === 'suspended' ? 'SUSPENDED' : 'ENABLED'

export const CUSTOMER_FIELDS: readonly Field[] = [
  customer('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (a) => customerName(a.id)),
  customer('id', 'INT64', ['output'], (a) => a.id),
  customer('descriptive_name', 'STRING', [], (a) => a.name),
  customer('currency_code', 'STRING', ['immutable'], (a) => a.currency),
  customer('time_zone', 'STRING', ['immutable'], (a) => a.zone),
  customer('auto_tagging_enabled', 'BOOLEAN', [], () => true),
  customer('manager', 'BOOLEAN', ['output'], (a, r) => a.id === r.view.loginCustomerId),
  customer('test_account', 'BOOLEAN', ['output'], () => true),
  customer('status', 'ENUM:CustomerStatus', ['output', 'implicit'], statusOf),
  customer('contains_eu_political_advertising', 'ENUM:EuPoliticalAdvertisingStatus', ['output', 'implicit'], (a, r) =>
    r.view.euDeclarationMissing(a) ? 'UNSPECIFIED' : 'DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING',
  ),
]

export const CUSTOMER_CLIENT_FIELDS: readonly Field[] = [
  client(
    'resource_name',
    'RESOURCE_NAME',
    ['output', 'implicit'],
    (c, r) => `${customerName(r.account.id)}/customerClients/${c.id}`,
  ),
  client('id', 'INT64', ['output'], (c) => c.id),
  client('client_customer', 'RESOURCE_NAME', ['output'], (c) => customerName(c.id)),
  client('level', 'INT64', ['output'], (c) => BigInt(c.level)),
  client('manager', 'BOOLEAN', ['output'], (c) => c.manager),
  client('hidden', 'BOOLEAN', ['output'], () => false),
  client('test_account', 'BOOLEAN', ['output'], () => true),
  client('descriptive_name', 'STRING', ['output'], (c) => c.account?.name ?? 'Pretend manager'),
  client('currency_code', 'STRING', ['output'], (c) => c.account?.currency ?? 'USD'),
  client('time_zone', 'STRING', ['output'], (c) => c.account?.zone ?? 'UTC'),
  client('status', 'ENUM:CustomerStatus', ['output', 'implicit'], (c) => statusOf(c.account)),
]

export const CURRENCY_FIELDS: readonly Field[] = [
  currency('resource_name', 'RESOURCE_NAME', ['output', 'implicit'], (c) => `currencyConstants/${c.code}`),
  currency('code', 'STRING', ['output'], (c) => c.code),
  currency('name', 'STRING', ['output'], (c) => c.name),
  currency('symbol', 'STRING', ['output'], (c) => c.symbol),
  currency('billable_unit_micros', 'INT64', ['output'], (c) => c.billableUnitMicros),
]

export const CONVERSION_ACTION_FIELDS: readonly Field[] = [
  action('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (a, r) =>
    conversionActionName(r.account.id, a.id),
  ),
  action('id', 'INT64', ['output'], (a) => a.id),
  action('name', 'STRING', [], (a) => a.name),
  action('status', 'ENUM:ConversionActionStatus', ['implicit'], () => 'ENABLED'),
  action('type', 'ENUM:ConversionActionType', ['immutable', 'implicit'], () => 'WEBPAGE'),
  action('category', 'ENUM:ConversionActionCategory', ['implicit'], (a) => a.category),
  action('primary_for_goal', 'BOOLEAN', [], (a) => a.primary),
  action('include_in_conversions_metric', 'BOOLEAN', [], (a) => a.primary),
  action('counting_type', 'ENUM:ConversionActionCountingType', ['implicit'], () => 'MANY_PER_CLICK'),
  action('click_through_lookback_window_days', 'INT64', [], (a) => BigInt(a.clickWindowDays)),
  action('view_through_lookback_window_days', 'INT64', [], (a) => BigInt(a.viewWindowDays)),
  action('owner_customer', 'RESOURCE_NAME', ['output'], (_, r) => customerName(r.account.id)),
]

/** Accounts on invoice only: an account without a spend cap has no account budget. Its one budget has number 1. */
export const ACCOUNT_BUDGET_FIELDS: readonly Field[] = [
  accountBudget('resource_name', 'RESOURCE_NAME', ['output', 'implicit'], (a) => `customers/${a.id}/accountBudgets/1`),
  accountBudget('id', 'INT64', ['output'], () => 1n),
  accountBudget('name', 'STRING', ['output'], (a) => `${a.name}: account budget`),
  accountBudget('status', 'ENUM:AccountBudgetStatus', ['output', 'implicit'], () => 'APPROVED'),
  accountBudget('approved_spending_limit_micros', 'INT64', ['output'], (a) => a.spendCapMicros),
  accountBudget('adjusted_spending_limit_micros', 'INT64', ['output'], (a) => a.spendCapMicros),
  accountBudget('approved_spending_limit_type', 'ENUM:SpendingLimitType', ['output'], () => undefined),
  accountBudget('adjusted_spending_limit_type', 'ENUM:SpendingLimitType', ['output'], () => undefined),
  accountBudget('amount_served_micros', 'INT64', ['output', 'implicit'], (a) => a.spentMicros()),
  accountBudget('total_adjustments_micros', 'INT64', ['output', 'implicit'], () => 0n),
  accountBudget('approved_start_date_time', 'STRING', ['output'], () => '2020-01-01 00:00:00'),
  accountBudget('approved_end_date_time', 'STRING', ['output'], () => undefined),
]
