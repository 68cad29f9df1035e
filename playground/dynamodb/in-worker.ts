import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ThreadHandler, threadHandler } from './thread-handler.ts'

export interface DynamoDbInWorker {
  readonly endpoint: string
  /** A shorter way for an SDK client in this process, which need not go over the network. */
  readonly requestHandler: ThreadHandler
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
    requestHandler: threadHandler(worker),
    close: async () => {
      const exited = once(worker, 'exit')
      worker.postMessage('close')
      await exited
    },
  }
}
