/** A family of markets: everything that a seed does not decide, read from a JSON file whose every field is checked. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const share = z.number().min(0).max(1)
const range = (low: number, high: number) =>
  z
    .tuple([z.number().min(low).max(high), z.number().min(low).max(high)])
    .refine(([a, b]) => a <= b, 'must be [low, high] with low ≤ high')

const curves = z.strictObject({
  sShapedShare: share.default(0.2).describe('Share of campaigns whose exponent comes from sShaped'),
  concave: range(0.2, 3).default([0.75, 1.1]).describe('Exponent α of the other campaigns'),
  sShaped: range(0.2, 4).default([1.4, 2.2]).describe('Exponent α of S-shaped campaigns'),
  saturation: z.number().min(0.01).max(50).default(0.4).describe('Median of the initial budget over halfway point κ'),
  saturationSd: z.number().min(0).max(3).default(0.7).describe('Its spread between campaigns, in logs'),
  extremes: share.default(0).describe('Share of campaigns that are nearly linear or nearly flat, half each'),
})

const levels = z.strictObject({
  sizeSd: z.number().min(0).max(3).default(1.2).describe('Spread of campaign sizes, in logs'),
  efficiencySd: z.number().min(0).max(3).default(0.5).describe('Spread of conversions per unit of money, in logs'),
  platformSd: z.number().min(0).max(3).default(0.25).describe('The part of it that a platform has in common, in logs'),
  splitSd: z.number().min(0).max(3).default(0.35).describe('How far the initial split is from the sizes, in logs'),
  costPerConversion: z
    .number()
    .positive()
    .default(30)
    .describe('Median main units per conversion at the halfway point'),
})

const demand = z.strictObject({
  driftSd: z.number().min(0).max(2).default(0.18).describe('Stationary spread of a campaign’s level, in logs'),
  driftHalfLifeDays: z.number().positive().default(25).describe('Days in which half of a drift is gone again'),
  shocksPerYear: z.number().min(0).default(2).describe('Sudden changes of level per campaign'),
  shockSd: z.number().min(0).max(2).default(0.4).describe('Their spread, in logs'),
  weekdaySd: z.number().min(0).max(1).default(0.06).describe('Spread of a platform’s day-of-week factors, in logs'),
  promotionsPerMonth: z
    .number()
    .min(0)
    .max(8)
    .default(0.7)
    .describe('Expected number in thirty days, of the whole market'),
  promotionDays: z.int().min(1).max(14).default(3).describe('How long each lasts'),
  promotion: range(0.2, 6).default([1.15, 1.4]).describe('Demand during a promotion against a normal day'),
  announcedShare: share.default(0.5).describe('Share of promotions that are known beforehand'),
})

const delivery = z.strictObject({
  noiseSd: z.number().min(0).max(1).default(0.04).describe('Spread of a day’s spend around its budget, in logs'),
  bias: range(0.5, 1.5).default([0.97, 1.02]).describe('Median of spend over budget, by campaign'),
  cappedShare: share.default(0.2).describe('Share of campaigns that cannot spend any amount'),
  cap: range(0.2, 50).default([1.3, 4]).describe('Most that they spend in a day, over their initial budget'),
})

const lag = z.strictObject({
  sameDay: range(0.05, 1).default([0.35, 0.7]).describe('Share of conversions on the day of the click, by platform'),
  tail: range(0, 0.95).default([0.6, 0.8]).describe('Ratio of one later day to the day before, by platform'),
  longestDays: z.int().min(0).max(13).default(13).describe('Longest lag from click to conversion'),
})

const claims = z.strictObject({
  factor: range(0.1, 10)
    .default([1, 1])
    .describe('Claimed over caused conversions of a platform, spread evenly over platforms'),
  brandShare: share.default(0).describe('Share of campaigns of class brand'),
  retargetingShare: share.default(0).describe('Share of campaigns of class retargeting'),
  organicShare: share.default(0).describe('Share of the claims of brand and retargeting that would have come anyway'),
  brandAdvantage: z
    .number()
    .positive()
    .default(1)
    .describe('Claims per unit of money of brand and retargeting against others'),
  liftEvidence: z
    .boolean()
    .default(false)
    .describe('Whether the controllers that can use them are given lift intervals'),
  ordersKnown: z.boolean().default(false).describe('Whether Sluice is given the shop’s own orders'),
  liftSd: z.number().min(0).max(1).default(0.1).describe('Error of that evidence, in logs'),
})

const faults = z.strictObject({
  learningPenalty: z
    .strictObject({
      above: share.describe('Largest move without penalty, as a share'),
      efficiency: share.describe('Conversions meanwhile, against none'),
      days: z.int().min(1).describe('How long it lasts'),
    })
    .optional()
    .describe(
      'A move of more than `above` in a day brings `efficiency` for `days`, where the platform has learning phases',
    ),
  cannibalisation: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('How fast a group of campaigns runs out of common customers'),
  groupSize: z.int().min(2).default(3).describe('Campaigns of a group'),
  targetLimitedShare: share
    .default(0)
    .describe('Share of campaigns whose target CPA keeps them from spending their budget'),
  targetLimit: range(0.05, 3)
    .default([0.35, 0.9])
    .describe('What they spend at their target over their initial budget'),
  attributionSwitch: z
    .array(z.strictObject({ day: z.int().min(0), factor: z.number().positive() }))
    .default([])
    .describe('From that day of control on, one platform’s claims are multiplied; each switch another platform'),
  missingShare: share.default(0).describe('Share of days of a platform that are never reported'),
  lateShare: share.default(0).describe('Share of days of a platform that are reported two days late'),
  outages: z.int().min(0).default(0).describe('How often a platform’s claims are lost for some days, for good'),
  outageDays: range(1, 30).default([4, 8]).describe('How long each outage lasts'),
  outageKeeps: share.default(0.03).describe('Share of conversions that are tracked meanwhile'),
  storms: z.int().min(0).default(0).describe('How often a platform takes back part of the claims of ten days'),
  stormKeeps: share
    .default(0.6)
    .describe('Share of those claims that are left; half of the storms are put right after four days'),
  cancelledShare: share
    .default(0)
    .describe('Share of conversions that are taken back five to twelve days after the click'),
})

const fields = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')
    .describe('Names the family in reports'),
  what: z.string().min(1).describe('One sentence: what is particular about these markets'),
  goal: z
    .enum(['conversions', 'value'])
    .default('conversions')
    .describe('What is counted: conversions, or their value'),
  cpaCeiling: z
    .number()
    .positive()
    .optional()
    .describe(
      'Most that a conversion may cost on average, over what it cost at the initial budgets; goal conversions only',
    ),
  campaigns: z.int().min(2).max(1000).default(30).describe('How many, on five platforms'),
  warmUpDays: z.int().min(14).max(90).default(35).describe('Days on the initial budgets before control begins'),
  controlDays: z.int().min(1).max(360).default(120).describe('Days under control'),
  monthDays: z
    .int()
    .min(7)
    .max(90)
    .default(30)
    .describe('Days that one budget is for: as many times the sum of the initial budgets'),
  dayTotal: z.number().positive().default(12_000).describe('Sum of the initial budgets, main units'),
  overdispersion: z.number().min(1.01).max(10).default(1.5).describe('Variance over mean of a day’s count'),
  orderValue: z.number().positive().default(60).describe('Median value of a campaign’s mean order, main units'),
  campaignValueSd: z
    .number()
    .min(0)
    .max(2)
    .default(0)
    .describe('Spread of the mean order value between campaigns, in logs'),
  orderValueSd: z.number().min(0).max(3).default(0).describe('Spread of order values within a campaign, in logs'),
  coldShare: share.default(0).describe('Share of campaigns that start during control'),
  coldBudget: share.default(0.25).describe('Their launch budget over what others of their size came with'),
  curves: curves.prefault({}),
  levels: levels.prefault({}),
  demand: demand.prefault({}),
  delivery: delivery.prefault({}),
  lag: lag.prefault({}),
  claims: claims.prefault({}),
  faults: faults.prefault({}),
})

/** Combinations of which the oracle's bound would not be one. */
export const familySchema = fields
  .refine(({ cpaCeiling, goal }) => cpaCeiling === undefined || goal === 'conversions', {
    path: ['cpaCeiling'],
    error: 'goes with goal conversions: remove one of them',
  })
  .refine(
    ({ cpaCeiling, claims, faults: { cannibalisation } }) =>
      cpaCeiling === undefined ||
      (claims.factor[0] === 1 && claims.factor[1] === 1 && claims.organicShare === 0 && cannibalisation === 0),
    { path: ['cpaCeiling'], error: 'needs claims that are caused: remove it, or claims and faults.cannibalisation' },
  )
  .refine(({ faults, goal }) => faults.cannibalisation === 0 || goal === 'conversions', {
    path: ['faults', 'cannibalisation'],
    error: 'goes with goal conversions: remove one of them',
  })

