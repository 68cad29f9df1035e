import * as z from 'zod'
import { event } from './schema-events.ts'
import {
  amount,
  budget,
  campaignClass,
  campaignKind,
  campaignStatus,
  count,
  criterion,
  currencyCode,
  date,
  digits,
  hours,
  lag,
  learning,
  notNegative,
  organicClaim,
  overDelivery,
  platform,
  positive,
  response,
  responses,
  share,
  strategy,
  text,
  tracking,
  weekdays,
  zone,
} from './schema-parts.ts'

const adGroup = z
  .strictObject({
    name: text.describe('Unique within the account.'),
    id: digits.optional().describe('Default: made from the place in the file.'),
    status: campaignStatus.default('active').describe('State at the start.'),
    budget: budget.optional().describe('Where the budget sits on the ad group and not on the campaign.'),
    response,
  })
  .describe('One ad group (ad set on Meta) with a response curve of its own.')

const campaign = z
  .strictObject({
    name: text.describe('Unique within the account.'),
    id: digits.optional().describe('Default: made from the place in the file.'),
    kind: campaignKind.describe('Kind of campaign.'),
    class: campaignClass.describe('What the marketer takes it for.'),
    status: campaignStatus.default('active').describe('State at the start.'),
    startDate: date.optional().describe('First date on which it may spend. Default: before the history.'),
    endDate: date.optional().describe('Last date on which it may spend. Default: none.'),
    budget: budget.optional().describe('Default: each ad group has its own.'),
    strategy: strategy.optional().describe('Default: as many conversions as the budget brings.'),
    response: response.optional().describe('Truth of the campaign, where it has no adGroups.'),
    adGroups: z.array(adGroup).min(1).optional().describe('Default: one, with the response of the campaign.'),
    organicClaim: organicClaim.optional().describe('Default: that of the class.'),
    lag: lag.optional().describe("Default: the account's."),
    criteria: z.array(criterion).optional().describe('What it lists to bid more or less for. Default: nothing.'),
  })
  .describe('One campaign, written out.')

const generate = z
  .strictObject({
    name: text.describe('Names are this with a number behind it.'),
    count: count.max(50_000).describe('How many campaigns.'),
    kind: campaignKind.describe('Kind of campaign.'),
    class: campaignClass.describe('What the marketer takes them for.'),
    adGroups: count.max(50).default(1).describe('Ad groups in each.'),
    budgetOn: z
      .enum(['campaign', 'ad-group'])
      .default('campaign')
      .describe('Who owns the budget; on Meta `campaign` is a campaign budget (CBO).'),
    sharedBudget: text.optional().describe('All of them draw from this one of the sharedBudgets.'),
    strategy: strategy.optional().describe('Default: as many conversions as the budget brings.'),
    responses: responses.partial().optional().describe("Where it differs from the scenario's responses."),
  })
  .describe('Campaigns drawn from the seed.')

const experiment = z
  .strictObject({
    name: text.describe('Name.'),
    campaign: text.describe('Name of the campaign under test.'),
    from: date.describe('First date.'),
    to: date.describe('Last date.'),
    arms: z
      .array(
        z.strictObject({
          name: text.describe("Name of the arm's campaign."),
          share: share.describe('Share of the traffic of the campaign under test.'),
        }),
      )
      .min(1)
      .describe('Trial arms. They draw from the budget of the campaign under test.'),
  })
  .describe('A split test that the platform runs.')

const account = z
  .strictObject({
    platform: platform.describe('Which platform.'),
    id: digits.describe(
      'Account id: ten digits on Google Ads, fifteen or more on Meta (without `act_`) and TikTok, twelve on Pinterest, a UUID on Snapchat.',
    ),
    name: text.describe('Name.'),
    currency: currencyCode.describe('Currency of all its amounts.'),
    zone: zone.describe('Time zone of its days.'),
    spendCap: amount.optional().describe('Lifetime spend cap of the account. Default: none.'),
    sharedBudgets: z
      .array(z.strictObject({ name: text.describe('Name.'), daily: amount.describe('Average daily budget.') }))
      .default([])
      .describe('Budgets that several campaigns draw from.'),
    campaigns: z.array(campaign).default([]).describe('Campaigns, written out.'),
    generate: z.array(generate).default([]).describe('Campaigns drawn from the seed.'),
    experiments: z.array(experiment).default([]).describe('Split tests that the platform runs.'),
    weekdays: weekdays.optional().describe("Default: the scenario's."),
    hours: hours.optional().describe("Default: the scenario's."),
    lag: lag.optional().describe("Default: the scenario's."),
    tracking: tracking.partial().optional().describe("Where it differs from the scenario's and the platform's."),
    learning: learning.partial().optional().describe("Where it differs from the scenario's."),
    overDelivery: overDelivery.partial().optional().describe("Where it differs from the platform's."),
  })
  .describe('One ad account.')

const shop = z
  .strictObject({
    currency: currencyCode.describe('Currency of all orders.'),
    zone: zone.describe('Time zone of the shop.'),
    organicPerDay: notNegative.describe('Orders a day that would come without any advertising.'),
    organicValue: amount.describe('Mean net value of such an order.'),
    valueSpread: notNegative.default(0.5).describe('Standard deviation of the logarithm of order values.'),
    newShare: share.default(0.35).describe('Share of new customers among organic orders.'),
    newShareCaused: share.default(0.7).describe('Share of new customers among orders that advertising caused.'),
    refunds: z
      .strictObject({
        share: share.default(0.03).describe('Share of orders refunded.'),
        meanDays: positive.default(9).describe('Mean days until the refund.'),
        spread: positive
          .optional()
          .describe('Standard deviation of the logarithm of these days. Default: an exponential law.'),
        restateClaims: z
          .boolean()
          .default(false)
          .describe('Whether the advertiser reports refunds back, so that platforms take the claim back.'),
      })
      .prefault({})
      .describe('Orders given back.'),
  })
  .describe("The advertiser's shop.")

