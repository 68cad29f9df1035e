import { afterEach, expect, test } from 'vitest'
import { instant, later } from '../../../lib/units/calendar.ts'
import {
  ACCOUNT,
  failureOf,
  type Handler,
  NO_ROWS,
  NOW,
  platformAt,
  Standing,
  secretsOf,
  type TinyServer,
  tinyServer,
} from './tiny-server.ts'

let server: TinyServer
afterEach(() => server.close())

const empty: Handler = () => ({ json: NO_ROWS })
const MINUTE = 60_000

test('concurrent reads share one refresh', async () => {
  server = await tinyServer(empty)
  const { reader } = platformAt(server)
  await Promise.all([1, 2, 3, 4, 5].map(() => reader.structure(ACCOUNT)))
  expect(server.tokenAsked).toHaveLength(1)
  expect(server.tokenAsked[0]?.body).toEqual({
    grant_type: 'refresh_token',
    client_id: 'id',
    client_secret: 'client-pass',
    refresh_token: 'refresh-1',
  })
})

test('a token of an hour is used for 55 minutes of the handed clock, then replaced', async () => {
  server = await tinyServer(empty)
  const clock = new Standing()
  const { reader } = platformAt(server, { clock })
  await reader.announcements(ACCOUNT)
  clock.at = later(NOW, 55 * MINUTE - 1)
  await reader.announcements(ACCOUNT)
  expect(server.tokenAsked).toHaveLength(1)
  clock.at = later(NOW, 55 * MINUTE)
  await reader.announcements(ACCOUNT)
  expect(server.tokenAsked).toHaveLength(2)
  expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer token-2')
})

test('every request carries the developer token, and the manager where there is one', async () => {
  server = await tinyServer(empty)
  const secret = { clientId: 'i', clientSecret: 's', refreshToken: 'r', developerToken: 'dev-7', loginCustomerId: '99' }
  await platformAt(server, { secrets: secretsOf(() => secret) }).reader.announcements(ACCOUNT)
  expect(server.asked.map(({ headers }) => [headers['developer-token'], headers['login-customer-id']])).toEqual(
    server.asked.map(() => ['dev-7', '99']),
  )
})

test('concurrent reads that meet 401 share one forced refresh and are tried once more', async () => {
  server = await tinyServer(({ headers }) =>
    headers.authorization === 'Bearer token-1' ? { status: 401, json: {} } : { json: NO_ROWS },
  )
  const { reader } = platformAt(server)
  await Promise.all([1, 2, 3].map(() => reader.structure(ACCOUNT)))
  expect(server.tokenAsked).toHaveLength(2)
})

test('a read that meets 401 twice fails as unauthorised', async () => {
  server = await tinyServer(() => ({ status: 401, json: {} }))
  const failure = await failureOf(platformAt(server).reader.announcements(ACCOUNT))
  expect(failure.kind).toBe('unauthorised')
  expect(server.tokenAsked).toHaveLength(2)
})

const unlessRotated: Handler = ({ body }) =>
  body.refresh_token === 'refresh-2'
    ? { json: { access_token: 'new', expires_in: 3600 } }
    : { status: 400, json: { error: 'invalid_grant', error_description: 'revoked' } }
const secretWith = (refreshToken: string) => ({ clientId: 'i', clientSecret: 's', refreshToken, developerToken: 'd' })

test('after invalid_grant the secret is read past its cache, and a rotated one is used', async () => {
  server = await tinyServer(empty, unlessRotated)
  const content = ['refresh-1', 'refresh-2']
  const secrets = secretsOf(() => secretWith(content.shift() ?? 'refresh-2'))
  await platformAt(server, { secrets }).reader.announcements(ACCOUNT)
  expect(secrets.reads.slice(0, 2)).toEqual([false, true])
})

