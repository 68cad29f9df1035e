import { afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../../../lib/units/calendar.ts'
import type { Fault } from '../../../playground/faults.ts'
import {
  PINTEREST_TWIN_CREDENTIALS,
  type PinterestTwin,
  type PinterestTwinOptions,
  startPinterestTwin,
} from '../../../playground/platforms/pinterest/server.ts'
import type { WorldChange, WorldEdit } from '../../../playground/world.ts'
import { type AccountSpec, StubWorld } from '../stub-world.ts'

const ACCOUNT = '549755885175'
const SPEC: AccountSpec = {
  id: ACCOUNT,
  platform: 'pinterest',
  zone: 'UTC',
  campaigns: [
    { id: '1001', budget: 20_000_000n, adSets: [{ id: '11' }] },
    { id: '1002', budget: 900_000_000n, period: 'lifetime', endDate: '2026-12-31', adSets: [{ id: '21' }] },
    {
      id: '1003',
      adSets: [
        { id: '31', budget: 5_000_000n },
        { id: '32', budget: 6_000_000n, strategy: { kind: 'bid-cap', bidMicros: 400_000n } },
        { id: '33', budget: 6_000_000n, strategy: { kind: 'target-cpa', targetCpaMicros: 8_000_000n } },
      ],
    },
    { id: '1004', kind: 'performance-max', budget: 30_000_000n, adSets: [{ id: '41' }] },
    { id: '1005', budget: 1_000_000n, status: 'removed' },
    { id: '1006', budget: 1_000_000n, status: 'paused', adSets: [{ id: '61' }] },
  ],
}

class World extends StubWorld {
  override apply(edit: WorldEdit, actor: WorldChange['actor']): void {
    if (edit.kind !== 'device-multiplier') super.apply(edit, actor)
  }
}

type Json = Record<string, unknown>
interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

const open: PinterestTwin[] = []
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close()
})

async function start(more: Partial<PinterestTwinOptions> = {}, spec = SPEC) {
  const world = new World([spec], () => ({
    spendMicros: 500_000n,
    impressions: 100,
    clicks: 5,
    claimsPerDay: [
      { action: 'purchase', touch: 'click', lagDays: 0, count: 2, valueMicros: 80_000_000n },
      { action: 'purchase', touch: 'click', lagDays: 10, count: 1, valueMicros: 30_000_000n },
      { action: 'purchase', touch: 'view', lagDays: 0, count: 4, valueMicros: 100_000_000n },
      { action: 'trial', touch: 'click', lagDays: 0, count: 7, valueMicros: 0n },
    ],
  }))
  const twin = await startPinterestTwin({ world, ...more })
  open.push(twin)
  const call = async (path: string, init: RequestInit = {}, token = PINTEREST_TWIN_CREDENTIALS.accessToken) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers }
    const response = await fetch(`${twin.baseUrl}${path}`, { ...init, headers })
    return { status: response.status, headers: response.headers, json: await response.json() } as Answered
  }
  const get = (path: string) => call(`/v5/ad_accounts/${ACCOUNT}${path}`)
  const patch = (path: string, items: unknown) =>
    call(`/v5/ad_accounts/${ACCOUNT}${path}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(items),
    })
  const basic = `Basic ${Buffer.from('1480000:pretend-app-secret').toString('base64')}`
  const renew = async (form: Record<string, string>, authorization = basic): Promise<Answered> => {
    const response = await fetch(`${twin.tokenUrl}/v5/oauth/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    })
    return { status: response.status, headers: response.headers, json: await response.json() }
  }
  const refresh = (token: string) => renew({ grant_type: 'refresh_token', refresh_token: token })
  return { world, twin, call, get, patch, renew, refresh }
}

