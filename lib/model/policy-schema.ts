import * as z from 'zod'
import { accountDate, timeZone } from '../units/calendar.ts'
import { currency, fromDecimal } from '../units/money.ts'
import { FOREIGN_ID, parseAccountKey, platformId, portfolioId } from './account.ts'
import { breakersSchema } from './breakers.ts'

/*
 * The policy file's schema. Amounts are decimal text with their currency (`"120.00 EUR"`), so that no amount is ever
 * without one. Fields whose meaning is not built yet are accepted by name and refused with "not yet honoured" when they
 * would change a decision: a policy that is silently ignored is worse than one that is refused.
 */

/** Text that `parse` accepts; its error message becomes the field's. `example` is for what is not text at all. */
const textBy = <T>(parse: (text: string) => T, example: string) =>
  z.string({ error: `must be text, such as "${example}"` }).transform((text, context): T => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
      return z.NEVER
    }
  })

const positiveAmount = textBy((text) => {
  const [, amount, code] = /^(\S+) (\S+)$/.exec(text) ?? []
  if (amount === undefined || code === undefined)
    throw new RangeError(`"${text}" is not an amount: write number and currency, such as "120.00 EUR"`)
  const parsed = fromDecimal(amount, currency(code))
  if (parsed.micros <= 0n) throw new RangeError(`"${text}" must be more than 0`)
  return parsed
}, '120.00 EUR')

const date = textBy(accountDate, '2026-11-21')
const accountText = textBy(parseAccountKey, 'google-ads:1234567890')
const idText = z
  .string({ error: 'must be an id in quotes: ids do not fit into numbers' })
  .regex(FOREIGN_ID, 'must be letters, digits and dashes only')
const share = z.number().min(0).max(1)
const conversionRule = z.strictObject({
  action: z.string().min(1).describe("The platform's name or id of the conversion action, such as purchase"),
  clickWindowDays: z.int().min(0).max(90),
  viewWindowDays: z.int().min(0).max(30).default(0).describe('0 (the default): view-through conversions do not count'),
  basis: z.enum(['click', 'impression', 'conversion', 'mixed']),
})

const account = z.strictObject({
  account: accountText.describe('platform:id, such as google-ads:1234567890'),
  conversions: conversionRule,
  dayCap: positiveAmount
    .optional()
    .describe('Most that one account day may cost at worst; without it nothing is pushed'),
  overDeliveryFactor: z.number().min(1).max(10).optional(),
  deadManSwitch: z
    .enum(['off', 'on'])
    .optional()
    .describe('on: a rule at the platform pauses a campaign that alone spends more than dayCap in a day'),
})

const campaignClass = z.enum(['brand', 'retargeting', 'prospecting', 'opaque'])
const campaignName = z
  .string()
  .optional()
  .describe('Text that the campaign name contains, any case; empty fits every campaign')

const member = z
  .strictObject({
    account: accountText.optional(),
    name: campaignName,
    id: idText.optional(),
    class: campaignClass,
    from: date.optional(),
    to: date.optional(),
    managed: z.boolean().default(true),
    launchBudget: positiveAmount.optional(),
    valuePerConversion: positiveAmount.optional(),
    atEnd: z.enum(['pause', 'leave']).optional(),
  })
  .transform(({ account, name, id, ...rest }) => ({ match: { account, name, id }, ...rest }))

const guardrails = z.strictObject({
  maxStepUp: share.default(0.35),
  maxStepDown: share.default(0.35),
  maxDayRise: share.default(0.35),
  deadband: share.default(0.03),
  minDailyBudget: positiveAmount.optional(),
  maxDailyBudget: positiveAmount.optional(),
  maxChangesPerPlan: z.int().min(0).default(10_000),
  maxChangesPerLeverDay: z.int().min(1).default(4),
  implausibleFactor: z.number().min(1.5).max(100).default(5),
  magnitudeFactor: z.number().min(10).max(1000).default(50),
  rateHaircut: z.number().min(0).max(0.5).default(0.02),
  midnightDeadZoneMinutes: z.int().min(0).max(180).default(30),
  holdWhileLearning: z.boolean().default(true),
  steerWithinDay: z.enum(['cut', 'leave']).default('leave'),
})

const freshness = z.strictObject({
  structureMaxAgeMinutes: z.int().min(5).default(150),
  spendMaxAgeMinutes: z.int().min(15).default(240),
  maxUnexplainedSpendShare: share.default(0.02),
  minHistoryDays: z.int().min(1).max(90).default(3),
})

const prior = z
  .strictObject({ mean: z.number().min(0).max(2), low: z.number().min(0).max(2), high: z.number().min(0).max(2) })
  .refine(({ mean, low, high }) => low <= mean && mean <= high, 'must satisfy low ≤ mean ≤ high')

/*
 * Priors until a lift test says otherwise: published lift studies find most of brand search and much of retargeting
 * to be sales that come anyway; the intervals are wide on purpose. See docs/decisions/0002-incremental-by-class.md.
 */
