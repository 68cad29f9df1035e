import type { AccountDate } from '../../units/calendar.ts'
import { type SpendLimits, sizeOf } from './landing.ts'
import type { TargetPath } from './path.ts'

export interface NoReturnTerms extends SpendLimits {
  readonly path: TargetPath
  /** Share of what remains that is not worth an alarm. Default 1 %. */
  readonly tolerance?: number
}

/**
 * What becomes of the flight if budgets are left as they stand, and how long that can still be put right.
 * `date`: the first day on which it is too late to begin; the flight's first remaining day when it is too late already.
 */
export type NoReturn =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'under' | 'over'
      readonly date: AccountDate
      readonly isPast: boolean
      /** Missing from, or beyond, the total at best when it is too late already; else if budgets are left. */
      readonly gap: number
      readonly why: string
    }

/**
 * The point of no return: platforms' own pacing hides a drift until the days that remain cannot make it up within the
 * step limit and the bounds. From that day on the total can no longer be reached, or no longer be kept.
 */
export function pointOfNoReturn(terms: NoReturnTerms): NoReturn {
  const { path, tolerance = 0.01 } = terms
  const { days, remaining } = path
  if (days.length === 0) return { kind: 'none', why: 'no day of the flight remains' }
  const left = spendFrom(terms, days.length, 0)
  const slack = tolerance * remaining
  if (left < remaining - slack) {
    const date = days.findIndex((_, i) => spendFrom(terms, i, terms.stepUp) < remaining - slack)
    return found(terms, 'under', date, remaining - left)
  }
  if (left > remaining + slack) {
    const date = days.findIndex((_, i) => spendFrom(terms, i, -terms.stepDown) > remaining + slack)
    return found(terms, 'over', date, left - remaining)
  }
  return { kind: 'none', why: 'the budgets as they stand land on the total' }
}

/** Spend of the days that remain when budgets are left until the day at `start` and moved by the full step from then on. */
function spendFrom({ path, standing, atMost, atLeast }: NoReturnTerms, start: number, stepShare: number): number {
  let level = standing
  let reservedAhead = path.days.reduce((sum, { reserved }) => sum + reserved, 0)
  return path.days.reduce((total, { reserved }, i) => {
    // As the days are planned: what is left when others have spent more is divided among the launches to come.
    const kept = reservedAhead > 0 ? reserved * Math.min(1, Math.max(0, path.remaining - total) / reservedAhead) : 0
    reservedAhead -= reserved
    if (i >= start) {
      const moved = level * (1 + stepShare)
      level =
        stepShare > 0
          ? Math.max(level, Math.min(atMost ?? Number.POSITIVE_INFINITY, moved))
          : Math.min(level, Math.max(atLeast ?? 0, moved))
    }
    return total + kept + level * sizeOf(path, i)
  }, 0)
}

function found(terms: NoReturnTerms, kind: 'under' | 'over', index: number, ifLeft: number): NoReturn {
  const { path } = terms
  const date = path.days[index]?.date
  if (date === undefined)
    return { kind: 'none', why: 'what the budgets are off by can be made up on the last day still' }
  const isPast = index === 0
  const best = spendFrom(terms, 0, kind === 'under' ? terms.stepUp : -terms.stepDown)
  const gap = isPast ? Math.abs(path.remaining - best) : ifLeft
  const amount = gap.toFixed(2)
  const why = {
    under: isPast
      ? `the total can no longer be reached: even at the largest steps ${amount} stay unspent`
      : `if budgets stay as they are ${amount} stay unspent; from ${date} on the total can no longer be reached`,
    over: isPast
      ? `the total can no longer be kept by budgets: even at the largest cuts ${amount} are spent beyond it`
      : `if budgets stay as they are ${amount} are spent beyond the total; from ${date} on that can no longer be avoided`,
  }[kind]
  return { kind, date, isPast, gap, why }
}
