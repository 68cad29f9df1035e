import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface DynamoDbInWorker {
  readonly endpoint: string
  close(): Promise<void>
}

/**
 * The embedded engine on a thread of its own, so that a run that keeps one core busy leaves it the other. Its clock is the
 * machine's; there is no sweep: nothing expires within a run.
 *
 * @throws Error when the engine cannot start
 */
export async function startDynamoDbInWorker(options: { readonly folder?: string }): Promise<DynamoDbInWorker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options })
  const [{ endpoint }] = (await once(worker, 'message')) as [{ endpoint: string }]
  return {
    endpoint,
    close: async () => {
      const exited = once(worker, 'exit')
      worker.postMessage('close')
      await exited
    },
  }
}
