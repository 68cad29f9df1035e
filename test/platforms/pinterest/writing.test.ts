import { afterEach, describe, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import type { Lever, LeverChange } from '../../../lib/model/lever.ts'
import type { LimitedRequest } from '../../../lib/ports/limiter.ts'
import { type Instant, later } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  adapterOn,
  adGroupJson,
  budgetTo,
  type Call,
  campaignJson,
  entitiesReply,
  eur,
  lever,
  NOW,
  pause,
  type Stub,
  startStub,
} from './stub.ts'

const open: Stub[] = []
afterEach(() => {
  for (const stub of open.splice(0)) stub.close()
})

const OWN = { is_campaign_budget_optimization: false, daily_spend_cap: null }
const DAILY = { budget_type: 'DAILY', budget_in_micro_currency: 5_000_000 }
const GOAL = {
  conversion_tag_v3_goal_metadata: {
    attribution_windows: { click_window_days: 30, engagement_window_days: 30, view_window_days: 1 },
    conversion_event: 'CHECKOUT',
    conversion_tag_id: '2617998078212',
    cpa_goal_value_in_micro_currency: '9000000',
  },
  frequency_goal_metadata: { frequency: 3 },
}
const ENTITIES = entitiesReply(
  [
    ...Array.from({ length: 40 }, (_, n) => campaignJson(String(101 + n))),
    campaignJson('2', OWN),
    campaignJson('3', { daily_spend_cap: null, lifetime_spend_cap: 900_000_000 }),
    campaignJson('4', {
      bid_options: { app_type_multipliers: { ipad: 0.5, iphone: 2, android_mobile: 2, web_mobile: 2 } },
    }),
  ],
  [
    adGroupJson('21', '2', DAILY),
    adGroupJson('22', '2', { bid_strategy_type: 'MAX_BID', bid_in_micro_currency: 400_000 }),
    adGroupJson('23', '2', { bid_strategy_type: 'TARGET_AVG', optimization_goal_metadata: GOAL }),
    adGroupJson('24', '2'),
  ],
)

type Item = Readonly<Record<string, unknown>>
const itemsOf = (call: Call): readonly Item[] => JSON.parse(call.body)
const applied = ({ id }: Item) => ({ data: { id }, exceptions: [] })
const allApplied = (call: Call): Reply => ({ json: { items: itemsOf(call).map(applied) } })
const exception = (code: number, message = 'no') => ({ exceptions: [{ code, message }] })

async function stubOn(patched: (call: Call, nth: number) => Reply, read = ENTITIES): Promise<Stub> {
  let writes = 0
  const stub = await startStub((call) => {
    if (call.method !== 'PATCH') return read(call)
    writes += 1
    return patched(call, writes)
  })
  open.push(stub)
  return stub
}
const patches = (stub: Stub) => stub.calls.filter(({ method }) => method === 'PATCH')
const writer = (stub: Stub) => adapterOn(stub.origin).writer
const kinds = (results: readonly WriteResult[]) =>
  results.map((result) => (result.kind === 'refused' ? result.failure.kind : result.kind))

/** Writes of campaign budgets 101, 102, …, each to a cent amount of its own. */
const campaignBudgets = (count: number): readonly LeverChange[] =>
  Array.from({ length: count }, (_, n) => budgetTo(String(101 + n), 15_000_000n + 10_000n * BigInt(n)))
const toMoney = (one: Lever, micros: bigint): LeverChange => ({
  lever: one,
  from: { kind: 'money', amount: eur(1n) },
  to: { kind: 'money', amount: eur(micros) },
})
const toRatio = (one: Lever, value: number): LeverChange => ({
  lever: one,
  from: { kind: 'ratio', value: 1 },
  to: { kind: 'ratio', value },
})

