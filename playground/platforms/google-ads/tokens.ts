import type { Instant } from '../../../lib/units/calendar.ts'
import { fault } from './failure.ts'

export interface GoogleTwinCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  readonly developerToken: string
  /** A manager account. Where given, its clients can be reached through it only, as `login-customer-id`. */
  readonly loginCustomerId?: string
}

/**
 * Pretend defaults; nothing outside of the playground takes them. The client's id is an address, as that of a service
 * account is: the change history shows it as the user of the client's own edits.
 */
export const GOOGLE_TWIN_CREDENTIALS: GoogleTwinCredentials = {
  clientId: 'sluice@pretend-project.example',
  clientSecret: 'pretend-client-secret',
  refreshToken: '1//pretend-refresh-token',
  developerToken: 'pretend-developer-token',
}

export interface TokenReply {
  readonly status: number
  readonly body: object
}

const SCOPE = 'https://www.googleapis.com/auth/adwords'
const refuse = (status: number, error: string, description: string): TokenReply => ({
  status,
  body: { error, error_description: description },
})

/** Issues access tokens for the refresh token and checks them. They live on the world's clock. */
export class Tokens {
  readonly #credentials: GoogleTwinCredentials
  readonly #lifetimeMs: number
  readonly #now: () => Instant
  readonly #expiry = new Map<string, number>()

  constructor(credentials: GoogleTwinCredentials, lifetimeMs: number, now: () => Instant) {
    this.#credentials = credentials
    this.#lifetimeMs = lifetimeMs
    this.#now = now
  }

  /** The token endpoint's answer to a form: RFC 6749 sections 5 and 6. */
  exchange(form: URLSearchParams): TokenReply {
    const { clientId, clientSecret, refreshToken } = this.#credentials
    if (form.get('grant_type') !== 'refresh_token')
      return refuse(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`)
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return refuse(401, 'invalid_client', 'The OAuth client was not found or its secret is wrong.')
    if (form.get('refresh_token') !== refreshToken)
      return refuse(400, 'invalid_grant', 'Token has been expired or revoked.')
    const token = `ya29.pretend-access-token-${this.#expiry.size + 1}`
    this.#expiry.set(token, this.#now() + this.#lifetimeMs)
    const expiresIn = Math.floor(this.#lifetimeMs / 1000)
    return { status: 200, body: { access_token: token, expires_in: expiresIn, scope: SCOPE, token_type: 'Bearer' } }
  }

  /** @throws GoogleFault unless the header carries a token that this endpoint issued and that has not expired */
  check(authorization: string | undefined): void {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
    if (token === undefined)
      throw fault('authenticationError', 'OAUTH_TOKEN_HEADER_INVALID', 'The Authorization header carries no token.')
    const expiry = this.#expiry.get(token)
    if (expiry === undefined) throw fault('authenticationError', 'OAUTH_TOKEN_INVALID', 'The token is not valid.')
    if (expiry <= this.#now()) throw fault('authenticationError', 'OAUTH_TOKEN_EXPIRED', 'The token has expired.')
  }

  /** Every token issued so far counts as expired from now on. */
  expireAll(): void {
    for (const token of this.#expiry.keys()) this.#expiry.set(token, this.#now())
  }
}
