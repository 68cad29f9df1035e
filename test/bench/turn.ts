/**
 * One pull + plan + act turn of a whole portfolio in its steady state, against the playground over loopback with the
 * embedded engine: the worker in one process, and market, twins and database in another.
 */
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { Invocation } from './controller.ts'
import { accountPairs } from './portfolios.ts'
import { number, table } from './table.ts'
import { oneCore, startWorker, type Worker, type WorkerFigures, type WorkerOptions } from './worker.ts'
import { startWorld, type World } from './world.ts'

const SECONDS_MAX = 20
const GROWTH_MAX = 15
const RSS_MB_MAX = 512
/** Largest heap of the measured worker; what it holds beside the heap is its code, its buffers and Node itself. */
const HEAP_MB = 230
const STAGES = ['pull', 'plan', 'act'] as const
type MeasuredStage = (typeof STAGES)[number]

export interface StageFigures {
  readonly stage: MeasuredStage | 'dispatch' | 'verify'
  readonly invocations: number
  readonly wallMs: number
  readonly cpuMs: number
  readonly databaseRequests: number
  readonly transactions: number
  readonly platformRequests: number
}

export interface TurnFigures {
  readonly campaigns: number
  readonly budgets: number
  readonly accounts: number
  readonly pinned: boolean
  readonly changesApplied: number
  readonly daysRestated: number
  readonly stages: readonly StageFigures[]
  /** Pull, plan and act together, from the worker's side, waiting for the world included. */
  readonly wallMs: number
  readonly cpuMs: number
  /** What market, twins and database took meanwhile, all stages. */
  readonly worldCpuMs: number
  readonly rssMb: number
  readonly planInputBytes: number
  readonly first: FirstPull
}

/** The first pull of every account, ninety days back. */
export interface FirstPull {
  readonly wallMs: number
  /** Of the worker that went on to make the first plan. */
  readonly rssMb: number
}

/** Runs both sizes, or those given. */
export async function measureTurns(sizes: readonly number[]): Promise<readonly TurnFigures[]> {
  const all: TurnFigures[] = []
  for (const size of sizes) all.push(await measureTurn(size))
  return all
}

async function measureTurn(campaigns: number): Promise<TurnFigures> {
  const fork = oneCore()
  const world = await startWorld(accountPairs(campaigns), 1, fork)
  try {
    // The first day reads ninety days back and makes the first plan; the second is the first with an earlier one.
    const first = await inWorker(world, { fork, byName: true }, (worker) => morning(world, worker, 0))
    await inWorker(world, { fork, byName: true }, (worker) => morning(world, worker, 1))
    // A process of its own, as every function has, and as small.
    const before = await world.figures()
    const turn = await inWorker(world, { fork, byName: true, heapMb: HEAP_MB }, (worker) => morning(world, worker, 2))
    const worldCpuMs = (await world.figures()).cpuMs - before.cpuMs
    return { ...figuresOf(world, turn), pinned: fork.pinnedTo !== undefined, worldCpuMs, first: firstOf(first) }
  } finally {
    await world.close()
  }
}

async function inWorker<T>(world: World, options: WorkerOptions, work: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = await startWorker(world.facts, options)
  try {
    return await work(worker)
  } finally {
    await worker.close()
  }
}

/** From an hour after the accounts' midnight to a quarter before two hours after: first pull, plan and all its pushes. */
function morning({ facts }: World, worker: Worker, day: number): Promise<WorkerFigures> {
  const at = later(facts.start, day * DAY_MS + HOUR_MS)
  return worker.window(at, later(at, HOUR_MS - 15 * MINUTE_MS))
}

const firstOf = ({ invocations, rssMb }: WorkerFigures): FirstPull => {
  const pulls = invocations.filter(({ line }) => line.stage === 'pull' && Number(line.summary?.daysChanged) > 0)
  return { wallMs: pulls.reduce((sum, { taken }) => sum + taken.wallMs, 0), rssMb }
}

