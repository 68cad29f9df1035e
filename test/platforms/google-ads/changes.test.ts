import { afterEach, describe, expect, test } from 'vitest'
import { originOf } from '../../../lib/platforms/google-ads/changes.ts'
import { accountTime, instantOf } from '../../../lib/platforms/google-ads/gaql.ts'
import { instant, isoInstant, later, timeZone } from '../../../lib/units/calendar.ts'
import { ACCOUNT, failureOf, NO_ROWS, NOW, platformAt, queryOf, type TinyServer, tinyServer } from './tiny-server.ts'

const OURS = new Set(['sluice@example.com'])
const BERLIN = timeZone('Europe/Berlin')

test.each([
  ['GOOGLE_ADS_API', 'sluice@example.com', 'ours'],
  ['GOOGLE_ADS_API', 'Sluice@Example.com', 'ours'],
  // The same person, by hand.
  ['GOOGLE_ADS_WEB_CLIENT', 'sluice@example.com', 'human'],
  ['GOOGLE_ADS_API', 'agency@example.com', 'other-tool'],
  ['GOOGLE_ADS_SCRIPTS', 'a@example.com', 'other-tool'],
  ['GOOGLE_ADS_AUTOMATED_RULE', 'a@example.com', 'other-tool'],
  ['GOOGLE_ADS_MOBILE_APP', 'a@example.com', 'human'],
  ['GOOGLE_ADS_BULK_UPLOAD', 'a@example.com', 'human'],
  ['GOOGLE_ADS_RECOMMENDATIONS', 'a@example.com', 'human'],
  ['GOOGLE_ADS_RECOMMENDATIONS_SUBSCRIPTION', '', 'platform'],
  ['INTERNAL_TOOL', '', 'platform'],
  ['OTHER', '', 'unknown'],
  ['A_CLIENT_OF_TOMORROW', '', 'unknown'],
])('%s by "%s" is %s', (client, email, origin) => {
  expect(originOf(client, email, OURS)).toBe(origin)
})

