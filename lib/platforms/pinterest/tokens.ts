import { randomUUID } from 'node:crypto'
import { PlatformError, type PlatformFailure } from '../../model/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { DAY_MS, type Instant, later, MINUTE_MS, SECOND_MS } from '../../units/calendar.ts'
import { readSecret, unauthorised } from '../../wire/secret.ts'
import { askToken } from './grant.ts'
import { instantOf, type PinterestSecret, pinterestSecret, redactor, secondsOf } from './secret.ts'

/** What a request is authorised with. */
export interface Bearer {
  readonly accessToken: string
  readonly redact: (text: string) => string
}

/**
 * Access tokens out of one secret. Pinterest issues a new refresh token with each renewal, so that a renewal changes the
 * secret: it is stored before anything is sent with it, and of all workers that share the secret one renews at a time.
 */
export interface Tokens {
  /** @throws PlatformError unauthorised, rate-limited or transient; nothing was sent with any token */
  current(): Promise<Bearer>
  /** The API answered 401 to it: it is not used again by this process, unless there is no other. */
  refused(bearer: Bearer): void
  /** The secret as it stands, for those who look at its dates. @throws PlatformError unauthorised */
  secret(): Promise<PinterestSecret>
}

export interface TokenOptions {
  readonly secrets: Secrets
  readonly secretName: string
  readonly clock: Clock
  readonly origin: string
  readonly timeoutMs: number
  readonly sleep: (ms: number) => Promise<unknown>
  /** Names this worker to the others. */
  readonly worker?: string
}

/**
 * A token of 30 days is renewed in its last one, and one of a short life in the last tenth of it: a renewal that fails has
 * so long to be tried again.
 */
const RENEW_BEFORE_MS = DAY_MS
const LAST_PART = 0.1
/** From one failed early renewal to the next try. */
const RETRY_MS = 5 * MINUTE_MS
/** Longer than a renewal can take; a worker that dies in one holds the others up for so long. */
const CLAIM_MS = 2 * MINUTE_MS
/** How long a worker waits for another that renews, before it leaves the request to a later turn. */
const LOOKS = 20
const LOOK_MS = 500

const transient = (detail: string) => new PlatformError({ kind: 'transient', detail })

export function openTokens(options: TokenOptions): Tokens {
  const { clock, secretName } = options
  const renewal = new Renewal(options)
  let renewing: Promise<PinterestSecret> | undefined
  let notBefore = -Infinity

  /** The present secret where a renewal that is only early has failed. */
  function despite(error: unknown, secret: PinterestSecret): PinterestSecret {
    notBefore = later(clock.now(), RETRY_MS)
    if (renewal.isUsable(secret)) return secret
    throw error
  }

  return {
    async current() {
      const secret = pinterestSecret(secretName, await renewal.read(renewal.wasRefused()))
      const isEarly = renewal.isUsable(secret) && clock.now() < notBefore
      if (isEarly || renewal.isFresh(secret)) return bearerOf(secret)
      renewing ??= renewal.run().finally(() => {
        renewing = undefined
      })
      return bearerOf(await renewing.catch((error: unknown) => despite(error, secret)))
    },
    refused: ({ accessToken }) => renewal.refuse(accessToken),
    secret: async () => pinterestSecret(secretName, await renewal.read(false)),
  }
}

function bearerOf(secret: PinterestSecret): Bearer {
  const { accessToken, refreshToken, appSecret } = secret
  if (accessToken === undefined) throw unauthorised('no access token')
  return { accessToken, redact: redactor([accessToken, refreshToken, appSecret]) }
}

interface Unstored {
  /** The text that the new one belongs in the place of. */
  readonly was: string
  readonly text: string
}

/** One process's side of renewing: it claims the secret, asks Pinterest, and stores what it got. */
class Renewal {
  readonly #options: TokenOptions
  readonly #worker: string
  #refused: string | undefined
  #isNews = false
  /** Granted, and not stored yet: the only copy of the next refresh token. */
  #unstored: Unstored | undefined

  constructor(options: TokenOptions) {
    this.#options = options
    this.#worker = options.worker ?? randomUUID()
  }

