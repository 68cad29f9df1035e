import { describe, expect, test } from 'vitest'
import { codeOf } from './client.ts'
import { amount, budgetName as budget, campaignName as campaign, setUp } from './mutating.ts'
import { CUSTOMER } from './stub-world.ts'

describe('requests', () => {
  const mixed = (...mutateOperations: readonly object[]) => ({ mutateOperations })
  const good = { campaignBudgetOperation: amount('60000000') }
  const bad = {
    campaignOperation: { updateMask: 'status', update: { resourceName: campaign('999'), status: 'PAUSED' } },
  }

  test('are all or nothing', async () => {
    const { post, world } = await setUp()
    const { status } = await post('googleAds:mutate', mixed(good, bad))
    expect([status, world.edits]).toEqual([404, []])
  })

  test('under partial failure do what can be done; the failed operation has an empty answer and its place in the error', async () => {
    const { post, world } = await setUp()
    const { status, json } = await post('googleAds:mutate', { ...mixed(good, bad), partialFailure: true })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      mutateOperationResponses: [{ campaignBudgetResult: { resourceName: budget('501') } }, {}],
      partialFailureError: {
        code: 3,
        details: [
          {
            '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
            errors: [
              {
                errorCode: { mutateError: 'RESOURCE_NOT_FOUND' },
                location: {
                  fieldPathElements: [
                    { fieldName: 'mutate_operations', index: 1 },
                    { fieldName: 'campaign_operation' },
                    { fieldName: 'resource_name' },
                  ],
                },
              },
            ],
          },
        ],
      },
    })
    expect(world.edits).toHaveLength(1)
  })

  test('only validated change nothing and answer nothing', async () => {
    const { post, world } = await setUp()
    const { status, json } = await post('googleAds:mutate', { ...mixed(good), validateOnly: true })
    expect([status, json, world.edits]).toEqual([200, {}, []])
  })

  test('may not name a resource twice', async () => {
    const { post } = await setUp()
    const { json } = await post('campaignBudgets:mutate', { operations: [amount('60000000'), amount('70000000')] })
    expect(codeOf(json)).toBe('mutateError.ID_EXISTS_IN_MULTIPLE_MUTATES')
  })

  test('may ask for the resource as it now is', async () => {
    const { post } = await setUp()
    const body = { operations: [amount('60000000')], responseContentType: 'MUTABLE_RESOURCE' }
    const { json } = await post('campaignBudgets:mutate', body)
    expect(json).toMatchObject({ results: [{ campaignBudget: { amountMicros: '60000000', period: 'DAILY' } }] })
  })

  test('without operations are refused', async () => {
    const { post } = await setUp()
    expect(codeOf((await post('campaignBudgets:mutate', {})).json)).toBe('requestError.REQUIRED_FIELD_MISSING')
  })

  test.each([
    ['{"operations": [', 'Invalid JSON payload received. Unexpected token.'],
    [{ operation: [] }, 'Invalid JSON payload received. Unknown name "operation": Cannot find field.'],
    [
      { operations: [{ updateMask: 'amount_micros', update: { resourceName: budget('501'), amount: '1' } }] },
      `Invalid JSON payload received. Unknown name "amount" at 'operations[0].update': Cannot find field.`,
    ],
    [{ operations: [amount('many')] }, `Invalid value at 'amount_micros' (TYPE_INT64), "many"`],
  ])('that are not of the message are refused by the gateway: %j', async (body, message) => {
    const { post } = await setUp()
    const { status, json } = await post('campaignBudgets:mutate', body)
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: { status: 'INVALID_ARGUMENT', message } })
  })

  test('on a suspended account are refused', async () => {
    const { one } = await setUp({ status: 'suspended' })
    const { status, json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect([status, codeOf(json)]).toEqual([403, 'authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT'])
  })

  test('on an account without the EU political declaration are refused, and the account says so', async () => {
    const { one, rows } = await setUp({}, { euPoliticalDeclarationMissing: [CUSTOMER] })
    const { json } = await one('campaignBudgets:mutate', amount('60000000'))
    expect(codeOf(json)).toBe('mutateError.EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED')
    const [row] = await rows('SELECT campaign.missing_eu_political_advertising_declaration FROM campaign LIMIT 1')
    expect(row?.campaign?.missingEuPoliticalAdvertisingDeclaration).toBe(true)
  })
})
