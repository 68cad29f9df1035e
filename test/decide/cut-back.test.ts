import { describe, expect, test } from 'vitest'
import { cutBack } from '../../lib/decide/cut-back.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import { estimatesOf, type KnownMarket, observationOf } from './handmade.ts'
import { amountAfter, euros, someCapabilities } from './samples.ts'

/** A budget of 1000 that brings 10 conversions along a straight line goes back to a cap; moves of a tenth are worth making. */
const back = (cap: number, capabilities: Partial<PlatformCapabilities> = {}, spent = 0, isKnown = true) => {
  const market: KnownMarket = {
    accounts: [{ id: '1', budget: 1000, level: 10 }],
    target: 1000,
    policy: { guardrails: { deadband: 0.1 } },
  }
  const [question] = questionsOf(observationOf(market), estimatesOf(market), () => ({
    ...someCapabilities,
    ...capabilities,
  }))
  const account = { ...question!.account, spentTodayMicros: new Map([['1', euros(spent).micros]]) }
  return cutBack({ ...question!, account, estimate: isKnown ? question!.estimate : undefined }, euros(cap))
}
const amountOf = (...asked: Parameters<typeof back>): number | undefined => {
  const decision = back(...asked)
  return decision && amountAfter(decision)
}

describe('a budget that is outside the caps', () => {
  test('goes to its cap in one step, with what that gives up', () => {
    const decision = back(200)!
    expect(amountAfter(decision)).toBe(200)
    // 800 of 1000 are given up, and 8 of 10 conversions with them.
    expect(decision.expected.mean).toBeCloseTo(-8, 9)
    expect(decision.maturity).toBe(1)
    expect(decision.why).toBe('Somebody set it to 1000.00 EUR, outside the caps; it goes back to 200.00 EUR.')
  })

  test('of which nothing is known gives up nothing that is known', () => {
    expect(back(200, {}, 0, false)).toMatchObject({ expected: { mean: 0, low: 0, high: 0 }, maturity: 0 })
  })

  test('is cut by a tenth, and by no less', () => {
    expect(amountOf(900)).toBe(900)
    expect(amountOf(900.01)).toBeUndefined()
    expect(amountOf(1000)).toBeUndefined()
  })

  test('goes as far as the platform takes it beside what is spent, and says so', () => {
    // 400 spent and a margin of a twentieth are 420.
    const decision = back(200, { cutFloorOfSpend: 1 }, 400)!
    expect(amountAfter(decision)).toBe(420)
    expect(decision.why).toBe(
      'Somebody set it to 1000.00 EUR, outside the caps; it goes back to 420.00 EUR, as far as the platform lets it go today, on its way to 200.00 EUR.',
    )
    expect(amountOf(200, { cutFloorOfSpend: 1 }, 900)).toBeUndefined()
  })

  test('is never left a cent above the cap by the platform’s rounding', () => {
    expect(amountOf(200.009)).toBe(200)
  })
})
