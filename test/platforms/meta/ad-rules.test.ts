import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountRef, type CampaignId, portfolioId } from '../../../lib/model/account.ts'
import type { SpendStop } from '../../../lib/model/spend-stop.ts'
import { metaPlatform } from '../../../lib/platforms/meta/platform.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { dateAt, HOUR_MS, later, MINUTE_MS, timeZone } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal, money } from '../../../lib/units/money.ts'
import type { FaultPlan } from '../../../playground/faults.ts'
import { createMarket, type Market } from '../../../playground/market/market.ts'
import { readScenario } from '../../../playground/market/read-scenario.ts'
import { META_TWIN_CREDENTIALS, type MetaTwin, startMetaTwin } from '../../../playground/platforms/meta/server.ts'

const SCENARIO = readScenario('{ "extends": "steady", "name": "rules", "history": { "days": 2 } }', 'rules.json')
const ACCOUNT = accountRef('meta', '112233445566778')
const PORTFOLIO = portfolioId('eu-shop')
const usd = (amount: string) => fromDecimal(amount, currency('USD'))

let market: Market
let twin: MetaTwin
let meta: AdPlatform
let faults: FaultPlan
let campaigns: CampaignId[]

beforeEach(async () => {
  market = createMarket(SCENARIO, { seed: 1 })
  faults = () => undefined
  twin = await startMetaTwin({ world: market, faults: (call) => faults(call) })
  meta = metaPlatform({
    secrets: { read: async () => JSON.stringify(META_TWIN_CREDENTIALS) },
    secretName: 'meta',
    clock: market,
    endpoint: twin.baseUrl,
  })
  campaigns = [...market.account('meta', ACCOUNT.id)!.campaigns.keys()].toSorted() as CampaignId[]
})
afterEach(() => twin.close())

const stopOf = (change: Partial<SpendStop> = {}): SpendStop => ({
  portfolio: PORTFOLIO,
  campaigns,
  above: usd('3000'),
  ...change,
})
const keep = (stop: SpendStop, id?: string) => meta.writer.keepStop!(ACCOUNT, stop, id)
const read = () => meta.reader.spendStops!(ACCOUNT)

/** Somebody in Ads Manager, or another program. */
async function graph(method: 'GET' | 'POST' | 'DELETE', path: string, params: Record<string, string> = {}) {
  const body = new URLSearchParams({ ...params, access_token: META_TWIN_CREDENTIALS.accessToken })
  const url = `${twin.baseUrl}/v25.0/${path}`
  const answer = await (method === 'GET' ? fetch(`${url}?${body}`) : fetch(url, { method, body }))
  return (await answer.json()) as {
    data?: Record<string, unknown>[]
    error?: { message: string; error_user_msg?: string }
  }
}
const raw = async () =>
  (
    await graph('GET', `act_${ACCOUNT.id}/adrules_library`, {
      fields: 'id,name,status,evaluation_spec,execution_spec,schedule_spec',
    })
  ).data ?? []

