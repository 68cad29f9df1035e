import type { CampaignId } from '../../model/account.ts'
import type { EntityHistory } from '../../model/history.ts'
import type { AccountDate } from '../../units/calendar.ts'
import type { Counts, Hours } from './view.ts'

export const HOURS = 24

/** One day as it was read last while it went on. */
export interface RecordedHours {
  readonly spend: ReadonlyMap<CampaignId, Hours>
  /** Absent where they were not kept. */
  readonly counts?: ReadonlyMap<CampaignId, readonly Counts[]>
  /** Hours that were over then, 0 to 24: of those after them nothing is known. */
  readonly until: number
}

export interface Figures extends Counts {
  readonly spendMicros: bigint
}

export function dayFigures(histories: readonly EntityHistory[], date: AccountDate): ReadonlyMap<CampaignId, Figures> {
  const figures = new Map<CampaignId, Figures>()
  for (const { campaign, days } of histories)
    for (const day of days.filter((one) => one.date === date)) {
      const { spendMicros = 0n, impressions = 0, clicks = 0 } = figures.get(campaign) ?? {}
      figures.set(campaign, {
        spendMicros: spendMicros + day.spendMicros,
        impressions: impressions + day.impressions,
        clicks: clicks + day.clicks,
      })
    }
  return figures
}

/** The hours that are known, and what the day came to beyond them spread evenly over the others. */
export function completed(
  known: RecordedHours | undefined,
  figures: ReadonlyMap<CampaignId, Figures>,
): ReadonlyMap<CampaignId, Hours> {
  const { spend = new Map<CampaignId, Hours>(), until = 0 } = known ?? {}
  const from = Math.min(until, HOURS - 1)
  const ids = new Set([...spend.keys(), ...figures.keys()])
  return new Map(
    [...ids].map((id) => {
      const hours = Array.from({ length: HOURS }, (_, hour) => spend.get(id)?.[hour] ?? 0n)
      const rest = (figures.get(id)?.spendMicros ?? 0n) - hours.reduce((sum, micros) => sum + micros, 0n)
      const each = rest > 0n ? rest / BigInt(HOURS - from) : 0n
      return [id, hours.map((micros, hour) => (hour < from ? micros : micros + each))]
    }),
  )
}

/** Micros of the first so many hours of a day by campaign: as they were read, or by what the day came to. */
export function spentUntil(
  histories: readonly EntityHistory[],
  hours: ReadonlyMap<AccountDate, RecordedHours>,
  date: AccountDate,
  hour: number,
): ReadonlyMap<CampaignId, bigint> {
  const known = hours.get(date)
  const spend = known && hour <= known.until ? known.spend : completed(known, dayFigures(histories, date))
  return new Map([...spend].map(([id, of]) => [id, of.slice(0, hour).reduce((sum, micros) => sum + micros, 0n)]))
}
