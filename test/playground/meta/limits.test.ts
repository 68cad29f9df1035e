import { afterEach, describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units/calendar.ts'
import type { Fault, TwinCall } from '../../../playground/faults.ts'
import { META_TWIN_CREDENTIALS, type MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import { StubWorld } from '../stub-world.ts'
import { type Graph, type GraphReply, startGraph } from './graph.ts'

const USD = 1_000_000n
let graph: Graph
let world: StubWorld
const start = async (options: Partial<MetaTwinOptions> = {}): Promise<void> => {
  world = new StubWorld([
    { id: '1', currency: 'USD', campaigns: [{ id: '10', adSets: [{ id: '100', budget: 20n * USD }] }] },
    { id: '2', currency: 'USD', campaigns: [{ id: '20', budget: 20n * USD }] },
  ])
  graph = await startGraph({ world, ...options })
}
afterEach(() => graph.twin.close())

const usage = (reply: GraphReply, name: string) => JSON.parse(reply.headers.get(name) ?? 'null')
const error = ({ body }: GraphReply) => body.error

describe('the score of an ad account', () => {
  test('is 1 for a read and 3 for a write, of 60 in the limited tier', async () => {
    await start({ accessTier: 'development_access' })
    const read = await graph.get('100')
    // 1 of 60.
    expect(usage(read, 'x-ad-account-usage')).toEqual({
      acc_id_util_pct: 1.67,
      reset_time_duration: 300,
      ads_api_access_tier: 'development_access',
    })
    expect(usage(await graph.post('100', { daily_budget: 2_100 }), 'x-ad-account-usage').acc_id_util_pct).toBe(6.67)
  })

  test('throttles the account when it is used up, for five minutes there, and not its neighbour', async () => {
    await start({ accessTier: 'development_access' })
    for (let call = 0; call < 60; call++) expect((await graph.get('100')).status).toBe(200)
    const blocked = await graph.get('100')
    expect(blocked.status).toBe(400)
    expect(error(blocked)).toMatchObject({ code: 17, error_subcode: 2446079, type: 'OAuthException' })
    expect(usage(blocked, 'x-business-use-case-usage')['1'][0]).toMatchObject({
      type: 'ads_management',
      call_count: 100,
      estimated_time_to_regain_access: 5,
    })
    expect(usage(blocked, 'x-ad-account-usage')).toMatchObject({ acc_id_util_pct: 100, reset_time_duration: 300 })
    expect((await graph.get('20')).status).toBe(200)
    world.pass(5 * MINUTE_MS)
    expect((await graph.get('100')).status).toBe(200)
  })

  test('counts each id of a multiple read and each item of a batch', async () => {
    await start({ accessTier: 'development_access' })
    await graph.get('', { ids: '10,100' })
    const batch = [
      { method: 'GET', relative_url: '100' },
      { method: 'POST', relative_url: '100', body: 'status=PAUSED' },
    ]
    await graph.post('', { batch })
    // 2 + 1 + 3, and 1 for this call: 7 of 60.
    expect(usage(await graph.get('10'), 'x-ad-account-usage').acc_id_util_pct).toBe(11.67)
    expect(graph.twin.requests).toMatchObject({ http: 3, reads: 4, writes: 1, batches: 1, batchItems: 2, errors: 0 })
  })

  test('has room for 3,000 writes in the full tier', async () => {
    await start()
    expect(usage(await graph.get('100'), 'x-ad-account-usage').acc_id_util_pct).toBe(0.01)
  })
})

describe('the quota for reports', () => {
  test('is its own, told in its own header', async () => {
    await start({ accessTier: 'development_access' })
    const report = await graph.get('act_1/insights', { fields: 'spend' })
    expect(usage(report, 'x-fb-ads-insights-throttle')).toMatchObject({ acc_id_util_pct: 0, app_id_util_pct: 0 })
    expect(usage(report, 'x-business-use-case-usage')['1'][0].type).toBe('ads_insights')
    expect(usage(report, 'x-ad-account-usage').acc_id_util_pct).toBe(0)
    expect((await graph.get('100')).headers.get('x-fb-ads-insights-throttle')).toBeNull()
  })

  test('runs out by the hour with 80000', async () => {
    await start({ accessTier: 'development_access' })
    // 600 and 400 for the one campaign.
    for (let call = 0; call < 1_000; call++) await graph.get('act_1/insights', { fields: 'spend' })
    const blocked = await graph.get('act_1/insights', { fields: 'spend' })
    expect(error(blocked)).toMatchObject({ code: 80000 })
    expect(usage(blocked, 'x-business-use-case-usage')['1'][0].estimated_time_to_regain_access).toBe(60)
    world.pass(HOUR_MS)
    expect((await graph.get('act_1/insights', { fields: 'spend' })).status).toBe(200)
  })
})

describe("the platform's condition", () => {
  test('down: everything is 503, code 2, transient', async () => {
    await start()
    world.condition = () => 'down'
    for (const reply of [await graph.get('100'), await graph.post('', { batch: [{ relative_url: '100' }] })]) {
      expect(reply.status).toBe(503)
      expect(error(reply)).toMatchObject({ code: 2, is_transient: true })
    }
  })

  test('throttling: 17/2446079 with the wait in the headers', async () => {
    await start()
    world.condition = () => 'throttling'
    const reply = await graph.get('100')
    expect(error(reply)).toMatchObject({ code: 17, error_subcode: 2446079 })
    expect(usage(reply, 'x-ad-account-usage').reset_time_duration).toBe(300)
  })
})

describe('faults', () => {
  let calls: TwinCall[]
  const failing = (fault: Fault, when: (call: TwinCall) => boolean = () => true): Partial<MetaTwinOptions> => {
    calls = []
    return {
      faults: (call) => {
        calls.push(call)
        return when(call) ? fault : undefined
      },
    }
  }
  const budget = () => world.accounts[0]?.budgets.get('b100')?.amountMicros

  test.each([
    ['unavailable', 503, { code: 2, is_transient: true }],
    ['rate-limited', 400, { code: 17, error_subcode: 2446079 }],
    ['unauthorised', 401, { code: 190, error_subcode: 463 }],
  ] as const)('%s is the platform’s own error, and nothing is done', async (fault, status, expected) => {
    await start(failing(fault))
    const reply = await graph.post('100', { daily_budget: 2_100 })
    expect(reply.status).toBe(status)
    expect(error(reply)).toMatchObject(expected)
    expect(budget()).toBe(20n * USD)
  })

  test('a connection that drops before has done nothing', async () => {
    await start(failing('drop-before'))
    await expect(graph.post('100', { daily_budget: 2_100 })).rejects.toThrow()
    expect(budget()).toBe(20n * USD)
  })

  test('a connection that drops after has done it', async () => {
    await start(failing('drop-after'))
    await expect(graph.post('100', { daily_budget: 2_100 })).rejects.toThrow()
    expect(budget()).toBe(21n * USD)
  })

  test('a cut answer is no JSON, and it was done', async () => {
    await start(failing('truncate'))
    await expect(graph.post('100', { daily_budget: 2_100 })).rejects.toThrow(SyntaxError)
    expect(budget()).toBe(21n * USD)
  })

  test('see each call with its number, and know reads from writes', async () => {
    await start(failing('unavailable', () => false))
    await graph.get('100')
    await graph.post('100', { daily_budget: 2_100 })
    await graph.post('act_1/insights', { fields: 'spend' })
    expect(calls).toEqual([
      { platform: 'meta', method: 'GET', path: '/v25.0/100', mutating: false, sequence: 1 },
      { platform: 'meta', method: 'POST', path: '/v25.0/100', mutating: true, sequence: 2 },
      { platform: 'meta', method: 'POST', path: '/v25.0/act_1/insights', mutating: false, sequence: 3 },
    ])
  })
})

describe('a batch', () => {
  const items = [
    { method: 'POST', relative_url: 'v25.0/100', body: 'daily_budget=2100' },
    { method: 'GET', relative_url: '/20?fields=name,daily_budget' },
    { method: 'GET', relative_url: '999' },
  ]
  const read = (item: { body: string }) => JSON.parse(item.body)

  test('answers each item with its code, headers and body as text, under HTTP 200', async () => {
    await start()
    const { status, body } = await graph.post('', { batch: items })
    expect(status).toBe(200)
    expect(body.map(({ code }: { code: number }) => code)).toEqual([200, 200, 400])
    expect(read(body[0])).toEqual({ success: true })
    expect(read(body[1])).toEqual({ id: '20', name: 'Campaign 20', daily_budget: '2000' })
    expect(read(body[2]).error).toMatchObject({ code: 100, error_subcode: 33 })
    expect(body[1].headers).toContainEqual({
      name: 'x-ad-account-usage',
      value: expect.stringContaining('acc_id_util_pct'),
    })
  })

  test('leaves headers out when told, and comes as a form as well', async () => {
    await start()
    const form = {
      access_token: META_TWIN_CREDENTIALS.accessToken,
      include_headers: 'false',
      batch: JSON.stringify(items),
    }
    const response = await fetch(graph.twin.baseUrl, { method: 'POST', body: new URLSearchParams(form) })
    const body = (await response.json()) as readonly object[]
    expect(body).toHaveLength(3)
    expect(body[0]).not.toHaveProperty('headers')
  })

  test('takes fifty items at most', async () => {
    await start()
    const batch = Array.from({ length: 51 }, () => ({ method: 'GET', relative_url: '100' }))
    expect(error(await graph.post('', { batch }))).toMatchObject({ message: expect.stringContaining('50') })
    expect((await graph.post('', { batch: batch.slice(1) })).body).toHaveLength(50)
  })

  test.each([
    ['drop-before', 20n * USD],
    ['drop-after', 21n * USD],
  ] as const)('gives null for an item that met %s', async (fault, micros) => {
    await start({ faults: ({ path }) => (path === '/v25.0/100' ? fault : undefined) })
    const { body } = await graph.post('', { batch: items })
    expect(body[0]).toBeNull()
    expect(body[1].code).toBe(200)
    expect(world.accounts[0]?.budgets.get('b100')?.amountMicros).toBe(micros)
  })

  test('gives an item its own error', async () => {
    await start({ faults: ({ path }) => (path === '/v25.0/100' ? 'rate-limited' : undefined) })
    const { body } = await graph.post('', { batch: items })
    expect(read(body[0]).error).toMatchObject({ code: 17 })
    expect(world.accounts[0]?.changes).toEqual([])
  })

  test('needs a token', async () => {
    await start()
    const response = await fetch(graph.twin.baseUrl, { method: 'POST', body: new URLSearchParams({ batch: '[]' }) })
    expect(response.status).toBe(400)
  })
})
