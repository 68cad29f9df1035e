import { registerHooks } from 'node:module'
import { totalOf } from '../tally.ts'
import { filesOf, type Mutant, mutated, ROOT } from './plant.ts'

interface Simulation {
  readonly run: typeof import('../run.ts').run
  readonly scripted: typeof import('./scripted.ts').SCRIPTED
}

/** Where a mutant was found, or that it was not. */
export interface Hunted {
  readonly mutant: Mutant
  /** The invariant that it broke; absent: none. */
  readonly broke?: string
  /** Cycles lived up to then, by chance; absent: in its scripted world. */
  readonly cycles?: number
}

/** Lives worlds of a seed with the bug in them until an invariant is broken, or so many cycles are over. */
export async function hunt(mutant: Mutant, seed: number, cycles: number): Promise<Hunted> {
  const { run, scripted } = await simulationWith(mutant)
  if (mutant.world) return hunted(mutant, (await scripted[mutant.world]())[0]?.invariant)
  const { tally, findings } = await run({ seed, cycles })
  return { ...hunted(mutant, findings[0]?.invariant), cycles: totalOf(tally.cycles) }
}

const hunted = (mutant: Mutant, broke: string | undefined): Hunted => (broke ? { mutant, broke } : { mutant })

/**
 * The simulation with a bug in it, as a copy of its own: every module of ours is loaded anew under the mutant's name, so
 * that many can be hunted in one process.
 */
async function simulationWith(mutant: Mutant): Promise<Simulation> {
  const mark = `?mutant=${mutant.name}`
  const unplanted = new Set(filesOf(mutant))
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const isOurs = found.url.startsWith(ROOT) && !found.url.includes('/node_modules/')
      return isOurs && context.parentURL?.endsWith(mark) ? { ...found, url: `${found.url}${mark}` } : found
    },
    load(url, context, next) {
      const loaded = next(url, context)
      const file = url.slice(ROOT.length, -mark.length)
      if (!url.startsWith(ROOT) || !url.endsWith(mark) || !filesOf(mutant).includes(file)) return loaded
      unplanted.delete(file)
      return { ...loaded, source: mutated(String(loaded.source), file, mutant) }
    },
  })
  try {
    const { run } = (await import(`../run.ts${mark}`)) as typeof import('../run.ts')
    const { SCRIPTED } = (await import(`./scripted.ts${mark}`)) as typeof import('./scripted.ts')
    for (const file of unplanted) throw new Error(`mutant ${mutant.name}: the simulation does not load ${file}`)
    return { run, scripted: SCRIPTED }
  } finally {
    hooks.deregister()
  }
}
