import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { TableName } from '../../lib/store/tables.ts'

export interface Units {
  readonly read: number
  readonly write: number
}

/** What one invocation of a function took. */
export interface Taken {
  readonly wallMs: number
  /** Of the worker's process alone. */
  readonly cpuMs: number
  readonly databaseRequests: number
  readonly transactions: number
  readonly platformRequests: number
  readonly units: Readonly<Record<TableName, Units>>
}

interface Tally {
  databaseRequests: number
  transactions: number
  platformRequests: number
  units: Record<TableName, { read: number; write: number }>
}

const empty = (): Tally => ({
  databaseRequests: 0,
  transactions: 0,
  platformRequests: 0,
  units: { control: { read: 0, write: 0 }, facts: { read: 0, write: 0 }, audit: { read: 0, write: 0 } },
})

/** Counts what this process sends while it does one thing at a time. */
export interface Meter {
  readonly onConsumed: (table: TableName, readUnits: number, writeUnits: number) => void
  taken<T>(work: () => Promise<T>): Promise<{ result: T; taken: Taken }>
}

/** @param database endpoint of the database: what goes to any other host goes to a platform */
export function createMeter(database: string): Meter {
  let tally = empty()
  const { host } = new URL(database)
  // The SDK and the Google adapter send over node:http, the Meta adapter by fetch.
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest }
    if (request.getHeader('host') !== host) tally.platformRequests += 1
    else if (String(request.getHeader('x-amz-target')).endsWith('TransactWriteItems')) {
      tally.databaseRequests += 1
      tally.transactions += 1
    } else tally.databaseRequests += 1
  })
  subscribe('undici:request:create', () => {
    tally.platformRequests += 1
  })
  return {
    onConsumed(table, readUnits, writeUnits) {
      tally.units[table].read += readUnits
      tally.units[table].write += writeUnits
    },
    async taken(work) {
      tally = empty()
      const cpuBefore = process.cpuUsage()
      const from = performance.now()
      const result = await work()
      const wallMs = performance.now() - from
      const { user, system } = process.cpuUsage(cpuBefore)
      return { result, taken: { wallMs, cpuMs: (user + system) / 1_000, ...tally } }
    },
  }
}
