import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import type { PerformanceQuery } from '../../../lib/model/performance.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import type { Reply } from '../stub-server.ts'
import { ACCOUNT, adapterOn, type Call, graphError, type Stub, startStub } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' }
const QUERY: PerformanceQuery = { grain: 'day', from: accountDate('2026-11-01'), to: accountDate('2026-11-02') }
const on = (date: string) => ({ date_start: date, date_stop: date })
const row = { campaign_id: '10', spend: '12.34', impressions: '1000', clicks: '20', ...on('2026-11-01') }

interface Answers {
  readonly adSets?: readonly object[]
  readonly insights?: (call: Call) => Reply | undefined
  readonly other?: (call: Call) => Reply | undefined
}

const isInsights = ({ path, method }: Call) => method === 'GET' && path === '/v25.0/act_1001/insights'
const isTotal = (call: Call) => call.params.get('level') === 'account'

async function report({ adSets = [], insights, other }: Answers, query = QUERY, rules = [RULE]) {
  stub = await startStub((call) => {
    if (call.path === '/v25.0/act_1001') return { json: { currency: 'USD', timezone_name: 'UTC' } }
    if (call.path.endsWith('/adsets')) return { json: { data: adSets } }
    if (isInsights(call) && isTotal(call))
      return {
        json: {
          data: [
            { spend: '20.00', ...on('2026-11-01') },
            { spend: '0', ...on('2026-11-02') },
          ],
        },
      }
    return isInsights(call) ? (insights?.(call) ?? { json: { data: [row] } }) : other?.(call)
  })
  return adapterOn(stub.origin).reader.performance(ACCOUNT, query, rules)
}
const asked = () => stub.calls.find((call) => isInsights(call) && !isTotal(call))?.params

describe('daily performance', () => {
  test('has exact spend, counts, and the account totals beside it', async () => {
    const { rows, accountSpend } = await report({})
    expect(rows).toEqual([
      {
        campaign: '10',
        date: '2026-11-01',
        spend: { micros: 12_340_000n, currency: 'USD' },
        impressions: 1000,
        clicks: 20,
        conversions: [],
      },
    ])
    expect([...accountSpend]).toEqual([
      ['2026-11-01', { micros: 20_000_000n, currency: 'USD' }],
      ['2026-11-02', { micros: 0n, currency: 'USD' }],
    ])
  })

  test('asks by day, for the windows of the rules, and for archived campaigns too', async () => {
    await report({}, QUERY, [RULE, { ...RULE, action: 'lead', clickWindowDays: 28, viewWindowDays: 0 }])
    expect(Object.fromEntries(asked() ?? [])).toMatchObject({
      level: 'campaign',
      time_increment: '1',
      time_range: '{"since":"2026-11-01","until":"2026-11-02"}',
      action_attribution_windows: '["7d_click","1d_view","28d_click"]',
      fields: 'campaign_id,spend,impressions,clicks,actions,action_values',
      filtering:
        '[{"field":"campaign.effective_status","operator":"IN","value":["ACTIVE","PAUSED","ARCHIVED","IN_PROCESS","WITH_ISSUES"]}]',
    })
  })

  test('is by ad set where any ad set holds a budget', async () => {
    const { rows } = await report({
      adSets: [{ id: '20', daily_budget: '1000' }, { id: '21' }],
      insights: () => ({ json: { data: [{ ...row, adset_id: '20' }] } }),
    })
    expect(asked()?.get('level')).toBe('adset')
    expect(rows).toMatchObject([{ campaign: '10', adGroup: '20' }])
  })

  test('is by campaign where ad sets only show the zero of an unused budget', async () => {
    await report({ adSets: [{ id: '20', daily_budget: '0', lifetime_budget: '0' }] })
    expect(asked()?.get('level')).toBe('campaign')
  })

  test('carries the counts of each rule', async () => {
    const actions = [{ action_type: 'omni_purchase', value: '9', '7d_click': '5', '1d_view': '1' }]
    const { rows } = await report({ insights: () => ({ json: { data: [{ ...row, actions }] } }) })
    expect(rows[0]?.conversions).toEqual([{ rule: RULE, conversions: 6, value: { micros: 0n, currency: 'USD' } }])
  })

  test.each([
    { name: 'a day outside the range', over: on('2026-10-31') },
    { name: 'a row over two days', over: { date_start: '2026-11-01', date_stop: '2026-11-02' } },
    { name: 'a spend that is not a decimal', over: { spend: '1.0E1' } },
    { name: 'a row without spend', over: { spend: undefined } },
  ])('$name fails the read', async ({ over }) => {
    await expect(report({ insights: () => ({ json: { data: [{ ...row, ...over }] } }) })).rejects.toThrow(/^unreadable/)
  })
})

