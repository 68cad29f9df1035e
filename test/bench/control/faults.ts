/** What goes wrong with a market's reports, drawn once: the platforms' own doing, whatever a controller does. */
import { between, stream } from './random.ts'
import { CHANCE, PLATFORMS, type Truth } from './truth.ts'

export interface ReportFaults {
  /** By platform and day: the first day on whose morning it is reported; Infinity for never. */
  readonly reportedFrom: readonly Float64Array[]
  /** By platform and day of conversion: share that is tracked. */
  readonly tracked: readonly Float64Array[]
  /** By platform and day of click: factor on claims. */
  readonly claimFactor: readonly Float64Array[]
  /** Share of the claims of `day` that a platform shows on the morning of `on`. */
  shown(platform: number, day: number, on: number): number
}

/** Days of claims that a storm takes part of, and days until half of the storms are put right. */
const STORM_DAYS = 10
const STORM_LASTS = 4

export function drawFaults({ family, seed, days }: Pick<Truth, 'family' | 'seed' | 'days'>): ReportFaults {
  const { faults, warmUpDays, controlDays } = family
  const perDay = (value: number): Float64Array[] => PLATFORMS.map(() => new Float64Array(days + 20).fill(value))
  const reportedFrom = perDay(0)
  const tracked = perDay(1)
  const claimFactor = perDay(1)
  for (const [p, row] of reportedFrom.entries())
    for (let day = 0; day < row.length; day++) {
      const u = stream(seed, CHANCE.reports, p, day)()
      row[day] =
        u < faults.missingShare
          ? Number.POSITIVE_INFINITY
          : u < faults.missingShare + faults.lateShare
            ? day + 3
            : day + 1
    }
  const next = stream(seed, CHANCE.faults)
  const order = PLATFORMS.map((_, p) => ({ p, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ p }) => p)
  for (const [k, { day, factor }] of faults.attributionSwitch.entries()) {
    const row = claimFactor[order[k % order.length]!]!
    for (let d = warmUpDays + day; d < row.length; d++) row[d]! *= factor
  }
  for (let k = 0; k < faults.outages; k++) {
    const row = tracked[Math.floor(next() * PLATFORMS.length)]!
    const from = warmUpDays + Math.floor(next() * controlDays)
    const until = from + Math.round(between(next, faults.outageDays))
    for (let d = from; d < Math.min(until, row.length); d++) row[d] = faults.outageKeeps
  }
  const storms = Array.from({ length: faults.storms }, () => ({
    platform: Math.floor(next() * PLATFORMS.length),
    on: warmUpDays + Math.floor(next() * controlDays),
    isPutRight: next() < 0.5,
  }))
  return {
    reportedFrom,
    tracked,
    claimFactor,
    shown: (platform, day, on) => {
      let share = 1
      for (const storm of storms)
        if (
          storm.platform === platform &&
          on >= storm.on &&
          day < storm.on &&
          day >= storm.on - STORM_DAYS &&
          !(storm.isPutRight && on >= storm.on + STORM_LASTS)
        )
          share *= faults.stormKeeps
      return share
    },
  }
}
