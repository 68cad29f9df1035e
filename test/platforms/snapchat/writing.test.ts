import { afterEach, describe, expect, test } from 'vitest'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import { fullObjectBody, patchBody } from '../../../lib/platforms/snapchat/full-object.ts'
import { writeResult } from '../../../lib/platforms/snapchat/write-result.ts'
import { currency, fromDecimal, money } from '../../../lib/units/money.ts'
import { uuid } from '../../playground/snapchat/client.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  adapterOn,
  type Call,
  campaignFields,
  EUR,
  envelope,
  euros,
  lever,
  type Stub,
  snapError,
  squadFields,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub?.close())

type Write = (call: Call) => Reply | undefined

/** Campaign 11 with ad squads, campaign 12 with a smart budget; `write` answers what is no GET. */
async function adapter(write: Write, squad: object = {}, campaign: object = {}) {
  stub = await startStub((call) => {
    if (call.method !== 'GET') return write(call)
    if (call.path === `adsquads/${uuid(21)}`)
      return { json: envelope('adsquads', 'adsquad', [squadFields(21, 11, squad)]) }
    if (call.path === `adsquads/${uuid(23)}`)
      return { json: envelope('adsquads', 'adsquad', [squadFields(23, 12, BY_BID)]) }
    if (call.path === `campaigns/${uuid(11)}`)
      return { json: envelope('campaigns', 'campaign', [campaignFields(11, campaign)]) }
    return call.path === `campaigns/${uuid(12)}` ? { json: envelope('campaigns', 'campaign', [SMART]) } : undefined
  })
  return adapterOn(stub.origin)
}
const BY_BID = { bid_strategy: 'LOWEST_COST_WITH_MAX_BID', bid_micro: 1_000_000 }
const SMART = campaignFields(12, { pacing_level: 'CAMPAIGN', daily_budget_micro: 100_000_000 })
const done: Write = ({ path }) =>
  path.includes('/adsquads')
    ? { json: envelope('adsquads', 'adsquad', [squadFields(path.includes(uuid(23)) ? 23 : 21, 11)]) }
    : { json: envelope('campaigns', 'campaign', [campaignFields(path.endsWith(uuid(12)) ? 12 : 11)]) }
const writes = () => stub.calls.filter(({ method }) => method !== 'GET')

async function apply(of: Lever, to: LeverValue, write: Write = done, squad: object = {}, campaign: object = {}) {
  const { writer } = await adapter(write, squad, campaign)
  const [result] = await writer.apply(ACCOUNT, [{ lever: of, from: to.kind === 'money' ? euros('40') : to, to }])
  return result
}

describe('a write is a patch of one field', () => {
  test.each([
    [lever(21), euros('45'), `campaigns/${uuid(11)}/adsquads/${uuid(21)}`, 'daily_budget_micro', 45_000_000, {}],
    [
      lever(21, { kind: 'lifetime-budget' }),
      euros('45'),
      `campaigns/${uuid(11)}/adsquads/${uuid(21)}`,
      'lifetime_budget_micro',
      45_000_000,
      { daily_budget_micro: null, lifetime_budget_micro: 40_000_000 },
    ],
    [lever(12), euros('120'), `adaccounts/${ACCOUNT.id}/campaigns/${uuid(12)}`, 'daily_budget_micro', 120_000_000, {}],
    [
      lever(21, { kind: 'target-cpa', entity: 'ad-group' }),
      euros('13'),
      `campaigns/${uuid(11)}/adsquads/${uuid(21)}`,
      'bid_micro',
      13_000_000,
      { bid_strategy: 'TARGET_COST' },
    ],
    [
      lever(21, { kind: 'bid', entity: 'ad-group' }),
      euros('0.87'),
      `campaigns/${uuid(11)}/adsquads/${uuid(21)}`,
      'bid_micro',
      870_000,
      { bid_strategy: 'LOWEST_COST_WITH_MAX_BID' },
    ],
    [
      lever(11, { kind: 'status', entity: 'campaign' }),
      { kind: 'status', status: 'paused' } as const,
      `adaccounts/${ACCOUNT.id}/campaigns/${uuid(11)}`,
      'status',
      'PAUSED',
      {},
    ],
  ])('%o to %o', async (of, to, path, field, value, squad) => {
    expect(await apply(of, to, done, squad)).toEqual({ kind: 'applied' })
    expect(writes()).toMatchObject([{ method: 'PATCH', path, type: 'application/json-patch+json' }])
    expect(JSON.parse(writes()[0]?.body ?? '')).toEqual([{ op: 'replace', path: `/${field}`, value }])
  })

  test('amounts are rounded down to a hundredth, and never lose a digit', () => {
    expect(patchBody({ field: 'daily_budget_micro', value: 9_007_199_254_740_993n })).toBe(
      '[{"op":"replace","path":"/daily_budget_micro","value":9007199254740993}]',
    )
  })

  test('a part of a hundredth is dropped', async () => {
    await apply(lever(21), { kind: 'money', amount: money(45_009_999n, EUR) })
    expect(JSON.parse(writes()[0]?.body ?? '')[0].value).toBe(45_000_000)
  })
})

