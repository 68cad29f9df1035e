/** Sluice in a market: its own stages and planner, every morning, over the market's platforms in process. */
import { dailyPlanTurn, dueMessages } from '../../../lib/control/dispatch.ts'
import { DEFAULT_TIMING, type Loop } from '../../../lib/control/loop.ts'
import { runTurn } from '../../../lib/control/turn.ts'
import { accountKey } from '../../../lib/model/account.ts'
import type { OrderDay } from '../../../lib/model/orders.ts'
import type { PolicyVersion } from '../../../lib/model/policy.ts'
import { policyFrom } from '../../../lib/model/policy-file.ts'
import type { Stage, StageMessage } from '../../../lib/model/turn.ts'
import type { Clock } from '../../../lib/ports/clock.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { HOUR_MS, type Instant, later, MINUTE_MS, startOfDay } from '../../../lib/units/calendar.ts'
import { identityRate } from '../../../lib/units/rates.ts'
import { virtualClock } from '../../../playground/runner/virtual-clock.ts'
import { benchStores } from './bench-stores.ts'
import { coverage, type Predicted, predictionsOf } from './coverage.ts'
import { accountOf, benchPlatform, dateOf, UTC } from './platform.ts'
import { PORTFOLIO, policyFile } from './policy.ts'
import type { Drive } from './run.ts'
import { PLATFORMS } from './truth.ts'
import type { World } from './world.ts'

/** Ticks that a day's plan may need: cuts, what they pay for, and a tick to spare. */
const ROUNDS = 4

export const driveSluice: Drive = async (world) => {
  const { family, days } = world.truth
  const sluice = await startSluice(world)
  const predicted: Predicted[] = []
  while (world.day < days) {
    await sluice.morning(world.day >= family.warmUpDays)
    if (world.day >= family.warmUpDays) predicted.push(...(await predictionsOf(sluice.loop)))
    world.run()
  }
  const coverage80 = coverage(world, predicted)
  return coverage80 === undefined ? {} : { coverage80 }
}

export interface Sluice {
  readonly loop: Loop
  /** One morning: reads every account and, in control, decides and pushes. */
  morning(isControl: boolean): Promise<void>
}

/**
 * @param through how a platform is reached; in process, unless a test puts a wire between
 */
export async function startSluice(
  world: World,
  through: (platform: AdPlatform, index: number, clock: Clock) => AdPlatform = (platform) => platform,
): Promise<Sluice> {
  const clock = virtualClock(startOfDay(dateOf(0), UTC))
  const queue: StageMessage[] = []
  const platforms = new Map<string, ReturnType<typeof benchPlatform>>(
    PLATFORMS.map((name, p) => [name, through(benchPlatform(world, p, clock), p, clock)]),
  )
  const loop: Loop = {
    ...benchStores(),
    clock,
    platforms: (id) => platforms.get(id)!,
    // Inputs are kept for replay, which nobody asks of a benchmark; writing them down would be half of its time.
    archive: { put: async () => 'not kept', get: async () => '' },
    rates: { rate: async (from, _, on) => identityRate(from, on) },
    queue: { send: async (messages) => void queue.push(...messages) },
    timing: DEFAULT_TIMING,
    worker: 'bench',
  }
  let policy: PolicyVersion | undefined
  const turn = (stage: Stage, key: string, at: Instant) => runTurn({ stage, key, turn: at, attempt: 0 }, loop)
  return {
    loop,
    async morning(isControl) {
      const midnight = startOfDay(dateOf(world.day), UTC)
      policy = await policyOfMonth(world, policy, loop, midnight)
      clock.set(later(midnight, HOUR_MS))
      if (world.truth.family.claims.ordersKnown) await loop.orders.put(PORTFOLIO, yesterdaysOrders(world))
      for (let p = 0; p < PLATFORMS.length; p++) await turn('pull', accountKey(accountOf(p)), clock.now())
      if (!isControl) return
      clock.set(dailyPlanTurn(policy.policy, later(midnight, HOUR_MS)))
      await turn('plan', PORTFOLIO, clock.now())
      // Raises wait for the cuts that pay for them, of other accounts too: as the hourly ticks do, ask again until all is done.
      for (let round = 0; round < ROUNDS; round++) {
        clock.set(later(clock.now(), MINUTE_MS))
        await drain(queue, loop)
        for (let p = 0; p < PLATFORMS.length; p++) await turn('verify', accountKey(accountOf(p)), clock.now())
        const due = (await dueMessages(clock.now(), loop)).filter(({ stage }) => stage === 'act')
        if (due.length === 0) return
        queue.push(...due)
      }
    },
  }
}

function yesterdaysOrders({ day, orders }: World): readonly OrderDay[] {
  if (day === 0) return []
  return [{ date: dateOf(day - 1), orders: Math.round(orders[day - 1]!), valueMicros: 0n }]
}

/** Works off what the stages announce, in order; what a stage leaves for a later tick is asked for again once. */
async function drain(queue: StageMessage[], loop: Loop): Promise<void> {
  for (let message = queue.shift(); message; message = queue.shift())
    await runTurn({ ...message, turn: loop.clock.now() }, loop)
}

async function policyOfMonth(
  world: World,
  present: PolicyVersion | undefined,
  loop: Loop,
  at: Instant,
): Promise<PolicyVersion> {
  const { family } = world.truth
  const control = world.day - family.warmUpDays
  const isFirstDay = control >= 0 && control % family.monthDays === 0
  if (present && !isFirstDay) return present
  const from = family.warmUpDays + Math.max(0, Math.floor(control / family.monthDays)) * family.monthDays
  const version = policyFrom(policyFile(world.truth, from), 'the benchmark policy')
  await loop.policies.put(version, 'bench', at)
  return version
}
