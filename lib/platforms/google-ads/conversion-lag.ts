import * as z from 'zod'
import type { AccountRef } from '../../model/account.ts'
import { type ConversionRule, ruleKey } from '../../model/conversions.ts'
import type { LagBucket } from '../../model/evidence.ts'
import type { Clock } from '../../ports/clock.ts'
import { addDays, dateAt } from '../../units/calendar.ts'
import { type Customer, ownAccount } from './account.ts'
import { matchRules } from './conversion-actions.ts'
import { between } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { real } from './schema.ts'

/**
 * Clicks whose lags are counted, in days before today: the youngest have had their 60 days, as far as lags are followed,
 * and the oldest are of the same time of year.
 */
const CLICKS = { oldest: 120, youngest: 61 } as const

const DAYS = 'ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN'.split(' ')

/**
 * ConversionOrAdjustmentLagBucket without its first word, in days from (included) and to (excluded).
 *
 * Source: https://developers.google.com/google-ads/api/reference/rpc/v25/ConversionOrAdjustmentLagBucketEnum.ConversionOrAdjustmentLagBucket
 */
const BUCKETS: ReadonlyMap<string, readonly [fromDays: number, toDays: number]> = new Map([
  ['LESS_THAN_ONE_DAY', [0, 1]],
  ...DAYS.slice(0, -1).map((name, i) => [`${name}_TO_${DAYS[i + 1]}_DAYS`, [i + 1, i + 2]] as const),
  ['FOURTEEN_TO_TWENTY_ONE_DAYS', [14, 21]],
  ['TWENTY_ONE_TO_THIRTY_DAYS', [21, 30]],
  ['THIRTY_TO_FORTY_FIVE_DAYS', [30, 45]],
  ['FORTY_FIVE_TO_SIXTY_DAYS', [45, 60]],
  ['SIXTY_TO_NINETY_DAYS', [60, 90]],
  ['NINETY_TO_ONE_HUNDRED_AND_FORTY_FIVE_DAYS', [90, 145]],
])

const row = z.object({
  segments: z.object({ conversionAction: z.string(), conversionOrAdjustmentLagBucket: z.string() }),
  metrics: z
    .object({ conversions: real.optional(), allConversions: real.optional() })
    .transform(({ conversions, allConversions }) => conversions ?? allConversions ?? 0),
})

const queryOf = (isPrimary: boolean, days: string): string =>
  'SELECT segments.conversion_action, segments.conversion_or_adjustment_lag_bucket, ' +
  `metrics.${isPrimary ? 'conversions' : 'all_conversions'} FROM customer WHERE ${days}`

/** A bucket without days (`CONVERSION_UNKNOWN`), or one that is new, says nothing. */
function bucketOf({ segments, metrics: conversions }: z.infer<typeof row>): LagBucket | undefined {
  const days = BUCKETS.get(segments.conversionOrAdjustmentLagBucket.replace(/^(CONVERSION|ADJUSTMENT)_/, ''))
  return days && { fromDays: days[0], toDays: days[1], conversions }
}

/**
 * Conversions, and what adjustments took back, by days after the click, as the account counts them itself. Rules that put
 * conversions on another day than the click's are left out: their days do not wait for conversions.
 *
 * @throws PlatformError
 */
export async function readConversionLag(
  rest: GoogleAdsRest,
  clock: Clock,
  account: AccountRef,
  { zone }: Customer,
  rules: readonly ConversionRule[],
): Promise<ReadonlyMap<string, readonly LagBucket[]>> {
  const id = ownAccount(account)
  const today = dateAt(clock.now(), zone)
  const days = between(addDays(today, -CLICKS.oldest), addDays(today, -CLICKS.youngest))
  const byClick = rules.filter(({ basis }) => basis === 'click')
  const matched = Map.groupBy(await matchRules(rest, id, byClick), ({ isPrimary }) => isPrimary)
  const found = new Map<string, readonly LagBucket[]>()
  for (const [isPrimary, own] of matched) {
    const rows = await rest.rows(id, queryOf(isPrimary, days), row)
    const byAction = Map.groupBy(rows, ({ segments }) => segments.conversionAction)
    for (const { rule, action } of own)
      found.set(
        ruleKey(rule),
        (byAction.get(action) ?? []).flatMap((one) => bucketOf(one) ?? []),
      )
  }
  return new Map([...found].filter(([, buckets]) => buckets.length > 0))
}
