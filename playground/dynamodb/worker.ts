import { parentPort, workerData } from 'node:worker_threads'
import { startEmbeddedDynamoDb } from './engine.ts'
import type { ThreadAnswer, ThreadRequest } from './thread-handler.ts'

/** The engine on a thread of its own: see in-worker.ts. */
const { folder } = workerData as { readonly folder?: string }
const engine = await startEmbeddedDynamoDb(folder === undefined ? {} : { folder })
const port = parentPort!
const encoder = new TextEncoder()

async function reply({ id, target, body }: ThreadRequest): Promise<void> {
  const { status, body: answer } = await engine.answer(target, Buffer.from(body))
  const bytes = encoder.encode(JSON.stringify(answer))
  port.postMessage({ id, status, bytes } satisfies ThreadAnswer, [bytes.buffer])
}

port.on('message', (message: ThreadRequest | 'close') => {
  if (message !== 'close') return void reply(message)
  void engine.close().then(() => port.close())
})
port.postMessage({ endpoint: engine.endpoint })
