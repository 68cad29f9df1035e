import { describe, expect, test } from 'vitest'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { aClient } from './client.ts'
import { amount, setUp } from './mutating.ts'
import { aWorld, CUSTOMER } from './stub-world.ts'

const client = () => aClient({ world: aWorld() })

describe('change events', () => {
  const select =
    'SELECT change_event.user_email, change_event.client_type, change_event.change_date_time, change_event.changed_fields, change_event.old_resource, change_event.new_resource, campaign.id FROM change_event'
  const between = "change_event.change_date_time BETWEEN '2026-11-01' AND '2026-11-21'"

  test('tell who changed what, in the account’s time', async () => {
    const world = aWorld({
      changes: [
        {
          at: 1_795_100_000_123 as never,
          actor: { kind: 'human', name: 'pat@shop.example' },
          entity: { kind: 'campaign', id: '101' },
          campaignId: '101',
          field: 'status',
          from: 'active',
          to: 'paused',
        },
      ],
    })
    const { rows } = await aClient({ world })
    const resourceName = `customers/${CUSTOMER}/campaigns/101`
    // 1795100000 is 2026-11-19T14:53:20Z, five hours earlier in New York
    expect((await rows(`${select} WHERE ${between} LIMIT 10`))[0]).toMatchObject({
      changeEvent: {
        userEmail: 'pat@shop.example',
        clientType: 'GOOGLE_ADS_WEB_CLIENT',
        changeDateTime: '2026-11-19 09:53:20.123000',
        changedFields: 'status',
        oldResource: { campaign: { resourceName, status: 'ENABLED' } },
        newResource: { campaign: { resourceName, status: 'PAUSED' } },
      },
      campaign: { id: '101' },
    })
  })

  const change = {
    at: 1_795_100_000_000 as never,
    actor: { kind: 'automatic', name: 'rule' },
    campaignId: '102',
  } as const
  test.each([
    [
      { entity: { kind: 'campaign', id: '102' }, field: 'target-roas', from: '3.5', to: '4' },
      ['CAMPAIGN', 'maximizeConversionValue.targetRoas', { campaign: { maximizeConversionValue: { targetRoas: 4 } } }],
    ],
    [
      { entity: { kind: 'campaign', id: '101' }, field: 'target-cpa', from: '', to: '20000000' },
      ['CAMPAIGN', 'targetCpa.targetCpaMicros', { campaign: { targetCpa: { targetCpaMicros: '20000000' } } }],
    ],
    [
      { entity: { kind: 'campaign', id: '102' }, field: 'strategy', from: 'max-value', to: 'max-conversions' },
      ['CAMPAIGN', 'biddingStrategyType', { campaign: { biddingStrategyType: 'MAXIMIZE_CONVERSIONS' } }],
    ],
    [
      { entity: { kind: 'campaign', id: '102' }, field: 'device-multiplier', from: 'mobile 1', to: 'mobile 0.5' },
      ['CAMPAIGN_CRITERION', 'bidModifier', { campaignCriterion: { bidModifier: 0.5 } }],
    ],
    [
      { entity: { kind: 'ad-group', id: '1021' }, field: 'status', from: 'active', to: 'paused' },
      ['AD_GROUP', 'status', { adGroup: { status: 'PAUSED' } }],
    ],
  ] as const)('%j', async (what, [changeResourceType, changedFields, newResource]) => {
    const { rows } = await aClient({ world: aWorld({ changes: [{ ...change, ...what }] }) })
    const [row] = await rows(
      `${select.replace('SELECT', 'SELECT change_event.change_resource_type,')} WHERE ${between} LIMIT 1`,
    )
    const clientType = 'GOOGLE_ADS_AUTOMATED_RULE'
    expect(row?.changeEvent).toMatchObject({ clientType, changeResourceType, changedFields, newResource })
  })

  test('an edit through the API stands under the address of its client', async () => {
    const { one, rows } = await setUp()
    await one('campaignBudgets:mutate', amount('60000000'))
    const [row] = await rows(`${select} WHERE ${between} LIMIT 1`)
    const userEmail = GOOGLE_TWIN_CREDENTIALS.clientId
    expect(row?.changeEvent).toMatchObject({ userEmail, clientType: 'GOOGLE_ADS_API', changedFields: 'amountMicros' })
  })

  test('a change of the spend cap is in no change event', async () => {
    const cap = {
      ...change,
      entity: { kind: 'account', id: CUSTOMER },
      field: 'spend-cap',
      from: '1',
      to: '2',
    } as const
    const { rows } = await aClient({ world: aWorld({ changes: [cap] }) })
    expect(await rows(`${select} WHERE ${between} LIMIT 1`)).toEqual([])
  })

  test.each([
    ['', 'changeEventError.CHANGE_DATE_RANGE_INFINITE'],
    ["WHERE change_event.change_date_time >= '2026-11-01' LIMIT 10", 'changeEventError.CHANGE_DATE_RANGE_INFINITE'],
    [
      "WHERE change_event.change_date_time BETWEEN '2026-10-20' AND '2026-11-20' LIMIT 10",
      'changeEventError.START_DATE_TOO_OLD',
    ],
    [
      "WHERE change_event.change_date_time BETWEEN '2026-11-20' AND '2026-11-10' LIMIT 10",
      'changeEventError.CHANGE_DATE_RANGE_NEGATIVE',
    ],
    [`WHERE ${between}`, 'changeEventError.LIMIT_NOT_SPECIFIED'],
    [`WHERE ${between} LIMIT 10001`, 'changeEventError.INVALID_LIMIT_CLAUSE'],
    ['WHERE change_event.change_date_time DURING LAST_14_DAYS LIMIT 10000', 'none'],
  ])('with %j: %s', async (where, code) => {
    const { refusal } = await client()
    expect(await refusal(`${select} ${where}`)).toBe(code)
  })
})