const at = (json: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((within, key) => (within as Json | undefined)?.[key], json)
const of = (json: unknown, name: string): readonly Json[] => at(json, name) as readonly Json[]
const tokenIn = ({ json }: Answered, name: 'access_token' | 'refresh_token'): string => String(at(json, name))
const ids = ({ json }: Answered) => of(json, 'items').map(({ id }) => id)
const outcomes = ({ json }: Answered) =>
  of(json, 'items').map(({ exceptions, data }) => (exceptions as Json[])[0]?.message ?? (data as Json).id)

describe('tokens', () => {
  test('come with another refresh token of 60 days, and the old one dies', async () => {
    const { refresh, call } = await start()
    const first = await refresh(PINTEREST_TWIN_CREDENTIALS.refreshToken)
    expect(first.json).toMatchObject({
      response_type: 'refresh_token',
      token_type: 'bearer',
      expires_in: 2_592_000,
      scope: 'ads:read,ads:write',
      refresh_token_expires_in: 5_184_000,
      refresh_token_expires_at: 1_800_442_800,
    })
    expect((await call('/v5/ad_accounts', {}, tokenIn(first, 'access_token'))).status).toBe(200)
    expect((await refresh(PINTEREST_TWIN_CREDENTIALS.refreshToken)).status).toBe(400)
    expect((await refresh(tokenIn(first, 'refresh_token'))).status).toBe(200)
  })
  test('live on, the old ones too, where a test says so', async () => {
    const { refresh } = await start({ tokens: { oldRefreshToken: 'lives' } })
    for (let n = 0; n < 3; n++) expect((await refresh(PINTEREST_TWIN_CREDENTIALS.refreshToken)).status).toBe(200)
  })
  test('end when their time is over', async () => {
    const { refresh, call, world } = await start()
    const renewed = await refresh(PINTEREST_TWIN_CREDENTIALS.refreshToken)
    world.pass(30 * DAY_MS)
    expect((await call('/v5/ad_accounts', {}, tokenIn(renewed, 'access_token'))).status).toBe(401)
    world.pass(30 * DAY_MS)
    expect((await refresh(tokenIn(renewed, 'refresh_token'))).status).toBe(400)
  })
  test.each<[Record<string, string>, string | undefined, number]>([
    [{ grant_type: 'refresh_token', refresh_token: 'pinr.PRETENDrefresh0' }, 'Basic bm86bm8=', 401],
    [{ grant_type: 'authorization_code', code: 'x' }, undefined, 400],
    [{ grant_type: 'client_credentials' }, undefined, 400],
    [{ grant_type: 'refresh_token' }, undefined, 400],
    [{ grant_type: 'refresh_token', refresh_token: 'pinr.PRETENDrefresh0', more: '1' }, undefined, 400],
  ])('are not given for %j (%s): %s', async (form, authorization, status) => {
    const { renew } = await start()
    expect((await renew(form, authorization)).status).toBe(status)
  })
  test('are needed, and of the scope that a call needs', async () => {
    const { call, twin } = await start({ tokens: { scope: 'ads:read' } })
    expect(await call('/v5/ad_accounts', {}, 'other')).toMatchObject({ status: 401, json: { code: 2 } })
    const body = JSON.stringify([{ id: '11', status: 'PAUSED' }])
    const init = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body }
    const path = `/v5/ad_accounts/${ACCOUNT}/ad_groups`
    expect(await call(path, init)).toMatchObject({ status: 403, json: { code: 3 } })
    twin.expireAccessTokens()
    expect((await call('/v5/ad_accounts')).status).toBe(401)
  })
})

