import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '../../lib/ports/clock.ts'
import type { ExchangeRates } from '../../lib/ports/rates.ts'
import { type RateTable, rateTable } from '../../lib/store/rate-table.ts'
import { parseRates } from '../../lib/store/rates-text.ts'
import { HOUR_MS, type Instant, later } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'

/** Where the exchange rates lie in the archive bucket. New rates need an upload, not a deployment. */
export const RATES_KEY = 'rates/rates.csv'

export interface S3RatesOptions {
  readonly client: S3Client
  readonly bucket: string
  readonly clock: Clock
}

/**
 * Exchange rates from one object in S3, read again after an hour. Who has one currency only needs none.
 *
 * @throws (each call) Error that says where to put the file when it cannot be read, RangeError for what is wrong in it
 */
export function s3Rates({ client, bucket, clock }: S3RatesOptions): ExchangeRates {
  let known: { readonly table: RateTable; readonly until: Instant } | undefined
  async function current(): Promise<RateTable> {
    if (known && clock.now() < known.until) return known.table
    const table = rateTable(parseRates(await readText(client, bucket), `s3://${bucket}/${RATES_KEY}`))
    known = { table, until: later(clock.now(), HOUR_MS) }
    return table
  }
  return {
    rate: async (from, to, on) => (from === to ? identityRate(from, on) : (await current())(from, to, on)),
  }
}

async function readText(client: S3Client, bucket: string): Promise<string> {
  const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: RATES_KEY })).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown failure'
    throw new Error(`exchange rates cannot be read from s3://${bucket}/${RATES_KEY} (${reason}): upload them there`)
  })
  if (!object.Body) throw new Error(`exchange rates in s3://${bucket}/${RATES_KEY} are empty: upload them again`)
  return object.Body.transformToString('utf-8')
}
