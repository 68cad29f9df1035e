import { afterEach, describe, expect, test } from 'vitest'
import { instant } from '../../../lib/units/calendar.ts'
import { fromDecimal } from '../../../lib/units/money.ts'
import { uuid } from '../../playground/snapchat/client.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  type Answers,
  accountFields,
  adapterOn,
  campaignFields,
  EUR,
  envelope,
  failureOf,
  lever,
  type Stub,
  snapError,
  squadFields,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

interface Lists {
  readonly account?: object
  readonly campaigns?: readonly object[]
  readonly adSquads?: readonly object[]
  readonly funding?: Reply
  readonly lifetime?: string | number
}

const lists =
  ({
    account,
    campaigns = [campaignFields(11)],
    adSquads = [squadFields(21, 11)],
    funding,
    lifetime,
  }: Lists): Answers =>
  ({ path }) => {
    if (path === `adaccounts/${ACCOUNT.id}` && account)
      return { json: envelope('adaccounts', 'adaccount', [{ ...accountFields, ...account }]) }
    if (path.endsWith('/campaigns')) return { json: envelope('campaigns', 'campaign', campaigns) }
    if (path.endsWith('/adsquads')) return { json: envelope('adsquads', 'adsquad', adSquads) }
    if (path.endsWith('/fundingsources')) return funding
    if (path.endsWith('/stats'))
      return {
        text: JSON.stringify(envelope('lifetime_stats', 'lifetime_stat', [{ stats: { spend: 'N' } }])).replace(
          '"N"',
          String(lifetime),
        ),
      }
    return undefined
  }

async function structureOf(what: Lists) {
  stub = await startStub(lists(what))
  return adapterOn(stub.origin).reader.structure(ACCOUNT)
}

describe('which level holds the budget', () => {
  test('pacing_level CAMPAIGN: the campaign, and what its ad squads show is not theirs', async () => {
    const { budgets, campaigns, adGroups } = await structureOf({
      campaigns: [campaignFields(11, { pacing_level: 'CAMPAIGN', daily_budget_micro: 100_000_000 })],
    })
    expect(budgets).toMatchObject([{ id: uuid(11), owner: 'campaign', amount: fromDecimal('100', EUR) }])
    expect([campaigns[0]?.budget, adGroups[0]?.budget]).toEqual([uuid(11), undefined])
  })

  test('pacing_level AD_SQUAD: the ad squads; the daily amount of the campaign is a cap and no budget', async () => {
    const { budgets } = await structureOf({
      campaigns: [campaignFields(11, { daily_budget_micro: 100_000_000, lifetime_spend_cap_micro: 900_000_000 })],
    })
    expect(budgets).toMatchObject([{ id: uuid(21), owner: 'ad-group', adGroup: uuid(21), campaigns: [uuid(11)] }])
  })

  test('no pacing_level: smart only where the properties of budget optimisation are there', async () => {
    const amount = { pacing_level: undefined, daily_budget_micro: 100_000_000 }
    const smart = { ...amount, campaign_budget_optimization_properties: {} }
    expect((await structureOf({ campaigns: [campaignFields(11, amount)] })).budgets).toMatchObject([{ id: uuid(21) }])
    stub.close()
    expect((await structureOf({ campaigns: [campaignFields(11, smart)] })).budgets).toMatchObject([{ id: uuid(11) }])
  })

  test('a smart budget for the whole life is in lifetime_spend_cap_micro', async () => {
    const { budgets } = await structureOf({
      campaigns: [
        campaignFields(11, {
          pacing_level: 'CAMPAIGN',
          lifetime_spend_cap_micro: 900_000_000,
          end_time: '2026-12-31T23:00:00.000Z',
        }),
      ],
    })
    expect(budgets).toMatchObject([{ period: 'lifetime', amount: fromDecimal('900', EUR), endsOn: '2026-12-31' }])
  })

  test('a level that is not known is not guessed', async () => {
    stub = await startStub(lists({ campaigns: [campaignFields(11, { pacing_level: 'ORGANIZATION' })] }))
    const failure = await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('pacing_level') })
  })

  test('two budgets on one ad squad are unreadable; none is none', async () => {
    const both = squadFields(21, 11, { lifetime_budget_micro: 50_000_000 })
    stub = await startStub(lists({ adSquads: [both] }))
    expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe('unreadable')
    stub.close()
    const none = squadFields(21, 11, { daily_budget_micro: null })
    expect((await structureOf({ adSquads: [none] })).budgets).toEqual([])
  })
})

