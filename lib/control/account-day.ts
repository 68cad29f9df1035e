import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import type { AccountDate } from '../units/calendar.ts'
import { add, type Money, zero } from '../units/money.ts'
import { commitFresh } from './commit.ts'
import { worstCase } from './exposure.ts'
import type { Loop } from './loop.ts'

export interface OpenDay {
  readonly structure: AccountStructure
  readonly date: AccountDate
  readonly factor: number
  readonly cap: Money | undefined
}

/**
 * Opens the account's day in the ledger, if it is not open yet: the worst case of every budget that is known. Budgets
 * that are seen for the first time, or differ from what is known, are added by the sync that follows. If the day is open
 * and the policy's cap is another now, the new one takes over.
 */
export async function openAccountDay(day: OpenDay, loop: Loop): Promise<void> {
  await commitFresh(loop, `opening ${accountKey(day.structure.account)} ${day.date}`, () => buildOpen(day, loop))
}

async function buildOpen(
  { structure, date, factor, cap }: OpenDay,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | undefined> {
  const { account, currency } = structure
  const ledger = await loop.money.accountDay(account, date)
  const base = { chain: accountKey(account), at: loop.clock.now(), levers: [], intents: [] } as const
  const capText = cap ? { capMicros: cap.micros.toString() } : {}
  if (ledger) {
    if (ledger.cap?.micros === cap?.micros) return undefined
    const { cap: _, ...rest } = ledger
    const next = { ...rest, ...(cap ? { cap } : {}), version: ledger.version + 1 }
    const entry: AuditEntry = { kind: 'cap-set', date, ...capText }
    return { commit: { ...base, accountDay: { next, expected: ledger.version }, entries: [entry] } }
  }
  // Read afresh: a worker may have settled something since the caller looked.
  const known = await loop.money.allLevers(account)
  const exposure = [...known.values()].reduce(
    (total, state) => add(total, worstCase(state, date, factor)),
    zero(currency),
  )
  const next = { account, date, exposure, ...(cap ? { cap } : {}), version: 1 }
  const entry: AuditEntry = { kind: 'day-opened', date, exposureMicros: exposure.micros.toString(), ...capText }
  return { commit: { ...base, accountDay: { next, expected: 0 }, entries: [entry] } }
}
