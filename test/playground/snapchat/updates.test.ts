import { afterEach, describe, expect, test } from 'vitest'
import type { SnapchatTwinOptions } from '../../../playground/platforms/snapchat/server.ts'
import { type AccountSpec, StubWorld } from '../stub-world.ts'
import { ACCOUNT_ID, type SnapClient, startSnap, uuid } from './client.ts'
import { SPEC } from './two-levels.ts'

let snap: SnapClient
let world: StubWorld
afterEach(() => snap.twin.close())
async function start(options: Partial<SnapchatTwinOptions> = {}, spec: AccountSpec = SPEC) {
  world = new StubWorld([spec])
  snap = await startSnap({ world, ...options })
}

type Fields = Record<string, unknown>
const squads = `campaigns/${uuid(11)}/adsquads`
const campaigns = `adaccounts/${ACCOUNT_ID}/campaigns`
const squad = async (n: number): Promise<Fields> => (await snap.get(`adsquads/${uuid(n)}`)).body.adsquads[0].adsquad
const campaign = async (n: number): Promise<Fields> =>
  (await snap.get(`campaigns/${uuid(n)}`)).body.campaigns[0].campaign
const replace = (field: string, value: unknown) => [{ op: 'replace', path: `/${field}`, value }]
const budget = (n: number) => world.accounts[0]?.budgets.get(`b${uuid(n)}`)?.amountMicros

describe('PUT of full objects', () => {
  test('what was read goes back with one field changed: only that moves', async () => {
    await start()
    const before = await squad(21)
    const { body } = await snap.put(squads, { adsquads: [{ ...before, daily_budget_micro: 41_000_000 }] })
    expect(body.adsquads).toMatchObject([
      { sub_request_status: 'SUCCESS', adsquad: { daily_budget_micro: 41_000_000 } },
    ])
    const { updated_at: _, ...after } = await squad(21)
    expect({ ...before, ...after }).toEqual({ ...before, daily_budget_micro: 41_000_000 })
    expect(budget(21)).toBe(41_000_000n)
  })

  test('a field that is left out is reset: an end is gone, and a paused ad squad runs again', async () => {
    const capped = { cap_and_exclusion_config: { frequency_cap_config: [{ frequency_cap_count: 3 }] } }
    await start({ extras: { [uuid(21)]: { ...capped, end_time: '2026-12-31T23:00:00.000Z' } } })
    await snap.patch(`${squads}/${uuid(21)}`, replace('status', 'PAUSED'))
    const { end_time, cap_and_exclusion_config, status, ...rest } = await squad(21)
    expect([end_time, cap_and_exclusion_config, status]).toEqual([
      '2026-12-31T23:00:00.000Z',
      capped.cap_and_exclusion_config,
      'PAUSED',
    ])
    const { body } = await snap.put(squads, { adsquads: [rest] })
    expect(body.adsquads[0].sub_request_status).toBe('SUCCESS')
    const after = await squad(21)
    expect(after).not.toHaveProperty('end_time')
    expect(after).not.toHaveProperty('cap_and_exclusion_config')
    expect(after.status).toBe('ACTIVE')
  })

  test('numbers keep every digit, and fields that only it knows keep what was put into them', async () => {
    await start()
    const text = (await snap.get(`adsquads/${uuid(21)}`)).text
    const [, whole = ''] = /"adsquad":(\{.*\})\}\]\}$/.exec(text) ?? []
    const targeting = '"targeting":{"segments":[{"segment_id":[5052756160240353981]}],"share":0.10000000000000000001}'
    await snap.put(
      squads,
      `{"adsquads":[${whole.replace(/"targeting":\{.*?\}\],"regulated_content":false\}/, targeting)}]}`,
    )
    expect((await snap.get(`adsquads/${uuid(21)}`)).text).toContain(targeting)
  })

  test('HTTP 200 tells of each entity by itself: one is refused, the other done', async () => {
    await start()
    const [first, second] = [await squad(21), await squad(22)]
    const { status, body } = await snap.put(squads, {
      adsquads: [
        { ...first, daily_budget_micro: 4_999_999 },
        { ...second, daily_budget_micro: 35_000_000 },
      ],
    })
    expect([status, body.request_status]).toEqual([200, 'SUCCESS'])
    expect(body.adsquads).toMatchObject([
      { sub_request_status: 'ERROR', sub_request_error_reason: expect.stringContaining('at least 5000000') },
      { sub_request_status: 'SUCCESS' },
    ])
    expect([budget(21), budget(22)]).toEqual([40_000_000n, 35_000_000n])
  })

  test('at most thirty entities in one request', async () => {
    await start()
    const one = await squad(21)
    const { status, body } = await snap.put(squads, { adsquads: Array.from({ length: 31 }, () => one) })
    expect([status, body.error_code]).toEqual([400, 'E1001'])
    expect((await snap.put(squads, { adsquads: Array.from({ length: 30 }, () => one) })).status).toBe(200)
  })

  test.each([
    ['a required field is missing', ({ name: _, ...rest }: Fields) => rest, /name is required/],
    ['a field is not known', (one: Fields) => ({ ...one, budget: 5 }), /unrecognized field "budget"/],
    ['both budgets are set', (one: Fields) => ({ ...one, lifetime_budget_micro: 50_000_000 }), /exactly one/],
    ['no budget is set', ({ daily_budget_micro: _, ...rest }: Fields) => rest, /exactly one/],
    ['it is of another campaign', (one: Fields) => ({ ...one, campaign_id: uuid(12) }), /E2023/],
    ['the id is of nothing', (one: Fields) => ({ ...one, id: uuid(99) }), /E3003/],
    [
      'a bid comes with AUTO_BID',
      (one: Fields) => ({ ...one, bid_strategy: 'AUTO_BID' }),
      /cannot be set with AUTO_BID/,
    ],
    ['a bid is beyond the currency', (one: Fields) => ({ ...one, bid_micro: 100_000_001 }), /at most 100000000 in EUR/],
    ['a ROAS is asked for', (one: Fields) => ({ ...one, bid_strategy: 'MIN_ROAS' }), /deprecated/],
    ['the budget has a fraction', (one: Fields) => ({ ...one, daily_budget_micro: 5_000_000.5 }), /an integer/],
  ] as const)('refused where %s', async (_, change, reason) => {
    await start()
    const before = await squad(21)
    const { body } = await snap.put(squads, { adsquads: [change(before)] })
    expect(body.adsquads[0].sub_request_error_reason).toMatch(reason)
    expect(await squad(21)).toEqual(before)
  })
})