describe('hourly performance', () => {
  const hourly = { ...QUERY, grain: 'hour' } as const
  const hour = { hourly_stats_aggregated_by_advertiser_time_zone: '13:00:00 - 13:59:59' }

  test('is spend alone, by the hour of the account, and asks for no actions', async () => {
    const { rows } = await report({ insights: () => ({ json: { data: [{ ...row, ...hour }] } }) }, hourly)
    expect(rows).toMatchObject([{ hour: 13, spend: { micros: 12_340_000n }, conversions: [] }])
    expect(asked()?.get('breakdowns')).toBe('hourly_stats_aggregated_by_advertiser_time_zone')
    expect(asked()?.get('fields')).toBe('campaign_id,spend,impressions,clicks')
    expect(asked()?.has('action_attribution_windows')).toBe(false)
  })

  test('a row without its hour fails the read', async () => {
    await expect(report({}, hourly)).rejects.toThrow(/hourly_stats_aggregated_by_advertiser_time_zone: missing/)
  })
})

describe('a report that is too large to be had at once', () => {
  const tooLarge = () => ({ status: 400, json: graphError(100, 1487534) })

  /** Looks at the run see these states one after the other. */
  function ordered(states: readonly object[]) {
    let looks = 0
    return ({ method, path }: Call): Reply | undefined => {
      if (method === 'POST') return { json: { report_run_id: '777' } }
      if (path === '/v25.0/777') return { json: { id: '777', ...states[Math.min(looks++, states.length - 1)] } }
      return path === '/v25.0/777/insights' ? { json: { data: [row] } } : undefined
    }
  }
  const state = (async_status: string, async_percent_completion: number) => ({ async_status, async_percent_completion })

  test('is ordered, waited for until completed and at 100 %, and read to its end', async () => {
    const states = [
      state('Job Not Started', 0),
      state('Job Running', 60),
      state('Job Completed', 90),
      state('Job Completed', 100),
    ]
    const { rows } = await report({ insights: tooLarge, other: ordered(states) })
    expect(rows).toHaveLength(1)
    expect(stub.calls.filter(({ path }) => path === '/v25.0/777')).toHaveLength(4)
    const order = stub.calls.find(({ method }) => method === 'POST')
    expect(order?.params.get('action_attribution_windows')).toBe('["7d_click","1d_view"]')
  })

  test.each([
    { name: 'fails', states: [state('Job Failed', 30)], says: /^transient: Job Failed/ },
    { name: 'is skipped', states: [state('Job Skipped', 0)], says: /^transient: Job Skipped/ },
    { name: 'never ends', states: [state('Job Running', 99)], says: /not ready after 5 looks/ },
    { name: 'is completed but never whole', states: [state('Job Completed', 99)], says: /not ready after 5 looks/ },
  ])('$name: the read fails', async ({ states, says }) => {
    await expect(report({ insights: tooLarge, other: ordered(states) })).rejects.toThrow(says)
  })

  test('is ordered at once when the account is known to be large', async () => {
    const adSets = Array.from({ length: 1_000 }, (_, i) => ({ id: String(i), daily_budget: '1000' }))
    const other = (call: Call) =>
      call.path === '/v25.0/777/insights'
        ? { json: { data: [{ ...row, adset_id: '1' }] } }
        : ordered([state('Job Completed', 100)])(call)
    await report({ adSets, other }, { ...QUERY, from: accountDate('2026-09-01') })
    expect(asked()).toBeUndefined()
  })
})

test('a window that Meta does not offer is refused before anything is sent', async () => {
  await expect(report({}, QUERY, [{ ...RULE, clickWindowDays: 14 }])).rejects.toThrow(
    /^rejected: Meta has no 14-day click and 1-day view window/,
  )
  expect(stub.calls).toEqual([])
})
