import type { Revision } from '../model/history.ts'
import type { AccountDate } from '../units/calendar.ts'
import type { Conversions } from './history-columns.ts'

/** Revisions of one entity; `entity` is empty for the campaign itself, else its ad group's id. */
export interface EntityRevisions {
  readonly entity: string
  readonly revisions: readonly Revision[]
}

type ByAge = ReadonlyMap<number, Conversions>

/**
 * The campaign's revisions, oldest day and then youngest age first. Where the campaign was reported as a whole, those;
 * else the sum of its ad groups, where an ad group that did not change at an age counts as it last did.
 */
export function campaignRevisions(all: readonly EntityRevisions[]): readonly Revision[] {
  const whole = all.filter(({ entity }) => entity === '')
  const byEntity = Map.groupBy(whole.length > 0 ? whole : all, ({ entity }) => entity)
  const entities = [...byEntity.values()].map((parts) => byDate(parts.flatMap(({ revisions }) => revisions)))
  const dates = [...new Set(entities.flatMap((entity) => [...entity.keys()]))].toSorted()
  return dates.flatMap((date) => {
    const ages = entities.flatMap((entity) => entity.get(date) ?? [])
    return revisionsOfDate(date, ages)
  })
}

function byDate(revisions: readonly Revision[]): ReadonlyMap<AccountDate, ByAge> {
  const dates = Map.groupBy(revisions, ({ date }) => date)
  return new Map([...dates].map(([date, all]) => [date, new Map(all.map((one) => [one.ageDays, one.conversions]))]))
}

function revisionsOfDate(date: AccountDate, entities: readonly ByAge[]): readonly Revision[] {
  const ages = [...new Set(entities.flatMap((entity) => [...entity.keys()]))].toSorted((a, b) => a - b)
  return ages.map((ageDays) => ({
    date,
    ageDays,
    conversions: added(
      entities.map((entity) => lastAt(entity, ageDays)).filter((conversions) => conversions !== undefined),
    ),
  }))
}

function lastAt(entity: ByAge, age: number): Conversions | undefined {
  const seen = [...entity.keys()].filter((known) => known <= age)
  return seen.length > 0 ? entity.get(Math.max(...seen)) : undefined
}

function added(all: readonly Conversions[]): Conversions {
  if (all.length === 1) return all[0]!
  const total: Record<string, { count: number; valueMicros: bigint }> = {}
  for (const conversions of all)
    for (const [rule, { count, valueMicros }] of Object.entries(conversions)) {
      const sum = total[rule] ?? { count: 0, valueMicros: 0n }
      total[rule] = { count: sum.count + count, valueMicros: sum.valueMicros + valueMicros }
    }
  return total
}
