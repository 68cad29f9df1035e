import { PlatformError, type PlatformFailure } from '../../lib/model/failure.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import { type Instant, later, SECOND_MS } from '../../lib/units/calendar.ts'
import type { Dice } from './dice.ts'
import type { Fate } from './platforms.ts'
import { type Counting, count } from './tally.ts'
import type { Effect, Strike, Worker } from './workers.ts'

/** How bad it is. Probabilities per effect, or per change that is sent. */
export interface Weather {
  /** Mean number of effects between two strikes. */
  readonly calmEffects: number
  readonly badFate: number
  readonly badRead: number
  readonly badReport: number
}

export const STORM: Weather = { calmEffects: 45, badFate: 0.3, badRead: 0.015, badReport: 0.01 }

/** What the world can do beside striking a worker. */
export interface Meddling {
  edit(): void
  freeze(): void
  unfreeze(): void
  repolicy(): void
}

const KINDS = [
  ...['killed-before', 'killed-before', 'killed-after', 'killed-after'],
  ...['fails-before', 'fails-before', 'fails-after', 'fails-after'],
  ...['sleeps', 'sleeps', 'pause', 'pause'],
  ...['edit', 'edit', 'edit', 'freeze', 'unfreeze', 'repolicy'],
] as const

/** What does not throw answers for each change instead. */
const NEVER_THROWS = 'writer.apply'
/** Longest that a request which timed out may still take effect; the timing that the loop reckons with. */
export const LATE_MS = 30 * SECOND_MS

export interface Striker {
  isStormy: boolean
  before(worker: Worker, effect: Effect): Strike
  fate(change: LeverChange): Fate
  trouble(method: string): void
  reportFault(): 'partial' | 'stale' | undefined
  answers(of: number): number
}

export function striker(
  { calmEffects, badFate, badRead, badReport }: Weather,
  dice: Dice,
  tally: Counting,
  meddling: Meddling,
  world: { now: () => Instant; pass: (ms: number) => void },
): Striker {
  const gap = (): number => 1 + Math.floor(-Math.log(1 - dice.roll()) * calmEffects)
  let left = gap()
  const hit = (kind: string): true => {
    count(tally.faults, kind)
    return true
  }

  function strike(worker: Worker, effect: Effect): Strike {
    const kind = dice.pick(KINDS)
    const throws = effect.name !== NEVER_THROWS
    switch (kind) {
      case 'fails-before':
      case 'fails-after':
        if (!throws) return undefined
        hit(kind === 'fails-before' ? `throttled ${portOf(effect)}` : `timeout after ${portOf(effect)}`)
        return kind
      case 'killed-before':
      case 'killed-after':
        hit(`killed ${kind === 'killed-before' ? 'before' : 'after'} ${portOf(effect)}`)
        return kind
      case 'sleeps':
        hit('worker sleeps')
        worker.wakesAt = later(world.now(), dice.pick([5, 40, 130, 160, 400]) * SECOND_MS)
        return 'sleeps'
      case 'pause':
        hit('slow call')
        world.pass(dice.pick([1, 20, 60, 110]) * SECOND_MS)
        return undefined
      case 'edit':
      case 'freeze':
      case 'unfreeze':
      case 'repolicy':
        meddling[kind]()
        return undefined
    }
  }

  const self: Striker = {
    isStormy: true,
    before(worker, effect) {
      if (!self.isStormy) return undefined
      left -= 1
      if (left > 0) return undefined
      left = gap()
      return strike(worker, effect)
    },
    fate(change) {
      if (!self.isStormy || !dice.chance(badFate)) return { kind: 'applied' }
      const fate = badFateOf(change, dice)
      hit(`write ${fate.kind === 'late' ? (fate.afterMs === undefined ? 'lost-before' : 'applied late') : fate.kind}`)
      return fate
    },
    trouble(method) {
      if (self.isStormy && dice.chance(badRead) && hit(`read ${method} fails`))
        throw new PlatformError(dice.pick(TROUBLES))
    },
    reportFault() {
      if (!self.isStormy || !dice.chance(2 * badReport)) return undefined
      const kind = dice.pick(['partial', 'stale'] as const)
      hit(`${kind} report`)
      return kind
    },
    answers: (of) => (self.isStormy && dice.chance(0.01) && hit('answers missing') ? of - 1 : of),
  }
  return self
}

const portOf = ({ name }: Effect): string => {
  const port = name.slice(0, name.indexOf('.'))
  return port === 'reader' || port === 'writer' || port === 'queue'
    ? port
    : name === 'money.commit'
      ? 'commit'
      : 'store'
}

function badFateOf({ to }: LeverChange, dice: Dice): Fate {
  const roll = dice.roll()
  if (roll < 0.15) return { kind: 'refused' }
  if (roll < 0.2) return { kind: 'throttled' }
  if (roll < 0.35) return { kind: 'lost-before' }
  if (roll < 0.55) return { kind: 'lost-after' }
  if (roll < 0.85) return { kind: 'late', afterMs: dice.chance(0.2) ? undefined : dice.below(LATE_MS) }
  if (roll < 0.95 || to.kind !== 'money') return { kind: 'accepted', afterMs: dice.below(LATE_MS) }
  // Stored otherwise: nothing that it documents.
  return { kind: 'stored', micros: (to.amount.micros * 97n) / 100n }
}

const TROUBLES: readonly PlatformFailure[] = [
  { kind: 'rate-limited', retryAfterMs: 60_000, detail: 'too many' },
  { kind: 'transient', detail: 'try again' },
  { kind: 'unauthorised', detail: 'the token has expired' },
  { kind: 'quota-exhausted', detail: 'no more today' },
  { kind: 'unreadable', detail: 'half an answer' },
]
