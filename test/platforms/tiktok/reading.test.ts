import { afterEach, describe, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  AD_GROUP,
  accountOf,
  adapterOn,
  CAMPAIGN,
  type Call,
  ok,
  page,
  refusal,
  SECRET,
  type Stub,
  startStub,
  TOKEN,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

async function on(answer: (call: Call) => Reply | undefined) {
  stub = await startStub(answer)
  return adapterOn(stub.origin)
}

/** The account's usual answers, with those of one path replaced. */
const but =
  (path: string, reply: (call: Call) => Reply, campaigns: readonly object[] = [CAMPAIGN]) =>
  (call: Call) =>
    call.path === path ? reply(call) : accountOf(campaigns, [AD_GROUP])(call)

const BIG = '1790000000000000003'

describe('requests', () => {
  test('the token goes in the header Access-Token, lists go as JSON, paths end in a slash', async () => {
    const { reader } = await on(accountOf([CAMPAIGN], [AD_GROUP]))
    await reader.structure(ACCOUNT)
    for (const { token, path, url } of stub.calls) {
      expect(token).toBe(TOKEN)
      expect(path).toMatch(/\/$/)
      expect(url).not.toContain(TOKEN)
    }
    const info = stub.calls.find(({ path }) => path === 'advertiser/info/')
    expect(JSON.parse(info?.query.get('advertiser_ids') ?? '')).toEqual(['7001'])
    const campaigns = stub.calls.filter(({ path }) => path === 'campaign/get/')
    expect(campaigns.map(({ query }) => JSON.parse(query.get('filtering') ?? ''))).toEqual([
      { primary_status: 'STATUS_ALL' },
      { split_test_enabled: true },
    ])
  })

  test('a token that was refused is read past the cache the next time', async () => {
    stub = await startStub(() => ({ json: refusal(40105) }))
    const reads: (boolean | undefined)[] = []
    const read = async (_: string, fresh?: boolean) => {
      reads.push(fresh)
      return SECRET
    }
    const { reader } = adapterOn(stub.origin, { secrets: { read } })
    const status: Lever = { account: ACCOUNT, kind: 'status', entity: 'campaign', id: '11' }
    await expect(reader.live(ACCOUNT, [status])).rejects.toMatchObject({ failure: { kind: 'unauthorised' } })
    await expect(reader.live(ACCOUNT, [status])).rejects.toMatchObject({ failure: { kind: 'unauthorised' } })
    expect(reads).toEqual([false, true])
  })

  test('a secret that is not as expected is named, and never quoted', async () => {
    stub = await startStub(() => undefined)
    for (const text of ['not json', '{"accessToken":"with spaces in it"}', '{}']) {
      const { reader } = adapterOn(stub.origin, { secrets: { read: async () => text } })
      const error: unknown = await reader.structure(ACCOUNT).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ failure: { kind: 'unauthorised' } })
      expect(String(error)).toContain('tiktok-token')
      expect(String(error)).not.toContain('spaces in it')
    }
    expect(stub.calls).toHaveLength(0)
  })

  test('nothing but TikTok’s own host and this machine is talked to', () => {
    expect(() => adapterOn('https://example.com')).toThrow('TikTok endpoint')
    expect(() => adapterOn('http://127.0.0.1:1', { requestTimeoutMs: 0 })).toThrow('requestTimeoutMs')
  })
})

describe('paging', () => {
  const two = (second: (info: object) => Reply) =>
    but('campaign/get/', ({ query }) => {
      if (query.get('filtering')?.includes('split_test')) return { json: page([]) }
      const info = { total_number: 2, total_page: 2 }
      if (query.get('page') === '1') return { json: page([CAMPAIGN], info) }
      return second(info)
    })
  const other = { ...CAMPAIGN, campaign_id: '12' }

  test('pages are added up', async () => {
    const { reader } = await on(two((info) => ({ json: page([other], { ...info, page: 2 }) })))
    expect((await reader.structure(ACCOUNT)).campaigns.map(({ id }) => id)).toEqual(['11', '12'])
  })

  test.each([
    ['an entry that comes twice', (info: object) => ({ json: page([CAMPAIGN], { ...info, page: 2 }) }), 'unreadable'],
    ['an entry that is missing', (info: object) => ({ json: page([], { ...info, page: 2 }) }), 'unreadable'],
    [
      'another page than was asked for',
      (info: object) => ({ json: page([other], { ...info, page: 1 }) }),
      'unreadable',
    ],
    [
      'a list that grew meanwhile',
      (info: object) => ({ json: page([other], { ...info, page: 2, total_number: 3 }) }),
      'transient',
    ],
    ['a page that is cut short', () => ({ json: page([other]), fault: 'cut' as const }), 'transient'],
    ['a throttle', () => ({ json: refusal(40100, 'QPM') }), 'rate-limited'],
    ['an answer that is no JSON', () => ({ text: '<html>' }), 'unreadable'],
    ['a gateway that has nobody behind it', () => ({ status: 502, text: 'bad gateway' }), 'transient'],
  ] as const)('%s fails the whole reading', async (_, second, kind) => {
    const { reader } = await on(two(second))
    await expect(reader.structure(ACCOUNT)).rejects.toMatchObject({ failure: { kind } })
  })
})

