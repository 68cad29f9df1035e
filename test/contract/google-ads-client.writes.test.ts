/** The published client writes to the pretend Google Ads: over gRPC, as it always does. */
import { type Customer, enums, errors } from 'google-ads-api'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fault } from '../../playground/faults.ts'
import { type GoogleAdsTwin, startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { aWorld, CUSTOMER, type StubWorld } from '../playground/google-ads/stub-world.ts'
import { accessToken, customerAt, failureOf } from './google-ads-client.redirect.ts'

const BUDGET = `customers/${CUSTOMER}/campaignBudgets/501`

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
  fault = undefined
  const budget = world.account('google-ads', CUSTOMER)?.budgets.get('501')
  budget!.amountMicros = 50_000_000n
})

const amountOf = (id: string) => world.account('google-ads', CUSTOMER)?.budgets.get(id)?.amountMicros

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