describe('lists', () => {
  test('have active and paused ones, the newest first, unless told otherwise', async () => {
    const { get } = await start()
    expect(ids(await get('/campaigns'))).toEqual(['1006', '1004', '1003', '1002', '1001'])
    expect(ids(await get('/campaigns?entity_statuses=ARCHIVED&entity_statuses=ACTIVE&order=ASCENDING'))).toEqual([
      '1001',
      '1002',
      '1003',
      '1004',
      '1005',
    ])
    expect(ids(await get('/ad_groups?campaign_ids=1001&campaign_ids=1002&order=ASCENDING'))).toEqual(['11', '21'])
  })
  test('come in pages, with a bookmark for the next', async () => {
    const { get } = await start()
    const first = await get('/campaigns?page_size=3')
    expect(ids(first)).toHaveLength(3)
    const second = await get(
      `/campaigns?page_size=3&bookmark=${encodeURIComponent(String(at(first.json, 'bookmark')))}`,
    )
    expect(ids(second)).toEqual(['1002', '1001'])
    expect(at(second.json, 'bookmark')).toBeNull()
  })
  test.each([
    '/campaigns?page_size=251',
    '/campaigns?page_size=0',
    '/campaigns?campaign_ids=abc',
    '/campaigns?campaign_ids=1234567890123456789',
    '/campaigns?fields=id',
    '/campaigns?entity_statuses=DELETED',
    '/campaigns?bookmark=nonsense',
    '/campaigns?order=RANDOM',
    '/ad_groups?campaign_ids=1&ad_group_ids=2',
    `/campaigns?${Array.from({ length: 251 }, (_, n) => `campaign_ids=${n}`).join('&')}`,
  ])('refuse %s', async (path) => {
    const { get } = await start()
    expect(await get(path)).toMatchObject({ status: 400, json: { code: 1 } })
  })
  test('show budgets as micros where they are held', async () => {
    const { get } = await start()
    const { json } = await get('/campaigns?order=ASCENDING')
    expect(of(json, 'items').slice(0, 3)).toMatchObject([
      { is_campaign_budget_optimization: true, daily_spend_cap: 20_000_000, lifetime_spend_cap: null },
      { is_campaign_budget_optimization: true, daily_spend_cap: null, lifetime_spend_cap: 900_000_000 },
      { is_campaign_budget_optimization: false, daily_spend_cap: null, lifetime_spend_cap: null },
    ])
    const adGroups = await get('/ad_groups?order=ASCENDING')
    expect(of(adGroups.json, 'items').map((one) => [one.id, one.budget_type, one.budget_in_micro_currency])).toEqual([
      ['11', 'CBO_ADGROUP', null],
      ['21', 'CBO_ADGROUP', null],
      ['31', 'DAILY', 5_000_000],
      ['32', 'DAILY', 6_000_000],
      ['33', 'DAILY', 6_000_000],
      ['41', 'CBO_ADGROUP', null],
      ['61', 'CBO_ADGROUP', null],
    ])
  })
  test('show what each ad group bids by', async () => {
    const { get } = await start()
    const { json } = await get('/ad_groups?ad_group_ids=31&ad_group_ids=32&ad_group_ids=33&order=ASCENDING')
    expect(of(json, 'items').map((one) => one.bid_strategy_type)).toEqual(['AUTOMATIC_BID', 'MAX_BID', 'TARGET_AVG'])
    expect(of(json, 'items')[2]).toMatchObject({
      optimization_goal_metadata: { conversion_tag_v3_goal_metadata: { cpa_goal_value_in_micro_currency: '8000000' } },
    })
  })
  test('show single entities too, and say when there is none', async () => {
    const { get } = await start()
    expect((await get('/campaigns/1005')).json).toMatchObject({ id: '1005', status: 'ARCHIVED' })
    expect((await get('/ad_groups/9')).status).toBe(404)
    expect((await get('')).json).toMatchObject({ id: ACCOUNT, currency: 'EUR' })
  })
  test('of another account are not permitted', async () => {
    const { call } = await start()
    expect(await call('/v5/ad_accounts/1/campaigns')).toMatchObject({ status: 403, json: { code: 29 } })
    expect((await call('/v5/nonsense')).status).toBe(404)
  })
})