describe('a change is written as', () => {
  test.each<[string, LeverChange, string, Item]>([
    [
      'the daily cap of a campaign that optimises its budget',
      budgetTo('101', 12_345_678n),
      '/campaigns',
      { id: '101', ad_account_id: ACCOUNT.id, daily_spend_cap: 12_340_000 },
    ],
    [
      'its lifetime cap',
      toMoney(lever('lifetime-budget', 'budget', '3'), 800_000_000n),
      '/campaigns',
      { id: '3', ad_account_id: ACCOUNT.id, lifetime_spend_cap: 800_000_000 },
    ],
    [
      'the budget of an ad group',
      budgetTo('21', 6_000_000n),
      '/ad_groups',
      { id: '21', budget_in_micro_currency: 6_000_000 },
    ],
    [
      'a bid',
      toMoney(lever('bid', 'ad-group', '22'), 350_000n),
      '/ad_groups',
      { id: '22', bid_in_micro_currency: 350_000 },
    ],
    [
      'a CPA goal, with all else of the goal as it stands',
      toMoney(lever('target-cpa', 'ad-group', '23'), 8_500_000n),
      '/ad_groups',
      {
        id: '23',
        optimization_goal_metadata: {
          ...GOAL,
          conversion_tag_v3_goal_metadata: {
            ...GOAL.conversion_tag_v3_goal_metadata,
            cpa_goal_value_in_micro_currency: '8500000',
          },
        },
      },
    ],
    [
      'the multipliers of all app types, of which those of the device change',
      toRatio(lever('bid-multiplier', 'campaign', '4', { device: 'mobile' }), 1.25),
      '/campaigns',
      {
        id: '4',
        ad_account_id: ACCOUNT.id,
        bid_options: {
          update_mask: ['APP_TYPE'],
          app_type_multipliers: { ipad: 0.5, iphone: 1.25, android_mobile: 1.25, web_mobile: 1.25 },
        },
      },
    ],
    [
      'a pause of a campaign',
      pause('campaign', '101'),
      '/campaigns',
      { id: '101', ad_account_id: ACCOUNT.id, status: 'PAUSED' },
    ],
    ['a pause of an ad group', pause('ad-group', '21'), '/ad_groups', { id: '21', status: 'PAUSED' }],
  ])('%s', async (_name, change, path, item) => {
    const stub = await stubOn(allApplied)
    expect(await writer(stub).apply(ACCOUNT, [change])).toEqual([{ kind: 'applied' }])
    expect(patches(stub).map((call) => [call.path, itemsOf(call)])).toEqual([
      [`/v5/ad_accounts/${ACCOUNT.id}${path}`, [item]],
    ])
  })

  test('a pause, without anything being read before', async () => {
    const stub = await stubOn(allApplied, () => ({ status: 500, json: {} }))
    expect(await writer(stub).apply(ACCOUNT, [budgetTo('101', 1_000_000n), pause('campaign', '102')])).toMatchObject([
      { kind: 'refused', failure: { kind: 'transient' } },
      { kind: 'applied' },
    ])
    expect(patches(stub)).toHaveLength(1)
  })
})

describe('a change is not sent', () => {
  const usd: LeverChange = {
    ...budgetTo('101', 1n),
    to: { kind: 'money', amount: money(1_000_000n, currency('USD')) },
  }
  const roas = toRatio(lever('target-roas', 'ad-group', '24'), 3)
  test.each<[string, LeverChange, string]>([
    ['in another currency', usd, 'the account is in EUR, and the amount in USD'],
    ['of less than a cent', budgetTo('101', 9_999n), 'pause instead'],
    ['of a budget that nothing holds', budgetTo('77', 1_000_000n), '77 holds no budget'],
    ['of a budget of the other period', budgetTo('3', 1_000_000n), 'is a lifetime budget'],
    [
      'of a campaign’s budget on the campaign',
      toMoney(lever('daily-budget', 'campaign', '101'), 1_000_000n),
      'sits on a budget',
    ],
    ['of a target ROAS', roas, 'without a target ROAS'],
    [
      'of a CPA goal where there is none',
      toMoney(lever('target-cpa', 'ad-group', '24'), 1_000_000n),
      'has no CPA goal',
    ],
    [
      'of a multiplier below a tenth',
      toRatio(lever('bid-multiplier', 'campaign', '4', { device: 'mobile' }), 0.09),
      'not from 0.1',
    ],
    [
      'of a multiplier that is no number',
      toRatio(lever('bid-multiplier', 'campaign', '4', { device: 'mobile' }), Number.NaN),
      'not from',
    ],
    ['of a multiplier by nothing', toRatio(lever('bid-multiplier', 'campaign', '4'), 1), 'no multipliers for places'],
    ['of something without an id of Pinterest’s', pause('campaign', '1/../2'), 'is not an id'],
  ])('%s', async (_name, change, why) => {
    const stub = await stubOn(allApplied)
    expect(await writer(stub).apply(ACCOUNT, [change])).toMatchObject([
      { kind: 'refused', failure: { kind: 'rejected', detail: expect.stringContaining(why) } },
    ])
    expect(patches(stub)).toEqual([])
  })

  test('after its deadline', async () => {
    const stub = await stubOn(allApplied)
    const results = await writer(stub).apply(ACCOUNT, [pause('campaign', '1')], later(NOW, -1) as Instant)
    expect(kinds(results)).toEqual(['transient'])
    expect(patches(stub)).toEqual([])
  })
})

