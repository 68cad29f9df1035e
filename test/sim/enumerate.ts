import { leverKey } from '../../lib/model/lever.ts'
import { money } from '../../lib/units/money.ts'
import { dice } from './dice.ts'
import type { Violation } from './invariants.ts'
import { comeToRest } from './life.ts'
import { BUDGET, minutes, prepared, runStep, type Script, STEPS, type StepName, scripted } from './one-lever.ts'
import { type Fate, set } from './platforms.ts'
import type { Strike, Worker } from './workers.ts'
import type { World } from './world.ts'

/** What one part of the enumeration did. */
export interface Count {
  readonly part: string
  readonly runs: number
  readonly effects: number
  readonly found: readonly (Violation & { readonly at: string })[]
}

/** From the reservation to the verified outcome, and the next looks. */
const PUSH: readonly StepName[] = ['act', 'verify', 'pull', 'act']
const DECISION: readonly StepName[] = ['pull', 'plan', 'act', 'verify']

interface Scenario {
  readonly name: string
  readonly before: readonly StepName[]
  readonly steps: readonly StepName[]
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a raise', before: ['raise planned'], steps: PUSH },
  { name: 'a cut', before: ['cut planned'], steps: PUSH },
  { name: 'a decision', before: [], steps: DECISION },
]

/** A fault at one effect: a strike, or something that the world does just before it. */
export interface Fault {
  readonly name: string
  readonly strike?: Exclude<Strike, undefined>
  readonly world?: (world: World) => void
  /** The fate of what is sent at that effect; a fault at no other. */
  readonly fate?: Fate
}

const edit = (units: bigint) => (world: World) => {
  const own = world.scenery.accounts.get('alpha:1')!
  set(own, BUDGET, { kind: 'money', amount: money(units * 1_000_000n, own.currency) })
  const entity = { kind: 'budget', id: '10' } as const
  own.events.push({ at: world.now(), actor: 'anna', origin: 'human', entity, field: 'amount' })
  world.checker.personSets(leverKey(BUDGET))
}

function freeze(world: World): void {
  const scope = 'account/alpha:1' as Parameters<typeof world.loop.freezes.unfreeze>[0]
  void world.loop.freezes.freeze({ scope, reason: 'enumerated', by: 'anna', at: world.now() })
  world.checker.freezes(scope)
}

export const FAULTS: readonly Fault[] = [
  { name: 'killed before', strike: 'killed-before' },
  { name: 'killed after', strike: 'killed-after' },
  { name: 'throttled', strike: 'fails-before' },
  { name: 'timeout, applied', strike: 'fails-after' },
  { name: 'slow by 100 s', world: (world) => world.pass(100_000) },
  { name: 'asleep for 170 s', world: (world) => world.pass(170_000) },
  { name: 'person raises', world: edit(115n) },
  { name: 'person cuts', world: edit(80n) },
  { name: 'person slips a digit', world: edit(1000n) },
  { name: 'person sets what is planned', world: edit(110n) },
  { name: 'frozen', world: freeze },
  { name: 'refused', fate: { kind: 'refused' } },
  { name: 'rate limited', fate: { kind: 'throttled' } },
  { name: 'no answer, not applied', fate: { kind: 'lost-before' } },
  { name: 'no answer, applied', fate: { kind: 'lost-after' } },
  { name: 'no answer, applied after 1 s', fate: { kind: 'late', afterMs: 1_000 } },
  { name: 'no answer, applied after 29 s', fate: { kind: 'late', afterMs: 29_000 } },
  { name: 'accepted, applied after 20 s', fate: { kind: 'accepted', afterMs: 20_000 } },
  { name: 'stored otherwise', fate: { kind: 'stored', micros: 97_000_000n } },
]

const isPush = ({ name }: { readonly name: string }): boolean => name === 'writer.apply'

