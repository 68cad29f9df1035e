import { afterEach, describe, expect, test } from 'vitest'
import { accountDate, DAY_MS, later } from '../../../lib/units/calendar.ts'
import { META_TWIN_CREDENTIALS, type MetaTwinOptions } from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, NOON, StubWorld } from '../stub-world.ts'
import { follow, type Graph, startGraph } from './graph.ts'

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
const start = async (options: Partial<MetaTwinOptions> = {}, world = new StubWorld([SHOP])): Promise<void> => {
  graph = await startGraph({ world, ...options })
}
afterEach(() => graph.twin.close())

const error = (reply: { readonly body: { readonly error: Record<string, unknown> } }) => reply.body.error

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
