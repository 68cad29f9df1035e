import { type AccountRef, accountKey, parseAccountKey } from '../model/account.ts'
import { canonicalJson, hashOfText, parseCanonical } from '../model/canonical.ts'
import type { PullStatus } from '../model/history.ts'
import { leverKey } from '../model/lever.ts'
import type { Drift } from '../model/lever-state.ts'
import type { ChangeEvent } from '../model/structure.ts'
import type { FactStore } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, textIn, toItem } from './attributes.ts'
import { type Backing, type Database, database } from './database.ts'
import { getEvidence, putEvidence } from './evidence-items.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { histories, mergeHistory, revisions } from './history-items.ts'
import { getIntraday, getIntradays, getIntradayTotals, putIntraday } from './intraday-items.ts'
import { accountPk, CHANGE_PREFIX, changeKey, DRIFT_PREFIX, driftKey, LAST, pullKey, sortableInstant } from './keys.ts'
import { getStructure, putStructure } from './structure-items.ts'

const FACT_SCHEMA = 1

export function dynamoFactStore(backing: Backing): FactStore {
  const db = database(backing)
  return {
    putStructure: (structure) => putStructure(db, structure),
    structure: (account) => getStructure(db, account),
    putIntraday: (spend) => putIntraday(db, spend),
    intraday: (account, date) => getIntraday(db, account, date),
    intradays: (account, dates) => getIntradays(db, account, dates),
    intradayTotals: (accounts, dates) => getIntradayTotals(db, accounts, dates),
    mergeHistory: (account, rows, readOn) => mergeHistory(db, account, rows, readOn),
    histories: (account) => histories(db, account),
    revisions: (account, campaign) => revisions(db, account, campaign),
    putChanges: (account, events) => putChanges(db, account, events),
    changes: async (account, since) =>
      (await itemsSince(db, account, CHANGE_PREFIX, since)).map((item) =>
        parseCanonical<ChangeEvent>(textIn(item, 'record')),
      ),
    putDrifts: (drifts) => db.putAll('facts', oncePerKey(drifts.map(driftItem))),
    drifts: async (account, since) =>
      (await itemsSince(db, account, DRIFT_PREFIX, since)).map((item) => parseCanonical<Drift>(textIn(item, 'record'))),
    putPullStatus: (status) => putPullStatus(db, status),
    async pullStatus(account) {
      const item = await db.get('facts', pullKey(account))
      return item && parseCanonical<PullStatus>(textIn(item, 'record'))
    },
    putEvidence: (evidence) => putEvidence(db, evidence),
    evidence: (account) => getEvidence(db, account),
  }
}

/** Items whose keys go on with an instant, from `since` on. */
const itemsSince = (db: Database, account: AccountRef, prefix: string, since: Instant): Promise<readonly Item[]> =>
  db.query('facts', {
    pk: accountPk(account),
    between: [`${prefix}${sortableInstant(since)}`, `${prefix}${LAST}`],
  })

/** One request may not write a key twice; the last one counts. */
const oncePerKey = (items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [`${textIn(item, 'pk')} ${textIn(item, 'sk')}`, item])).values(),
]

/** Pulls look back further than they must, so that most events are known already: those are not written again. */
async function putChanges(db: Database, account: AccountRef, events: readonly ChangeEvent[]): Promise<void> {
  if (events.length === 0) return
  const items = new Map(events.map((event) => changeItem(account, event)).map((item) => [textIn(item, 'sk'), item]))
  const earliest = Math.min(...events.map(({ at }) => at)) as Instant
  for (const known of await itemsSince(db, account, CHANGE_PREFIX, earliest)) items.delete(textIn(known, 'sk'))
  await db.putAll('facts', [...items.values()])
}

function changeItem(account: AccountRef, event: ChangeEvent): Item {
  const record = canonicalJson(event)
  return toItem({
    ...changeKey(account, event.at, hashOfText(record).slice(0, 12)),
    actor: event.actor,
    origin: event.origin,
    entity: `${event.entity.kind}/${event.entity.id}`,
    field: event.field,
    from: event.from,
    to: event.to,
    asOf: isoInstant(event.at),
    record,
    expiresAt: expiresAfter(event.at, KEPT_DAYS.changeEvent),
    schemaVersion: FACT_SCHEMA,
  })
}

function driftItem(drift: Drift): Item {
  const { lever, seenAt, resolution, detail, actor } = drift
  return toItem({
    ...driftKey(lever.account, seenAt, leverKey(lever)),
    lever: leverKey(lever),
    resolution,
    detail,
    actor,
    asOf: isoInstant(seenAt),
    record: canonicalJson(drift),
    expiresAt: expiresAfter(seenAt, KEPT_DAYS.record),
    schemaVersion: FACT_SCHEMA,
  })
}

async function putPullStatus(db: Database, status: PullStatus): Promise<void> {
  const account = parseAccountKey(status.account)
  const unexplained = [...status.unexplainedMicros.values()].reduce((sum, micros) => sum + micros, 0n)
  await db.put('facts', pullKey(account), {
    account: accountKey(account),
    structureAt: isoInstant(status.structureAt),
    spendAt: isoInstant(status.spendAt),
    historyAt: status.historyAt && isoInstant(status.historyAt),
    historyTo: status.historyTo,
    unexplainedMicros: unexplained,
    asOf: isoInstant(status.spendAt),
    record: canonicalJson(status),
    schemaVersion: FACT_SCHEMA,
  })
}
