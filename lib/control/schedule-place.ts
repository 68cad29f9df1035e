import type { WantedSchedule } from '../decide/calendar/budget-schedules.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { WriteResult } from '../model/failure.ts'
import { scopesOf } from '../model/freeze.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../model/ledger.ts'
import { leverKey, sameValue } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { isNear, isOf, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { type AccountDate, dateAt, type Instant, later } from '../units/calendar.ts'
import { add, compare, equal, type Money, smaller, subtract, toDecimal } from '../units/money.ts'
import { convertBack } from '../units/rates.ts'
import { commitFresh } from './commit.ts'
import { amountOf, worstCaseChange } from './exposure.ts'
import { failureText } from './failure-text.ts'
import { inBase, portfolioDayOf, withExposure } from './ledger-step.ts'
import { type Loop, leaseMs } from './loop.ts'
import { mergedRaises, raiseText, readRaises, sameRaises, spanOf, withRaises } from './raises.ts'
import type { Steering } from './steering.ts'

export type Placed = WriteResult['kind'] | 'not-fit'

/**
 * Writes one event's step as a budget schedule: counted first, then sent once, then read back. An answer that is lost
 * leaves it counted until a reading shows that it is not there.
 */
export async function placeSchedule(
  wanted: WantedSchedule,
  steering: Steering,
  structure: AccountStructure,
  since: Instant,
  loop: Loop,
): Promise<Placed> {
  const { account } = structure
  const scopes = scopesOf(account, wanted.budget.campaigns)
  if ((await loop.freezes.active(scopes)).length > 0) return 'not-fit'
  const counted = await commitFresh(loop, `scheduling ${leverKey(wanted.lever)}`, () =>
    buildReservation(wanted, steering, structure, loop),
  )
  if (!counted) return 'not-fit'
  const result = await send(wanted, structure, since, loop)
  await settlePlaced(counted.raise, result, wanted, steering, structure, loop)
  return result.kind
}

/** Unless a freeze or the end of this worker's time is in the way by now. */
async function send(
  { lever, from, to, amount, over, event, budget }: WantedSchedule,
  { account }: AccountStructure,
  since: Instant,
  loop: Loop,
): Promise<WriteResult> {
  const notSent = (detail: string): WriteResult => ({ kind: 'refused', failure: { kind: 'transient', detail } })
  const [freeze] = await loop.freezes.active(scopesOf(account, budget.campaigns))
  if (freeze) return notSent(`not sent: ${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`)
  if (loop.clock.now() > since + loop.timing.runLimitMs) return notSent('not sent: the run was out of time')
  const announcement = { kind: 'budget-schedule', name: event.name, from, to, budget: lever, amount, over } as const
  return loop.platforms(account.platform).writer.announce(account, announcement)
}

interface Books {
  readonly state: LeverState
  readonly ledger: AccountDayLedger
  readonly portfolio: PortfolioDayLedger
  readonly date: AccountDate
  readonly now: Instant
}

async function buildReservation(
  wanted: WantedSchedule,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'>; raise: ScheduledRaise } | undefined> {
  const books = await openBooks(wanted, steering, structure, loop)
  if (!books || isInTheWay(wanted, books, structure, loop)) return undefined
  const { state, ledger, portfolio, date, now } = books
  const { version } = steering
  const { account } = structure
  const { event, over, amount } = wanted
  const raise: ScheduledRaise = {
    ...spanOf(wanted, structure.zone),
    size: { by: 'amount', amount: subtract(amount, over) },
    ours: { event: event.name, portfolio: version.policy.portfolio, factor: event.budgetFactor, over },
    unsureUntil: later(now, leaseMs(loop.timing)),
  }
  const next = withRaises({ ...state, version: state.version + 1 }, [...(state.raises ?? []), raise])
  const delta = worstCaseChange(state, next, date, steering.factor, structure.currency)
  if (!fits(delta, amount, books, steering)) return undefined
  const reserved: AuditEntry = {
    kind: 'reserved',
    intent: nameOf(raise),
    lever: leverKey(wanted.lever),
    from: toDecimal(over),
    to: raiseText(raise),
    date,
    deltaMicros: delta.micros.toString(),
  }
  return {
    raise,
    commit: {
      chain: accountKey(account),
      at: now,
      levers: [{ next, expected: state.version }],
      intents: [],
      ...withExposure({ account, date, now, ledger, version, portfolio }, delta, [
        reserved,
        announcementOf(raise, 'sending', ''),
      ]),
    },
  }
}

async function openBooks(
  { lever, over }: WantedSchedule,
  { version }: Steering,
  { account, zone }: AccountStructure,
  loop: Loop,
): Promise<Books | undefined> {
  const [live] = await loop.platforms(account.platform).reader.live(account, [lever], 'write')
  const now = loop.clock.now()
  const date = dateAt(now, zone)
  const [states, ledger, portfolio] = await Promise.all([
    loop.money.levers(account, [leverKey(lever)]),
    loop.money.accountDay(account, date),
    portfolioDayOf(version, loop),
  ])
  const state = states.get(leverKey(lever))
  const stands = live?.value && sameValue(live.value, { kind: 'money', amount: over })
  return state && ledger && portfolio && stands ? { state, ledger, portfolio, date, now } : undefined
}

/** Whether something else has, or may have, a hand on the budget: one actuator at a time. */
function isInTheWay(
  { event, from, over }: WantedSchedule,
  { state, date, now }: Books,
  { account }: AccountStructure,
  loop: Loop,
): boolean {
  const { raises = [] } = state
  const most = loop.platforms(account.platform).capabilities.budgetSchedules?.most ?? 0
  const standing = raises.filter(({ gone, last }) => gone === undefined && last >= date)
  return (
    state.pending !== undefined ||
    state.cutBackTo !== undefined ||
    state.event?.stoodAt !== undefined ||
    (state.hold !== undefined && state.hold.until > now) ||
    !equal(amountOf(state.known), over) ||
    raises.some((one) => isOf(one, event.name, from) || isNear(one, event)) ||
    standing.length >= most
  )
}

/** Whether the caps let it, on its eve as on its days: it is counted on both. */
function fits(delta: Money, level: Money, { ledger, portfolio }: Books, { version, dayCap }: Steering): boolean {
  const account = tighter(ledger.cap, dayCap)
  const own = tighter(portfolio.cap, version.policy.dayCap)
  if (!account || !own || compare(add(ledger.exposure, delta), account) > 0) return false
  if (compare(add(portfolio.exposure, inBase(delta, portfolio)), own) > 0) return false
  const { maxDailyBudget } = version.policy.guardrails
  const rate = portfolio.rates.find(({ from }) => from === level.currency)
  return !maxDailyBudget || (rate !== undefined && compare(level, convertBack(maxDailyBudget, rate, 'down')) <= 0)
}

const tighter = (a: Money | undefined, b: Money | undefined): Money | undefined => a && b && smaller(a, b)

/** Known to be refused: as if it had never been. Known to be there: with the platform's name. Anything else stays counted. */
async function settlePlaced(
  raise: ScheduledRaise,
  result: WriteResult,
  { lever }: WantedSchedule,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<void> {
  const { account, zone } = structure
  const key = leverKey(lever)
  const lookedAt = loop.clock.now()
  // What cannot be read back now is read by the next pull.
  const seen = result.kind === 'applied' ? await readRaises(structure, loop).catch(() => undefined) : undefined
  await commitFresh(loop, `settling the schedule of ${key}`, async () => {
    const now = loop.clock.now()
    const date = dateAt(now, zone)
    const state = (await loop.money.levers(account, [key])).get(key)
    if (!state) return undefined
    const known = state.raises ?? []
    const raises =
      result.kind === 'refused'
        ? known.filter((one) => one.id !== undefined || !sameRaises([one], [raise]))
        : seen
          ? mergedRaises(known, seen.get(key) ?? [], { date, lookedAt }).raises
          : known
    return settlement(raise, state, raises, announcementOf(raise, result.kind, detailOf(result)), {
      ...{ steering, structure, date, now, loop },
    })
  })
}

interface At {
  readonly steering: Pick<Steering, 'version' | 'factor'>
  readonly structure: AccountStructure
  readonly date: AccountDate
  readonly now: Instant
  readonly loop: Loop
}

/** The commit that leaves a budget with these schedules, with the difference that it makes to the ledgers. */
export async function settlement(
  raise: ScheduledRaise,
  state: LeverState,
  raises: readonly ScheduledRaise[],
  entry: AuditEntry,
  { steering, structure, date, now, loop }: At,
): Promise<{ commit: Omit<MoneyCommit, 'token'> }> {
  const common = { chain: accountKey(structure.account), at: now, intents: [] } as const
  if (sameRaises(state.raises, raises)) return { commit: { ...common, levers: [], entries: [entry] } }
  const ledger = await loop.money.accountDay(structure.account, date)
  const portfolio = await portfolioDayOf(steering.version, loop)
  const next = withRaises({ ...state, version: state.version + 1 }, raises)
  const change = worstCaseChange(state, next, date, steering.factor, structure.currency)
  const delta = ledger ? change : subtract(change, change)
  const settled: AuditEntry = {
    kind: 'settled',
    intent: nameOf(raise),
    lever: leverKey(state.lever),
    outcome: entry.kind === 'announcement' ? entry.outcome : '',
    detail: raises.map(raiseText).join(', '),
    known: toDecimal(amountOf(state.known)),
    date,
    deltaMicros: delta.micros.toString(),
  }
  const levers = [{ next, expected: state.version }]
  const days = { account: structure.account, date, now, ledger, version: steering.version, portfolio }
  return { commit: { ...common, levers, ...withExposure(days, delta, [settled, entry]) } }
}

const nameOf = ({ ours, first }: ScheduledRaise): string =>
  `sluice ${ours?.portfolio ?? ''} ${ours?.event ?? ''} ${first}`

export const announcementOf = (raise: ScheduledRaise, outcome: string, detail: string): AuditEntry => ({
  kind: 'announcement',
  portfolio: raise.ours?.portfolio ?? '',
  name: nameOf(raise),
  window: raiseText(raise),
  outcome,
  detail,
})

export function detailOf(result: WriteResult): string {
  if (result.kind === 'applied') return ''
  return result.kind === 'refused' ? failureText(result.failure) : result.detail
}
