import type { Instant } from '../../../lib/units/calendar.ts'

export interface SnapchatTwinCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
}

/** Pretend credentials: they open nothing but this twin. */
export const SNAPCHAT_TWIN_CREDENTIALS: SnapchatTwinCredentials = {
  clientId: '0c517e9f-0000-4000-8000-00000000pret',
  clientSecret: 'pretend-snap-client-secret',
  refreshToken: 'pretend-snap-refresh-token',
}

export interface TokenReply {
  readonly status: number
  readonly body: object
}

const refuse = (status: number, error: string): TokenReply => ({ status, body: { error, error_description: error } })

/**
 * Issues access tokens for the refresh token, which stays the same, and checks them. They live on the world's clock.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/authentication
 */
export class Tokens {
  private readonly credentials: SnapchatTwinCredentials
  private readonly lifetimeMs: number
  private readonly now: () => Instant
  private readonly expiry = new Map<string, number>()

  constructor(credentials: SnapchatTwinCredentials, lifetimeMs: number, now: () => Instant) {
    this.credentials = credentials
    this.lifetimeMs = lifetimeMs
    this.now = now
  }

  exchange(form: URLSearchParams): TokenReply {
    const { clientId, clientSecret, refreshToken } = this.credentials
    if (form.get('grant_type') !== 'refresh_token') return refuse(400, 'unsupported_grant_type')
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return refuse(401, 'invalid_client')
    if (form.get('refresh_token') !== refreshToken) return refuse(400, 'invalid_grant')
    const token = `0.MGQCPRETEND${this.expiry.size + 1}`
    this.expiry.set(token, this.now() + this.lifetimeMs)
    return {
      status: 200,
      body: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: Math.floor(this.lifetimeMs / 1_000),
        refresh_token: refreshToken,
        scope: 'snapchat-marketing-api',
      },
    }
  }

  isValid(token: string | undefined): boolean {
    return token !== undefined && this.now() < (this.expiry.get(token) ?? 0)
  }

  /** As if every token that was issued had run out. */
  expireAll(): void {
    for (const token of this.expiry.keys()) this.expiry.set(token, 0)
  }
}
