import type { AccountRef, AdGroupId, BudgetId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { AccountStructure, AdGroup, BidCriterion, Campaign, Device, EntityStatus } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { type AccountDate, accountDate } from '../../units/calendar.ts'
import { money } from '../../units/money.ts'
import { type Customer, ownAccount, readCustomer } from './account.ts'
import { asFloat32 } from './amounts.ts'
import { blockersOf } from './blockers.ts'
import { budgetHolders } from './budgets.ts'
import { type CriterionRow, criteriaByCampaign, criterionRow } from './criteria.ts'
import { deviceOf } from './devices.ts'
import { runningExperiments } from './experiments.ts'
import type { GoogleAdsRest } from './rest.ts'
import { idOf, unreadable } from './schema.ts'
import { troubleOf } from './serving.ts'
import { remainingSpendCap } from './spend-cap.ts'
import { bidStrategy, learningState } from './strategies.ts'
import {
  type AdGroupRow,
  adGroupRow,
  type CampaignRow,
  campaignRow,
  QUERIES,
  type StrategyRow,
  strategyRow,
} from './structure-rows.ts'

/** A state of a later version of the API (`UNKNOWN`) may spend: it counts as active. */
export const entityStatus = (status: string): EntityStatus =>
  status === 'REMOVED' ? 'removed' : status === 'PAUSED' ? 'paused' : 'active'

type Multipliers = Partial<Record<Device, number>>

function multipliersByCampaign(rows: readonly CriterionRow[]): ReadonlyMap<string, Multipliers> {
  const byCampaign = new Map<string, Multipliers>()
  for (const { campaign, campaignCriterion } of rows) {
    const device = deviceOf(campaignCriterion.device?.type)
    if (device === undefined || campaignCriterion.bidModifier === undefined) continue
    const known = byCampaign.get(campaign.id) ?? {}
    byCampaign.set(campaign.id, { ...known, [device]: asFloat32(campaignCriterion.bidModifier) })
  }
  return byCampaign
}

/** Google writes "no end" as a date in 2037. */
const dateOf = (date: string | undefined): AccountDate | undefined =>
  !date || date.startsWith('2037-12-3') ? undefined : accountDate(date)

const optional = <K extends string, V>(key: K, value: V | '' | undefined) =>
  (value === undefined || value === '' ? {} : { [key]: value }) as { readonly [P in K]?: V }

interface Parts {
  readonly customer: Customer
  readonly strategies: ReadonlyMap<string, StrategyRow['biddingStrategy']>
  readonly multipliers: ReadonlyMap<string, Multipliers>
  readonly criteria: ReadonlyMap<string, readonly BidCriterion[]>
}

const strategyOf = ({ campaign }: CampaignRow, { customer, strategies }: Parts) => {
  const name = campaign.biddingStrategy
  // A manager's strategy is not among the account's own: its type is known from the campaign, its target is not.
  const shared = name === undefined ? undefined : (strategies.get(name) ?? { type: campaign.biddingStrategyType })
  return bidStrategy(shared?.type ?? campaign.biddingStrategyType, shared ?? campaign, customer.currency, name)
}

const campaignOf = (row: CampaignRow, parts: Parts): Campaign => ({
  id: row.campaign.id as Campaign['id'],
  name: row.campaign.name,
  kind: row.campaign.advertisingChannelType.toLowerCase().replaceAll('_', '-'),
  status: entityStatus(row.campaign.status),
  ...optional('trouble', troubleOf(row.campaign)),
  ...optional('budget', row.campaign.campaignBudget && (idOf(row.campaign.campaignBudget) as BudgetId)),
  strategy: strategyOf(row, parts),
  learning: learningState(row.campaign.biddingStrategySystemStatus),
  ...optional('startsOn', dateOf(row.campaign.startDateTime)),
  ...optional('endsOn', dateOf(row.campaign.endDateTime)),
  deviceMultipliers: parts.multipliers.get(row.campaign.id) ?? {},
  ...optional('criteria', parts.criteria.get(row.campaign.id)),
})

/** Ad groups that override their campaign's target; the rest hold nothing that Sluice could move. */
function adGroupsOf(rows: readonly AdGroupRow[], campaigns: readonly Campaign[], { customer }: Parts): AdGroup[] {
  const byId = new Map(campaigns.map((campaign) => [campaign.id as string, campaign]))
  return rows.flatMap(({ adGroup, campaign }) => {
    const parent = byId.get(campaign.id)
    if (!parent) return []
    const strategy = {
      kind: parent.strategy.kind,
      ...optional('targetCpa', adGroup.targetCpaMicros ? money(adGroup.targetCpaMicros, customer.currency) : undefined),
      ...optional('targetRoas', adGroup.targetRoas || undefined),
    }
    const id = adGroup.id as AdGroupId
    const status = entityStatus(adGroup.status)
    return [{ id, campaign: parent.id, name: adGroup.name, status, strategy, learning: parent.learning }]
  })
}

/** @throws PlatformError for an id that comes twice: every amount of it would count twice */
function once<T extends { readonly id: string }>(all: readonly T[], what: string): readonly T[] {
  const seen = new Set<string>()
  for (const { id } of all) {
    if (seen.has(id)) throw unreadable(`${what} ${id} is listed twice`)
    seen.add(id)
  }
  return all
}

/** Two queries a moment apart can disagree: a campaign whose budget is not there would be one without any. */
function refuseUnlisted(campaigns: readonly Campaign[], budgets: readonly { readonly id: string }[]): void {
  const listed = new Set(budgets.map(({ id }) => id))
  const lost = campaigns.find(({ budget, status }) => budget && status !== 'removed' && !listed.has(budget))
  if (!lost) return
  const detail = `campaign ${lost.id}: its budget ${lost.budget} is not among the account's budgets`
  throw new PlatformError({ kind: 'transient', detail })
}

/** The account as it stands, removed campaigns included. @throws PlatformError */
export async function readStructure(
  rest: GoogleAdsRest,
  clock: Clock,
  account: AccountRef,
  withCriteria = false,
): Promise<AccountStructure> {
  const id = ownAccount(account)
  const readAt = clock.now()
  const customer = await readCustomer(rest, id)
  const campaignRows = await rest.rows(id, QUERIES.campaigns, campaignRow)
  const strategyRows = await rest.rows(id, QUERIES.strategies, strategyRow)
  const devices = await rest.rows(id, QUERIES.devices, criterionRow)
  const criteria = withCriteria ? await rest.rows(id, QUERIES.criteria, criterionRow) : []
  const parts: Parts = {
    customer,
    strategies: new Map(strategyRows.map(({ biddingStrategy }) => [biddingStrategy.resourceName, biddingStrategy])),
    multipliers: multipliersByCampaign(devices),
    criteria: criteriaByCampaign(criteria),
  }
  const campaigns = campaignRows.map((row) => campaignOf(row, parts))
  once(campaigns, 'campaign')
  const byCpa = await rest.rows(id, QUERIES.adGroups('ad_group.target_cpa_micros'), adGroupRow)
  const byRoas = await rest.rows(id, QUERIES.adGroups('ad_group.target_roas'), adGroupRow)
  // One that has either target is in both.
  const overridden = new Map([...byCpa, ...byRoas].map((row) => [row.adGroup.id, row]))
  const budgets = once(await budgetHolders(rest, id, customer, campaigns), 'budget')
  refuseUnlisted(campaigns, budgets)
  return {
    account,
    name: customer.name,
    currency: customer.currency,
    zone: customer.zone,
    readAt,
    blockers: await blockersOf(rest, id, customer, campaignRows),
    ...optional('remainingSpendCap', await remainingSpendCap(rest, id, customer, readAt)),
    campaigns,
    adGroups: adGroupsOf([...overridden.values()], campaigns, parts),
    budgets,
    experiments: await runningExperiments(rest, id, campaignRows),
  }
}
