import { parseAccountKey, portfolioId } from '../model/account.ts'
import type { Stage, StageMessage } from '../model/turn.ts'
import { HOUR_MS, later } from '../units/calendar.ts'
import { actOnAccount } from './act.ts'
import { occasionOf } from './dispatch.ts'
import { guardAccount } from './guard.ts'
import type { Loop } from './loop.ts'
import { planPortfolio } from './plan.ts'
import { pullAccount } from './pull.ts'
import { scorePortfolio } from './score.ts'
import type { Summary } from './summary.ts'
import { verifyTurn } from './verify.ts'

export type TurnResult =
  | { readonly kind: 'ran'; readonly summary: Summary }
  | { readonly kind: 'skipped'; readonly why: 'done' | 'too-old' | 'off' }
  /** Another worker holds the key: deliver again later. */
  | { readonly kind: 'elsewhere' }

/** A turn older than this is dropped: what it would do, a younger one does better. */
const PERIOD_MS: Readonly<Record<Stage, number>> = {
  pull: HOUR_MS,
  plan: 6 * HOUR_MS,
  act: HOUR_MS,
  verify: HOUR_MS,
  guard: HOUR_MS / 2,
  score: 6 * HOUR_MS,
}

const STAGES: Readonly<Record<Stage, (message: StageMessage, loop: Loop) => Promise<Summary>>> = {
  pull: ({ key }, loop) => pullAccount(parseAccountKey(key), loop),
  plan: ({ key, turn }, loop) => planPortfolio(portfolioId(key), turn, loop),
  act: (message, loop) => actOnAccount(parseAccountKey(message.key), message, loop),
  verify: ({ key, turn }, loop) => verifyTurn(parseAccountKey(key), turn, loop),
  guard: ({ key, turn }, loop) => guardAccount(parseAccountKey(key), turn, loop),
  score: ({ key }, loop) => scorePortfolio(portfolioId(key), loop),
}

/**
 * Runs one message: drops it if it is stale or was done before, claims its key, runs the stage, marks the turn done. A
 * failure gives the key back and is thrown, so that the queue delivers again.
 */
export async function runTurn(message: StageMessage, loop: Loop): Promise<TurnResult> {
  const now = loop.clock.now()
  if (now - message.turn > PERIOD_MS[message.stage]) return { kind: 'skipped', why: 'too-old' }
  const key = await claimKey(message, loop)
  // Past its run limit a worker is dead, clocks apart: then the key may be taken over.
  const until = later(now, loop.timing.runLimitMs + loop.timing.clockSkewMs)
  const claim = await loop.claims.claim(key, message.turn, message.attempt, loop.worker, now, until)
  if (claim === 'done') return { kind: 'skipped', why: 'done' }
  if (claim === 'elsewhere') return { kind: 'elsewhere' }
  const summary = await STAGES[message.stage](message, loop).catch(async (error: unknown) => {
    // A key that cannot be given back runs out; what went wrong before is what must be told.
    await loop.claims.release(key, loop.worker).catch(() => {})
    throw error
  })
  await loop.claims.finish(key, message.turn, message.attempt, loop.worker)
  return { kind: 'ran', summary }
}

/**
 * One worker at a time per stage and key. Corrections have a key of their own: their turns are younger than the day's
 * decision, which would count as done after one of them.
 */
async function claimKey({ stage, key, turn }: StageMessage, loop: Loop): Promise<string> {
  if (stage !== 'plan') return `${stage}/${key}`
  const version = await loop.policies.current(portfolioId(key))
  return version && occasionOf(version.policy, turn) === 'correction' ? `${stage}/${key}/correction` : `${stage}/${key}`
}
