import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Chance that is the same for the same seed. */
export interface Dice {
  /** In [0, 1). */
  roll(): number
  /** A whole number from 0 to `most` − 1. */
  below(most: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** In an order of its own; the list itself is left alone. */
  shuffled<T>(items: readonly T[]): T[]
}

/** Dice of one world of a run: neighbours of a seed have nothing in common. */
export function dice(seed: number, world: number): Dice {
  const generator = xoroshiro128plus((Math.imul(seed, 0x9e3779b1) ^ Math.imul(world + 1, 0x85ebca77)) | 0)
  // The first draws of small seeds are alike.
  for (let i = 0; i < 8; i++) generator.next()
  const roll = (): number => (generator.next() >>> 0) / 4_294_967_296
  const below = (most: number): number => Math.floor(roll() * most)
  return {
    roll,
    below,
    chance: (probability) => roll() < probability,
    pick: (items) => items[below(items.length)]!,
    shuffled(items) {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const kept = copy[i]!
        copy[i] = copy[j]!
        copy[j] = kept
      }
      return copy
    },
  }
}