describe('refused, and nothing is sent', () => {
  const paused = { kind: 'status', status: 'paused' } as const
  const smartSquad = lever(23, { kind: 'bid', entity: 'ad-group' })
  test.each([
    ['a budget of a campaign that has only a cap', lever(11), euros('50'), {}, { daily_budget_micro: 60_000_000 }],
    ['a budget of an ad squad under a smart budget', lever(23), euros('50'), {}, {}],
    ['a bid of an ad squad under a smart budget', smartSquad, euros('5'), {}, {}],
    ['a lifetime budget where a daily one is', lever(21, { kind: 'lifetime-budget' }), euros('50'), {}, {}],
    ['a budget on a campaign', lever(21, { entity: 'campaign' }), euros('50'), {}, {}],
    ['a target where there is none', lever(21, { kind: 'target-cpa', entity: 'ad-group' }), euros('5'), {}, {}],
    ['a ROAS', lever(21, { kind: 'target-roas', entity: 'ad-group' }), { kind: 'ratio', value: 3 } as const, {}, {}],
    [
      'a multiplier',
      lever(11, { kind: 'bid-multiplier', entity: 'campaign' }),
      { kind: 'ratio', value: 2 } as const,
      {},
      {},
    ],
    ['a status of a budget', lever(21, { kind: 'status' }), paused, {}, {}],
    ['an ad squad that is a campaign', lever(12, { kind: 'status', entity: 'ad-group' }), paused, {}, {}],
    ['a ratio for a budget', lever(21), { kind: 'ratio', value: 3 } as const, {}, {}],
    ['nothing', lever(21), euros('0.009'), {}, {}],
    ['another currency', lever(21), { kind: 'money', amount: fromDecimal('5', currency('USD')) } as const, {}, {}],
    ['a budget that is bought in advance', lever(21), euros('50'), {}, { buy_model: 'RESERVED' }],
    ['what is gone', lever(99), euros('50'), {}, {}],
    ['an id that is a path', lever(21, { id: '../me' }), euros('50'), {}, {}],
  ])('%s', async (_, of, to, squad, campaign) => {
    const result = await apply(of, to, done, squad, campaign)
    expect(result).toMatchObject({ kind: 'refused', failure: { kind: 'rejected' } })
    expect(writes()).toEqual([])
  })

  test('a bid beyond what its currency may have', async () => {
    const target = lever(21, { kind: 'target-cpa', entity: 'ad-group' })
    const result = await apply(target, euros('100.01'), done, { bid_strategy: 'TARGET_COST' })
    expect(result).toMatchObject({ failure: { detail: expect.stringContaining('between 10000 and 100000000') } })
  })

  test('but a pause needs no currency, and of a campaign nothing read at all', async () => {
    expect(await apply(lever(11, { kind: 'status', entity: 'campaign' }), paused)).toEqual({ kind: 'applied' })
    expect(stub.calls.map(({ method }) => method)).toEqual(['PATCH'])
    stub.close()
    const adSquad = lever(21, { kind: 'status', entity: 'ad-group' })
    expect(await apply(adSquad, paused, done, {}, { buy_model: 'RESERVED' })).toEqual({ kind: 'applied' })
    expect(stub.calls.map(({ path }) => path)).not.toContain(`adaccounts/${ACCOUNT.id}`)
  })
})

