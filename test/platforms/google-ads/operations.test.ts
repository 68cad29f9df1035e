import { afterEach, describe, expect, test } from 'vitest'
import {
  ACCOUNT,
  type Asked,
  budgetTo,
  type Handler,
  lever,
  NO_ROWS,
  platformAt,
  queryOf,
  ratio,
  type TinyServer,
  tinyServer,
  usd,
} from './tiny-server.ts'

let server: TinyServer
afterEach(() => server.close())

const isMutate = ({ path }: Asked): boolean => path.endsWith('googleAds:mutate')
const mutates = () => server.asked.filter(isMutate)

describe('changes that are not sent', () => {
  const campaignRow = (over: object) => ({
    json: { results: [{ campaign: { id: '9', status: 'ENABLED', ...over } }], fieldMask: 'x' },
  })
  const withCampaign = async (over: object) => {
    server = await tinyServer((asked) =>
      / FROM campaign /.test(queryOf(asked)) ? campaignRow(over) : { json: NO_ROWS },
    )
    return platformAt(server).writer
  }
  const cpa = { lever: lever('target-cpa', 'campaign', '9'), from: usd(1n), to: usd(22_000_000n) }
  const mobile = { lever: lever('bid-multiplier', 'campaign', '9', 'mobile'), from: ratio(1), to: ratio(1.2) }

  test.each([
    [
      'a target that the strategy does not have',
      { biddingStrategyType: 'MAXIMIZE_CONVERSIONS' },
      cpa,
      'NO_SUCH_TARGET',
    ],
    [
      'a target CPA under a target ROAS',
      { biddingStrategyType: 'TARGET_ROAS', targetRoas: { targetRoas: 3 } },
      cpa,
      'NO_SUCH_TARGET',
    ],
    [
      'a target under a portfolio strategy',
      { biddingStrategyType: 'TARGET_CPA', biddingStrategy: 'customers/1/biddingStrategies/5' },
      cpa,
      'PORTFOLIO',
    ],
    ['a device under maximise conversions', { biddingStrategyType: 'MAXIMIZE_CONVERSIONS' }, mobile, 'NOT_HONOURED'],
    ['a bid', { biddingStrategyType: 'MANUAL_CPC' }, { ...cpa, lever: lever('bid', 'campaign', '9') }, 'NOT_HONOURED'],
    ['a multiplier of 0', { biddingStrategyType: 'MANUAL_CPC' }, { ...mobile, to: ratio(0) }, 'VALUE'],
    [
      'money in another currency',
      { biddingStrategyType: 'TARGET_CPA' },
      { ...budgetTo('1', 1n), to: { kind: 'money', amount: { micros: 5_000_000n, currency: 'EUR' } } },
      'CURRENCY',
    ],
    ['a budget of nothing', { biddingStrategyType: 'TARGET_CPA' }, budgetTo('1', 0n), 'VALUE'],
    ['an id that is not digits', { biddingStrategyType: 'TARGET_CPA' }, budgetTo('1~2', 1n), 'BAD_ID'],
    [
      'a lever of another account',
      { biddingStrategyType: 'TARGET_CPA' },
      { ...cpa, lever: { ...cpa.lever, account: { ...ACCOUNT, id: '5' } } },
      'WRONG_ACCOUNT',
    ],
  ] as const)('%s', async (_, campaign, change, code) => {
    const writer = await withCampaign(campaign)
    expect(await writer.apply(ACCOUNT, [change as never])).toMatchObject([{ kind: 'refused', failure: { code } }])
    expect(mutates()).toEqual([])
  })

  test('every change is refused, and none sent, when the strategies in force cannot be read', async () => {
    server = await tinyServer((asked) => (isMutate(asked) ? { json: {} } : { status: 503, json: {} }))
    const results = await platformAt(server).writer.apply(ACCOUNT, [cpa, budgetTo('1', 5_000_000n)])
    expect(results).toMatchObject([{ failure: { kind: 'transient' } }, { failure: { kind: 'transient' } }])
    expect(mutates()).toEqual([])
  })
})

