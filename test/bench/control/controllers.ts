/** Everything that is run through the markets, in the order of the report. */
import { BASELINES } from './baselines/all.ts'
import { type Drive, driveController } from './run.ts'
import { driveSluice } from './sluice.ts'

export interface Contestant {
  readonly name: string
  /** One sentence: what it knows and does. */
  readonly what: string
  readonly drive: Drive
}

export const SLUICE = 'sluice'

export const CONTESTANTS: readonly Contestant[] = [
  {
    name: SLUICE,
    what: 'Knows what its adapters read and what its policy says: reports with their restatements, announced promotions, and lift tests and the shop’s orders in the families that have them.',
    drive: driveSluice,
  },
  ...BASELINES.map((kind) => ({ name: kind.name, what: kind.what, drive: driveController(kind) })),
]

/** @throws RangeError for a name that nobody has */
export function contestant(name: string): Contestant {
  const found = CONTESTANTS.find((one) => one.name === name)
  if (!found)
    throw new RangeError(`there is no controller "${name}": there are ${CONTESTANTS.map((one) => one.name).join(', ')}`)
  return found
}
