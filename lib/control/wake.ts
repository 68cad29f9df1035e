import { amountText } from '../decide/words.ts'
import { accountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { type AccountDate, dateAt } from '../units/calendar.ts'
import { add, compare, type Money, sum } from '../units/money.ts'
import { commitFresh } from './commit.ts'
import { withHigh, worstCaseChange } from './exposure.ts'
import { inBase, portfolioDayOf, withExposure } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import type { Steering } from './steering.ts'
import { valueText } from './value-text.ts'

const CHUNK = 25

/**
 * Counts budgets that are about to run again in the day's ledgers, before anything is started. If they never start, the
 * next pull finds them idle, and the day stays charged: too much is counted, never too little.
 *
 * @returns the cap that has no room for them, in words; then nothing further is counted
 */
export async function wakeBudgets(
  states: readonly LeverState[],
  why: string,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<string | undefined> {
  for (let i = 0; i < states.length; i += CHUNK) {
    const chunk = states.slice(i, i + CHUNK)
    let broken: string | undefined
    await commitFresh(loop, `counting what ${why}`, async () => {
      const built = await buildWake(chunk, why, steering, structure, loop)
      broken = typeof built === 'string' ? built : undefined
      return typeof built === 'string' ? undefined : built
    })
    if (broken) return broken
  }
  return undefined
}

async function buildWake(
  chunk: readonly LeverState[],
  why: string,
  { version, factor, dayCap }: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<{ commit: Omit<MoneyCommit, 'token'> } | string | undefined> {
  const { account, zone, currency } = structure
  const now = loop.clock.now()
  const date = dateAt(now, zone)
  const [fresh, ledger, portfolio] = await Promise.all([
    loop.money.levers(
      account,
      chunk.map(({ lever }) => leverKey(lever)),
    ),
    loop.money.accountDay(account, date),
    portfolioDayOf(version, loop),
  ])
  const idle = [...fresh.values()].filter((state) => state.idle && !state.pending)
  if (idle.length === 0) return undefined
  if (!ledger || !portfolio) return 'the day is not open in the ledger yet: the next pull opens it'
  const woken = idle.map((state) => ({ state, next: awake(state, date) }))
  const deltas = woken.map(({ state, next }) => worstCaseChange(state, next, date, factor, currency))
  const delta = sum(deltas, currency)
  const { dayCap: portfolioCap } = version.policy
  // What the day is charged with already costs nothing more.
  const grows = delta.micros > 0n
  if (grows && (!dayCap || compare(add(ledger.exposure, delta), dayCap) > 0)) return noRoom('account', delta)
  if (grows && (!portfolioCap || compare(add(portfolio.exposure, inBase(delta, portfolio)), portfolioCap) > 0))
    return noRoom('portfolio', delta)
  const entries = woken.map(
    ({ state }, i): AuditEntry => ({
      kind: 'observed',
      lever: leverKey(state.lever),
      from: `${valueText(state.known)} idle`,
      to: valueText(state.known),
      resolution: why,
      date,
      deltaMicros: (deltas[i]?.micros ?? 0n).toString(),
    }),
  )
  const levers = woken.map(({ state, next }) => ({ next, expected: state.version }))
  const base = { chain: accountKey(account), at: now, levers, intents: [] } as const
  return { commit: { ...base, ...withExposure({ account, date, now, ledger, version, portfolio }, delta, entries) } }
}

const awake = (state: LeverState, date: AccountDate): LeverState => ({
  ...withHigh(state, state.known, date),
  idle: false,
  version: state.version + 1,
})

const noRoom = (whose: string, delta: Money): string =>
  `it would cost ${amountText(delta)} more today at worst, and the ${whose}’s day cap has no room for that: raise the cap, or resume it tomorrow`
