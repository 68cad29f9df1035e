import type { AccountRef } from '../model/account.ts'
import { canonicalJson, hashOfText, parseCanonical } from '../model/canonical.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { integerIn, textIn } from './attributes.ts'
import type { Database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { condition } from './expressions.ts'
import { structureKey } from './keys.ts'
import { getPacked, putPacked } from './packed.ts'

const STRUCTURE_SCHEMA = 1
/** Parts are written anew when less than this is left of their time. */
const REFRESH_DAYS = 3
const LISTS = ['campaigns', 'adGroups', 'budgets', 'experiments'] as const

/** Most readings find nothing changed: they only move the instant on, in one small write. */
export async function putStructure(db: Database, structure: AccountStructure): Promise<void> {
  const { account, readAt, campaigns, adGroups, budgets, experiments, ...rest } = structure
  const lists = Object.fromEntries(
    Object.entries({ campaigns, adGroups, budgets, experiments }).map(([name, list]) => [
      name,
      list.map((element) => canonicalJson(element)),
    ]),
  )
  const restText = canonicalJson(rest)
  const contentHash = hashOfText([restText, ...LISTS.map((name) => `[${lists[name]?.join(',')}]`)].join('\n'))
  const head = structureKey(account)
  const readings = { readAtMs: readAt, asOf: isoInstant(readAt) }
  const sameAndFresh = condition(
    '#contentHash = :contentHash AND (attribute_not_exists(#partsExpireAt) OR #partsExpireAt > :soon)',
    { contentHash, soon: expiresAfter(readAt, REFRESH_DAYS) },
  )
  if (await db.update('facts', head, { set: readings }, sameAndFresh)) return
  await putPacked(db, 'facts', {
    head,
    generation: contentHash.slice(0, 16),
    attributes: {
      accountName: rest.name,
      currency: rest.currency,
      zone: rest.zone,
      campaigns: campaigns.length,
      adGroups: adGroups.length,
      budgets: budgets.length,
      blockers: rest.blockers.length,
      remainingSpendCapMicros: rest.remainingSpendCap?.micros,
      ...readings,
      record: restText,
      contentHash,
      schemaVersion: STRUCTURE_SCHEMA,
    },
    lists,
    partsExpireAt: expiresAfter(readAt, KEPT_DAYS.structurePart),
  })
}

export async function getStructure(db: Database, account: AccountRef): Promise<AccountStructure | undefined> {
  const unpacked = await getPacked(db, 'facts', structureKey(account))
  if (!unpacked) return undefined
  const { head, list } = unpacked
  const lists = Object.fromEntries(LISTS.map((name) => [name, parseCanonical(list(name))]))
  return {
    ...parseCanonical<Omit<AccountStructure, (typeof LISTS)[number] | 'account' | 'readAt'>>(textIn(head, 'record')),
    ...(lists as Pick<AccountStructure, (typeof LISTS)[number]>),
    account,
    readAt: integerIn(head, 'readAtMs') as Instant,
  }
}
