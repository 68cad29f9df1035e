/** Everything that is run through the markets, in the order of the report. */
import { BASELINES } from './baselines/all.ts'
import { driveInformed } from './informed.ts'
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

/** Not contestants: what Sluice would miss if it knew part of the truth and were bound as it is. */
export const INFORMED: readonly Contestant[] = [
  {
    name: 'knows-curves',
    what: 'Knows every true curve and the day’s level; bound by the same steps, month and minimum as Sluice.',
    drive: driveInformed('curves'),
  },
  {
    name: 'knows-shapes',
    what: 'Knows the true shape of every curve and learns its level as Sluice does; bound as Sluice is.',
    drive: driveInformed('shapes'),
  },
  {
    name: 'knows-levels',
    what: 'Knows the true level of every curve and learns its shape as Sluice does; bound as Sluice is.',
    drive: driveInformed('levels'),
  },
]

/** @throws RangeError for a name that nobody has */
export function contestant(name: string): Contestant {
  const found = [...CONTESTANTS, ...INFORMED].find((one) => one.name === name)
  if (!found)
    throw new RangeError(`there is no controller "${name}": there are ${CONTESTANTS.map((one) => one.name).join(', ')}`)
  return found
}
