import { type AccountRef, type AdGroupId, accountKey, type CampaignId } from '../model/account.ts'
import type { EntityHistory, Revision } from '../model/history.ts'
import type { PerformanceRow } from '../model/performance.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { type Item, optionalTextIn, textIn, toItem } from './attributes.ts'
import { chunksOf } from './batches.ts'
import type { Database } from './database.ts'
import { expiresAfterDate, KEPT_DAYS } from './expiry.ts'
import {
  type ConversionColumns,
  conversionColumns,
  conversionsAt,
  type HistoryColumns,
  historyColumns,
  historyDays,
} from './history-columns.ts'
import { type Entity, type KnownHistory, type Merge, mergeDays, openRevisions } from './history-merge.ts'
import { accountPk, HISTORY_PREFIX, historyKey, LAST, revisionKey, revisionPrefix } from './keys.ts'
import { campaignRevisions, type EntityRevisions } from './revisions.ts'

const HISTORY_SCHEMA = 1
/** Entities whose days are decoded at a time, so that an account of thousands does not hold all of them at once. */
const MERGED_TOGETHER = 500

const entityText = ({ campaign, adGroup }: Entity): string =>
  adGroup === undefined ? campaign : `${campaign}/${adGroup}`

/**
 * One item per entity holds its 90 days. Revisions are written once a day per entity, when the reading day they belong
 * to is over; until then they are told by the history item itself. They go first: a kill in between repeats them.
 */
export async function mergeHistory(
  db: Database,
  account: AccountRef,
  rows: readonly PerformanceRow[],
  readOn: AccountDate,
): Promise<number> {
  if (rows.length === 0) return 0
  const known = new Map((await knownHistories(db, account)).map((history) => [entityText(history), history]))
  let changedDays = 0
  for (const batch of chunksOf([...Map.groupBy(rows, entityText)], MERGED_TOGETHER))
    changedDays += await mergeEntities(db, account, known, batch, readOn)
  return changedDays
}

async function mergeEntities(
  db: Database,
  account: AccountRef,
  known: ReadonlyMap<string, KnownHistory>,
  reported: readonly (readonly [string, readonly PerformanceRow[]])[],
  readOn: AccountDate,
): Promise<number> {
  const merges = reported.flatMap(([entity, rows]) => mergeDays(known.get(entity), rows, readOn) ?? [])
  await db.putAll(
    'facts',
    merges.map((merge) => revisionItem(account, merge)).filter((item) => item !== undefined),
  )
  await db.putAll(
    'facts',
    merges.map(({ next }) => historyItem(account, next)),
  )
  return merges.reduce((sum, { changedDays }) => sum + changedDays, 0)
}

export async function histories(db: Database, account: AccountRef): Promise<readonly EntityHistory[]> {
  const known = await knownHistories(db, account)
  return known.map((history) => ({
    account: accountKey(account),
    campaign: history.campaign,
    ...(history.adGroup !== undefined && { adGroup: history.adGroup }),
    currency: history.currency,
    get days() {
      return history.days
    },
  }))
}

async function knownHistories(db: Database, account: AccountRef): Promise<readonly KnownHistory[]> {
  const items = await db.query('facts', { pk: accountPk(account), prefix: HISTORY_PREFIX })
  return items.map(readHistory)
}

function historyItem(account: AccountRef, history: KnownHistory): Item {
  const { campaign, adGroup, currency, days, readOn, changed } = history
  return toItem({
    ...historyKey(account, campaign, adGroup),
    campaignId: campaign,
    adGroupId: adGroup,
    currency,
    firstDate: days[0]?.date,
    lastDate: days.at(-1)?.date,
    spendMicros: days.reduce((sum, { spendMicros }) => sum + spendMicros, 0n),
    dayCount: days.length,
    columns: JSON.stringify(historyColumns(days)),
    readOn,
    asOf: readOn,
    changedOnReadOn: JSON.stringify(changed),
    expiresAt: expiresAfterDate(readOn, KEPT_DAYS.record),
    schemaVersion: HISTORY_SCHEMA,
  })
}

/** The days are decoded whenever they are asked for: as objects, those of 10,000 campaigns would take 250 MB. */
function readHistory(item: Item): KnownHistory {
  const columns = textIn(item, 'columns')
  const adGroup = optionalTextIn(item, 'adGroupId') as AdGroupId | undefined
  return {
    campaign: textIn(item, 'campaignId') as CampaignId,
    ...(adGroup !== undefined && { adGroup }),
    currency: textIn(item, 'currency') as CurrencyCode,
    get days() {
      return historyDays(JSON.parse(columns) as HistoryColumns)
    },
    readOn: textIn(item, 'readOn') as AccountDate,
    changed: JSON.parse(textIn(item, 'changedOnReadOn')) as readonly AccountDate[],
  }
}

interface RevisionColumns {
  /** Account days from each date to the reading. */
  readonly ageDays: readonly number[]
  readonly conversions: ConversionColumns
}

function revisionItem(account: AccountRef, { next, over }: Merge): Item | undefined {
  if (!over || over.revisions.length === 0) return undefined
  const columns: RevisionColumns = {
    ageDays: over.revisions.map(({ ageDays }) => ageDays),
    conversions: conversionColumns(over.revisions.map(({ conversions }) => conversions)),
  }
  return toItem({
    ...revisionKey(account, next.campaign, over.readOn, next.adGroup),
    campaignId: next.campaign,
    adGroupId: next.adGroup,
    currency: next.currency,
    readOn: over.readOn,
    asOf: over.readOn,
    columns: JSON.stringify(columns),
    expiresAt: expiresAfterDate(over.readOn, KEPT_DAYS.revision),
    schemaVersion: HISTORY_SCHEMA,
  })
}

function readRevisions(item: Item): readonly Revision[] {
  const { ageDays, conversions } = JSON.parse(textIn(item, 'columns')) as RevisionColumns
  const readOn = textIn(item, 'readOn') as AccountDate
  return ageDays.map((age, index) => ({
    date: addDays(readOn, -age),
    ageDays: age,
    conversions: conversionsAt(conversions, index),
  }))
}

/** Of the campaign as a whole; where only its ad groups are reported, of their sum. */
export async function revisions(db: Database, account: AccountRef, campaign: CampaignId): Promise<readonly Revision[]> {
  const pk = accountPk(account)
  const own = historyKey(account, campaign)
  const [items, stored] = await Promise.all([
    // The campaign's own key and its ad groups' behind it; nothing that a longer id begins with lies between.
    db.query('facts', { pk, between: [own.sk, `${own.sk}#${LAST}`] }),
    db.query('facts', { pk, prefix: revisionPrefix(campaign) }),
  ])
  const open = items.map(readHistory)
  const all: EntityRevisions[] = [
    ...stored.map((item) => ({ entity: optionalTextIn(item, 'adGroupId') ?? '', revisions: readRevisions(item) })),
    ...open.map((history) => ({ entity: history.adGroup ?? '', revisions: openRevisions(history) })),
  ]
  return campaignRevisions(all)
}
