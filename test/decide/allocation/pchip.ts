/** Monotone cubic interpolation (Fritsch and Butland 1984), as scipy's PchipInterpolator has it. */
export function pchip(x: readonly number[], y: readonly number[]): (at: number) => number {
  const n = x.length
  const h = x.slice(1).map((to, k) => to - x[k]!)
  const d = h.map((width, k) => (y[k + 1]! - y[k]!) / width)
  const slope = y.map((_, k) => {
    if (k === 0) return endSlope(h[0]!, h[1]!, d[0]!, d[1]!)
    if (k === n - 1) return endSlope(h[n - 2]!, h[n - 3]!, d[n - 2]!, d[n - 3]!)
    if (d[k - 1]! * d[k]! <= 0) return 0
    const [a, b] = [2 * h[k]! + h[k - 1]!, h[k]! + 2 * h[k - 1]!]
    return (a + b) / (a / d[k - 1]! + b / d[k]!)
  })
  return (at) => {
    let low = 0
    let high = n - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (x[middle]! <= at) low = middle
      else high = middle
    }
    const t = (at - x[low]!) / h[low]!
    return (
      y[low]! * (1 + 2 * t) * (1 - t) ** 2 +
      slope[low]! * h[low]! * t * (1 - t) ** 2 +
      y[low + 1]! * t * t * (3 - 2 * t) +
      slope[low + 1]! * h[low]! * t * t * (t - 1)
    )
  }
}

function endSlope(h0: number, h1: number, d0: number, d1: number): number {
  const slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
  if (Math.sign(slope) !== Math.sign(d0)) return 0
  return Math.sign(d0) !== Math.sign(d1) && Math.abs(slope) > 3 * Math.abs(d0) ? 3 * d0 : slope
}
