import { describe, expect, test } from 'vitest'
import { outcomeWords, paceText, type Standing, standingJson, standingText } from '../../cli/commands/plan-standing.ts'
import { plain } from '../../cli/terminal/paint.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { Decision, ExpectedEffect, Pace } from '../../lib/model/plan.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency, fromDecimal, type Money } from '../../lib/units/money.ts'

const EUR = currency('EUR')
const eur = (text: string) => fromDecimal(text, EUR)

const PACE: Pace = {
  status: 'under',
  spent: 12_000,
  total: 50_000,
  daysLeft: 12,
  landing: { mean: 48_500, low: 47_250.5, high: 49_750 },
  requiredPerDay: 38_000 / 12,
  noReturn: { kind: 'under', date: accountDate('2026-12-10'), why: 'if budgets stay as they are 1500.00 stay unspent' },
  why: [
    '3166.67 today of the 38000.00 that remain for 12 days',
    'lands at 48500.00 (47250.50 to 49750.00) of 50000.00; 1500.00 stay unspent because budgets cannot grow that far in time',
  ],
}
const OLD: Standing = { dayTarget: eur('3200') }
const textOf = (standing: Standing, decisions: readonly Decision[] = []): string =>
  standingText(standing, decisions, plain).join('\n')

test('does not show what rounds to nothing as unspent', () => {
  expect(textOf({ ...OLD, unspent: eur('0.004') })).toBe('')
  expect(textOf({ ...OLD, unspent: eur('0.005') })).toContain('unspent')
})

const held = (name: string, reason: 'data-break' | 'learning', detail: string): Decision => ({
  kind: 'hold',
  lever: { account: accountRef('meta', '7'), kind: 'daily-budget', entity: 'budget', id: name },
  ...{ name, value: undefined, reason, detail },
})
const changed = (unit: ExpectedEffect['unit']): Decision => ({
  kind: 'change',
  change: {
    lever: { account: accountRef('meta', '7'), kind: 'daily-budget', entity: 'budget', id: '1' },
    from: { kind: 'money', amount: eur('10') },
    to: { kind: 'money', amount: eur('12') },
  },
  ...{ name: 'One', class: 'prospecting', binding: [], why: '', maturity: 1 },
  expected: { unit, mean: 1, low: 0, high: 2 },
})