test('a rotated secret is in use with the next request, while the token of the old one would still last', async () => {
  server = await tinyServer(empty)
  let secret = { ...secretWith('refresh-1'), developerToken: 'old' }
  const { reader } = platformAt(server, { secrets: secretsOf(() => secret) })
  await reader.announcements(ACCOUNT)
  secret = { ...secretWith('refresh-2'), developerToken: 'new' }
  await reader.announcements(ACCOUNT)
  expect(server.tokenAsked.map(({ body }) => body.refresh_token)).toEqual(['refresh-1', 'refresh-2'])
  expect(server.asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer token-2', 'developer-token': 'new' })
})

test('a secret that was taken away ends all requests, while its token would still last', async () => {
  server = await tinyServer(empty)
  let isThere = true
  const read = async () => {
    if (isThere) return JSON.stringify(secretWith('refresh-1'))
    throw new Error('secret "google" cannot be read: ResourceNotFoundException')
  }
  const { reader } = platformAt(server, { secrets: { read } })
  await reader.announcements(ACCOUNT)
  const before = server.asked.length
  isThere = false
  expect(await failureOf(reader.announcements(ACCOUNT))).toEqual({
    kind: 'unauthorised',
    detail: 'secret "google" cannot be read: ResourceNotFoundException',
  })
  expect(server.asked).toHaveLength(before)
})

test('what the token endpoint says is told only where it is one of the words of OAuth', async () => {
  server = await tinyServer(empty, () => ({ status: 400, json: { error: 'bad client-pass for anna@example.com' } }))
  expect(await failureOf(platformAt(server).reader.announcements(ACCOUNT))).toEqual({
    kind: 'unauthorised',
    detail: 'token: HTTP 400 (no reason given): renew the refresh token in secret "google"',
  })
})

test('a client that the token endpoint does not know is put right, and not its refresh token', async () => {
  server = await tinyServer(empty, () => ({ status: 401, json: { error: 'invalid_client' } }))
  expect(await failureOf(platformAt(server).reader.announcements(ACCOUNT))).toEqual({
    kind: 'unauthorised',
    detail: 'token: HTTP 401 (invalid_client): put clientId and clientSecret right in secret "google"',
  })
})

test('errors that quote the credentials are told without them', async () => {
  const developerToken = 'Xk3-developer-token-9q'
  const quoting = (message: string) => ({ status: 400, json: { error: { code: 400, message, status: 'INVALID' } } })
  server = await tinyServer(({ headers }) => quoting(`bad ${headers['developer-token']} with ${headers.authorization}`))
  const secrets = secretsOf(() => ({ ...secretWith('refresh-1'), developerToken }))
  const { detail } = await failureOf(platformAt(server, { secrets }).reader.announcements(ACCOUNT))
  expect(detail).toBe('HTTP 400 INVALID: bad [redacted] with Bearer token-1')
})

test('invalid_grant with the secret unchanged wants a person, and asks no second time', async () => {
  server = await tinyServer(empty, unlessRotated)
  const failure = await failureOf(
    platformAt(server, { secrets: secretsOf(() => secretWith('refresh-1')) }).reader.announcements(ACCOUNT),
  )
  expect(failure).toEqual({
    kind: 'unauthorised',
    detail: 'token: HTTP 400 (invalid_grant): renew the refresh token in secret "google"',
  })
  expect(server.tokenAsked).toHaveLength(1)
})

test.each([
  [{ status: 503, json: {} }, 'transient'],
  [{ status: 429, json: {} }, 'rate-limited'],
  [{ status: 401, json: { error: 'invalid_client' } }, 'unauthorised'],
  [{ json: { access_token: 'x' } }, 'unreadable'],
  [{ json: { access_token: 'x', expires_in: 3600.5 } }, 'unreadable'],
  ['drop', 'transient'],
  ['cut', 'transient'],
] as const)('a token endpoint that answers %j fails a read as %s', async (reply, kind) => {
  server = await tinyServer(empty, () => reply)
  expect((await failureOf(platformAt(server).reader.announcements(ACCOUNT))).kind).toBe(kind)
})

test.each([
  ['not JSON', '{"refreshToken": "hunter2"', 'secret "google" is not JSON'],
  [
    'no refresh token',
    { clientId: 'a', clientSecret: 'hunter2', developerToken: 'c' },
    /^secret "google" is not as expected: refreshToken \(missing\)/,
  ],
  [
    'an empty client id',
    { ...secretWith('hunter2'), clientId: '' },
    /^secret "google" is not as expected: clientId \(/,
  ],
  [
    'a manager with dashes',
    { ...secretWith('hunter2'), loginCustomerId: '123-456' },
    /loginCustomerId \(must be digits/,
  ],
])('a secret with %s is refused by field, and its content is not told', async (_, content, message) => {
  server = await tinyServer(empty)
  const failure = await failureOf(
    platformAt(server, { secrets: secretsOf(() => content) }).reader.announcements(ACCOUNT),
  )
  expect(failure).toMatchObject({ kind: 'unauthorised', detail: expect.stringMatching(message) })
  expect(JSON.stringify(failure)).not.toMatch(/hunter2|123-456/)
  expect(server.tokenAsked).toHaveLength(0)
})

test('a secret that cannot be read says what the store says', async () => {
  server = await tinyServer(empty)
  const secrets = { read: async () => Promise.reject(new Error('secret "google" does not exist')) }
  expect(await failureOf(platformAt(server, { secrets }).reader.announcements(ACCOUNT))).toEqual({
    kind: 'unauthorised',
    detail: 'secret "google" does not exist',
  })
})

test('a short-lived token is renewed a tenth of its life early', async () => {
  server = await tinyServer(empty, (_, nth) => ({ json: { access_token: `t${nth}`, expires_in: 100 } }))
  const clock = new Standing()
  const { reader } = platformAt(server, { clock })
  await reader.announcements(ACCOUNT)
  clock.at = instant('2026-11-21T12:01:29Z')
  await reader.announcements(ACCOUNT)
  expect(server.tokenAsked).toHaveLength(1)
  clock.at = instant('2026-11-21T12:01:30Z')
  await reader.announcements(ACCOUNT)
  expect(server.tokenAsked).toHaveLength(2)
})