describe('entities', () => {
  test('bid strategies, with ROAS read as micros of a ratio and what is unknown as other', async () => {
    const { adGroups } = await structureOf({
      adSquads: [
        squadFields(21, 11),
        squadFields(22, 11, { bid_strategy: 'LOWEST_COST_WITH_MAX_BID', bid_micro: 868_402 }),
        squadFields(23, 11, { bid_strategy: 'TARGET_COST', bid_micro: 12_000_000 }),
        squadFields(24, 11, { bid_strategy: 'MIN_ROAS', roas_value_micro: 3_500_000 }),
        squadFields(25, 11, { bid_strategy: 'CLAIRVOYANT' }),
      ],
    })
    expect(adGroups.map(({ strategy }) => strategy)).toEqual([
      { kind: 'max-conversions' },
      { kind: 'bid-cap', bid: { micros: 868_402n, currency: EUR } },
      { kind: 'target-cpa', targetCpa: fromDecimal('12', EUR) },
      { kind: 'target-roas', targetRoas: 3.5 },
      { kind: 'other' },
    ])
  })

  test('an ad squad is paused with its campaign; deleted ones are kept as removed', async () => {
    const { campaigns, adGroups, budgets } = await structureOf({
      campaigns: [campaignFields(11, { status: 'PAUSED' }), campaignFields(12, { deleted: true })],
      adSquads: [squadFields(21, 11), squadFields(22, 12, { status: 'PAUSED' })],
    })
    expect(campaigns.map(({ status }) => status)).toEqual(['paused', 'removed'])
    expect(adGroups.map(({ status }) => status)).toEqual(['paused', 'removed'])
    expect(budgets.map(({ status }) => status)).toEqual(['paused', 'removed'])
    expect(stub.calls.find(({ path }) => path.endsWith('/campaigns'))?.query).toEqual({
      limit: '1000',
      read_deleted_entities: 'true',
    })
  })

  test('amounts and ids beyond 2^53 are whole', async () => {
    const text = JSON.stringify(envelope('adsquads', 'adsquad', [squadFields(21, 11, { daily_budget_micro: 7 })]))
    stub = await startStub((call, nth) =>
      call.path.endsWith('/adsquads')
        ? { text: text.replace('"daily_budget_micro":7', '"daily_budget_micro":9007199254740993') }
        : lists({})(call, nth),
    )
    const { budgets } = await adapterOn(stub.origin).reader.structure(ACCOUNT)
    expect(budgets[0]?.amount.micros).toBe(9_007_199_254_740_993n)
  })

  test('dates are those of the account: what ends at midnight ends on the day before', async () => {
    const { campaigns } = await structureOf({
      campaigns: [campaignFields(11, { start_time: '2026-10-24T22:00:00.000Z', end_time: '2026-11-30T23:00:00.000Z' })],
    })
    expect([campaigns[0]?.startsOn, campaigns[0]?.endsOn]).toEqual(['2026-10-25', '2026-11-30'])
  })

  test('a running campaign that does not deliver says why; dates and the switch are no reason', async () => {
    const trouble = async (codes: readonly string[], over: object = {}) => {
      const { campaigns } = await structureOf({ campaigns: [campaignFields(11, { delivery_status: codes, ...over })] })
      stub.close()
      return campaigns[0]?.trouble
    }
    expect(await trouble(['VALID'])).toBeUndefined()
    expect(await trouble(['INVALID_START_TIME', 'INVALID_NOT_EFFECTIVE_ACTIVE'])).toBeUndefined()
    expect(await trouble(['INVALID_NO_CREATIVE_EFFECTIVE_ACTIVE'])).toEqual({
      kind: 'stopped',
      reasons: ['INVALID_NO_CREATIVE_EFFECTIVE_ACTIVE'],
    })
    // A cap over budgets stops what budgets would spend; a budget that is used up is what budgets are for.
    const used = ['INVALID_OVER_BUDGET_CAMPAIGN_DAILY_SPEND']
    expect(await trouble(used)).toEqual({ kind: 'stopped', reasons: used })
    expect(await trouble(used, { pacing_level: 'CAMPAIGN', daily_budget_micro: 20_000_000 })).toBeUndefined()
    stub = await startStub(() => undefined)
  })

  test('campaigns that are bought in advance are read as a kind of their own', async () => {
    const { campaigns } = await structureOf({ campaigns: [campaignFields(11, { buy_model: 'RESERVED' })] })
    expect(campaigns[0]?.kind).toBe('reserved')
  })

  test.each([
    ['the same campaign twice', { campaigns: [campaignFields(11), campaignFields(11)] }, 'unreadable'],
    ['a campaign and an ad squad of one id', { adSquads: [squadFields(11, 11)] }, 'unreadable'],
    ["another account's campaign", { campaigns: [campaignFields(11, { ad_account_id: uuid(2) })] }, 'unreadable'],
    ['an ad squad whose campaign is not listed', { campaigns: [] }, 'transient'],
    ['an id that is none', { campaigns: [campaignFields(11, { id: '../me' })] }, 'unreadable'],
    ['an amount with a fraction', { adSquads: [squadFields(21, 11, { daily_budget_micro: 0.5 })] }, 'unreadable'],
    ['a date that is none', { campaigns: [campaignFields(11, { start_time: 'tomorrow' })] }, 'unreadable'],
  ] as const)('%s fails the read', async (_, what, kind) => {
    stub = await startStub(lists(what))
    expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe(kind)
  })
})

