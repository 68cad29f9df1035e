import { afterEach, describe, expect, test } from 'vitest'
import { accountDate, DAY_MS, later } from '../../../lib/units/calendar.ts'
import { appSecretProof, META_TWIN_EXPIRED_TOKEN } from '../../../playground/platforms/meta/respond.ts'
import { META_TWIN_CREDENTIALS, type MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import { follow, type Graph, type Reply, startGraph } from './graph.ts'
import { type AccountSpec, NOON, StubWorld } from './stub-world.ts'

const USD = 1_000_000n
const SHOP: AccountSpec = {
  id: '1',
  currency: 'USD',
  zone: 'America/Los_Angeles',
  campaigns: [
    {
      id: '10',
      adSets: [
        { id: '100', budget: 20n * USD },
        { id: '101', budget: 30n * USD, status: 'paused' },
      ],
    },
    {
      id: '11',
      budget: 50n * USD,
      strategy: { kind: 'target-cpa', targetCpaMicros: 12n * USD },
      adSets: [{ id: '110' }],
    },
    { id: '12', status: 'removed', budget: 9n * USD },
    { id: '13', status: 'paused', endDate: '2026-12-24', adSets: [{ id: '130', budget: 40n * USD }] },
    { id: '14', budget: 600n * USD, period: 'lifetime', endDate: '2026-12-31' },
  ],
}

let graph: Graph
const start = async (options: Partial<MetaTwinOptions> = {}, world = new StubWorld([SHOP])): Promise<Graph> => {
  graph = await startGraph({ world, ...options })
  return graph
}
afterEach(() => graph.twin.close())

const error = (reply: { readonly body: { readonly error: Record<string, unknown> } }) => reply.body.error

describe('an object', () => {
  test('shows its id alone until fields are asked for', async () => {
    await start()
    expect((await graph.get('10')).body).toEqual({ id: '10' })
  })

  test('shows the fields asked for and its id, and leaves out those that have no value', async () => {
    await start()
    const { body } = await graph.get('10', { fields: 'name,daily_budget,bid_strategy' })
    expect(body).toEqual({ id: '10', name: 'Campaign 10' })
  })

  test('reads "0" for the budget of the other period', async () => {
    await start()
    const { body } = await graph.get('14', { fields: 'daily_budget,lifetime_budget' })
    expect(body).toEqual({ id: '14', daily_budget: '0', lifetime_budget: '60000' })
  })

  test('has its times in the zone of the account', async () => {
    await start()
    const { body } = await graph.get('13', { fields: 'start_time,stop_time' })
    // Los Angeles is 7 hours behind in October and 8 in December.
    expect(body).toMatchObject({ start_time: '2026-10-01T00:00:00-0700', stop_time: '2026-12-24T23:59:59-0800' })
  })

  test('refuses a field that its type does not have', async () => {
    await start()
    const reply = await graph.get('100', { fields: 'id,objective' })
    expect(reply.status).toBe(400)
    expect(error(reply)).toMatchObject({
      code: 100,
      type: 'OAuthException',
      message: '(#100) Tried accessing nonexisting field (objective) on node type (AdCampaign)',
    })
  })

  test('refuses an unknown field of an edge even when the edge is empty', async () => {
    await start()
    expect(error(await graph.get('12/adsets', { fields: 'wibble' }))).toMatchObject({ code: 100 })
  })

  test('expands edges in place', async () => {
    await start()
    const { body } = await graph.get('110', { fields: 'campaign{name,daily_budget}' })
    expect(body).toEqual({ id: '110', campaign: { id: '11', name: 'Campaign 11', daily_budget: '5000' } })
    const nested = await graph.get('act_1', { fields: 'campaigns.limit(1){name,adsets{daily_budget}}' })
    const adSets = [
      { id: '100', daily_budget: '2000' },
      { id: '101', daily_budget: '3000' },
    ]
    expect(nested.body.campaigns.data).toEqual([{ id: '10', name: 'Campaign 10', adsets: { data: adSets } }])
  })

  test('is missing with 100/33, and so is another platform’s account', async () => {
    await start()
    for (const id of ['999', 'act_2']) {
      const reply = await graph.get(id)
      expect(reply.status).toBe(400)
      expect(error(reply)).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' })
    }
  })
})

describe('an account', () => {
  test('tells currency, zone, status, cap and what was spent, in cents', async () => {
    await start({}, new StubWorld([{ ...SHOP, spendCap: 2_000n * USD }]))
    const fields =
      'currency,timezone_name,timezone_offset_hours_utc,account_status,spend_cap,amount_spent,min_daily_budget'
    expect((await graph.get('act_1', { fields })).body).toEqual({
      id: 'act_1',
      currency: 'USD',
      timezone_name: 'America/Los_Angeles',
      timezone_offset_hours_utc: -8,
      account_status: 1,
      spend_cap: '200000',
      amount_spent: '123456',
      min_daily_budget: 100,
    })
  })

  test('that was disabled says so', async () => {
    await start({}, new StubWorld([{ ...SHOP, status: 'suspended' }]))
    expect((await graph.get('act_1', { fields: 'account_status,disable_reason' })).body).toMatchObject({
      account_status: 2,
      disable_reason: 1,
    })
  })
})

describe('where a strategy and its bids are shown', () => {
  test('on the campaign that holds the budget, the bid amounts on its ad sets', async () => {
    await start()
    expect((await graph.get('11', { fields: 'bid_strategy' })).body.bid_strategy).toBe('COST_CAP')
    expect((await graph.get('110', { fields: 'bid_strategy,bid_amount' })).body).toEqual({
      id: '110',
      bid_amount: 1200,
    })
  })

  test('a ROAS floor of 1.23 reads 12300', async () => {
    const strategy = { kind: 'target-roas', targetRoas: 1.23 } as const
    const campaigns = [{ id: '10', strategy, adSets: [{ id: '100', budget: USD }] }]
    await start({}, new StubWorld([{ ...SHOP, campaigns }]))
    expect((await graph.get('100', { fields: 'bid_strategy,bid_constraints,optimization_goal' })).body).toEqual({
      id: '100',
      bid_strategy: 'LOWEST_COST_WITH_MIN_ROAS',
      bid_constraints: { roas_average_floor: 12300 },
      optimization_goal: 'VALUE',
    })
  })
})

describe('the learning stage', () => {
  const learning = { state: 'learning', lastSignificantEdit: NOON, conversions: 12.9, conversionsNeeded: 50 } as const

  test('counts conversions since the last significant edit against the number needed', async () => {
    const campaigns = [{ id: '10', adSets: [{ id: '100', budget: USD, learning }] }]
    await start({}, new StubWorld([{ ...SHOP, campaigns }]))
    expect((await graph.get('100', { fields: 'learning_stage_info' })).body.learning_stage_info).toEqual({
      status: 'LEARNING',
      conversions: 12,
      last_sig_edit_ts: 1_795_258_800,
      attribution_windows: ['7d_click', '1d_view'],
      dynamic_lp_conversions_threshold: 50,
    })
  })

  test('is told of ad sets that deliver only', async () => {
    await start()
    expect((await graph.get('130', { fields: 'learning_stage_info' })).body).toEqual({ id: '130' })
  })
})

describe('lists', () => {
  test('leave out deleted objects unless their status is asked for', async () => {
    await start()
    const ids = async (params: object) => (await graph.all('act_1/campaigns', { ...params })).map(({ id }) => id)
    expect(await ids({})).toEqual(['10', '11', '13', '14'])
    expect(await ids({ effective_status: ['ACTIVE'] })).toEqual(['10', '11', '14'])
    expect(await ids({ effective_status: ['DELETED', 'PAUSED'] })).toEqual(['12', '13'])
    expect(await ids({ filtering: [{ field: 'effective_status', operator: 'IN', value: ['PAUSED'] }] })).toEqual(['13'])
  })

  test('show an ad set of a paused campaign as CAMPAIGN_PAUSED', async () => {
    await start()
    expect((await graph.get('130', { fields: 'status,effective_status' })).body).toMatchObject({
      status: 'ACTIVE',
      effective_status: 'CAMPAIGN_PAUSED',
    })
  })

  test('come in pages linked by absolute addresses on the same host, with the token in them', async () => {
    await start()
    const first = (await graph.get('act_1/adsets', { fields: 'id', limit: 3 })).body
    expect(first.data.map(({ id }: { id: string }) => id)).toEqual(['100', '101', '110'])
    const next = new URL(first.paging.next)
    expect(next.origin).toBe(graph.twin.baseUrl)
    expect(next.searchParams.get('access_token')).toBe(META_TWIN_CREDENTIALS.accessToken)
    const last = await follow(next)
    expect(last.data.map(({ id }: { id: string }) => id)).toEqual(['130'])
    expect(last.paging.next).toBeUndefined()
    const back = await follow(last.paging.previous)
    expect(back.data).toEqual(first.data)
  })

  test('go on after the last object shown even when one before it has gone', async () => {
    const world = new StubWorld([SHOP])
    await start({}, world)
    const first = (await graph.get('act_1/campaigns', { limit: 2 })).body
    const gone = {
      platform: 'meta',
      accountId: '1',
      kind: 'status',
      level: 'campaign',
      id: '10',
      status: 'removed',
    } as const
    world.apply(gone, { kind: 'human', name: 'ann@shop.example' })
    const second = await follow(first.paging.next)
    expect(second.data).toEqual([{ id: '13' }, { id: '14' }])
  })

  test('may begin with an empty page that is not the end', async () => {
    await start({ emptyFirstPages: true })
    const first = (await graph.get('act_1/campaigns')).body
    expect(first.data).toEqual([])
    expect(first.paging.next).toContain('after=')
    expect(await graph.all('act_1/campaigns')).toHaveLength(4)
  })

  test('refuse a limit that is not a number', async () => {
    await start()
    expect(error(await graph.get('act_1/campaigns', { limit: 'many' }))).toMatchObject({ code: 100 })
  })
})

describe('reading by several ids', () => {
  test('gives each object under its id', async () => {
    await start()
    expect((await graph.get('', { ids: '10,110', fields: 'name' })).body).toEqual({
      10: { id: '10', name: 'Campaign 10' },
      110: { id: '110', name: 'Ad set 110' },
    })
  })

  test('fails whole with 803 when one is missing', async () => {
    await start()
    const reply = await graph.get('', { ids: '10,999' })
    expect(reply.status).toBe(404)
    expect(error(reply)).toMatchObject({ code: 803, message: expect.stringContaining('999') })
  })

  test('takes fifty at most', async () => {
    await start()
    const ids = Array.from({ length: 51 }, () => '10').join(',')
    expect(error(await graph.get('', { ids }))).toMatchObject({ code: 100, message: expect.stringContaining('51') })
  })
})

describe('the change history', () => {
  const world = () => {
    const shop = new StubWorld([SHOP])
    const edit = { platform: 'meta', accountId: '1' } as const
    shop.apply(
      { ...edit, kind: 'budget', budgetId: 'b11', amountMicros: 55n * USD },
      { kind: 'human', name: 'ann@shop.example' },
    )
    shop.pass(60_000)
    shop.apply(
      { ...edit, kind: 'status', level: 'ad-group', id: '100', status: 'paused' },
      { kind: 'automatic', name: 'Meta' },
    )
    return shop
  }

  test('comes newest first, with old and new values in API units and who did it where', async () => {
    await start({}, world())
    const fields = 'event_type,event_time,object_id,object_type,actor_name,application_name,extra_data'
    const [status, budget] = await graph.all('act_1/activities', { fields })
    expect(status).toEqual({
      event_type: 'update_ad_set_run_status',
      event_time: '2026-11-21T11:01:00+0000',
      object_id: '100',
      object_type: 'CAMPAIGN',
      actor_name: 'Meta',
      extra_data: '{"old_value":"Active","new_value":"Inactive"}',
    })
    expect(budget).toMatchObject({
      event_type: 'update_campaign_budget',
      object_id: '11',
      object_type: 'CAMPAIGN_GROUP',
      actor_name: 'ann@shop.example',
      application_name: 'Power Editor',
    })
    expect(JSON.parse(budget.extra_data)).toEqual({
      old_value: { old_value: 5000, type: 'Per day' },
      new_value: { new_value: 5500, type: 'Per day' },
    })
  })

  test('reaches back one week unless since says otherwise', async () => {
    const shop = world()
    shop.pass(8 * DAY_MS)
    await start({}, shop)
    expect(await graph.all('act_1/activities')).toHaveLength(0)
    const since = String(later(NOON, 0) / 1_000)
    expect(await graph.all('act_1/activities', { since })).toHaveLength(2)
    expect(await graph.all('act_1/activities', { since: String(NOON / 1_000 + 1) })).toHaveLength(1)
    expect(await graph.all('100/activities', { since })).toHaveLength(1)
  })
})

describe('split tests', () => {
  test('hang on the account and on every campaign in them', async () => {
    const test = {
      id: '900',
      name: 'Landing page',
      from: accountDate('2026-11-02'),
      to: accountDate('2026-11-29'),
      baseCampaignId: '10',
      armCampaignIds: ['11'],
    }
    await start({}, new StubWorld([{ ...SHOP, experiments: [test] }]))
    const study = { id: '900', name: 'Landing page', type: 'SPLIT_TEST' }
    const [shown] = await graph.all('act_1/ad_studies', { fields: 'name,type,start_time,end_time' })
    expect(shown).toEqual({ ...study, start_time: '2026-11-02T00:00:00-0800', end_time: '2026-11-29T23:59:59-0800' })
    expect(await graph.all('11/ad_studies', { fields: 'name,type' })).toEqual([study])
    expect(await graph.all('13/ad_studies')).toEqual([])
    const cells = await graph.all('900/cells', { fields: 'name,treatment_percentage' })
    expect(cells.map(({ name, treatment_percentage }) => [name, treatment_percentage])).toEqual([
      ['Cell A', 50],
      ['Cell B', 50],
    ])
    expect(await graph.all(`${cells[1].id}/adsets`)).toEqual([{ id: '110' }])
  })
})

describe('who may read', () => {
  const read = async (init: RequestInit & { readonly query?: string; readonly path?: string }) => {
    const response = await fetch(`${graph.twin.baseUrl}/${init.path ?? 'v25.0/act_1'}?${init.query ?? ''}`, init)
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply }
  }
  const { accessToken, appSecret, appId } = META_TWIN_CREDENTIALS

  test.each([
    { name: 'in the query', query: `access_token=${accessToken}` },
    { name: 'in the header', headers: { authorization: `Bearer ${accessToken}` } },
    {
      name: 'with its proof',
      query: `access_token=${accessToken}&appsecret_proof=${appSecretProof(appSecret, accessToken)}`,
    },
    { name: 'without a version in the path', path: 'act_1', query: `access_token=${accessToken}` },
  ])('a token $name', async (init) => {
    await start()
    expect((await read(init)).status).toBe(200)
  })

  test('a token in a form body', async () => {
    await start()
    const body = new URLSearchParams({ access_token: accessToken, status: 'PAUSED' })
    expect(await read({ method: 'POST', path: 'v25.0/10', body })).toMatchObject({
      status: 200,
      body: { success: true },
    })
  })

  test.each([
    { name: 'no token', init: {}, status: 400, error: { code: 104 } },
    { name: 'a wrong token', init: { query: 'access_token=EAAwrong' }, status: 401, error: { code: 190 } },
    {
      name: 'an expired token',
      init: { query: `access_token=${META_TWIN_EXPIRED_TOKEN}` },
      status: 401,
      error: { code: 190, error_subcode: 463, type: 'OAuthException' },
    },
    {
      name: 'a proof of another secret',
      init: { query: `access_token=${accessToken}&appsecret_proof=${appSecretProof('other', accessToken)}` },
      status: 400,
      error: { code: 100, message: 'Invalid appsecret_proof provided in the API argument' },
    },
    {
      name: 'a version that is gone',
      init: { path: 'v22.0/act_1', query: `access_token=${accessToken}` },
      status: 400,
      error: { code: 2635 },
    },
    {
      name: 'an edge that does not exist',
      init: { path: 'v25.0/act_1/wibble', query: `access_token=${accessToken}` },
      status: 400,
      error: { code: 2500 },
    },
  ])('not with $name', async ({ init, status, error: expected }) => {
    await start()
    const reply = await read(init)
    expect(reply.status).toBe(status)
    expect(reply.body.error).toMatchObject({ ...expected, fbtrace_id: expect.any(String) })
  })

  test('a 401 names the challenge', async () => {
    await start()
    expect((await read({ query: 'access_token=x' })).headers.get('www-authenticate')).toContain('invalid_token')
  })

  test('the token can be looked up, and its user with the accounts', async () => {
    await start()
    expect((await graph.get('debug_token', { input_token: accessToken })).body.data).toMatchObject({
      app_id: appId,
      is_valid: true,
    })
    expect((await graph.get('me')).body).toEqual({ id: '100000000000001', name: 'Pretend system user' })
    expect(await graph.all('me/adaccounts', { fields: 'account_id' })).toEqual([{ id: 'act_1', account_id: '1' }])
  })
})
