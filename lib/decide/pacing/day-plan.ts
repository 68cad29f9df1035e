import { daysBetween } from '../../units/calendar.ts'
import { expectedBefore, type FlightPosition, type Launch, type TargetPath, targetPath } from './path.ts'

export interface DayTerms extends FlightPosition {
  /** What today would spend if no budget were moved; undefined: not known. */
  readonly steady?: number
}

/**
 * Where spend stands beside the path. `unknown` before there is a day to compare; `exhausted` when the money is gone.
 */
export type PaceStatus = 'unknown' | 'under' | 'on-track' | 'over' | 'exhausted' | 'outside-flight'

export interface DayPlan {
  /** What today should spend. */
  readonly target: number
  readonly remaining: number
  /** Today included; 0 outside the flight. */
  readonly daysLeft: number
  /** What an even day of those that remain would spend. */
  readonly requiredPerDay: number
  /** Spent over what the path had by now; undefined on the first day: unknown is not 0 %. */
  readonly pace: number | undefined
  readonly status: PaceStatus
  readonly path: TargetPath
  /** What today's launches are to have at least. */
  readonly launches: readonly { readonly name: string; readonly atLeast: number }[]
  /** One sentence for a marketer. */
  readonly why: string
}

const WIDEST_TOLERANCE = 0.05
/** From so many days before the end the tolerance narrows, to nothing on the last day. */
const NARROWS_OVER_DAYS = 14

/** How far off the path budgets may be, as a share, before they are moved for it. */
export const toleranceAt = (daysLeft: number): number =>
  WIDEST_TOLERANCE * Math.min(1, Math.max(0, daysLeft - 1) / NARROWS_OVER_DAYS)

/** Shares within which a flight counts as on track: wide while most of it can still be corrected. */
const WIDEST_BAND = 0.25
const NARROWEST_BAND = 0.01

/**
 * Today's target: the path's part of what remains. As long as what the budgets would spend lies within the tolerance of
 * that, it is what they would spend: the noise of single days, made up by later ones, is no reason to move them all.
 */
export function dayPlan(terms: DayTerms): DayPlan {
  const { from, to, today, steady } = terms
  const path = targetPath(terms)
  const daysLeft = today < from || today > to ? 0 : daysBetween(today, to) + 1
  const { remaining } = path
  const exact = daysLeft > 0 ? (path.days[0]?.target ?? 0) : 0
  const isNear = steady !== undefined && Math.abs(steady - exact) <= toleranceAt(daysLeft) * exact
  const target = Math.min(isNear ? steady : exact, remaining)
  const expected = expectedBefore(terms, today)
  const pace = expected > 0 && daysLeft > 0 ? terms.spent / expected : undefined
  return {
    target,
    remaining,
    daysLeft,
    requiredPerDay: daysLeft > 0 ? remaining / daysLeft : 0,
    pace,
    status: statusOf(terms, daysLeft, remaining, pace),
    path,
    launches: daysLeft > 0 ? launchesToday(terms, path) : [],
    why: sentence(terms, path, daysLeft, target),
  }
}

function statusOf(
  { from, to }: FlightPosition,
  daysLeft: number,
  remaining: number,
  pace: number | undefined,
): PaceStatus {
  if (daysLeft === 0) return 'outside-flight'
  if (remaining <= 0) return 'exhausted'
  if (pace === undefined) return 'unknown'
  const share = (daysLeft - 1) / Math.max(1, daysBetween(from, to))
  const band = NARROWEST_BAND + (WIDEST_BAND - NARROWEST_BAND) * share
  return pace < 1 - band ? 'under' : pace > 1 + band ? 'over' : 'on-track'
}

function launchesToday({ today, launches }: FlightPosition, { days }: TargetPath): DayPlan['launches'] {
  const active = launches.filter((launch) => isOn(launch, today))
  const asked = active.reduce((total, { perDay }) => total + perDay, 0)
  const granted = asked > 0 ? (days[0]?.reserved ?? 0) / asked : 0
  return active.map(({ name, perDay }) => ({ name, atLeast: perDay * granted }))
}

const isOn = ({ from, to }: Launch, today: string): boolean => from <= today && (to === undefined || today <= to)

function sentence({ from, to, today, launches }: DayTerms, path: TargetPath, daysLeft: number, target: number): string {
  if (daysLeft === 0) return today < from ? `the flight begins on ${from}` : `the flight ended on ${to}`
  if (path.remaining <= 0) return 'the money of the flight is gone'
  const kept = path.days.reduce((sum, { reserved }) => sum + reserved, 0)
  const names = launches.filter((launch) => launch.to === undefined || launch.to >= today).map(({ name }) => name)
  return [
    `${target.toFixed(2)} today of the ${path.remaining.toFixed(2)} that remain for ${daysLeft === 1 ? 'the last day' : `${daysLeft} days`}`,
    kept > 0 ? `, ${kept.toFixed(2)} of them kept for ${names.map((name) => `"${name}"`).join(', ')}` : '',
    path.launchShortfall > 0 ? `; launches ask for ${path.launchShortfall.toFixed(2)} more than there is` : '',
  ].join('')
}
