import { afterEach, describe, expect, test } from 'vitest'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import { openTokens } from '../../../lib/platforms/pinterest/tokens.ts'
import type { Secrets } from '../../../lib/ports/secrets.ts'
import { DAY_MS, type Instant, later, MINUTE_MS } from '../../../lib/units/calendar.ts'
import {
  PINTEREST_TWIN_CREDENTIALS,
  type PinterestTwinOptions,
  startPinterestTwin,
} from '../../../playground/platforms/pinterest/server.ts'
import { NOON, StubWorld } from '../../playground/stub-world.ts'
import { ACCOUNT, adapterOn, memorySecrets, SECRET, type Stub, startStub } from './stub.ts'

const { appId, appSecret, refreshToken } = PINTEREST_TWIN_CREDENTIALS
/** As a person stores it. */
const AS_STORED = { appId, appSecret, refreshToken }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function twinOn(tokens: PinterestTwinOptions['tokens'] = {}) {
  const world = new StubWorld([{ id: ACCOUNT.id, platform: 'pinterest', zone: 'UTC', campaigns: [] }])
  const twin = await startPinterestTwin({ world, tokens })
  open.push(twin)
  return { world, twin }
}

async function stubOn(answer: Parameters<typeof startStub>[0]): Promise<Stub> {
  const stub = await startStub(answer)
  open.push(stub)
  return stub
}

const workerOn = (
  origin: string,
  secrets: Secrets,
  worker: string,
  more: { now?: () => Instant; sleep?: (ms: number) => Promise<unknown> } = {},
) =>
  openTokens({
    secrets,
    secretName: 'pinterest/read',
    clock: { now: more.now ?? (() => NOON) },
    origin,
    timeoutMs: 5_000,
    sleep: more.sleep ?? (() => new Promise((resolve) => setImmediate(resolve))),
    worker,
  })

const failureOf = (promise: Promise<unknown>): Promise<PlatformFailure> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      if (error instanceof PlatformError) return error.failure
      throw error
    },
  )

/** Replacements by number, 1 first: 1 is the claim, 2 the new tokens. */
function interrupted(secrets: Secrets, at: number, how: () => Promise<void>): Secrets {
  let count = 0
  return {
    read: secrets.read,
    async replace(...args) {
      count += 1
      if (count === at) await how()
      return secrets.replace!(...args)
    },
  }
}

