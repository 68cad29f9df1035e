/**
 * DynamoDB units, invocations and requests of whole simulated days at the real cadence: a tick every quarter of an hour,
 * hourly pulls, one decision a day. Units are what the engine reports by DynamoDB's rules of 4 KB a read and 1 KB a write.
 */
import { logText } from '../../functions/composition/log.ts'
import type { TableName } from '../../lib/store/tables.ts'
import { DAY_MS, later } from '../../lib/units/calendar.ts'
import { loadScenario } from '../../playground/market/read-scenario.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import type { Invocation } from './controller.ts'
import { fiveAccounts } from './portfolios.ts'
import { number, table } from './table.ts'
import { oneCore, startWorker, type WorkerFigures } from './worker.ts'
import { startWorld } from './world.ts'

/** `design`: 24 hourly rows of every campaign, appended anew for each of 30 days at every reading. */
export const NAIVE_WRITES_PER_CAMPAIGN_DAY = 720
const TABLES = ['control', 'facts', 'audit'] as const satisfies readonly TableName[]
const STAGES = ['dispatch', 'pull', 'plan', 'act', 'verify', 'guard', 'score'] as const
/** Lambda's own three lines to every invocation's one. */
const LAMBDA_LOG_BYTES = 350

export interface LambdaDay {
  readonly lambda: Invocation['lambda']
  readonly invocations: number
  readonly cpuMs: number
  readonly databaseRequests: number
  readonly platformRequests: number
  readonly logBytes: number
}

export interface UnitsDay {
  readonly stage: (typeof STAGES)[number]
  readonly table: TableName
  readonly read: number
  readonly write: number
}

/** All per day of the days measured. */
export interface ConsumptionFigures {
  readonly name: string
  readonly campaigns: number
  readonly accounts: number
  readonly days: number
  readonly units: readonly UnitsDay[]
  readonly lambdas: readonly LambdaDay[]
  readonly changesApplied: number
  readonly archivedBytesZipped: number
  readonly storedBytes: number
  readonly storedBytesGrowth: number
}

export const smallDemo = (): Promise<ConsumptionFigures> => measure(loadScenario('demo'), false, 2)
export const thousandCampaigns = (): Promise<ConsumptionFigures> => measure(fiveAccounts(1_000), true, 2)

async function measure(scenario: Scenario, byName: boolean, days: number): Promise<ConsumptionFigures> {
  const fork = oneCore()
  const world = await startWorld(scenario, 1, fork)
  const { start, portfolio } = world.facts
  const worker = await startWorker(world.facts, { byName, fork })
  try {
    // The first day reads ninety days back and is no day like the others.
    await worker.window(start, later(start, DAY_MS - 1))
    const before = await world.storedBytes()
    const figures = await worker.window(later(start, DAY_MS), later(start, (days + 1) * DAY_MS - 1))
    const storedBytes = await world.storedBytes()
    return {
      name: scenario.name,
      campaigns: portfolio.campaigns.length,
      accounts: portfolio.accounts.length,
      days,
      ...perDay(figures, days),
      storedBytes,
      storedBytesGrowth: (storedBytes - before) / days,
    }
  } finally {
    await worker.close()
    await world.close()
  }
}

/** @param days how long the figures are of; a part of a day is a fraction */
export function perDay({ invocations, archivedBytesZipped }: WorkerFigures, days: number) {
  const failed = invocations.find(({ line }) => line.result === 'failed')
  if (failed) throw new Error(`${failed.line.stage} ${failed.line.key}: ${failed.line.errorMessage}`)
  const sum = (own: readonly Invocation[], figure: (one: Invocation) => number): number =>
    own.reduce((before, one) => before + figure(one), 0) / days
  const byLambda = Map.groupBy(invocations, ({ lambda }) => lambda)
  return {
    units: STAGES.flatMap((stage) =>
      TABLES.map((of): UnitsDay => {
        const own = invocations.filter(({ lambda }) => lambda === stage || lambda === `${stage}-google-ads`)
        const read = sum(own, ({ taken }) => taken.units[of].read)
        return { stage, table: of, read, write: sum(own, ({ taken }) => taken.units[of].write) }
      }),
    ),
    lambdas: [...byLambda].map(
      ([lambda, own]): LambdaDay => ({
        lambda,
        invocations: own.length / days,
        cpuMs: sum(own, ({ taken }) => taken.cpuMs),
        databaseRequests: sum(own, ({ taken }) => taken.databaseRequests),
        platformRequests: sum(own, ({ taken }) => taken.platformRequests),
        logBytes: sum(own, ({ line }) => Buffer.byteLength(logText(line)) + LAMBDA_LOG_BYTES),
      }),
    ),
    changesApplied: sum(invocations, ({ line }) => Number(line.summary?.verified ?? 0)),
    archivedBytesZipped: archivedBytesZipped / days,
  }
}

export const totalUnits = ({ units }: ConsumptionFigures): { read: number; write: number } => ({
  read: units.reduce((sum, { read }) => sum + read, 0),
  write: units.reduce((sum, { write }) => sum + write, 0),
})

export function printConsumption(figures: ConsumptionFigures): void {
  const { campaigns, units, days } = figures
  console.log(
    `\nDynamoDB units per day: "${figures.name}", ${number(campaigns)} campaigns in ${figures.accounts} accounts, ` +
      `mean of ${days} days after the first, ${number(figures.changesApplied)} changes applied a day\n`,
  )
  const rows = STAGES.map((stage) => {
    const own = units.filter((one) => one.stage === stage)
    const cells = TABLES.flatMap((of) => {
      const found = own.find((one) => one.table === of)
      return [number(found?.read ?? 0), number(found?.write ?? 0)]
    })
    return [stage, ...cells]
  })
  console.log(table(['stage', ...TABLES.flatMap((of) => [`${of} read`, `${of} write`])], rows))
  const { read, write } = totalUnits(figures)
  console.log(
    `\nper campaign and day: ${(read / campaigns).toFixed(1)} read, ${(write / campaigns).toFixed(1)} write units`,
  )
  console.log(
    `appending hourly rows instead: ${NAIVE_WRITES_PER_CAMPAIGN_DAY} writes per campaign and day, ` +
      `${number(NAIVE_WRITES_PER_CAMPAIGN_DAY * campaigns)} in all, ${(NAIVE_WRITES_PER_CAMPAIGN_DAY / (write / campaigns)).toFixed(0)} times as many`,
  )
}
