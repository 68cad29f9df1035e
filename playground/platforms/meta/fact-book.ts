import type { FactQuery, World, WorldFact } from '../../world.ts'

const REMEMBERED = 16

/**
 * The world's facts, remembered while the clock stands still: paging through a report, or checking many budgets against
 * what was spent, asks for the same facts over and over.
 */
export class FactBook {
  private readonly world: World
  private readonly kept = new Map<string, readonly WorldFact[]>()
  constructor(world: World) {
    this.world = world
  }

  facts(query: FactQuery): readonly WorldFact[] {
    const key = `${this.world.now()} ${query.accountId} ${query.level} ${query.grain} ${query.from} ${query.to} ${query.basis}`
    const known = this.kept.get(key)
    if (known) return known
    const fresh = this.world.facts(query)
    this.kept.set(key, fresh)
    const eldest = this.kept.keys().next().value
    if (this.kept.size > REMEMBERED && eldest !== undefined) this.kept.delete(eldest)
    return fresh
  }
}
