import type { Violation } from '../invariants.ts'
import { comeToRest } from '../life.ts'
import { prepared, runStep, STEPS, scripted } from '../one-lever.ts'
import type { World } from '../world.ts'

/** Worlds for what chance hardly ever brings about: each ends in calm weather, as those of the enumeration do. */
export const SCRIPTED = { 'slept-past-its-limit': sleptPastItsLimit } as const
export type ScriptedName = keyof typeof SCRIPTED

/** A worker sleeps just before it sends, until its lease is over and its push is settled as never sent; then it goes on. */
async function sleptPastItsLimit(): Promise<readonly Violation[]> {
  const world = await prepared(['raise planned'])
  const script = scripted(world, (_, worker, effect) => {
    if (effect.name !== 'writer.apply') return undefined
    script.over()
    worker.wakesAt = world.now()
    return 'sleeps'
  })
  const { message, work } = STEPS.act(world)
  const worker = world.crew.hire(message, 0)
  await world.crew.alone(worker, work)
  world.pass(400_000)
  await runStep(world, 'verify')
  if (worker.state === 'asleep') await world.crew.abreast([], [worker], () => worker)
  return atRest(world)
}

async function atRest(world: World): Promise<readonly Violation[]> {
  world.striker.fate = () => ({ kind: 'applied' })
  await comeToRest(world)
  return world.checker.violations
}