describe('analytics', () => {
  const DAY = 'start_date=2026-11-20&end_date=2026-11-20&granularity=DAY'
  const COLUMNS = 'columns=SPEND_IN_MICRO_DOLLAR,TOTAL_CLICKTHROUGH,TOTAL_CHECKOUT,TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR'
  const rows = ({ json }: Answered) => json as readonly Json[]

  test('are by campaign and day, in micros', async () => {
    const { get } = await start()
    const found = await get(`/campaigns/analytics?campaign_ids=1001&${DAY}&${COLUMNS}`)
    expect(rows(found)).toEqual([
      {
        CAMPAIGN_ID: '1001',
        DATE: '2026-11-20',
        SPEND_IN_MICRO_DOLLAR: 12_000_000,
        TOTAL_CLICKTHROUGH: 120,
        // 30 days of clicks and one day of views by default.
        TOTAL_CHECKOUT: 7,
        TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR: 210_000_000,
      },
    ])
  })
  test.each([
    ['click_window_days=7&view_window_days=0', 2],
    ['click_window_days=0&view_window_days=1', 4],
    ['click_window_days=14&view_window_days=0', 3],
  ])('count by the windows asked for: %s', async (windows, count) => {
    const { get } = await start()
    const found = await get(`/campaigns/analytics?campaign_ids=1001&${DAY}&${COLUMNS}&${windows}`)
    expect(rows(found)[0]?.TOTAL_CHECKOUT).toBe(count)
  })
  test('tell touches apart, and leave out what did not happen', async () => {
    const { get } = await start()
    const columns = 'columns=TOTAL_CLICK_CHECKOUT,TOTAL_VIEW_CHECKOUT,TOTAL_ENGAGEMENT_CHECKOUT,TOTAL_CUSTOM,TOTAL_LEAD'
    expect(rows(await get(`/analytics?${DAY}&${columns}`))[0]).toEqual({
      AD_ACCOUNT_ID: ACCOUNT,
      DATE: '2026-11-20',
      // Of seven ad groups.
      TOTAL_CLICK_CHECKOUT: 21,
      TOTAL_VIEW_CHECKOUT: 28,
      TOTAL_CUSTOM: 49,
    })
  })
  test('by the hour have no conversions', async () => {
    const { get } = await start()
    const query = 'ad_group_ids=11&start_date=2026-11-19&end_date=2026-11-21&granularity=HOUR'
    const found = rows(await get(`/ad_groups/analytics?${query}&${COLUMNS}`))
    // Two days of 24 hours, and eleven hours of today.
    expect(found).toHaveLength(59)
    expect(found[0]).toEqual({
      AD_GROUP_ID: '11',
      DATE: '2026-11-19',
      HOUR: 0,
      SPEND_IN_MICRO_DOLLAR: 500_000,
      TOTAL_CLICKTHROUGH: 5,
    })
  })
  test.each([
    ['days from more than 90 days back', 'start_date=2026-08-22&end_date=2026-08-23&granularity=DAY'],
    ['hours from more than 8 days back', 'start_date=2026-11-12&end_date=2026-11-12&granularity=HOUR'],
    ['hours of more than 3 days', 'start_date=2026-11-18&end_date=2026-11-21&granularity=HOUR'],
    ['an end before its start', 'start_date=2026-11-20&end_date=2026-11-19&granularity=DAY'],
    ['no granularity', 'start_date=2026-11-20&end_date=2026-11-20'],
    ['an odd date', 'start_date=2026-11-31&end_date=2026-11-31&granularity=DAY'],
    ['an odd window', `${DAY}&click_window_days=28`],
    ['an odd report time', `${DAY}&conversion_report_time=NOW`],
    ['a parameter that there is none of', `${DAY}&level=CAMPAIGN`],
  ])('refuse %s', async (_name, query) => {
    const { get } = await start()
    expect(await get(`/campaigns/analytics?campaign_ids=1001&${query}&${COLUMNS}`)).toMatchObject({ status: 400 })
  })
  test('need ids and known columns', async () => {
    const { get } = await start()
    expect((await get(`/campaigns/analytics?${DAY}&${COLUMNS}`)).status).toBe(400)
    expect((await get(`/campaigns/analytics?campaign_ids=1001&${DAY}&columns=SPEND`)).status).toBe(400)
    expect((await get(`/campaigns/analytics?campaign_ids=1001&${DAY}`)).status).toBe(400)
  })
  test('may be asked for 300 times a minute', async () => {
    const { get, world } = await start()
    const ask = () => get(`/analytics?${DAY}&columns=SPEND_IN_MICRO_DOLLAR`)
    for (let n = 0; n < 299; n++) await ask()
    const last = await ask()
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(await ask()).toMatchObject({ status: 429, json: { code: 8 } })
    world.pass(MINUTE_MS)
    expect((await ask()).headers.get('x-ratelimit-remaining')).toBe('299')
  })
})