describe('a request', () => {
  test('has at most 30 entities of one level, each of them once, in their order', async () => {
    const stub = await stubOn(allApplied)
    const changes = [
      ...campaignBudgets(35),
      budgetTo('21', 6_000_000n),
      pause('ad-group', '21'),
      pause('ad-group', '22'),
    ]
    const results = await writer(stub).apply(ACCOUNT, changes)
    expect(new Set(kinds(results))).toEqual(new Set(['applied']))
    expect(patches(stub).map((call) => [call.path.split('/').at(-1), itemsOf(call).length])).toEqual([
      ['campaigns', 30],
      ['campaigns', 5],
      ['ad_groups', 1],
      ['ad_groups', 2],
    ])
  })

  test('with a cut or a pause in it is urgent, with all that is read for it', async () => {
    const stub = await stubOn(allApplied)
    const uses: LimitedRequest[] = []
    const limiter = { admit: async (request: LimitedRequest) => void uses.push(request), heard: async () => {} }
    const { writer: limited } = adapterOn(stub.origin, { limiter })
    await limited.apply(ACCOUNT, [budgetTo('101', 1_000_000n)])
    await limited.apply(ACCOUNT, [budgetTo('101', 30_000_000n), budgetTo('102', 30_000_000n)])
    expect(uses.filter(({ kind }) => kind === 'ads_write').map(({ use }) => use)).toEqual(['urgent', 'write'])
    expect(uses.slice(0, 3).every(({ use }) => use === 'urgent')).toBe(true)
  })

  test('leaves out what a look says is not to be sent any more', async () => {
    const stub = await stubOn(allApplied)
    const look = async () => (one: Lever) => (one.id === '133' ? 'frozen' : undefined)
    const results = await writer(stub).apply(ACCOUNT, campaignBudgets(35), undefined, look)
    expect(results[32]).toEqual({ kind: 'refused', failure: { kind: 'transient', detail: 'not sent: frozen' } })
    expect(patches(stub).map((call) => itemsOf(call).length)).toEqual([30, 4])
  })
})

describe('an answer with success in some items and failure in others', () => {
  const COUNT = 4
  const sets = Array.from({ length: 2 ** COUNT }, (_, bits) =>
    Array.from({ length: COUNT }, (_unused, place) => ((bits >> place) & 1) === 1),
  )
  test.each(sets)('is told apart in every position: %s %s %s %s failed', async (...failed) => {
    const items = (call: Call) => itemsOf(call).map((item, place) => (failed[place] ? exception(1) : applied(item)))
    const stub = await stubOn((call) => ({ json: { items: items(call) } }))
    const results = await writer(stub).apply(ACCOUNT, campaignBudgets(COUNT))
    expect(kinds(results)).toEqual(failed.map((one) => (one ? 'rejected' : 'applied')))
  })

  test.each(sets)('is told apart by ids, whatever the order: %s %s %s %s failed', async (...failed) => {
    const items = (call: Call) =>
      itemsOf(call)
        .map((item, place) => (failed[place] ? { data: { id: item.id }, ...exception(1) } : applied(item)))
        .toReversed()
    const stub = await stubOn((call) => ({ json: { items: items(call) } }))
    const results = await writer(stub).apply(ACCOUNT, campaignBudgets(COUNT))
    expect(kinds(results)).toEqual(failed.map((one) => (one ? 'rejected' : 'applied')))
  })
})

