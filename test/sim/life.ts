import { approvePlan } from '../../lib/control/approve.ts'
import { dailyPlanTurn, dueMessages } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { storePlan } from '../../lib/control/plan.ts'
import { runTurn, type TurnResult } from '../../lib/control/turn.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { deduplicationId, type StageMessage } from '../../lib/model/turn.ts'
import { DAY_MS, HOUR_MS, type Instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { planByHand } from './by-hand.ts'
import { checkRest, noteReach } from './rest.ts'
import { count } from './tally.ts'
import type { Worker } from './workers.ts'
import { text, type World } from './world.ts'

export const DAYS = 7
const MOST_MESSAGES = 60
/** Plans by hand beside each tick's own. */
const ROUNDS = 5
/** By then a worker that was killed holds no key any more. */
const VISIBLE_AGAIN_MS = 130_000

type Work = (loop: Loop) => Promise<unknown>
interface Job {
  readonly message: StageMessage
  readonly work: Work
  /** What it counts as, where it is a cycle. */
  readonly cycle?: string
}

const hasFailed = ({ checker }: World): boolean => checker.violations.length > 0

/** One life: some days of storm, and then calm in which all must come to rest. */
export async function live(world: World): Promise<void> {
  world.tally.worlds += 1
  const late: StageMessage[] = []
  for (let day = 0; day < DAYS && !hasFailed(world); day++) await liveDay(world, late)
  await comeToRest(world)
  world.tally.faults['edits within the moment between look and write'] =
    (world.tally.faults['edits within the moment between look and write'] ?? 0) + world.checker.windows
  world.tally.checks += world.checker.checks
  noteReach(world)
}

async function liveDay(world: World, late: StageMessage[]): Promise<void> {
  const { dice } = world
  const [first] = world.policies.values()
  const from = later(world.now(), MINUTE_MS)
  const decision = dailyPlanTurn(first!.policy, from)
  const begin = decision > from ? decision : dailyPlanTurn(first!.policy, later(from, DAY_MS))
  const ticks = [
    later(begin, dice.below(20) * MINUTE_MS),
    later(begin, (20 + dice.below(30)) * MINUTE_MS),
    later(begin, (2 + dice.below(4)) * HOUR_MS),
    later(begin, (7 + dice.below(13)) * HOUR_MS + dice.below(3600) * 1000),
  ]
  for (const [i, tick] of ticks.entries()) {
    if (hasFailed(world)) return
    if (tick > world.now()) world.pass(tick - world.now())
    betweenTicks(world)
    // What a person wants comes after the day's decision, which would take its place.
    await atTick(world, late, i > 0)
  }
}

/** Tracking breaks and is mended, people edit and unfreeze. */
function betweenTicks({ dice, miscounted, scenery, unfreezeAll, edit, tally }: World): void {
  if (miscounted.size > 0 && dice.chance(0.4)) miscounted.clear()
  if (dice.chance(0.03)) {
    const kind = dice.pick(['outage', 'double-firing'] as const)
    count(tally.faults, kind === 'outage' ? 'tracking outage' : 'double count')
    miscounted.set(dice.pick([...scenery.accounts.keys()]), kind)
  }
  if (dice.chance(0.1)) edit()
  if (dice.chance(0.8)) unfreezeAll()
}

async function atTick(world: World, late: StageMessage[], byHand: boolean): Promise<void> {
  const { dice, loop } = world
  await wake(world, false)
  for (const job of byHand ? await handMade(world) : []) await run(world, [job])
  await deliver(world, [...(await dueMessages(world.now(), loop)), ...late.splice(0)].filter(isOfUse), late)
  for (let round = 0; byHand && round < ROUNDS && !hasFailed(world); round++) {
    world.pass((1 + dice.below(9)) * MINUTE_MS)
    await wake(world, false)
    if (dice.chance(0.4)) world.unfreezeAll()
    for (const job of await handMade(world)) await run(world, [job])
    await deliver(world, actsAndLooks(world), late)
  }
}

/** Scores only read and tell. */
const isOfUse = ({ stage }: StageMessage): boolean => stage !== 'score'

/** What a tick a few minutes later asks for: where something is open, and now and then where nothing is. */
function actsAndLooks({ scenery, checker: { mirror }, dice, now }: World): readonly StageMessage[] {
  const turn = now()
  const open = new Set<string>()
  for (const { lever, pending } of mirror.levers.values())
    if (pending) open.add(`${lever.account.platform}:${lever.account.id}`)
  const wanted = new Set<string>()
  for (const id of mirror.newestPlans)
    for (const { account } of mirror.plans.get(id)!.header.accounts) wanted.add(account)
  return [...scenery.accounts.keys()].flatMap((key) => [
    ...(open.has(key) || dice.chance(0.1) ? [{ stage: 'verify', key, turn, attempt: 0 } as const] : []),
    ...(wanted.has(key) || dice.chance(0.1) ? [{ stage: 'act', key, turn, attempt: 0 } as const] : []),
  ])
}

/** Delivers messages and all that they lead to, some late, twice, in another order or abreast. */
async function deliver(world: World, due: readonly StageMessage[], late: StageMessage[]): Promise<void> {
  const { dice, queue, tally } = world
  const jobs: Job[] = []
  const ordered = dice.chance(0.3) ? dice.shuffled(due) : due.toSorted((a, b) => rank(a) - rank(b))
  queue.push(...ordered)
  const seen = new Set<string>()
  for (let handled = 0; handled < MOST_MESSAGES && !hasFailed(world); handled++) {
    while (jobs.length < 3 && queue.length > 0) {
      const message = queue.shift()!
      if (seen.has(deduplicationId(message))) continue
      seen.add(deduplicationId(message))
      if (dice.chance(0.03)) {
        count(tally.faults, 'delivered late')
        late.push(message)
        continue
      }
      jobs.push(jobOf(message, world))
      if (dice.chance(0.06)) {
        count(tally.faults, 'delivered twice')
        jobs.push(jobOf(message, world))
      }
    }
    if (jobs.length === 0) break
    const abreast = jobs.length > 1 && dice.chance(0.25) ? 2 + dice.below(Math.min(2, jobs.length - 1)) : 1
    const failed = await run(world, jobs.splice(0, abreast))
    // The queue delivers again what failed, or died, while it is young.
    jobs.unshift(...failed.filter(() => dice.chance(0.6)))
    if (jobs.length > 0 && failed.length > 0 && dice.chance(0.7)) world.pass(VISIBLE_AGAIN_MS)
    await wake(world, false)
  }
  queue.length = 0
}

const RANK: Readonly<Record<string, number>> = { pull: 0, verify: 1, guard: 2, plan: 3, act: 4 }
const rank = ({ stage }: StageMessage): number => RANK[stage] ?? 9

function jobOf(message: StageMessage, { policies }: World): Job {
  const work: Work = (loop) => runTurn(message, loop)
  if (message.stage !== 'plan') return { message, work }
  const policy = policies.get(message.key)!.policy
  const isDaily = dailyPlanTurn(policy, message.turn) === message.turn
  return { message, work, cycle: isDaily ? 'daily decisions' : 'corrections' }
}

/** Plans that are made by a person, and approvals of what waits for one. */
async function handMade(world: World): Promise<Job[]> {
  const { dice, policies, loop } = world
  const jobs: Job[] = []
  for (const version of policies.values()) {
    const message = { stage: 'plan', key: version.policy.portfolio, turn: world.now(), attempt: 0 } as const
    const plan = await planByHand(world, version)
    if (plan) jobs.push({ message, work: (own) => storePlan(plan, own), cycle: 'plans made by hand' })
    if (version.policy.mode !== 'approve') continue
    const waiting = (await loop.plans.recent(version.policy.portfolio, 5)).filter(isWaiting)
    for (const header of waiting)
      if (dice.chance(0.5)) jobs.push({ message, work: (own) => approvePlan(header, 'anna', own) })
  }
  return jobs
}

const isWaiting = ({ approval }: PlanHeader): boolean => approval.kind === 'pending'

/** Runs jobs abreast, and says which of them did not come to their end. */
async function run(world: World, jobs: readonly Job[]): Promise<readonly Job[]> {
  const { crew, dice, tally } = world
  const hired = jobs.map((job) => ({ job, worker: crew.hire(job.message, dice.below(2001) - 1000) }))
  for (const { worker, job } of hired)
    world.log?.(`${worker.name}: ${job.message.stage} ${job.message.key} at ${new Date(world.now()).toISOString()}`)
  tally.invocations += jobs.length
  const [first] = hired
  if (hired.length === 1) await crew.alone(first!.worker, first!.job.work)
  else {
    tally.overlapped += hired.length
    await abreast(
      world,
      hired.map(({ worker, job }) => ({ worker, work: job.work })),
      [],
    )
  }
  for (const { worker, job } of hired)
    if (job.cycle && hasBegun(worker)) {
      count(tally.cycles, job.cycle)
      world.lived.cycles += 1
    }
  for (const { worker } of hired) await lookAtGuard(world, worker)
  world.asleep.push(...hired.map(({ worker }) => worker).filter(({ state }) => state === 'asleep'))
  for (const { worker } of hired)
    world.log?.(
      `  ${worker.name} ${worker.state}${worker.failure ? `: ${worker.failure}` : ` ${JSON.stringify(worker.result, text)}`}`,
    )
  return hired.filter(({ worker }) => isToRepeat(worker)).map(({ job }) => job)
}

/** Whether a turn of the guard that came to its end has done what it is there for. */
async function lookAtGuard({ checker, scenery, loop }: World, worker: Worker): Promise<void> {
  const { message, state, result } = worker
  if (message.stage !== 'guard' || state !== 'done' || !isTurnResult(result) || result.kind !== 'ran') return
  const own = scenery.accounts.get(message.key)!
  // Before the first pull there is nothing to look at.
  if (checker.mirror.pulled.has(own.key)) checker.guarded(worker, own, await loop.alerts.all(own.account))
}

async function abreast(
  { crew, dice }: World,
  starting: Parameters<World['crew']['abreast']>[0],
  woken: readonly Worker[],
): Promise<void> {
  let last: Worker | undefined
  const stay = dice.pick([0.3, 0.8, 0.95])
  await crew.abreast(starting, woken, (ready) => {
    if (!(last && ready.includes(last) && dice.chance(stay))) last = dice.pick(ready)
    return last
  })
}

/** Not one that found its turn done, or another worker at it. */
const hasBegun = ({ result, state }: Worker): boolean =>
  state !== 'done' || result === undefined || !isTurnResult(result) || result.kind === 'ran'

const isTurnResult = (result: unknown): result is TurnResult =>
  typeof result === 'object' && result !== null && 'kind' in result

const isToRepeat = ({ state, result }: Worker): boolean =>
  state === 'killed' || state === 'failed' || (isTurnResult(result) && result.kind === 'elsewhere')

/**
 * Lets those go on whose time has come. A Lambda is dead by its limit; a process on somebody's machine wakes up and goes
 * on as if nothing had been.
 */
async function wake(world: World, all: boolean): Promise<void> {
  const { asleep, dice, loop } = world
  const due = asleep.filter(({ wakesAt }) => all || (wakesAt ?? 0) <= world.now())
  if (due.length === 0) return
  for (const worker of due) asleep.splice(asleep.indexOf(worker), 1)
  const limit = loop.timing.runLimitMs
  const alive = due.filter((worker) => world.now() - worker.startedAt <= limit || dice.chance(0.6))
  for (const worker of due) if (!alive.includes(worker)) worker.state = 'killed'
  if (alive.length === 0) return
  for (const worker of alive) world.log?.(`${worker.name} wakes up`)
  await abreast(world, [], alive)
  asleep.push(...alive.filter(({ state }) => state === 'asleep'))
}

/** No more faults: within some hours, everything is settled and every record is true. */
export async function comeToRest(world: World): Promise<void> {
  const { striker, loop, queue } = world
  striker.isStormy = false
  world.unfreezeAll()
  world.miscounted.clear()
  while (world.asleep.length > 0 && !hasFailed(world)) await wake(world, true)
  let last: Instant = world.now()
  for (const minutes of [16, 61, 61]) {
    if (hasFailed(world)) return
    world.pass(later(last, minutes * MINUTE_MS) - world.now())
    last = world.now()
    queue.length = 0
    queue.push(...(await dueMessages(world.now(), loop)).filter(isOfUse).toSorted((a, b) => rank(a) - rank(b)))
    for (let handled = 0; queue.length > 0 && handled < MOST_MESSAGES && !hasFailed(world); handled++)
      await run(world, [jobOf(queue.shift()!, world)])
  }
  if (!hasFailed(world)) await checkRest(world)
}