describe('a rule that pauses by spend', () => {
  test('is written in Meta’s words and units, and reads back as it was meant', async () => {
    expect(await keep(stopOf())).toEqual({ kind: 'applied' })
    expect(await raw()).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        name: expect.stringMatching(/^Sluice eu-shop: dead-man's switch #[0-9a-f]{8}$/),
        status: 'ENABLED',
        evaluation_spec: {
          evaluation_type: 'SCHEDULE',
          filters: [
            { field: 'id', operator: 'IN', value: campaigns },
            { field: 'time_preset', operator: 'EQUAL', value: 'TODAY' },
            // 3,000 dollars in cents.
            { field: 'spent', operator: 'GREATER_THAN', value: 300_000 },
          ],
        },
        execution_spec: { execution_type: 'PAUSE' },
        schedule_spec: { schedule_type: 'SEMI_HOURLY' },
      },
    ])
    const { standing, stopped } = await read()
    expect(standing).toMatchObject([{ portfolio: PORTFOLIO, stop: stopOf() }])
    expect(stopped).toEqual([])
  })

  test('is rounded up to what Meta can store: a cap is never met from below', async () => {
    await keep(stopOf({ above: money(3_000_000_001n, currency('USD')) }))
    expect((await read()).standing[0]?.stop?.above).toEqual(usd('3000.01'))
    expect(meta.capabilities.spendStops!.bound(money(3_000_000_001n, currency('USD')))).toEqual(usd('3000.01'))
    expect(meta.capabilities.spendStops!.bound(money(3_000_000_001n, currency('JPY')))).toEqual(
      fromDecimal('3001', currency('JPY')),
    )
  })

  test('is replaced whole in its place, and removed', async () => {
    await keep(stopOf())
    const id = (await read()).standing[0]!.id
    expect(await keep(stopOf({ above: usd('500'), campaigns: campaigns.slice(1) }), id)).toEqual({ kind: 'applied' })
    expect((await read()).standing).toMatchObject([{ id, stop: { above: usd('500'), campaigns: campaigns.slice(1) } }])
    expect(await meta.writer.removeStop!(ACCOUNT, id)).toEqual({ kind: 'applied' })
    expect((await read()).standing).toEqual([])
    expect(await meta.writer.removeStop!(ACCOUNT, id)).toMatchObject({ kind: 'refused', failure: { kind: 'rejected' } })
  })

  test('of somebody else is not ours, whatever it does', async () => {
    await keep(stopOf())
    const { evaluation_spec, execution_spec, schedule_spec } = (await raw())[0]!
    const specs = { evaluation_spec, execution_spec, schedule_spec }
    const params = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, JSON.stringify(spec)]))
    await graph('POST', `act_${ACCOUNT.id}/adrules_library`, { name: 'Our own stop', ...params })
    expect((await raw()).map(({ name }) => name)).toContain('Our own stop')
    expect((await read()).standing).toHaveLength(1)
  })

  test.each<[string, Partial<SpendStop>, string]>([
    ['without campaigns', { campaigns: [] }, 'would be about all of them'],
    ['with a bound of nothing', { above: usd('0') }, 'would pause whatever runs'],
    [
      'in another currency than the account’s',
      { above: fromDecimal('3000', currency('EUR')) },
      'the account is in USD',
    ],
    ['of what is no campaign of Meta’s', { campaigns: ['1/../2' as CampaignId] }, 'is not an id of Meta'],
  ])('is not sent %s', async (_what, change, says) => {
    const before = twin.requests.writes
    expect(await keep(stopOf(change))).toMatchObject({
      kind: 'refused',
      failure: { detail: expect.stringContaining(says) },
    })
    expect(twin.requests.writes).toBe(before)
  })

  test.each(['drop-before', 'drop-after'] as const)(
    'whose answer is lost (%s) is unknown, until it is read',
    async (fault) => {
      await read()
      faults = ({ mutating }) => (mutating ? fault : undefined)
      expect(await keep(stopOf())).toMatchObject({ kind: 'unknown' })
      expect((await read()).standing).toHaveLength(fault === 'drop-after' ? 1 : 0)
    },
  )
})

describe('a rule that somebody has changed', () => {
  const filters = (change: Record<string, unknown>[]) => ({
    evaluation_spec: JSON.stringify({ evaluation_type: 'SCHEDULE', filters: change }),
  })
  const usual = () => [
    { field: 'id', operator: 'IN', value: campaigns },
    { field: 'time_preset', operator: 'EQUAL', value: 'TODAY' },
    { field: 'spent', operator: 'GREATER_THAN', value: 300_000 },
  ]
  test.each<[string, () => Record<string, string>, string]>([
    ['switched off', () => ({ status: 'DISABLED' }), 'it is switched off'],
    [
      'given a higher bound',
      () => filters([...usual().slice(0, 2), { field: 'spent', operator: 'GREATER_THAN', value: 3_000_000 }]),
      'its campaigns or its amount are not what was written',
    ],
    [
      'left to one campaign',
      () => filters([{ field: 'id', operator: 'IN', value: campaigns.slice(0, 1) }, ...usual().slice(1)]),
      'its campaigns or its amount are not what was written',
    ],
    [
      'given a condition more',
      () => filters([...usual(), { field: 'clicks', operator: 'LESS_THAN', value: 1 }]),
      'it has another condition, on clicks LESS_THAN',
    ],
    [
      'kept by a bound before its own',
      () => filters([{ field: 'spent', operator: 'GREATER_THAN', value: 9_000_000 }, ...usual()]),
      'it has a condition twice',
    ],
    [
      'kept from what runs',
      () => filters([...usual(), { field: 'effective_status', operator: 'IN', value: ['PAUSED'] }]),
      'it has another condition, on effective_status IN',
    ],
    [
      'made to look at yesterday',
      () => filters(usual().map((one) => (one.field === 'time_preset' ? { ...one, value: 'YESTERDAY' } : one))),
      'its conditions were changed',
    ],
    [
      'made to notify',
      () => ({ execution_spec: '{"execution_type":"NOTIFICATION"}' }),
      'it does something else than to pause',
    ],
    ['run once a day', () => ({ schedule_spec: '{"schedule_type":"DAILY"}' }), 'it does not run every half hour'],
  ])('is told for what it is: %s', async (_what, change, altered) => {
    await keep(stopOf())
    const { id } = (await read()).standing[0]!
    expect((await graph('POST', id, change())).error).toBeUndefined()
    const [found] = (await read()).standing
    expect(found).toMatchObject({ id, portfolio: PORTFOLIO, altered })
    expect(found).not.toHaveProperty('stop')
    // Written again, it is as it was.
    await keep(stopOf(), id)
    expect((await read()).standing).toMatchObject([{ id, stop: stopOf() }])
  })

  test('is not changed by what Meta adds of itself', async () => {
    await keep(stopOf())
    const { id } = (await read()).standing[0]!
    const implied = { field: 'effective_status', operator: 'IN', value: ['ACTIVE', 'PENDING_REVIEW'] }
    await graph('POST', id, filters([...usual(), implied]))
    expect((await read()).standing).toMatchObject([{ id, stop: stopOf() }])
  })
})

