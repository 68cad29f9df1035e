/**
 * Standard normal draws that are the same in every run: a projection is a function of its inputs. Mulberry32 turned into
 * normals by Box & Muller 1958, each with its mirror image, so that their mean is 0 exactly.
 *
 * @returns `paths` rows (made even) of `days` draws
 */
export function mirroredNormals(paths: number, days: number): readonly (readonly number[])[] {
  let state = 0x51f15e
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return Array.from({ length: Math.ceil(paths / 2) }, () => Array.from({ length: days }, normal)).flatMap((row) => [
    row,
    row.map((draw) => -draw),
  ])
}
