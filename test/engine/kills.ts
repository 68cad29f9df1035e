import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dynamoAuditor } from '../../lib/store/audit-check.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { type Dice, dice as diceOf } from '../sim/dice.ts'
import { broken } from '../simulation/invariants.ts'
import type { Rig } from '../simulation/rig.ts'
import { type FaultProxy, faultProxy } from './fault-proxy.ts'
import { atRest, type EngineStage, editSome, engineStage, planSome, tick } from './stage.ts'
import type { FromWorker, ToWorker, Work } from './worker-main.ts'

export interface LifeResult {
  readonly seed: number
  /** Workers that were killed with SIGKILL while they were at work, and those that came to their end. */
  readonly kills: number
  readonly finished: number
  /** By what they were at: `TransactWriteItems before`, `apply after`. */
  readonly at: Readonly<Record<string, number>>
  readonly sent: number
  readonly violations: readonly string[]
}

/** Kills in one life, on tables of its own. */
const KILLS = 10
/** A tick's work is about as many effects as this: half of those that die do so anywhere in it. */
const EFFECTS = 34
/** The other half at one of so many commits and pushes, where there is most to lose. */
const MONEY_EFFECTS = 7
const MONEY = new Set(['TransactWriteItems', 'apply'])
/** Compiled once for all workers: most of what a short life costs is its beginning. */
const CACHE = join(tmpdir(), 'sluice-worker-cache')

export interface Nursery {
  /** A worker that is ready; the next one is being started meanwhile. */
  take(): Promise<ChildProcess>
  close(): void
}

export function nursery(): Nursery {
  mkdirSync(CACHE, { recursive: true })
  const start = async (): Promise<ChildProcess> => {
    const child = fork(new URL('worker-main.ts', import.meta.url).pathname, {
      execArgv: [],
      serialization: 'advanced',
      env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
    })
    await once(child, 'message')
    return child
  }
  let next = start()
  return {
    take() {
      const taken = next
      next = taken.then(start)
      return taken
    },
    close: () => void next.then((child) => child.disconnect()),
  }
}

/** One life: plans, hand edits, and workers that are killed at their nth effect, before or after it took place. */
export async function life(endpoint: string, seed: number, workers: Nursery): Promise<LifeResult> {
  const dice = diceOf(seed, 2)
  const prefix = `kills-${seed}-${process.pid}`
  const stage = await engineStage(endpoint, prefix, seed)
  const proxy = await faultProxy(endpoint, diceOf(seed, 3))
  const auditor = dynamoAuditor({ client: stage.client, prefix })
  const at: Record<string, number> = {}
  const violations: string[] = []
  let [kills, finished] = [0, 0]
  for (let round = 0; kills < KILLS && round < 3 * KILLS && violations.length === 0; round++) {
    stage.rig.wait(6 * MINUTE_MS)
    if (dice.chance(0.15)) editSome(stage.rig, dice)
    if (dice.chance(0.7)) await planSome(stage.rig, dice)
    const end = await workUntilKilled({ stage, proxy, child: await workers.take(), dice, name: `worker-${round}` })
    await proxy.settled()
    if ('broke' in end) violations.push(end.broke)
    else if (end.at === undefined) finished += 1
    else {
      kills += 1
      at[end.at] = (at[end.at] ?? 0) + 1
    }
    violations.push(...(await broken(stage.rig)))
    violations.push(...(await auditor.check('scripted:1', stage.rig.now())).findings.map(({ problem }) => problem))
  }
  if (violations.length === 0) violations.push(...(await atRest(stage)))
  await proxy.close()
  await stage.close()
  const { length: sent } = stage.rig.ads.sent
  return { seed, kills, finished, at, sent, violations: violations.map((one) => `seed ${seed}: ${one}`) }
}

interface Doomed {
  readonly stage: EngineStage
  readonly proxy: FaultProxy
  readonly child: ChildProcess
  readonly dice: Dice
  readonly name: string
}

type End = { readonly at: string | undefined } | { readonly broke: string }

/** Counts the worker's effects, those on the tables and those on the platform, and kills it at one of them. */
async function workUntilKilled({ stage, proxy, child, dice, name }: Doomed): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>()
  const onlyMoney = dice.chance(0.5)
  const fatal = 1 + dice.below(onlyMoney ? MONEY_EFFECTS : EFFECTS)
  const moment = dice.pick(['before', 'after'] as const)
  let effects = 0
  let killed: string | undefined
  /** Whether the worker is dead by now: what it asked for before is not done any more. */
  const passes = async (when: 'before' | 'after', what: string): Promise<boolean> => {
    if (killed) return false
    if (onlyMoney && !MONEY.has(what)) return true
    if (when === 'before') effects += 1
    if (effects !== fatal || when !== moment) return true
    killed = `${what} ${when}`
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    resolve({ at: killed })
    return when === 'after'
  }
  proxy.onRequest = async (when, operation) => {
    if (!(await passes(when, operation)) && when === 'before') throw new Error('the worker was killed before')
  }
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'call') void answer(message, stage.rig, child, passes)
    else if (message.kind === 'done') resolve({ at: undefined })
    else if (message.kind === 'broke') resolve({ broke: message.error })
  })
  child.on('exit', (code) => {
    if (!killed) resolve({ broke: `worker ended by itself with ${code}` })
  })
  const work: Work = {
    endpoint: proxy.endpoint,
    prefix: stage.prefix,
    worker: name,
    now: stage.rig.now(),
    messages: tick(stage.rig),
  }
  child.send({ kind: 'work', work } satisfies ToWorker)
  const end = await promise
  if (child.connected) child.disconnect()
  return end
}

async function answer(
  { id, port, method, args }: Extract<FromWorker, { kind: 'call' }>,
  { ads }: Rig,
  child: ChildProcess,
  passes: (when: 'before' | 'after', what: string) => Promise<boolean>,
): Promise<void> {
  if (!(await passes('before', method))) return
  const own = ads.platform[port] as unknown as Readonly<
    Record<string, (...args: readonly unknown[]) => Promise<unknown>>
  >
  const value = await own[method]?.(...args)
  if (!(await passes('after', method)) || !child.connected) return
  child.send({ kind: 'answer', id, value } satisfies ToWorker, () => {})
}
