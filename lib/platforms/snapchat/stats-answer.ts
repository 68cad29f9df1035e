import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import {
  type AccountDate,
  dateAt,
  endOfDay,
  HOUR_MS,
  hourAt,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../units/calendar.ts'
import { readEntities } from './envelope.ts'
import type { Redact } from './failures.ts'
import { id, micros, schemaByName, time } from './schema.ts'
import type { DateWindow } from './times.ts'

const statsSchema = z.looseObject({ spend: micros })
export type Stats = z.output<typeof statsSchema>
const pointSchema = z.object({ start_time: time, end_time: time, stats: statsSchema })
type Point = z.output<typeof pointSchema>
const seriesSchema = z.object({ id, timeseries: z.array(pointSchema) })
export type Series = z.output<typeof seriesSchema>

export type Breakdown = 'campaign' | 'adsquad'

const brokenDown = schemaByName((breakdown: Breakdown) =>
  z.object({ breakdown_stats: z.object({ [breakdown]: z.array(seriesSchema) }) }),
)

export interface SeriesPage {
  readonly series: readonly Series[]
  readonly next: string | undefined
}

/**
 * The time series of an answer: those of a breakdown's entities, or the one of the account itself.
 *
 * @throws PlatformError
 */
export function readSeries(json: unknown, breakdown: Breakdown | undefined, redact: Redact): SeriesPage {
  const read = <T>(schema: z.ZodType<T>) => readEntities(json, 'timeseries_stats', 'timeseries_stat', schema, redact)
  if (breakdown === undefined) {
    const { entities, next } = read(seriesSchema)
    return { series: one(entities), next }
  }
  const { entities, next } = read(brokenDown(breakdown))
  const series = one(entities).flatMap(({ breakdown_stats }) => breakdown_stats[breakdown] ?? [])
  return { series, next }
}

function one<T>(entities: readonly T[]): readonly T[] {
  if (entities.length !== 1) throw unreadable(`${entities.length} statistics instead of one`)
  return entities
}

const unreadable = (what: string) => new PlatformError({ kind: 'unreadable', detail: `stats: ${what}` })

const lifetimeSchema = z.object({ stats: z.object({ spend: micros }) })

/** All that an account ever spent, in micros. @throws PlatformError */
export function readLifetimeSpend(json: unknown): bigint {
  const { entities } = readEntities(json, 'lifetime_stats', 'lifetime_stat', lifetimeSchema, (text) => text)
  return one(entities).reduce((sum, { stats }) => sum + stats.spend, 0n)
}

/** Statistics of one entity on one account date, or in one hour of the wall clock. */
export interface Cell {
  readonly id: string
  readonly date: AccountDate
  readonly hour?: number
  /** Two where autumn shows an hour twice. */
  readonly stats: readonly Stats[]
}

export interface Grid {
  readonly window: DateWindow
  readonly grain: 'day' | 'hour'
  readonly zone: TimeZone
  /** What begins later has not happened yet, and is left out: it is no zero. */
  readonly now: Instant
}

/**
 * The points of series by date, or by date and hour.
 *
 * @throws PlatformError for a point that comes twice, is not a whole day or hour of the zone, or was not asked for
 */
export function cellsOf(series: readonly Series[], grid: Grid): readonly Cell[] {
  const seen = new Set<string>()
  const cells = new Map<string, { id: string; date: AccountDate; hour?: number; stats: Stats[] }>()
  for (const { id, timeseries } of series)
    for (const point of timeseries) {
      const place = placeOf(point, grid)
      const key = `${id} ${point.start_time}`
      if (seen.has(key)) throw unreadable(`${id}: ${place.date} came twice`)
      seen.add(key)
      if (point.start_time >= grid.now) continue
      const cellKey = `${id} ${place.date} ${place.hour ?? ''}`
      const cell = cells.get(cellKey)
      if (cell) cell.stats.push(point.stats)
      else cells.set(cellKey, { id, ...place, stats: [point.stats] })
    }
  return [...cells.values()]
}

function placeOf({ start_time: start, end_time: end }: Point, grid: Grid): { date: AccountDate; hour?: number } {
  const { window, grain, zone } = grid
  const date = dateAt(start, zone)
  if (date < window.from || date > window.to) throw unreadable(`${date} was not asked for`)
  if (grain === 'hour') {
    if (end - start !== HOUR_MS) throw unreadable(`${date}: a point is not one hour`)
    return { date, hour: hourAt(start, zone) }
  }
  if (start !== startOfDay(date, zone) || end !== endOfDay(date, zone))
    throw unreadable(`${date}: a point is not one day`)
  return { date }
}