function figuresOf({ facts }: World, { invocations, rssMb, archivedBytes }: WorkerFigures) {
  const failed = invocations.find(({ line }) => line.result === 'failed')
  if (failed) throw new Error(`${failed.line.stage} ${failed.line.key}: ${failed.line.errorMessage}`)
  const stages = ([...STAGES, 'verify', 'dispatch'] as const).map((stage) => stageOf(stage, invocations))
  const measured = stages.filter(({ stage }) => (STAGES as readonly string[]).includes(stage))
  return {
    campaigns: facts.portfolio.campaigns.length,
    budgets: facts.portfolio.budgets.length,
    accounts: facts.portfolio.accounts.length,
    changesApplied: total(invocations, 'verified'),
    daysRestated: total(invocations, 'daysChanged'),
    stages,
    wallMs: measured.reduce((sum, { wallMs }) => sum + wallMs, 0),
    cpuMs: measured.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    rssMb,
    planInputBytes: archivedBytes,
  }
}

const total = (invocations: readonly Invocation[], name: string): number =>
  invocations.reduce((sum, { line }) => sum + Number(line.summary?.[name] ?? 0), 0)

function stageOf(stage: StageFigures['stage'], all: readonly Invocation[]): StageFigures {
  const own = all.filter(({ lambda }) => lambda === stage || lambda === `${stage}-google-ads`)
  const sum = (figure: (one: Invocation['taken']) => number): number =>
    own.reduce((before, { taken }) => before + figure(taken), 0)
  return {
    stage,
    invocations: own.length,
    wallMs: sum(({ wallMs }) => wallMs),
    cpuMs: sum(({ cpuMs }) => cpuMs),
    databaseRequests: sum(({ databaseRequests }) => databaseRequests),
    transactions: sum(({ transactions }) => transactions),
    platformRequests: sum(({ platformRequests }) => platformRequests),
  }
}

export function printTurns(all: readonly TurnFigures[]): void {
  for (const one of all) printTurn(one)
  const [small, large] = all
  if (!small || !large) return
  const growth = large.wallMs / small.wallMs
  const per = large.campaigns / small.campaigns
  console.log(
    `${number(large.campaigns)} campaigns took ${growth.toFixed(1)} times as long as ${number(small.campaigns)}` +
      (per === 10 ? `; target at most ${GROWTH_MAX}: ${growth <= GROWTH_MAX ? 'met' : 'missed'}` : ''),
  )
}

function printTurn(one: TurnFigures): void {
  const where = one.pinned ? 'worker and world pinned to one core' : 'not pinned: taskset is not available here'
  console.log(
    `\nTurn of ${number(one.campaigns)} campaigns (${number(one.budgets)} budgets, ${one.accounts} accounts), ${where}`,
  )
  console.log(`${number(one.daysRestated)} campaign days restated, ${number(one.changesApplied)} changes applied\n`)
  const heads = ['stage', 'invocations', 'wall s', 'worker CPU s', 'platform', 'database', 'transactions']
  const rows = one.stages.map((s) => [
    s.stage,
    number(s.invocations),
    seconds(s.wallMs),
    seconds(s.cpuMs),
    number(s.platformRequests),
    number(s.databaseRequests),
    number(s.transactions),
  ])
  console.log(table(heads, rows))
  console.log(`\npull + plan + act: ${seconds(one.wallMs)} s wall, ${seconds(one.cpuMs)} s of worker CPU`)
  console.log(`market, twins and database meanwhile: ${seconds(one.worldCpuMs)} s of CPU, in a process of their own`)
  console.log(`worker memory at most ${one.rssMb.toFixed(0)} MB: ${met(one.rssMb <= RSS_MB_MAX)} (${RSS_MB_MAX} MB)`)
  console.log(
    `first pull, 90 days back: ${seconds(one.first.wallMs)} s, at most ${one.first.rssMb.toFixed(0)} MB with the first plan`,
  )
  console.log(`plan inputs ${number(Math.round(one.planInputBytes / 1_000))} kB before compression`)
  if (one.campaigns <= 1_000) console.log(`at most ${SECONDS_MAX} s: ${met(one.wallMs <= SECONDS_MAX * 1_000)}`)
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2)
const met = (isMet: boolean): string => (isMet ? 'met' : 'missed')
