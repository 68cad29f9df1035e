import { type AccountRef, accountKey, parseAccountKey } from '../model/account.ts'
import { hashOfText, parseCanonical } from '../model/canonical.ts'
import type { HourCounts, IntradaySpend, IntradayTotal } from '../model/history.ts'
import { type AccountDate, type Instant, isoInstant } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { bigintIn, integerIn, textIn } from './attributes.ts'
import type { Database } from './database.ts'
import { type ExactJson, exactJson } from './exact-json.ts'
import { expiresAfterDate, KEPT_DAYS } from './expiry.ts'
import { intradayKey } from './keys.ts'
import { getPacked, getPackedAll, putPacked, type Unpacked } from './packed.ts'

const INTRADAY_SCHEMA = 1

/** Entity, then micros per hour with null for an hour that was not reported, then how many hours there are. */
type Row = readonly [entity: string, hours: readonly (ExactJson | null)[], length: number]

type CountRow = readonly [entity: string, impressions: number, clicks: number]

/** Impressions and clicks in turns, hour by hour, with null for an hour that was not reported; then how many hours there are. */
type HourCountRow = readonly [entity: string, counts: readonly (number | null)[], length: number]

/** Hours at the end of the day that are not reported yet are not written out. */
function rowOf(entity: string, hours: readonly (bigint | undefined)[]): Row {
  const reported = hours.findLastIndex((micros) => micros !== undefined) + 1
  const written = Array.from({ length: reported }, (_, hour) => hours[hour])
  return [entity, written.map((micros) => (micros === undefined ? null : exactJson(micros))), hours.length]
}

const hoursOf = ([, hours, length]: Row): readonly (bigint | undefined)[] =>
  Array.from({ length }, (_, hour) => {
    const micros = hours[hour]
    return micros === undefined || micros === null ? undefined : BigInt(micros)
  })

function countRowOf(entity: string, hours: readonly (HourCounts | undefined)[]): HourCountRow {
  const reported = hours.findLastIndex((one) => one !== undefined) + 1
  const written = Array.from({ length: reported }, (_, hour) => hours[hour])
  return [entity, written.flatMap((one) => [one?.impressions ?? null, one?.clicks ?? null]), hours.length]
}

const hourCountsOf = ([, counts, length]: HourCountRow): readonly (HourCounts | undefined)[] =>
  Array.from({ length }, (_, hour) => {
    const [impressions, clicks] = [counts[2 * hour], counts[2 * hour + 1]]
    return typeof impressions === 'number' && typeof clicks === 'number' ? { impressions, clicks } : undefined
  })

export function totalOf({ account, date, currency, spendMicrosByHour }: IntradaySpend): IntradayTotal {
  let spendMicros = 0n
  for (const hours of spendMicrosByHour.values()) for (const micros of hours) spendMicros += micros ?? 0n
  return { account, date, currency, spendMicros }
}

export async function putIntraday(db: Database, spend: IntradaySpend): Promise<void> {
  const entities = [...spend.spendMicrosByHour].map(([entity, hours]) => JSON.stringify(rowOf(entity, hours)))
  const counts = [...(spend.counts ?? [])].map(([entity, { impressions, clicks }]) =>
    JSON.stringify([entity, impressions, clicks] satisfies CountRow),
  )
  const hourCounts = [...(spend.countsByHour ?? [])].map(([entity, hours]) => JSON.stringify(countRowOf(entity, hours)))
  const expiresAt = expiresAfterDate(spend.date, KEPT_DAYS.intraday)
  await putPacked(db, 'facts', {
    head: intradayKey(parseAccountKey(spend.account), spend.date),
    generation: hashOfText(`${spend.readAt}\n${[...entities, ...counts, ...hourCounts].join('\n')}`).slice(0, 16),
    attributes: {
      date: spend.date,
      currency: spend.currency,
      spendMicros: totalOf(spend).spendMicros,
      entities: entities.length,
      readAtMs: spend.readAt,
      asOf: isoInstant(spend.readAt),
      expiresAt,
      schemaVersion: INTRADAY_SCHEMA,
    },
    lists: { hours: entities, counts, hourCounts },
    partsExpireAt: expiresAt,
  })
}

export async function getIntraday(
  db: Database,
  account: AccountRef,
  date: AccountDate,
): Promise<IntradaySpend | undefined> {
  const unpacked = await getPacked(db, 'facts', intradayKey(account, date))
  return unpacked && readIntraday(account, unpacked)
}

export async function getIntradays(
  db: Database,
  account: AccountRef,
  dates: readonly AccountDate[],
): Promise<readonly IntradaySpend[]> {
  const found = await getPackedAll(
    db,
    'facts',
    dates.map((date) => intradayKey(account, date)),
  )
  return found.map((unpacked) => readIntraday(account, unpacked))
}

/** Of the heads alone. */
export async function getIntradayTotals(
  db: Database,
  accounts: readonly AccountRef[],
  dates: readonly AccountDate[],
): Promise<readonly IntradayTotal[]> {
  const days = accounts.flatMap((account) => dates.map((date) => ({ account, date, key: intradayKey(account, date) })))
  const heads = await db.getAll(
    'facts',
    days.map(({ key }) => key),
  )
  const byKey = new Map(heads.map((head) => [`${textIn(head, 'pk')} ${textIn(head, 'sk')}`, head]))
  return days.flatMap(({ account, date, key }) => {
    const head = byKey.get(`${key.pk} ${key.sk}`)
    if (!head) return []
    const currency = textIn(head, 'currency') as CurrencyCode
    return { account: accountKey(account), date, currency, spendMicros: bigintIn(head, 'spendMicros') }
  })
}

function readIntraday(account: AccountRef, unpacked: Unpacked): IntradaySpend {
  const rows = parseCanonical<readonly Row[]>(unpacked.list('hours'))
  const counts = parseCanonical<readonly CountRow[]>(unpacked.list('counts'))
  const hourCounts = parseCanonical<readonly HourCountRow[]>(unpacked.list('hourCounts'))
  return {
    account: accountKey(account),
    date: textIn(unpacked.head, 'date') as AccountDate,
    currency: textIn(unpacked.head, 'currency') as CurrencyCode,
    readAt: integerIn(unpacked.head, 'readAtMs') as Instant,
    spendMicrosByHour: new Map(rows.map((row) => [row[0], hoursOf(row)])),
    ...(counts.length > 0
      ? { counts: new Map(counts.map(([entity, impressions, clicks]) => [entity, { impressions, clicks }])) }
      : {}),
    ...(hourCounts.length > 0 ? { countsByHour: new Map(hourCounts.map((row) => [row[0], hourCountsOf(row)])) } : {}),
  }
}
