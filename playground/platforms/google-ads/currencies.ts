/**
 * Currencies of the pretend Google Ads: billable units and the least daily budget.
 *
 * Billable units: `currency_constant.billable_unit_micros` as the API listed it in July 2026 (v24). They are neither
 * ISO 4217 nor what screens show: amounts in HUF and TWD have hundredths. The per-day minimum is this twin's own: Google
 * publishes none, it only says in an error's details what it would have been.
 */
export interface Currency {
  readonly code: string
  readonly name: string
  readonly symbol: string
  readonly billableUnitMicros: bigint
}

const TENTH_OF_CENT = 1_000n
const CENT = 10_000n
const WHOLE = 1_000_000n

const row = (code: string, name: string, symbol: string, billableUnitMicros: bigint): Currency => ({
  code,
  name,
  symbol,
  billableUnitMicros,
})

export const GOOGLE_CURRENCIES: readonly Currency[] = [
  row('AED', 'United Arab Emirates Dirham', 'AED', CENT),
  row('AUD', 'Australian Dollar', 'A$', CENT),
  row('BRL', 'Brazilian Real', 'R$', CENT),
  row('CAD', 'Canadian Dollar', 'CA$', CENT),
  row('CHF', 'Swiss Franc', 'CHF', CENT),
  row('CLP', 'Chilean Peso', 'CL$', WHOLE),
  row('CNY', 'Chinese Yuan', 'CN¥', CENT),
  row('COP', 'Colombian Peso', 'COL$', WHOLE),
  row('CZK', 'Czech Koruna', 'Kč', CENT),
  row('DKK', 'Danish Krone', 'kr', CENT),
  row('EUR', 'Euro', '€', CENT),
  row('GBP', 'British Pound', '£', CENT),
  row('HKD', 'Hong Kong Dollar', 'HK$', CENT),
  row('HUF', 'Hungarian Forint', 'Ft', CENT),
  row('IDR', 'Indonesian Rupiah', 'Rp', WHOLE),
  row('ILS', 'Israeli New Shekel', '₪', CENT),
  row('INR', 'Indian Rupee', '₹', CENT),
  row('ISK', 'Icelandic Krona', 'kr', WHOLE),
  row('JPY', 'Japanese Yen', '¥', WHOLE),
  row('KRW', 'South Korean Won', '₩', WHOLE),
  row('KWD', 'Kuwaiti Dinar', 'KWD', TENTH_OF_CENT),
  row('MXN', 'Mexican Peso', 'MX$', CENT),
  row('MYR', 'Malaysian Ringgit', 'RM', CENT),
  row('NOK', 'Norwegian Krone', 'kr', CENT),
  row('NZD', 'New Zealand Dollar', 'NZ$', CENT),
  row('PHP', 'Philippine Peso', '₱', CENT),
  row('PLN', 'Polish Zloty', 'zł', CENT),
  row('RON', 'Romanian Leu', 'lei', CENT),
  row('SAR', 'Saudi Riyal', 'SAR', CENT),
  row('SEK', 'Swedish Krona', 'kr', CENT),
  row('SGD', 'Singapore Dollar', 'S$', CENT),
  row('THB', 'Thai Baht', '฿', CENT),
  row('TRY', 'Turkish Lira', '₺', CENT),
  row('TWD', 'New Taiwan Dollar', 'NT$', CENT),
  row('USD', 'US Dollar', '$', CENT),
  row('VND', 'Vietnamese Dong', '₫', WHOLE),
  row('ZAR', 'South African Rand', 'R', CENT),
]

const byCode = new Map(GOOGLE_CURRENCIES.map((c) => [c.code, c]))

/** Micros that every amount in `code` must be a multiple of. @throws RangeError for a currency that the twin lacks */
export function billableUnit(code: string): bigint {
  const found = byCode.get(code)
  if (!found) throw new RangeError(`the pretend Google Ads has no currency "${code}": add it to GOOGLE_CURRENCIES`)
  return found.billableUnitMicros
}

/** Least daily budget, micros: 100 billable units. */
export const perDayMinimum = (code: string): bigint => 100n * billableUnit(code)

/** Largest daily budget, micros: a hundred thousand million billable units. */
export const largestBudget = (code: string): bigint => 100_000_000_000n * billableUnit(code)
