import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { type FreezeScope, freezeScope } from '../../lib/model/freeze.ts'
import { type Lever, leverKey } from '../../lib/model/lever.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { versionOf } from '../../lib/model/policy-file.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'
import { money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { memoryStores } from '../simulation/memory-stores.ts'
import { beliefsOf } from './beliefs.ts'
import { type Checker, checker } from './checker.ts'
import { type Dice, dice as diceOf } from './dice.ts'
import { microsOf } from './mirror.ts'
import { type PlatformWorld, platforms, set, type TrueAccount, valueAt } from './platforms.ts'
import { rateWithHaircut, type Scenery, scenery, trueRate } from './scenery.ts'
import { type Counting, count } from './tally.ts'
import { type Striker, striker, type Weather } from './weather.ts'
import { type Crew, crew, type Worker } from './workers.ts'

/** One world: what stands where, what goes on in it, and who watches. */
export interface World {
  readonly dice: Dice
  readonly tally: Counting
  readonly scenery: Scenery
  readonly loop: Loop
  readonly checker: Checker
  readonly striker: Striker
  readonly crew: Crew
  /** What was announced, and not delivered yet. */
  readonly queue: StageMessage[]
  readonly asleep: Worker[]
  readonly policies: Map<string, PolicyVersion>
  readonly miscounted: Map<string, 'outage' | 'double-firing'>
  /** Cycles so far. */
  readonly lived: { cycles: number }
  readonly log: ((line: string) => void) | undefined
  now(): Instant
  pass(ms: number): void
  edit(): void
  unfreezeAll(): void
  setPolicy(version: PolicyVersion): void
}

interface Flight {
  readonly due: Instant
  readonly land: () => void
}

/** Milliseconds that a call takes. */
const CALL_MS = 7

export function worldOf(
  seed: number,
  number: number,
  weather: Weather,
  tally: Counting,
  log?: (line: string) => void,
  given?: Scenery,
): World {
  const dice = diceOf(seed, number)
  const stage = given ?? scenery(dice)
  let present = stage.start
  let current: Worker | undefined
  const flights: Flight[] = []
  const miscounted = new Map<string, 'outage' | 'double-firing'>()
  const brokenSince = new Map<string, Instant>()
  const watch = checker(
    stage.accounts,
    () => present,
    (account, madeAt) => {
      const since = brokenSince.get(account)
      return miscounted.has(account) && since !== undefined && since + 2_000 < madeAt
    },
    (from, to, date, haircut) => rateWithHaircut(stage.worth, from, to, date, haircut),
  )

  function pass(ms: number): void {
    const to = later(present, ms)
    while (flights.length > 0) {
      const next = flights.reduce((a, b) => (b.due < a.due ? b : a))
      if (next.due > to) break
      flights.splice(flights.indexOf(next), 1)
      if (next.due > present) present = next.due
      next.land()
    }
    present = to
  }

  const policies = new Map<string, PolicyVersion>()
  const queue: StageMessage[] = []
  const stores = memoryStores({ hashed: false })
  const setPolicy = (version: PolicyVersion): void => {
    policies.set(version.policy.portfolio, version)
    void stores.policies.put(version, 'anna', present)
    watch.policyIs(version)
  }
  const meddling = meddlingOf({ dice, tally, stage, policies, watch, stores, setPolicy, now: () => present, log })
  const sky = striker(weather, dice, tally, meddling, { now: () => present, pass })
  const platformWorld: PlatformWorld = {
    accounts: stage.accounts,
    now: () => (current ? current.loop.clock.now() : present),
    fate(change) {
      tally.sent += 1
      watch.sends(current!, change)
      const fate = sky.fate(change)
      log?.(`    sent ${leverKey(change.lever)} ${JSON.stringify(change.to, text)} by ${current!.name}: ${fate.kind}`)
      return fate
    },
    trouble: (method) => sky.trouble(method),
    reportFault: () => sky.reportFault(),
    countingFactor: (own) => {
      const kind = miscounted.get(own.key)
      return kind === 'outage' ? 0 : kind ? 2 : 1
    },
    takesEffect(change, value, late) {
      tally.tookEffect += 1
      log?.(`    in effect ${leverKey(change.lever)} ${JSON.stringify(value, text)}${late ? ', late' : ''}`)
      watch.takesEffect(change, value, late)
    },
    inFlight: (afterMs, land) => void flights.push({ due: later(present, afterMs), land }),
    answers: (of) => sky.answers(of),
  }
  const loop: Loop = {
    ...stores,
    clock: { now: () => present },
    platforms: platforms(platformWorld),
    archive: { put: async () => 'not kept', get: async () => '' },
    rates: {
      rate: async (from, to, on) => {
        if (from === to) return identityRate(from, on)
        if (sky.isStormy && dice.chance(0.01)) {
          count(tally.faults, 'no exchange rate')
          return undefined
        }
        return { from, to, date: on, microsPerUnit: trueRate(stage.worth, from, to, on) }
      },
    },
    queue: { send: async (messages) => void queue.push(...messages) },
    timing: DEFAULT_TIMING,
    worker: 'nobody',
    beliefs: beliefsOf(Math.imul(seed, 31) + number, miscounted),
  }
  const surroundings = {
    now: () => present,
    before(worker: Worker, effect: Parameters<Striker['before']>[1]) {
      tally.effects += 1
      pass(CALL_MS)
      const strike = sky.before(worker, effect)
      current = worker
      log?.(`  ${worker.name} ${effect.name}${strike ? ` ${strike}` : ''}`)
      return strike
    },
    happens: watch.happens,
    after: watch.after,
  }
  for (const version of stage.policies) setPolicy(version)
  const world: World = {
    dice,
    tally,
    scenery: stage,
    loop,
    checker: watch,
    striker: sky,
    crew: crew(loop, surroundings),
    queue,
    asleep: [],
    policies,
    miscounted,
    lived: { cycles: 0 },
    log,
    now: () => present,
    pass,
    edit: meddling.edit,
    unfreezeAll: meddling.unfreeze,
    setPolicy,
  }
  miscountBy(world, brokenSince)
  return world
}

/** Keeps since when an account is counted wrongly. */
function miscountBy({ miscounted, now }: World, since: Map<string, Instant>): void {
  const put = miscounted.set.bind(miscounted)
  miscounted.set = (account, kind) => {
    since.set(account, now())
    return put(account, kind)
  }
}

export const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

interface Ground {
  readonly dice: Dice
  readonly tally: Counting
  readonly stage: Scenery
  readonly policies: Map<string, PolicyVersion>
  readonly watch: Checker
  readonly stores: ReturnType<typeof memoryStores>
  readonly setPolicy: (version: PolicyVersion) => void
  readonly now: () => Instant
  readonly log: ((line: string) => void) | undefined
}

function meddlingOf(ground: Ground) {
  const { dice, tally, stage, policies, watch, stores, setPolicy, now, log } = ground
  const anyAccount = (): TrueAccount => dice.pick([...stage.accounts.values()])
  return {
    edit: () => edit(ground, anyAccount()),
    freeze() {
      const own = anyAccount()
      const scope = freezeScope(
        dice.pick([
          'everything',
          `platform/${own.account.platform}`,
          `account/${own.key}`,
          `campaign/${own.key}/${dice.pick([...own.campaigns.keys()])}`,
        ]),
      )
      count(tally.faults, 'freeze')
      log?.(`    frozen: ${scope}`)
      void stores.freezes.freeze({ scope, reason: 'storm', by: 'anna', at: now() })
      watch.freezes(scope)
    },
    unfreeze() {
      for (const scope of [...watch.mirror.freezes.keys()]) {
        log?.(`    no longer frozen: ${scope}`)
        void stores.freezes.unfreeze(scope as FreezeScope, 'anna', 'calm', now())
        watch.unfreezes(scope)
      }
    },
    repolicy() {
      count(tally.faults, 'policy changed')
      const version = dice.pick([...policies.values()])
      setPolicy(versionOf(changed(version, dice)))
      log?.(`    policy of ${version.policy.portfolio} changed`)
    },
  }
}

/** A cap that is moved, or another mode. */
function changed({ policy }: PolicyVersion, dice: Dice): PolicyVersion['policy'] {
  const factor = BigInt(dice.pick([80, 95, 105, 130]))
  if (policy.dayCap && dice.chance(0.4))
    return { ...policy, dayCap: money((policy.dayCap.micros * factor) / 100n, policy.dayCap.currency) }
  if (dice.chance(0.5))
    return {
      ...policy,
      accounts: policy.accounts.map((one) =>
        one.dayCap ? { ...one, dayCap: money((one.dayCap.micros * factor) / 100n, one.dayCap.currency) } : one,
      ),
    }
  return { ...policy, mode: dice.pick([...new Array(8).fill('auto'), 'approve', 'approve', 'shadow']) }
}

/** Somebody moves something on a platform: up, down, to what we are about to set, by a slipped digit, or stops a campaign. */
function edit({ dice, tally, watch, now, log }: Ground, own: TrueAccount): void {
  const budget = dice.pick([...own.budgets.values()])
  const lever: Lever = dice.chance(0.15)
    ? { account: own.account, kind: 'status', entity: 'campaign', id: dice.pick([...own.campaigns.keys()]) }
    : { account: own.account, kind: `${budget.period}-budget`, entity: 'budget', id: budget.id }
  const key = leverKey(lever)
  const field = lever.kind === 'status' ? 'status' : 'amount'
  if (lever.kind === 'status') {
    const status = own.campaigns.get(lever.id) === 'active' ? 'paused' : 'active'
    count(tally.faults, status === 'active' ? 'person starts' : 'person pauses')
    set(own, lever, { kind: 'status', status })
  } else {
    const pending = watch.mirror.levers.get(key)?.pending?.to
    const percent = BigInt(dice.chance(0.04) ? 1000 : dice.pick([50, 80, 95, 105, 130]))
    const before = dice.chance(0.5) ? watch.mirror.dayStart.get(key)?.micros : plannedFrom(watch, key)
    const micros =
      pending?.kind === 'money' && dice.chance(0.3)
        ? pending.amount.micros
        : before !== undefined && dice.chance(0.3)
          ? before
          : ((budget.micros * percent) / 100n / 1_000_000n) * 1_000_000n
    count(tally.faults, micros > budget.micros ? 'person raises' : 'person cuts')
    set(own, lever, { kind: 'money', amount: money(micros > 1_000_000n ? micros : 1_000_000n, own.currency) })
  }
  log?.(`    somebody sets ${key} to ${JSON.stringify(valueAt(own, lever), text)}`)
  watch.personSets(key)
  const entity = { kind: lever.kind === 'status' ? 'campaign' : 'budget', id: lever.id } as const
  own.events.push({ at: now(), actor: 'anna', origin: 'human', entity, field })
}

/** What the newest plan that moves a lever starts from: where somebody may put it back to. */
function plannedFrom({ mirror }: Checker, key: string): bigint | undefined {
  for (const id of mirror.newestPlans)
    for (const decision of mirror.plans.get(id)!.plan.decisions)
      if (decision.kind === 'change' && leverKey(decision.change.lever) === key) return microsOf(decision.change.from)
  return undefined
}
