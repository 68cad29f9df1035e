import { afterEach, describe, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import type { Lever, LeverChange, LeverValue } from '../../../lib/model/lever.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import type { Reply } from '../stub-server.ts'
import { ACCOUNT, adapterOn, type Call, graphError, type Stub, startStub, TOKEN } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const amount = (text: string, of = 'USD'): LeverValue => ({ kind: 'money', amount: fromDecimal(text, currency(of)) })
const lever = (over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind: 'daily-budget',
  entity: 'budget',
  id: '20',
  ...over,
})
const change = (over: Partial<Lever> = {}, to = amount('20.00')): LeverChange => ({ lever: lever(over), from: to, to })
const posts = () => stub.calls.filter(({ method }) => method === 'POST')

/** Sends changes to an account in `of`, whose objects answer as told. */
async function apply(
  changes: readonly LeverChange[],
  answer: (call: Call) => Reply = () => ({ json: { success: true } }),
  of = 'USD',
): Promise<readonly WriteResult[]> {
  stub = await startStub((call) =>
    call.method === 'POST' ? answer(call) : { json: { currency: of, timezone_name: 'UTC' } },
  )
  return adapterOn(stub.origin, { requestTimeoutMs: 500 }).writer.apply(ACCOUNT, changes)
}

describe('what is sent', () => {
  test.each<{ name: string; over: Partial<Lever>; to: LeverValue; of?: string; body: object }>([
    { name: '$20.00 a day', over: {}, to: amount('20.00'), body: { daily_budget: '2000' } },
    { name: '¥5,000 a day', over: {}, to: amount('5000', 'JPY'), of: 'JPY', body: { daily_budget: '5000' } },
    { name: 'TWD 1,500 a day', over: {}, to: amount('1500', 'TWD'), of: 'TWD', body: { daily_budget: '1500' } },
    { name: 'BHD 20 a day', over: {}, to: amount('20', 'BHD'), of: 'BHD', body: { daily_budget: '2000' } },
    { name: 'a fraction of a cent, rounded down', over: {}, to: amount('20.009999'), body: { daily_budget: '2000' } },
    {
      name: 'a lifetime budget',
      over: { kind: 'lifetime-budget' },
      to: amount('900'),
      body: { lifetime_budget: '90000' },
    },
    {
      name: 'a target CPA',
      over: { kind: 'target-cpa', entity: 'ad-group' },
      to: amount('12.50'),
      body: { bid_amount: '1250' },
    },
    { name: 'a bid cap', over: { kind: 'bid', entity: 'ad-group' }, to: amount('3'), body: { bid_amount: '300' } },
    {
      name: 'a target ROAS of 250 %',
      over: { kind: 'target-roas', entity: 'ad-group' },
      to: { kind: 'ratio', value: 2.5 },
      body: { bid_constraints: '{"roas_average_floor":25000}' },
    },
    {
      name: 'a pause',
      over: { kind: 'status', entity: 'campaign' },
      to: { kind: 'status', status: 'paused' },
      body: { status: 'PAUSED' },
    },
    {
      name: 'its end',
      over: { kind: 'status', entity: 'ad-group' },
      to: { kind: 'status', status: 'active' },
      body: { status: 'ACTIVE' },
    },
  ])('$name', async ({ over, to, of, body }) => {
    expect(await apply([change(over, to)], undefined, of)).toEqual([{ kind: 'applied' }])
    const [post] = posts()
    expect(post?.path).toBe('/v25.0/20')
    expect(Object.fromEntries(post?.params ?? [])).toEqual(body)
    expect(post?.url).not.toContain(TOKEN)
  })

  test('each change is sent once, in order, and has its own result', async () => {
    const results = await apply([change({ id: '1' }), change({ id: '2' }), change({ id: '3' })], ({ path }) =>
      path.endsWith('/2') ? { status: 400, json: graphError(613, 1487632) } : { json: { success: true } },
    )
    expect(posts().map(({ path }) => path)).toEqual(['/v25.0/1', '/v25.0/2', '/v25.0/3'])
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'refused', 'applied'])
  })

  test('a pause needs no reading: it goes out even where the account cannot be read', async () => {
    await apply([change({ kind: 'status', entity: 'campaign' }, { kind: 'status', status: 'paused' })])
    expect(stub.calls.map(({ method }) => method)).toEqual(['POST'])
  })
})

