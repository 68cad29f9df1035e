import type { ClickCells } from '../../model/evidence.ts'
import { type LeverState, valueOn } from '../../model/lever-state.ts'
import { type AccountDate, dates, daysBetween } from '../../units/calendar.ts'
import type { Edit } from '../targets/allowance.ts'
import { plainValue } from '../targets/history.ts'

interface Multiplier {
  readonly value: number
  readonly state: LeverState | undefined
}

/** Dates on which a multiplier of a campaign was written to, oldest first: those of a day are one edit. */
export function multiplierEdits(multipliers: readonly Multiplier[], today: AccountDate): readonly Edit[] {
  const written = multipliers.flatMap(({ state }) =>
    state?.day === undefined ? [] : [...(state.past ?? []).map(({ date }) => date), state.day],
  )
  return [...new Set(written)]
    .toSorted()
    .map((date) => ({ daysAgo: daysBetween(date, today), lever: 'strategy', from: 1, to: 1 }))
}

/** What a multiplier was on average over the days whose clicks were counted. */
export function meanMultiplier({ value, state }: Multiplier, { from, to }: ClickCells): number {
  if (!state) return value
  const days = dates(from, to)
  // Before the first move that is remembered it is taken to have stood where that move left it.
  const first = state.past?.[0]?.value
  const stood = days.map((date) => plainValue(valueOn(state, date) ?? first) ?? value)
  return stood.reduce((sum, one) => sum + one, 0) / days.length
}