describe('updates', () => {
  test('are carried out item by item, whatever becomes of the others', async () => {
    const { patch, world } = await start()
    const item = (id: string, more: object) => ({ id, ad_account_id: ACCOUNT, ...more })
    const answer = await patch('/campaigns', [
      item('1001', { daily_spend_cap: 25_000_000 }),
      item('9', { status: 'PAUSED' }),
      item('1001', { daily_spend_cap: 1, lifetime_spend_cap: 1 }),
      item('1002', { daily_spend_cap: 5_000_000 }),
      item('1003', { daily_spend_cap: 5_000_000 }),
      item('1005', { status: 'ACTIVE' }),
      item('1006', { status: 'ACTIVE', daily_spend_cap: 2_000_000 }),
      { id: '1001', ad_account_id: '1', status: 'PAUSED' },
    ])
    expect(answer.status).toBe(200)
    expect(outcomes(answer)).toEqual([
      '1001',
      'There is no such campaign.',
      'daily_spend_cap and lifetime_spend_cap cannot be set at the same time.',
      'This campaign has a lifetime budget.',
      'The budgets of this campaign are on its ad groups.',
      'An archived entity cannot be changed.',
      '1006',
      'You are not permitted to access that resource.',
    ])
    expect(at(answer.json, 'items', 0, 'data', 'daily_spend_cap')).toBe(25_000_000)
    expect(world.accounts[0]?.changes.map(({ entity, to }) => [entity.id, to])).toEqual([
      ['b1001', '25000000'],
      ['b1006', '2000000'],
      ['1006', 'active'],
    ])
  })
  test('of a daily budget below one main unit are refused, on either level', async () => {
    const { patch } = await start()
    const campaigns = await patch('/campaigns', [
      { id: '1001', ad_account_id: ACCOUNT, daily_spend_cap: 990_000 },
      { id: '1006', ad_account_id: ACCOUNT, daily_spend_cap: 1_000_000 },
    ])
    expect(outcomes(campaigns)).toEqual(['The budget must be at least 1000000 a day.', '1006'])
    const adGroups = await patch('/ad_groups', [
      { id: '31', budget_in_micro_currency: 999_999 },
      { id: '32', budget_in_micro_currency: 1_000_000 },
    ])
    expect(outcomes(adGroups)).toEqual(['The budget must be at least 1000000 a day.', '32'])
  })
  test('of ad groups keep to where budgets and bids are', async () => {
    const { patch } = await start()
    const goal = (more: object) => ({ optimization_goal_metadata: { conversion_tag_v3_goal_metadata: more } })
    const whole = { conversion_event: 'CHECKOUT', conversion_tag_id: '1' }
    const answer = await patch('/ad_groups', [
      { id: '11', budget_in_micro_currency: 1_000_000 },
      { id: '31', budget_in_micro_currency: 0 },
      { id: '31', budget_in_micro_currency: 1.5 },
      { id: '31', bid_in_micro_currency: 100_000 },
      { id: '32', bid_in_micro_currency: 100_000 },
      { id: '33', ...goal({ cpa_goal_value_in_micro_currency: '1000000' }) },
      { id: '33', ...goal({ ...whole, cpa_goal_value_in_micro_currency: 1_000_000 }) },
      { id: '33', ...goal({ ...whole, cpa_goal_value_in_micro_currency: '1000000' }) },
      { id: '31', bid_multiplier: 0.05 },
      { id: '32', bid_multiplier: 2 },
      { id: '41', bid_multiplier: 2 },
      { id: '31', bid_multiplier: 2 },
    ])
    expect(outcomes(answer)).toEqual([
      'The budget of this ad group is its campaign’s.',
      'Field budget_in_micro_currency must be a positive integer of micro currency.',
      'Field budget_in_micro_currency must be a positive integer of micro currency.',
      'Automatic bidding takes no bid.',
      '32',
      'The goal lacks its conversion event or tag.',
      'The CPA goal must be text of digits.',
      '33',
      'bid_multiplier must be 0 or from 0.1 to 10.',
      'A bid multiplier needs AUTOMATIC_BID.',
      'Bid multipliers are not supported for Performance+ campaigns.',
      '31',
    ])
    expect(at(answer.json, 'items', 11, 'data', 'bid_multiplier')).toBe(2)
    const removed = await patch('/ad_groups', [{ id: '31', bid_multiplier: 0 }])
    expect(at(removed.json, 'items', 0, 'data', 'bid_multiplier')).toBeNull()
  })
  test('of multipliers set all app types at once', async () => {
    const { patch, get } = await start()
    const set = (app_type_multipliers: object, update_mask = ['APP_TYPE']) =>
      patch('/campaigns', [{ id: '1001', ad_account_id: ACCOUNT, bid_options: { update_mask, app_type_multipliers } }])
    expect(outcomes(await set({ ipad: 0.5 }))).toEqual(['1001'])
    expect(outcomes(await set({ iphone: 2 }))).toEqual(['1001'])
    expect(at((await get('/campaigns/1001')).json, 'bid_options')).toEqual({ app_type_multipliers: { iphone: 2 } })
    expect(outcomes(await set({ iphone: 11 }))[0]).toContain('from 0 to 10')
    expect(outcomes(await set({ toaster: 1 }))[0]).toContain('known app type')
    expect(outcomes(await set({ iphone: 1 }, ['AUDIENCE']))[0]).toContain('update_mask')
  })
  test.each<[string, unknown]>([
    ['no array', { id: '11' }],
    ['an empty array', []],
    ['more than 30 items', Array.from({ length: 31 }, () => ({ id: '11' }))],
    ['a field that there is none of', [{ id: '11' }, { id: '31', budget: 5 }]],
    ['a number for an id', [{ id: 11 }]],
    ['a status that there is none of', [{ id: '11', status: 'DELETED' }]],
    ['no id', [{ status: 'PAUSED' }]],
  ])('are refused as a whole for %s', async (_name, body) => {
    const { patch, world } = await start()
    expect(await patch('/ad_groups', body)).toMatchObject({ status: 400, json: { code: 1 } })
    expect(world.accounts[0]?.changes).toEqual([])
  })
  test('need the account’s id for campaigns, and JSON', async () => {
    const { patch, call } = await start()
    expect((await patch('/campaigns', [{ id: '1001', status: 'PAUSED' }])).status).toBe(400)
    const path = `/v5/ad_accounts/${ACCOUNT}/ad_groups`
    expect((await call(path, { method: 'PATCH', body: '[]' })).status).toBe(400)
    const headers = { 'content-type': 'application/json' }
    expect((await call(path, { method: 'PATCH', headers, body: '[{' })).status).toBe(400)
    expect((await call(path, { method: 'DELETE' })).status).toBe(405)
  })
  test('of a suspended account are not permitted, and its entities say so', async () => {
    const { patch, get } = await start({}, { ...SPEC, status: 'suspended' })
    expect(await patch('/ad_groups', [{ id: '11', status: 'PAUSED' }])).toMatchObject({
      status: 403,
      json: { code: 29 },
    })
    expect(at((await get('/campaigns/1001')).json, 'summary_status')).toBe('ADVERTISER_DISABLED')
  })
})

