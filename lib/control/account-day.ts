import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { AccountDayLedger } from '../model/ledger.ts'
import type { LeverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import type { AccountDate } from '../units/calendar.ts'
import { compare, larger, type Money, subtract } from '../units/money.ts'
import { commitFresh } from './commit.ts'
import { worstCaseOf } from './exposure.ts'
import type { Loop } from './loop.ts'

export interface OpenDay {
  readonly structure: AccountStructure
  readonly date: AccountDate
  readonly factor: number
  readonly cap: Money | undefined
  /** Levers as the caller read them just before. */
  readonly seen: ReadonlyMap<LeverKey, LeverState>
}

/**
 * Opens the account's day in the ledger, if it is not open yet: the worst case of every budget that is known. Budgets
 * that are seen for the first time, or differ from what is known, are added by the sync that follows. If the day is open
 * and the policies' cap or over-delivery factor is another now, the new one takes over; what is counted already is never
 * taken back.
 */
export async function openAccountDay(day: OpenDay, loop: Loop): Promise<void> {
  const what = `opening ${accountKey(day.structure.account)} ${day.date}`
  const opened = await commitFresh(loop, what, () => buildOpen(day, loop))
  if (opened?.commit.accountDay?.expected !== 0) return
  // Somebody may have reserved for the day before while this one was counted; from here on nobody does any more.
  await commitFresh(loop, what, async () => {
    const seen = await loop.money.allLevers(day.structure.account)
    return buildOpen({ ...day, seen }, loop)
  })
}

async function buildOpen(
  { structure, date, factor, cap, seen }: OpenDay,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const { account, currency } = structure
  const ledger = await loop.money.accountDay(account, date)
  // Most turns find the day open as it should be. What was seen is older than the ledger just read, and every rise of a
  // worst case is in the ledger with it: whatever is missing there, what was seen shows.
  if (ledger && differences(ledger, worstCaseOf(seen.values(), date, factor, currency), cap).length === 0)
    return undefined
  const base = { chain: accountKey(account), at: loop.clock.now(), levers: [], intents: [] } as const
  const capText = cap ? { capMicros: cap.micros.toString() } : {}
  // Read afresh: a worker may have settled something since the caller looked.
  const known = await loop.money.allLevers(account)
  const exposure = worstCaseOf(known.values(), date, factor, currency)
  if (ledger) {
    const entries = differences(ledger, exposure, cap)
    if (entries.length === 0) return undefined
    const { cap: _, ...rest } = ledger
    const next = {
      ...rest,
      exposure: larger(ledger.exposure, exposure),
      ...(cap ? { cap } : {}),
      version: ledger.version + 1,
    }
    return { commit: { ...base, accountDay: { next, expected: ledger.version }, entries } }
  }
  const next = { account, date, exposure, ...(cap ? { cap } : {}), version: 1 }
  const entry: AuditEntry = { kind: 'day-opened', date, exposureMicros: exposure.micros.toString(), ...capText }
  return { commit: { ...base, accountDay: { next, expected: 0 }, entries: [entry] } }
}

/** What of an open day is no longer as the policies say: its cap, or, with a larger over-delivery factor, its worst case. */
function differences(ledger: AccountDayLedger, exposure: Money, cap: Money | undefined): readonly AuditEntry[] {
  const entries: AuditEntry[] = []
  if (ledger.cap?.micros !== cap?.micros)
    entries.push({ kind: 'cap-set', date: ledger.date, ...(cap ? { capMicros: cap.micros.toString() } : {}) })
  if (compare(exposure, ledger.exposure) > 0)
    entries.push({
      kind: 'observed',
      lever: `${accountKey(ledger.account)}/all budgets`,
      from: ledger.exposure.micros.toString(),
      to: exposure.micros.toString(),
      resolution: 'counted again: a day may cost more than was reckoned with',
      date: ledger.date,
      deltaMicros: subtract(exposure, ledger.exposure).micros.toString(),
    })
  return entries
}
