import { afterEach, describe, expect, test } from 'vitest'
import { type Instant, later, MINUTE_MS } from '../../../lib/units/calendar.ts'
import {
  ACCOUNT,
  adapterOn,
  campaignFields,
  envelope,
  euros,
  failureOf,
  lever,
  NOW,
  SECRET,
  type Stub,
  squadFields,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

/** The account with one campaign and one ad squad; `refuses` says which requests of the API get 401. */
const answering = (refuses: (nth: number, authorization: string | undefined) => boolean = () => false) =>
  startStub(({ path, method, authorization }, nth) => {
    if (refuses(nth, authorization)) return { status: 401, text: 'no', headers: { 'www-authenticate': 'Bearer' } }
    if (path.endsWith('campaigns')) return { json: envelope('campaigns', 'campaign', [campaignFields(11)]) }
    if (path.endsWith('adsquads')) return { json: envelope('adsquads', 'adsquad', [squadFields(21, 11)]) }
    if (method !== 'GET' || path.startsWith('adsquads/'))
      return { json: envelope('adsquads', 'adsquad', [squadFields(21, 11)]) }
    return path.startsWith('campaigns/') ? { json: envelope('campaigns', 'campaign', [campaignFields(11)]) } : undefined
  })

test('the form is that of OAuth, and the token goes in the header', async () => {
  stub = await answering()
  await adapterOn(stub.origin).reader.structure(ACCOUNT)
  expect(Object.fromEntries(stub.tokens[0] ?? [])).toEqual({
    grant_type: 'refresh_token',
    client_id: 'client-1',
    client_secret: 'client-pass-1',
    refresh_token: 'refresh-1',
  })
  expect(new Set(stub.calls.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
})

test('requests at the same time share one refresh', async () => {
  stub = await answering()
  const { reader } = adapterOn(stub.origin)
  await Promise.all([reader.structure(ACCOUNT), reader.structure(ACCOUNT), reader.structure(ACCOUNT)])
  expect(stub.tokens).toHaveLength(1)
})

test.each([
  // Five minutes before its end, and a tenth of a life that is shorter than fifty minutes.
  [3_600, 54, 1],
  [3_600, 55, 2],
  [1_800, 26, 1],
  [1_800, 27, 2],
])('a token of %i s is in use after %i minutes, or another: %i in all', async (seconds, minutes, refreshes) => {
  stub = await startStub(
    () => undefined,
    (nth) => ({ json: { access_token: `token-${nth}`, expires_in: seconds } }),
  )
  let now: Instant = NOW
  const { reader } = adapterOn(stub.origin, { clock: { now: () => now } })
  await reader.health?.(ACCOUNT)
  now = later(now, minutes * MINUTE_MS)
  await reader.health?.(ACCOUNT)
  expect(stub.tokens).toHaveLength(refreshes)
  // The one that came with the first answer is not the one that is kept.
  expect(stub.tokens.map((form) => form.get('refresh_token'))).toEqual(Array(refreshes).fill('refresh-1'))
})

describe('401', () => {
  test('of a read: one refresh, and the same read once more', async () => {
    stub = await answering((_, authorization) => authorization === 'Bearer token-1')
    expect((await adapterOn(stub.origin).reader.structure(ACCOUNT)).campaigns).toHaveLength(1)
    expect(stub.tokens.length).toBeGreaterThan(1)
  })

  test('of a read with a fresh token too: a person must act', async () => {
    stub = await answering(() => true)
    const failure = await failureOf(Promise.resolve(adapterOn(stub.origin).reader.health?.(ACCOUNT)))
    expect(failure.kind).toBe('unauthorised')
    expect(stub.calls).toHaveLength(2)
  })

  test('of a write: it was not carried out, and goes once more with a fresh token', async () => {
    stub = await answering((nth, authorization) => nth === 4 && authorization === 'Bearer token-1')
    const { writer } = adapterOn(stub.origin)
    const change = { lever: lever(21), from: euros('40'), to: euros('45') }
    expect(await writer.apply(ACCOUNT, [change])).toEqual([{ kind: 'applied' }])
    // The account, the ad squad, its campaign, and the write; then what it needs is read again.
    expect(stub.calls.slice(0, 4).map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'PATCH'])
    expect(stub.calls.filter(({ method }) => method === 'PATCH').map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  test('of a write with a fresh token too: a person must act', async () => {
    stub = await answering((nth) => nth >= 4 && stub.calls.at(-1)?.method === 'PATCH')
    const change = { lever: lever(21), from: euros('40'), to: euros('45') }
    expect(await adapterOn(stub.origin).writer.apply(ACCOUNT, [change])).toMatchObject([
      { kind: 'refused', failure: { kind: 'unauthorised' } },
    ])
    expect(stub.calls.filter(({ method }) => method === 'PATCH')).toHaveLength(2)
  })
})

describe('a refresh that fails', () => {
  const failing = async (reply: Parameters<typeof startStub>[1], secrets?: readonly object[]) => {
    stub = await startStub(() => undefined, reply)
    let reads = 0
    const read = async (_: string, fresh?: boolean) => {
      reads += fresh ? 1 : 0
      return JSON.stringify(secrets?.[Math.min(reads, secrets.length - 1)] ?? SECRET)
    }
    return failureOf(Promise.resolve(adapterOn(stub.origin, { secrets: { read } }).reader.health?.(ACCOUNT)))
  }

  test.each([
    [{ status: 400, json: { error: 'invalid_grant' } }, 'unauthorised'],
    [{ status: 401, json: { error: 'invalid_client' } }, 'unauthorised'],
    [{ status: 429, text: 'slow' }, 'rate-limited'],
    [{ status: 503, text: 'down' }, 'transient'],
    [{ status: 200, text: '<html>' }, 'transient'],
    [{ status: 200, json: { access_token: 'x' } }, 'unreadable'],
    [{ status: 200, json: { access_token: 'x y', expires_in: 3_600 } }, 'unreadable'],
    [{ status: 200, json: { access_token: 'x', expires_in: 1e300 } }, 'unreadable'],
    // 31,700 years.
    [{ status: 200, json: { access_token: 'x', expires_in: 1e12 } }, 'unreadable'],
    [{ status: 200, json: { access_token: 'x', expires_in: 0 } }, 'unreadable'],
    [{ status: 200, json: { access_token: 'x', expires_in: 1_800.5 } }, 'unreadable'],
    // Which of the two counts is not said.
    [{ status: 200, text: '{"access_token":"x","expires_in":1800,"expires_in":5}' }, 'unreadable'],
    [{ status: 200, text: '{"access_token":"x","access_token":"y","expires_in":1800}' }, 'unreadable'],
    [{ fault: 'drop' }, 'transient'],
  ] as const)('%o is %s, and nothing is asked of the API', async (reply, kind) => {
    const failure = await failing(() => reply)
    expect(failure.kind).toBe(kind)
    const isClient = failure.detail.includes('invalid_client')
    expect(failure.detail.includes('put clientId and clientSecret right')).toBe(isClient)
    expect(stub.calls).toHaveLength(0)
    for (const part of Object.values(SECRET)) expect(failure.detail).not.toContain(part)
  })

  test('with invalid_grant reads the secret past its cache, and tries another refresh token once', async () => {
    const rotated = { ...SECRET, refreshToken: 'refresh-2' }
    stub = await startStub(
      () => undefined,
      (nth) =>
        nth === 1
          ? { status: 400, json: { error: 'invalid_grant' } }
          : { json: { access_token: 'token-2', expires_in: 3_600 } },
    )
    let present = SECRET
    const read = async (_: string, fresh?: boolean) => {
      if (fresh) present = rotated
      return JSON.stringify(present)
    }
    await adapterOn(stub.origin, { secrets: { read } }).reader.health?.(ACCOUNT)
    expect(stub.tokens.map((form) => form.get('refresh_token'))).toEqual(['refresh-1', 'refresh-2'])
  })
})

test.each([
  ['not JSON', 'is not JSON'],
  ['{"clientId":"a","clientSecret":"b"}', 'refreshToken'],
  ['{"clientId":"a","clientSecret":"b","refreshToken":"with space"}', 'refreshToken'],
])('a secret that reads %s names its field and no value', async (text, says) => {
  stub = await startStub(() => undefined)
  const options = { secrets: { read: async () => text } }
  const failure = await failureOf(Promise.resolve(adapterOn(stub.origin, options).reader.health?.(ACCOUNT)))
  expect(failure).toMatchObject({ kind: 'unauthorised', detail: expect.stringContaining(says) })
  expect(failure.detail).toContain('snapchat-token')
  expect(failure.detail).not.toContain('with space')
})