describe('what became of a write', () => {
  const item = (status: string, reason?: string) => ({
    json: {
      request_status: 'SUCCESS',
      adsquads: [{ sub_request_status: status, sub_request_error_reason: reason, adsquad: squadFields(21, 11) }],
    },
  })
  const other = envelope('adsquads', 'adsquad', [squadFields(22, 11)])
  const two = envelope('adsquads', 'adsquad', [squadFields(21, 11), squadFields(22, 11)])

  test.each([
    [item('SUCCESS'), 'applied'],
    [item('success'), 'applied'],
    [item('ERROR', 'E2023: Immutable'), 'refused rejected E2023'],
    [item('FAILURE', 'too low'), 'refused rejected sub-request'],
    [item('ERROR'), 'refused rejected sub-request'],
    [item('PENDING'), 'unknown'],
    [{ json: snapError('E1001') }, 'refused rejected E1001'],
    [{ status: 400, json: snapError('E2023') }, 'refused rejected E2023'],
    [{ status: 404, json: snapError('E3003') }, 'refused rejected E3003'],
    [{ status: 403, json: snapError('E1003') }, 'refused unauthorised'],
    [{ status: 429, text: 'slow' }, 'refused rate-limited'],
    [{ status: 429, text: 'slow', headers: { 'retry-after': '3' } }, 'refused rate-limited'],
    [{ status: 500, text: '' }, 'unknown'],
    [{ status: 503, json: snapError('E1001') }, 'unknown'],
    [{ status: 200, text: '{"request_sta' }, 'unknown'],
    [{ json: { request_status: 'SUCCESS' } }, 'unknown'],
    [{ json: { request_status: 'SUCCESS', adsquads: [] } }, 'unknown'],
    [{ json: { ...envelope('adsquads', 'adsquad', [squadFields(21, 11)]), request_status: 'ERROR' } }, 'unknown'],
    [{ json: { ...envelope('adsquads', 'adsquad', [squadFields(21, 11)]), request_status: 'PENDING' } }, 'unknown'],
    [{ json: { ...envelope('adsquads', 'adsquad', [squadFields(21, 11)]), request_status: undefined } }, 'unknown'],
    [{ json: other }, 'unknown'],
    [{ json: two }, 'unknown'],
    [{ status: 202, json: envelope('adsquads', 'adsquad', [squadFields(21, 11)]) }, 'unknown'],
    [{ fault: 'drop' }, 'unknown'],
    [{ fault: 'cut' }, 'unknown'],
  ] as const)('%o: %s', async (reply, outcome) => {
    const result = await apply(lever(21), euros('45'), () => reply as Reply)
    const said =
      result?.kind === 'refused'
        ? ['refused', result.failure.kind, 'code' in result.failure ? result.failure.code : ''].join(' ').trim()
        : result?.kind
    expect(said).toBe(outcome)
    expect(writes()).toHaveLength(1)
  })

  test('a server that nobody listens at was told nothing', () => {
    const sent = { answer: { kind: 'unsent', detail: 'ECONNREFUSED' } as const, redact: (text: string) => text }
    expect(writeResult(sent, 'adsquads', 'adsquad', uuid(21))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'transient' },
    })
  })
})

