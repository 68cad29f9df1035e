import * as z from 'zod'
import { CRITERION_FIELDS, LISTED, MANUAL_BIDS } from './criteria.ts'
import { dateInTime, digits, factor, micros, resourceName } from './schema.ts'
import { targetFields, targets } from './strategies.ts'

/** The queries that read an account's structure, and the rows that they answer. No query filters out the removed. */
export const QUERIES = {
  campaigns:
    'SELECT campaign.id, campaign.name, campaign.status, campaign.primary_status, campaign.primary_status_reasons, ' +
    'campaign.advertising_channel_type, campaign.campaign_budget, ' +
    'campaign.bidding_strategy, campaign.bidding_strategy_type, campaign.bidding_strategy_system_status, ' +
    `${targetFields('campaign')}, campaign.start_date_time, campaign.end_date_time, campaign.experiment_type, ` +
    'campaign.base_campaign, campaign.missing_eu_political_advertising_declaration FROM campaign',
  strategies:
    'SELECT bidding_strategy.resource_name, bidding_strategy.id, bidding_strategy.type, ' +
    `${targetFields('bidding_strategy')} FROM bidding_strategy`,
  devices:
    `SELECT ${CRITERION_FIELDS} FROM campaign_criterion WHERE campaign_criterion.type = 'DEVICE' ` +
    "AND campaign_criterion.status != 'REMOVED'",
  criteria: `SELECT ${CRITERION_FIELDS} FROM campaign_criterion WHERE ${LISTED} AND ${MANUAL_BIDS}`,
  adGroups: (target: 'ad_group.target_cpa_micros' | 'ad_group.target_roas') =>
    'SELECT ad_group.id, ad_group.name, ad_group.status, campaign.id, ad_group.target_cpa_micros, ' +
    `ad_group.target_roas FROM ad_group WHERE ad_group.status != 'REMOVED' AND ${target} > 0`,
  budgets:
    'SELECT campaign_budget.id, campaign_budget.name, campaign_budget.status, campaign_budget.period, ' +
    'campaign_budget.amount_micros, campaign_budget.total_amount_micros, campaign_budget.explicitly_shared, ' +
    'campaign_budget.reference_count FROM campaign_budget',
  experiments:
    'SELECT experiment.resource_name, experiment.experiment_id, experiment.name, experiment.status, ' +
    'experiment.start_date, experiment.end_date FROM experiment',
  arms:
    'SELECT experiment_arm.experiment, experiment_arm.control, experiment_arm.campaigns, ' +
    'experiment_arm.in_design_campaigns FROM experiment_arm',
  accountBudgets:
    'SELECT account_budget.id, account_budget.status, account_budget.adjusted_spending_limit_micros, ' +
    'account_budget.amount_served_micros, account_budget.approved_start_date_time, ' +
    "account_budget.approved_end_date_time FROM account_budget WHERE account_budget.status = 'APPROVED'",
  billableUnit: (currency: string) =>
    'SELECT currency_constant.code, currency_constant.billable_unit_micros FROM currency_constant ' +
    `WHERE currency_constant.code = '${currency}'`,
} as const

export const campaignRow = z.object({
  campaign: z.object({
    ...targets,
    id: digits,
    name: z.string(),
    status: z.string(),
    primaryStatus: z.string().optional(),
    primaryStatusReasons: z.array(z.string()).default([]),
    advertisingChannelType: z.string(),
    campaignBudget: resourceName.optional(),
    biddingStrategy: resourceName.optional(),
    biddingStrategyType: z.string(),
    biddingStrategySystemStatus: z.string().optional(),
    startDateTime: dateInTime.optional(),
    endDateTime: dateInTime.optional(),
    experimentType: z.string().optional(),
    baseCampaign: resourceName.optional(),
    missingEuPoliticalAdvertisingDeclaration: z.boolean().default(false),
  }),
})
export type CampaignRow = z.infer<typeof campaignRow>

export const strategyRow = z.object({
  biddingStrategy: z.object({ ...targets, resourceName, id: digits, type: z.string() }),
})
export type StrategyRow = {
  readonly biddingStrategy: Omit<z.infer<typeof strategyRow>['biddingStrategy'], 'resourceName' | 'id'>
}

export const adGroupRow = z.object({
  adGroup: z.object({
    id: digits,
    name: z.string(),
    status: z.string(),
    targetCpaMicros: micros.optional(),
    targetRoas: factor.optional(),
  }),
  campaign: z.object({ id: digits }),
})
export type AdGroupRow = z.infer<typeof adGroupRow>

export const budgetRow = z.object({
  campaignBudget: z.object({
    id: digits,
    name: z.string().default(''),
    status: z.string(),
    period: z.string(),
    amountMicros: micros.optional(),
    totalAmountMicros: micros.optional(),
    // No default: taking a shared budget for a campaign's own would move other campaigns unseen.
    explicitlyShared: z.boolean(),
    referenceCount: digits.default('0'),
  }),
})
export type BudgetRow = z.infer<typeof budgetRow>

export const experimentRow = z.object({
  experiment: z.object({
    resourceName,
    experimentId: digits,
    name: z.string(),
    status: z.string(),
    startDate: dateInTime.optional(),
    endDate: dateInTime.optional(),
  }),
})

export const armRow = z.object({
  experimentArm: z.object({
    experiment: resourceName,
    control: z.boolean().default(false),
    campaigns: z.array(resourceName).default([]),
    inDesignCampaigns: z.array(resourceName).default([]),
  }),
})

export const accountBudgetRow = z.object({
  accountBudget: z.object({
    id: digits,
    adjustedSpendingLimitMicros: micros.optional(),
    amountServedMicros: micros.default(0n),
    approvedStartDateTime: z.string().optional(),
    approvedEndDateTime: z.string().optional(),
  }),
})

export const currencyRow = z.object({
  currencyConstant: z.object({ code: z.string(), billableUnitMicros: micros }),
})