describe('an access token', () => {
  test('is fetched with the refresh token, which is replaced by the one that comes with it', async () => {
    const { twin } = await twinOn()
    const { secrets, now } = memorySecrets(AS_STORED)
    const { accessToken } = await workerOn(twin.baseUrl, secrets, 'a').current()
    // 60 days and 30 days from 2026-11-21T11:00Z.
    expect(now()).toEqual({
      appId,
      appSecret,
      refreshToken: 'pinr.PRETENDrefresh1',
      refreshTokenExpiresAt: 1_800_442_800,
      accessToken,
      accessTokenIssuedAt: 1_795_258_800,
      accessTokenExpiresAt: 1_797_850_800,
      scope: 'ads:read,ads:write',
    })
  })

  test('is not fetched while the one that is stored lives', async () => {
    const { twin } = await twinOn()
    const { secrets } = memorySecrets({ ...AS_STORED, accessToken: SECRET.accessToken })
    expect((await workerOn(twin.baseUrl, secrets, 'a').current()).accessToken).toBe(SECRET.accessToken)
    expect(twin.requests.tokens).toBe(0)
  })

  test('is renewed in its last day, and used until then where that fails', async () => {
    const { world, twin } = await twinOn()
    const { secrets, texts } = memorySecrets(AS_STORED)
    const tokens = workerOn(twin.baseUrl, secrets, 'a', { now: () => world.now() })
    const first = await tokens.current()
    world.pass(29 * DAY_MS - MINUTE_MS)
    expect((await tokens.current()).accessToken).toBe(first.accessToken)
    world.pass(2 * MINUTE_MS)
    world.condition = () => 'down'
    expect((await tokens.current()).accessToken).toBe(first.accessToken)
    const tries = twin.requests.http
    expect((await tokens.current()).accessToken).toBe(first.accessToken)
    expect(twin.requests.http).toBe(tries)
    world.condition = () => 'up'
    world.pass(5 * MINUTE_MS)
    expect((await tokens.current()).accessToken).not.toBe(first.accessToken)
    expect(texts.at(-1)).not.toContain('renewing')
  })

  test('of an hour is renewed in its last six minutes, and not with every request', async () => {
    const { world, twin } = await twinOn({ accessMs: 60 * MINUTE_MS })
    const { secrets } = memorySecrets(AS_STORED)
    const tokens = workerOn(twin.baseUrl, secrets, 'a', { now: () => world.now() })
    const first = await tokens.current()
    world.pass(53 * MINUTE_MS)
    expect((await tokens.current()).accessToken).toBe(first.accessToken)
    expect(twin.requests.tokens).toBe(1)
    world.pass(2 * MINUTE_MS)
    expect((await tokens.current()).accessToken).not.toBe(first.accessToken)
    expect(twin.requests.tokens).toBe(2)
  })

  test('is fetched once by all who ask one worker at a time', async () => {
    const { twin } = await twinOn()
    const { secrets } = memorySecrets(AS_STORED)
    const tokens = workerOn(twin.baseUrl, secrets, 'a')
    const got = await Promise.all([tokens.current(), tokens.current(), tokens.current()])
    expect(new Set(got.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(twin.requests.tokens).toBe(1)
  })

  test('is stored before it is used, together with what the secret holds beside it', async () => {
    const { secrets, now } = memorySecrets({ ...AS_STORED, note: 'kept' })
    let wasStored: unknown
    const grant = { access_token: 'pina_new0123456789', expires_in: 100, refresh_token: 'pinr.new0123456789' }
    const stub = await stubOn(({ path }) => {
      if (path === '/v5/oauth/token') return { json: grant }
      wasStored ??= now()
      return undefined
    })
    await adapterOn(stub.origin, { secrets }).reader.live(ACCOUNT, [
      { account: ACCOUNT, kind: 'status', entity: 'campaign', id: '1' },
    ])
    expect(wasStored).toMatchObject({ refreshToken: 'pinr.new0123456789', note: 'kept' })
  })
})

describe('of two workers that find the token used up at once', () => {
  test('one renews it, and the other uses what that one stored', async () => {
    const { twin } = await twinOn()
    const { secrets, texts } = memorySecrets(AS_STORED)
    const [a, b] = await Promise.all([
      workerOn(twin.baseUrl, secrets, 'a').current(),
      workerOn(twin.baseUrl, secrets, 'b').current(),
    ])
    expect(a.accessToken).toBe(b.accessToken)
    expect(twin.requests.tokens).toBe(1)
    // The claim, and the new tokens.
    expect(texts).toHaveLength(3)
  })

  test('of twenty it is the same', async () => {
    const { twin } = await twinOn()
    const { secrets } = memorySecrets(AS_STORED)
    const workers = Array.from({ length: 20 }, (_, n) => workerOn(twin.baseUrl, secrets, `worker-${n}`))
    const got = await Promise.all(workers.map((worker) => worker.current()))
    expect(new Set(got.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(twin.requests.tokens).toBe(1)
  })

  test('the one that waits reads past the cache', async () => {
    const { twin } = await twinOn()
    const { secrets } = memorySecrets(AS_STORED)
    const reads: boolean[] = []
    const watched: Secrets = {
      ...secrets,
      read: (name, fresh = false) => {
        reads.push(fresh)
        return secrets.read(name)
      },
    }
    await workerOn(twin.baseUrl, secrets, 'a').current()
    await workerOn(twin.baseUrl, { ...watched, read: cachedFirst(watched, JSON.stringify(AS_STORED)) }, 'b').current()
    expect(reads).toContain(true)
    expect(twin.requests.tokens).toBe(1)
  })

  test('the one that is too late with its own tokens drops them for those that are stored', async () => {
    const { twin } = await twinOn({ oldRefreshToken: 'lives' })
    const { secrets, now } = memorySecrets(AS_STORED)
    // While a's answer is on its way a's claim runs out, and b renews as well.
    let clock = NOON
    const b = workerOn(twin.baseUrl, secrets, 'b', { now: () => clock })
    let ofB = ''
    const slow = interrupted(secrets, 2, async () => {
      clock = later(NOON, 3 * MINUTE_MS)
      ofB = (await b.current()).accessToken
    })
    const ofA = await workerOn(twin.baseUrl, slow, 'a').current()
    expect(twin.requests.tokens).toBe(2)
    expect(ofA.accessToken).toBe(ofB)
    expect(now().accessToken).toBe(ofB)
  })

  test('one that finds the other at it for too long leaves the request to a later turn', async () => {
    const { twin } = await twinOn()
    const held = { ...AS_STORED, renewing: { by: 'other', until: NOON / 1_000 + 60 } }
    const { secrets } = memorySecrets(held)
    const failure = await failureOf(workerOn(twin.baseUrl, secrets, 'a').current())
    expect(failure).toEqual({
      kind: 'transient',
      detail: 'another worker is renewing the tokens in secret pinterest/read',
    })
    expect(twin.requests.tokens).toBe(0)
  })
})

/** A worker's cache, which still has the old text. */
function cachedFirst({ read }: Secrets, old: string): Secrets['read'] {
  return async (name, fresh) => (fresh ? read(name, true) : old)
}

describe('a worker that dies', () => {
  test('between claim and renewal holds the others up for two minutes, and loses nothing', async () => {
    const { world, twin } = await twinOn()
    const died = { ...AS_STORED, renewing: { by: 'dead', until: NOON / 1_000 + 120 } }
    const { secrets } = memorySecrets(died)
    const tokens = workerOn(twin.baseUrl, secrets, 'b', { now: () => world.now() })
    expect((await failureOf(tokens.current())).kind).toBe('transient')
    world.pass(2 * MINUTE_MS)
    expect((await tokens.current()).accessToken).toBe('pina_PRETENDaccess1')
  })

  /** The state that a worker leaves which renewed and died before it stored anything. */
  async function diedBeforeStoring(oldRefreshToken: 'dies' | 'lives') {
    const { world, twin } = await twinOn({ oldRefreshToken })
    const { secrets } = memorySecrets(AS_STORED)
    const never = new Promise<void>(() => {})
    void workerOn(
      twin.baseUrl,
      interrupted(secrets, 2, () => never),
      'dead',
    ).current()
    await expect.poll(() => twin.requests.tokens).toBe(1)
    world.pass(3 * MINUTE_MS)
    return { twin, tokens: workerOn(twin.baseUrl, secrets, 'b', { now: () => world.now() }) }
  }

  test('between renewal and storing loses the connection where the old refresh token died with it, and says what to do', async () => {
    const { tokens } = await diedBeforeStoring('dies')
    expect(await failureOf(tokens.current())).toEqual({
      kind: 'unauthorised',
      detail:
        'token: HTTP 400 (283: The provided refresh token is invalid.): authorise the app again and store the new refreshToken in secret pinterest/read',
    })
  })

  test('between renewal and storing loses nothing where the old refresh token lives on', async () => {
    const { twin, tokens } = await diedBeforeStoring('lives')
    expect((await tokens.current()).accessToken).toBe('pina_PRETENDaccess2')
    expect(twin.requests.tokens).toBe(2)
  })
})

describe('tokens that were renewed and could not be stored', () => {
  test('are not used; they are kept, and stored by the next request', async () => {
    const { twin } = await twinOn()
    const { secrets, now } = memorySecrets(AS_STORED)
    const failing = interrupted(secrets, 2, async () => {
      throw new Error('secret "pinterest/read" cannot be replaced: InternalServiceError')
    })
    const tokens = workerOn(twin.baseUrl, failing, 'a')
    expect(await failureOf(tokens.current())).toEqual({
      kind: 'transient',
      detail:
        'the tokens were renewed and could not be stored, which is tried again: secret "pinterest/read" cannot be replaced: InternalServiceError',
    })
    expect((await tokens.current()).accessToken).toBe('pina_PRETENDaccess1')
    expect(now().refreshToken).toBe('pinr.PRETENDrefresh1')
    expect(twin.requests.tokens).toBe(1)
  })

  test('give way to a secret that a person has stored meanwhile', async () => {
    const { twin } = await twinOn()
    const { secrets, texts } = memorySecrets(AS_STORED)
    const byHand = JSON.stringify({ ...AS_STORED, accessToken: 'pina_byhand0123456789' })
    const late = interrupted(secrets, 2, async () => {
      texts.push(byHand)
    })
    expect((await workerOn(twin.baseUrl, late, 'a').current()).accessToken).toBe('pina_byhand0123456789')
    expect(texts.at(-1)).toBe(byHand)
  })
})

describe('a secret that cannot be written', () => {
  test('is found out before the refresh token is used', async () => {
    const { twin } = await twinOn()
    const { secrets } = memorySecrets(AS_STORED)
    const denied = interrupted(secrets, 1, async () => {
      throw new Error('secret "pinterest/read" cannot be replaced: AccessDeniedException')
    })
    expect(await failureOf(workerOn(twin.baseUrl, denied, 'a').current())).toEqual({
      kind: 'unauthorised',
      detail: 'tokens are not renewed: secret "pinterest/read" cannot be replaced: AccessDeniedException',
    })
    expect(twin.requests.tokens).toBe(0)
  })

  test('serves for as long as its access token lives', async () => {
    const { twin } = await twinOn()
    const read = (until: number) => async () =>
      JSON.stringify({ ...AS_STORED, accessToken: SECRET.accessToken, accessTokenExpiresAt: until })
    const alive = workerOn(twin.baseUrl, { read: read(NOON / 1_000 + 60) }, 'a')
    expect((await alive.current()).accessToken).toBe(SECRET.accessToken)
    const dead = await failureOf(workerOn(twin.baseUrl, { read: read(NOON / 1_000) }, 'a').current())
    expect(dead).toMatchObject({ kind: 'unauthorised', detail: expect.stringContaining('cannot be written here') })
    expect(twin.requests.tokens).toBe(0)
  })
})

describe('a token that the API refuses', () => {
  test('is renewed, and the read repeated once', async () => {
    const { twin } = await twinOn()
    const { secrets, now } = memorySecrets(PINTEREST_TWIN_CREDENTIALS)
    twin.expireAccessTokens()
    const adapter = adapterOn(twin.baseUrl, { secrets })
    expect((await adapter.reader.structure(ACCOUNT)).currency).toBe('EUR')
    expect(now().accessToken).toBe('pina_PRETENDaccess1')
    expect(twin.requests).toMatchObject({ tokens: 1, errors: 1 })
  })

  test('is replaced by another that is stored by then, without a renewal', async () => {
    const { secrets, texts } = memorySecrets(SECRET)
    const stub = await stubOn(({ authorization }) => {
      if (authorization !== `Bearer ${SECRET.accessToken}`) return { json: { id: ACCOUNT.id, currency: 'EUR' } }
      texts.push(JSON.stringify({ ...SECRET, accessToken: 'pina_byanother0123' }))
      return { status: 401, json: { code: 2, message: 'Authentication failed.' } }
    })
    await adapterOn(stub.origin, { secrets }).reader.health!(ACCOUNT).catch(() => undefined)
    expect(stub.calls.map(({ authorization }) => authorization).slice(0, 2)).toEqual([
      `Bearer ${SECRET.accessToken}`,
      'Bearer pina_byanother0123',
    ])
    expect(stub.calls.filter(({ path }) => path.includes('oauth'))).toEqual([])
  })
})

describe('the answer to a renewal', () => {
  test.each<[string, Parameters<typeof startStub>[0], PlatformFailure['kind']]>([
    ['that is an error of Pinterest’s own is transient', () => ({ status: 503, json: {} }), 'transient'],
    ['that is lost is transient: the old refresh token is tried again', () => ({ fault: 'drop' }), 'transient'],
    ['that is cut is transient', () => ({ fault: 'cut' }), 'transient'],
    ['that has no token is transient', () => ({ json: { token_type: 'bearer' } }), 'transient'],
    ['that throttles is a wait', () => ({ status: 429, json: { code: 8, message: '' } }), 'rate-limited'],
    ['that refuses the app asks for a person', () => ({ status: 401, json: { code: 2, message: '' } }), 'unauthorised'],
  ])('%s', async (_name, answer, kind) => {
    const stub = await stubOn(answer)
    const { secrets, now } = memorySecrets(AS_STORED)
    expect((await failureOf(workerOn(stub.origin, secrets, 'a').current())).kind).toBe(kind)
    // Nobody has to wait for a worker that is done.
    expect(now()).toEqual(AS_STORED)
  })

  test('whose dates make no sense loses none of its tokens', async () => {
    const odd = { expires_in: 1e300, refresh_token_expires_in: -1, refresh_token_expires_at: 1e300, scope: 7 }
    const grant = { access_token: 'pina_new0123456789', refresh_token: 'pinr.new0123456789', ...odd }
    const stub = await stubOn(() => ({ json: grant }))
    const { secrets, now } = memorySecrets({ ...AS_STORED, refreshTokenExpiresAt: 1, accessTokenExpiresAt: 1 })
    expect((await workerOn(stub.origin, secrets, 'a').current()).accessToken).toBe('pina_new0123456789')
    expect(now()).toEqual({
      ...AS_STORED,
      refreshToken: 'pinr.new0123456789',
      accessToken: 'pina_new0123456789',
      accessTokenIssuedAt: 1_795_258_800,
    })
  })

  test('never brings a credential into a message', async () => {
    const echo = `${refreshToken} ${appSecret} pina_somebodyelse123`
    const stub = await stubOn(() => ({ status: 400, json: { code: 1, message: echo } }))
    const { secrets } = memorySecrets(AS_STORED)
    const failure = await failureOf(workerOn(stub.origin, secrets, 'a').current())
    expect(failure.detail).toContain('[redacted] [redacted] [redacted]')
    for (const one of [refreshToken, appSecret, 'pina_somebodyelse123']) expect(failure.detail).not.toContain(one)
  })

  test('is asked for with HTTP Basic, as a form', async () => {
    const stub = await stubOn(() => ({ status: 503 }))
    const { secrets } = memorySecrets(AS_STORED)
    await failureOf(workerOn(stub.origin, secrets, 'a').current())
    expect(stub.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v5/oauth/token',
        // base64 of 1480000:pretend-app-secret
        authorization: 'Basic MTQ4MDAwMDpwcmV0ZW5kLWFwcC1zZWNyZXQ=',
        body: 'grant_type=refresh_token&refresh_token=pinr.PRETENDrefresh0',
      },
    ])
  })
})

describe('a secret that is not as expected', () => {
  test.each([
    ['no JSON', 'pina_secretinplain', 'secret pinterest/read is not JSON'],
    ['without a refresh token', '{"appId":"1","appSecret":"pina_secretinplain"}', 'refreshToken (missing)'],
    ['a token with a space', '{"appId":"1","appSecret":"a b","refreshToken":"r"}', 'appSecret (must be printable'],
  ])('is named with its field and never quoted: %s', async (_name, content, message) => {
    const failure = await failureOf(workerOn('http://127.0.0.1:1', { read: async () => content }, 'a').current())
    expect(failure.kind).toBe('unauthorised')
    expect(failure.detail).toContain(message)
    expect(failure.detail).not.toContain('secretinplain')
  })

  test('that cannot be read is a matter for a person', async () => {
    const read = async () => {
      throw new Error('secret "pinterest/read" cannot be read: AccessDeniedException')
    }
    expect(await failureOf(workerOn('http://127.0.0.1:1', { read }, 'a').current())).toEqual({
      kind: 'unauthorised',
      detail: 'secret "pinterest/read" cannot be read: AccessDeniedException',
    })
  })
})
