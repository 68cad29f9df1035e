import { describe, expect, test } from 'vitest'
import { accountDayCap, checkCurrencies, overDeliveryFactor } from '../../lib/control/portfolios.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { aStructure } from '../model/samples.ts'
import { euros } from '../simulation/rig.ts'

const ACCOUNT = accountRef('meta', '123')
const OTHER = accountRef('meta', '456')

/** A policy of the account with these terms, and of another one that is in dollars. */
const policy = (portfolio: string, terms: object = {}, over: object = {}): PolicyVersion =>
  policyFrom(
    {
      portfolio,
      owner: 'growth',
      mode: 'auto',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: '2026-06-01', to: '2026-06-30', total: '30000 EUR' },
      accounts: [
        { account: accountKey(ACCOUNT), conversions: CONVERSIONS, ...terms },
        { account: accountKey(OTHER), conversions: CONVERSIONS, dayCap: '7 USD', overDeliveryFactor: 9 },
      ],
      members: [{ class: 'prospecting' }],
      ...over,
    },
    'the test policy',
  )
const CONVERSIONS = { action: 'purchase', clickWindowDays: 7, basis: 'click' }

describe('the cap of an account’s day', () => {
  const [a, b] = [policy('a', { dayCap: '500 EUR' }), policy('b', { dayCap: '300 EUR' })]

  test('is the smallest that a portfolio gives it, in whatever order they come', () => {
    expect(accountDayCap([a, b], ACCOUNT)).toEqual(euros(300))
    expect(accountDayCap([b, a], ACCOUNT)).toEqual(euros(300))
  })

  test('is none as soon as one portfolio that has the account gives it none', () => {
    expect(accountDayCap([a, policy('c')], ACCOUNT)).toBeUndefined()
    expect(accountDayCap([policy('c'), a, b], ACCOUNT)).toBeUndefined()
  })

  test('is none where no portfolio has the account, and is not asked of those that have it not', () => {
    expect(accountDayCap([], ACCOUNT)).toBeUndefined()
    expect(accountDayCap([a], accountRef('meta', '789'))).toBeUndefined()
    const { accounts } = a.policy
    const elsewhere = { ...a, policy: { ...a.policy, accounts: accounts.slice(1) } }
    expect(accountDayCap([elsewhere, b], ACCOUNT)).toEqual(euros(300))
  })
})

test('the over-delivery factor of an account is the largest that a portfolio writes, or else the platform’s', () => {
  const [low, high] = [policy('a', { overDeliveryFactor: 1.2 }), policy('b', { overDeliveryFactor: 1.5 })]
  expect(overDeliveryFactor([low, high, policy('c')], ACCOUNT, 2)).toBe(1.5)
  expect(overDeliveryFactor([low], ACCOUNT, 2)).toBe(1.2)
  expect(overDeliveryFactor([policy('c')], ACCOUNT, 2)).toBe(2)
})

describe('a policy’s amounts of an account', () => {
  const structure = aStructure(ACCOUNT)
  const bound = (of: object) => ({ bounds: [{ account: accountKey(ACCOUNT), budget: '9', ...of }] })
  const check =
    (...versions: readonly PolicyVersion[]) =>
    (): void =>
      checkCurrencies(versions, structure)

  test('in the account’s currency are taken; those of other accounts are not looked at', () => {
    const elsewhere = { bounds: [{ account: accountKey(OTHER), budget: '9', atLeast: '1 USD', atMost: '5 USD' }] }
    expect(check(policy('a', { dayCap: '5 EUR' }, bound({ atLeast: '1 EUR', atMost: '5 EUR' })))).not.toThrow()
    expect(check(policy('a', { dayCap: '5 EUR' }, elsewhere))).not.toThrow()
  })

  test.each<[field: string, terms: object, over: object]>([
    ['dayCap of meta:123', { dayCap: '5 USD' }, {}],
    ['bounds.atLeast of budget 9', {}, bound({ atLeast: '1 USD' })],
    ['bounds.atMost of budget 9', {}, bound({ atMost: '5 USD' })],
  ])('in another are refused: %s', (field, terms, over) => {
    const message = `policy of b: ${field} is in USD, but account meta:123 is in EUR: write it in EUR`
    expect(check(policy('a', { dayCap: '5 EUR' }), policy('b', terms, over))).toThrow(message)
  })
})
