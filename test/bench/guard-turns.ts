/**
 * What a day of guard turns takes with 1,000 campaigns: two hours of them, times twelve, since the hours of a day are alike
 * to it. The evenings of the week before are lived too, because each turn reads the last seven days' spend.
 */
import { DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { type ConsumptionFigures, perDay } from './consumption.ts'
import { fiveAccounts } from './portfolios.ts'
import { oneCore, startWorker } from './worker.ts'
import { startWorld } from './world.ts'

const PAST_DAYS = 7
const EVENING_HOUR = 23
const FROM_HOUR = 10
const HOURS = 2

export type GuardDay = Pick<ConsumptionFigures, 'units' | 'lambdas'>

const isGuard = (name: string): boolean => name.startsWith('guard')

export async function measureGuardTurns(): Promise<GuardDay> {
  const fork = oneCore()
  const world = await startWorld(fiveAccounts(1_000), 1, fork)
  const { start } = world.facts
  const worker = await startWorker(world.facts, { byName: true, fork })
  try {
    for (let day = 0; day < PAST_DAYS; day++) {
      const evening = later(start, day * DAY_MS + EVENING_HOUR * HOUR_MS)
      await worker.window(evening, later(evening, HOUR_MS - 1))
    }
    const from = later(start, PAST_DAYS * DAY_MS + FROM_HOUR * HOUR_MS)
    const figures = await worker.window(from, later(from, HOURS * HOUR_MS - 1))
    const { units, lambdas } = perDay(figures, HOURS / 24)
    return {
      units: units.filter(({ stage }) => isGuard(stage)),
      lambdas: lambdas.filter(({ lambda }) => isGuard(lambda)),
    }
  } finally {
    await worker.close()
    await world.close()
  }
}

/** Figures measured before there was a guard, with its turns added; others as they are. */
export const withGuard = (figures: ConsumptionFigures, guard: GuardDay): ConsumptionFigures =>
  figures.lambdas.some(({ lambda }) => isGuard(lambda))
    ? figures
    : {
        ...figures,
        units: [...figures.units, ...guard.units],
        lambdas: [...figures.lambdas, ...guard.lambdas],
      }
