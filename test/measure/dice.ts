/** A seeded generator (Mulberry32), so that a simulation has one history. Uniform in [0, 1). */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A Poisson count, by multiplying uniforms until e^−mean is passed (Knuth): for means up to a few hundred. */
export function poisson(mean: number, roll: () => number): number {
  const limit = Math.exp(-mean)
  let count = -1
  for (let product = 1; product > limit; product *= roll()) count += 1
  return count
}
