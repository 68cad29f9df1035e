import { describe, expect, test } from 'vitest'
import { growthInBase, netGrowth } from '../../lib/decide/net-growth.ts'
import type { Lever, LeverChange, LeverValue } from '../../lib/model/lever.ts'
import type { Decision } from '../../lib/model/plan.ts'
import { currency, money } from '../../lib/units/money.ts'
import { type ExchangeRate, identityRate } from '../../lib/units/rates.ts'
import { anObservation, TODAY } from '../measure/samples.ts'
import { budgetLeverOf, euros } from './samples.ts'

const USD = currency('USD')
/** A dollar is 0.9 euros. */
const RATES: readonly ExchangeRate[] = [
  identityRate(euros(0).currency, TODAY),
  { ...identityRate(USD, TODAY), to: euros(0).currency, microsPerUnit: 900_000n },
]
const dollars = (units: number): LeverValue => ({ kind: 'money', amount: money(BigInt(units * 1e6), USD) })
const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const change = (from: LeverValue, to: LeverValue, lever: Lever = budgetLeverOf('1')): LeverChange => ({
  ...{ lever, from, to },
})
const TARGET: Lever = { ...budgetLeverOf('1'), kind: 'target-cpa', entity: 'campaign' }

describe('what a change adds to the daily budgets', () => {
  test('is in the base currency, negative for a cut', () => {
    expect(growthInBase(change(worth(100), worth(120)), RATES)).toEqual(euros(20))
    expect(growthInBase(change(dollars(100), dollars(90)), RATES)).toEqual(euros(-9))
  })

  test('is rounded half to even, so that there and back is nothing', () => {
    const [low, high] = [money(0n, USD), money(5n, USD)].map((amount): LeverValue => ({ kind: 'money', amount }))
    // 4.5 micros.
    expect(growthInBase(change(low!, high!), RATES)).toEqual(money(4n, euros(0).currency))
    expect(growthInBase(change(high!, low!), RATES)).toEqual(money(-4n, euros(0).currency))
  })

  test('is nothing for what is no budget, whatever its values', () => {
    const status: LeverValue = { kind: 'status', status: 'paused' }
    expect(growthInBase(change(worth(20), worth(25), TARGET), RATES)).toEqual(euros(0))
    expect(growthInBase(change({ kind: 'ratio', value: 3 }, { kind: 'ratio', value: 4 }, TARGET), RATES)).toEqual(
      euros(0),
    )
    expect(growthInBase(change(status, worth(25)), RATES)).toEqual(euros(0))
    expect(growthInBase(change(worth(25), status), RATES)).toEqual(euros(0))
  })

  test('is not known of a raise without its rate; a cut pays for nothing then', () => {
    const [euro] = RATES
    expect(growthInBase(change(dollars(100), dollars(90)), [euro!])).toEqual(euros(0))
    expect(() => growthInBase(change(dollars(100), dollars(110)), [euro!])).toThrow('no exchange rate from USD')
    expect(() => growthInBase(change(dollars(100), dollars(100)), [euro!])).toThrow('no exchange rate from USD')
    expect(() => growthInBase(change(dollars(100), dollars(90)), [])).toThrow('no exchange rate from USD')
    expect(() => growthInBase(change(worth(20), worth(25), TARGET), [])).toThrow('without exchange rates')
  })
})

describe('what a plan adds', () => {
  const decided = (from: number, to: number): Decision =>
    ({ kind: 'change', change: change(worth(from), worth(to)) }) as unknown as Decision
  const SEEN = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50, rate: 0.5 }] }] })
  const held = { kind: 'hold' } as unknown as Decision
  const added = (...decisions: readonly Decision[]) => netGrowth(decisions, { ...SEEN, rates: RATES })

  test('is by how much raises exceed cuts, and never less than nothing', () => {
    expect(added(decided(100, 120), held, decided(100, 95))).toEqual(euros(15))
    expect(added(decided(100, 120), decided(100, 70))).toEqual(euros(0))
    expect(added(held)).toEqual(euros(0))
  })
})
