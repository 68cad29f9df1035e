import { type AccountRef, accountKey, type CampaignId } from '../../lib/model/account.ts'
import type { Alert } from '../../lib/model/alert.ts'
import type { PerformanceRow } from '../../lib/model/performance.ts'
import type { PlatformReader } from '../../lib/ports/platform.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

export const micros = (units: number): bigint => BigInt(units) * 1_000_000n

/** What the platform reports of today, in main units by campaign, all in the hours up to now. */
type SpentToday = Readonly<Record<string, number>>

/** A rig whose platform reports this spend by the hour; the rest of what it says is the rig's. */
export async function spending(spent: SpentToday, options: RigOptions = {}): Promise<Rig & { spent: SpentToday }> {
  const stage = await rig(options)
  const world = { ...stage, spent }
  const { reader } = stage.ads.platform
  const whole = reader.performance
  const performance: PlatformReader['performance'] = async (account, query, rules) => {
    const report = await whole(account, query, rules)
    if (query.grain === 'day') return report
    const rows = Object.entries(world.spent).map(
      ([campaign, units]): PerformanceRow => ({
        campaign: campaign as CampaignId,
        date: query.from,
        hour: 5,
        spend: euros(units),
        impressions: 0,
        clicks: 0,
        conversions: [],
      }),
    )
    return { ...report, rows: accountKey(account) === accountKey(A) ? rows : [] }
  }
  Object.assign(reader, { performance })
  await stage.ready()
  return world
}

export async function quarter(stage: Rig): Promise<unknown> {
  stage.wait(15 * MINUTE_MS)
  return stage.run('guard')
}

export const alerts = (stage: Rig, account: AccountRef = A): Promise<readonly Alert[]> => stage.loop.alerts.all(account)
export const only = async (stage: Rig): Promise<Alert> => {
  const [alert, ...others] = await alerts(stage)
  if (!alert || others.length > 0) throw new Error(`${others.length + (alert ? 1 : 0)} alerts where one was expected`)
  return alert
}
export const budget = (stage: Rig, id: string): bigint | undefined => stage.ads.micros(A, id)
/** The rig's campaigns cost 600 a day together; 3,000 are half as much again as the cap of 2,000. */
export const RUNAWAY = { '10': 2900, '11': 60, '12': 40 }
export const PAUSING = { policy: { breakers: { runawaySpend: { action: 'pause' } } } }
