import { type AccountRef, accountKey } from '../model/account.ts'
import { PlatformError } from '../model/failure.ts'
import { isBudget, sameValue } from '../model/lever.ts'
import { MINUTE_MS } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import type { Summary } from './summary.ts'

/** What a pull has read so lately is not looked at again. */
const FRESH_MS = 5 * MINUTE_MS

/**
 * Looks every quarter of an hour whether the budgets that can spend stand where they are known to: one light reading of
 * values. Where one does not, the account is pulled at once, which finds out who set it and has it cut back if need be:
 * an edit outside the caps does not spend until the hour is full.
 */
export async function lookForEdits(account: AccountRef, loop: Loop): Promise<Summary> {
  const now = loop.clock.now()
  const status = await loop.facts.pullStatus(account)
  if (!status || now - status.structureAt < FRESH_MS) return {}
  const states = [...(await loop.money.allLevers(account)).values()].filter(
    ({ lever, idle, pending }) => isBudget(lever) && !idle && !pending,
  )
  if (states.length === 0) return {}
  try {
    const live = await loop.platforms(account.platform).reader.live(
      account,
      states.map(({ lever }) => lever),
    )
    const moved = states.filter(({ known }, i) => {
      const value = live[i]?.value
      return !value || !sameValue(value, known)
    }).length
    if (moved > 0) await loop.queue.send([{ stage: 'pull', key: accountKey(account), turn: now, attempt: 0 }])
    return { looked: states.length, moved }
  } catch (error) {
    // What was to be settled is settled; the next quarter looks again, and the pull tells of the platform's trouble.
    if (error instanceof PlatformError) return { looked: 0, why: error.message }
    throw error
  }
}
