import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { type IntentRecord, intentId } from '../model/intent.ts'
import { leverKey } from '../model/lever.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt } from '../units/calendar.ts'
import type { NextChunk } from './chunk.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { advanced, noProgress } from './progress.ts'
import type { Summary } from './summary.ts'
import { valueText } from './value-text.ts'

/** Takes every change of a chunk and sends none: no reservation, no lever record, only what would have been done. */
export async function shadowChunk(
  { header, chunk }: NextChunk,
  structure: AccountStructure,
  loop: Loop,
): Promise<Summary> {
  const at = loop.clock.now()
  const date = dateAt(at, structure.zone)
  const key = accountKey(structure.account)
  await commitFresh(loop, `shadowing ${header.id}`, async () => {
    const progress = (await loop.plans.progress(header.id)) ?? noProgress(header)
    if ((progress.cursors[key] ?? 0) !== chunk.index) return undefined
    const intents = chunk.changes.map(
      ({ change }): IntentRecord => ({
        intent: {
          id: intentId(header.id, leverKey(change.lever)),
          plan: header.id,
          portfolio: header.portfolio,
          change,
          at,
          leaseUntil: at,
        },
        outcome: { kind: 'shadowed' },
        settledAt: at,
      }),
    )
    const entries = intents.map(
      ({ intent }): AuditEntry => ({
        kind: 'settled',
        intent: intent.id,
        lever: leverKey(intent.change.lever),
        outcome: 'shadowed',
        detail: `would be ${valueText(intent.change.to)}`,
        known: valueText(intent.change.from),
        date,
        deltaMicros: '0',
      }),
    )
    const commit = {
      chain: key,
      at,
      levers: [],
      intents,
      progress: { next: advanced(progress, { account: key, chunks: 1 }), expected: progress.version },
      entries,
    }
    return { commit }
  })
  return { plan: header.id, chunk: chunk.index, phase: chunk.phase, shadowed: chunk.changes.length }
}
