import { logGamma } from './log-gamma.ts'

const ROUNDS = 300
const TINY = 1e-300

/**
 * Regularised incomplete beta function I_x(a, b), by its continued fraction; absolute error below 1e-10.
 *
 * @param x in [0, 1]
 * @param a > 0
 * @param b > 0
 * @throws RangeError otherwise
 * @see DLMF 8.17.22, and Lentz's method for evaluating it
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incompleteBeta needs x between 0 and 1, got ${x}`)
  if (!(a > 0) || !(b > 0)) throw new RangeError(`incompleteBeta needs positive parameters, got ${a} and ${b}`)
  if (x === 0 || x === 1) return x
  // The fraction converges fast below the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  return (Math.exp(log) / a) * fraction(x, a, b)
}

function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= ROUNDS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-13) break
  }
  return value
}

const away = (x: number): number => (Math.abs(x) < TINY ? TINY : x)
