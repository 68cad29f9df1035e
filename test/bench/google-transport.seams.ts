/**
 * `google-ads-api` pointed at loopback: host, token and TLS are constants inside it, so that three methods of the
 * customer object are replaced. Everything that sends, waits, sends again or reads stays the package's own.
 */
import { credentials } from '@grpc/grpc-js'
import { type Customer, GoogleAdsApi } from 'google-ads-api'
import { ACCESS_TOKEN, DEVELOPER_TOKEN } from './google-transport.outcome.ts'

const REAL_HOST = 'https://googleads.googleapis.com'
const CUSTOMER = '1234567890'

export interface Place {
  /** Of REST. */
  readonly base?: string
  /** Of gRPC. */
  readonly port?: number
  /** Handed to the generated client through `grpc_channel_options`. */
  readonly clientConfig?: object
  readonly disableParsing?: boolean
  /** axios' own option; the package has none, so that the caller's only way is the request's arguments. */
  readonly timeoutMs?: number
}

interface Inside {
  prepareGoogleAdsServicePostRequestArgs(...args: unknown[]): { url: string }
  loadService(name: 'GoogleAdsServiceClient'): { initialize(): Promise<unknown> }
}

export function customerAt(place: Place): Customer {
  const { base = '', port, clientConfig, disableParsing = false, timeoutMs } = place
  const channel = { servicePath: '127.0.0.1', port, ...(clientConfig ? { clientConfig } : {}) }
  const api = new GoogleAdsApi({
    client_id: 'id',
    client_secret: 'secret',
    developer_token: DEVELOPER_TOKEN,
    disable_parsing: disableParsing,
    ...(port === undefined ? {} : { grpc_channel_options: channel }),
  })
  const customer = api.Customer({ customer_id: CUSTOMER, refresh_token: 'refresh' })
  const inside = customer as unknown as Inside
  const prepare = inside.prepareGoogleAdsServicePostRequestArgs.bind(customer)
  return Object.assign(customer, {
    getAccessToken: async () => ACCESS_TOKEN,
    getCredentials: () => credentials.createInsecure(),
    prepareGoogleAdsServicePostRequestArgs: (...args: unknown[]) => {
      const made = prepare(...args)
      const limit = timeoutMs === undefined ? {} : { timeout: timeoutMs }
      return { ...made, ...limit, url: made.url.replace(REAL_HOST, base) }
    },
  })
}

/** Makes the gRPC client, which takes most of a second, before anything is timed. */
export async function warmed(customer: Customer): Promise<Customer> {
  await (customer as unknown as Inside).loadService('GoogleAdsServiceClient').initialize()
  return customer
}
