import { dateAt } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldBudget, WorldEdit, WorldStrategy } from '../../world.ts'
import { invalid, steeredElsewhere } from './errors.ts'
import { adGroupFields, campaignFields } from './fields.ts'
import { fromFloat, greatestBudget, leastBudget, toReported } from './money.ts'
import {
  type AdGroupNode,
  adGroupBudget,
  adGroupNodes,
  type CampaignNode,
  campaignBudget,
  isGmvMax,
  isSmartPlus,
  productSourceOf,
} from './nodes.ts'
import { strategyOf } from './strategies.ts'
import { type Answer, accountOf, type Call, nowOf, type Twin } from './twin.ts'

/** Names alone are changed nowhere in the pretend world: an update that only renames is carried out as nothing. */
const CAMPAIGN_PARAMS = ['advertiser_id', 'campaign_id', 'campaign_name', 'budget']
const AD_GROUP_PARAMS = [
  ...['advertiser_id', 'adgroup_id', 'adgroup_name', 'budget'],
  ...['bid_type', 'bid_price', 'conversion_bid_price', 'roas_bid'],
]

/** @throws TikTokError 40002 for a campaign of another family, a deleted or an unknown one */
export function ordinaryCampaign(account: WorldAccount, id: string): CampaignNode {
  const campaign = account.campaigns.get(id)
  if (!campaign) throw invalid(`The campaign ${id} does not exist.`)
  if (isSmartPlus(campaign)) throw steeredElsewhere('Smart+', '/smart_plus/')
  if (isGmvMax(campaign)) throw steeredElsewhere('GMV Max', '/campaign/gmv_max/')
  if (campaign.status === 'removed') throw invalid(`The campaign ${id} has been deleted and cannot be edited.`)
  return { account, campaign }
}

export function ordinaryAdGroup(account: WorldAccount, id: string): AdGroupNode {
  const found = adGroupNodes(account).find(({ adGroup }) => adGroup.id === id)
  if (!found) throw invalid(`The adgroup ${id} does not exist.`)
  ordinaryCampaign(account, found.campaign.id)
  if (found.adGroup.status === 'removed') throw invalid(`The adgroup ${id} has been deleted and cannot be edited.`)
  return found
}

export function checkOpen({ status, id }: WorldAccount): void {
  if (status !== 'active') throw invalid(`The advertiser ${id} is restricted: its ads cannot be edited.`)
}

/** What the budget's owner spent in the running day, or since it began. */
function spentMicros(twin: Twin, { account, campaign }: CampaignNode, budget: WorldBudget): bigint {
  const today = dateAt(nowOf(twin), account.zone)
  const from = budget.period === 'daily' ? today : campaign.startDate
  const level = budget.owner === 'ad-group' ? 'ad-group' : 'campaign'
  return twin.book.spend(account, level, from, today).get(budget.feeds[0] ?? '') ?? 0n
}

/**
 * TikTok's three checks of a budget: precision, range, and at least 105 % of what is spent.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739381246298114
 */
function plannedBudget(twin: Twin, node: CampaignNode, budget: WorldBudget, value: unknown): WorldEdit | undefined {
  const { currency, id: accountId } = node.account
  const amountMicros = fromFloat('budget', value, currency)
  const isShop = productSourceOf(node.campaign) === 'STORE'
  const base = leastBudget(currency, budget.owner === 'ad-group' ? 'adgroup' : 'campaign')
  const least = isShop ? leastBudget(currency, 'adgroup') / 2n : base
  if (amountMicros < least || amountMicros >= greatestBudget(currency))
    throw invalid(`budget: Must be at least ${toReported(least, currency)} and below the maximum of ${currency}.`)
  const spent = spentMicros(twin, node, budget)
  if (amountMicros * 100n < spent * 105n)
    throw invalid(`budget: The new budget must be at least 105% of the current spend ${toReported(spent, currency)}.`)
  if (amountMicros === budget.amountMicros) return undefined
  return { platform: 'tiktok', accountId, kind: 'budget', budgetId: budget.id, amountMicros }
}

