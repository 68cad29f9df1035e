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
const person = { kind: 'human', name: 'kim@example.com' } as const
const campaigns = `adaccounts/${ACCOUNT_ID}/campaigns`

describe('the envelope', () => {
  test('names its request, and every entity has a status of its own', async () => {
    await start()
    const { body } = await snap.get(campaigns)
    expect(body).toMatchObject({ request_status: 'SUCCESS', request_id: expect.any(String), paging: {} })
    expect(body.campaigns.map((one: { sub_request_status: string }) => one.sub_request_status)).toEqual([
      'SUCCESS',
      'SUCCESS',
    ])
  })

  test('an account has its currency, its zone, its cap and how it is paid', async () => {
    await start({}, { ...SPEC, spendCap: 5_000_000_000n, currency: 'GBP', zone: 'Europe/London' })
    const { body } = await snap.get(`adaccounts/${ACCOUNT_ID}`)
    expect(body.adaccounts[0].adaccount).toMatchObject({
      id: ACCOUNT_ID,
      status: 'ACTIVE',
      currency: 'GBP',
      timezone: 'Europe/London',
      lifetime_spend_cap_micro: 5_000_000_000,
      funding_source_ids: [expect.any(String)],
    })
  })
})

describe('budgets', () => {
  test('sit on the campaign with pacing_level CAMPAIGN, else each on its ad squad, in micros', async () => {
    await start()
    const { body } = await snap.get(campaigns)
    const shown = body.campaigns.map(({ campaign }: { campaign: Record<string, unknown> }) => [
      campaign.pacing_level,
      campaign.daily_budget_micro,
    ])
    expect(shown).toEqual([
      ['AD_SQUAD', undefined],
      ['CAMPAIGN', 100_000_000],
    ])
    const squads = (await snap.get(`adaccounts/${ACCOUNT_ID}/adsquads`)).body.adsquads
    expect(squads.map((one: { adsquad: Record<string, unknown> }) => one.adsquad.daily_budget_micro)).toEqual([
      40_000_000,
      30_000_000,
      undefined,
      undefined,
    ])
    expect(squads[0].adsquad).toMatchObject({ bid_strategy: 'TARGET_COST', bid_micro: 12_500_000 })
    expect(squads[1].adsquad).toMatchObject({ bid_strategy: 'AUTO_BID' })
    expect(squads[1].adsquad).not.toHaveProperty('bid_micro')
  })

  test('a lifetime budget of an ad squad has its own field', async () => {
    const [first] = SPEC.campaigns
    const lifetime = { ...first, id: uuid(13), period: 'lifetime', endDate: '2026-12-31' } as const
    await start({}, { ...SPEC, campaigns: [lifetime] })
    const { body } = await snap.get(`adsquads/${uuid(21)}`)
    expect(body.adsquads[0].adsquad).toMatchObject({
      lifetime_budget_micro: 40_000_000,
      delivery_constraint: 'LIFETIME_BUDGET',
    })
    expect(body.adsquads[0].adsquad).not.toHaveProperty('daily_budget_micro')
  })
})

describe('paging', () => {
  test('next_link leads through every entity once, with all parameters repeated', async () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ id: uuid(100 + i) }))
    await start({ pageSize: 3 }, { ...SPEC, campaigns: many })
    const ids: string[] = []
    let query: Record<string, string> | undefined = { limit: '50', read_deleted_entities: 'true' }
    while (query) {
      const { body } = await snap.get(campaigns, query)
      ids.push(...body.campaigns.map((one: { campaign: { id: string } }) => one.campaign.id))
      const link: string | undefined = body.paging.next_link
      query = link === undefined ? undefined : Object.fromEntries(new URL(link).searchParams)
      if (query) expect(query).toMatchObject({ limit: '50', read_deleted_entities: 'true' })
    }
    expect(ids).toEqual(many.map(({ id }) => id))
  })

  test.each(['49', '1001', '0', 'all'])('a limit of %s is refused', async (limit) => {
    await start()
    expect((await snap.get(campaigns, { limit })).status).toBe(400)
  })
})

describe('deleted entities', () => {
  test('are left out, and gone when asked for by id, unless read_deleted_entities asks for them', async () => {
    await start()
    world.apply(
      {
        platform: 'snapchat',
        accountId: ACCOUNT_ID,
        kind: 'status',
        level: 'campaign',
        id: uuid(11),
        status: 'removed',
      },
      person,
    )
    expect((await snap.get(campaigns)).body.campaigns).toHaveLength(1)
    expect((await snap.get(`campaigns/${uuid(11)}`)).status).toBe(404)
    const { body } = await snap.get(campaigns, { read_deleted_entities: 'true' })
    expect(body.campaigns.map((one: { campaign: { deleted?: boolean } }) => one.campaign.deleted)).toEqual([
      true,
      undefined,
    ])
    // Its ad squads are gone with it.
    expect((await snap.get(`adaccounts/${ACCOUNT_ID}/adsquads`)).body.adsquads).toHaveLength(2)
  })
})

describe('change logs', () => {
  test('tell of one entity, newest first, who changed what from what to what', async () => {
    await start()
    const edit = { platform: 'snapchat', accountId: ACCOUNT_ID, kind: 'budget', budgetId: `b${uuid(21)}` } as const
    world.apply({ ...edit, amountMicros: 50_000_000n }, person)
    await snap.patch(`campaigns/${uuid(11)}/adsquads/${uuid(21)}`, [
      { op: 'replace', path: '/status', value: 'PAUSED' },
    ])
    const { body } = await snap.get(`adsquads/${uuid(21)}/external_changelogs`, { limit: '50' })
    expect(body.changelogs.map((one: { changelog: unknown }) => one.changelog)).toMatchObject([
      {
        action: 'UPDATED',
        entity_type: 'AD_SQUAD',
        app_name: 'Pretend app',
        update_value_records: { status: { before_value: '"ACTIVE"', after_value: '"PAUSED"' } },
      },
      {
        email: 'kim@example.com',
        update_value_records: { daily_budget_micro: { before_value: '40000000', after_value: '50000000' } },
      },
    ])
    expect((await snap.get(`adsquads/${uuid(22)}/external_changelogs`)).body.changelogs).toEqual([])
  })
})