describe('the pretend Meta', () => {
  test('pauses by a rule at a half hour what has spent more today, once, and says which rule it was', async () => {
    const [first] = campaigns
    market.advanceTo(later(market.start, 20 * HOUR_MS))
    const spent = spentToday
    const bound = spent(first!) - 5_000_000n
    expect(bound).toBeGreaterThan(0n)
    await keep(stopOf({ campaigns: [first!], above: money((bound / 10_000n) * 10_000n, currency('USD')) }))
    const running = () => market.account('meta', ACCOUNT.id)!.campaigns.get(first!)!.status
    market.advanceTo(later(market.now(), 29 * MINUTE_MS))
    expect(running()).toBe('active')
    market.advanceTo(later(market.now(), MINUTE_MS))
    expect(running()).toBe('paused')
    const { stopped, standing } = await read()
    expect(stopped).toEqual([
      { campaign: first, at: market.now(), by: { name: standing[0]!.name, portfolio: PORTFOLIO } },
    ])
    const changes = await meta.reader.changes(ACCOUNT, later(market.now(), -HOUR_MS))
    expect(changes).toMatchObject([
      { entity: { kind: 'campaign', id: first }, field: 'status', actor: `Automated rule: ${standing[0]!.name}` },
    ])
    // A campaign that is in no rule runs on, and what is paused is not paused again.
    market.advanceTo(later(market.now(), HOUR_MS))
    expect((await read()).stopped).toHaveLength(1)
    expect(
      [...market.account('meta', ACCOUNT.id)!.campaigns.values()].filter(({ status }) => status === 'paused'),
    ).toHaveLength(1)
  })

  function spentToday(id: string): bigint {
    const account = market.account('meta', ACCOUNT.id)!
    const today = dateAt(market.now(), timeZone(account.zone))
    const query = {
      platform: 'meta',
      accountId: account.id,
      level: 'campaign',
      grain: 'day',
      basis: 'conversion',
    } as const
    return market.facts({ ...query, from: today, to: today }).find((one) => one.id === id)!.spendMicros
  }

  test.each<[string, Record<string, string>, string]>([
    ['without objects', { evaluation_spec: '{"evaluation_type":"SCHEDULE","filters":[]}' }, 'entity_type filter'],
    [
      'by spend without days',
      {
        evaluation_spec:
          '{"evaluation_type":"SCHEDULE","filters":[{"field":"entity_type","operator":"EQUAL","value":"CAMPAIGN"},{"field":"spent","operator":"GREATER_THAN","value":1}]}',
      },
      'time_preset',
    ],
    [
      'with an unknown operator',
      { evaluation_spec: '{"evaluation_type":"SCHEDULE","filters":[{"field":"id","operator":"IS","value":1}]}' },
      'operator',
    ],
    ['that does something unknown', { execution_spec: '{"execution_type":"STOP"}' }, 'execution_type'],
    ['on an unknown schedule', { schedule_spec: '{"schedule_type":"MINUTELY"}' }, 'schedule_type'],
    ['without a name', { name: '' }, 'name'],
  ])('refuses a rule %s', async (_what, change, says) => {
    const whole = {
      name: 'A rule',
      evaluation_spec: '{"evaluation_type":"SCHEDULE","filters":[{"field":"id","operator":"IN","value":["1"]}]}',
      execution_spec: '{"execution_type":"PAUSE"}',
      schedule_spec: '{"schedule_type":"SEMI_HOURLY"}',
    }
    const { error } = await graph('POST', `act_${ACCOUNT.id}/adrules_library`, { ...whole, ...change })
    expect(`${error?.message} ${error?.error_user_msg}`).toContain(says)
    expect(await raw()).toEqual([])
  })
})
