import { endedMemberships } from '../decide/calendar/membership-end.ts'
import type { PortfolioId } from '../model/account.ts'
import { type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { Policy, PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { StageMessage } from '../model/turn.ts'
import { type AccountDate, addDays, HOUR_MS, type Instant, MINUTE_MS, startOfDay } from '../units/calendar.ts'
import { CALENDAR_MS } from './due-ends.ts'
import { amountOf } from './exposure.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import type { Sighting } from './sighting.ts'

/**
 * Hours of an account's day in which its spend is held against the day's target, where the policy steers within the day:
 * before them too little is known, and after them a cut would weigh on the next day more than it saves on this one.
 */
const STEERING_HOURS: ReadonlySet<number> = new Set([6, 9, 12, 15, 18])
/** Accounts that are pulled at about the same time ask for one plan and not for one each. */
const GRID_MS = 15 * MINUTE_MS

/**
 * Asks for plans that do not wait for the next daily decision: for edits outside the caps, at every pull until they are
 * met; when an account's day begins, for the events and memberships that begin or end with it; and, where the policy steers
 * within the day, every few hours of it.
 */
export async function askForCorrections(
  sightings: readonly Sighting[],
  states: ReadonlyMap<LeverKey, LeverState>,
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  date: AccountDate,
  loop: Loop,
): Promise<void> {
  const now = loop.clock.now()
  const messages = new Map<PortfolioId, StageMessage>()
  const ask = (key: PortfolioId, turn: Instant): unknown => messages.set(key, { stage: 'plan', key, turn, attempt: 0 })
  const gone = now - startOfDay(date, structure.zone)
  for (const { policy } of policiesOf(policies, structure.account))
    if ((gone < CALENDAR_MS && isCalendarDay(policy, structure, date)) || isSteeringHour(policy, gone))
      ask(policy.portfolio, (Math.floor(now / GRID_MS) * GRID_MS) as Instant)
  for (const portfolio of outsideCaps(sightings, states)) ask(portfolio, now)
  if (messages.size > 0) await loop.queue.send([...messages.values()])
}

/** Whether something of the calendar begins on a day, or is over on it for the first time. */
const isCalendarDay = (policy: Policy, structure: AccountStructure, date: AccountDate): boolean =>
  policy.mode !== 'observe' &&
  (policy.events.some(
    ({ budgetFactor, from, to }) => budgetFactor !== undefined && (from === date || addDays(to, 1) === date),
  ) ||
    endedMemberships(policy, structure, date).length > 0)

/** Whether it is looked at now how far the day's spend has come. */
const isSteeringHour = ({ mode, guardrails }: Policy, goneMs: number): boolean =>
  mode !== 'observe' && guardrails.steerWithinDay === 'cut' && STEERING_HOURS.has(Math.floor(goneMs / HOUR_MS))

function outsideCaps(
  sightings: readonly Sighting[],
  states: ReadonlyMap<LeverKey, LeverState>,
): ReadonlySet<PortfolioId> {
  const portfolios = new Set<PortfolioId>()
  for (const { lever, value, portfolio, idle } of sightings) {
    const state = states.get(leverKey(lever))
    // What cannot spend can wait; once it runs again, the order still stands.
    if (!portfolio || idle || !state?.cutBackTo || state.pending) continue
    if (amountOf(value).micros > amountOf(state.cutBackTo).micros) portfolios.add(portfolio.policy.portfolio)
  }
  return portfolios
}
