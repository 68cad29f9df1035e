import { accountKey } from '../model/account.ts'
import { type Alert, alertEntry, isUnresolved, subjectKey } from '../model/alert.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { AlertStore, Versioned } from '../ports/store.ts'
import { isoInstant } from '../units/calendar.ts'
import { type Attributes, textIn } from './attributes.ts'
import { transactAudited } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { ABSENT, condition } from './expressions.ts'
import { ALERT_PREFIX, accountPk, alertKey } from './keys.ts'

/** The audit chain of what became of alerts. */
export const ALERTS_CHAIN = 'alerts'
const ALERT_SCHEMA = 1

export function dynamoAlertStore(backing: Backing): AlertStore {
  const db = database(backing)
  return {
    async all(account) {
      const items = await db.query('control', { pk: accountPk(account), prefix: ALERT_PREFIX, newestFirst: true })
      return items.map((item) => parseCanonical<Alert>(textIn(item, 'record')))
    },
    put: (alert) => putAlert(db, alert),
  }
}

const keyOf = ({ account, firstAt, id }: Alert) => alertKey(account, firstAt, id)
const unseen = (expected: number) => (expected === 0 ? ABSENT : condition('#version = :expected', { expected }))

/** @throws Error when the audit's chain could not be written for all the others that were being written */
async function putAlert(db: Database, { next, expected }: Versioned<Alert>): Promise<boolean> {
  const name = `alert ${next.id}`
  const result = await transactAudited(db, {
    token: [name, next.version, next.state, next.at].join('\n'),
    chain: ALERTS_CHAIN,
    at: next.at,
    actions: [
      { kind: 'put', name, table: 'control', key: keyOf(next), attributes: attributesOf(next), when: unseen(expected) },
    ],
    entries: [alertEntry(next)],
  })
  if (result.kind === 'committed') return true
  if (result.on.includes(name)) return false
  throw new Error(`could not record alert ${next.id}: too many others are writing ${result.on.join(', ')}; try again`)
}

function attributesOf(alert: Alert): Attributes {
  const { id, version, rule, portfolio, account, subject, state, waiting } = alert
  return {
    alertId: id,
    version,
    rule,
    portfolio,
    account: accountKey(account),
    subject: subjectKey(subject),
    state,
    what: alert.what,
    remedy: alert.remedy,
    waitingMicrosPerHour: waiting.perHour.micros,
    waitingKind: waiting.kind,
    currency: waiting.perHour.currency,
    firstAt: isoInstant(alert.firstAt),
    lastAt: isoInstant(alert.lastAt),
    toldAt: isoInstant(alert.toldAt),
    by: alert.by,
    asOf: isoInstant(alert.at),
    record: canonicalJson(alert),
    expiresAt: isUnresolved(alert) ? undefined : expiresAfter(alert.at, KEPT_DAYS.alert),
    schemaVersion: ALERT_SCHEMA,
  }
}
