import { normal } from '../random.ts'

/**
 * Gamma with mean `shape`, rate 1, by Marsaglia and Tsang 2000; shapes under 1 by their boost.
 *
 * @param shape > 0
 */
export function gammaDraw(shape: number, random: () => number): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = normal(random)
    const v = (1 + c * z) ** 3
    if (v > 0 && Math.log(1 - random()) < (z * z) / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
