/**
 * Carries the SDK's requests to the engine's thread, and its answers back, as messages: the same text as over the network,
 * without the sockets, which cost a run of tens of thousands of requests more than answering them.
 */
import type { Worker } from 'node:worker_threads'

export interface ThreadRequest {
  readonly id: number
  /** The header `x-amz-target`. */
  readonly target: string | undefined
  readonly body: string | Uint8Array
}

export interface ThreadAnswer {
  readonly id: number
  readonly status: number
  readonly bytes: Uint8Array
}

/** What is read of an SDK's request, and what it reads of an answer. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number
    readonly headers: Record<string, string>
    readonly body: Uint8Array
  }
}

/** For `new DynamoDBClient({ requestHandler })`. */
export interface ThreadHandler {
  handle(request: SdkRequest): Promise<SdkAnswer>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
}

interface Waiting {
  resolve(answer: SdkAnswer): void
  reject(error: Error): void
}

const ended = (): Error => new Error("the engine's thread ended before it answered")

/** Requests under way fail when the thread ends. */
export function threadHandler(worker: Worker): ThreadHandler {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let hasEnded = false
  worker.on('message', ({ id, status, bytes }: ThreadAnswer) => {
    waiting.get(id)?.resolve({
      response: { statusCode: status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: bytes },
    })
    waiting.delete(id)
  })
  worker.once('exit', () => {
    hasEnded = true
    for (const { reject } of waiting.values()) reject(ended())
    waiting.clear()
  })
  return {
    handle: ({ headers, body = '' }) =>
      new Promise((resolve, reject) => {
        if (hasEnded) return reject(ended())
        lastId += 1
        waiting.set(lastId, { resolve, reject })
        worker.postMessage({ id: lastId, target: headers['x-amz-target'], body } satisfies ThreadRequest)
      }),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  }
}
