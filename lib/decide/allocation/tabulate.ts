/** A curve as a table that is as fine as its bends ask for: linear between the points it errs little. */
export interface Table {
  readonly spend: number[]
  readonly objective: number[]
  readonly outcome: number[]
}

/** A curve to be looked up, not known in closed form: no derivative, no promise of its shape. */
export interface Curve {
  readonly objective: (spend: number) => number
  readonly outcome?: (spend: number) => number
}

/** Parts that a range is cut into before its bends are looked at: narrower hollows may go unseen. */
const PARTS = 16
/** Deepest halving of a part. */
const DEEPEST = 12

/**
 * Tables a curve between two spends: halves wherever the middle lies off the straight line by more than `fineness` of
 * the whole rise.
 *
 * @param between points that the table is to have: 0 or more, anywhere
 * @param fineness share of the curve's range, > 0
 * @throws RangeError when the curve is no number somewhere
 */
export function tabulate(
  curve: Curve,
  atLeast: number,
  atMost: number,
  between: readonly number[],
  fineness: number,
): Table {
  const at = (spend: number): Point => {
    const objective = curve.objective(spend)
    const outcome = curve.outcome ? curve.outcome(spend) : objective
    if (!Number.isFinite(objective) || !Number.isFinite(outcome))
      throw new RangeError(`curve: ${objective} and ${outcome} at a spend of ${spend}; both must be finite`)
    return { spend, objective, outcome }
  }
  const spends = startOf(atLeast, atMost, between)
  const points = spends.map(at)
  const allowed = { objective: fineness * rangeOf(points, 'objective'), outcome: fineness * rangeOf(points, 'outcome') }
  const table: Point[] = points.slice(0, 1)
  for (let k = 1; k < points.length; k++) refine(at, points[k - 1]!, points[k]!, allowed, DEEPEST, table)
  return {
    spend: table.map(({ spend }) => spend),
    objective: table.map(({ objective }) => objective),
    outcome: table.map(({ outcome }) => outcome),
  }
}

interface Point {
  readonly spend: number
  readonly objective: number
  readonly outcome: number
}

/** Even parts and, for curves that bend most at their foot, ever smaller ones towards it. */
function startOf(atLeast: number, atMost: number, between: readonly number[]): readonly number[] {
  if (!(atMost > atLeast)) return [atLeast]
  const width = atMost - atLeast
  const spends = new Set([atLeast, atMost])
  for (let k = 1; k < PARTS; k++) spends.add(atLeast + (width * k) / PARTS)
  for (let k = 5; k <= 10; k++) spends.add(atLeast + width / 2 ** k)
  for (const spend of between) if (spend > atLeast && spend < atMost) spends.add(spend)
  return [...spends].sort((a, b) => a - b)
}

const rangeOf = (points: readonly Point[], part: 'objective' | 'outcome'): number =>
  points.reduce((most, p) => Math.max(most, p[part]), Number.NEGATIVE_INFINITY) -
  points.reduce((least, p) => Math.min(least, p[part]), Number.POSITIVE_INFINITY)

function refine(
  at: (spend: number) => Point,
  a: Point,
  b: Point,
  allowed: { readonly objective: number; readonly outcome: number },
  deeper: number,
  into: Point[],
): void {
  const spend = (a.spend + b.spend) / 2
  if (deeper > 0 && spend > a.spend && spend < b.spend) {
    const middle = at(spend)
    const off = (part: 'objective' | 'outcome'): boolean =>
      Math.abs(middle[part] - (a[part] + b[part]) / 2) > allowed[part]
    if (off('objective') || off('outcome')) {
      refine(at, a, middle, allowed, deeper - 1, into)
      refine(at, middle, b, allowed, deeper - 1, into)
      return
    }
    into.push(middle)
  }
  into.push(b)
}

/** The table with further points: three in each segment that ends at one of `near` or holds it. */
export function refinedNear(curve: Curve, table: Table, near: readonly number[]): Table {
  const { spend } = table
  const added = new Set<number>()
  for (const x of near)
    for (let k = 1; k < spend.length; k++) {
      const [a, b] = [spend[k - 1]!, spend[k]!]
      if (x < a || x > b) continue
      for (const share of [0.25, 0.5, 0.75]) {
        const at = a + share * (b - a)
        if (at > a && at < b) added.add(at)
      }
    }
  if (added.size === 0) return table
  const known = new Map(spend.map((x, k) => [x, k]))
  const all = [...spend, ...added].sort((a, b) => a - b)
  const value = (part: 'objective' | 'outcome') =>
    all.map((x) => {
      const k = known.get(x)
      if (k !== undefined) return table[part][k]!
      return part === 'outcome' && curve.outcome ? curve.outcome(x) : curve.objective(x)
    })
  const objective = value('objective')
  return { spend: all, objective, outcome: curve.outcome ? value('outcome') : objective }
}
