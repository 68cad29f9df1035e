import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface EngineOptions {
  /** Absolute. */
  readonly folder: string
  /** 0 takes a free one. */
  readonly port: number
}

/** Serves the embedded DynamoDB on this machine until it is interrupted. Commands create their tables themselves. */
export async function engine({ folder, port }: EngineOptions, screen: Screen): Promise<ExitCode> {
  const started = await startEmbeddedDynamoDb({ folder, port })
  screen.print(`DynamoDB at ${started.endpoint}, data in ${folder}`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'engine', endpoint: started.endpoint, folder })
  screen.tell(`Write "endpoint: ${started.endpoint}" under tables in sluice.yaml. Ctrl-C ends it; the data stay.`)
  const sweep = setInterval(() => {
    started.sweepExpired().catch((error: unknown) => screen.warn(`expired items could not be deleted: ${error}`))
  }, MINUTE_MS)
  await interrupted()
  clearInterval(sweep)
  await started.close()
  return EXIT.done
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