describe('the account', () => {
  test('a currency that is not known is refused by its name', async () => {
    const { reader } = await on(accountOf([CAMPAIGN], [AD_GROUP], { currency: 'BHD' }))
    await expect(reader.structure(ACCOUNT)).rejects.toThrow('currency BHD is not in TikTok')
  })

  test('an account in a state that is not documented is blocked', async () => {
    const { reader } = await on(accountOf([], [], { status: 'STATUS_NEW' }))
    expect((await reader.structure(ACCOUNT)).blockers).toMatchObject([{ code: 'STATUS_NEW' }])
  })

  test('the zone is the one that has a name', async () => {
    const { reader } = await on(accountOf([], [], { timezone: 'Etc/GMT+8', display_timezone: 'America/Los_Angeles' }))
    expect((await reader.structure(ACCOUNT)).zone).toBe('America/Los_Angeles')
  })
})

describe('campaigns and ad groups', () => {
  const structureOf = async (campaign: object, adGroup: object = {}) => {
    const { reader } = await on(accountOf([{ ...CAMPAIGN, ...campaign }], [{ ...AD_GROUP, ...adGroup }]))
    return reader.structure(ACCOUNT)
  }

  test('ids beyond 2^53 are kept to the last digit, numbers or not', async () => {
    const text = `{"code":0,"message":"OK","request_id":"1","data":{"list":[{"campaign_id":${BIG},"operation_status":"ENABLE"}],"page_info":{"page":1,"page_size":1000,"total_number":1,"total_page":1}}}`
    const { reader } = await on(but('campaign/get/', () => ({ text })))
    const error: unknown = await reader.structure(ACCOUNT).catch((thrown: unknown) => thrown)
    // The ad group's campaign 11 is missing; what counts is that the other one was read.
    expect(String(error)).toContain('its campaign 11')
    stub.close()
    const again = await on((call) => {
      if (call.path === 'campaign/get/') return { text }
      return accountOf([], [{ ...AD_GROUP, campaign_id: BIG }])(call)
    })
    expect((await again.reader.structure(ACCOUNT)).campaigns[0]?.id).toBe(BIG)
  })

  test.each([
    [{ operation_status: 'SLEEPING' }, 'operation_status'],
    [{ budget_mode: 'BUDGET_MODE_HOURLY' }, 'budget_mode'],
    [{ campaign_id: 'eleven' }, 'campaign_id'],
    [{ budget: -5 }, 'budget'],
    [{ budget: '100' }, 'budget'],
  ])('%j is unreadable, and names the field', async (campaign, field) => {
    await expect(structureOf(campaign)).rejects.toThrow(field)
  })

  test('what is not known of a bid honours no target', async () => {
    const { adGroups } = await structureOf({}, { bid_type: 'BID_TYPE_MAGIC' })
    expect(adGroups[0]?.strategy).toEqual({ kind: 'other' })
  })

  test.each([
    [{ bid_type: 'BID_TYPE_CUSTOM', bid_price: 0.35, billing_event: 'CPC' }, 'manual-cpc'],
    [{ bid_type: 'BID_TYPE_CUSTOM', bid_price: 3.5, billing_event: 'CPM' }, 'bid-cap'],
    [{ bid_type: 'BID_TYPE_CUSTOM', conversion_bid_price: 12, deep_bid_type: 'AEO' }, 'target-cpa'],
    [{ bid_type: 'BID_TYPE_CUSTOM', conversion_bid_price: 12, deep_bid_type: 'MIN' }, 'other'],
    [{ bid_type: 'BID_TYPE_NO_BID', deep_bid_type: 'VO_HIGHEST_VALUE' }, 'max-value'],
    [{ bid_type: 'BID_TYPE_NO_BID', deep_bid_type: 'DEFAULT' }, 'max-conversions'],
  ])('%j bids by %s', async (bids, kind) => {
    expect((await structureOf({}, bids)).adGroups[0]?.strategy?.kind).toBe(kind)
  })

  test('under a campaign budget the campaign says how is bid', async () => {
    const campaign = { deep_bid_type: 'VO_MIN_ROAS', roas_bid: 3.5 }
    const { adGroups } = await structureOf(campaign, { bid_type: null, roas_bid: 0 })
    expect(adGroups[0]?.strategy).toEqual({ kind: 'target-roas', targetRoas: 3.5 })
  })

  test('a campaign’s own budget beside those of its ad groups is not what is moved', async () => {
    const { budgets, campaigns } = await structureOf(
      { budget_optimize_on: false, budget_mode: 'BUDGET_MODE_DAY', budget: 500 },
      { budget_mode: 'BUDGET_MODE_DAY', budget: 30 },
    )
    expect(budgets.map(({ id, owner }) => [id, owner])).toEqual([['21', 'ad-group']])
    expect(campaigns[0]?.budget).toBeUndefined()
  })

  test.each([
    [{ is_smart_performance_campaign: true }, 'smart-plus'],
    [{ campaign_automation_type: 'UPGRADED_SMART_PLUS' }, 'smart-plus'],
    [{ campaign_automation_type: 'HYPERDRIVE' }, 'automated'],
    [{ objective_type: 'RF_REACH' }, 'reservation'],
    [{ is_search_campaign: true, campaign_automation_type: 'MANUAL' }, 'search'],
  ])('%j is a campaign of kind %s', async (campaign, kind) => {
    expect((await structureOf(campaign)).campaigns[0]?.kind).toBe(kind)
  })

  test.each([
    [{ operation_status: 'DISABLE', secondary_status: 'ADGROUP_STATUS_DISABLE' }, 'paused'],
    [{ secondary_status: 'ADGROUP_STATUS_CAMPAIGN_DISABLE' }, 'paused'],
    [{ secondary_status: 'ADGROUP_STATUS_TIME_DONE' }, 'paused'],
    [{ secondary_status: 'ADGROUP_STATUS_BUDGET_EXCEED' }, 'active'],
    [{ secondary_status: 'ADGROUP_STATUS_NEVER_SEEN' }, 'active'],
    [{ secondary_status: 'ADGROUP_STATUS_CAMPAIGN_DELETE' }, 'removed'],
    [{ operation_status: 'FROZEN', secondary_status: 'ADGROUP_STATUS_DELIVERY_OK' }, 'removed'],
    [{ secondary_status: undefined }, 'active'],
  ])('an ad group with %j is %s', async (adGroup, status) => {
    expect((await structureOf({}, adGroup)).adGroups[0]?.status).toBe(status)
  })

  test('a campaign whose running ad groups all stand still is stopped, in TikTok’s words', async () => {
    const { campaigns } = await structureOf({}, { secondary_status: 'ADGROUP_STATUS_PIXEL_UNBIND' })
    expect(campaigns[0]?.trouble).toEqual({ kind: 'stopped', reasons: ['ADGROUP_STATUS_PIXEL_UNBIND'] })
  })

  test('schedules are in UTC: what ends at midnight in Berlin ends on the day before', async () => {
    const { campaigns } = await structureOf(
      {},
      {
        schedule_type: 'SCHEDULE_START_END',
        schedule_start_time: '2026-10-31 23:00:00',
        schedule_end_time: '2026-11-30 23:00:00',
      },
    )
    expect(campaigns[0]).toMatchObject({ startsOn: '2026-11-01', endsOn: '2026-11-30' })
  })

  test('campaigns that are tested against each other are held, though nothing says by which test', async () => {
    const { reader } = await on((call) => {
      const isTest = call.path === 'campaign/get/' && call.query.get('filtering')?.includes('split_test')
      return isTest ? { json: page([CAMPAIGN]) } : accountOf([CAMPAIGN], [AD_GROUP])(call)
    })
    expect((await reader.structure(ACCOUNT)).experiments).toEqual([
      { id: 'campaigns', name: 'split tests between campaigns', campaigns: ['11'] },
    ])
  })
})

test('a scope that Sluice needs and does not have is told', async () => {
  const { reader } = await on((call) =>
    call.path === 'report/integrated/get/' ? { json: refusal(40001) } : accountOf([CAMPAIGN], [AD_GROUP])(call),
  )
  expect(await reader.health?.(ACCOUNT)).toMatchObject({
    token: { kind: 'lasts', issuedAt: Date.parse('2026-03-01T00:00:00Z') },
    scopes: { missing: ['Reporting'] },
  })
})

test('a change history is not reviewed, and nothing is announced', async () => {
  const { reader, writer } = await on(() => ({ json: ok({}) }))
  expect(await reader.changes(ACCOUNT, 0 as never)).toBe('unreviewed')
  expect(await reader.announcements(ACCOUNT)).toEqual([])
  const announcement = { kind: 'data-exclusion', name: 'x', from: 0 as never, to: 1 as never, campaigns: [] } as const
  expect(await writer.announce(ACCOUNT, announcement)).toMatchObject({
    kind: 'refused',
    failure: { code: 'not-honoured' },
  })
  expect(stub.calls).toHaveLength(0)
})
