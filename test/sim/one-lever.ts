import { actOnAccount } from '../../lib/control/act.ts'
import { dailyPlanTurn } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { storePlan } from '../../lib/control/plan.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { verifyAccount } from '../../lib/control/verify.ts'
import { accountRef } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import type { Lever } from '../../lib/model/lever.ts'
import type { Plan, PlanId } from '../../lib/model/plan.ts'
import { versionOf } from '../../lib/model/policy-file.ts'
import type { Stage, StageMessage } from '../../lib/model/turn.ts'
import { addDays, dateAt, HOUR_MS, instant, later, MINUTE_MS, timeZone } from '../../lib/units/calendar.ts'
import { currency, money, zero } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { BY_HAND } from './data-checks.ts'
import type { TrueAccount } from './platforms.ts'
import { BASE, type Scenery } from './scenery.ts'
import { nothingYet } from './tally.ts'
import { STORM } from './weather.ts'
import type { Effect, Strike, Worker } from './workers.ts'
import { type World, worldOf } from './world.ts'

export const A = accountRef('alpha', '1')
const EUR = currency('EUR')
export const BUDGET: Lever = { account: A, kind: 'daily-budget', entity: 'budget', id: '10' }
const units = (of: number) => ({ kind: 'money', amount: money(BigInt(of) * 1_000_000n, EUR) }) as const

/** One account with one budget of 100 a day, and caps with room for 110 at twice. */
function oneLever(): Scenery {
  const start = instant('2026-06-02T04:00:00Z')
  const zone = timeZone('Europe/Berlin')
  const own: TrueAccount = {
    account: A,
    key: 'alpha:1',
    currency: EUR,
    zone,
    budgets: new Map([['10', { id: '10', period: 'daily', campaigns: ['101'], micros: 100_000_000n }]]),
    campaigns: new Map([['101', 'active']]),
    names: new Map([['101', 'eu 101']]),
    targets: new Map(),
    events: [],
    spend: new Map(),
    days: new Map(),
    experiments: [],
    bornOn: addDays(dateAt(start, zone), -5),
    version: 0,
  }
  const cap = money(260_000_000n, EUR)
  const policy = versionOf({
    ...BASE,
    dayCap: cap,
    accounts: BASE.accounts.map((one) => ({ ...one, account: A, dayCap: cap })),
  })
  return { start, accounts: new Map([[own.key, own]]), policies: [policy], worth: new Map([['EUR', 1_000_000n]]) }
}

/** A plan of one move, as of now. */
export function planOf(world: World, from: number, to: number, occasion: Plan['occasion'] = 'correction'): Plan {
  const { policy, version } = world.policies.get('eu')!
  const now = world.now()
  const terms = {
    portfolio: policy.portfolio,
    mode: policy.mode,
    madeAt: now,
    expiresAt: later(now, 20 * HOUR_MS),
    policyVersion: version,
    inputsHash: BY_HAND,
    rates: [identityRate(EUR, dateAt(now, policy.zone))],
    dayTarget: zero(EUR),
    marginalReturn: 0,
    netGrowth: money(BigInt(Math.max(0, to - from)) * 1_000_000n, EUR),
    occasion,
    proposedCaps: [],
  } as const
  const change = { lever: BUDGET, from: units(from), to: units(to) }
  const expected = { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 } as const
  const why = 'the scenario says so'
  const decisions = [
    { kind: 'change', change, name: '10', class: 'prospecting', expected, binding: [], why, maturity: 1 } as const,
  ]
  return { id: hashOf({ terms, change }).slice(0, 24) as PlanId, ...terms, decisions }
}

/** What happens in the scenario, by name: what a stage's message does, or the stage itself, which no claim keeps apart. */
export const STEPS = {
  pull: (world: World) => turn('pull', world),
  plan: (world: World) => turn('plan', world),
  act: (world: World) => turn('act', world),
  verify: (world: World) => turn('verify', world),
  'act unclaimed': (world: World) => {
    const message = messageOf('act', world)
    return { message, work: (loop: Loop) => actOnAccount(A, message, loop) }
  },
  'verify unclaimed': (world: World) => ({
    message: messageOf('verify', world),
    work: (loop: Loop) => verifyAccount(A, loop),
  }),
  'raise planned': (world: World) => stored(world, 100, 110),
  'cut planned': (world: World) => stored(world, 100, 90),
} as const
export type StepName = keyof typeof STEPS
export interface Step {
  readonly message: StageMessage
  readonly work: (loop: Loop) => Promise<unknown>
}

function stored(world: World, from: number, to: number): Step {
  const plan = planOf(world, from, to)
  return { message: messageOf('plan', world), work: (loop) => storePlan(plan, loop) }
}

function messageOf(stage: Stage, world: World): StageMessage {
  const { policy } = world.policies.get('eu')!
  const isPlan = stage === 'plan'
  const key = isPlan ? policy.portfolio : 'alpha:1'
  return { stage, key, turn: isPlan ? dailyPlanTurn(policy, world.now()) : world.now(), attempt: 0 }
}

function turn(stage: Stage, world: World): Step {
  const message = messageOf(stage, world)
  return { message, work: (loop) => runTurn(message, loop) }
}

/** What strikes which effect, counted from the first of the scenario. */
export type Script = (nth: number, worker: Worker, effect: Effect) => Strike

/** The scenario's world: pulled, its days open, and whatever is prepared done without a fault. */
export async function prepared(steps: readonly StepName[]): Promise<World> {
  const world = worldOf(1, 0, STORM, nothingYet(), undefined, oneLever())
  world.striker.isStormy = false
  for (const name of ['pull', 'plan', ...steps] as const) await runStep(world, name)
  world.queue.length = 0
  return world
}

/** Runs one step to its end or its death. */
export async function runStep(world: World, name: StepName): Promise<Worker> {
  const { message, work } = STEPS[name](world)
  const worker = world.crew.hire(message, 0)
  await world.crew.alone(worker, work)
  return worker
}

/** Puts a script in force. */
export function scripted(world: World, script: Script): { effects: () => number; over: () => void } {
  let effects = 0
  const before = world.striker.before
  world.striker.before = (worker, effect) => {
    effects += 1
    return script(effects, worker, effect)
  }
  return {
    effects: () => effects,
    over: () => {
      world.striker.before = before
    },
  }
}

export const minutes = (of: number): number => of * MINUTE_MS