  /** @param fresh past any cache */
  read(fresh: boolean): Promise<string> {
    return readSecret(this.#options.secrets, this.#options.secretName, fresh)
  }

  refuse(accessToken: string): void {
    this.#refused = accessToken
    this.#isNews = true
  }

  /** Whether a token was refused since this was last asked: somebody may have stored another. */
  wasRefused(): boolean {
    const isNews = this.#isNews
    this.#isNews = false
    return isNews
  }

  /** Alive, and not refused. */
  isUsable({ accessToken, accessTokenExpiresAt: end }: PinterestSecret, spareMs = 0): boolean {
    if (accessToken === undefined || accessToken === this.#refused) return false
    return end === undefined || later(this.#now(), spareMs) < instantOf(end)
  }

  /** And not about to run out. */
  isFresh(secret: PinterestSecret): boolean {
    const { accessTokenIssuedAt: issued, accessTokenExpiresAt: end } = secret
    const lifeMs = issued === undefined || end === undefined ? Number.POSITIVE_INFINITY : (end - issued) * SECOND_MS
    return this.isUsable(secret, Math.min(RENEW_BEFORE_MS, Math.max(0, lifeMs * LAST_PART)))
  }

  /** A secret with a usable token: what somebody else has stored by now, or what Pinterest grants. */
  async run(): Promise<PinterestSecret> {
    for (let look = 0; look < LOOKS; look++) {
      const was = await this.read(true)
      const secret = this.#parse(was)
      if (this.isFresh(secret)) return secret
      if (this.#unstored?.was === was) return this.#store(this.#unstored)
      if (!this.#options.secrets.replace) return this.#asItIs(secret)
      if (!this.#isClaimedByOther(secret)) {
        const claimed = await this.#claim(was, secret)
        if (claimed !== undefined) return this.#renew(claimed, secret)
      } else if (this.isUsable(secret)) return secret
      await this.#options.sleep(LOOK_MS)
    }
    throw transient(`another worker is renewing the tokens in secret ${this.#options.secretName}`)
  }

  /** Where nothing can be stored, nothing may be renewed: the new refresh token would be lost. */
  #asItIs(secret: PinterestSecret): PinterestSecret {
    const { accessToken, accessTokenExpiresAt: end } = secret
    // Refused once, it is tried again: there is no other.
    if (accessToken !== undefined && (end === undefined || this.#now() < instantOf(end))) return secret
    throw unauthorised(
      `the access token in secret ${this.#options.secretName} has expired and the secret cannot be written here: renew it by hand`,
    )
  }

  #isClaimedByOther({ renewing }: PinterestSecret): boolean {
    return renewing !== undefined && renewing.by !== this.#worker && this.#now() < instantOf(renewing.until)
  }

  /**
   * Says that this worker renews. It also shows that the secret can be written, before there is anything to lose.
   *
   * @returns the secret's text from now on; `undefined` when another was faster
   */
  async #claim(was: string, secret: PinterestSecret): Promise<string | undefined> {
    const until = secondsOf(later(this.#now(), CLAIM_MS))
    const text = JSON.stringify({ ...secret, renewing: { by: this.#worker, until } })
    try {
      return (await this.#replace(was, text)) ? text : undefined
    } catch (cause) {
      throw unauthorised(`tokens are not renewed: ${messageOf(cause)}`)
    }
  }

  async #renew(was: string, secret: PinterestSecret): Promise<PinterestSecret> {
    const { origin, timeoutMs, secretName } = this.#options
    const granted = await askToken({ origin, timeoutMs, secretName, at: this.#now() }, secret)
    if ('failure' in granted) throw await this.#released(was, secret, granted.failure)
    this.#unstored = { was, text: JSON.stringify(granted.secret) }
    return this.#store(this.#unstored)
  }

  /** After a refusal nobody needs to wait for this worker. */
  async #released(was: string, { renewing: _, ...secret }: PinterestSecret, failure: PlatformFailure) {
    await this.#replace(was, JSON.stringify(secret)).catch(() => false)
    return new PlatformError(failure)
  }

  /** Before it is used, so that no crash can lose a refresh token that others depend on. */
  async #store({ was, text }: Unstored): Promise<PinterestSecret> {
    const { secretName } = this.#options
    let isStored: boolean
    try {
      isStored = await this.#replace(was, text)
    } catch (cause) {
      throw transient(`the tokens were renewed and could not be stored, which is tried again: ${messageOf(cause)}`)
    }
    this.#unstored = undefined
    const now = this.#parse(isStored ? text : await this.read(true))
    if (this.isUsable(now)) return now
    throw transient(`secret ${secretName} was replaced by another while its tokens were renewed`)
  }

  #replace(was: string, text: string): Promise<boolean> {
    const { secrets, secretName } = this.#options
    return secrets.replace?.(secretName, was, text) ?? Promise.resolve(false)
  }

  #parse(text: string): PinterestSecret {
    return pinterestSecret(this.#options.secretName, text)
  }

  #now(): Instant {
    return this.#options.clock.now()
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : 'unknown failure')
