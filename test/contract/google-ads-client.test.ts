/** The published client works against the pretend Google Ads, so that our own adapter cannot share its misreadings. */
import { type Customer, enums, errors } from 'google-ads-api'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fault } from '../../playground/faults.ts'
import { type GoogleAdsTwin, startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { aWorld, CUSTOMER, type StubWorld } from '../playground/google-ads/stub-world.ts'
import { accessToken, customerAt } from './google-ads-client.redirect.ts'

const BUDGET = `customers/${CUSTOMER}/campaignBudgets/501`
const DEAR = 9_007_199_254_740_000n

let world: StubWorld
let twin: GoogleAdsTwin
let token: string
let customer: Customer
let fault: Fault | undefined

// One server for all tests: the client caches its connections over the whole process.
beforeAll(async () => {
  world = aWorld()
  twin = await startGoogleAdsTwin({ world, grpc: true, faults: ({ mutating }) => (mutating ? fault : undefined) })
  token = await accessToken(twin)
  customer = customerAt(twin, { customerId: CUSTOMER, token })
})

afterAll(async () => {
  await twin.close()
})

beforeEach(() => {
  world.state = 'up'
  fault = undefined
  world.account('google-ads', CUSTOMER)?.budgets.forEach((b) => {
    if (b.id === '501') b.amountMicros = 50_000_000n
  })
})

const amountOf = (id: string) => world.account('google-ads', CUSTOMER)?.budgets.get(id)?.amountMicros

/** What the client throws: a decoded GoogleAdsFailure. */
async function failureOf(work: Promise<unknown>): Promise<errors.GoogleAdsFailure> {
  const thrown: unknown = await work.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(errors.GoogleAdsFailure)
  return thrown as errors.GoogleAdsFailure
}

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
    budget!.amountMicros = DEAR + 993n
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

describe('writes over gRPC', () => {
  test('campaignBudgets.update sets the amount, in spite of the resource name in the client’s field mask', async () => {
    const { results } = await customer.campaignBudgets.update([{ resource_name: BUDGET, amount_micros: 60_000_000 }])
    expect(results).toMatchObject([{ resource_name: BUDGET }])
    expect(amountOf('501')).toBe(60_000_000n)
  })

  test('mutateResources changes resources of several kinds in one request', async () => {
    const { mutate_operation_responses: responses } = await customer.mutateResources([
      {
        entity: 'campaign_budget',
        operation: 'update',
        resource: { resource_name: BUDGET, amount_micros: 70_000_000 },
      },
      {
        entity: 'campaign_criterion',
        operation: 'update',
        resource: { resource_name: `customers/${CUSTOMER}/campaignCriteria/103~30001`, bid_modifier: 1.1 },
      },
    ])
    expect(responses.map((r) => (r as { response?: string }).response)).toEqual([
      'campaign_budget_result',
      'campaign_criterion_result',
    ])
    expect(amountOf('501')).toBe(70_000_000n)
  })

  test('a modifier of 1.1 reads back as the float32 that it was sent as', async () => {
    const resource_name = `customers/${CUSTOMER}/campaignCriteria/101~30002`
    await customer.campaignCriteria.update([{ resource_name, bid_modifier: 1.1 }])
    const [row] = await customer.query(
      `SELECT campaign_criterion.bid_modifier FROM campaign_criterion WHERE campaign_criterion.resource_name = '${resource_name}'`,
    )
    expect(row?.campaign_criterion?.bid_modifier).toBe(1.10000002)
  })

  test('MUTABLE_RESOURCE returns the resource as it now is, int64 as digits', async () => {
    const { results } = await customer.campaignBudgets.update([{ resource_name: BUDGET, amount_micros: 61_000_000 }], {
      response_content_type: enums.ResponseContentType.MUTABLE_RESOURCE,
    })
    expect(results[0]?.campaign_budget).toMatchObject({ resource_name: BUDGET, amount_micros: '61000000' })
  })

  test('validate_only changes nothing', async () => {
    await customer.campaignBudgets.update([{ resource_name: BUDGET, amount_micros: 60_000_000 }], {
      validate_only: true,
    })
    expect(amountOf('501')).toBe(50_000_000n)
  })

  test('without partial failure one bad operation spoils the request, and the failure is decoded', async () => {
    const failure = await failureOf(
      customer.mutateResources([
        {
          entity: 'campaign_budget',
          operation: 'update',
          resource: { resource_name: BUDGET, amount_micros: 60_000_000 },
        },
        {
          entity: 'campaign_budget',
          operation: 'update',
          resource: { resource_name: `customers/${CUSTOMER}/campaignBudgets/502`, amount_micros: 1_234_567 },
        },
      ]),
    )
    const [error] = failure.errors
    expect(error?.error_code?.campaign_budget_error).toBe(
      errors.CampaignBudgetErrorEnum.CampaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT,
    )
    expect(error?.location?.field_path_elements).toMatchObject([
      { field_name: 'mutate_operations', index: 1 },
      { field_name: 'campaign_budget_operation' },
      { field_name: 'update' },
      { field_name: 'amount_micros' },
    ])
    expect(amountOf('501')).toBe(50_000_000n)
  })

  test('with partial failure the good operation is made and the bad one has its error', async () => {
    const answer = await customer.campaignBudgets.update(
      [
        { resource_name: BUDGET, amount_micros: 60_000_000 },
        { resource_name: `customers/${CUSTOMER}/campaignBudgets/502`, amount_micros: 500_000 },
      ],
      { partial_failure: true },
    )
    expect(answer.results.map((r) => r.resource_name)).toEqual([BUDGET, ''])
    const failure = answer.partial_failure_error as unknown as errors.GoogleAdsFailure
    expect(failure.errors[0]).toMatchObject({
      error_code: {
        campaign_budget_error: errors.CampaignBudgetErrorEnum.CampaignBudgetError.BUDGET_BELOW_PER_DAY_MINIMUM,
      },
    })
    const details = failure.errors[0]?.details?.budget_per_day_minimum_error_details
    expect([details?.currency_code, String(details?.budget_per_day_minimum_micros)]).toEqual(['USD', '1000000'])
    expect(amountOf('501')).toBe(60_000_000n)
  })

  test('an unknown budget is RESOURCE_NOT_FOUND', async () => {
    const resource_name = `customers/${CUSTOMER}/campaignBudgets/999`
    const failure = await failureOf(customer.campaignBudgets.update([{ resource_name, amount_micros: 60_000_000 }]))
    expect(failure.errors[0]?.error_code?.mutate_error).toBe(errors.MutateErrorEnum.MutateError.RESOURCE_NOT_FOUND)
  })

  test('campaigns.update sets a status and a target', async () => {
    await customer.campaigns.update([
      {
        resource_name: `customers/${CUSTOMER}/campaigns/102`,
        maximize_conversion_value: { target_roas: 4.25 },
        status: enums.CampaignStatus.PAUSED,
      },
    ])
    const campaign = world.account('google-ads', CUSTOMER)?.campaigns.get('102')
    expect(campaign).toMatchObject({ status: 'paused', strategy: { kind: 'target-roas', targetRoas: 4.25 } })
  })

  test('a client without a token is UNAUTHENTICATED over gRPC too', async () => {
    const stranger = customerAt(twin, { customerId: CUSTOMER, token: 'invented' })
    const failure = await failureOf(
      stranger.campaignBudgets.update([{ resource_name: BUDGET, amount_micros: 60_000_000 }]),
    )
    expect(failure.errors[0]?.error_code?.authentication_error).toBe(
      errors.AuthenticationErrorEnum.AuthenticationError.OAUTH_TOKEN_INVALID,
    )
  })

  test('an answer lost after a write is sent again by the client without a word', async () => {
    fault = 'drop-after'
    const before = twin.requests['grpc googleAds:mutate'] ?? 0
    const lost = customer.mutateResources([
      {
        entity: 'campaign_budget',
        operation: 'update',
        resource: { resource_name: BUDGET, amount_micros: 62_000_000 },
      },
    ])
    await vi.waitFor(() => expect(amountOf('501')).toBe(62_000_000n))
    fault = undefined
    await lost
    expect((twin.requests['grpc googleAds:mutate'] ?? 0) - before).toBe(2)
  })

  test('reportStreamRaw streams rows over gRPC', async () => {
    const stream = await customer.reportStreamRaw({ entity: 'campaign', attributes: ['campaign.id'], limit: 2 })
    const ids: unknown[] = []
    for await (const chunk of stream as AsyncIterable<{ results: { campaign: { id: string } }[] }>)
      ids.push(...chunk.results.map((r) => r.campaign.id))
    expect(ids).toEqual(['101', '102'])
  })
})
