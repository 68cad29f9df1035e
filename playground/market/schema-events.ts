import * as z from 'zod'
import { amount, campaignClass, digits, moment, platform, positive, share, text } from './schema-parts.ts'

const at = moment.describe('When it happens.')
const until = moment.describe('When it is over.')

const scope = {
  account: digits.optional().describe('Only this account. Default: all.'),
  campaign: text.optional().describe('Only the campaign of this name. Default: all.'),
  class: campaignClass.optional().describe('Only campaigns of this class. Default: all.'),
}

const budgetEdit = {
  at,
  account: digits.describe('Account of the budget.'),
  budget: text.describe('Name of the campaign, ad group or shared budget whose budget is changed.'),
  factor: positive.optional().describe('New budget in times the present one. Either this or amount.'),
  amount: amount.optional().describe("New budget in the account's currency. Either this or factor."),
  noticedAfterHours: positive
    .optional()
    .describe(
      'A person notices after this time and puts the old budget back, unless somebody else changed it meanwhile. Default: never.',
    ),
}

export const event = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('hand-edit').describe('A person changes a budget by hand.'),
      ...budgetEdit,
      who: text.default('marketer@advertiser.example').describe('Who did it.'),
    }),
    z.strictObject({
      kind: z.literal('automatic-raise').describe('The platform raises a budget by itself.'),
      ...budgetEdit,
    }),
    z.strictObject({
      kind: z.literal('pause').describe('A person pauses a campaign.'),
      at,
      until: until.optional(),
      account: digits.describe('Account of the campaign.'),
      campaign: text.describe('Name of the campaign.'),
      who: text.default('marketer@advertiser.example').describe('Who did it.'),
    }),
    z.strictObject({
      kind: z.literal('platform-outage').describe("The platform's interface is down; advertisements go on."),
      at,
      until,
      platform: platform.describe('Which platform.'),
      throttling: z.boolean().default(false).describe('It does not fail but refuses most calls for their rate.'),
    }),
    z.strictObject({
      kind: z.literal('tracking-outage').describe('Conversions that happen meanwhile are not reported, ever.'),
      at,
      until,
      account: digits.optional().describe('Only this account. Default: all.'),
      lost: share.default(1).describe('Share of conversions that is lost.'),
    }),
    z.strictObject({
      kind: z.literal('double-firing').describe('The tag fires twice: conversions that happen meanwhile count double.'),
      at,
      until,
      account: digits.optional().describe('Only this account. Default: all.'),
    }),
    z.strictObject({
      kind: z.literal('shock').describe('Conversions or prices change at once.'),
      at,
      until: until.optional().describe('When it is over. Default: it stays.'),
      ...scope,
      conversions: positive.default(1).describe('Factor on conversions.'),
      cost: positive.default(1).describe('Factor on the price of reaching people: it moves halfway and clicks alike.'),
    }),
    z.strictObject({
      kind: z.literal('promotion').describe('Demand rises, and dips afterwards. It lifts organic orders too.'),
      at,
      until,
      ...scope,
      uplift: positive.describe('Factor on demand while it lasts.'),
      dip: positive.max(1, { error: 'must be at most 1' }).default(1).describe('Factor on demand afterwards.'),
      dipDays: positive.default(3).describe('Days that the dip lasts.'),
      announced: z
        .boolean()
        .default(true)
        .describe('Whether the marketer knows beforehand, so that a policy may say so.'),
    }),
  ])
  .describe('Something that happens at a time.')
