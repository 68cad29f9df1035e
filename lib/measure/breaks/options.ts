/** What makes a break. */
export interface BreakOptions {
  /** Days that an outage or a doubling must last before it is called; a single day must be as unlikely as two. */
  readonly days: number
  /** Largest probability that the counts of those days came about by chance. */
  readonly tail: number
  /** Counts at or below this share of the expected are near none. */
  readonly outageShare: number
  /** A day at or above this multiple of the expected may be counted twice. */
  readonly doubleShare: number
  /** Expected conversions below which nothing is called. */
  readonly leastExpected: number
  /** A change of level smaller than this is performance: 1.2 = 20 % up, or down to 1/1.2. */
  readonly leastShift: number
  /** Standard deviations that a change of level must stand out by. */
  readonly shiftDeviations: number
}

export const BREAK_DEFAULTS: BreakOptions = {
  days: 2,
  tail: 1e-4,
  outageShare: 0.35,
  doubleShare: 1.7,
  leastExpected: 10,
  leastShift: 1.2,
  shiftDeviations: 3,
}
