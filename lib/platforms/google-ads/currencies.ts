import type { CurrencyCode } from '../../units/money.ts'

/**
 * Billable units: amounts must be multiples of these (`NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT` otherwise).
 *
 * Source: `currency_constant.billable_unit_micros` of the API, as listed on 2026-07-13 (v24, 147 currencies). Not ISO
 * 4217 and not what screens show: TWD and HUF have hundredths here, PKR and RSD have none. Every structure read
 * compares the account's own currency with the live value, so that an outdated line is a blocker and not a loss.
 */
const WHOLE = 'CLP COP DJF GNF IDR ISK JPY KRW PKR PYG RSD RWF UGX VND VUV XAF XOF XPF'
const THOUSANDTH = 'BHD IQD KWD LYD OMR'
const HUNDREDTH =
  'AED ARS AUD BGN BOB BRL CAD CHF CNY CRC CZK DKK DOP EGP EUR GBP GTQ HKD HUF ILS INR JMD KES KZT LKR MAD MXN MYR ' +
  'NGN NOK NZD PEN PHP PLN QAR RON SAR SEK SGD THB TRY TWD UAH USD UYU ZAR'

const codes = (list: string, unit: bigint) => list.split(' ').map((code) => [code, unit] as const)
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ...codes(WHOLE, 1_000_000n),
  ...codes(HUNDREDTH, 10_000n),
  ...codes(THOUSANDTH, 1_000n),
])

/**
 * Micros that every amount in a currency must be a multiple of.
 *
 * @throws RangeError for a currency not in the table: guessing a unit may be a hundredfold error
 */
export function billableUnit(currency: CurrencyCode): bigint {
  const unit = knownUnit(currency)
  if (unit === undefined) throw new RangeError(`no Google Ads billable unit is known for ${currency}`)
  return unit
}

/** The same, or `undefined` for a currency not in the table. */
export const knownUnit = (currency: CurrencyCode): bigint | undefined => UNITS.get(currency)