describe('times on the account’s clock', () => {
  // Berlin goes from 02:00 CET to 03:00 CEST on 2026-03-29 and back at 03:00 CEST on 2026-10-25.
  test.each([
    ['2026-11-21T06:00:00Z', '2026-11-21 07:00:00'],
    ['2026-07-01T22:30:00Z', '2026-07-02 00:30:00'],
    ['2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
    ['2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
    ['2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
  ])('%s is %s in Berlin, and back', (utc, local) => {
    expect(accountTime(instant(utc), BERLIN)).toBe(local)
    expect(isoInstant(instantOf(local, BERLIN))).toBe(utc)
  })

  test('microseconds are cut to milliseconds', () => {
    expect(new Date(instantOf('2026-11-21 07:00:00.987654', BERLIN)).toISOString()).toBe('2026-11-21T06:00:00.987Z')
  })

  test('a time that the clock skipped is taken as if it had not', () => {
    expect(isoInstant(instantOf('2026-03-29 02:30:00', BERLIN))).toBe('2026-03-29T01:30:00Z')
  })

  test.each([
    ['Asia/Kolkata', '2026-11-21 11:30:00'],
    ['Pacific/Kiritimati', '2026-11-21 20:00:00'],
    ['Etc/GMT+12', '2026-11-20 18:00:00'],
  ])('in %s 06:00 UTC is %s', (zone, local) => {
    expect(accountTime(instant('2026-11-21T06:00:00Z'), timeZone(zone))).toBe(local)
    expect(isoInstant(instantOf(local, timeZone(zone)))).toBe('2026-11-21T06:00:00Z')
  })

  test('text of another form is refused', () => {
    expect(() => instantOf('21.11.2026', BERLIN)).toThrow('not a time')
  })
})

let server: TinyServer
afterEach(() => server?.close())

/** An event of the budget 501 at a UTC instant; the account is in Berlin. */
const eventAt = (utc: string, over: object = {}, nth = 1) => {
  const at = instant(utc)
  return {
    changeEvent: {
      resourceName: `customers/1/changeEvents/${at * 1000}~${nth}~0`,
      changeDateTime: `${accountTime(at, BERLIN)}.000000`,
      changeResourceType: 'CAMPAIGN_BUDGET',
      changeResourceName: 'customers/1/campaignBudgets/501',
      clientType: 'GOOGLE_ADS_WEB_CLIENT',
      userEmail: 'ann@example.com',
      resourceChangeOperation: 'UPDATE',
      changedFields: 'amountMicros',
      oldResource: { campaignBudget: { amountMicros: '50000000' } },
      newResource: { campaignBudget: { amountMicros: '500000000' } },
      ...over,
    },
  }
}
const answer = async (...events: readonly object[]) => {
  server = await tinyServer(() => ({ json: { results: events, fieldMask: 'x' } }))
  return platformAt(server, { ourActors: ['sluice@example.com'] }).reader
}
const DAY = 86_400_000

test('a slipped zero is told with its author, its values and its instant', async () => {
  const reader = await answer(eventAt('2026-11-20T09:15:00Z'))
  expect(await reader.changes(ACCOUNT, later(NOW, -7 * DAY))).toEqual([
    {
      at: instant('2026-11-20T09:15:00Z'),
      actor: 'ann@example.com',
      origin: 'human',
      entity: { kind: 'budget', id: '501' },
      field: 'daily-budget',
      from: '50000000',
      to: '500000000',
    },
  ])
})

test.each([
  [
    {
      changeResourceType: 'CAMPAIGN',
      changeResourceName: 'customers/1/campaigns/9',
      changedFields: 'status',
      oldResource: { campaign: { status: 'ENABLED' } },
      newResource: { campaign: { status: 'PAUSED' } },
    },
    [{ entity: { kind: 'campaign', id: '9' }, field: 'status', from: 'ENABLED', to: 'PAUSED' }],
  ],
  [
    {
      changeResourceType: 'CAMPAIGN',
      changeResourceName: 'customers/1/campaigns/9',
      changedFields: 'maximize_conversions.target_cpa_micros,name',
      oldResource: {},
      newResource: { campaign: { name: 'N', maximizeConversions: { targetCpaMicros: '7' } } },
    },
    [
      { entity: { kind: 'campaign', id: '9' }, field: 'target-cpa', to: '7' },
      { entity: { kind: 'campaign', id: '9' }, field: 'name', to: 'N' },
    ],
  ],
  [
    {
      changeResourceType: 'CAMPAIGN_CRITERION',
      changeResourceName: 'customers/1/campaignCriteria/9~30001',
      campaign: 'customers/1/campaigns/9',
      changedFields: 'bidModifier',
      oldResource: {},
      newResource: { campaignCriterion: { bidModifier: 1.2 } },
    },
    [{ entity: { kind: 'campaign', id: '9' }, field: 'bid-multiplier', to: '1.2' }],
  ],
  [{ resourceChangeOperation: 'CREATE' }, [{ entity: { kind: 'budget', id: '501' }, field: 'created' }]],
  [{ resourceChangeOperation: 'REMOVE' }, [{ entity: { kind: 'budget', id: '501' }, field: 'removed' }]],
  [{ changeResourceType: 'AD' }, []],
] as const)('%j becomes %j', async (over, expected) => {
  const reader = await answer(eventAt('2026-11-20T09:15:00Z', over))
  expect(await reader.changes(ACCOUNT, later(NOW, -7 * DAY))).toMatchObject(expected)
})

test('in the hour that autumn repeats the instant comes from the event’s name', async () => {
  // 01:30 UTC is the second 02:30 in Berlin; by the wall clock alone it would be the first.
  const reader = await answer(eventAt('2026-10-25T01:30:00Z'))
  const [event] = await reader.changes(ACCOUNT, instant('2026-10-24T00:00:00Z'))
  expect(event).toMatchObject({ at: instant('2026-10-25T01:30:00Z') })
})

test('no more than 30 days are asked for, whatever is wanted', async () => {
  const reader = await answer()
  await reader.changes(ACCOUNT, later(NOW, -90 * DAY))
  // 30 days less an hour before 2026-11-21 13:00 in Berlin; the hour of summer time does not count there any more.
  expect(queryOf(server.asked.at(-1) ?? { path: '', headers: {}, body: {} })).toContain(
    "change_event.change_date_time >= '2026-10-22 15:00:00'",
  )
})

test('when the limit of 10,000 rows is met, the window is narrowed until all are read', async () => {
  const all = Array.from({ length: 10_005 }, (_, nth) =>
    eventAt(isoInstant(later(instant('2026-11-20T00:00:00Z'), nth * 1000)), {}, nth),
  )
  server = await tinyServer((asked) => {
    const [, from = ''] = />= '([^']+)'/.exec(queryOf(asked)) ?? []
    const found = all.filter(({ changeEvent }) => changeEvent.changeDateTime >= from).slice(0, 10_000)
    return { json: { results: found, fieldMask: 'x' } }
  })
  const events = await platformAt(server).reader.changes(ACCOUNT, instant('2026-11-19T00:00:00Z'))
  expect(events).toHaveLength(10_005)
  expect(server.asked.filter((asked) => queryOf(asked).includes('change_event'))).toHaveLength(2)
})

test('10,000 events in one instant cannot be told apart from more: the read fails', async () => {
  const many = Array.from({ length: 10_000 }, (_, nth) => eventAt('2026-11-20T00:00:00Z', {}, nth))
  const reader = await answer(...many)
  expect(await failureOf(reader.changes(ACCOUNT, instant('2026-11-19T00:00:00Z')))).toMatchObject({
    kind: 'unreadable',
    detail: expect.stringContaining('more than 10000 change events'),
  })
})

test('an event without a readable time fails the read', async () => {
  const reader = await answer(eventAt('2026-11-20T00:00:00Z', { changeDateTime: 'yesterday' }))
  expect((await failureOf(reader.changes(ACCOUNT, later(NOW, -DAY)))).kind).toBe('unreadable')
})

test('nothing happened: no events', async () => {
  server = await tinyServer(() => ({ json: NO_ROWS }))
  expect(await platformAt(server).reader.changes(ACCOUNT, later(NOW, -DAY))).toEqual([])
})
