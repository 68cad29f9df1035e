/**
 * How `google-ads-api` and Sluice's own adapter behave when Google Ads does not: the figures of decision record 0004.
 * Everything on loopback, the two side by side, in 75 to 100 seconds on two cores.
 */
import { fileURLToPath } from 'node:url'
import { DEFAULT_VERSION } from '../../lib/platforms/google-ads/endpoints.ts'
import type { Leaks, Outcome } from './google-transport.outcome.ts'
import { ownRead, ownWrite } from './google-transport.own.ts'
import type { Attempt, Attempts } from './google-transport.package.ts'
import {
  type Failure,
  grpcWrites,
  READS,
  type ReadServers,
  readServers,
  restWrites,
  type WriteServer,
} from './google-transport.servers.ts'
import { printLoading, printRows } from './google-transport.weight.ts'
import { startRemote } from './rpc.ts'
import { table } from './table.ts'

const WATCH_MS = 25_000
const TIMEOUT_MS = 3_000
const FAILURES: readonly Failure[] = ['UNAVAILABLE', 'no answer']

const config = (timeout: object): object => ({
  interfaces: {
    [`google.ads.googleads.${DEFAULT_VERSION}.services.GoogleAdsService`]: {
      retry_codes: { none: [] },
      methods: { Mutate: { retry_codes_name: 'none', ...timeout } },
    },
  },
})
const GRPC: Readonly<Record<string, { readonly clientConfig?: object }>> = {
  'gRPC as it comes': {},
  'gRPC, no retry codes': { clientConfig: config({}) },
  'gRPC, no retry codes, 3 s': { clientConfig: config({ timeout_millis: TIMEOUT_MS }) },
}
const OWN = 'own writer, 3 s'

interface Write {
  readonly client: string
  readonly failure: Failure
  readonly server: WriteServer
}

interface Read {
  readonly name: string
  readonly base: string
  /** Given to axios; without it the package waits. */
  readonly timeoutMs?: number
}

/** Prints the figures; what they should be is the record's business, not this command's. */
export async function run(): Promise<void> {
  console.log(`google-ads-api and Sluice's own adapter against loopback, Node ${process.version} on ${process.arch}\n`)
  const writes = await writeServers()
  const reads = await readServers()
  try {
    await compare(writes, reads)
  } finally {
    await Promise.all([...writes.map(({ server }) => server.close()), reads.close()])
  }
  await printLoading()
  await printRows()
}

async function writeServers(): Promise<readonly Write[]> {
  const clients = [...Object.keys(GRPC), OWN]
  const all = clients.flatMap((client) => FAILURES.map((failure) => ({ client, failure })))
  return Promise.all(
    all.map(async (one) => ({ ...one, server: await (one.client === OWN ? restWrites : grpcWrites)(one.failure) })),
  )
}

async function compare(writes: readonly Write[], servers: ReadServers): Promise<void> {
  const reads: readonly Read[] = [
    ...READS.map((name) => ({ name, base: servers.base[name] })),
    { name: 'no answer, 3 s', base: servers.base['no answer'], timeoutMs: TIMEOUT_MS },
  ]
  const grpc = writes.filter(({ client }) => client !== OWN)
  const attempts: readonly Attempt[] = [
    ...grpc.map(({ client, server }) => ({ call: 'write' as const, place: { port: server.port, ...GRPC[client] } })),
    ...[false, true].flatMap((disableParsing) =>
      reads.map(({ base, timeoutMs }) => ({
        call: 'read' as const,
        place: { base, disableParsing, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      })),
    ),
  ]
  const seen = await throughPackage({ attempts, watchMs: WATCH_MS })
  const redirected = servers.elsewhere.map(({ headers }) => headers)
  const own = await Promise.all(writes.slice(grpc.length).map(({ server }) => ownWrite(server.base, TIMEOUT_MS)))
  printWrites(writes, [...seen.slice(0, grpc.length), ...own])
  const ownReads = await Promise.all(reads.map(({ base }) => ownRead(base, TIMEOUT_MS)))
  const parsed = seen.slice(grpc.length, grpc.length + reads.length)
  printReads(reads, { package: parsed, disable_parsing: seen.slice(grpc.length + reads.length), own: ownReads })
  printRedirect(redirected, servers.elsewhere.length - redirected.length)
}

async function throughPackage(asked: Attempts): Promise<readonly Outcome[]> {
  const remote = startRemote(fileURLToPath(new URL('google-transport.package.ts', import.meta.url)))
  try {
    return await remote.ask<readonly Outcome[]>('attempts', asked)
  } finally {
    await remote.close()
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
const yes = (is: boolean): string => (is ? 'yes' : 'no')
const ended = ({ startedAt, endedAt, text }: Outcome): string =>
  endedAt === undefined ? `${text} after ${WATCH_MS / 1_000} s` : `${text} (${seconds(endedAt - startedAt)} s)`

function printWrites(writes: readonly Write[], outcomes: readonly Outcome[]): void {
  const rows = writes.map(({ client, failure, server: { arrivals } }, i) => [
    client,
    failure,
    String(arrivals.length),
    arrivals.map(({ at }) => seconds(at - outcomes[i]!.startedAt)).join(' '),
    arrivals[0]?.allowedMs === undefined ? '' : Math.round(arrivals[0].allowedMs / 1_000).toString(),
    ended(outcomes[i]!),
  ])
  console.log(
    `Writes, watched for ${WATCH_MS / 1_000} s: requests that arrived, when, and how long each try may take\n`,
  )
  console.log(table(['client', 'server', 'requests', 'at s', 'allowed s', 'outcome'], rows))
}

function printReads(reads: readonly Read[], by: Readonly<Record<string, readonly Outcome[]>>): void {
  const rows = reads.flatMap(({ name }, i) =>
    Object.entries(by).map(([client, outcomes]) => [name, client, ended(outcomes[i]!), carried(outcomes[i]!.leaks)]),
  )
  console.log('\nReads, and whether the error, printed whole, shows the bearer and the developer token\n')
  console.log(table(['case', 'client', 'outcome', 'tokens in it'], rows))
}

function printRedirect(ofPackage: readonly object[], ofOwn: number): void {
  const has = (name: string): string => yes(ofPackage.length > 0 && ofPackage.every((headers) => name in headers))
  console.log(
    `\nRedirect: ${ofPackage.length} requests of the package arrived at the other host, developer token with them: ` +
      `${has('developer-token')}, bearer token: ${has('authorization')}; of our own ${ofOwn}`,
  )
}

const carried = (leaks: Leaks | undefined): string =>
  leaks ? `${yes(leaks.accessToken)}, ${yes(leaks.developerToken)}` : ''

if (import.meta.main) await run()