describe('what goes wrong', () => {
  test.each<[Fault, number]>([
    ['unavailable', 503],
    ['rate-limited', 429],
    ['unauthorised', 401],
  ])('as %s has Pinterest’s shape', async (fault, status) => {
    const { get } = await start({ faults: () => fault })
    const answer = await get('/campaigns')
    expect(answer.status).toBe(status)
    expect(Object.keys(answer.json as Json)).toEqual(['code', 'message'])
  })
  test.each<[Fault, boolean]>([
    ['drop-before', false],
    ['drop-after', true],
    ['truncate', true],
  ])('as %s leaves the update %s', async (fault, isDone) => {
    const { patch, world } = await start({ faults: () => fault })
    await expect(patch('/ad_groups', [{ id: '11', status: 'PAUSED' }])).rejects.toThrow()
    expect(world.accounts[0]?.changes.length).toBe(isDone ? 1 : 0)
  })
  test('with the world itself is answered', async () => {
    const { get, world } = await start()
    world.condition = () => 'down'
    expect((await get('/campaigns')).status).toBe(503)
    world.condition = () => 'throttling'
    expect((await get('/campaigns')).status).toBe(429)
  })
  test('in the twin itself is told with its stack', async () => {
    const { twin, world } = await start()
    world.condition = () => {
      throw new TypeError('a bug')
    }
    const response = await fetch(`${twin.baseUrl}/v5/ad_accounts`)
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(/^pretend Pinterest broke: TypeError: a bug\n\s+at /)
  })
  test('is counted, together with what was asked', async () => {
    const { get, patch, twin } = await start()
    await get('/campaigns')
    await get('/nonsense')
    await patch('/ad_groups', [{ id: '11' }, { id: '31' }])
    expect(twin.requests).toEqual({ http: 3, reads: 1, writes: 1, items: 2, analytics: 0, tokens: 0, errors: 1 })
  })
})
