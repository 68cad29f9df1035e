import { foldAlerts } from '../decide/breakers/fold-alerts.ts'
import { outsideCaps } from '../decide/breakers/outside-caps.ts'
import { breakersOf } from '../model/breakers.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, startOfDay } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'

/**
 * Tells of budgets that stand outside the caps by somebody's hand as soon as a pull has found them, and does not wait for
 * the guard: that one sees when it is over.
 *
 * @returns how many alerts a person is told of for the first time
 */
export async function tellOutsideCaps(
  structure: AccountStructure,
  states: Iterable<LeverState>,
  policies: readonly PolicyVersion[],
  today: AccountDate,
  loop: Loop,
): Promise<number> {
  const levers = [...states].filter(({ cutBackTo, beyondCap }) => cutBackTo !== undefined || beyondCap !== undefined)
  if (levers.length === 0) return 0
  const { account } = structure
  const now = loop.clock.now()
  const frozen = new Set((await loop.freezes.all()).map(({ scope }) => scope))
  let told = 0
  for (const { policy } of policiesOf(policies, account)) {
    if (breakersOf(policy).outsideCaps.action === 'off') continue
    const trips = outsideCaps({ policy, structure, today, levers, frozen })
    if (trips.length === 0) continue
    const known = (await loop.alerts.all(account)).filter(({ rule }) => rule === 'outsideCaps')
    const place = { portfolio: policy.portfolio, account, dayBegan: startOfDay(today, structure.zone) }
    // Nothing is judged to be over here.
    for (const step of foldAlerts(known, { trips, judged: new Set() }, place, now)) {
      if (step.after === step.before) continue
      const isPut = await loop.alerts.put({ next: step.after, expected: step.before?.version ?? 0 })
      if (isPut && step.told) told += 1
    }
  }
  return told
}
