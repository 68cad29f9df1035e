import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { intentId } from '../model/intent.ts'
import { leverKey } from '../model/lever.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt } from '../units/calendar.ts'
import type { NextChunk } from './chunk.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { advanced, noProgress } from './progress.ts'
import type { Summary } from './summary.ts'
import { valueText } from './value-text.ts'

/** Passes over a whole chunk without sending anything, and says why in the audit. */
export async function giveUpChunk(
  next: NextChunk,
  structure: AccountStructure,
  why: string,
  loop: Loop,
): Promise<Summary> {
  const { header, chunk } = next
  const at = loop.clock.now()
  const date = dateAt(at, structure.zone)
  await commitFresh(loop, `passing over ${header.id}`, async () => {
    const progress = (await loop.plans.progress(header.id)) ?? noProgress(header)
    const key = accountKey(structure.account)
    // Somebody else was here already.
    if ((progress.cursors[key] ?? 0) !== chunk.index) return undefined
    const entries = chunk.changes.map(
      ({ change }): AuditEntry => ({
        kind: 'settled',
        intent: intentId(header.id, leverKey(change.lever)),
        lever: leverKey(change.lever),
        outcome: 'not sent',
        detail: why,
        known: valueText(change.from),
        date,
        deltaMicros: '0',
      }),
    )
    const commit = {
      chain: key,
      at,
      levers: [],
      intents: [],
      progress: { next: advanced(progress, { account: key, chunks: 1 }), expected: progress.version },
      entries,
    }
    return { commit }
  })
  return { plan: header.id, chunk: chunk.index, phase: chunk.phase, notSent: chunk.changes.length, why }
}
