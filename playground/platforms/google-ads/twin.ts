/**
 * The pretend Google Ads, version 25 of its API, on loopback.
 *
 * What it leaves out: an account's structure is fixed (no campaigns, budgets or ad groups are created, renamed or moved
 * to another budget), there are no portfolio strategies, and changes are in the history at once, where the real service
 * takes up to three minutes. Such requests are refused in words, never taken without effect.
 */
import type { AddressInfo } from 'node:net'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import { type FaultPlan, noFaults } from '../../faults.ts'
import type { World } from '../../world.ts'
import type { ConversionAction } from './conversion-actions.ts'
import { restServer } from './rest.ts'
import { GoogleAdsService } from './service.ts'
import { GOOGLE_TWIN_CREDENTIALS, type GoogleTwinCredentials } from './tokens.ts'

export interface GoogleAdsTwinOptions {
  readonly world: World
  /** 0 or none: any free port. */
  readonly port?: number
  /** Whether to serve gRPC too: loading the service definitions takes about a second. */
  readonly grpc?: boolean
  readonly faults?: FaultPlan
  readonly credentials?: GoogleTwinCredentials
  /** On the world's clock; one hour unless given. */
  readonly tokenLifetimeMs?: number
  /** Operations that the developer token may use in a day; unlimited unless given. */
  readonly dailyOperations?: number
  /** Rows of one page of `search`; 10,000 unless given, as of the real one. */
  readonly pageRows?: number
  /** Settings of conversion actions; those that are not given have the platform's defaults. */
  readonly conversionActions?: readonly ConversionAction[]
  /** Ids of accounts that lack the EU political advertising declaration: all their mutates fail. */
  readonly euPoliticalDeclarationMissing?: readonly string[]
}

export interface GoogleAdsTwin {
  /** `http://127.0.0.1:PORT`, without a version. */
  readonly baseUrl: string
  readonly tokenUrl: string
  readonly grpc?: { readonly host: string; readonly port: number }
  /** Requests so far by operation: `token`, `search`, `searchStream`, `googleAds:mutate`, `campaignBudgets:mutate` and so on. */
  readonly requests: Readonly<Record<string, number>>
  /** Makes every access token issued so far expired. */
  expireTokens(): void
  close(): Promise<void>
}

const HOST = '127.0.0.1'

export async function startGoogleAdsTwin(options: GoogleAdsTwinOptions): Promise<GoogleAdsTwin> {
  const service = new GoogleAdsService({
    ...options,
    credentials: options.credentials ?? GOOGLE_TWIN_CREDENTIALS,
    tokenLifetimeMs: options.tokenLifetimeMs ?? HOUR_MS,
    dailyOperations: options.dailyOperations ?? Number.POSITIVE_INFINITY,
  })
  const plan = options.faults ?? noFaults
  let sequence = 0
  const nextSequence = () => ++sequence
  const server = restServer(service, plan, nextSequence)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, HOST, resolve)
  })
  const grpc = options.grpc ? await (await import('./grpc.ts')).startGrpc(service, plan, nextSequence, HOST) : undefined
  const baseUrl = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    tokenUrl: `${baseUrl}/token`,
    ...(grpc ? { grpc: { host: HOST, port: grpc.port } } : {}),
    requests: service.requests,
    expireTokens: () => service.tokens.expireAll(),
    close: async () => {
      await grpc?.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
