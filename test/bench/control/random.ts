/*
 * Chance that is keyed, not drawn in turn: the same seed, campaign and day give the same numbers whatever a controller
 * did before, so that controllers are compared on the same luck.
 */

/** One well mixed 32-bit number of up to four keys (the finaliser of MurmurHash3 after each). */
export function mixed(a: number, b = 0, c = 0, d = 0): number {
  let h = 0x9e3779b9
  for (const key of [a, b, c, d]) {
    h = Math.imul(h ^ (key | 0), 0x85ebca6b)
    h ^= h >>> 13
    h = Math.imul(h, 0xc2b2ae35)
    h ^= h >>> 16
  }
  return h >>> 0
}

/** Uniform in [0, 1), one number after the other. */
export type Stream = () => number

/** A stream of its own for each combination of keys (mulberry32). */
export function stream(a: number, b = 0, c = 0, d = 0): Stream {
  let state = mixed(a, b, c, d)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal (Box and Muller 1958). Takes two uniforms. */
export const normal = (next: Stream): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

/** Log-normal with median 1. */
export const spread = (next: Stream, sd: number): number => Math.exp(sd * normal(next))

export const between = (next: Stream, [low, high]: readonly [number, number]): number => low + (high - low) * next()

/** Above this mean a count is drawn from the normal of the same mean and variance: its distribution is as good as that. */
const LARGE_MEAN = 400

/**
 * Overdispersed count by inversion, so that one uniform gives similar counts at similar means: negative binomial with
 * variance `overdispersion` × mean.
 *
 * @param mean ≥ 0
 * @param overdispersion > 1
 */
export function negativeBinomial(next: Stream, mean: number, overdispersion: number): number {
  const u = next()
  if (mean <= 0) return 0
  if (mean > LARGE_MEAN) {
    const z = normalQuantile(u)
    return Math.max(0, Math.round(mean + z * Math.sqrt(mean * overdispersion)))
  }
  // size r and success 1/φ: P(0) = φ^−r, P(k) = P(k−1)·(k − 1 + r)/k·(1 − 1/φ).
  const r = mean / (overdispersion - 1)
  const q = 1 - 1 / overdispersion
  let p = overdispersion ** -r
  let cumulated = p
  let k = 0
  while (cumulated < u && p > 1e-300 && k < 10_000) {
    k += 1
    p *= ((k - 1 + r) / k) * q
    cumulated += p
  }
  return k
}

/** Inverse of the standard normal distribution to 4.5e-4 (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(u: number): number {
  const tail = Math.min(Math.max(u < 0.5 ? u : 1 - u, 1e-12), 0.5)
  const t = Math.sqrt(-2 * Math.log(tail))
  const z = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  return u < 0.5 ? -z : z
}
