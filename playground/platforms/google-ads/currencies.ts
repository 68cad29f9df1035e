/**
 * Currencies of the pretend Google Ads: billable units and the least daily budget.
 *
 * The real service publishes a billable unit for each currency (`currency_constant.billable_unit_micros`), 0.01 for most
 * and 1 for those without a minor unit. The per-day minimum is this twin's own: Google names none, it only says in the
 * error's details what it would have been.
 */
export interface Currency {
  readonly code: string
  readonly name: string
  readonly symbol: string
  readonly billableUnitMicros: bigint
}

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
  row('CZK', 'Czech Koruna', 'Kč', CENT),
  row('DKK', 'Danish Krone', 'kr', CENT),
  row('EUR', 'Euro', '€', CENT),
  row('GBP', 'British Pound', '£', CENT),
  row('HKD', 'Hong Kong Dollar', 'HK$', CENT),
  row('HUF', 'Hungarian Forint', 'Ft', WHOLE),
  row('IDR', 'Indonesian Rupiah', 'Rp', WHOLE),
  row('INR', 'Indian Rupee', '₹', CENT),
  row('JPY', 'Japanese Yen', '¥', WHOLE),
  row('KRW', 'South Korean Won', '₩', WHOLE),
  row('MXN', 'Mexican Peso', 'MX$', CENT),
  row('NOK', 'Norwegian Krone', 'kr', CENT),
  row('NZD', 'New Zealand Dollar', 'NZ$', CENT),
  row('PLN', 'Polish Zloty', 'zł', CENT),
  row('SEK', 'Swedish Krona', 'kr', CENT),
  row('SGD', 'Singapore Dollar', 'S$', CENT),
  row('TRY', 'Turkish Lira', '₺', CENT),
  row('TWD', 'New Taiwan Dollar', 'NT$', WHOLE),
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
