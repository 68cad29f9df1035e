/** Run as a process of its own, so that its memory is its own: `node --expose-gc allocate-sizes.ts LEVERS KIND`. */
import type { Problem } from '../../lib/decide/allocation/problem.ts'
import { allocateSpend } from '../../lib/decide/allocation/solve.ts'

const POINTS = 17
const PLATFORMS = 10
const RUNS = 3

export type Kind = 'groups' | 'all limits'

export interface SizeFigures {
  readonly levers: number
  readonly kind: Kind
  readonly groups: number
  /** Median of three. */
  readonly wallMs: number
  readonly cpuMs: number
  /** The input's arrays, and the highest beyond what was resident when they were there. */
  readonly inputMb: number
  readonly besideMb: number
  readonly certificate: number
  /** Largest excess over a group's limit or the total, as a share of the total. */
  readonly violation: number
  readonly unspent: number
  readonly nodes: number
}

/** Hill curves of advertising, a fifth of them S-shaped, from half to twice what they spend; groups in ten platforms. */
function problemOf(levers: number, kind: Kind): Problem {
  const draw = dice()
  const small = Math.max(2, Math.round(Math.sqrt(levers)))
  const size = 1 + PLATFORMS + small
  const [minimum, maximum, stands] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const offset = Int32Array.from({ length: levers + 1 }, (_, i) => i * POINTS)
  const [spend, objective] = [new Float64Array(levers * POINTS), new Float64Array(levers * POINTS)]
  const [of, standing] = [new Int32Array(levers), new Float64Array(levers)]
  for (let i = 0; i < levers; i++) {
    const now = 10 * Math.exp(2 * draw())
    const halfway = now * Math.exp(2 * draw() - 1)
    const shape = draw() < 0.2 ? 1.4 + 0.8 * draw() : 0.75 + 0.35 * draw()
    const most = now * (1 + 2 * draw())
    for (let j = 0; j < POINTS; j++) {
      const x = now * (0.5 + (1.5 * j) / (POINTS - 1))
      spend[i * POINTS + j] = x
      objective[i * POINTS + j] = most / (1 + (halfway / x) ** shape)
    }
    of[i] = 1 + PLATFORMS + Math.floor(small * draw())
    standing[i] = now
    stands[of[i]!]! += now
  }
  const parent = Int32Array.from(stands, (_, g) => (g === 0 ? -1 : g <= PLATFORMS ? 0 : 1 + (g % PLATFORMS)))
  for (let g = size - 1; g > 0; g--) stands[parent[g]!]! += stands[g]!
  for (let g = 0; g < size; g++) {
    const slack = g === 0 ? 0 : g <= PLATFORMS ? 0.05 : 0.1
    minimum[g] = g === 0 ? Number.NEGATIVE_INFINITY : (1 - slack) * stands[g]!
    maximum[g] = (1 + slack) * stands[g]!
  }
  const groups = { parent, minimum, maximum, of }
  const curves = { offset, spend, objective }
  return kind === 'groups'
    ? { curves, groups, spendAll: true }
    : { curves, groups, spendAll: false, ...acrossLimits(groups.of, parent, standing, stands) }
}

/** Even numbers in [0, 1) from a linear congruential generator (Knuth): always the same ones. */
function dice(): () => number {
  let state = 20_261_121
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Rooms for growth of four accounts that lie across the platforms, and of all; and a ceiling on cost per outcome. */
function acrossLimits(
  of: Int32Array,
  parent: Int32Array,
  standing: Float64Array,
  stands: Float64Array,
): Pick<Problem, 'growth' | 'averages'> {
  const ACCOUNTS = 4
  const total = stands[0]!
  return {
    growth: {
      parent: Int32Array.from({ length: ACCOUNTS + 1 }, (_, r) => (r < ACCOUNTS ? ACCOUNTS : -1)),
      room: Float64Array.from({ length: ACCOUNTS + 1 }, (_, r) =>
        r < ACCOUNTS ? (0.01 + 0.01 * r) * total : 0.06 * total,
      ),
      of: Int32Array.from(of, (g, i) => (parent[g]! + i) % ACCOUNTS),
      ...{ standing, perUnit: Float64Array.from(standing, (_, i) => 0.8 + 0.1 * (i % 5)) },
    },
    averages: [{ group: 0, spendPerOutcome: 0.95 }],
  }
}

function measure(levers: number, kind: Kind): SizeFigures {
  const problem = problemOf(levers, kind)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const runs = Array.from({ length: RUNS }, () => {
    const cpu = process.cpuUsage()
    const from = performance.now()
    const found = allocateSpend(problem)
    const wallMs = performance.now() - from
    const { user, system } = process.cpuUsage(cpu)
    // In KiB: the highest there ever was, which the first run makes.
    return { found, wallMs, cpuMs: (user + system) / 1_000, peak: process.resourceUsage().maxRSS * 1024 }
  })
  const median = [...runs].sort((a, b) => a.wallMs - b.wallMs)[RUNS >> 1]!
  const { found } = median
  if (found.kind === 'infeasible') throw new Error(`infeasible: ${JSON.stringify(found.conflict).slice(0, 300)}`)
  const { wallMs, cpuMs } = median
  return {
    ...{ levers, kind, groups: problem.groups.parent.length, wallMs, cpuMs },
    inputMb: (levers * (POINTS * 16 + 8)) / 1e6,
    besideMb: Math.max(0, runs[0]!.peak - before) / 1e6,
    certificate: found.certificate,
    violation: violationOf(problem, found.spend),
    unspent: found.unspent.amount / problem.groups.maximum[0]!,
    nodes: found.nodes,
  }
}

function violationOf({ groups, growth }: Problem, spend: Float64Array): number {
  const spent = new Float64Array(groups.parent.length)
  const grown = new Float64Array(growth?.room.length ?? 0)
  for (let i = 0; i < spend.length; i++) {
    for (let g = groups.of[i]!; g >= 0; g = groups.parent[g]!) spent[g]! += spend[i]!
    if (!growth) continue
    const more = growth.perUnit[i]! * Math.max(0, spend[i]! - growth.standing[i]!)
    for (let r = growth.of[i]!; r >= 0; r = growth.parent[r]!) grown[r]! += more
  }
  let worst = 0
  for (const [g, x] of spent.entries()) worst = Math.max(worst, groups.minimum[g]! - x, x - groups.maximum[g]!)
  for (const [r, x] of grown.entries()) worst = Math.max(worst, x - growth!.room[r]!)
  return worst / groups.maximum[0]!
}

const [levers, kind] = process.argv.slice(2)
if (levers !== undefined) console.log(JSON.stringify(measure(Number(levers), kind as Kind)))
