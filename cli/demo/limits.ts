import { type Limiters, openLimiters } from '../../functions/composition/limiters.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'

/**
 * The real limiter in a world whose clock stands still while it works: waiting takes no time, and the limiter's own
 * present runs ahead by what was waited, until the world's has come so far.
 */
export function pretendLimiters(world: Clock): Limiters {
  let ahead = 0
  const now = () => Math.max(world.now(), ahead) as Instant
  return openLimiters({
    store: memoryLimits(),
    clock: { now },
    sleep: async (ms) => {
      ahead = later(now(), ms)
    },
  })
}
