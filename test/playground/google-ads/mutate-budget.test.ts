import { describe, expect, test } from 'vitest'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { codeOf } from './client.ts'
import { amount, budgetName as budget, setUp } from './mutating.ts'
import { aBudget, CUSTOMER } from './stub-world.ts'

describe('budgets', () => {
  test('an amount is set, by the client as actor', async () => {
    const { one, world } = await setUp()
    const { status, json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect([status, json]).toEqual([200, { results: [{ resourceName: budget('501') }] }])
    expect(world.edits).toEqual([
      {
        edit: {
          platform: 'google-ads',
          accountId: CUSTOMER,
          kind: 'budget',
          budgetId: '501',
          amountMicros: 60_000_000n,
        },
        actor: { kind: 'api', name: GOOGLE_TWIN_CREDENTIALS.clientId },
      },
    ])
  })

  test('a shared budget takes one write for all its campaigns', async () => {
    const { one, rows } = await setUp()
    await one('campaignBudgets:mutate', amount('90000000', '503'))
    const found = await rows('SELECT campaign_budget.amount_micros FROM campaign WHERE campaign.id IN (103, 104)')
    expect(found.map((r) => r.campaignBudget?.amountMicros)).toEqual(['90000000', '90000000'])
  })

  test.each([
    ['60000001', 'NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT'],
    ['-10000', 'NEGATIVE_MONEY_AMOUNT'],
    ['0', 'MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC'],
    ['990000', 'BUDGET_BELOW_PER_DAY_MINIMUM'],
    ['1000000000010000', 'MONEY_AMOUNT_TOO_LARGE'],
  ])('%s micros of a dollar is refused with %s, and nothing is written', async (micros, code) => {
    const { one, world } = await setUp()
    const { status, json } = await one('campaignBudgets:mutate', amount(micros))
    expect([status, codeOf(json)]).toEqual([400, `campaignBudgetError.${code}`])
    expect(world.edits).toEqual([])
  })

  test('a yen has no parts', async () => {
    const { one } = await setUp({ currency: 'JPY' })
    const half = await one('campaignBudgets:mutate', amount('5000500000'))
    expect(codeOf(half.json)).toBe('campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT')
    expect((await one('campaignBudgets:mutate', amount('5001000000'))).status).toBe(200)
  })

  test('the error below the minimum says what the minimum would have been', async () => {
    const { one } = await setUp()
    const { json } = await one('campaignBudgets:mutate', amount('500000'))
    const details = {
      budgetPerDayMinimumErrorDetails: {
        currencyCode: 'USD',
        budgetPerDayMinimumMicros: '1000000',
        minimumBudgetAmountMicros: '1000000',
        failedBudgetAmountMicros: '500000',
      },
    }
    expect(json).toMatchObject({ error: { details: [{ errors: [{ details }] }] } })
  })

  test.each([
    ['the amount of a removed budget', amount('60000000', '505'), 'campaignBudgetError.CAMPAIGN_BUDGET_REMOVED'],
    ['an unknown budget', amount('60000000', '999'), 'mutateError.RESOURCE_NOT_FOUND'],
    [
      'no mask',
      { update: { resourceName: budget('501'), amountMicros: '60000000' } },
      'fieldMaskError.FIELD_MASK_MISSING',
    ],
    [
      'a mask of no field',
      { updateMask: 'amount', update: { resourceName: budget('501') } },
      'fieldMaskError.FIELD_NOT_FOUND',
    ],
    [
      'an output field',
      { updateMask: 'reference_count', update: { resourceName: budget('501') } },
      'requestError.IMMUTABLE_FIELD',
    ],
    [
      'an immutable field',
      { updateMask: 'period', update: { resourceName: budget('501'), period: 'DAILY' } },
      'requestError.IMMUTABLE_FIELD',
    ],
    [
      'a cleared amount',
      { updateMask: 'amount_micros', update: { resourceName: budget('501') } },
      'fieldError.FIELD_CANNOT_BE_CLEARED',
    ],
    [
      'a total for a daily budget',
      { updateMask: 'total_amount_micros', update: { resourceName: budget('501'), totalAmountMicros: '60000000' } },
      'campaignBudgetError.TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY',
    ],
    [
      'sharing what is not shared',
      { updateMask: 'explicitly_shared', update: { resourceName: budget('501'), explicitlyShared: true } },
      'campaignBudgetError.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_EXPLICITLY_SHARED',
    ],
    [
      'unsharing what is shared',
      { updateMask: 'explicitly_shared', update: { resourceName: budget('503'), explicitlyShared: false } },
      'campaignBudgetError.CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED',
    ],
    ['creation', { create: { amountMicros: '60000000' } }, 'mutateError.MUTATE_NOT_ALLOWED'],
    ['nothing', {}, 'requestError.OPERATION_REQUIRED'],
  ])('%s is refused', async (_, operation, code) => {
    const { one } = await setUp()
    expect(codeOf((await one('campaignBudgets:mutate', operation)).json)).toBe(code)
  })

  test('a lifetime budget takes its total amount', async () => {
    const { one, world } = await setUp({ budgets: [aBudget('501', 900_000_000n, ['101'], { period: 'lifetime' })] })
    const update = { resourceName: budget('501'), totalAmountMicros: '950000000' }
    await one('campaignBudgets:mutate', { updateMask: 'total_amount_micros', update })
    expect(world.edits[0]?.edit).toMatchObject({ budgetId: '501', amountMicros: 950_000_000n })
  })
})
