import type { EntityHistory, HistoryDay } from '../model/history.ts'

/**
 * Histories in which no day of a campaign is told twice. A campaign whose budget moved between the campaign and its ad
 * groups (or whose account did) has days that were reported at both levels: each counts the same money. The level that
 * saw more of a day is kept, because what was read last has seen most; the other level's day is left out.
 */
export const countedOnce = (histories: readonly EntityHistory[]): readonly EntityHistory[] =>
  [...Map.groupBy(histories, ({ campaign }) => campaign).values()].flatMap((own) =>
    own.some(({ adGroup }) => adGroup !== undefined) && own.some(({ adGroup }) => adGroup === undefined)
      ? oneLevelADay(own)
      : own,
  )

interface Told {
  readonly spendMicros: bigint
  readonly conversions: number
}

function oneLevelADay(own: readonly EntityHistory[]): readonly EntityHistory[] {
  const [groups, whole] = [true, false].map((isGroup) =>
    told(own.filter(({ adGroup }) => (adGroup !== undefined) === isGroup)),
  )
  return own.map((history) => {
    const [mine, other] = history.adGroup === undefined ? [whole, groups] : [groups, whole]
    const wins = ({ date }: HistoryDay): boolean => {
      const order = compare(mine?.get(date), other?.get(date))
      return order > 0 || (order === 0 && history.adGroup === undefined)
    }
    return { ...history, days: history.days.filter(wins) }
  })
}

function told(histories: readonly EntityHistory[]): ReadonlyMap<string, Told> {
  const days = new Map<string, Told>()
  for (const { days: own } of histories)
    for (const { date, spendMicros, conversions } of own) {
      const before = days.get(date) ?? { spendMicros: 0n, conversions: 0 }
      const counts = Object.values(conversions).reduce((sum, { count }) => sum + count, 0)
      days.set(date, { spendMicros: before.spendMicros + spendMicros, conversions: before.conversions + counts })
    }
  return days
}

function compare(a: Told | undefined, b: Told | undefined): number {
  if (!a || !b) return a ? 1 : -1
  if (a.spendMicros !== b.spendMicros) return a.spendMicros > b.spendMicros ? 1 : -1
  return a.conversions - b.conversions
}