const demand = z
  .strictObject({
    season: z
      .array(
        z.strictObject({
          periodDays: positive.describe('Length of the wave.'),
          amplitude: share.describe('Height, as a share of demand.'),
          peak: date.describe('A date on which it peaks.'),
        }),
      )
      .default([])
      .describe('Slow waves of demand, multiplied.'),
    drift: z
      .strictObject({
        spread: notNegative
          .default(0.08)
          .describe('Stationary standard deviation of the logarithm of each campaign’s conversions.'),
        halfLifeDays: positive.default(20).describe('Days in which half of a deviation is forgotten.'),
      })
      .prefault({})
      .describe('Ornstein-Uhlenbeck drift of each campaign on its own.'),
    jumps: z
      .strictObject({
        perCampaignMonth: notNegative.default(0).describe('Mean number per campaign in 30 days.'),
        spread: notNegative.default(0.3).describe('Standard deviation of the logarithm of the factor.'),
      })
      .prefault({})
      .describe('Lasting shocks to one campaign at random times.'),
    dispersion: notNegative
      .default(0.04)
      .describe('Variance of the daily frailty: counts have the variance m + dispersion · m².'),
    hourlyNoise: notNegative.default(0.1).describe('Standard deviation of the logarithm of an hour’s traffic.'),
  })
  .describe('What moves demand.')

const portfolio = z
  .strictObject({
    name: text.describe('Name.'),
    baseCurrency: currencyCode.describe('Currency that totals are counted in.'),
    zone: zone.describe('Time zone of its days.'),
    goal: z
      .strictObject({
        kind: z.enum(['conversions', 'value']).default('conversions').describe('What to have as much of as possible.'),
        action: text.default('purchase').describe('The conversion action that counts.'),
        costPerConversion: amount.optional().describe('What a conversion may cost, if there is a limit.'),
      })
      .prefault({})
      .describe('What the money is for.'),
    total: amount.optional().describe('Budget of the flight. Default: initial budgets × days, in the base currency.'),
    rates: z
      .array(
        z.strictObject({
          from: currencyCode.describe('Currency.'),
          rate: amount.describe('What one unit of it is worth in the base currency.'),
          since: date.describe('First date.'),
          until: date.describe('Last date.'),
        }),
      )
      .default([])
      .describe('Pinned exchange rates by date range.'),
  })
  .describe('What a policy for these campaigns needs to know.')

const cannibalisation = z
  .strictObject({
    taker: text.describe('Name of the campaign that takes.'),
    from: text.describe('Name of the campaign that it takes from.'),
    share: share.describe('Share of the taker’s conversions that the other would have had as well.'),
  })
  .describe('Conversions of one campaign that come out of another’s.')

/** The scenario format. Every field is described, unknown fields are refused, money is decimal text in main units. */
export const scenarioSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: ./scenario.schema.json.'),
    extends: text
      .optional()
      .describe('Name of a shipped scenario that this one changes: objects merge, lists replace.'),
    name: text.describe('Short name, as on the command line.'),
    description: z.string().describe('What it is for, in a sentence or two.'),
    start: date.describe("First date of the run, in the portfolio's zone."),
    days: count.max(400).describe('Days of the run.'),
    history: z
      .strictObject({
        days: count
          .max(400)
          .default(90)
          .describe('Days before the start that have already happened, on initial budgets.'),
        orders: z
          .boolean()
          .default(true)
          .describe('Whether orders of the history are kept; without them less memory is used.'),
      })
      .prefault({})
      .describe('What a first pull finds.'),
    shop,
    demand: demand.prefault({}),
    weekdays: weekdays.prefault([1.05, 1.05, 1.02, 1, 0.97, 0.93, 0.98]),
    hours: hours.prefault([2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 6, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4]),
    lag: lag.prefault({ sameDay: 0.55, tail: 0.7, maxDays: 30 }),
    tracking: tracking.partial().optional().describe('Where all accounts differ from their platform’s.'),
    learning: learning.partial().optional().describe('Where it differs from the defaults.'),
    overDelivery: overDelivery.partial().optional().describe('Where all accounts differ from their platform’s.'),
    responses: responses.partial().optional().describe('Where generated campaigns differ from the defaults.'),
    accounts: z.array(account).min(1, { error: 'must have at least one account' }).describe('Ad accounts.'),
    cannibalisation: z.array(cannibalisation).default([]).describe('Which campaigns take from which.'),
    events: z.array(event).default([]).describe('What happens, and when.'),
    portfolio,
  })
  .describe('A market for the pretend platforms.')

export type Scenario = z.output<typeof scenarioSchema>
export type ScenarioAccount = Scenario['accounts'][number]
export type ScenarioCampaign = ScenarioAccount['campaigns'][number]
export type ScenarioGenerate = ScenarioAccount['generate'][number]
export type ScenarioEvent = Scenario['events'][number]
export type ScenarioLag = Scenario['lag']
export type ScenarioResponse = z.output<typeof response>
export type ScenarioResponses = z.output<typeof responses>
export type CampaignClass = z.output<typeof campaignClass>
