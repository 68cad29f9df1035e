import { describe, expect, test } from 'vitest'
import { type Before, brokenCap, type CapBooks } from '../../lib/control/broken-cap.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import { type Money, money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { budgetLeverOf, euros } from '../decide/samples.ts'
import { TODAY } from '../measure/samples.ts'

const cent = euros(0.01)
const micro = money(1n, cent.currency)
const none = euros(0)
const change = (from: number, to: number): LeverChange => ({
  lever: budgetLeverOf('1'),
  from: { kind: 'money', amount: euros(from) },
  to: { kind: 'money', amount: euros(to) },
})
const raise = change(100, 120)
const cut = change(100, 80)

/** 100 of 150 are taken on the account, 200 of 280 in the portfolio, and raises may take 60 more. */
const books = (over: Partial<CapBooks> = {}): CapBooks => ({
  ledger: { account: raise.lever.account, date: TODAY, exposure: euros(100), version: 1 },
  portfolio: {
    ...{ portfolio: 'eu' as never, date: TODAY, exposure: euros(200), version: 1 },
    rates: [identityRate(cent.currency, TODAY)],
  },
  caps: { account: euros(150), portfolio: euros(280) },
  sharedCaps: [],
  headroom: euros(60),
  ...over,
})
const granted = (delta: Money, growth = none): Before => ({ delta, growth })
const asked = (delta: Money, growth = none, over: Partial<CapBooks> = {}, before: readonly Before[] = []) =>
  brokenCap(raise, delta, growth, books(over), before)
const ACCOUNT = 'the account’s day would cost more than its cap at worst'
const PORTFOLIO = 'the portfolio’s day would cost more than its cap at worst'
const UNPAID = 'the cuts that were to pay for it are not verified'

describe('the caps at the moment of the push', () => {
  test('let through what fills the account’s day to the micro, and stop one micro more', () => {
    expect(asked(euros(50))).toBeUndefined()
    expect(asked(money(50_000_001n, cent.currency))).toBe(ACCOUNT)
  })

  test('the portfolio’s likewise, where the account has room', () => {
    const caps = { account: euros(1000), portfolio: euros(280) }
    expect(asked(euros(80), none, { caps })).toBeUndefined()
    expect(asked(money(80_000_001n, cent.currency), none, { caps })).toBe(PORTFOLIO)
  })

  test('count what was granted before in the same chunk', () => {
    expect(asked(euros(20), none, {}, [granted(euros(30))])).toBeUndefined()
    expect(asked(euros(20), none, {}, [granted(euros(20)), granted(euros(10.01))])).toBe(ACCOUNT)
    expect(asked(euros(60), none, {}, [granted(euros(-10))])).toBeUndefined()
  })

  test('what a raise brings on is paid for by the plan’s own growth and verified cuts, to the micro', () => {
    expect(asked(none, euros(60))).toBeUndefined()
    expect(asked(none, money(60_000_001n, cent.currency))).toBe(UNPAID)
  })

  test('raises before it in the chunk have taken their part; cuts before it pay for nothing yet', () => {
    expect(asked(none, euros(59.99), {}, [granted(none, cent)])).toBeUndefined()
    expect(asked(none, euros(60), {}, [granted(none, micro)])).toBe(UNPAID)
    expect(asked(none, euros(60), {}, [granted(none, micro), granted(none, euros(-40))])).toBe(UNPAID)
  })

  test('without a cap on either there is no raise, not even of nothing', () => {
    expect(asked(none, none, { caps: { account: undefined, portfolio: euros(280) } })).toBe(
      'there is no cap in the policy',
    )
    expect(asked(none, none, { caps: { account: euros(150), portfolio: undefined } })).toBe(
      'there is no cap in the policy',
    )
  })

  test('on a day that is not open nothing is raised, not even what costs nothing more', () => {
    expect(asked(none, none, { ledger: undefined })).toBe('the account’s day is not open yet')
    expect(asked(euros(-1), none, { ledger: undefined })).toBe('the account’s day is not open yet')
  })

  test('a cut is held to no cap: it is sent on a day that is over, not open, or has no cap', () => {
    const over = { ledger: undefined, caps: { account: undefined, portfolio: undefined } }
    expect(brokenCap(cut, euros(-20), euros(-20), books(over), [])).toBeUndefined()
    expect(brokenCap(cut, none, euros(-20), books(over), [])).toBeUndefined()
  })

  test('unless it is of what was not counted, and costs the day a micro more', () => {
    expect(brokenCap(cut, micro, euros(-20), books({ ledger: undefined }), [])).toBe(
      'the account’s day is not open yet',
    )
    expect(brokenCap(cut, euros(50.01), euros(-20), books(), [])).toBe(ACCOUNT)
  })

  test('a shared cap counts what was granted before of the levers that it is about', () => {
    const cap = { cap: { name: 'brand', match: {}, dayCap: euros(70) }, exposure: euros(40), counts: () => true }
    const lever = { next: { lever: budgetLeverOf('2') } }
    const before: Before = { ...granted(euros(10)), lever }
    const shared = { sharedCaps: [cap] }
    expect(asked(euros(20), none, shared, [before])).toBeUndefined()
    expect(asked(euros(20.01), none, shared, [before])).toMatch(/brand/)
    // What was found done already has no record of its own, and is in the exposure.
    expect(asked(euros(30), none, shared, [granted(euros(10))])).toBeUndefined()
  })
})
