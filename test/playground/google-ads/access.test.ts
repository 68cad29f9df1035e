/** Tokens, permissions, quota, and what goes wrong on the way. */
import { describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import type { Fault } from '../../../playground/faults.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { aClient, codeOf } from './client.ts'
import { aWorld, CUSTOMER } from './stub-world.ts'

const QUERY = { query: 'SELECT campaign.id FROM campaign' }
const STREAM = 'googleAds:searchStream'
const BUDGET = {
  operations: [
    {
      updateMask: 'amount_micros',
      update: { resourceName: `customers/${CUSTOMER}/campaignBudgets/501`, amountMicros: '60000000' },
    },
  ],
}

describe('tokens', () => {
  test('the token endpoint answers as RFC 6749 says', async () => {
    const { token } = await aClient({ world: aWorld() })
    expect(await token()).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 3600 } })
    expect(await token({ refreshToken: 'old' })).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(await token({ clientSecret: 'no' })).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
  })

  test('a token expires on the world’s clock', async () => {
    const world = aWorld()
    const { post } = await aClient({ world })
    world.advance(HOUR_MS - 1)
    expect((await post(STREAM, QUERY)).status).toBe(200)
    world.advance(1)
    const { status, json } = await post(STREAM, QUERY)
    expect([status, codeOf(json)]).toEqual([401, 'authenticationError.OAUTH_TOKEN_EXPIRED'])
    expect(json).toMatchObject([{ error: { code: 401, status: 'UNAUTHENTICATED' } }])
  })

  test('all tokens can be made to expire', async () => {
    const { twin, post } = await aClient({ world: aWorld() })
    twin.expireTokens()
    expect(codeOf((await post(STREAM, QUERY)).json)).toBe('authenticationError.OAUTH_TOKEN_EXPIRED')
  })
})

describe('permissions', () => {
  test.each([
    ['no token', { authorization: undefined }, 401, 'authenticationError.OAUTH_TOKEN_HEADER_INVALID'],
    ['an invented token', { authorization: 'Bearer x' }, 401, 'authenticationError.OAUTH_TOKEN_INVALID'],
    ['no developer token', { 'developer-token': undefined }, 400, 'requestError.DEVELOPER_TOKEN_PARAMETER_MISSING'],
    ['a wrong developer token', { 'developer-token': 'x' }, 401, 'authenticationError.DEVELOPER_TOKEN_INVALID'],
    ['a manager that is no number', { 'login-customer-id': '123-456' }, 400, 'headerError.INVALID_LOGIN_CUSTOMER_ID'],
    ['a manager that is not ours', { 'login-customer-id': '1' }, 403, 'authorizationError.USER_PERMISSION_DENIED'],
  ])('%s', async (_, headers, status, code) => {
    const { post } = await aClient({ world: aWorld() })
    const answer = await post(STREAM, QUERY, headers)
    expect([answer.status, codeOf(answer.json)]).toEqual([status, code])
  })

  test.each([
    ['/v25/customers/5550001111/googleAds:search', 403, 'authorizationError.USER_PERMISSION_DENIED'],
    ['/v25/customers/123-456-7890/googleAds:search', 400, 'requestError.INVALID_CUSTOMER_ID'],
    [`/v19/customers/${CUSTOMER}/googleAds:search`, 400, 'requestError.UNSUPPORTED_VERSION'],
    [`/v25/customers/${CUSTOMER}/adGroupAds:mutate`, 404, 'none'],
  ])('%s', async (path, status, code) => {
    const { post } = await aClient({ world: aWorld() })
    const answer = await post(path, QUERY)
    expect([answer.status, codeOf(answer.json)]).toEqual([status, code])
  })

  const MANAGER = '9000000001'
  const credentials = { ...GOOGLE_TWIN_CREDENTIALS, loginCustomerId: MANAGER }

  test('a manager’s client is reached through the manager only', async () => {
    const { post } = await aClient({ world: aWorld(), credentials })
    expect((await post(STREAM, QUERY)).status).toBe(403)
    expect((await post(STREAM, QUERY, { 'login-customer-id': MANAGER })).status).toBe(200)
  })

  test('a manager lists its clients, and has no metrics', async () => {
    const { post } = await aClient({ world: aWorld(), credentials })
    const path = `/v25/customers/${MANAGER}/googleAds:search`
    const query = 'SELECT customer_client.id, customer_client.level, customer_client.manager FROM customer_client'
    const { json } = await post(path, { query })
    expect(json).toMatchObject({
      results: [
        { customerClient: { id: MANAGER, level: '0', manager: true } },
        { customerClient: { id: CUSTOMER, level: '1', manager: false } },
      ],
    })
    const { json: refused } = await post(path, { query: 'SELECT metrics.clicks FROM customer' })
    expect(codeOf(refused)).toBe('queryError.REQUESTED_METRICS_FOR_MANAGER')
  })

  test('accessible customers are those that the user reaches directly', async () => {
    const list = async (over: object) => {
      const { twin, token } = await aClient({ world: aWorld(), ...over })
      const { access_token } = (await token()).json as { access_token: string }
      const { developerToken } = GOOGLE_TWIN_CREDENTIALS
      const headers = { authorization: `Bearer ${access_token}`, 'developer-token': developerToken }
      return (await fetch(`${twin.baseUrl}/v25/customers:listAccessibleCustomers`, { headers })).json()
    }
    expect(await list({})).toEqual({ resourceNames: [`customers/${CUSTOMER}`] })
    expect(await list({ credentials })).toEqual({ resourceNames: [`customers/${MANAGER}`] })
  })
})

