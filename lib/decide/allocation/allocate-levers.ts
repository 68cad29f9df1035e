import type { Allocated, Curves, Effort, Limit, Problem } from './problem.ts'
import type { Answered, Lever, NamedLimit, Question, Unanswerable } from './question.ts'
import { allocateSpend } from './solve.ts'
import { refinedNear, type Table, tabulate } from './tabulate.ts'

export interface Precision extends Effort {
  /** How far a table may lie off its curve at first, as a share of the curve's range. */
  readonly fineness?: number
  /** How often tables are made four times finer around the answer. */
  readonly rounds?: number
}

const FINENESS = 1e-4
const ROUNDS = 3
/** Ceilings are tightened by what the curve itself, not its table, exceeds them by: this often. */
const TIGHTENED = 3

/**
 * Allocates over curves that can only be looked up: tables them, allocates, and tables them finer where the answer lies.
 *
 * @throws RangeError when a name is not there or stands twice, or a curve is not finite
 */
export function allocateLevers(question: Question, precision: Precision = {}): Answered | Unanswerable {
  const { fineness = FINENESS, rounds = ROUNDS } = precision
  const names = namesOf(question)
  let tables = question.levers.map((lever) =>
    tabulate(lever, lever.atLeast, lever.atMost, [lever.standing ?? lever.atLeast], fineness),
  )
  const shape = shapeOf(question, names)
  let tighter = (question.averages ?? []).map(() => 1)
  let found = allocateSpend(problemOf(question, shape, tables, tighter), precision)
  for (let round = 0; round < rounds && found.kind === 'allocated'; round++) {
    const { spend } = found
    tables = tables.map((table, i) => refinedNear(question.levers[i]!, table, [spend[i]!]))
    found = allocateSpend(problemOf(question, shape, tables, tighter), precision)
  }
  for (let k = 0; k < TIGHTENED && found.kind === 'allocated'; k++) {
    const over = overshoots(question, names, found)
    if (over.every((share) => share <= 0)) break
    tighter = tighter.map((factor, a) => factor * (1 - 2 * Math.max(0, over[a]!)))
    found = allocateSpend(problemOf(question, shape, tables, tighter), precision)
  }
  const named = (limit: Limit): NamedLimit => nameOf(limit, question)
  if (found.kind === 'infeasible') return { ...found, conflict: found.conflict.map(named) }
  return answerOf(question, found, named)
}

function answerOf(question: Question, found: Allocated, named: (limit: Limit) => NamedLimit): Answered {
  const spend = [...found.spend]
  return {
    kind: 'allocated',
    spend,
    objective: spend.reduce((sum, x, i) => sum + question.levers[i]!.objective(x), 0),
    certificate: found.certificate,
    price: found.price,
    priceOf: [...found.priceOf],
    boundWorth: [...found.boundWorth],
    binding: found.binding.map(({ limit, worth }) => ({ limit: named(limit), worth })),
    unspent: { amount: found.unspent.amount, because: found.unspent.because.map(named) },
    overruled: found.overruled.map((k) => question.marginals![k]!.name),
  }
}

interface Names {
  /** Index of a group in the problem: 0 is all. */
  readonly group: (name: string | undefined) => number
  readonly room: (name: string | undefined) => number
}

function namesOf({ groups = [], rooms = [] }: Question): Names {
  const indexer = (what: string, names: readonly string[], first: number, none: number) => {
    const index = new Map(names.map((name, k) => [name, first + k]))
    if (index.size < names.length) throw new RangeError(`${what}: a name stands twice in ${names.join(', ')}`)
    return (name: string | undefined): number => {
      const at = name === undefined ? none : index.get(name)
      if (at === undefined)
        throw new RangeError(`${what}: there is no "${name}"; known are ${names.join(', ') || 'none'}`)
      return at
    }
  }
  return {
    group: indexer(
      'groups',
      groups.map(({ name }) => name),
      1,
      0,
    ),
    room: indexer(
      'rooms',
      rooms.map(({ name }) => name),
      0,
      -1,
    ),
  }
}

type Shape = Pick<Problem, 'groups' | 'growth' | 'marginals' | 'averages'>

