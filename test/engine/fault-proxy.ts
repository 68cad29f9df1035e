import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dice } from '../sim/dice.ts'

/** What becomes of one request on its way to the engine, or of its answer on the way back. */
export type Fault =
  /** The connection ends before the engine hears of it; after it acted; or with a reset in place of the end. */
  | 'dropped before'
  | 'dropped after'
  | 'reset before'
  | 'reset after'
  /** The answer ends in the middle. */
  | 'cut off'
  /** It waits on its way there, or its answer on the way back. */
  | 'delayed before'
  | 'delayed after'
  /** The engine gets it twice, one after the other; the client hears of the second or of the first. */
  | 'twice'
  | 'twice, first answer'
  /** The connection ends, and the request arrives afterwards all the same. */
  | 'late'

export const FAULTS: readonly Fault[] = [
  ...(['dropped before', 'dropped after', 'reset before', 'reset after', 'cut off'] as const),
  ...(['delayed before', 'delayed after', 'twice', 'twice, first answer', 'late'] as const),
]

export interface FaultProxy {
  readonly endpoint: string
  /** Share of requests that meet a fault; 0 lets everything through. */
  probability: number
  /** How often each fault happened, and how many requests came by. */
  readonly met: Readonly<Record<Fault, number>>
  readonly requests: number
  /** Told of every request before it is handed on, and again when it was answered: what it awaits, the request awaits. */
  onRequest: (moment: 'before' | 'after', operation: string) => Promise<void>
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
  close(): Promise<void>
}

const DELAY_MS_MAX = 40

/** Stands between a client and a DynamoDB endpoint, with faults drawn by the dice. */
export async function faultProxy(target: string, dice: Dice): Promise<FaultProxy> {
  const met = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>
  const underWay = new Set<Promise<unknown>>()
  let requests = 0
  const proxy: FaultProxy = {
    endpoint: '',
    probability: 0,
    met,
    get requests() {
      return requests
    },
    onRequest: async () => {},
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await proxy.settled()
    },
  }
  const server = createServer((incoming, outgoing) => {
    requests += 1
    const fault = dice.chance(proxy.probability) ? dice.pick(FAULTS) : undefined
    const delay = dice.below(DELAY_MS_MAX)
    if (fault) met[fault] += 1
    const passing = pass({ incoming, outgoing, target, fault, delay, proxy }).catch(() => outgoing.destroy())
    underWay.add(passing)
    passing.finally(() => underWay.delete(passing))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

interface Passing {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly target: string
  readonly fault: Fault | undefined
  readonly delay: number
  readonly proxy: FaultProxy
}

async function pass({ incoming, outgoing, target, fault, delay, proxy }: Passing): Promise<void> {
  const body = await bodyOf(incoming)
  const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
  const send = (): Promise<Answer> => forward(target, incoming, body)
  if (fault === 'dropped before') return void incoming.socket.destroy()
  if (fault === 'reset before') return void incoming.socket.resetAndDestroy()
  if (fault === 'late') {
    incoming.socket.destroy()
    await sleep(delay)
    return void (await send())
  }
  if (fault === 'delayed before') await sleep(delay)
  await proxy.onRequest('before', operation)
  const first = await send()
  const answer = fault === 'twice' ? await send() : first
  if (fault === 'twice, first answer') await send()
  await proxy.onRequest('after', operation)
  if (fault === 'delayed after') await sleep(delay)
  if (fault === 'dropped after') return void incoming.socket.destroy()
  if (fault === 'reset after') return void incoming.socket.resetAndDestroy()
  outgoing.writeHead(answer.status, answer.headers)
  if (fault !== 'cut off') return void outgoing.end(answer.body)
  outgoing.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)))
  outgoing.socket?.end()
  outgoing.destroy()
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function forward(target: string, { method = 'POST', headers, url = '/' }: IncomingMessage, body: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
    bodyOf(answer).then(
      (whole) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: whole }),
      reject,
    )
  })
  forwarded.on('error', reject)
  forwarded.end(body)
  return promise
}