describe('the account', () => {
  test('any state but ACTIVE blocks writes', async () => {
    expect((await structureOf({ account: { status: 'PENDING' } })).blockers).toMatchObject([{ code: 'status PENDING' }])
  })

  test.each([
    [{ currency: 'XTS' }, 'XTS'],
    [{ timezone: 'Mars/Olympus' }, 'Mars/Olympus'],
  ])('%o is refused by its name', async (account, name) => {
    stub = await startStub(lists({ account }))
    const failure = await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining(name) })
  })

  test('what its cap leaves is the cap less all that it ever spent, and never below nothing', async () => {
    const account = { lifetime_spend_cap_micro: 1_000_000_000 }
    expect((await structureOf({ account, lifetime: 400_000_000 })).remainingSpendCap).toEqual(fromDecimal('600', EUR))
    stub.close()
    expect((await structureOf({ account, lifetime: 1_400_000_000 })).remainingSpendCap).toEqual(fromDecimal('0', EUR))
  })

  test('a cap of which the spend is not told leaves what is not known; one that cannot be read fails the read', async () => {
    const account = { lifetime_spend_cap_micro: 1_000_000_000 }
    const stats = (reply: Reply) =>
      startStub((call, nth) => (call.path.endsWith('/stats') ? reply : lists({ account })(call, nth)))
    stub = await stats({ status: 400, json: snapError('E1008') })
    expect((await adapterOn(stub.origin).reader.structure(ACCOUNT)).remainingSpendCap).toBeUndefined()
    stub.close()
    stub = await stats({ status: 503, text: 'down' })
    expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe('transient')
  })

  describe('a balance', () => {
    const source = (id: string, over: object = {}) => ({
      id,
      type: 'LINE_OF_CREDIT',
      status: 'ACTIVE',
      currency: 'EUR',
      available_credit_micro: 250_000_000,
      ...over,
    })
    const account = { organization_id: uuid(3), funding_source_ids: [uuid(31), uuid(32)] }
    const funded = (sources: readonly object[]): Lists => ({
      account,
      funding: { json: envelope('fundingsources', 'fundingsource', sources) },
    })

    test.each([
      ['two credits add up', [source(uuid(31)), source(uuid(32), { type: 'COUPON' })], fromDecimal('500', EUR)],
      [
        'one that is used up adds nothing',
        [source(uuid(31)), source(uuid(32), { status: 'SPENT' })],
        fromDecimal('250', EUR),
      ],
      ['a card beside it leaves no limit', [source(uuid(31)), source(uuid(32), { type: 'CREDIT_CARD' })], undefined],
      ['one in another currency is not known', [source(uuid(31)), source(uuid(32), { currency: 'USD' })], undefined],
      ['a source that is not shown is not known', [source(uuid(31))], undefined],
    ] as const)('%s', async (_, sources, left) => {
      expect((await structureOf(funded(sources))).remainingSpendCap).toEqual(left)
    })

    test('is not known where the user may not see the organization', async () => {
      const what = { account, funding: { status: 403, json: snapError('E1003') } }
      expect((await structureOf(what)).remainingSpendCap).toBeUndefined()
    })

    test('that cannot be read for another reason fails the read', async () => {
      stub = await startStub(lists({ account, funding: { status: 503, text: 'down' } }))
      expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe('transient')
    })
  })
})

