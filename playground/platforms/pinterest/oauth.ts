import { DAY_MS, type Instant, later, SECOND_MS } from '../../../lib/units/calendar.ts'
import { ApiError, invalid } from './errors.ts'

/** In the shape of the secret that an adapter reads. */
export interface PinterestTwinCredentials {
  readonly appId: string
  readonly appSecret: string
  readonly refreshToken: string
  readonly accessToken: string
}

export interface TokenRules {
  /** Life of an access token that a renewal issues; 30 days unless told otherwise. */
  readonly accessMs?: number
  /** Life of a refresh token; 60 days unless told otherwise. */
  readonly refreshMs?: number
  /**
   * Whether a refresh token is of no more use once it was used. Pinterest's documents say that another is issued and not
   * what becomes of the old one; the harder of the two unless told otherwise.
   */
  readonly oldRefreshToken?: 'dies' | 'lives'
  readonly scope?: string
}

const SCOPE = 'ads:read,ads:write'

/** Who holds which tokens. The first access token lasts until it is told to expire. */
export class TokenBook {
  readonly #credentials: PinterestTwinCredentials
  readonly #rules: TokenRules
  readonly #now: () => Instant
  readonly #access = new Map<string, Instant>()
  readonly #refresh = new Map<string, Instant>()
  #issued = 0

  constructor(credentials: PinterestTwinCredentials, rules: TokenRules, now: () => Instant) {
    this.#credentials = credentials
    this.#rules = rules
    this.#now = now
    this.#access.set(credentials.accessToken, Number.POSITIVE_INFINITY as Instant)
    this.#refresh.set(credentials.refreshToken, later(now(), this.#refreshMs))
  }

  get #refreshMs(): number {
    return this.#rules.refreshMs ?? 60 * DAY_MS
  }

  get scope(): string {
    return this.#rules.scope ?? SCOPE
  }

  /** How many renewals there were. */
  get issued(): number {
    return this.#issued
  }

  /** Every access token that was issued so far ends now. */
  expireAccess(): void {
    this.#access.clear()
  }

  accepts(accessToken: string | undefined): boolean {
    const until = accessToken === undefined ? undefined : this.#access.get(accessToken)
    return until !== undefined && this.#now() < until
  }

  /** @throws ApiError 401 for another app, 400 for any other grant or a refresh token that is not, or no longer, good */
  renew(authorization: string | undefined, form: URLSearchParams): Readonly<Record<string, unknown>> {
    const { appId, appSecret } = this.#credentials
    if (authorization !== `Basic ${Buffer.from(`${appId}:${appSecret}`).toString('base64')}`)
      throw new ApiError(401, 2, 'Authentication failed.')
    const unknown = [...form.keys()].find((name) => !['grant_type', 'refresh_token', 'scope'].includes(name))
    if (unknown !== undefined) throw invalid(`Unknown parameter ${unknown}.`)
    if (form.get('grant_type') !== 'refresh_token')
      throw invalid('The pretend Pinterest knows refresh_token grants only.')
    const old = form.get('refresh_token') ?? ''
    const until = this.#refresh.get(old)
    if (until === undefined || this.#now() >= until)
      throw new ApiError(400, 283, 'The provided refresh token is invalid.')
    if (this.#rules.oldRefreshToken !== 'lives') this.#refresh.delete(old)
    return this.#issue()
  }

  #issue(): Readonly<Record<string, unknown>> {
    this.#issued += 1
    const accessMs = this.#rules.accessMs ?? 30 * DAY_MS
    const access = `pina_PRETENDaccess${this.#issued}`
    const refresh = `pinr.PRETENDrefresh${this.#issued}`
    const refreshUntil = later(this.#now(), this.#refreshMs)
    this.#access.set(access, later(this.#now(), accessMs))
    this.#refresh.set(refresh, refreshUntil)
    return {
      access_token: access,
      response_type: 'refresh_token',
      token_type: 'bearer',
      expires_in: Math.floor(accessMs / SECOND_MS),
      scope: this.scope,
      refresh_token: refresh,
      refresh_token_expires_in: Math.floor(this.#refreshMs / SECOND_MS),
      refresh_token_expires_at: Math.floor(refreshUntil / SECOND_MS),
    }
  }
}
