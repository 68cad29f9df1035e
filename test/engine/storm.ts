import { dynamoAuditor } from '../../lib/store/audit-check.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { dice as diceOf } from '../sim/dice.ts'
import { broken } from '../simulation/invariants.ts'
import { type Fault, faultProxy } from './fault-proxy.ts'
import { atRest, editSome, engineStage, planSome, tick } from './stage.ts'
import { clientOf, runAll } from './turns.ts'

export interface StormResult {
  readonly seed: number
  readonly cycles: number
  readonly requests: number
  readonly faults: Readonly<Record<Fault, number>>
  /** Turns that gave up and were made up for by later ones. */
  readonly failedTurns: number
  readonly sent: number
  /** Empty: nothing lost, nothing doubled, the ledger the fold of the log. */
  readonly violations: readonly string[]
}

export interface StormOptions {
  readonly seed: number
  readonly cycles: number
  /** Share of requests to the engine that meet a fault. */
  readonly probability?: number
}

/**
 * Plans, pushes, settles and reads through a connection that fails, cycle by cycle; after each, what the tables, the log
 * and the platform say is compared, past all faults.
 */
export async function storm(
  endpoint: string,
  { seed, cycles, probability = 0.12 }: StormOptions,
): Promise<StormResult> {
  const dice = diceOf(seed, 0)
  const prefix = `storm-${seed}-${process.pid}`
  const stage = await engineStage(endpoint, prefix, seed)
  const proxy = await faultProxy(endpoint, diceOf(seed, 1))
  const client = clientOf(proxy.endpoint)
  const auditor = dynamoAuditor({ client: stage.client, prefix })
  const stores = dynamoStores({ client, prefix })
  const { rig } = stage
  const violations: string[] = []
  let failedTurns = 0
  for (let cycle = 0; cycle < cycles && violations.length === 0; cycle++) {
    rig.wait(6 * MINUTE_MS)
    if (dice.chance(0.15)) editSome(rig, dice)
    proxy.probability = 0
    await planSome(rig, dice)
    proxy.probability = probability
    // Stores that fail, and everything else as it is.
    failedTurns += await runAll(tick(rig), { ...rig.worker(`worker-${cycle}`), ...stores })
    await proxy.settled()
    violations.push(...(await broken(rig)))
    violations.push(...(await auditor.check('scripted:1', rig.now())).findings.map(({ problem }) => problem))
  }
  if (violations.length === 0) violations.push(...(await atRest(stage)))
  client.destroy()
  await proxy.close()
  const result = { seed, cycles, requests: proxy.requests, faults: { ...proxy.met }, failedTurns }
  await stage.close()
  return { ...result, sent: rig.ads.sent.length, violations: violations.map((one) => `seed ${seed}: ${one}`) }
}