describe('what became of three changes', () => {
  const ok = (id: string) => ({ data: { id }, exceptions: [] })
  test.each<[string, unknown, readonly string[]]>([
    ['is unknown where the answer has no items', {}, ['unknown', 'unknown', 'unknown']],
    [
      'is unknown where it has too few and no id of theirs',
      { items: [exception(1)] },
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'is known of those that are named, in another order',
      { items: [ok('103'), ok('101')] },
      ['applied', 'unknown', 'applied'],
    ],
    [
      'is unknown of an item without an id where the places cannot be trusted',
      { items: [ok('102'), exception(1), ok('103')] },
      ['unknown', 'applied', 'applied'],
    ],
    [
      'is unknown of one that is named twice',
      { items: [ok('101'), ok('101'), ok('102')] },
      ['unknown', 'applied', 'unknown'],
    ],
    ['is unknown of a stranger’s', { items: [ok('999'), ok('102'), ok('103')] }, ['unknown', 'applied', 'applied']],
    [
      'is unknown of an item that says nothing',
      { items: [{}, ok('102'), ok('103')] },
      ['unknown', 'applied', 'applied'],
    ],
    [
      'is unknown of an exception without a code',
      { items: [{ data: { id: '101' }, exceptions: [{}] }, ok('102'), ok('103')] },
      ['unknown', 'applied', 'applied'],
    ],
    [
      'is unknown of one that is named twice, once with exceptions that cannot be read',
      { items: [ok('101'), { data: { id: '101' }, exceptions: 'failed' }, ok('102')] },
      ['unknown', 'applied', 'unknown'],
    ],
    [
      'is unknown of exceptions that are a text or a number',
      { items: [{ data: { id: '101' }, exceptions: 'failed' }, { data: { id: '102' }, exceptions: 0 }, ok('103')] },
      ['unknown', 'unknown', 'applied'],
    ],
    [
      'is applied where exceptions are null or not there',
      {
        items: [
          { data: { id: '101' }, exceptions: null },
          { data: { id: '102' } },
          { data: { id: 103 }, exceptions: [] },
        ],
      },
      ['applied', 'applied', 'applied'],
    ],
    [
      'is refused where the exception is one object',
      { items: [{ data: { id: '101' }, exceptions: { code: 8, message: '' } }, ok('102'), ok('103')] },
      ['rate-limited', 'applied', 'applied'],
    ],
  ])('%s', async (_name, json, expected) => {
    const stub = await stubOn(() => ({ json }))
    expect(kinds(await writer(stub).apply(ACCOUNT, campaignBudgets(3)))).toEqual(expected)
  })

  test.each<[string, Reply, string]>([
    ['is unknown when the answer is lost', { fault: 'drop' }, 'unknown'],
    ['is unknown when it is cut', { fault: 'cut' }, 'unknown'],
    ['is unknown when it is no JSON', { text: '<html>' }, 'unknown'],
    ['is unknown after an error of Pinterest’s own', { status: 500, json: { code: 500, message: '' } }, 'unknown'],
    ['is unknown after another success than 200', { status: 202, json: {} }, 'unknown'],
    ['is refused without permission', { status: 403, json: { code: 29, message: '' } }, 'unauthorised'],
    ['is refused when throttled', { status: 429, json: { code: 8, message: '' } }, 'rate-limited'],
  ])('%s', async (_name, reply, kind) => {
    const stub = await stubOn(() => reply)
    expect(kinds(await writer(stub).apply(ACCOUNT, campaignBudgets(3)))).toEqual([kind, kind, kind])
    expect(patches(stub)).toHaveLength(1)
  })

  test.each([
    ['with an error of Pinterest’s', { json: { code: 2, message: '' } }],
    ['with a gateway’s page', { text: '<html>' }],
  ])('is refused when the token was, and was again: 401 %s', async (_name, body) => {
    const stub = await stubOn(() => ({ status: 401, ...body }))
    expect(kinds(await writer(stub).apply(ACCOUNT, campaignBudgets(3)))).toEqual(Array(3).fill('unauthorised'))
    expect(patches(stub)).toHaveLength(2)
  })

  test('that nobody listened to is that they were not sent', async () => {
    const stub = await stubOn(allApplied)
    stub.close()
    expect(kinds(await writer(stub).apply(ACCOUNT, [pause('campaign', '1')]))).toEqual(['transient'])
  })
})

describe('a request that is refused as a whole', () => {
  test('for what one of its items is, is tried with each item alone by the next turn', async () => {
    const isBad = ({ id }: Item) => id === '102'
    const stub = await stubOn((call) =>
      itemsOf(call).some(isBad) ? { status: 400, json: { code: 1, message: 'bad' } } : allApplied(call),
    )
    const { apply } = writer(stub)
    const first = await apply(ACCOUNT, campaignBudgets(3))
    expect(first).toMatchObject([
      {
        kind: 'refused',
        failure: {
          kind: 'transient',
          detail: 'HTTP 400, 1: bad, for one of 3 items: each goes alone next time',
        },
      },
      { kind: 'refused' },
      { kind: 'refused' },
    ])
    expect(kinds(await apply(ACCOUNT, campaignBudgets(3)))).toEqual(['applied', 'rejected', 'applied'])
    expect(patches(stub).map((call) => itemsOf(call).length)).toEqual([3, 1, 1, 1])
  })

  test('by throttling ends the run, and what was not sent says so', async () => {
    const stub = await stubOn((call, nth) =>
      nth === 1 ? { status: 429, json: { code: 8, message: '' } } : allApplied(call),
    )
    const results = await writer(stub).apply(ACCOUNT, campaignBudgets(35))
    expect(new Set(kinds(results))).toEqual(new Set(['rate-limited']))
    expect(patches(stub)).toHaveLength(1)
  })

  test('never brings a credential into its results', async () => {
    const stub = await stubOn(() => ({ json: { items: [exception(1, 'token pina_testtoken0123456789 no')] } }))
    const [result] = await writer(stub).apply(ACCOUNT, [pause('campaign', '101')])
    expect(result).toEqual({
      kind: 'refused',
      failure: { kind: 'rejected', code: '1', detail: '1: token [redacted] no' },
    })
  })
})
