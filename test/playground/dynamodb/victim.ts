/** Engines in processes of their own, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startEmbeddedDynamoDb } from '../../../playground/dynamodb/engine.ts'
import { clientFor } from '../../contract/dynamodb/endpoint-under-test.ts'

const ENTRY = fileURLToPath(new URL('killed-engine.ts', import.meta.url))

export interface Victim {
  readonly client: DynamoDBClient
  kill(): void
  /** Resolves with the signal that ended the process. */
  readonly death: Promise<NodeJS.Signals | null>
}

const running = new Set<ChildProcess>()

function spawnEngine(folder: string, killAt: string | undefined): ChildProcess {
  const child = spawn(process.execPath, [ENTRY, folder], {
    env: { ...process.env, ...(killAt !== undefined && { KILL_AT: killAt }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** For the end of a test that may have failed before its engine died. */
export async function endAll(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

const deathOf = (child: ChildProcess): Promise<NodeJS.Signals | null> =>
  once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null)

/** @param killAt the step at which it kills itself; see killed-engine.ts */
export async function startVictim(folder: string, killAt?: string): Promise<Victim> {
  const child = spawnEngine(folder, killAt)
  const death = deathOf(child)
  const [endpoint] = (await once(child.stdout!, 'data')) as [Buffer]
  const client = clientFor(endpoint.toString().trim())
  return { client, kill: () => child.kill('SIGKILL'), death: death.finally(() => client.destroy()) }
}

/** For an engine that dies on its way up, before it serves anything. */
export const deathOnStart = (folder: string, killAt: string): Promise<NodeJS.Signals | null> =>
  deathOf(spawnEngine(folder, killAt))

/** Runs `work` against an engine of this process on what the folder holds. */
export async function withEngineOn<T>(folder: string, work: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const engine = await startEmbeddedDynamoDb({ folder })
  const client = clientFor(engine.endpoint)
  try {
    return await work(client)
  } finally {
    client.destroy()
    await engine.close()
  }
}
