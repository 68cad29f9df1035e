import { parentPort, workerData } from 'node:worker_threads'
import { startEmbeddedDynamoDb } from './engine.ts'

/** The engine on a thread of its own: see in-worker.ts. */
const { folder } = workerData as { readonly folder?: string }
const engine = await startEmbeddedDynamoDb(folder === undefined ? {} : { folder })
parentPort?.postMessage({ endpoint: engine.endpoint })
parentPort?.once('message', () => {
  void engine.close().then(() => parentPort?.close())
})
