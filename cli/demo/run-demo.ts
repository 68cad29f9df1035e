import { rm } from 'node:fs/promises'
import type { RunReport } from '../../dashboard/run-report.ts'
import { HOUR_MS, type Instant, isoInstant, later } from '../../lib/units/calendar.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { gatherReport } from './gather.ts'
import { startPretend } from './pretend.ts'
import { orderFeed } from './shop-orders.ts'

export interface DemoOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly days: number
  /** Where the tables of the run are kept, to be looked at afterwards; what an earlier run left there is removed. */
  readonly folder?: string
  /** Told after every simulated hour. */
  readonly onProgress: (hour: number, hours: number, note: string) => void
}

/**
 * How often everything is looked at. A deployment does so every hour, and at spend every quarter of one; five platforms for a
 * month at that pace take minutes, which nobody waits for who looks for the first time.
 */
const TICK_MS = 2 * HOUR_MS

/** Runs the scenario for so many days, and reports. */
export async function runDemo({ scenario, seed, days, folder, onProgress }: DemoOptions): Promise<RunReport> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  const pretend = await startPretend({ scenario, seed, tickMs: TICK_MS, ...(folder === undefined ? {} : { folder }) })
  try {
    const hours = days * 24
    const tellOrders = orderFeed(pretend, scenario)
    for (let hour = 1; hour <= hours; hour++) {
      await tellOrders()
      const to = later(pretend.market.start, hour * HOUR_MS)
      await pretend.runUntil(Math.min(to, pretend.market.end) as Instant)
      onProgress(hour, hours, `day ${Math.ceil(hour / 24)} of ${days}, ${isoInstant(pretend.clock.now())}`)
    }
    return await gatherReport(pretend, scenario, seed, days)
  } finally {
    await pretend.close()
  }
}
