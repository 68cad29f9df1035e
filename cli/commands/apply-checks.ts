import { mayPushNow } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { parseAccountKey } from '../../lib/model/account.ts'
import { scopesOf } from '../../lib/model/freeze.ts'
import type { ChangeDecision, PlanHeader } from '../../lib/model/plan.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { DAY_MS, dateAt, type Instant, isoInstant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { Blocked } from './exit.ts'

/**
 * What was approved is what is applied: refuses a plan that is not that any more.
 *
 * @throws Error that says what no longer holds, and what to do
 */
export function checkStands(header: PlanHeader, current: PolicyVersion | undefined, now: Instant): void {
  const { id, portfolio, approval, policyVersion, expiresAt } = header
  const again = `make a new one with "sluice plan ${portfolio}"`
  if (approval.kind === 'superseded')
    throw new Error(`plan ${id} was replaced by plan ${approval.by}: apply that one, or ${again}`)
  if (approval.kind === 'rejected') throw new Error(`plan ${id} was rejected by ${approval.by}: ${again}`)
  if (current?.version !== policyVersion)
    throw new Error(
      `the policy of portfolio ${portfolio} changed since plan ${id} was made (then ${policyVersion}, now ${current?.version ?? 'none'}): ${again}`,
    )
  if (expiresAt <= now)
    throw new Error(`plan ${id} expired at ${isoInstant(expiresAt)}, it is ${isoInstant(now)}: ${again}`)
}

/** @throws Blocked when the mode, a freeze or a day that is not open would keep anything from being pushed */
export async function checkUnblocked(
  header: PlanHeader,
  changes: readonly ChangeDecision[],
  desk: Loop,
): Promise<readonly AccountStructure[]> {
  if (header.mode === 'observe')
    throw new Blocked(
      `portfolio ${header.portfolio} only observes: nothing is pushed; set mode: shadow or mode: approve in its policy and plan again`,
    )
  const structures = await Promise.all(header.accounts.map(({ account }) => openAccount(account, desk)))
  const scopes = structures.flatMap((structure) => scopesOf(structure.account, campaignsOf(structure, changes)))
  const [freeze] = await desk.freezes.active(scopes)
  if (freeze)
    throw new Blocked(
      `${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}; plan again to leave out what is frozen, or "sluice unfreeze ${freeze.scope}"`,
    )
  return structures
}

async function openAccount(account: string, desk: Loop): Promise<AccountStructure> {
  const structure = await desk.facts.structure(parseAccountKey(account))
  const today = structure && dateAt(desk.clock.now(), structure.zone)
  const isOpen = structure && today && (await desk.money.accountDay(structure.account, today))
  if (!isOpen)
    throw new Blocked(
      `the day ${today ?? ''} of ${account} is not open in the ledger: pull first, with "sluice pull ${account}"`,
    )
  return structure
}

const campaignsOf = ({ account, budgets }: AccountStructure, changes: readonly ChangeDecision[]): readonly string[] =>
  changes
    .filter(({ change: { lever } }) => lever.account.platform === account.platform && lever.account.id === account.id)
    .flatMap(({ change: { lever } }) => budgets.find(({ id }) => id === lever.id)?.campaigns ?? [])

const STEP_MS = 15 * MINUTE_MS

/** When the account may be pushed to; undefined when not before the plan expires. */
export function pushableFrom(
  header: PlanHeader,
  policy: Policy,
  { zone }: AccountStructure,
  now: Instant,
  asked: boolean,
): Instant | undefined {
  if (mayPushNow(header, policy, zone, now, asked)) return now
  // On whole quarters of an hour, as the ticks fall.
  let at = (Math.ceil(now / STEP_MS) * STEP_MS) as Instant
  for (; at < now + 2 * DAY_MS; at = later(at, STEP_MS)) if (mayPushNow(header, policy, zone, at, asked)) break
  return at < header.expiresAt ? at : undefined
}