const carryOut = (twin: Twin, edits: readonly (WorldEdit | undefined)[]): void => {
  for (const edit of edits) if (edit) twin.world.apply(edit, { kind: 'api', name: twin.credentials.appId })
}

export function updateCampaign(twin: Twin, { params }: Call): Answer {
  params.only(...CAMPAIGN_PARAMS)
  const account = accountOf(twin, params.text('advertiser_id'))
  const node = ordinaryCampaign(account, params.text('campaign_id'))
  checkOpen(account)
  const budget = campaignBudget(node)
  if (params.has('budget') && !budget)
    throw invalid('budget: The campaign has no budget of its own; budgets are at the adgroup level.')
  if (params.has('budget') && budget) carryOut(twin, [plannedBudget(twin, node, budget, params.value('budget'))])
  return { data: campaignFields(ordinaryCampaign(account, node.campaign.id)) }
}

/** Under a campaign budget `budget` is ignored, without a word: that is what the documents say of it. */
function plannedAdGroupBudget(twin: Twin, node: AdGroupNode, value: unknown): WorldEdit | undefined {
  const budget = adGroupBudget(node)
  return budget && !campaignBudget(node) ? plannedBudget(twin, node, budget, value) : undefined
}

const ROAS = { least: 0.01, most: 10 }

function changedStrategy({ params }: Call, node: AdGroupNode): WorldStrategy | undefined {
  const { currency } = node.account
  const before = strategyOf(node)
  const fits = (name: string, ...kinds: readonly WorldStrategy['kind'][]): void => {
    if (!kinds.includes(before.kind)) throw invalid(`${name}: Not supported with the current bidding strategy.`)
  }
  if (params.has('conversion_bid_price')) {
    fits('conversion_bid_price', 'target-cpa')
    const value = params.value('conversion_bid_price')
    return { ...before, targetCpaMicros: fromFloat('conversion_bid_price', value, currency) }
  }
  if (params.has('bid_price')) {
    fits('bid_price', 'bid-cap', 'manual-cpc')
    return { ...before, bidMicros: fromFloat('bid_price', params.value('bid_price'), currency) }
  }
  if (!params.has('roas_bid')) return undefined
  fits('roas_bid', 'target-roas')
  const targetRoas = Number(params.value('roas_bid'))
  if (!(targetRoas >= ROAS.least && targetRoas <= ROAS.most))
    throw invalid(`roas_bid: Must be between ${ROAS.least} and ${ROAS.most}.`)
  return { ...before, targetRoas: Math.round(targetRoas * 100) / 100 }
}

/** A bid must stay below the budget that it is paid from. */
function checkBid(strategy: WorldStrategy | undefined, node: AdGroupNode): void {
  const budget = adGroupBudget(node) ?? campaignBudget(node)
  const bid = strategy?.kind === 'target-cpa' ? strategy.targetCpaMicros : strategy?.bidMicros
  if (bid !== undefined && budget && bid >= budget.amountMicros) throw invalid('The bid must be lower than the budget.')
}

export function updateAdGroup(twin: Twin, call: Call): Answer {
  const { params } = call
  params.only(...AD_GROUP_PARAMS)
  const account = accountOf(twin, params.text('advertiser_id'))
  const node = ordinaryAdGroup(account, params.text('adgroup_id'))
  checkOpen(account)
  const strategy = changedStrategy(call, node)
  checkBid(strategy, node)
  const target = { platform: 'tiktok', accountId: account.id } as const
  carryOut(twin, [
    params.has('budget') ? plannedAdGroupBudget(twin, node, params.value('budget')) : undefined,
    strategy && { ...target, kind: 'strategy', level: 'ad-group', id: node.adGroup.id, strategy },
  ])
  return { data: adGroupFields(ordinaryAdGroup(account, node.adGroup.id), nowOf(twin)) }
}
