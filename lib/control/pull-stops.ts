import { accountKey, type PortfolioId } from '../model/account.ts'
import { PlatformError } from '../model/failure.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { recordedStop, type SpendStops, type StopsOnRecord } from '../model/spend-stop.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { Instant } from '../units/calendar.ts'
import { asksForStops, dueStops } from './due-stops.ts'
import { failureText } from './failure-text.ts'
import type { Loop } from './loop.ts'

export type ReadStops = SpendStops | { readonly problem: string }

/**
 * The rules of ours at the platform, where one is wanted or may still stand. A platform that does not let them be read keeps
 * nothing else of a pull from being done.
 */
export async function readSpendStops(
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  before: StopsOnRecord | undefined,
  loop: Loop,
): Promise<ReadStops | undefined> {
  const { account } = structure
  const { reader } = loop.platforms(account.platform)
  if (!reader.spendStops || !asksForStops(policies, structure, before)) return undefined
  try {
    return await reader.spendStops(account)
  } catch (error) {
    if (error instanceof PlatformError) return { problem: failureText(error.failure) }
    throw error
  }
}

/**
 * Asks for the account to be acted on where the rules are not as its policies want them; at every pull until they are.
 *
 * @returns what the pull leaves on record
 */
export async function askForStops(
  read: ReadStops | undefined,
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  before: StopsOnRecord | undefined,
  loop: Loop,
): Promise<StopsOnRecord | undefined> {
  if (!read) return undefined
  const { account } = structure
  const readAt = loop.clock.now()
  const ask = (): Promise<void> =>
    loop.queue.send([{ stage: 'act', key: accountKey(account), turn: readAt, attempt: 0 }])
  if ('problem' in read) {
    // The credentials that write may be let read what these are not.
    await ask()
    const { standing = [], unmetSince = new Map() } = before ?? {}
    return { readAt, standing, problem: read.problem, unmetSince }
  }
  const due = dueStops(read.standing, structure, policies, await loop.money.allLevers(account), loop)
  if (due.size > 0) await ask()
  const unmet = [...due].filter(([, steps]) => steps.some(({ kind }) => kind === 'keep'))
  return {
    readAt,
    standing: read.standing.map(recordedStop),
    unmetSince: new Map<PortfolioId, Instant>(
      unmet.map(([portfolio]) => [portfolio, before?.unmetSince.get(portfolio) ?? readAt]),
    ),
  }
}
