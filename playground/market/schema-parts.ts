import * as z from 'zod'
import { accountDate, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { type CampaignKind, WORLD_PLATFORMS } from '../world.ts'

const accepts =
  (read: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      read(text)
      return true
    } catch {
      return false
    }
  }

const DECIMAL = /^-?\d+(\.\d{1,6})?$/

/** Money as text in main units, more than nothing. Each rule says what the value must be, after which the value stands. */
export const amount = z
  .string()
  .regex(DECIMAL, { error: 'must be a decimal in main units with at most six places, such as "120.50"', abort: true })
  .refine((text) => Number(text) > 0, { error: 'must be > 0' })

export const date = z
  .string()
  .refine(accepts(accountDate), { error: 'must be a date that exists, written as 2026-10-05' })
export const moment = z
  .string()
  .refine(accepts(instant), { error: 'must be an instant with its offset, such as 2026-10-12T09:00:00Z' })
export const zone = z.string().refine(accepts(timeZone), { error: 'must be an IANA time zone, such as Europe/Berlin' })
export const currencyCode = z
  .string()
  .refine(accepts(currency), { error: 'must be a currency of three capital letters, such as EUR' })
export const digits = z.string().regex(/^(\d{6,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, {
  error: 'must be an id of 6 to 20 digits, or a UUID on Snapchat, as text',
})
export const text = z.string().min(1, { error: 'must not be empty' }).max(200)

export const positive = z.number().positive({ error: 'must be > 0' })
export const notNegative = z.number().min(0, { error: 'must be ≥ 0' })
export const share = z.number().min(0, { error: 'must be from 0 to 1' }).max(1, { error: 'must be from 0 to 1' })
export const count = z.number().int({ error: 'must be a whole number' }).min(1, { error: 'must be ≥ 1' })

export const platform = z.enum(WORLD_PLATFORMS)
export const campaignClass = z.enum(['brand', 'retargeting', 'prospecting', 'opaque'])
export const campaignKind = z.enum([
  ...['search', 'shopping', 'performance-max', 'display', 'video', 'social'],
  ...['smart-plus', 'gmv-max'],
] as readonly CampaignKind[])
export const campaignStatus = z.enum(['active', 'paused'])

export const strategy = z
  .strictObject({
    kind: z
      .enum(['max-conversions', 'target-cpa', 'max-value', 'target-roas', 'bid-cap', 'manual-cpc'])
      .describe('How the platform bids.'),
    targetCpa: amount.optional().describe("Average cost per claimed conversion to hold, in the account's currency."),
    targetRoas: positive.optional().describe('Claimed value per unit of spend to hold; 4 is 400 %.'),
    bid: amount.optional().describe('Bid or bid cap. It is reported; the market does not react to it.'),
  })
  .describe('Bid strategy and its target.')

export const criterion = z
  .strictObject({
    dimension: z.enum(['place', 'hour', 'audience']).describe('What it is.'),
    name: text.describe('Unique within the campaign.'),
    share: share.optional().describe('Of a place or audience: its share of the clicks at multiplier 1.'),
    hours: z
      .strictObject({
        weekday: z.number().int().min(1).max(7).describe('Monday is 1.'),
        from: z.number().int().min(0).max(23).describe('First hour.'),
        to: z.number().int().min(1).max(24).describe('Hour at which it ends.'),
      })
      .optional()
      .describe('Of a part of the week: when it is.'),
    multiplier: z
      .number()
      .min(0.1, { error: 'must be from 0.1 to 10' })
      .max(10, { error: 'must be from 0.1 to 10' })
      .default(1)
      .describe('Bid multiplier at the start.'),
    worth: positive.optional().describe('What a click of it brings against one worth 1. Default: drawn, 0.5 to 2.'),
  })
  .refine(({ dimension, share, hours }) => (dimension === 'hour' ? hours : share) !== undefined, {
    error: 'must have hours where it is a part of the week, and a share where it is not',
  })
  .describe('A place, part of the week or audience that a Google campaign lists, with a bid multiplier of its own.')

export const response = z
  .strictObject({
    ceiling: positive.describe('Incremental conversions per day that no spend can exceed.'),
    halfway: amount.describe("Daily spend that brings half of the ceiling, in the account's currency."),
    shape: positive.max(5).describe('Hill exponent: at most 1 concave, above 1 S-shaped.'),
    maxDailySpend: amount
      .optional()
      .describe('What the campaign can deliver in a day whatever its budget: its delivery ceiling. Default: none.'),
    value: amount.describe("Mean net value of an order, in the shop's currency."),
    cpc: amount.describe("Mean price of a click, in the account's currency."),
    cpm: amount.describe("Mean price of a thousand impressions, in the account's currency."),
  })
  .describe('Truth about one campaign or ad group: what spend causes, and what traffic costs.')

export const budget = z
  .strictObject({
    daily: amount.optional().describe('Average daily budget.'),
    lifetime: amount.optional().describe('Budget for the whole life; the campaign then needs an endDate.'),
    shared: text.optional().describe("Name of one of the account's sharedBudgets."),
  })
  .refine((b) => [b.daily, b.lifetime, b.shared].filter((kind) => kind !== undefined).length === 1, {
    error: 'must have exactly one of daily, lifetime and shared',
  })
  .describe('Exactly one of daily, lifetime and shared.')

export const lag = z
  .strictObject({
    sameDay: share.describe('Share of conversions within 24 hours of the touch.'),
    tail: share
      .max(0.99, { error: 'must be at most 0.99' })
      .describe('Of the rest, share that is not in yet a day later: the geometric tail.'),
    maxDays: count.max(120).describe('No conversion comes later than this many days.'),
  })
  .describe('Time from the touch to the conversion.')

export const organicClaim = z
  .strictObject({
    share: share.describe('Largest share of organic orders that the campaign claims, at unlimited spend.'),
    halfway: amount.describe("Daily spend that claims half of that, in the account's currency."),
  })
  .describe('Orders that would have come anyway and that the campaign nevertheless claims.')

export const tracking = z
  .strictObject({
    tracked: share.describe('Share of caused orders that the platform sees at all.'),
    viewShare: share.describe('Share of its claims that followed a view and no click.'),
    doubleClaimed: share.describe(
      'Share of the orders that ANOTHER platform caused, and that this one claims as well.',
    ),
    delayMinutes: notNegative.describe('Minutes until an hour that has ended is reported.'),
    claimDelayMinutes: notNegative.describe('Minutes until a conversion that happened is reported.'),
  })
  .describe("What the platform's own counting sees.")

export const learning = z
  .strictObject({
    threshold: positive.describe('Relative budget change within an account day, above which learning starts again.'),
    conversions: count.describe('Conversions that end learning.'),
    days: positive.describe('Days after which learning ends in any case, as limited.'),
    penalty: share.describe('Share of conversions lost while learning.'),
  })
  .describe('Learning after a significant edit.')

export const overDelivery = z
  .strictObject({
    factor: z
      .number()
      .min(1, { error: 'must be ≥ 1' })
      .describe("Most that a day may spend, in times the day's highest budget."),
    spread: notNegative.describe('Standard deviation of the logarithm of a day’s delivery against its budget.'),
    period: z.enum(['month', 'week']).describe('Calendar month, or week from Sunday, over which spend is evened out.'),
    periodFactor: positive.describe('Most that a whole period may spend, in times the daily budget.'),
  })
  .describe('How far a day may leave its budget.')

export const weekdays = z
  .array(positive)
  .length(7, { error: 'must have seven factors, Monday first' })
  .describe('Demand factor of each weekday, Monday first.')
export const hours = z
  .array(positive)
  .length(24, { error: 'must have 24 weights' })
  .describe('Weight of each wall-clock hour in traffic.')

export const responses = z
  .strictObject({
    halfway: z
      .strictObject({
        median: amount.describe('Median over campaigns.'),
        spread: notNegative.describe('Standard deviation of the logarithm.'),
      })
      .describe('Size: the daily spend that brings half of the ceiling.'),
    cost: z
      .strictObject({
        median: amount.describe('Median over campaigns.'),
        spread: notNegative.describe('Standard deviation of the logarithm.'),
      })
      .describe('Cost per incremental conversion at the halfway spend.'),
    concave: z.tuple([positive, positive]).describe('Range of the shape of ordinary campaigns.'),
    sShaped: z.tuple([positive, positive]).describe('Range of the shape of S-shaped campaigns.'),
    sShapedShare: share.describe('Share of campaigns that are S-shaped.'),
    budgetFollows: share.describe(
      'How far an initial budget follows the size of its campaign: 1 in full, 0 not at all (exponent on the halfway spend).',
    ),
    budgetAt: positive.describe('Initial budget of a median campaign, in times its halfway spend.'),
    budgetSpread: notNegative.describe('Standard deviation of the logarithm of what the budget has on top of that.'),
    cappedShare: share.describe('Share of campaigns whose delivery ceiling lies below their initial budget.'),
    value: amount.describe("Mean net value of an order, in the shop's currency."),
    cpc: amount.describe('Mean price of a click.'),
    cpm: amount.describe('Mean price of a thousand impressions.'),
  })
  .describe('Distributions that generated campaigns are drawn from.')
