/** A concave piece of a campaign's tabulated curve: from one budget to the next on its upper hull. */
interface Piece {
  readonly campaign: number
  readonly width: number
  readonly slope: number
  /** Spans points of the curve that lie under the hull: part of it brings less than its slope says. */
  readonly isGap: boolean
}

/** One campaign of an optimisation: its curve and the budgets it may get. */
export interface Option {
  readonly at: (budget: number) => number
  readonly low: number
  readonly high: number
}

/** Points that a curve is tabulated on between its bounds. */
const POINTS = 41

/** Upper concave hull of points with rising x, by the monotone chain. */
export function hull(xs: readonly number[], ys: readonly number[]): readonly number[] {
  const kept: number[] = []
  for (let i = 0; i < xs.length; i += 1) {
    while (kept.length >= 2) {
      const a = kept.at(-2)!
      const b = kept.at(-1)!
      if ((ys[b]! - ys[a]!) * (xs[i]! - xs[a]!) > (ys[i]! - ys[a]!) * (xs[b]! - xs[a]!)) break
      kept.pop()
    }
    kept.push(i)
  }
  return kept
}

/** Whether the curve lies under its chord between two points, by more than rounding. */
function liesUnder(xs: readonly number[], ys: readonly number[], from: number, to: number): boolean {
  const rise = ys[to]! - ys[from]!
  for (let k = from + 1; k < to; k += 1) {
    const chord = ys[from]! + (rise * (xs[k]! - xs[from]!)) / (xs[to]! - xs[from]!)
    if (chord - ys[k]! > 1e-9 * Math.abs(rise)) return true
  }
  return false
}

function piecesOf(option: Option, campaign: number): readonly Piece[] {
  if (!(option.high > option.low)) return []
  const xs = Array.from({ length: POINTS }, (_, k) => option.low + ((option.high - option.low) * k) / (POINTS - 1))
  const ys = xs.map(option.at)
  const corners = hull(xs, ys)
  return corners.slice(1).map((to, k) => {
    const from = corners[k]!
    const width = xs[to]! - xs[from]!
    return { campaign, width, slope: (ys[to]! - ys[from]!) / width, isGap: liesUnder(xs, ys, from, to) }
  })
}

/** Takes pieces by falling slope. A gap that the money left does not span is entered, or left to the last with its campaign. */
function filled(options: readonly Option[], pieces: readonly Piece[], total: number, entersGaps: boolean) {
  const budgets = options.map(({ low }) => low)
  let left = total - budgets.reduce((sum, budget) => sum + budget, 0)
  const put = new Set<number>()
  const later: Piece[] = []
  const take = ({ campaign, width }: Piece): void => {
    const more = Math.max(0, Math.min(width, left))
    budgets[campaign]! += more
    left -= more
  }
  for (const piece of pieces) {
    if (!entersGaps && piece.isGap && piece.width > left) put.add(piece.campaign)
    if (put.has(piece.campaign)) later.push(piece)
    else take(piece)
  }
  later.forEach(take)
  return budgets
}

/**
 * Budgets of greatest total outcome within bounds: pieces of the upper hulls taken by falling slope. Exact to the grid
 * for concave curves; with S-shaped ones at most one campaign ends inside a gap of its hull, and the better of entering
 * that gap and spending the money elsewhere is taken.
 *
 * @param total main units; when the lower bounds exceed it they are what is returned
 */
export function optimise(options: readonly Option[], total: number): readonly number[] {
  const pieces = options.flatMap(piecesOf).sort((a, b) => b.slope - a.slope)
  const outcome = (budgets: readonly number[]): number =>
    budgets.reduce((sum, budget, i) => sum + options[i]!.at(budget), 0)
  const [entered, around] = [true, false].map((entersGaps) => filled(options, pieces, total, entersGaps))
  return outcome(around!) > outcome(entered!) ? around! : entered!
}