const incrementality = z.strictObject({
  brand: prior.default({ mean: 0.2, low: 0.05, high: 0.5 }),
  retargeting: prior.default({ mean: 0.35, low: 0.1, high: 0.7 }),
  prospecting: prior.default({ mean: 0.85, low: 0.6, high: 1 }),
  opaque: prior.default({ mean: 0.6, low: 0.3, high: 0.9 }),
})

const selection = z.strictObject({
  platform: textBy(platformId, 'google-ads').optional(),
  account: accountText.optional(),
  class: campaignClass.optional(),
  name: campaignName,
  id: idText.optional(),
})

const factor = z.number().min(0.05).max(20)

const event = z.strictObject({
  name: z.string().min(1),
  from: date,
  to: date,
  match: selection.optional(),
  expectedUplift: factor.default(1),
  dipAfter: z.strictObject({ days: z.int().min(1).max(60), factor }).optional(),
  excludeFromLearning: z.boolean().default(false),
  budgetFactor: z.number().min(1).max(20).optional(),
  announce: z.boolean().default(false),
})

const commitment = z.strictObject({
  name: z.string().min(1),
  match: selection.default({}),
  atLeast: positiveAmount,
  from: date.optional(),
  by: date,
})

const ratio = z.number().positive()

const group = z.strictObject({
  name: z.string().min(1),
  match: selection,
  within: z.string().optional(),
  atLeast: positiveAmount.optional(),
  atMost: positiveAmount.optional(),
  atLeastShare: share.optional(),
  atMostShare: share.optional(),
  targetCpa: positiveAmount.optional(),
  targetRoas: ratio.optional(),
  marginalCpa: positiveAmount.optional(),
  marginalRoas: ratio.optional(),
})

const sharedCap = z.strictObject({ name: z.string().min(1), match: selection, dayCap: positiveAmount })

const calibration = z
  .strictObject({
    name: z.string().min(1),
    match: selection,
    mean: z.number().min(0).max(5),
    low: z.number().min(0).max(5),
    high: z.number().min(0).max(5),
  })
  .refine(({ mean, low, high }) => low <= mean && mean <= high, 'must satisfy low ≤ mean ≤ high')

/** A field of another kind of goal, refused with the kind that it goes with. */
const only = (kinds: string) =>
  z.never({ error: `goes with goal.kind ${kinds}: change the kind, or remove this` }).optional()

const goal = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('conversions'),
    targetCpa: positiveAmount.optional(),
    marginalCpa: positiveAmount.optional(),
    targetRoas: only('value or profit'),
    marginalRoas: only('value'),
    margin: only('profit'),
  }),
  z.strictObject({
    kind: z.literal('value'),
    targetRoas: ratio.optional(),
    marginalRoas: ratio.optional(),
    targetCpa: only('conversions'),
    marginalCpa: only('conversions'),
    margin: only('profit'),
  }),
  z.strictObject({
    kind: z.literal('profit'),
    margin: z.number().positive().max(1),
    targetRoas: ratio.optional(),
    marginalRoas: only('value'),
    targetCpa: only('conversions'),
    marginalCpa: only('conversions'),
  }),
])

const bounds = z.strictObject({
  account: accountText,
  budget: idText,
  atLeast: positiveAmount.optional(),
  atMost: positiveAmount.optional(),
})

export const policySchema = z.strictObject({
  portfolio: textBy(portfolioId, 'eu-prospecting'),
  owner: z.string().min(1).describe('Who answers for this portfolio: a person or a team'),
  mode: z.enum(['observe', 'shadow', 'approve', 'auto']).default('shadow'),
  baseCurrency: textBy(currency, 'EUR'),
  zone: textBy(timeZone, 'Europe/Berlin'),
  goal,
  flight: z
    .strictObject({ from: date, to: date, total: positiveAmount })
    .refine(({ from, to }) => from <= to, 'must not end before it starts'),
  accounts: z.array(account).min(1),
  members: z.array(member).min(1),
  bounds: z.array(bounds).default([]),
  guardrails: guardrails.prefault({}),
  dayCap: positiveAmount.optional(),
  caps: z.array(sharedCap).default([]),
  freshness: freshness.prefault({}),
  drift: z
    .strictObject({
      insideCaps: z.enum(['adopt', 'reassert', 'hold']).default('adopt'),
      holdDays: z.int().min(0).max(90).default(7),
    })
    .prefault({}),
  planExpiresAfterHours: z.int().min(1).max(72).default(26),
  maxRateAgeDays: z.int().min(1).max(30).default(5),
  maxRateMove: z.number().min(0.001).max(1).default(0.1),
  incrementality: incrementality.prefault({}),
  events: z.array(event).default([]),
  commitments: z.array(commitment).default([]),
  groups: z.array(group).default([]),
  calibrations: z.array(calibration).default([]),
  exploration: z.strictObject({ maxCost: z.number().min(0).max(0.05).default(0.02) }).prefault({}),
  targets: z.enum(['leave', 'steer']).default('leave'),
  bidMultipliers: z.enum(['leave', 'steer']).default('leave'),
  breakers: breakersSchema.prefault({}),
})
