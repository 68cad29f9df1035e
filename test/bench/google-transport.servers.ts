/** Servers on loopback that misbehave as they are told to, and note what reached them. */
import { Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js'
import { DEFAULT_VERSION } from '../../lib/platforms/google-ads/endpoints.ts'
import { type Asked, type Handler, NO_ROWS, type Reply, tinyServer } from '../platforms/google-ads/tiny-server.ts'

export interface Arrival {
  /** Milliseconds since 1970: the caller may be another process. */
  readonly at: number
  /** How long the client allows this one try, where the protocol says so. */
  readonly allowedMs?: number
}

export type Failure = 'UNAVAILABLE' | 'no answer'

export interface WriteServer {
  /** Of gRPC; 0 where it speaks REST. */
  readonly port: number
  /** Of REST; empty where it speaks gRPC. */
  readonly base: string
  readonly arrivals: readonly Arrival[]
  close(): Promise<void>
}

type Unary = (call: ServerUnaryCall<Buffer, Buffer>, done: (error: object) => void) => void

const raw = (bytes: Buffer): Buffer => bytes
const METHOD = {
  path: `/google.ads.googleads.${DEFAULT_VERSION}.services.GoogleAdsService/Mutate`,
  requestStream: false,
  responseStream: false,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
} as const

/** gRPC's `Mutate`, in plain text. The request is not even read: nothing that it could say would matter. */
export async function grpcWrites(failure: Failure): Promise<WriteServer> {
  const arrivals: Arrival[] = []
  const unanswered: (() => void)[] = []
  const mutate: Unary = (call, done) => {
    arrivals.push({ at: Date.now(), allowedMs: Number(call.getDeadline()) - Date.now() })
    if (failure === 'UNAVAILABLE') done({ code: status.UNAVAILABLE, details: 'try again later' })
    else unanswered.push(() => done({ code: status.CANCELLED, details: 'the server closes' }))
  }
  const server = new Server()
  server.addService({ mutate: METHOD }, { mutate })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  const close = async (): Promise<void> => {
    // A lost connection would be sent again; this answer is not.
    for (const end of unanswered) end()
    await new Promise((resolve) => setImmediate(resolve))
    server.forceShutdown()
  }
  return { port, base: '', arrivals, close }
}

const UNAVAILABLE: Reply = {
  status: 503,
  json: { error: { code: 503, message: 'try again later', status: 'UNAVAILABLE' } },
}

export async function restWrites(failure: Failure): Promise<WriteServer> {
  const arrivals: Arrival[] = []
  const server = await tinyServer(({ path }) => {
    if (!path.endsWith('googleAds:mutate')) return { json: NO_ROWS }
    arrivals.push({ at: Date.now() })
    return failure === 'UNAVAILABLE' ? UNAVAILABLE : 'hang'
  })
  return { port: 0, base: server.base, arrivals, close: server.close }
}

/** Odd, and beyond 2^53: the nearest doubles are 9007199254740992 and 9007199254740994. */
export const HUGE_ID = '9007199254740993'

const isStream = ({ path }: Asked): boolean => path.endsWith('searchStream')
const rowsOf = (id: string): object => ({
  results: [{ campaign: { resourceName: `customers/1/campaigns/${id}`, id } }],
  fieldMask: 'campaign.id',
})
const INTERNAL = { error: { code: 500, message: 'Internal error', status: 'INTERNAL' } }

/** One row, as a stream or as a page. */
const oneRow: Handler = (asked) => ({ json: isStream(asked) ? [rowsOf(HUGE_ID)] : rowsOf(HUGE_ID) })

/** A stream has sent its status when it fails; a page has not. */
const failsLate: Handler = (asked) => {
  if (isStream(asked)) return { json: [rowsOf('1'), INTERNAL] }
  return asked.body.pageToken ? { status: 500, json: INTERNAL } : { json: { ...rowsOf('1'), nextPageToken: 'second' } }
}

const htmlError: Handler = () => ({
  status: 503,
  json: '<html><body>Service Unavailable</body></html>',
  headers: { 'content-type': 'text/html' },
})

export const READS = ['large id', 'late error', 'HTML error', 'redirect', 'no answer'] as const
export type ReadCase = (typeof READS)[number]

export interface ReadServers {
  readonly base: Readonly<Record<ReadCase, string>>
  /** What arrived where the redirect points to. */
  readonly elsewhere: readonly Asked[]
  close(): Promise<void>
}

/** One server for each case. */
export async function readServers(): Promise<ReadServers> {
  const elsewhere = await tinyServer(oneRow)
  // Another name of this machine, so that a client takes it for another host.
  const target = elsewhere.base.replace('127.0.0.1', 'localhost')
  const redirect: Handler = ({ path }) => ({ status: 307, json: {}, headers: { location: `${target}${path}` } })
  const handlers: readonly Handler[] = [oneRow, failsLate, htmlError, redirect, () => 'hang']
  const servers = await Promise.all(handlers.map((handler) => tinyServer(handler)))
  return {
    base: Object.fromEntries(READS.map((name, i) => [name, servers[i]?.base])) as Record<ReadCase, string>,
    elsewhere: elsewhere.asked,
    close: async () => {
      await Promise.all([elsewhere, ...servers].map((server) => server.close()))
    },
  }
}

const CAMPAIGNS = 1_000
const DAYS = 90
export const REPORT = { rows: CAMPAIGNS * DAYS, from: '2026-08-01', to: '2026-10-29' } as const
const ROWS_PER_PAGE = 10_000

/** A report of a thousand campaigns over ninety days, in one stream or in nine pages. */
export async function reportServer(): Promise<{ readonly base: string; close(): Promise<void> }> {
  const pages = reportPages()
  const stream = `[${pages.join(',')}]`
  return tinyServer((asked) => {
    if (isStream(asked)) return { json: stream }
    if (/ FROM customer /.test(String(asked.body.query))) return { json: NO_ROWS }
    return { json: pages[Number(asked.body.pageToken ?? 0)] }
  })
}

function reportPages(): readonly string[] {
  const start = Date.parse(`${REPORT.from}T00:00:00Z`)
  const dates = Array.from({ length: DAYS }, (_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10))
  const rows = dates.flatMap((date, day) =>
    Array.from({ length: CAMPAIGNS }, (_, nth) => ({
      campaign: { resourceName: `customers/1/campaigns/${9_000_000 + nth}`, id: `${9_000_000 + nth}` },
      segments: { date },
      metrics: { costMicros: `${1_000_000 * (nth + day)}`, impressions: `${100 * nth}`, clicks: `${nth}` },
    })),
  )
  const starts = Array.from({ length: rows.length / ROWS_PER_PAGE }, (_, page) => page * ROWS_PER_PAGE)
  return starts.map((from, page) =>
    JSON.stringify({
      results: rows.slice(from, from + ROWS_PER_PAGE),
      fieldMask: 'campaign.id',
      ...(page + 1 < starts.length ? { nextPageToken: `${page + 1}` } : {}),
    }),
  )
}