describe('device multipliers', () => {
  const reads =
    (criteria: readonly object[], named = 'customers/1/campaignCriteria/9~30001'): Handler =>
    (asked) => {
      const query = queryOf(asked)
      const campaign = { id: '9', status: 'ENABLED', biddingStrategyType: 'MANUAL_CPC' }
      if (/ FROM campaign /.test(query)) return { json: { results: [{ campaign }], fieldMask: 'x' } }
      if (/ FROM campaign_criterion /.test(query)) return { json: { results: criteria, fieldMask: 'x' } }
      return {
        json: {
          mutateOperationResponses: [{ campaignCriterionResult: { resourceName: named } }],
        },
      }
    }
  const mobile = { lever: lever('bid-multiplier', 'campaign', '9', 'mobile'), from: ratio(1), to: ratio(1.2) }
  const sent = () => mutates()[0]?.body.mutateOperations

  test('a criterion that is there is changed', async () => {
    const criterion = { resourceName: 'customers/1/campaignCriteria/9~30001', device: { type: 'MOBILE' } }
    server = await tinyServer(reads([{ campaign: { id: '9' }, campaignCriterion: criterion }]))
    expect(await platformAt(server).writer.apply(ACCOUNT, [mobile])).toEqual([{ kind: 'applied' }])
    const update = { resourceName: criterion.resourceName, bidModifier: 1.2 }
    expect(sent()).toEqual([{ campaignCriterionOperation: { updateMask: 'bidModifier', update } }])
  })

  test('one that is missing is created', async () => {
    server = await tinyServer(reads([]))
    expect(await platformAt(server).writer.apply(ACCOUNT, [mobile])).toEqual([{ kind: 'applied' }])
    const create = { campaign: `customers/${ACCOUNT.id}/campaigns/9`, device: { type: 'MOBILE' }, bidModifier: 1.2 }
    expect(sent()).toEqual([{ campaignCriterionOperation: { create } }])
  })

  test.each(['', 'customers/', 'campaignCriteria/9~30001', 'PENDING'])(
    'one that is created, of which the answer has no name that Google would give it but “%s”, is unknown',
    async (named) => {
      server = await tinyServer(reads([], named))
      expect(await platformAt(server).writer.apply(ACCOUNT, [mobile])).toMatchObject([{ kind: 'unknown' }])
    },
  )

  const berlin = {
    lever: { ...lever('bid-multiplier', 'campaign', '9'), criterion: { dimension: 'place', id: '21' } },
    from: ratio(1),
    to: ratio(1.2),
  } as const
  const place = { resourceName: 'customers/1/campaignCriteria/9~21', type: 'LOCATION', displayName: 'Berlin' }

  test('a place that the campaign lists is changed', async () => {
    server = await tinyServer(reads([{ campaign: { id: '9' }, campaignCriterion: place }]))
    await platformAt(server).writer.apply(ACCOUNT, [berlin])
    const update = { resourceName: place.resourceName, bidModifier: 1.2 }
    expect(sent()).toEqual([{ campaignCriterionOperation: { updateMask: 'bidModifier', update } }])
    const asked = server.asked.map(queryOf).find((query) => query.includes('criterion_id IN'))
    expect(asked).toContain("campaign_criterion.type IN ('LOCATION', 'AD_SCHEDULE', 'USER_LIST',")
    expect(asked).toContain('campaign_criterion.negative = FALSE')
    expect(asked).toContain('criterion_id IN (21)')
  })

  test.each([
    ['no such place', []],
    ['it on another campaign', [{ campaign: { id: '8' }, campaignCriterion: place }]],
    ['an audience of that id', [{ campaign: { id: '9' }, campaignCriterion: { ...place, type: 'USER_LIST' } }]],
  ])('a campaign with %s is left alone: nothing is listed anew', async (_, criteria) => {
    server = await tinyServer(reads(criteria))
    expect(await platformAt(server).writer.apply(ACCOUNT, [berlin])).toMatchObject([
      { kind: 'refused', failure: { code: 'NOT_FOUND' } },
    ])
    expect(mutates()).toEqual([])
  })

  test('a place is never excluded by a multiplier of 0, nor raised beyond 10', async () => {
    server = await tinyServer(reads([{ campaign: { id: '9' }, campaignCriterion: place }]))
    const results = await platformAt(server).writer.apply(ACCOUNT, [
      { ...berlin, to: ratio(0) },
      { ...berlin, to: ratio(10.01) },
    ])
    expect(results).toMatchObject([{ failure: { code: 'VALUE' } }, { failure: { code: 'VALUE' } }])
    expect(mutates()).toEqual([])
  })
})
