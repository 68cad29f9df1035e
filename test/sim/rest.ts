import { fold } from '../../lib/control/fold.ts'
import { isSettled } from '../../lib/model/intent.ts'
import { sameValue } from '../../lib/model/lever.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { valueAt } from './platforms.ts'
import { count } from './tally.ts'
import type { World } from './world.ts'

/** What must hold once all is calm. */
export async function checkRest({ checker, scenery, loop }: World): Promise<void> {
  const { mirror, report } = checker
  for (const [id, { record }] of mirror.intents) if (!isSettled(record.outcome)) report('settles', `${id} is open`)
  for (const state of mirror.levers.values()) {
    const own = scenery.accounts.get(`${state.lever.account.platform}:${state.lever.account.id}`)!
    const stands = valueAt(own, state.lever)
    if (stands && !sameValue(state.known, stands)) report('agrees', `${state.lever.id} is known at another value`)
  }
  const portfolios = new Map<string, bigint>()
  for (const own of scenery.accounts.values()) {
    const folded = fold(await Array.fromAsync(loop.audit.records(own.key)))
    for (const [date, { exposureMicros }] of folded.account) {
      const ledger = await loop.money.accountDay(own.account, accountDate(date))
      if (ledger?.exposure.micros !== exposureMicros) report('fold-is-state', `${own.key} ${date}`)
    }
    for (const [key, day] of folded.portfolios) portfolios.set(key, (portfolios.get(key) ?? 0n) + day.exposureMicros)
  }
  for (const { policy } of scenery.policies) {
    const chain = fold(await Array.fromAsync(loop.audit.records(`portfolio/${policy.portfolio}`)))
    for (const [key, { exposureMicros }] of chain.portfolios) {
      const date = accountDate(key.slice(policy.portfolio.length + 1))
      const ledger = await loop.money.portfolioDay(policy.portfolio, date)
      if (ledger?.exposure.micros !== exposureMicros + (portfolios.get(key) ?? 0n)) report('fold-is-state', key)
    }
  }
}

/** Which plans came to a reservation, and to a change that was sent; and what the guard did. */
export function noteReach({ checker: { mirror }, tally, lived }: World): void {
  const reserved = new Set<string>()
  const sent = new Set<string>()
  for (const { record, sentAt } of mirror.intents.values()) {
    const { plan } = record.intent
    // In shadow nothing is reserved: it is only written down what would be.
    if (record.outcome?.kind === 'shadowed') continue
    if (mirror.plans.get(plan)?.plan.occasion === 'guard') continue
    reserved.add(plan)
    if (sentAt !== undefined) sent.add(plan)
  }
  tally.reach.cycles += lived.cycles
  tally.reach.reserved += reserved.size
  tally.reach.sent += sent.size
  for (const [name, times] of Object.entries(mirror.guard)) count(tally.guard, name, times)
}