export type Family = z.infer<typeof familySchema>

/** A market file that cannot be used: every problem with its field, value and remedy. */
export class MarketFileError extends Error {
  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'MarketFileError'
  }
}

/** @param file name to show in errors @throws MarketFileError with every problem found */
export function familyFrom(written: unknown, file: string): Family {
  const parsed = familySchema.safeParse(written)
  if (parsed.success) return parsed.data
  throw new MarketFileError(
    file,
    parsed.error.issues.flatMap((issue) => problemsOf(issue, written)),
  )
}

function problemsOf(issue: z.core.$ZodIssue, written: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${[...issue.path, key].join('.')}: is not a field of a market: remove it or correct its name`,
    )
  const value = issue.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    written,
  )
  const found = value === undefined ? 'it is missing' : `found ${JSON.stringify(value)}`
  return [`${issue.path.join('.') || 'the file'}: ${issue.message} (${found}): change it to that`]
}

export const MARKETS = fileURLToPath(new URL('markets/', import.meta.url))

/** Every market file of a folder, by name. @throws MarketFileError for the first that cannot be used */
export function loadFamilies(folder: string = MARKETS): readonly Family[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
  if (files.length === 0)
    throw new MarketFileError(folder, ['there is no .json file in this folder: give one that has market files'])
  return files.map((file) => loadFamily(join(folder, file)))
}

function loadFamily(path: string): Family {
  const file = basename(path)
  let written: unknown
  try {
    written = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new MarketFileError(file, [`not JSON: ${error instanceof Error ? error.message : String(error)}`])
  }
  return familyFrom(written, file)
}
