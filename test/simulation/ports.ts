import type { Loop } from '../../lib/control/loop.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'

/** Sees every call that the loop makes of the world; calls `effect` to let it happen. */
export type Interceptor = (name: string, effect: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>

/** Puts every asynchronous call of a port behind the interceptor, under the name `port.method`. */
function behind<T extends object>(port: T, name: string, intercept: Interceptor): T {
  return new Proxy(port, {
    get(target, property) {
      const method = Reflect.get(target, property)
      if (typeof method !== 'function' || typeof property !== 'string') return method
      return (...args: unknown[]) => intercept(`${name}.${property}`, async () => method.apply(target, args), args)
    },
  })
}

/** The loop with nothing between it and the world but the interceptor. The clock is no effect and is left alone. */
export function intercepted(loop: Loop, intercept: Interceptor): Loop {
  const platform = (one: AdPlatform): AdPlatform => ({
    ...one,
    reader: behind(one.reader, 'reader', intercept),
    writer: behind(one.writer, 'writer', intercept),
  })
  return {
    ...loop,
    platforms: (id) => platform(loop.platforms(id)),
    policies: behind(loop.policies, 'policies', intercept),
    facts: behind(loop.facts, 'facts', intercept),
    plans: behind(loop.plans, 'plans', intercept),
    orders: behind(loop.orders, 'orders', intercept),
    scores: behind(loop.scores, 'scores', intercept),
    money: behind(loop.money, 'money', intercept),
    freezes: behind(loop.freezes, 'freezes', intercept),
    claims: behind(loop.claims, 'claims', intercept),
    archive: behind(loop.archive, 'archive', intercept),
    rates: behind(loop.rates, 'rates', intercept),
    queue: behind(loop.queue, 'queue', intercept),
  }
}

const never = new Promise<never>(() => {})

/** How a worker is killed: at its nth call of a port, before or after the effect took place. */
export interface Death {
  readonly call: number
  readonly moment: 'before' | 'after'
}

/**
 * Runs work until it ends or is killed. A killed worker's promise is never settled, so that none of its error handling
 * runs: so dies a Lambda.
 *
 * @returns how many calls it made
 */
export async function runUntilDeath(
  loop: Loop,
  work: (loop: Loop) => Promise<unknown>,
  death: Death | undefined,
): Promise<{ calls: readonly string[]; died: boolean; failure?: unknown }> {
  const calls: string[] = []
  let dead = false
  let die = (): void => {}
  const killed = new Promise<void>((resolve) => {
    die = resolve
  })
  const end = (): Promise<never> => {
    dead = true
    die()
    return never
  }
  const doomed = intercepted(loop, async (name, effect) => {
    if (dead) return never
    calls.push(name)
    const isMine = calls.length === death?.call
    if (isMine && death.moment === 'before') return end()
    const value = await effect()
    if (dead || isMine) return end()
    return value
  })
  const failures: unknown[] = []
  await Promise.race([work(doomed).catch((error: unknown) => failures.push(error)), killed])
  return { calls, died: dead, ...(failures.length === 0 ? {} : { failure: failures[0] }) }
}