describe('what is never sent', () => {
  test.each<{ name: string; changes: readonly LeverChange[]; says: RegExp }>([
    {
      name: 'a device multiplier',
      changes: [
        change({ kind: 'bid-multiplier', entity: 'campaign', device: 'mobile' }, { kind: 'ratio', value: 1.2 }),
      ],
      says: /no device, place or hour multipliers/,
    },
    {
      name: 'an amount in another currency',
      changes: [change({}, amount('20', 'EUR'))],
      says: /the account is in USD, and the amount in EUR/,
    },
    { name: 'an amount below the smallest unit', changes: [change({}, amount('0.009'))], says: /pause instead/ },
    { name: 'a negative amount', changes: [change({}, amount('-5'))], says: /less than one/ },
    {
      name: 'a ROAS of zero',
      changes: [change({ kind: 'target-roas', entity: 'ad-group' }, { kind: 'ratio', value: 0 })],
      says: /out of range/,
    },
    {
      name: "a campaign's target CPA",
      changes: [change({ kind: 'target-cpa', entity: 'campaign' })],
      says: /on the ad sets/,
    },
    {
      name: "another account's lever",
      changes: [change({ account: { ...ACCOUNT, id: '2002' as never } })],
      says: /account 2002/,
    },
    { name: 'an id that is a path', changes: [change({ id: '20/adsets' })], says: /not an id/ },
  ])('$name', async ({ changes, says }) => {
    expect(await apply(changes)).toMatchObject([
      { kind: 'refused', failure: { kind: 'rejected', detail: expect.stringMatching(says) } },
    ])
    expect(posts()).toEqual([])
  })

  test('a second value for the same lever', async () => {
    const results = await apply([change(), change({}, amount('30'))])
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'refused'])
    expect(posts()).toHaveLength(1)
  })
})

describe('what became of a write', () => {
  test.each<{ name: string; reply: Reply; result: object }>([
    { name: 'an explicit success is applied', reply: { json: { success: true } }, result: { kind: 'applied' } },
    { name: 'success false', reply: { json: { success: false } }, result: { kind: 'unknown' } },
    { name: 'an empty object', reply: { json: {} }, result: { kind: 'unknown' } },
    { name: 'null', reply: { json: null }, result: { kind: 'unknown' } },
    {
      name: 'success beside an error that cannot be read',
      reply: { json: { success: true, error: 'try later' } },
      result: { kind: 'unknown' },
    },
    {
      name: 'success beside an error that is null',
      reply: { json: { success: true, error: null } },
      result: { kind: 'applied' },
    },
    { name: 'a lost answer', reply: { fault: 'drop' }, result: { kind: 'unknown' } },
    { name: 'half an answer', reply: { json: { success: true }, fault: 'cut' }, result: { kind: 'unknown' } },
    { name: 'silence', reply: { fault: 'hang' }, result: { kind: 'unknown', detail: 'no answer within 500 ms' } },
    { name: 'no JSON', reply: { text: 'ok' }, result: { kind: 'unknown' } },
    {
      name: 'HTTP 500, error object or not',
      reply: { status: 500, json: graphError(100) },
      result: { kind: 'unknown' },
    },
    {
      name: "Meta's own trouble in the middle of it",
      reply: { status: 400, json: graphError(2) },
      result: { kind: 'unknown' },
    },
    {
      name: 'an unlisted error that calls itself transient',
      reply: { status: 400, json: graphError(99, 1, { is_transient: true }) },
      result: { kind: 'unknown' },
    },
    {
      name: 'a budget over a million',
      reply: { status: 400, json: graphError(100, 1885261) },
      result: { kind: 'refused', failure: { kind: 'rejected', code: '100/1885261' } },
    },
    {
      name: 'too many changes of this ad set',
      reply: { status: 400, json: graphError(613, 1487632) },
      result: { kind: 'refused', failure: { kind: 'entity-cooldown', retryAfterMs: 3_600_000 } },
    },
  ])('$name: $result.kind', async ({ reply, result }) => {
    expect(await apply([change()], () => reply)).toMatchObject([result])
    expect(posts()).toHaveLength(1)
  })

  test('a redirect is not followed, and may have been carried out', async () => {
    const elsewhere = await startStub(() => ({ json: { success: true } }))
    const results = await apply([change()], () => ({ status: 307, headers: { location: `${elsewhere.origin}/` } }))
    elsewhere.close()
    expect(results).toMatchObject([{ kind: 'unknown' }])
    expect(elsewhere.calls).toEqual([])
  })

  test('a refused connection was surely not carried out', async () => {
    stub = await startStub(() => ({ json: { currency: 'USD', timezone_name: 'UTC' } }))
    const { reader, writer } = adapterOn(stub.origin)
    await reader.live(ACCOUNT, [])
    stub.close()
    expect(await writer.apply(ACCOUNT, [change()])).toMatchObject([
      { kind: 'refused', failure: { kind: 'transient', detail: expect.stringContaining('ECONNREFUSED') } },
    ])
  })

  test('an account that cannot be read has its amounts refused unsent', async () => {
    stub = await startStub(() => ({ status: 400, json: graphError(190, 463) }))
    const { writer } = adapterOn(stub.origin)
    const results = await writer.apply(ACCOUNT, [change({ id: '1' }), change({ id: '2' })])
    expect(results).toMatchObject([{ failure: { kind: 'unauthorised' } }, { failure: { kind: 'unauthorised' } }])
    expect(posts()).toEqual([])
  })
})

