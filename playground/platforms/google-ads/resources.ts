/** The rows of each resource, before metrics. */
import type { WorldAccount, WorldCriterion } from '../../world.ts'
import { changeEvent } from './change-events.ts'
import { GOOGLE_CURRENCIES } from './currencies.ts'
import type { Row } from './field.ts'
import { DEVICES } from './names.ts'
import type { View } from './view.ts'

type Rows = (view: View, account: WorldAccount) => Iterable<Row>

const ROWS: Readonly<Record<string, Rows>> = {
  customer: (view, account) => [{ view, account }],
  campaign: campaigns,
  campaign_budget: budgets,
  campaign_simulation: simulations,
  ad_group: adGroups,
  campaign_criterion: criteria,
  location_view: (view, account) => listed(view, account, 'place'),
  campaign_audience_view: (view, account) => listed(view, account, 'audience'),
  customer_client: clients,
  change_event: changes,
  experiment: (view, account) => account.experiments.map((experiment) => ({ view, account, experiment })),
  experiment_arm: arms,
  bidding_strategy: () => [],
  conversion_action: (view, account) => view.actions.of(account).map((action) => ({ view, account, action })),
  account_budget: (view, account) => (account.spendCapMicros === undefined ? [] : [{ view, account }]),
  currency_constant: (view, account) => GOOGLE_CURRENCIES.map((currency) => ({ view, account, currency })),
  bidding_seasonality_adjustment: (view, account) =>
    view.eventsOf(account, 'adjustment').map((adjustment) => ({ view, account, adjustment })),
  bidding_data_exclusion: (view, account) =>
    view.eventsOf(account, 'exclusion').map((exclusion) => ({ view, account, exclusion })),
}

export const rowsOf = (resource: string, view: View, account: WorldAccount): Iterable<Row> =>
  ROWS[resource]?.(view, account) ?? []

function* campaigns(view: View, account: WorldAccount): Iterable<Row> {
  for (const campaign of account.campaigns.values()) {
    const budget = campaign.budgetId === undefined ? undefined : account.budgets.get(campaign.budgetId)
    yield { view, account, campaign, budget }
  }
}

function* simulations(view: View, account: WorldAccount): Iterable<Row> {
  const { world } = view
  for (const simulation of [
    ...(world.simulations?.('google-ads', account.id) ?? []),
    ...(world.targetSimulations?.('google-ads', account.id) ?? []),
  ])
    yield { view, account, campaign: account.campaigns.get(simulation.campaignId), simulation }
}

function* budgets(view: View, account: WorldAccount): Iterable<Row> {
  for (const budget of account.budgets.values()) yield { view, account, budget }
}

function* adGroups(view: View, account: WorldAccount): Iterable<Row> {
  for (const campaign of account.campaigns.values())
    for (const adGroup of campaign.adGroups.values()) yield { view, account, campaign, adGroup }
}

function* criteria(view: View, account: WorldAccount): Iterable<Row> {
  for (const campaign of account.campaigns.values()) {
    for (const device of DEVICES) yield { view, account, campaign, device }
    for (const criterion of campaign.criteria?.values() ?? []) yield { view, account, campaign, criterion }
  }
}

function* listed(view: View, account: WorldAccount, dimension: WorldCriterion['dimension']): Iterable<Row> {
  for (const campaign of account.campaigns.values())
    for (const criterion of campaign.criteria?.values() ?? [])
      if (criterion.dimension === dimension) yield { view, account, campaign, criterion }
}

/** The account itself at level 0, and under a manager every account one level below. */
function* clients(view: View, account: WorldAccount): Iterable<Row> {
  const manager = account.id === view.loginCustomerId
  yield { view, account, client: { id: account.id, level: 0, manager, ...(manager ? {} : { account }) } }
  if (!manager) return
  for (const below of view.world.accounts)
    if (below.platform === 'google-ads')
      yield { view, account, client: { id: below.id, level: 1, manager: false, account: below } }
}

function* changes(view: View, account: WorldAccount): Iterable<Row> {
  const schemeOf = (campaignId: string) => {
    const campaign = account.campaigns.get(campaignId)
    return campaign ? view.scheme(account, campaign) : 'target'
  }
  for (const [index, change] of account.changes.entries()) {
    const event = changeEvent(account, change, index, schemeOf)
    if (!event) continue
    const campaign = change.campaignId === undefined ? undefined : account.campaigns.get(change.campaignId)
    const adGroup = change.entity.kind === 'ad-group' ? campaign?.adGroups.get(change.entity.id) : undefined
    yield { view, account, change: event, campaign, adGroup }
  }
}

/** One arm for the base campaign, which is the control, and one for each trial campaign; traffic split evenly. */
function* arms(view: View, account: WorldAccount): Iterable<Row> {
  for (const experiment of account.experiments) {
    const campaignIds = [experiment.baseCampaignId, ...experiment.armCampaignIds]
    const trafficSplit = Math.floor(100 / campaignIds.length)
    for (const [i, campaignId] of campaignIds.entries())
      yield { view, account, experiment, arm: { number: i + 1, campaignId, trafficSplit } }
  }
}