describe('PATCH of one entity', () => {
  test('replaces one field and touches no other', async () => {
    await start()
    const before = await squad(21)
    const { status, body } = await snap.patch(`${squads}/${uuid(21)}`, replace('bid_micro', 13_000_000))
    expect([status, body.adsquads[0].sub_request_status]).toEqual([200, 'SUCCESS'])
    expect(await squad(21)).toEqual({ ...before, bid_micro: 13_000_000, updated_at: expect.any(String) })
  })

  test('a value that is refused is told inside of 200', async () => {
    await start()
    const { status, body } = await snap.patch(`${campaigns}/${uuid(12)}`, replace('daily_budget_micro', 19_999_999))
    expect(status).toBe(200)
    expect(body.campaigns).toMatchObject([{ sub_request_status: 'ERROR', campaign: { id: uuid(12) } }])
    expect(body.campaigns[0].sub_request_error_reason).toContain('at least 20000000')
  })

  test.each([
    ['no array', { op: 'replace', path: '/status', value: 'PAUSED' }, 'E1165'],
    ['an unknown operation', [{ op: 'move', path: '/status', from: '/name' }], 'E1165'],
    ['no pointer', [{ op: 'replace', path: 'status', value: 'PAUSED' }], 'E1165'],
    ['a field that is not there to replace', replace('lifetime_budget_micro', 50_000_000), 'E1165'],
    ['a test that does not hold', [{ op: 'test', path: '/status', value: 'PAUSED' }], 'E1165'],
    ['a read-only field', replace('created_at', '2020-01-01T00:00:00.000Z'), 'E1166'],
    ['what cannot change', replace('campaign_id', uuid(12)), 'E2023'],
  ])('%s is an error of the request', async (_, document, code) => {
    await start()
    const before = await squad(21)
    const { status, body } = await snap.patch(`${squads}/${uuid(21)}`, document)
    expect([status, body.error_code]).toEqual([400, code])
    expect(await squad(21)).toEqual(before)
  })

  test('needs the content type of RFC 6902', async () => {
    await start()
    const { body } = await snap.patch(`${squads}/${uuid(21)}`, replace('status', 'PAUSED'), 'application/json')
    expect(body.error_code).toBe('E1165')
  })

  test('goes to the parent that the entity has', async () => {
    await start()
    const { status } = await snap.patch(`campaigns/${uuid(12)}/adsquads/${uuid(21)}`, replace('status', 'PAUSED'))
    expect(status).toBe(404)
  })

  test('may not be offered at all: E1166', async () => {
    await start({ offersPatch: false })
    const { body } = await snap.patch(`${squads}/${uuid(21)}`, replace('status', 'PAUSED'))
    expect(body.error_code).toBe('E1166')
  })
})

describe('campaigns', () => {
  test('with a smart budget take no budget on their ad squads', async () => {
    await start()
    const path = `campaigns/${uuid(12)}/adsquads/${uuid(23)}`
    const add = [{ op: 'add', path: '/daily_budget_micro', value: 30_000_000 }]
    expect((await snap.patch(path, add)).body.adsquads[0].sub_request_error_reason).toContain('on the campaign')
  })

  test('without one may have a cap, which moves no budget', async () => {
    await start({ extras: { [uuid(11)]: { daily_budget_micro: 60_000_000 } } })
    await snap.patch(`${campaigns}/${uuid(11)}`, replace('daily_budget_micro', 20_000_000))
    expect((await campaign(11)).daily_budget_micro).toBe(20_000_000)
    expect([budget(21), budget(22)]).toEqual([40_000_000n, 30_000_000n])
  })

  test('of a suspended account are refused', async () => {
    await start({}, { ...SPEC, status: 'suspended' })
    const { body } = await snap.patch(`${campaigns}/${uuid(11)}`, replace('status', 'PAUSED'))
    expect(body.campaigns[0].sub_request_error_reason).toContain('not active')
  })

  test('can be deleted, once', async () => {
    await start()
    expect((await snap.remove(`campaigns/${uuid(11)}`)).status).toBe(200)
    expect((await snap.remove(`campaigns/${uuid(11)}`)).status).toBe(404)
    expect(world.accounts[0]?.campaigns.get(uuid(11))?.status).toBe('removed')
  })
})