describe('a row of writes', () => {
  const three = [change({ id: '1' }), change({ id: '2' }), change({ id: '3' })]

  test.each([
    { name: 'throttling', error: graphError(17, 2446079), kind: 'rate-limited' },
    { name: 'a refused token', error: graphError(190, 460), kind: 'unauthorised' },
  ])('ends at $name, which the rest would meet too', async ({ error, kind }) => {
    const results = await apply(three, ({ path }) =>
      path.endsWith('/1') ? { json: { success: true } } : { status: 400, json: error },
    )
    expect(results).toMatchObject([{ kind: 'applied' }, { failure: { kind } }, { failure: { kind } }])
    expect(posts()).toHaveLength(2)
  })

  test('ends after three lost answers, and refuses the rest unsent', async () => {
    const results = await apply([...three, change({ id: '4' })], () => ({ fault: 'drop' }))
    expect(results.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'refused'])
    expect(posts()).toHaveLength(3)
  })

  test('goes on after one lost answer', async () => {
    const results = await apply(three, ({ path }) =>
      path.endsWith('/2') ? { fault: 'drop' } : { json: { success: true } },
    )
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'unknown', 'applied'])
  })
})

describe('between two requests', () => {
  test('it is asked whether the next lever may still be sent, and what may not is refused unsent', async () => {
    stub = await startStub((call) =>
      call.method === 'POST' ? { json: { success: true } } : { json: { currency: 'USD', timezone_name: 'UTC' } },
    )
    const { writer } = adapterOn(stub.origin, { requestTimeoutMs: 500 })
    const sentAtLook: number[] = []
    const results = await writer.apply(
      ACCOUNT,
      ['20', '21', '22'].map((id) => change({ id })),
      undefined,
      async () => {
        sentAtLook.push(posts().length)
        return ({ id }) => (id === '21' ? 'campaign 21 is frozen' : undefined)
      },
    )
    expect(sentAtLook).toEqual([1, 1])
    expect(posts()).toHaveLength(2)
    expect(results).toEqual([
      { kind: 'applied' },
      { kind: 'refused', failure: { kind: 'transient', detail: 'not sent: campaign 21 is frozen' } },
      { kind: 'applied' },
    ])
  })
})
