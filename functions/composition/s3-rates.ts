import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '../../lib/ports/clock.ts'
import type { ExchangeRates } from '../../lib/ports/rates.ts'
import { type RateTable, rateTable } from '../../lib/store/rate-table.ts'
import { parseRates } from '../../lib/store/rates-text.ts'
import type { RatesFile } from '../../lib/store/rates-update.ts'
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

/**
 * The same object for whoever adds rates to it. It is written only as long as it is what was read: a line that somebody
 * uploads at the same time is not lost.
 */
export function s3RatesFile({ client, bucket }: Omit<S3RatesOptions, 'clock'>): RatesFile {
  const name = `s3://${bucket}/${RATES_KEY}`
  const place = { Bucket: bucket, Key: RATES_KEY }
  let etag: string | undefined
  return {
    name,
    async read() {
      etag = undefined
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(place))
        etag = ETag
        return await Body?.transformToString('utf-8')
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw new Error(`exchange rates cannot be read from ${name}: ${reasonOf(error)}`)
      }
    },
    async write(text) {
      // Without an object of before, none may be there: S3 answers the same to who may not read and to who may not list.
      const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }
      const written = new PutObjectCommand({
        ...place,
        ...condition,
        Body: text,
        ContentType: 'text/csv; charset=utf-8',
      })
      await client.send(written).catch((error: unknown) => {
        throw new Error(`exchange rates cannot be written to ${name} (${reasonOf(error)}): nothing was changed`)
      })
    },
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown failure')
const isAbsent = (error: unknown): boolean => ['NoSuchKey', 'NotFound', 'AccessDenied'].includes(reasonOf(error))