describe('where a patch is refused as such', () => {
  const RAW = `{"request_status":"SUCCESS","adsquads":[{"sub_request_status":"SUCCESS","adsquad":{"id":"${uuid(21)}",
    "campaign_id":"${uuid(11)}","name":"Ad squad 21","status":"ACTIVE","bid_strategy":"AUTO_BID","daily_budget_micro":40000000,
    "targeting":{"segments":[{"segment_id":[5052756160240353981]}]},"share":0.10000000000000000001,"unheard_of":null}}]}`

  const fallback = async (
    code: string,
    read: string = RAW,
    put: Reply = { json: envelope('adsquads', 'adsquad', [squadFields(21, 11)]) },
  ) => {
    stub = await startStub(({ method, path }) => {
      if (method === 'PATCH') return { status: 400, json: snapError(code) }
      if (method === 'PUT') return put
      if (path === `adsquads/${uuid(21)}`) return { text: read }
      return path === `campaigns/${uuid(11)}`
        ? { json: envelope('campaigns', 'campaign', [campaignFields(11)]) }
        : undefined
    })
    const change = { lever: lever(21), from: euros('40'), to: euros('45') }
    return (await adapterOn(stub.origin).writer.apply(ACCOUNT, [change]))[0]
  }

  test.each(['E1165', 'E1166'])(
    '%s: the object goes whole, read a moment before, with every digit but of the one field',
    async (code) => {
      expect(await fallback(code)).toEqual({ kind: 'applied' })
      expect(writes().map(({ method, path }) => [method, path])).toEqual([
        ['PATCH', `campaigns/${uuid(11)}/adsquads/${uuid(21)}`],
        ['PUT', `campaigns/${uuid(11)}/adsquads`],
      ])
      expect(writes()[1]?.type).toBe('application/json')
      const [, whole = ''] = /"adsquad":(\{[\s\S]*\})\}\]\}$/.exec(RAW) ?? []
      const sent = writes()[1]?.body ?? ''
      expect(sent).toBe(`{"adsquads":[${whole.replaceAll(/\n\s+/g, '').replace('40000000', '45000000')}]}`)
      // Read again for it, and not taken from what was read before the patch.
      expect(stub.calls.filter(({ path }) => path === `adsquads/${uuid(21)}`)).toHaveLength(2)
    },
  )

  test.each<[string, Reply]>([
    ['405 of a gateway', { status: 405, text: '<html>Method Not Allowed</html>' }],
    ['405 without a body', { status: 405, text: '' }],
    ['405 with an envelope', { status: 405, json: snapError('E9999') }],
    ['415 with JSON of its own', { status: 415, json: { status: 415 } }],
    [
      '415 that lists the entity as failed',
      {
        status: 415,
        json: { request_status: 'ERROR', campaigns: [{ sub_request_status: 'ERROR', sub_request_error_reason: 'no' }] },
      },
    ],
  ])('%s: a pause gets through as the full object', async (_, refusal) => {
    const paused = { json: envelope('campaigns', 'campaign', [campaignFields(11, { status: 'PAUSED' })]) }
    const pause = { kind: 'status', status: 'paused' } as const
    const of = lever(11, { kind: 'status', entity: 'campaign' })
    expect(await apply(of, pause, ({ method }) => (method === 'PATCH' ? refusal : paused))).toEqual({ kind: 'applied' })
    expect(writes().map(({ method }) => method)).toEqual(['PATCH', 'PUT'])
    expect(JSON.parse(writes()[1]?.body ?? '')).toEqual({ campaigns: [campaignFields(11, { status: 'PAUSED' })] })
  })

  test.each([405, 415])('%i of the full object too is refused, and nothing else is tried', async (status) => {
    expect(await apply(lever(21), euros('45'), () => ({ status, text: '' }))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'rejected', code: `HTTP ${status}` },
    })
    expect(writes().map(({ method }) => method)).toEqual(['PATCH', 'PUT'])
  })

  test('405 beside a success of the entity is unknown, and no full object goes after it', async () => {
    const json = envelope('adsquads', 'adsquad', [squadFields(21, 11)])
    expect(await apply(lever(21), euros('45'), () => ({ status: 405, json }))).toMatchObject({ kind: 'unknown' })
    expect(writes()).toHaveLength(1)
  })

  test.each(['E2023', 'E1001', 'E3003'])('%s: it stays refused', async (code) => {
    expect(await fallback(code)).toMatchObject({ kind: 'refused', failure: { code } })
    expect(writes()).toHaveLength(1)
  })

  test('what becomes of the full object is told as it is', async () => {
    expect(await fallback('E1165', RAW, { fault: 'drop' })).toMatchObject({ kind: 'unknown' })
    stub.close()
    expect(await fallback('E1165', RAW, { status: 429, text: '' })).toMatchObject({ failure: { kind: 'rate-limited' } })
  })

  test.each([
    ['of another entity', RAW.replace(`"id":"${uuid(21)}"`, `"id":"${uuid(22)}"`)],
    ['without the field', RAW.replace('"daily_budget_micro":40000000,', '')],
    ['of two', RAW.replace('"adsquads":[', '"adsquads":[{},')],
    ['that is none', '{"adsquads":{}}'],
    ['that is no JSON', '<html>'],
  ])('an object %s is not sent', (_, text) => {
    const body = () =>
      fullObjectBody(text, 'adsquads', 'adsquad', uuid(21), { field: 'daily_budget_micro', value: 45_000_000n })
    expect(body).toThrow('unreadable')
  })
})