/** Runs the steps under a script; what dies or fails is delivered again when its key is free. */
async function through(world: World, steps: readonly StepName[]): Promise<void> {
  for (const name of steps) {
    let worker: Worker = await runStep(world, name)
    for (let again = 0; again < 2 && (worker.state === 'killed' || worker.state === 'failed'); again++) {
      world.pass(130_000)
      worker = await runStep(world, name)
    }
    world.pass(1_000)
  }
}

interface Made {
  readonly effects: number
  readonly found: readonly Violation[]
}

async function made(scenario: Scenario, scriptOf: (world: World) => Script): Promise<Made> {
  const world = await prepared(scenario.before)
  const script = scripted(world, scriptOf(world))
  await through(world, scenario.steps)
  const effects = script.effects()
  script.over()
  world.striker.fate = () => ({ kind: 'applied' })
  await comeToRest(world)
  return { effects, found: world.checker.violations }
}

/** The script of one fault at the nth effect; nothing where it does not apply there. */
const at =
  (nth: number, fault: Fault) =>
  (world: World): Script =>
  (count, _, effect) => {
    if (fault.fate && isPush(effect))
      world.striker.fate = () => (count === nth && fault.fate ? fault.fate : { kind: 'applied' })
    if (count !== nth) return undefined
    fault.world?.(world)
    // A writer answers for each change, and never throws.
    return isPush(effect) && fault.strike?.startsWith('fails') ? undefined : fault.strike
  }

async function effectsOf(scenario: Scenario): Promise<number> {
  return (await made(scenario, () => () => undefined)).effects
}

/** Every effect × every fault. */
export async function singleFaults(): Promise<Count> {
  const tally = counting('every effect × every fault')
  for (const scenario of SCENARIOS) {
    const effects = await effectsOf(scenario)
    for (let nth = 1; nth <= effects; nth++)
      for (const fault of FAULTS)
        tally.add(await made(scenario, at(nth, fault)), `${scenario.name}, effect ${nth}, ${fault.name}`)
  }
  return tally.count()
}

const DEATHS: readonly Strike[] = ['killed-before', 'killed-after']

/** A death at any effect, and another at any effect of what follows. */
export async function crashPairs(scenarios: readonly Scenario[] = SCENARIOS): Promise<Count> {
  const tally = counting('all pairs of crashes')
  for (const scenario of scenarios) {
    const effects = await effectsOf(scenario)
    for (let first = 1; first <= effects; first++)
      for (const one of DEATHS) {
        // What follows the first is longer by what is done again.
        const all = (await made(scenario, () => (nth) => (nth === first ? one : undefined))).effects
        for (let second = first + 1; second <= all; second++)
          for (const other of DEATHS) {
            const script: Script = (nth) => (nth === first ? one : nth === second ? other : undefined)
            tally.add(await made(scenario, () => script), `${scenario.name}, ${one} ${first}, ${other} ${second}`)
          }
      }
  }
  return tally.count()
}

/** Runs that overlap: what is prepared, what runs abreast, and how the one push goes. */
const OVERLAPS: readonly { readonly before: readonly StepName[]; readonly both: readonly [StepName, StepName] }[] = [
  { before: ['raise planned'], both: ['act unclaimed', 'act unclaimed'] },
  { before: ['raise planned'], both: ['act unclaimed', 'verify unclaimed'] },
  { before: ['raise planned'], both: ['act unclaimed', 'pull'] },
  { before: ['raise planned'], both: ['act unclaimed', 'cut planned'] },
  { before: ['raise planned', 'cut planned'], both: ['act unclaimed', 'act unclaimed'] },
]
const OVERLAP_FATES: readonly Fate[] = [{ kind: 'applied' }, { kind: 'late', afterMs: 500 }]

