import type { Money } from '../units/money.ts'

/**
 * The rule by which conversions were counted. Counts under different rules are different quantities: they are never
 * compared or summed unless a policy says how.
 */
export interface ConversionRule {
  /** The platform's name or id of the conversion action, such as `purchase`. */
  readonly action: string
  /** Days after a click within which a conversion counts; 0 = clicks do not count. */
  readonly clickWindowDays: number
  /** Days after an impression within which a view-through conversion counts; 0 = views do not count. */
  readonly viewWindowDays: number
  /** Which day a conversion is put on. `mixed`: on-platform actions by impression, others by conversion (Meta). */
  readonly basis: 'click' | 'impression' | 'conversion' | 'mixed'
}

/** A count that carries its rule. `claimed` by a platform: not what the shop sold, and not what the spend caused. */
export interface ConversionCount {
  readonly rule: ConversionRule
  /** May be fractional; ≥ 0. */
  readonly conversions: number
  readonly value: Money
}

/** `purchase|7c|1v|mixed`: stable text of a rule, for keys. */
export const ruleKey = (rule: ConversionRule): string =>
  `${rule.action}|${rule.clickWindowDays}c|${rule.viewWindowDays}v|${rule.basis}`

/** @throws RangeError unless the text was made by `ruleKey` */
export function parseRuleKey(text: string): ConversionRule {
  const match = /^(.+)\|(\d+)c\|(\d+)v\|(click|impression|conversion|mixed)$/s.exec(text)
  if (!match)
    throw new RangeError(
      `"${text}" is not a conversion rule: write action, days after a click, days after a view and basis, such as purchase|7c|1v|mixed`,
    )
  const [, action = '', click, view, basis] = match
  return {
    action,
    clickWindowDays: Number(click),
    viewWindowDays: Number(view),
    basis: basis as ConversionRule['basis'],
  }
}
