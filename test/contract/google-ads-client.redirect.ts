/**
 * The published client `google-ads-api`, pointed at loopback.
 *
 * The host of its REST calls, the token endpoint and TLS of its gRPC calls are constants inside it, so that a few methods
 * of the customer object are replaced. Everything that forms a request or reads an answer stays the client's own.
 */
import { createRequire } from 'node:module'
import { credentials } from '@grpc/grpc-js'
import { type Customer, errors, GoogleAdsApi } from 'google-ads-api'
import { GOOGLE_TWIN_CREDENTIALS, type GoogleTwinCredentials } from '../../playground/platforms/google-ads/tokens.ts'
import type { GoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'

const REAL_HOST = 'https://googleads.googleapis.com'

/** What the client uses of its own authentication library. */
interface AuthLibrary {
  readonly OAuth2Client: new (
    options: object,
  ) => {
    setCredentials(credentials: { refresh_token: string }): void
    getAccessToken(): Promise<{ token?: string | null }>
  }
}

// The client's own copy: the project itself does not depend on it.
const clientRequire = createRequire(createRequire(import.meta.url).resolve('google-ads-api'))
const { OAuth2Client } = clientRequire('google-auth-library') as AuthLibrary

/** An access token from the twin's endpoint, through the library that the client would use. @throws what the library throws */
export async function accessToken(twin: GoogleAdsTwin, given: Partial<GoogleTwinCredentials> = {}): Promise<string> {
  const { clientId, clientSecret, refreshToken } = { ...GOOGLE_TWIN_CREDENTIALS, ...given }
  const client = new OAuth2Client({ clientId, clientSecret, endpoints: { oauth2TokenUrl: twin.tokenUrl } })
  client.setCredentials({ refresh_token: refreshToken })
  const { token } = await client.getAccessToken()
  return token ?? ''
}

interface RequestArgs {
  url: string
}

export interface RedirectOptions {
  readonly customerId: string
  readonly token: string
  readonly loginCustomerId?: string
  readonly disableParsing?: boolean
}

export function customerAt(twin: GoogleAdsTwin, options: RedirectOptions): Customer {
  const { clientId, clientSecret, developerToken, refreshToken } = GOOGLE_TWIN_CREDENTIALS
  const api = new GoogleAdsApi({
    client_id: clientId,
    client_secret: clientSecret,
    developer_token: developerToken,
    ...(options.disableParsing ? { disable_parsing: true } : {}),
    ...(twin.grpc ? { grpc_channel_options: { servicePath: twin.grpc.host, port: twin.grpc.port } } : {}),
  })
  const customer = api.Customer({
    customer_id: options.customerId,
    refresh_token: refreshToken,
    ...(options.loginCustomerId ? { login_customer_id: options.loginCustomerId } : {}),
  })
  return redirected(customer, twin, options.token)
}

/** REST to the twin's address; gRPC in plain text, with the token that its credentials would have added. */
function redirected(customer: Customer, twin: GoogleAdsTwin, token: string): Customer {
  const inner = customer as unknown as {
    prepareGoogleAdsServicePostRequestArgs: (...args: unknown[]) => RequestArgs
    callHeaders: object
  }
  const prepare = inner.prepareGoogleAdsServicePostRequestArgs.bind(customer)
  const { callHeaders } = inner
  Object.assign(customer, {
    getAccessToken: async () => token,
    getCredentials: () => credentials.createInsecure(),
    prepareGoogleAdsServicePostRequestArgs: (...args: unknown[]) => {
      const made = prepare(...args)
      return { ...made, url: made.url.replace(REAL_HOST, twin.baseUrl) }
    },
  })
  Object.defineProperty(customer, 'callHeaders', { value: { ...callHeaders, authorization: `Bearer ${token}` } })
  return customer
}

/** The decoded failure that the client throws. @throws Error when it throws another thing, or nothing */
export async function failureOf(work: Promise<unknown>): Promise<errors.GoogleAdsFailure> {
  const thrown: unknown = await work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  if (thrown instanceof errors.GoogleAdsFailure) return thrown
  throw new Error(`expected a GoogleAdsFailure, got ${thrown}`)
}
