import { afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units/calendar.ts'
import { TIKTOK_TWIN_EXPIRED_TOKEN } from '../../../playground/platforms/tiktok/authorisation.ts'
import { TIKTOK_TWIN_CREDENTIALS, type TikTokTwinOptions } from '../../../playground/platforms/tiktok/server.ts'
import { SPEC } from '../../platforms/tiktok/families.ts'
import { StubWorld } from '../stub-world.ts'
import { type Client, HEADERS, startClient } from './client.ts'

let client: Client
let world: StubWorld
afterEach(() => client.twin.close())

async function start(options: Partial<TikTokTwinOptions> = {}): Promise<Client> {
  world = new StubWorld([SPEC])
  client = await startClient({ world, ...options })
  return client
}

const CAMPAIGNS = '/open_api/v1.3/campaign/get/?advertiser_id=7001'

describe('the envelope', () => {
  test('is HTTP 200 with code, message, request_id and data, also for errors', async () => {
    const { raw } = await start()
    const { response, text } = await raw('/open_api/v1.3/campaign/get/')
    expect(response.status).toBe(200)
    expect(JSON.parse(text)).toEqual({
      code: 40002,
      message: 'Missing required field(s): advertiser_id.',
      request_id: expect.stringMatching(/^\d+$/),
      data: {},
    })
  })

  test('says 0 and OK when all is well', async () => {
    const { get } = await start()
    expect(await get('/advertiser/info/', { advertiser_ids: ['7001'] })).toMatchObject({ code: 0, message: 'OK' })
  })

  test('carries the clock of the pretend world', async () => {
    const { raw } = await start()
    const { response } = await raw(CAMPAIGNS)
    expect(response.headers.get('date')).toBe('Sat, 21 Nov 2026 11:00:00 GMT')
  })
})

describe('paths', () => {
  test.each([
    ['without its trailing slash', '/open_api/v1.3/campaign/get?advertiser_id=7001', 'GET', 404],
    ['that there is not', '/open_api/v1.3/campaign/list/', 'GET', 404],
    ['of another version', '/open_api/v1.2/campaign/get/', 'GET', 404],
    ['with the wrong method', CAMPAIGNS, 'POST', 405],
  ])('one %s never reaches the API', async (_, path, method, status) => {
    const { raw } = await start()
    const { response, text } = await raw(path, { method, headers: HEADERS })
    expect(response.status).toBe(status)
    expect(text).not.toContain('request_id')
  })
})

describe('tokens', () => {
  test.each([
    ['none', {}, 40104],
    ['another one', { 'access-token': 'guessed' }, 40105],
    ['one that was revoked', { 'access-token': TIKTOK_TWIN_EXPIRED_TOKEN }, 40102],
    ['one in the wrong header', { authorization: `Bearer ${TIKTOK_TWIN_CREDENTIALS.accessToken}` }, 40104],
  ])('%s', async (_, headers, code) => {
    const { raw } = await start()
    expect(JSON.parse((await raw(CAMPAIGNS, { headers: { ...headers } })).text)).toMatchObject({ code })
  })

  test('an authorisation code gives the token once, and there is nothing to refresh', async () => {
    const { post } = await start()
    const { appId, appSecret, authCode, accessToken } = TIKTOK_TWIN_CREDENTIALS
    const body = { app_id: appId, secret: appSecret, auth_code: authCode }
    const first = await post('/oauth2/access_token/', body)
    expect(first.data).toMatchObject({ access_token: accessToken, advertiser_ids: ['7001'] })
    expect(first.data).not.toHaveProperty('refresh_token')
    expect(await post('/oauth2/access_token/', body)).toMatchObject({ code: 40110 })
    expect(await post('/oauth2/access_token/', { ...body, secret: 'x' })).toMatchObject({ code: 40113 })
  })

  test('another advertiser is out of reach', async () => {
    const { get } = await start()
    expect(await get('/campaign/get/', { advertiser_id: '7002' })).toMatchObject({ code: 40001 })
  })

  test('GMV Max has a scope of its own', async () => {
    const { get } = await start({ hasGmvMaxScope: false })
    const filtering = { gmv_max_promotion_types: ['PRODUCT_GMV_MAX'] }
    expect(await get('/gmv_max/campaign/get/', { advertiser_id: '7001', filtering })).toMatchObject({ code: 40001 })
  })
})

describe('limits', () => {
  const ask = async (times: number) => {
    let last = { code: -1, message: '' }
    for (let i = 0; i < times; i += 1) last = await client.get('/campaign/get/', { advertiser_id: '7001' })
    return last
  }

  test('the sixth query of a minute in which five are allowed is throttled until the next', async () => {
    await start({ allowed: { perMinute: 5 } })
    expect(await ask(5)).toMatchObject({ code: 0 })
    expect(await ask(1)).toMatchObject({ code: 40100, message: expect.stringContaining('QPM') })
    world.pass(MINUTE_MS)
    expect(await ask(1)).toMatchObject({ code: 0 })
  })

  test('seconds and days are told apart in the message', async () => {
    await start({ allowed: { perSecond: 1, perDay: 2 } })
    expect(await ask(2)).toMatchObject({ code: 40100, message: expect.stringContaining('QPS') })
    world.pass(SECOND_MS)
    expect(await ask(1)).toMatchObject({ code: 40100, message: expect.stringContaining('QPD') })
    world.pass(DAY_MS)
    expect(await ask(1)).toMatchObject({ code: 0 })
  })
})

describe('trouble', () => {
  test.each([
    ['down', 60001],
    ['throttling', 40100],
  ] as const)('a platform that is %s says %i', async (condition, code) => {
    const { get } = await start()
    world.condition = () => condition
    expect(await get('/campaign/get/', { advertiser_id: '7001' })).toMatchObject({ code })
  })

  test.each([
    ['unavailable', 50000],
    ['rate-limited', 40100],
    ['unauthorised', 40102],
  ] as const)('the fault %s is TikTok’s %i, and nothing is done', async (fault, code) => {
    const { post } = await start({ faults: () => fault })
    const update = { advertiser_id: '7001', campaign_id: '11', budget: 150 }
    expect(await post('/campaign/update/', update)).toMatchObject({ code, data: {} })
    expect(world.account('tiktok', '7001')?.changes).toHaveLength(0)
  })

  test.each([
    ['drop-before', 0],
    ['drop-after', 1],
  ] as const)('the fault %s closes the connection after %i changes', async (fault, changes) => {
    const { post } = await start({ faults: () => fault })
    await expect(post('/campaign/update/', { advertiser_id: '7001', campaign_id: '11', budget: 150 })).rejects.toThrow()
    expect(world.account('tiktok', '7001')?.changes).toHaveLength(changes)
  })

  test('the fault truncate cuts the answer, and not what was done', async () => {
    const { raw } = await start({ faults: () => 'truncate' })
    const body = JSON.stringify({ advertiser_id: '7001', campaign_id: '11', budget: 150 })
    const { text } = await raw('/open_api/v1.3/campaign/update/', { method: 'POST', headers: HEADERS, body })
    expect(() => JSON.parse(text)).toThrow()
    expect(world.account('tiktok', '7001')?.changes).toHaveLength(1)
  })

  test('a bug of the twin’s own is seen as one', async () => {
    const { raw } = await start()
    world.facts = () => {
      throw new TypeError('pretend bug')
    }
    const query =
      'report_type=BASIC&data_level=AUCTION_ADVERTISER&dimensions=["advertiser_id"]&start_date=2026-11-20&end_date=2026-11-20'
    const { response, text } = await raw(`/open_api/v1.3/report/integrated/get/?advertiser_id=7001&${query}`)
    expect(response.status).toBe(500)
    expect(text).toContain('pretend TikTok broke: TypeError: pretend bug')
  })
})
