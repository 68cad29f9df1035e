import { type CurrencyCode, divide, type Money, money } from '../../units/money.ts'

/** `amount` as Google takes it: int64 micros, in a string. ¥5,000 is `"5000000000"`. */
export const toMicros = ({ micros }: Money): string => micros.toString()

/** Main units, for figures that are estimates anyway. */
export const unitsOf = (micros: bigint): number => Number(micros) / 1e6

const DOUBLE = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/**
 * A conversion value, which Google reports as a double in main units, as money.
 *
 * Taken by its shortest decimal text and not multiplied as a float: 0.29 · 10^6 is 290000 and not 289999.99999999994.
 * What lies below a micro is rounded half to even, once, here.
 *
 * @throws RangeError when the value is not finite
 */
export function moneyOfDouble(value: number, currency: CurrencyCode): Money {
  const match = DOUBLE.exec(String(value))
  if (!match) throw new RangeError(`a conversion value must be finite, got ${value}`)
  const [, sign, whole = '0', fraction = '', exponent = '0'] = match
  const scale = Number(exponent) + 6 - fraction.length
  const coefficient = BigInt(`${sign}${whole}${fraction}`)
  const micros =
    scale >= 0 ? coefficient * 10n ** BigInt(scale) : divide(coefficient, 10n ** BigInt(-scale), 'half-even')
  return money(micros, currency)
}

/** A float32, as `campaign_criterion.bid_modifier` is: 1.1 is kept as 1.100000023841858. */
export const asFloat32 = (value: number): number => Math.fround(value)

/** TargetRoas.target_roas in common/bidding.proto. */
export const ROAS_RANGE = [0.01, 1000] as const
/** CampaignCriterion.bid_modifier; 0 excludes the device, which is not a bid and not ours to do. */
export const MODIFIER_RANGE = [0.1, 10] as const
