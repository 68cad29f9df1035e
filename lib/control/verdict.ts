import type { AuditEntry } from '../model/audit.ts'
import type { Intent } from '../model/intent.ts'
import { leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { Versioned } from '../ports/store.ts'
import type { AccountDate } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { AlreadyThere } from './already-there.ts'
import { valueText } from './value-text.ts'

/** A change that may be pushed, with what it is counted at. */
export interface Granted {
  readonly intent: Intent
  readonly lever: Versioned<LeverState>
  readonly delta: Money
  readonly growth: Money
}

/** What comes of one change of a chunk at its reservation. */
export type Verdict =
  | { readonly granted: Granted }
  | { readonly there: AlreadyThere }
  | { readonly refused: string; readonly outcome: string }

/** The same for the audit. */
export function entryOf({ id, change }: Intent, verdict: Verdict, date: AccountDate): AuditEntry {
  const base = { intent: id, lever: leverKey(change.lever), date }
  if ('granted' in verdict)
    return {
      kind: 'reserved',
      ...base,
      from: valueText(change.from),
      to: valueText(change.to),
      deltaMicros: verdict.granted.delta.micros.toString(),
    }
  if ('there' in verdict) {
    const { value, delta } = verdict.there
    const known = valueText(value)
    const detail = `nothing was sent: it stands at ${known} already`
    return { kind: 'settled', ...base, outcome: 'already-there', detail, known, deltaMicros: delta.micros.toString() }
  }
  return {
    kind: 'settled',
    ...base,
    outcome: verdict.outcome,
    detail: verdict.refused,
    known: valueText(change.from),
    deltaMicros: '0',
  }
}
