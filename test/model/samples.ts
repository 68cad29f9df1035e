import type { AccountRef, BudgetId, CampaignId } from '../../lib/model/account.ts'
import type { AccountStructure, BudgetHolder, Campaign } from '../../lib/model/structure.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'

const EUR = currency('EUR')

/** An active campaign with a stable past, named by its id. */
export const aCampaign = (id: string, over: Partial<Campaign> = {}): Campaign => ({
  id: id as CampaignId,
  name: `Campaign ${id}`,
  kind: 'search',
  status: 'active',
  budget: `9${id}` as BudgetId,
  strategy: { kind: 'max-conversions' },
  learning: 'stable',
  deviceMultipliers: {},
  ...over,
})

/** A daily budget of the campaign of that id, in main units of euros. */
export const aBudget = (campaign: string, euros: number, over: Partial<BudgetHolder> = {}): BudgetHolder => ({
  id: `9${campaign}` as BudgetId,
  name: `Budget ${campaign}`,
  owner: 'campaign',
  period: 'daily',
  amount: money(BigInt(Math.round(euros * 1e6)), EUR),
  campaigns: [campaign as CampaignId],
  status: 'active',
  ...over,
})

/** A euro account in Berlin, read at six in the morning, with nothing in it. */
export const aStructure = (account: AccountRef, over: Partial<AccountStructure> = {}): AccountStructure => ({
  account,
  name: 'An account',
  currency: EUR,
  zone: timeZone('Europe/Berlin'),
  readAt: instant('2026-11-21T05:00:00Z'),
  blockers: [],
  campaigns: [],
  adGroups: [],
  budgets: [],
  experiments: [],
  ...over,
})