describe('paging', () => {
  const pages = (next: (origin: string) => string | null) => {
    const answers: Answers = (call, nth) => {
      if (!call.path.endsWith('/campaigns')) return lists({ adSquads: [] })(call, nth)
      const isFirst = call.query.cursor === undefined
      const link = isFirst ? next(stub.origin) : null
      const campaigns = isFirst ? [] : [campaignFields(11)]
      return {
        json: envelope('campaigns', 'campaign', campaigns, { paging: link === null ? {} : { next_link: link } }),
      }
    }
    return startStub(answers)
  }
  const list = `/v1/adaccounts/${ACCOUNT.id}/campaigns`

  test('an empty page with a next link is not the end', async () => {
    stub = await pages((origin) => `${origin}${list}?cursor=abc&limit=1000&read_deleted_entities=true`)
    expect((await adapterOn(stub.origin).reader.structure(ACCOUNT)).campaigns).toHaveLength(1)
  })

  test.each([
    ['another host', () => `https://evil.example${list}?cursor=abc`],
    ['another path', (origin: string) => `${origin}/v1/me?cursor=abc`],
    ['no address', () => 'cursor=abc'],
  ])('a link to %s is not followed', async (_, link) => {
    stub = await pages(link)
    const failure = await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('next_link') })
  })

  test('a page that names itself as the next one ends the read', async () => {
    stub = await startStub((call, nth) =>
      call.path.endsWith('/campaigns')
        ? { json: envelope('campaigns', 'campaign', [], { paging: { next_link: `${stub.origin}${list}?cursor=abc` } }) }
        : lists({})(call, nth),
    )
    expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe('unreadable')
  })
})

describe('failures of reads', () => {
  test.each([
    [{ status: 400, json: snapError('E1008') }, 'rejected'],
    [{ status: 400, json: snapError('E9999') }, 'rejected'],
    [{ status: 200, json: snapError('E2023') }, 'rejected'],
    [{ status: 403, json: snapError('E1003') }, 'unauthorised'],
    [{ status: 429, text: 'Too Many Requests' }, 'rate-limited'],
    [{ status: 500, text: '' }, 'transient'],
    [{ status: 503, json: snapError('E1001') }, 'transient'],
    [{ status: 200, text: '<html>' }, 'unreadable'],
    [{ status: 200, json: { request_status: 'MAYBE', campaigns: [] } }, 'unreadable'],
    [{ status: 200, json: { request_status: 'SUCCESS' } }, 'unreadable'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'transient'],
    [{ fault: 'drop' }, 'transient'],
    [{ fault: 'cut' }, 'transient'],
  ] as const)('%o is %s', async (reply, kind) => {
    stub = await startStub((call, nth) => (call.path.endsWith('/campaigns') ? reply : lists({})(call, nth)))
    expect((await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))).kind).toBe(kind)
  })

  test('one entity of a list that failed fails the list, in the words that came and no token', async () => {
    const json = {
      request_status: 'success',
      campaigns: [
        { sub_request_status: 'success', campaign: campaignFields(11) },
        { sub_request_status: 'ERROR', sub_request_error_reason: 'no luck with token-1' },
      ],
    }
    stub = await startStub((call, nth) => (call.path.endsWith('/campaigns') ? { json } : lists({})(call, nth)))
    const failure = await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'transient', detail: expect.stringContaining('no luck with [redacted]') })
  })

  test('no answer in time is transient', async () => {
    stub = await startStub(() => ({ fault: 'hang' }))
    const { reader } = adapterOn(stub.origin, { requestTimeoutMs: 100 })
    expect((await failureOf(reader.structure(ACCOUNT))).kind).toBe('transient')
  })
})

describe('live values', () => {
  test('what is not there has none, whatever its code is under a 404', async () => {
    stub = await startStub(({ path }) =>
      path.startsWith('adsquads/') ? { status: 404, json: snapError('E1234') } : undefined,
    )
    expect(await adapterOn(stub.origin).reader.live(ACCOUNT, [lever(21)])).toEqual([
      { lever: lever(21), value: undefined },
    ])
  })

  test("another account's lever is refused, and an ad squad of another account is not read as ours", async () => {
    stub = await startStub(({ path }) => {
      if (path === `adsquads/${uuid(21)}`) return { json: envelope('adsquads', 'adsquad', [squadFields(21, 11)]) }
      return path === `campaigns/${uuid(11)}`
        ? { json: envelope('campaigns', 'campaign', [campaignFields(11, { ad_account_id: uuid(2) })]) }
        : undefined
    })
    const { reader } = adapterOn(stub.origin)
    const foreign = lever(21, { account: { ...ACCOUNT, id: uuid(2) as typeof ACCOUNT.id } })
    expect(await failureOf(reader.live(ACCOUNT, [foreign]))).toMatchObject({ code: 'wrong-account' })
    expect(await failureOf(reader.live(ACCOUNT, [lever(21)]))).toMatchObject({ code: 'wrong-account' })
  })
})

test('the day of the account is its own: a change of the clock moves the start of a campaign with it', async () => {
  const { campaigns } = await structureOf({
    campaigns: [campaignFields(11, { start_time: new Date(instant('2026-03-28T23:00:00Z')).toISOString() })],
  })
  expect(campaigns[0]?.startsOn).toBe('2026-03-29')
})
