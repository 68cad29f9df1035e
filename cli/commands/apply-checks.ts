import { dailyPlanTurn, mayPushNow } from '../../lib/control/dispatch.ts'
import { amountOf, startOn } from '../../lib/control/exposure.ts'
import { beyondDay, dayRiseOf } from '../../lib/control/last-look.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { amountText } from '../../lib/decide/words.ts'
import { parseAccountKey, sameAccount } from '../../lib/model/account.ts'
import { scopesOf } from '../../lib/model/freeze.ts'
import { isBudget, leverKey } from '../../lib/model/lever.ts'
import { campaignsMovedBy } from '../../lib/model/lever-place.ts'
import type { ChangeDecision, PlanHeader } from '../../lib/model/plan.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { dateAt, endOfDay, type Instant, isoInstant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { larger, times } from '../../lib/units/money.ts'
import { Blocked } from './exit.ts'

/**
 * What was approved is what is applied: refuses a plan that is not that any more.
 *
 * @throws Error that says what no longer holds, and what to do
 */
export function checkStands(
  header: PlanHeader,
  current: PolicyVersion | undefined,
  now: Instant,
): asserts current is PolicyVersion {
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
  const structures = await Promise.all(header.accounts.map(({ account }) => openAccount(account, desk, header.mode)))
  const scopes = structures.flatMap((structure) => scopesOf(structure.account, campaignsOf(structure, changes)))
  const [freeze] = await desk.freezes.active(scopes)
  if (freeze)
    throw new Blocked(
      `${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}; plan again to leave out what is frozen, or "sluice unfreeze ${freeze.scope}"`,
    )
  return structures
}

async function openAccount(account: string, desk: Loop, mode: PlanHeader['mode']): Promise<AccountStructure> {
  const structure = await desk.facts.structure(parseAccountKey(account))
  if (structure?.source === 'import') {
    if (mode === 'shadow') return structure
    throw new Blocked(
      `${account} was imported from files, which is read-only: nothing is pushed to it; connect it, read it with "sluice pull ${account}", and plan again`,
    )
  }
  const today = structure && dateAt(desk.clock.now(), structure.zone)
  const isOpen = structure && today && (await desk.money.accountDay(structure.account, today))
  if (!isOpen)
    throw new Blocked(
      `the day ${today ?? ''} of ${account} is not open in the ledger: pull first, with "sluice pull ${account}"`,
    )
  return structure
}

const campaignsOf = (structure: AccountStructure, changes: readonly ChangeDecision[]): readonly string[] =>
  changes
    .filter(({ change: { lever } }) => sameAccount(lever.account, structure.account))
    .flatMap(({ change: { lever } }) => campaignsMovedBy(structure, lever))

/**
 * A plan of the evening is decided for the next morning, each rise from what then is the day's first value.
 *
 * @throws Blocked when pushing it today would raise a budget past what the policy lets a day rise
 */
export async function checkDayRise(
  policy: Policy,
  changes: readonly ChangeDecision[],
  structure: AccountStructure,
  desk: Loop,
): Promise<void> {
  const { account, zone } = structure
  const safeStep = desk.platforms(account.platform).capabilities.learningSafeStep
  const dayRise = dayRiseOf(policy, safeStep)
  const today = dateAt(desk.clock.now(), zone)
  const states = await desk.money.allLevers(account)
  for (const decision of changes) {
    const { change, name, event } = decision
    const state = states.get(leverKey(change.lever))
    if (state && event && isBudget(change.lever)) {
      const obstacle = beyondDay(decision, state, { policy, structure, date: today, safeStep })
      if (obstacle) throw new Blocked(`"${name}": ${obstacle}: leave --now out, and it is pushed in the morning`)
      continue
    }
    const first = state && startOn(state, today)
    if (!isBudget(change.lever) || first?.kind !== 'money' || change.to.kind !== 'money') continue
    const most = larger(times(first.amount, 1 + dayRise, 'down'), amountOf(change.from))
    if (change.to.amount.micros > most.micros)
      throw new Blocked(
        `"${name}" began its day at ${amountText(first.amount)} and may not rise past ${amountText(most)} today (at most ${Math.round(100 * dayRise)} % within a day): leave --now out, and it is pushed in the morning`,
      )
  }
}

const STEP_MS = 15 * MINUTE_MS

/**
 * When the account may be pushed to; undefined when not in the plan's time: until it expires, the next daily decision
 * replaces it, or the portfolio's date ends and with it what its ledger has open.
 */
export function pushableFrom(
  header: PlanHeader,
  policy: Policy,
  { zone }: AccountStructure,
  now: Instant,
  asked: boolean,
): Instant | undefined {
  if (mayPushNow(header, policy, zone, now, asked)) return now
  const decision = dailyPlanTurn(policy, now)
  const until = Math.min(
    header.expiresAt,
    decision > now ? decision : Number.POSITIVE_INFINITY,
    endOfDay(dateAt(now, policy.zone), policy.zone),
  )
  // On whole quarters of an hour, as the ticks fall.
  let at = (Math.ceil(now / STEP_MS) * STEP_MS) as Instant
  while (at < until && !mayPushNow(header, policy, zone, at, asked)) at = later(at, STEP_MS)
  return at < until ? at : undefined
}

/** When the minutes around an account's midnight, in which nothing but pauses is pushed, are over. */
export function pastMidnight(header: PlanHeader, policy: Policy, { zone }: AccountStructure, now: Instant): Instant {
  let at = (Math.ceil(now / STEP_MS) * STEP_MS) as Instant
  while (!mayPushNow(header, policy, zone, at, true)) at = later(at, STEP_MS)
  return at
}
