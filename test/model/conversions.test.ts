import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConversionRule, parseRuleKey, ruleKey } from '../../lib/model/conversions.ts'

const someRule: fc.Arbitrary<ConversionRule> = fc.record({
  // An action is the advertiser's own name: it may hold anything, the separator of keys included.
  action: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('purchase', 'a|7c|1v|click', 'line\nbreak', '|')),
  clickWindowDays: fc.nat({ max: 90 }),
  viewWindowDays: fc.nat({ max: 30 }),
  basis: fc.constantFrom('click', 'impression', 'conversion', 'mixed'),
})

describe('a conversion rule key', () => {
  test('is written as action, windows and basis', () => {
    expect(ruleKey({ action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' })).toBe(
      'purchase|7c|1v|mixed',
    )
  })

  test('reads back as the rule that it was made of, whatever the action is called', () => {
    fc.assert(
      fc.property(someRule, (rule) => {
        expect(parseRuleKey(ruleKey(rule))).toEqual(rule)
      }),
    )
  })

  test.each(['', 'purchase', 'purchase|7|1|click', 'purchase|7c|1v|other', '|7c|1v|click', 'purchase|7c|1v|click '])(
    '"%s" is refused',
    (text) => {
      expect(() => parseRuleKey(text)).toThrow(
        `"${text}" is not a conversion rule: write action, days after a click, days after a view and basis, such as purchase|7c|1v|mixed`,
      )
    },
  )
})
