import { hashOf } from '../model/canonical.ts'
import type { CommitResult, MoneyCommit } from '../ports/store.ts'
import type { Loop } from './loop.ts'

const ATTEMPTS = 4

/** The work lost every race for its records. The turn fails and is delivered again. */
export class Contended extends Error {
  constructor(what: string, on: readonly string[]) {
    super(`${what}: other writers were faster ${ATTEMPTS} times (${on.join(', ')})`)
    this.name = 'Contended'
  }
}

/**
 * Reads, builds and commits until the commit goes through. `build` must read everything it bases the commit on afresh;
 * it returns undefined when there is nothing to commit any more.
 *
 * @throws Contended after four conflicts
 */
export async function commitFresh<T extends { readonly commit: Omit<MoneyCommit, 'token'> }>(
  loop: Loop,
  what: string,
  build: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let on: readonly string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const built = await build()
    if (!built) return undefined
    const result: CommitResult = await loop.money.commit({ ...built.commit, token: hashOf(built.commit).slice(0, 36) })
    if (result.kind === 'committed') return built
    on = result.on
  }
  throw new Contended(what, on)
}
