/** The published client works against the pretend Google Ads, so that our own adapter cannot share its misreadings. */
import { type Customer, enums, errors } from 'google-ads-api'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GoogleAdsTwin, startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { aWorld, CUSTOMER, type StubWorld } from '../playground/google-ads/stub-world.ts'
import { accessToken, customerAt, failureOf } from './google-ads-client.redirect.ts'

/** Not a multiple of two: beyond 2^53 no double holds it. */
const BEYOND_DOUBLE = 9_007_199_254_740_993n

let world: StubWorld
let twin: GoogleAdsTwin
let token: string
let customer: Customer

beforeAll(async () => {
  world = aWorld()
  twin = await startGoogleAdsTwin({ world })
  token = await accessToken(twin)
  customer = customerAt(twin, { customerId: CUSTOMER, token })
})

afterAll(async () => {
  await twin.close()
})

beforeEach(() => {
  world.state = 'up'
  world.account('google-ads', CUSTOMER)?.budgets.forEach((b) => {
    if (b.id === '501') b.amountMicros = 50_000_000n
  })
})

describe('token endpoint', () => {
  test('the client’s own library gets an access token for the refresh token', () => {
    expect(token).toMatch(/^ya29\.pretend/)
  })

  test('a refresh token that is not known is answered with invalid_grant', async () => {
    await expect(accessToken(twin, { refreshToken: 'revoked' })).rejects.toThrow(/invalid_grant/)
  })
})

describe('reads over REST', () => {
  test('query returns rows with snake case names, enum numbers and numbers for int64', async () => {
    const rows = await customer.query(
      'SELECT campaign.id, campaign.status, campaign_budget.amount_micros, campaign_budget.explicitly_shared FROM campaign WHERE campaign.id = 103',
    )
    expect(rows).toEqual([
      {
        campaign: {
          resource_name: `customers/${CUSTOMER}/campaigns/103`,
          id: 103,
          status: enums.CampaignStatus.ENABLED,
        },
        campaign_budget: {
          resource_name: `customers/${CUSTOMER}/campaignBudgets/503`,
          amount_micros: 120_000_000,
          explicitly_shared: true,
        },
      },
    ])
  })

  test('report builds a query that the twin understands', async () => {
    const rows = await customer.report({
      entity: 'campaign',
      attributes: ['campaign.id'],
      metrics: ['metrics.cost_micros', 'metrics.conversions', 'metrics.conversions_value'],
      segments: ['segments.date'],
      constraints: { 'campaign.id': 101 },
      from_date: '2026-11-18',
      to_date: '2026-11-19',
      order: [{ field: 'segments.date', sort_order: 'DESC' }],
    })
    expect(rows.map((r) => [r.segments?.date, r.metrics?.cost_micros, r.metrics?.conversions_value])).toEqual([
      ['2026-11-19', 50_000_000, 90],
      ['2026-11-18', 40_000_000, 60],
    ])
  })

  test('queryStream yields row by row', async () => {
    const ids: unknown[] = []
    for await (const row of customer.queryStream('SELECT campaign.id FROM campaign ORDER BY campaign.id DESC'))
      ids.push(row.campaign?.id)
    expect(ids).toEqual([105, 104, 103, 102, 101])
  })

  test('reportCount reads the total number of rows', async () => {
    expect(await customer.reportCount({ entity: 'campaign', attributes: ['campaign.id'] })).toBe(5)
  })

  test('a changed field mask and both sides of a change are read', async () => {
    world.apply(
      { platform: 'google-ads', accountId: CUSTOMER, kind: 'budget', budgetId: '502', amountMicros: 90_000_000n },
      { kind: 'human', name: 'pat@shop.example' },
    )
    const rows = await customer.query(
      "SELECT change_event.user_email, change_event.client_type, change_event.changed_fields, change_event.old_resource, change_event.new_resource FROM change_event WHERE change_event.user_email = 'pat@shop.example' AND change_event.change_date_time BETWEEN '2026-11-01' AND '2026-11-21' LIMIT 100",
    )
    expect(rows).toMatchObject([
      {
        change_event: {
          user_email: 'pat@shop.example',
          client_type: enums.ChangeClientType.GOOGLE_ADS_WEB_CLIENT,
          changed_fields: { paths: ['amount_micros'] },
          old_resource: { campaign_budget: { amount_micros: 80_000_000 } },
          new_resource: { campaign_budget: { amount_micros: 90_000_000 } },
        },
      },
    ])
  })

  test('an int64 beyond 2^53 arrives exact when the client is told not to parse', async () => {
    const budget = world.account('google-ads', CUSTOMER)?.budgets.get('501')
    budget!.amountMicros = BEYOND_DOUBLE
    const raw = customerAt(twin, { customerId: CUSTOMER, token, disableParsing: true })
    const query = 'SELECT campaign_budget.amount_micros FROM campaign_budget WHERE campaign_budget.id = 501'
    const [exact] = await raw.query<{ campaignBudget: { amountMicros: string } }[]>(query)
    expect(exact?.campaignBudget.amountMicros).toBe('9007199254740993')
    const [rounded] = await customer.query(query)
    expect(rounded?.campaign_budget?.amount_micros).toBe(9_007_199_254_740_992)
  })

  test('a bad query is thrown as a decoded GoogleAdsFailure', async () => {
    const failure = await failureOf(customer.query('SELECT campaign.foo FROM campaign'))
    expect(failure.errors[0]?.error_code).toEqual({ query_error: errors.QueryErrorEnum.QueryError.UNRECOGNIZED_FIELD })
    expect(failure.request_id).toMatch(/^pretend-request-/)
  })

  test('throttling is thrown with its quota details', async () => {
    world.state = 'throttling'
    const failure = await failureOf(customer.query('SELECT campaign.id FROM campaign'))
    expect(failure.errors[0]).toMatchObject({
      error_code: { quota_error: errors.QuotaErrorEnum.QuotaError.RESOURCE_TEMPORARILY_EXHAUSTED },
      details: { quota_error_details: { rate_name: 'Requests per account' } },
    })
  })

  test('an unknown customer is thrown as USER_PERMISSION_DENIED', async () => {
    const stranger = customerAt(twin, { customerId: '5550001111', token })
    const failure = await failureOf(stranger.query('SELECT campaign.id FROM campaign'))
    expect(failure.errors[0]?.error_code).toEqual({
      authorization_error: errors.AuthorizationErrorEnum.AuthorizationError.USER_PERMISSION_DENIED,
    })
  })
})
