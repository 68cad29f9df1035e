import type { Clock } from '../../lib/ports/clock.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'

/**
 * Platforms that take no write once a turn has lasted longer than its limit. Leases assume that a turn is dead by then;
 * a command may have been suspended with its laptop and wake hours later with a stale budget in hand.
 */
export function withinRunLimit(platforms: PlatformRegistry, clock: Clock, limitMs: number): PlatformRegistry {
  const startedAt = clock.now()
  const isLate = (): boolean => clock.now() - startedAt > limitMs
  const late = {
    kind: 'refused',
    failure: { kind: 'transient', detail: `not sent: the turn was held up for more than ${limitMs / 1000} s` },
  } as const
  return (id) => {
    const platform = platforms(id)
    const { writer } = platform
    return {
      ...platform,
      writer: {
        apply: async (account, changes) => (isLate() ? changes.map(() => late) : writer.apply(account, changes)),
        announce: async (account, announcement) => (isLate() ? late : writer.announce(account, announcement)),
      },
    }
  }
}