describe('a push', () => {
  test('has one result each, in order, and stops at what every further request would meet', async () => {
    const { writer } = await adapter(({ path }) =>
      path.endsWith(uuid(12)) ? { status: 429, text: '' } : done({ path } as Call),
    )
    const changes = [lever(21), lever(12), lever(11, { kind: 'status', entity: 'campaign' })].map((of) => ({
      lever: of,
      from: euros('40'),
      to: of.kind === 'status' ? ({ kind: 'status', status: 'paused' } as const) : euros('45'),
    }))
    expect(await writer.apply(ACCOUNT, changes)).toMatchObject([
      { kind: 'applied' },
      { kind: 'refused', failure: { kind: 'rate-limited', retryAfterMs: 10_000 } },
      { kind: 'refused', failure: { kind: 'rate-limited' } },
    ])
    expect(writes()).toHaveLength(2)
  })

  test('asks the limiter for every request, urgently for a cut, and tells it of a throttle', async () => {
    const asked: string[] = []
    const heard: string[] = []
    const { origin } = (await adapter(() => ({ status: 429, text: '' }))) && stub
    const { writer } = adapterOn(origin, {
      limiter: {
        admit: async ({ use, account }) => void asked.push(`${use} ${account === ACCOUNT.id}`),
        heard: async (_, { kind }) => void heard.push(kind),
      },
    })
    await writer.apply(ACCOUNT, [{ lever: lever(21), from: euros('40'), to: euros('30') }])
    expect(asked).toEqual(['urgent true', 'urgent true', 'urgent true', 'urgent true'])
    expect(heard).toEqual(['throttled'])
    await writer.apply(ACCOUNT, [{ lever: lever(21), from: euros('40'), to: euros('50') }])
    expect(asked.slice(4)).toEqual(['read true', 'write true'])
  })

  test('an announcement is refused: Snapchat cannot be told of one', async () => {
    const { writer, reader } = await adapter(done)
    const season = { kind: 'seasonality', name: 'x', from: 0, to: 1, conversionRateFactor: 2, campaigns: [] } as never
    expect(await writer.announce(ACCOUNT, season)).toMatchObject({ kind: 'refused', failure: { kind: 'rejected' } })
    expect(await reader.announcements(ACCOUNT)).toEqual([])
  })
})
