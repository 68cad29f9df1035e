/*
 * The family of shapes that a budget's response may have, by its elasticity at the reference spend: how many per cent
 * more outcome one per cent more spend brings there. Concave shapes are Michaelis–Menten, S-shaped ones Hill with power 2.
 */

/** `z^power (1+halfway) / (z^power+halfway)`; without `halfway` the straight line. */
export interface Shape {
  readonly halfway?: number
  /** 1 where absent. */
  readonly power?: number
}

export interface GridShape extends Shape {
  readonly elasticity: number
  /** Prior weight; all together 1. */
  readonly prior: number
}

/*
 * Weights follow what measured advertising curves look like: most elasticities lie between a quarter and four fifths, and
 * one curve in five has a start that brings less than its proportion.
 */
const CONCAVE: readonly (readonly [elasticity: number, prior: number])[] = [
  [0.06, 0.02],
  [0.12, 0.04],
  [0.25, 0.08],
  [0.4, 0.14],
  [0.55, 0.18],
  [0.7, 0.16],
  [0.82, 0.1],
  [0.92, 0.06],
]
const S_SHAPED: readonly (readonly [elasticity: number, prior: number])[] = [
  [0.25, 0.02],
  [0.5, 0.03],
  [0.8, 0.04],
  [1.1, 0.04],
  [1.4, 0.03],
  [1.7, 0.02],
  [1.9, 0.01],
]

/** Elasticity at z = 1 is K/(1+K) for power 1, 2K/(1+K) for power 2. */
export const SHAPES: readonly GridShape[] = [
  ...CONCAVE.map(([elasticity, prior]) => ({ elasticity, prior, halfway: elasticity / (1 - elasticity) })),
  { elasticity: 1, prior: 0.03 },
  ...S_SHAPED.map(([elasticity, prior]) => ({
    elasticity,
    prior,
    halfway: elasticity / (2 - elasticity),
    power: 2,
  })),
]

/** Relative response at relative spend `z` ≥ 0: 0 at 0, 1 at 1. */
export function relativeResponse(z: number, { halfway, power }: Shape): number {
  if (halfway === undefined) return z
  const t = power === undefined ? z : power === 2 ? z * z : z ** power
  return (t * (1 + halfway)) / (t + halfway)
}

/** Its derivative. */
export function relativeSlope(z: number, { halfway, power }: Shape): number {
  if (halfway === undefined) return 1
  if (power === undefined) return ((1 + halfway) * halfway) / (z + halfway) ** 2
  if (z === 0) return power > 1 ? 0 : Number.POSITIVE_INFINITY
  const t = z ** power
  return ((1 + halfway) * halfway * power * t) / (z * (t + halfway) ** 2)
}
