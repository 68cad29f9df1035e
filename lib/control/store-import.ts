import { type AccountKey, accountKey } from '../model/account.ts'
import type { PullStatus } from '../model/history.ts'
import type { PerformanceRow } from '../model/performance.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, dateAt } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'

/** Why an account's files are not taken over. */
export class ImportRefused extends Error {
  constructor(account: AccountKey, why: string) {
    super(`${account} is not imported: ${why}`)
    this.name = 'ImportRefused'
  }
}

/** An account as it was read from files. */
export interface ImportedFacts {
  readonly structure: AccountStructure
  /** Whole days only. */
  readonly rows: readonly PerformanceRow[]
}

export interface StoredImport {
  readonly daysChanged: number
  readonly settingsChanged: boolean
}

/** @throws ImportRefused where the account is read from its platform, or a policy would let its plans be pushed */
export async function checkMayImport(
  { account }: Pick<AccountStructure, 'account'>,
  loop: Pick<Loop, 'facts' | 'policies'>,
): Promise<void> {
  const key = accountKey(account)
  const known = await loop.facts.structure(account)
  if (known && known.source !== 'import')
    throw new ImportRefused(key, 'it is read from its platform already, and files would replace what was read')
  const pushing = policiesOf(await loop.policies.all(), account).find(({ policy }) => mayPush(policy.mode))
  if (pushing)
    throw new ImportRefused(
      key,
      `the policy of ${pushing.policy.portfolio} is in mode ${pushing.policy.mode}, and what comes from files is only looked at: set mode: shadow or mode: observe in it and store it first`,
    )
}

export const mayPush = (mode: PolicyVersion['policy']['mode']): boolean => mode === 'approve' || mode === 'auto'

/**
 * Stores an account that was read from files as a pull would store what it reads, and marks it: no record of a lever is
 * made, so that nothing of it can be reserved, pushed or verified. The same files again change nothing. Files that were
 * downloaded before those of the last import only add days that are not known.
 *
 * @throws ImportRefused as `checkMayImport`
 */
export async function storeImport(
  { structure, rows }: ImportedFacts,
  loop: Pick<Loop, 'facts' | 'policies'>,
): Promise<StoredImport> {
  await checkMayImport(structure, loop)
  const { account, readAt, zone } = structure
  const before = await loop.facts.pullStatus(account)
  const isOlder = before !== undefined && readAt < before.structureAt
  const newRows = isOlder ? await unknownDays({ structure, rows }, loop) : rows
  const readOn = dateAt(isOlder ? before.structureAt : readAt, zone)
  const daysChanged = await loop.facts.mergeHistory(account, newRows, readOn)
  const settingsChanged = !isOlder && readAt !== before?.structureAt
  if (settingsChanged) await loop.facts.putStructure(structure)
  const next = statusOf({ structure, rows }, before)
  if (settingsChanged || daysChanged > 0) await loop.facts.putPullStatus(next)
  return { daysChanged, settingsChanged }
}

async function unknownDays(
  { structure, rows }: ImportedFacts,
  loop: Pick<Loop, 'facts'>,
): Promise<readonly PerformanceRow[]> {
  const known = new Set(
    (await loop.facts.histories(structure.account)).flatMap(({ campaign, adGroup, days }) =>
      days.map(({ date }) => `${campaign}/${adGroup ?? ''}/${date}`),
    ),
  )
  return rows.filter(({ campaign, adGroup, date }) => !known.has(`${campaign}/${adGroup ?? ''}/${date}`))
}

function statusOf({ structure, rows }: ImportedFacts, before: PullStatus | undefined): PullStatus {
  const days = [...rows.map(({ date }) => date), ...(before?.historyTo ? [before.historyTo] : [])]
  const historyTo = days.toSorted().at(-1)
  const readAt = before && before.structureAt > structure.readAt ? before.structureAt : structure.readAt
  return {
    account: accountKey(structure.account),
    source: 'import',
    structureAt: readAt,
    spendAt: readAt,
    ...(historyTo === undefined ? {} : { historyAt: readAt, historyTo }),
    // What the platform's totals say is of whole periods: of single days nothing is known to be missing.
    unexplainedMicros: new Map<AccountDate, bigint>(),
  }
}