describe('quota', () => {
  test('a search is one operation, a mutate one for each of its own, and the day starts anew', async () => {
    const world = aWorld()
    const { post } = await aClient({ world, dailyOperations: 2, tokenLifetimeMs: 48 * HOUR_MS })
    expect((await post(STREAM, QUERY)).status).toBe(200)
    expect((await post('campaignBudgets:mutate', BUDGET)).status).toBe(200)
    const { status, json } = await post(STREAM, QUERY)
    expect([status, codeOf(json)]).toEqual([429, 'quotaError.RESOURCE_EXHAUSTED'])
    // 15:00 UTC: nine hours to midnight
    const details = { quotaErrorDetails: { rateScope: 'DEVELOPER', retryDelay: `${9 * 3600}s` } }
    expect(json).toMatchObject([{ error: { details: [{ errors: [{ details }] }] } }])
    world.advance(9 * HOUR_MS)
    expect((await post(STREAM, QUERY)).status).toBe(200)
  })
})

describe('the platform’s condition', () => {
  test('down: 503 UNAVAILABLE', async () => {
    const world = aWorld()
    const { post } = await aClient({ world })
    world.state = 'down'
    const { status, json } = await post('campaignBudgets:mutate', BUDGET)
    expect([status, codeOf(json)]).toEqual([503, 'internalError.TRANSIENT_ERROR'])
    expect(world.edits).toEqual([])
  })

  test('throttling: 429 with the time to wait', async () => {
    const world = aWorld()
    const { post } = await aClient({ world })
    world.state = 'throttling'
    const { status, json } = await post('googleAds:search', QUERY)
    expect([status, codeOf(json)]).toEqual([429, 'quotaError.RESOURCE_TEMPORARILY_EXHAUSTED'])
    const details = { quotaErrorDetails: { rateScope: 'ACCOUNT', rateName: 'Requests per account', retryDelay: '30s' } }
    expect(json).toMatchObject({ error: { details: [{ errors: [{ details }] }] } })
  })
})

describe('faults', () => {
  const broken = async (fault: Fault) => {
    const world = aWorld()
    const client = await aClient({ world, faults: ({ mutating }) => (mutating ? fault : undefined) })
    const sent = client.post('campaignBudgets:mutate', BUDGET)
    return { world, answer: await sent.catch((error: unknown) => error as Error) }
  }

  test.each([
    ['unavailable', 503],
    ['rate-limited', 429],
    ['unauthorised', 401],
  ] as const)('%s: status %i, nothing written', async (fault, status) => {
    const { world, answer } = await broken(fault)
    expect([answer, world.edits]).toMatchObject([{ status }, []])
  })

  test('drop-before: no answer, nothing written', async () => {
    const { world, answer } = await broken('drop-before')
    expect(answer).toBeInstanceOf(TypeError)
    expect(world.edits).toEqual([])
  })

  test('drop-after: no answer, and yet written', async () => {
    const { world, answer } = await broken('drop-after')
    expect(answer).toBeInstanceOf(TypeError)
    expect(world.edits).toHaveLength(1)
  })

  test('truncate: written, and the answer is not whole', async () => {
    const { world, answer } = await broken('truncate')
    expect(answer).toBeInstanceOf(SyntaxError)
    expect(world.edits).toHaveLength(1)
  })

  test('the plan sees every request, in order', async () => {
    const seen: unknown[] = []
    const faults = (call: object) => void seen.push(call)
    const { post } = await aClient({ world: aWorld(), faults })
    await post(STREAM, QUERY)
    await post('campaignBudgets:mutate', BUDGET)
    const call = { platform: 'google-ads', method: 'POST' }
    expect(seen).toEqual([
      { ...call, path: '/token', mutating: false, sequence: 1 },
      { ...call, path: `/v25/customers/${CUSTOMER}/${STREAM}`, mutating: false, sequence: 2 },
      { ...call, path: `/v25/customers/${CUSTOMER}/campaignBudgets:mutate`, mutating: true, sequence: 3 },
    ])
  })
})

test('what the world refuses is an internal error of the platform', async () => {
  const world = aWorld()
  world.apply = () => {
    throw new RangeError('not in this world')
  }
  const { post } = await aClient({ world })
  const { status, json } = await post('campaignBudgets:mutate', BUDGET)
  expect([status, codeOf(json)]).toEqual([500, 'internalError.INTERNAL_ERROR'])
})

test('requests are counted by operation', async () => {
  const { twin, post } = await aClient({ world: aWorld() })
  await post(STREAM, QUERY)
  await post('googleAds:search', QUERY)
  await post('campaignBudgets:mutate', BUDGET)
  expect(twin.requests).toEqual({ token: 1, searchStream: 1, search: 1, 'campaignBudgets:mutate': 1 })
})

test('a closed twin frees its port', async () => {
  const first = await aClient({ world: aWorld() })
  const port = Number(new URL(first.twin.baseUrl).port)
  await first.twin.close()
  const { twin } = await aClient({ world: aWorld(), port })
  expect(twin.baseUrl).toBe(`http://127.0.0.1:${port}`)
})
