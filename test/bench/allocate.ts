/** The allocator on problems with certified optima, beside what other solvers reached, and on ever more levers. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Reference, references } from '../decide/allocation/references.ts'
import type { Kind, SizeFigures } from './allocate-sizes.ts'
import { number, table } from './table.ts'

export interface ReferenceFigures {
  readonly file: string
  readonly name: string
  readonly levers: number
  /** 1 − objective / certified optimum: below 0 where the answer is better than the one that was certified to its gap. */
  readonly loss: number
  readonly tolerance: number
  readonly violation: number
  readonly unspent: number
  readonly wallMs: number
  readonly peer?: { readonly solver: string; readonly loss: number; readonly wallMs: number }
}

export interface AllocateFigures {
  readonly references: readonly ReferenceFigures[]
  readonly sizes: readonly SizeFigures[]
}

const SIZES: readonly (readonly [number, Kind])[] = [
  [1_000, 'groups'],
  [10_000, 'groups'],
  [100_000, 'groups'],
  [1_000_000, 'groups'],
  [1_000, 'all limits'],
  [10_000, 'all limits'],
  [100_000, 'all limits'],
]

export async function measureAllocate(): Promise<AllocateFigures> {
  const all = references()
  // Once through first, so that no problem pays for what the compiler learns.
  for (const one of all) one.solve()
  return { references: all.map(measureReference), sizes: SIZES.map(([levers, kind]) => measureSize(levers, kind)) }
}

function measureReference(reference: Reference): ReferenceFigures {
  const { file, name, levers, tolerance, optimum, peer } = reference
  const from = performance.now()
  const { objective, violation, unspent } = reference.solve()
  const wallMs = performance.now() - from
  return {
    ...{ file, name, levers, tolerance, violation, unspent, wallMs },
    loss: 1 - objective / optimum,
    ...(peer
      ? { peer: { solver: peer.solver, loss: 1 - peer.objective / optimum, wallMs: 1_000 * peer.seconds } }
      : {}),
  }
}

function measureSize(levers: number, kind: Kind): SizeFigures {
  const file = fileURLToPath(new URL('allocate-sizes.ts', import.meta.url))
  const output = execFileSync(process.execPath, ['--expose-gc', file, String(levers), kind], { encoding: 'utf8' })
  return JSON.parse(output) as SizeFigures
}

export function printAllocate({ references: rows, sizes }: AllocateFigures): void {
  console.log('Problems with certified optima (loss: share of the optimum that was missed)\n')
  console.log(
    table(
      ['problem', 'levers', 'loss', 'allowed', 'violation', 'unspent', 'wall ms', 'peer', 'its loss', 'its wall ms'],
      rows.map((row) => [
        row.name,
        String(row.levers),
        small(row.loss),
        small(row.tolerance),
        small(row.violation),
        small(row.unspent),
        row.wallMs.toFixed(1),
        row.peer?.solver ?? '',
        row.peer ? small(row.peer.loss) : '',
        row.peer ? number(row.peer.wallMs) : '',
      ]),
    ),
  )
  const missed = rows.filter((row) => row.loss > row.tolerance || row.violation > 1e-12 || row.unspent > 1e-12)
  console.log(
    `\n${rows.length - missed.length} of ${rows.length} within what is allowed, with nothing violated or unspent.\n`,
  )
  console.log(
    'Tables of 17 points, one thread (growth: processor time over that of a tenth; n log n grows 12 to 13 times)\n',
  )
  console.log(
    table(
      [
        'levers',
        'limits',
        'groups',
        'wall ms',
        'cpu ms',
        'growth',
        'input MB',
        'beside MB',
        'certificate',
        'violation',
        'nodes',
      ],
      sizes.map((one) => [
        number(one.levers),
        one.kind,
        number(one.groups),
        number(one.wallMs),
        number(one.cpuMs),
        growthOf(one, sizes),
        number(one.inputMb),
        number(one.besideMb),
        small(one.certificate),
        small(one.violation),
        String(one.nodes),
      ]),
    ),
  )
}

const small = (x: number): string => (Math.abs(x) < 1e-15 ? '0' : x.toExponential(1))

function growthOf(one: SizeFigures, sizes: readonly SizeFigures[]): string {
  const tenth = sizes.find(({ levers, kind }) => kind === one.kind && 10 * levers === one.levers)
  return tenth ? `× ${(one.cpuMs / tenth.cpuMs).toFixed(1)}` : ''
}