/** All of the problem but its tables. */
function shapeOf(question: Question, names: Names): Shape {
  const { levers, groups = [], rooms = [], averages = [], marginals = [] } = question
  return {
    groups: {
      parent: Int32Array.from([-1, ...groups.map(({ within }) => names.group(within))]),
      minimum: Float64Array.from([question.totalAtLeast, ...groups.map((g) => g.atLeast)], (x) => x ?? -Infinity),
      maximum: Float64Array.from([question.total, ...groups.map((g) => g.atMost)], (x) => x ?? Infinity),
      of: Int32Array.from(levers, ({ group }) => names.group(group)),
    },
    ...(rooms.length > 0
      ? {
          growth: {
            parent: Int32Array.from(rooms, ({ within }) => names.room(within)),
            room: Float64Array.from(rooms, ({ room }) => room),
            of: Int32Array.from(levers, ({ room }) => names.room(room)),
            standing: Float64Array.from(levers, standingOf),
            perUnit: Float64Array.from(levers, ({ perRoomUnit }) => perRoomUnit ?? 1),
          },
        }
      : {}),
    averages: averages.map(({ group, spendPerOutcome }) => ({ group: names.group(group), spendPerOutcome })),
    marginals: marginals.map(({ group, returnPerSpend, of = 'objective' }) => ({
      group: names.group(group),
      ...{ returnPerSpend, of },
    })),
  }
}

function standingOf({ room, standing }: Lever, lever: number): number {
  if (room !== undefined && standing === undefined)
    throw new RangeError(`levers[${lever}].standing: missing, and needed in room "${room}"`)
  return standing ?? 0
}

function problemOf(question: Question, shape: Shape, tables: readonly Table[], tighter: readonly number[]): Problem {
  return {
    ...shape,
    spendAll: question.spendAll ?? false,
    curves: curvesOf(
      tables,
      question.levers.some(({ outcome }) => outcome !== undefined),
    ),
    averages: (shape.averages ?? []).map((one, k) => ({ ...one, spendPerOutcome: one.spendPerOutcome * tighter[k]! })),
  }
}

function curvesOf(tables: readonly Table[], hasOutcome: boolean): Curves {
  const offset = new Int32Array(tables.length + 1)
  for (const [i, { spend }] of tables.entries()) offset[i + 1] = offset[i]! + spend.length
  const joined = (part: keyof Table): Float64Array => {
    const values = new Float64Array(offset[tables.length]!)
    for (const [i, table] of tables.entries()) values.set(table[part], offset[i]!)
    return values
  }
  return {
    ...{ offset, spend: joined('spend'), objective: joined('objective') },
    ...(hasOutcome ? { outcome: joined('outcome') } : {}),
  }
}

/** By ceiling: share of its spend by which the curves themselves exceed it. */
function overshoots(
  { levers, averages = [], groups = [] }: Question,
  names: Names,
  { spend }: Allocated,
): readonly number[] {
  const within = (lever: Lever, group: number): boolean => {
    for (let at = names.group(lever.group); at > 0; at = names.group(groups[at - 1]!.within))
      if (at === group) return true
    return group === 0
  }
  return averages.map(({ group, spendPerOutcome }) => {
    const members = [...levers.entries()].filter(([, lever]) => within(lever, names.group(group)))
    const spent = members.reduce((sum, [i]) => sum + spend[i]!, 0)
    const brought = members.reduce((sum, [i, { outcome, objective }]) => sum + (outcome ?? objective)(spend[i]!), 0)
    return spent > 0 ? (spent - spendPerOutcome * brought) / spent : 0
  })
}

function nameOf(limit: Limit, { groups = [], rooms = [], averages = [], marginals = [] }: Question): NamedLimit {
  switch (limit.kind) {
    case 'group-minimum':
    case 'group-maximum':
      return { kind: limit.kind, name: limit.group === 0 ? 'total' : groups[limit.group - 1]!.name }
    case 'growth-room':
      return { kind: limit.kind, name: rooms[limit.room]!.name }
    case 'average-ceiling':
      return { kind: limit.kind, name: averages[limit.average]!.name }
    case 'marginal-floor':
      return { kind: limit.kind, name: marginals[limit.marginal]!.name }
    case 'lever-minimums':
    case 'lever-maximums':
      return { name: '', ...limit }
    default:
      return { kind: limit.kind, name: '' }
  }
}