describe('how a portfolio stands', () => {
  test('is said of the flight: status, landing with its interval, point of no return, and why', () => {
    expect(paceText(PACE, EUR)).toEqual([
      '  pace       under its path: 12000.00 EUR of 50000.00 EUR spent, 12 days left, 3166.67 EUR a day needed',
      '  landing    48500.00 EUR (80 %: 47250.50 EUR to 49750.00 EUR)',
      '  no return  2026-12-10: if budgets stay as they are 1500.00 stay unspent',
      '             3166.67 today of the 38000.00 that remain for 12 days',
      '             1500.00 stay unspent because budgets cannot grow that far in time',
    ])
  })

  test('outside the flight says no landing', () => {
    const { requiredPerDay: _, noReturn: __, ...rest } = PACE
    const lines = paceText(
      { ...rest, status: 'outside-flight', daysLeft: 0, why: ['the flight ended on 2026-12-01'] },
      EUR,
    )
    expect(lines).toEqual([
      '  pace       outside the flight: 12000.00 EUR of 50000.00 EUR spent, 0 days left',
      '             the flight ended on 2026-12-01',
    ])
  })

  test('names each limit with its worth, in the units of the goal', () => {
    const limits = [
      { name: 'meta', detail: 'group "meta" gets at most this much', worthPerUnit: 0.034 },
      { name: 'marginal-floor', detail: 'what the policy asks the next unit of money to bring', worthPerUnit: 0 },
    ]
    const text = textOf({ ...OLD, limits }, [changed('value-per-day')])
    expect(text).toContain(
      '  limit      meta: group "meta" gets at most this much; +1 EUR of it a day = +0.0340 EUR of value a day',
    )
    expect(text).toMatch(/^ {2}limit {6}marginal-floor: what the policy asks the next unit of money to bring$/m)
  })

  test.each<[string, Standing['limits'], string]>([
    ['a ceiling', [{ name: 'average-ceiling', detail: 'the target CPA', worthPerUnit: 0.1 }], 'the target CPA'],
    ['a cap', [{ name: 'account-day-cap', detail: 'the dayCap of meta:7' }], 'the dayCap of meta:7'],
    ['nothing named', [], 'steps and upper bounds leave no room for it today, or more would bring nothing'],
  ])('says how much stays unspent, and why: %s', (_, limits, why) => {
    const text = textOf({ ...OLD, unspent: eur('120'), limits: limits ?? [] })
    expect(text).toContain(`  unspent    120.00 EUR of today’s 3200.00 EUR: ${why}`)
  })

  test.each([
    [0.0042, '0.42 % of the expected outcome is given up to learn from'],
    [0, 'less than 0.01 % of the expected outcome is given up to learn from'],
  ])('says what exploring gives up: %d', (explorationCost, words) => {
    expect(textOf({ ...OLD, explorationCost })).toContain(`  learning   ${words}`)
  })

  test('says it per day too, in outcome and in what as much would cost', () => {
    const text = (outcome: number, unit: ExpectedEffect['unit'], money?: Money) =>
      textOf({ ...OLD, explorationCost: 0.01, explorationPerDay: { outcome, ...(money ? { money } : {}) } }, [
        changed(unit),
      ])
    expect(text(0.42, 'conversions-per-day', eur('10.5'))).toMatch(
      /to learn from: 0\.420 conversions a day, what 10\.50 EUR more would bring$/m,
    )
    expect(text(0.42, 'conversions-per-day')).toMatch(/to learn from: 0\.420 conversions a day$/m)
    expect(text(8, 'profit-per-day', eur('8'))).toMatch(/to learn from: 8(\.00)? EUR of profit a day$/m)
    expect(text(0, 'value-per-day', eur('0'))).toMatch(/to learn from$/m)
  })

  test('names a break in the data once per account, with how many levers are held for it', () => {
    const broken = 'conversions fell to 2 % on 2026-11-18 while clicks stayed'
    const text = textOf(OLD, [
      held('a', 'data-break', broken),
      held('b', 'data-break', broken),
      held('c', 'learning', ''),
    ])
    expect(text).toBe(`\n  break      meta:7: ${broken} (2 levers held)`)
  })

  test('of a plan from before these were reckoned is nothing, and null as JSON', () => {
    expect(textOf(OLD)).toBe('')
    expect(standingJson(OLD, [])).toEqual({
      pace: null,
      limits: null,
      unspent: null,
      explorationCost: null,
      explorationPerDay: null,
      breaks: [],
    })
  })

  test('is money in micros as JSON, and nothing unknown is left out', () => {
    const { noReturn: _, ...rest } = PACE
    expect(standingJson({ ...OLD, pace: rest, unspent: eur('0.5') }, [])).toMatchObject({
      unspent: { micros: '500000', currency: 'EUR' },
      pace: {
        landing: { mean: { micros: '48500000000', currency: 'EUR' }, low: { micros: '47250500000', currency: 'EUR' } },
        requiredPerDay: { micros: '3166666667', currency: 'EUR' },
        noReturn: null,
      },
    })
  })

  test.each<[ExpectedEffect['unit'], string]>([
    ['conversions-per-day', 'conversions'],
    ['value-per-day', 'EUR of value'],
    ['profit-per-day', 'EUR of profit'],
  ])('counts %s as "%s"', (unit, words) => {
    expect(outcomeWords([held('a', 'learning', ''), changed(unit)], EUR)).toBe(words)
  })
})
