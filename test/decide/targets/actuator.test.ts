import { describe, expect, test } from 'vitest'
import { type ActuatorQuestion, actuatorOf } from '../../../lib/decide/targets/actuator.ts'

describe('the one lever that steers a campaign', () => {
  test.each<[string, ActuatorQuestion, string]>([
    [
      'its target, where the budget is not used',
      { hasTarget: true, deliveryRatio: 0.4, previous: undefined },
      'target',
    ],
    ['its budget, where that binds', { hasTarget: true, deliveryRatio: 0.97, previous: 'budget' }, 'budget'],
    ['its budget, where it has no target', { hasTarget: false, deliveryRatio: 0.4, previous: undefined }, 'budget'],
    [
      'its budget, where delivery is not known',
      { hasTarget: true, deliveryRatio: undefined, previous: 'target' },
      'budget',
    ],
    ['still its target at 90 %', { hasTarget: true, deliveryRatio: 0.9, previous: 'target' }, 'target'],
    ['still its budget at 90 %', { hasTarget: true, deliveryRatio: 0.9, previous: 'budget' }, 'budget'],
    ['its budget again at 96 %', { hasTarget: true, deliveryRatio: 0.96, previous: 'target' }, 'budget'],
  ])('is %s', (_, question, expected) => {
    expect(actuatorOf(question)).toBe(expected)
  })
})