/** Turns that are taken: `[3, 2]` is three effects of the first run, two of the second, and then each to its end. */
async function scheduled(
  overlap: (typeof OVERLAPS)[number],
  fate: Fate,
  turns: readonly number[],
): Promise<Made & { readonly taken: readonly number[] }> {
  const world = await prepared(overlap.before)
  world.striker.fate = () => fate
  const workers = overlap.both.map((name) => {
    const { message, work } = STEPS[name](world)
    return { worker: world.crew.hire(message, 0), work }
  })
  const taken = [0, 0]
  let turn = 0
  let left = turns[0] ?? Number.POSITIVE_INFINITY
  const script = scripted(world, () => undefined)
  await world.crew.abreast(workers, [], (ready) => {
    while (left === 0) {
      turn += 1
      left = turns[turn] ?? Number.POSITIVE_INFINITY
    }
    left -= 1
    const wanted = workers[turn % 2]!.worker
    const one = ready.includes(wanted) ? wanted : ready[0]!
    taken[one === workers[0]!.worker ? 0 : 1]! += 1
    return one
  })
  const effects = script.effects()
  script.over()
  world.striker.fate = () => ({ kind: 'applied' })
  world.pass(minutes(1))
  await comeToRest(world)
  return { effects, found: world.checker.violations, taken }
}

/** How many effects each of two runs takes, one after the other. */
async function lengths(overlap: (typeof OVERLAPS)[number], fate: Fate): Promise<readonly [number, number]> {
  const first = await scheduled(overlap, fate, [])
  const second = await scheduled(overlap, fate, [0])
  return [first.taken[0]! + 1, second.taken[1]! + 1]
}

/** All schedules of two overlapping runs with up to two preemptions, whichever begins. */
export async function overlaps(): Promise<Count> {
  const tally = counting('all schedules of two runs, up to 2 preemptions')
  for (const overlap of OVERLAPS)
    for (const fate of OVERLAP_FATES) {
      const [a, b] = await lengths(overlap, fate)
      for (let i = 0; i <= a; i++)
        for (let j = 0; j <= b; j++)
          for (const turns of [
            [i, j],
            [0, j, i],
          ])
            tally.add(await scheduled(overlap, fate, turns), `${overlap.both.join(' ∥ ')}, ${fate.kind}, ${turns}`)
    }
  return tally.count()
}

/** Three preemptions, as many schedules as are asked for. */
export async function sampledOverlaps(samples: number): Promise<Count> {
  const tally = counting('schedules of two runs with 3 preemptions, sampled')
  const chance = dice(3, 0)
  for (let i = 0; i < samples; i++) {
    const overlap = chance.pick(OVERLAPS)
    const turns = [chance.below(20), 1 + chance.below(20), 1 + chance.below(12)]
    const fate = chance.pick(OVERLAP_FATES)
    tally.add(await scheduled(overlap, fate, turns), `${overlap.both.join(' ∥ ')}, ${fate.kind}, ${turns}`)
  }
  return tally.count()
}

function counting(part: string) {
  let runs = 0
  let effects = 0
  const found: (Violation & { readonly at: string })[] = []
  return {
    add(one: Made, at: string): void {
      runs += 1
      effects += one.effects
      found.push(...one.found.map((violation) => ({ ...violation, at })))
    },
    count: (): Count => ({ part, runs, effects, found }),
  }
}

/** Everything, with its counts. @returns the exit code: 1 where an invariant was broken */
export async function enumerateAndTell(tell: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
  let broken = 0
  for (const part of [singleFaults, overlaps, () => sampledOverlaps(2000), crashPairs]) {
    const { part: name, runs, effects, found } = await part()
    broken += found.length
    tell(
      `${name.padEnd(52)} ${runs.toLocaleString('en').padStart(8)} runs  ${effects.toLocaleString('en').padStart(10)} effects  ${found.length} violations`,
    )
    for (const { invariant, detail, at: where } of found.slice(0, 5)) tell(`  ${where}: ${invariant}: ${detail}`)
  }
  return broken > 0 ? 1 : 0
}
