import { foldAlerts } from '../decide/breakers/fold-alerts.ts'
import { judgeBreakers } from '../decide/breakers/judge.ts'
import type { AccountRef } from '../model/account.ts'
import { type Alert, isUnresolved } from '../model/alert.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { type Instant, startOfDay } from '../units/calendar.ts'
import { actOnAlert, withOutcome } from './guard-act.ts'
import { readSpendToday } from './guard-read.ts'
import { type AccountReading, readAccount, viewOf } from './guard-view.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import type { Summary } from './summary.ts'

/**
 * Reads what an account has spent of its day, asks every breaker of its portfolios, tells what trips, and does what the
 * policy says: cuts and pauses as plans that act pushes like any other, freezes at once. It raises nothing, and takes
 * nothing back. A reading that fails fails the turn: no spend reported is not no spend.
 */
export async function guardAccount(account: AccountRef, turn: Instant, loop: Loop): Promise<Summary> {
  const structure = await loop.facts.structure(account)
  if (!structure) return { open: 0, why: 'not pulled yet' }
  if (structure.source === 'import') return { open: 0, why: 'imported from files' }
  const policies = policiesOf(await loop.policies.all(), account)
  const reading = await readAccount(structure, await readSpendToday(structure, loop), loop)
  const known = await knownAlerts(account, loop)
  const tally = { told: 0, acted: 0 }
  for (const version of policies) {
    const { told, acted } = await guardPortfolio(version, policies, { ...reading, known }, turn, loop)
    tally.told += told
    tally.acted += acted
  }
  const quiet = known.length === 0 && tally.told === 0
  const open = quiet ? 0 : (await loop.alerts.all(account)).filter(isUnresolved).length
  return { open, ...tally }
}

/** Everything that is known, with what has come of what was done about it. */
async function knownAlerts(account: AccountRef, loop: Loop): Promise<readonly Alert[]> {
  const all = await loop.alerts.all(account)
  const told = await Promise.all(all.map((alert) => (isUnresolved(alert) ? withOutcome(alert, loop) : alert)))
  return told.flatMap((alert, i) => alert ?? all[i] ?? [])
}

async function guardPortfolio(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  reading: AccountReading & { readonly known: readonly Alert[] },
  turn: Instant,
  loop: Loop,
): Promise<{ told: number; acted: number }> {
  const { account } = reading.structure
  const view = await viewOf(version, policies, reading, turn, loop)
  const dayBegan = startOfDay(view.today, reading.structure.zone)
  const place = { portfolio: version.policy.portfolio, account, dayBegan }
  const steps = foldAlerts(reading.known, judgeBreakers(view), place, view.now)
  const tally = { told: 0, acted: 0 }
  for (const { before, after, told, trip } of steps) {
    // Somebody else was faster, most likely a person who takes it up: the next turn sees what they made of it.
    if (after !== before && !(await loop.alerts.put({ next: after, expected: before?.version ?? 0 }))) continue
    if (told) tally.told += 1
    if (trip && (await actOnAlert(after, trip, { version, view }, loop))) tally.acted += 1
  }
  return tally
}
