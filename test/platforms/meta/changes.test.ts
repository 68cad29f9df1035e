import { afterEach, describe, expect, test } from 'vitest'
import { instant } from '../../../lib/units/calendar.ts'
import { ACCOUNT, adapterOn, type Stub, startStub, TOKEN } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const SINCE = instant('2026-11-20T00:00:00Z')
const secret = JSON.stringify({ accessToken: TOKEN, appId: '77' })
const event = (over: object = {}) => ({
  event_time: '2026-11-21T10:05:00+0000',
  event_type: 'update_ad_set_budget',
  actor_id: '5',
  actor_name: 'Ana',
  application_id: '119211728144504',
  application_name: 'Power Editor',
  object_id: '20',
  object_type: 'CAMPAIGN',
  extra_data: JSON.stringify({ old_value: 5000, new_value: 7500 }),
  ...over,
})

async function changes(events: readonly object[], currency = 'USD') {
  stub = await startStub(({ path }) =>
    path.endsWith('/activities') ? { json: { data: events } } : { json: { currency, timezone_name: 'UTC' } },
  )
  const { reader } = adapterOn(stub.origin, { secrets: { read: async () => secret }, ourActors: ['Sluice bot'] })
  const read = await reader.changes(ACCOUNT, SINCE)
  if (read === 'unreviewed') throw new Error('Meta has a change history')
  return read
}

describe('change history', () => {
  test('a budget change is told in main units, with who made it', async () => {
    expect(await changes([event()])).toEqual([
      {
        at: instant('2026-11-21T10:05:00Z'),
        actor: 'Ana',
        origin: 'human',
        entity: { kind: 'budget', id: '20' },
        field: 'amount',
        from: '50',
        to: '75',
      },
    ])
    const call = stub.calls.find(({ path }) => path.endsWith('/activities'))
    expect(call?.params.get('since')).toBe(String(Date.parse('2026-11-20T00:00:00Z') / 1000))
  })

  test('the nested form, with the kind of budget beside the amount', async () => {
    const extra_data = JSON.stringify({
      old_value: { old_value: 308993000, type: 'Lifetime budget' },
      new_value: { new_value: 299910200, type: 'Lifetime budget' },
    })
    expect(await changes([event({ event_type: 'update_campaign_budget', extra_data })])).toMatchObject([
      { from: '3089930', to: '2999102' },
    ])
  })

  test('a yen account is told in yen', async () => {
    expect(await changes([event()], 'JPY')).toMatchObject([{ from: '5000', to: '7500' }])
  })

  test.each([
    { type: 'update_campaign_budget', is: { entity: { kind: 'budget', id: '20' }, field: 'amount' } },
    { type: 'update_campaign_run_status', is: { entity: { kind: 'campaign', id: '20' }, field: 'status' } },
    { type: 'update_ad_set_run_status', is: { entity: { kind: 'ad-group', id: '20' }, field: 'status' } },
    { type: 'update_ad_set_bidding', is: { entity: { kind: 'ad-group', id: '20' }, field: 'bid' } },
    { type: 'ad_account_update_spend_limit', is: { entity: { kind: 'account', id: '1001' }, field: 'spend-cap' } },
  ])('$type', async ({ type, is }) => {
    expect(await changes([event({ event_type: type })])).toMatchObject([is])
  })

  test.each([
    { name: "a person on one of Meta's screens", over: {}, origin: 'human' },
    {
      name: 'a person whose application is not told',
      over: { application_id: undefined, application_name: undefined },
      origin: 'human',
    },
    { name: 'our own application', over: { application_id: '77', application_name: 'Acme' }, origin: 'ours' },
    { name: 'our own system user', over: { actor_name: 'Sluice bot', application_name: 'Acme' }, origin: 'ours' },
    { name: 'another application', over: { application_name: 'Bid Robot' }, origin: 'other-tool' },
    { name: 'Meta itself', over: { actor_name: 'Meta' }, origin: 'platform' },
    { name: 'nobody', over: { actor_name: undefined, application_name: undefined }, origin: 'unknown' },
  ])('$name: $origin', async ({ over, origin }) => {
    expect(await changes([event(over)])).toMatchObject([{ origin }])
  })

  test('is oldest first; what was before the instant, and what moves no lever, is left out', async () => {
    const read = await changes([
      event({ event_time: '2026-11-21T11:00:00+0000' }),
      event({ event_type: 'update_audience' }),
      event({ event_time: '2026-11-21T09:00:00+0000' }),
      event({ event_time: '2026-11-19T23:59:59+0000' }),
    ])
    expect(read.map(({ at }) => at)).toEqual([instant('2026-11-21T09:00:00Z'), instant('2026-11-21T11:00:00Z')])
  })

  test.each([undefined, null, 'not json', '[1]', '{"old_value":{"x":1}}'])(
    'odd details (%s) lose only themselves',
    async (extra_data) => {
      const [change] = await changes([event({ extra_data })])
      expect(change).toMatchObject({ field: 'amount' })
      expect(change).not.toHaveProperty('from')
    },
  )
})
