import { afterEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import type { LeverChange } from '../../../lib/model/lever.ts'
import type { LimitedRequest, RequestLimiter } from '../../../lib/ports/limiter.ts'
import type { Instant } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import type { Reply } from '../stub-server.ts'
import { change, euros, kindsOf, lever, pause } from './levers.ts'
import {
  ACCOUNT,
  AD_GROUP,
  accountOf,
  adapterOn,
  CAMPAIGN,
  type Call,
  NOW,
  ok,
  refusal,
  type Stub,
  startStub,
  TOKEN,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const LOOSE = { ...AD_GROUP, campaign_id: '12', adgroup_id: '23', budget_mode: 'BUDGET_MODE_DAY', budget: 40 }
const LIFE = { budget_mode: 'BUDGET_MODE_TOTAL', budget: 900 }
const AD_GROUPS = [
  AD_GROUP,
  LOOSE,
  { ...LOOSE, ...LIFE, adgroup_id: '24' },
  { ...LOOSE, adgroup_id: '25', budget_mode: 'BUDGET_MODE_INFINITE', budget: 0 },
]
const CAMPAIGNS = [
  CAMPAIGN,
  { ...CAMPAIGN, ...LIFE, campaign_id: '13' },
  { ...CAMPAIGN, campaign_id: '12', budget_optimize_on: false, budget_mode: 'BUDGET_MODE_INFINITE', budget: 0 },
]

/** An account of campaigns 11 and, for its life, 13 with budgets, and campaign 12 whose ad groups 23 and, for its life, 24 have them. */
async function writing(answer: (call: Call) => Reply | undefined) {
  stub = await startStub((call) => (call.method === 'POST' ? answer(call) : listed(call)))
  return adapterOn(stub.origin)
}

function listed(call: Call): Reply | undefined {
  const { campaign_ids: campaigns, adgroup_ids: adGroups } = JSON.parse(call.query.get('filtering') ?? '{}')
  return accountOf(
    CAMPAIGNS.filter((one) => !campaigns || campaigns.includes(one.campaign_id)),
    AD_GROUPS.filter((one) => !adGroups || adGroups.includes(one.adgroup_id)),
  )(call)
}

const posted = () => stub.calls.filter(({ method }) => method === 'POST')

describe('the requests', () => {
  test('a campaign’s budget, an ad group’s budget, in main units', async () => {
    const { writer } = await writing(() => ({ json: ok({}) }))
    const results = await writer.apply(ACCOUNT, [change('11', '100.5', '110.559'), change('23', '40', '45')])
    expect(kindsOf(results)).toEqual(['applied', 'applied'])
    expect(posted().map(({ path, body }) => [path, body])).toEqual([
      ['campaign/update/', { advertiser_id: '7001', campaign_id: '11', budget: 110.55 }],
      ['adgroup/update/', { advertiser_id: '7001', adgroup_id: '23', budget: 45 }],
    ])
  })

  test('pauses: campaigns one by one, ad groups together', async () => {
    const { writer } = await writing(({ body }) => ({
      json: ok({ adgroup_ids: body.adgroup_ids, campaign_ids: body.campaign_ids }),
    }))
    const changes = [pause('11', 'campaign'), pause('12', 'campaign'), pause('21', 'ad-group'), pause('23', 'ad-group')]
    expect(kindsOf(await writer.apply(ACCOUNT, changes))).toEqual(['applied', 'applied', 'applied', 'applied'])
    const target = { advertiser_id: '7001', operation_status: 'DISABLE' }
    expect(posted().map(({ path, body }) => [path, body])).toEqual([
      ['campaign/status/update/', { ...target, campaign_ids: ['11'] }],
      ['campaign/status/update/', { ...target, campaign_ids: ['12'] }],
      ['adgroup/status/update/', { ...target, adgroup_ids: ['21', '23'], allow_partial_success: true }],
    ])
  })

  test('at most twenty ad groups go together', async () => {
    const { writer } = await writing(({ body }) => ({ json: ok({ adgroup_ids: body.adgroup_ids }) }))
    const changes = Array.from({ length: 45 }, (_, i) => pause(String(1_000 + i), 'ad-group'))
    expect(new Set(kindsOf(await writer.apply(ACCOUNT, changes)))).toEqual(new Set(['applied']))
    expect(posted().map(({ body }) => (body.adgroup_ids as readonly string[]).length)).toEqual([20, 20, 5])
  })

  test.each<[string, LeverChange]>([
    [
      'another currency',
      { ...change('11', '100', '110'), to: { kind: 'money', amount: fromDecimal('110', currency('USD')) } },
    ],
    ['less than a cent', change('11', '100', '0.009')],
    ['a ratio for a budget', { ...change('11', '100', '110'), to: { kind: 'ratio', value: 2 } }],
    ['an id that is none', change('eleven', '100', '110')],
    ['a campaign without a budget of its own', change('12', '100', '110')],
    ['an ad group under a campaign budget', change('21', '100', '110')],
    [
      'an amount for a whole life, of a campaign with a daily budget',
      { ...change('11', '100', '3000'), lever: lever('11', { kind: 'lifetime-budget' }) },
    ],
    [
      'an amount for a whole life, of an ad group with a daily budget',
      { ...change('23', '40', '3000'), lever: lever('23', { kind: 'lifetime-budget' }) },
    ],
    ['an amount for a day, of a campaign with a budget for its life', change('13', '900', '950')],
    ['an amount for a day, of an ad group with a budget for its life', change('24', '900', '950')],
    ['an ad group that holds no budget', change('25', '40', '45')],
    [
      'a target on a campaign',
      { ...change('11', '1', '2'), lever: lever('11', { kind: 'target-cpa', entity: 'campaign' }) },
    ],
    ['a multiplier', { ...change('11', '1', '2'), lever: lever('11', { kind: 'bid-multiplier', entity: 'campaign' }) }],
    ['a status of a budget', { ...pause('11', 'campaign'), lever: lever('11', { kind: 'status', entity: 'budget' }) }],
  ])('%s is refused without being sent', async (_, bad) => {
    const { writer } = await writing(() => ({ json: ok({}) }))
    expect(await writer.apply(ACCOUNT, [bad])).toMatchObject([{ kind: 'refused', failure: { kind: 'rejected' } }])
    expect(posted()).toHaveLength(0)
  })
})

test('the period is refused item by item, by a listing that was read before as by none', async () => {
  const { reader, writer } = await writing(() => ({ json: ok({}) }))
  await reader.structure(ACCOUNT)
  const wrong = (id: string) => ({ ...change(id, '40', '3000'), lever: lever(id, { kind: 'lifetime-budget' }) })
  const results = await writer.apply(ACCOUNT, [wrong('11'), change('23', '40', '45'), change('13', '900', '950')])
  expect(kindsOf(results)).toEqual(['refused', 'applied', 'refused'])
  expect(JSON.stringify(results[0])).toContain('the budget of 11 is a daily budget')
  expect(JSON.stringify(results[2])).toContain('the budget of 13 is a lifetime budget')
  expect(posted()).toHaveLength(1)
})

describe('what became of a write', () => {
  test.each<[string, Reply, object]>([
    ['success', { json: ok({}) }, { kind: 'applied' }],
    ['a refusal', { json: refusal(40002) }, { kind: 'refused', failure: { kind: 'rejected', code: '40002' } }],
    [
      'a code that is not known',
      { json: refusal(49999) },
      { kind: 'refused', failure: { kind: 'rejected', code: '49999' } },
    ],
    ['a conflict', { json: refusal(40202) }, { kind: 'refused', failure: { kind: 'transient' } }],
    ['maintenance', { json: refusal(60001) }, { kind: 'refused', failure: { kind: 'transient' } }],
    [
      'a field that came too often',
      { json: refusal(40132) },
      { kind: 'refused', failure: { kind: 'entity-cooldown' } },
    ],
    ['a throttle', { json: refusal(40100, 'QPM') }, { kind: 'refused', failure: { kind: 'rate-limited' } }],
    [
      'the day’s last request',
      { json: refusal(40100, 'QPD') },
      { kind: 'refused', failure: { kind: 'quota-exhausted' } },
    ],
    ['a system error, which may come after the write', { json: refusal(50000) }, { kind: 'unknown' }],
    ['an equal request before it', { json: refusal(40050) }, { kind: 'unknown' }],
    ['a partial success of one', { json: ok({}, 20001) }, { kind: 'unknown' }],
    ['no answer', { fault: 'drop' }, { kind: 'unknown' }],
    ['half an answer', { fault: 'cut' }, { kind: 'unknown' }],
    ['a gateway’s error', { status: 502, text: 'bad gateway' }, { kind: 'unknown' }],
    ['a page instead of an answer', { text: '<html>' }, { kind: 'unknown' }],
    ['an answer without a code', { json: { message: 'OK' } }, { kind: 'unknown' }],
  ])('%s', async (_, reply, expected) => {
    const { writer } = await writing(() => reply)
    expect(await writer.apply(ACCOUNT, [change('11', '100', '110')])).toMatchObject([expected])
    expect(posted()).toHaveLength(1)
  })

  const three = ['1', '2', '3'].map((id) => pause(id, 'ad-group'))
  test.each([0, 1, 2])('a partial success with its error at place %i', async (at) => {
    const ids = ['1', '2', '3']
    const [wrong = ''] = ids.splice(at, 1)
    const error_list = [{ adgroup_id: wrong, error_message: `The adgroup ${wrong} has been deleted ${TOKEN}` }]
    const { writer } = await writing(() => ({ json: ok({ adgroup_ids: ids, error_list }, 20001) }))
    const results = await writer.apply(ACCOUNT, three)
    expect(kindsOf(results)).toEqual([0, 1, 2].map((place) => (place === at ? 'refused' : 'applied')))
    expect(JSON.stringify(results)).not.toContain(TOKEN)
  })

  test('an ad group that a partial success does not name is unknown', async () => {
    const { writer } = await writing(() => ({
      json: ok({ adgroup_ids: ['1'], error_list: [{ adgroup_id: '3' }] }, 20001),
    }))
    expect(kindsOf(await writer.apply(ACCOUNT, three))).toEqual(['applied', 'unknown', 'refused'])
  })

  test('a success that names others is unknown', async () => {
    const { writer } = await writing(() => ({ json: ok({ adgroup_ids: ['1', '2'] }) }))
    expect(kindsOf(await writer.apply(ACCOUNT, three))).toEqual(['applied', 'applied', 'unknown'])
  })

  test.each<[string, object, readonly string[]]>([
    ['says of nobody that it is theirs', { error_list: [{ error_message: 'no' }] }, ['unknown', 'unknown', 'unknown']],
    [
      'is one of somebody who was not asked for',
      { adgroup_ids: ['1', '2', '3'], error_list: [{ adgroup_id: '9', error_message: 'no' }] },
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'is one of nobody, beside one that is named',
      { adgroup_ids: ['1'], error_list: [{ error_message: 'no' }, { adgroup_id: '2', error_message: 'no' }] },
      ['unknown', 'refused', 'unknown'],
    ],
    [
      'is named, and those that were changed are not',
      { error_list: [{ adgroup_id: '2' }] },
      ['unknown', 'refused', 'unknown'],
    ],
    ['is not in its list', { error_list: [] }, ['applied', 'applied', 'applied']],
    ['is nowhere', {}, ['applied', 'applied', 'applied']],
  ])('an error beside code 0 that %s', async (_, data, expected) => {
    const { writer } = await writing(() => ({ json: ok(data) }))
    expect(kindsOf(await writer.apply(ACCOUNT, three))).toEqual(expected)
  })

  test('a budget beside an error is unknown, whatever the code says', async () => {
    const { writer } = await writing(() => ({ json: ok({ error_list: [{ error_message: 'no' }] }) }))
    expect(kindsOf(await writer.apply(ACCOUNT, [change('23', '40', '45')]))).toEqual(['unknown'])
  })

  test('a pause of a campaign beside an error that is nobody’s is unknown', async () => {
    const { writer } = await writing(() => ({ json: ok({ error_list: [{ error_message: 'no' }] }) }))
    expect(kindsOf(await writer.apply(ACCOUNT, [pause('11', 'campaign')]))).toEqual(['unknown'])
  })

  test('a lost answer leaves all of them unknown', async () => {
    const { writer } = await writing(() => ({ fault: 'drop' }))
    expect(kindsOf(await writer.apply(ACCOUNT, three))).toEqual(['unknown', 'unknown', 'unknown'])
  })
})

describe('when to stop', () => {
  test('after a throttle nothing more is sent', async () => {
    const { writer } = await writing(() => ({ json: refusal(40100, 'QPM') }))
    const results = await writer.apply(ACCOUNT, [change('11', '100', '110'), change('23', '40', '45')])
    expect(kindsOf(results)).toEqual(['refused', 'refused'])
    expect(posted()).toHaveLength(1)
  })

  test('after its time nothing is sent', async () => {
    const { writer } = await writing(() => ({ json: ok({}) }))
    const results = await writer.apply(ACCOUNT, [change('11', '100', '110')], (NOW - 1) as Instant)
    expect(results).toMatchObject([{ kind: 'refused', failure: { kind: 'transient' } }])
    expect(stub.calls).toHaveLength(0)
  })

  test('levers of another account are not sent', async () => {
    const { writer } = await writing(() => ({ json: ok({}) }))
    const stranger = { ...change('11', '100', '110'), lever: lever('11', { account: accountRef('tiktok', '7002') }) }
    expect(await writer.apply(ACCOUNT, [stranger])).toMatchObject([{ failure: { code: 'wrong-account' } }])
    expect(stub.calls).toHaveLength(0)
  })
})

describe('the limiter', () => {
  const asked: LimitedRequest[] = []
  const heard: unknown[] = []
  const limiter: RequestLimiter = {
    admit: async (request) => void asked.push(request),
    heard: async (_, what) => void heard.push(what),
  }
  afterEach(() => {
    asked.length = 0
    heard.length = 0
  })

  test('is asked before every request, cuts and the readings for them as urgent', async () => {
    await writing(() => ({ json: ok({}) }))
    const { reader, writer } = adapterOn(stub.origin, { limiter })
    await writer.apply(ACCOUNT, [change('11', '100', '50')])
    expect(asked).toHaveLength(stub.calls.length)
    expect(new Set(asked.map(({ use }) => use))).toEqual(new Set(['urgent']))
    asked.length = 0
    await writer.apply(ACCOUNT, [change('11', '100', '150')])
    expect(asked.map(({ use }) => use)).toEqual(['write'])
    await reader.structure(ACCOUNT)
    expect(asked.at(-1)).toEqual({ account: '7001', use: 'read' })
  })

  test('hears of throttles, and of whom they are', async () => {
    await writing(({ path }) => ({
      json: path === 'campaign/update/' ? refusal(40133, 'Advertiser QPS') : refusal(40100, 'QPD'),
    }))
    const { writer } = adapterOn(stub.origin, { limiter })
    await writer.apply(ACCOUNT, [change('11', '100', '110')])
    await writer.apply(ACCOUNT, [change('23', '40', '45')])
    expect(heard).toEqual([{ kind: 'throttled', retryAfterMs: 1_000, whose: 'account' }, { kind: 'exhausted' }])
  })
})

test('a value that TikTok would round reads back as it is sent', () => {
  const { capabilities } = adapterOn('http://127.0.0.1:1')
  expect(capabilities.normalise('daily-budget', euros('110.559'))).toEqual(euros('110.55'))
  expect(capabilities.normalise('target-roas', { kind: 'ratio', value: 2.756 })).toEqual({ kind: 'ratio', value: 2.76 })
})
