/**
 * A worker in a process of its own, to be killed: runs the turns that it is sent with the product's own client over the
 * network, and asks the process that sent them for everything that a platform would answer.
 */
import { flushCompileCache } from 'node:module'
import { memoryArchive } from '../../cli/demo/memory-archive.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { capabilitiesOfScripted, PLATFORM } from '../simulation/scripted-platform.ts'
import { clientOf, runAll } from './turns.ts'

export interface Work {
  readonly endpoint: string
  readonly prefix: string
  readonly worker: string
  readonly now: Instant
  readonly messages: readonly StageMessage[]
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'call'
      readonly id: number
      readonly port: 'reader' | 'writer'
      readonly method: string
      readonly args: readonly unknown[]
    }
  | { readonly kind: 'done'; readonly failed: number }
  | { readonly kind: 'broke'; readonly error: string }

export type ToWorker =
  | { readonly kind: 'work'; readonly work: Work }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }

const tell = (message: FromWorker): void => void process.send?.(message)

let calls = 0
const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()

/** Functions stay here: between two changes this worker looks for freezes by itself. */
function ask(port: 'reader' | 'writer', method: string, args: readonly unknown[]): Promise<unknown> {
  calls += 1
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  open.set(calls, { resolve, reject })
  tell({ kind: 'call', id: calls, port, method, args: args.filter((one) => typeof one !== 'function') })
  return promise
}

const remote = <T extends object>(port: 'reader' | 'writer', methods: readonly (keyof T & string)[]): T =>
  Object.fromEntries(methods.map((method) => [method, (...args: unknown[]) => ask(port, method, args)])) as T

const platform: AdPlatform = {
  id: PLATFORM,
  capabilities: capabilitiesOfScripted,
  reader: remote<AdPlatform['reader']>('reader', ['structure', 'performance', 'changes', 'live', 'announcements']),
  writer: remote<AdPlatform['writer']>('writer', ['apply', 'announce']),
}

async function run({ endpoint, prefix, worker, now, messages }: Work): Promise<number> {
  const client = clientOf(endpoint)
  const startedAt = performance.now()
  const loop: Loop = {
    ...dynamoStores({ client, prefix }),
    clock: { now: () => later(now, Math.floor(performance.now() - startedAt)) },
    platforms: () => platform,
    archive: memoryArchive(),
    rates: { rate: async (from, to, on) => (from === to ? identityRate(from, on) : undefined) },
    queue: { send: async () => {} },
    timing: DEFAULT_TIMING,
    worker,
  }
  const failed = await runAll(messages, loop)
  client.destroy()
  return failed
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'work')
    run(message.work).then(
      (failed) => tell({ kind: 'done', failed }),
      (error: unknown) =>
        tell({ kind: 'broke', error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  else {
    const asked = open.get(message.id)
    open.delete(message.id)
    if (message.error === undefined) asked?.resolve(message.value)
    else asked?.reject(new Error(message.error))
  }
})
process.on('disconnect', () => process.exit())
// Written at the end of a process otherwise, which these do not come to.
flushCompileCache()
tell({ kind: 'ready' })
