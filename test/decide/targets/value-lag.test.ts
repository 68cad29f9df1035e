import { describe, expect, test } from 'vitest'
import { questionsOf } from '../../../lib/decide/questions.ts'
import { biasOf, evidenceOf, poolBiasOf } from '../../../lib/decide/targets/bias.ts'
import { targetHistory } from '../../../lib/decide/targets/history.ts'
import { placedTargets } from '../../../lib/decide/targets/placed.ts'
import { estimate } from '../../../lib/measure/estimate.ts'
import type { AccountKey } from '../../../lib/model/account.ts'
import type { Estimates } from '../../../lib/model/estimates.ts'
import type { BidStrategy } from '../../../lib/model/structure.ts'
import { anObservation } from '../../measure/samples.ts'
import { euros, someCapabilities } from '../samples.ts'

const ACCOUNT = 'google-ads:1' as AccountKey
/** Half of the conversions are seen a day later, nearly all the next; none is ever taken back. */
const COUNTS = [0.3, 0.5, 0.9, 1]
/** Of their value, 30 % is taken back after the 14th day. */
const VALUES = [0.4, 0.7, 1.3, ...Array.from({ length: 12 }, () => 1 / 0.7), 1]
const at = (shares: readonly number[], age: number): number => shares[Math.min(age, shares.length - 1)]!

/** 40 euros a day for 4 conversions of 35 euros each that stay: a return of 3.5, which is the target. */
function historyOf(strategy: BidStrategy, completion: Partial<Estimates>) {
  const observation = anObservation({
    accounts: [
      {
        key: ACCOUNT,
        campaigns: [
          {
            id: '1',
            budget: 100,
            days: (age) => ({ spend: 40, conversions: 4 * at(COUNTS, age), value: 140 * at(VALUES, age) }),
            campaign: { strategy },
          },
        ],
      },
    ],
    policy: { targets: 'steer', goal: { kind: 'value' } },
  })
  const estimates = { ...estimate(observation), ...completion }
  const [target] = placedTargets(
    observation,
    questionsOf(observation, estimates, () => someCapabilities),
  )
  return targetHistory(observation, target!, estimates)
}

const KNOWN = { completion: new Map([[ACCOUNT, COUNTS]]), valueCompletion: new Map([[ACCOUNT, VALUES]]) }
const ROAS: BidStrategy = { kind: 'target-roas', targetRoas: 3.5 }

describe('what a target brought', () => {
  test('under a target ROAS is value, seen by the development of value: returns to come are in no young day', () => {
    const { days } = historyOf(ROAS, KNOWN)
    expect(days.length).toBeGreaterThan(20)
    for (const { ageDays, outcome, visible } of days) {
      expect(visible).toBeCloseTo(at(VALUES, ageDays), 12)
      expect(outcome / visible).toBeCloseTo(140, 5)
    }
  })

  test('is worth what stays of it per conversion', () => {
    expect(historyOf(ROAS, KNOWN).valuePerConversion).toBeCloseTo(35, 5)
  })

  test('keeps a target that is met free of any bias, which the development of counts would not', () => {
    const biasWith = (known: Partial<Estimates>): number => {
      const { days, valuePerConversion } = historyOf(ROAS, known)
      const evidence = evidenceOf(
        days.map((day) => ({ ...day, target: 1 / day.target })),
        valuePerConversion,
      )
      return biasOf(evidence, poolBiasOf([evidence])).log
    }
    expect(biasWith(KNOWN)).toBeCloseTo(0, 6)
    // As if it returned a fifth more than it does.
    expect(biasWith({ ...KNOWN, valueCompletion: KNOWN.completion })).toBeLessThan(-0.15)
  })

  test('under a target CPA is conversions, seen by the development of counts', () => {
    const { days } = historyOf({ kind: 'target-cpa', targetCpa: euros(10) }, KNOWN)
    for (const { ageDays, outcome, visible } of days) {
      expect(visible).toBeCloseTo(at(COUNTS, ageDays), 12)
      expect(outcome / visible).toBeCloseTo(4, 5)
    }
  })

  test('is seen by what the accounts’ own readings say of value', () => {
    const observation = anObservation({
      accounts: [{ key: ACCOUNT, campaigns: [{ id: '1', budget: 100, rate: 0.1 }] }],
    })
    const { valueCompletion, completion } = estimate(observation)
    expect(valueCompletion?.get(ACCOUNT)).toHaveLength(completion.get(ACCOUNT)!.length)
  })
})
