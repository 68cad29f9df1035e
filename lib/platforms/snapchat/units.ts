import type { BudgetOwner } from '../../model/structure.ts'
import { type CurrencyCode, type Money, money, toMultiple } from '../../units/money.ts'

const HIGH = ['AED', 'CNY', 'DKK', 'HKD', 'ILS', 'INR', 'NOK', 'QAR', 'SAR', 'SEK', 'USD']
const LOW = ['AUD', 'BAM', 'CAD', 'CHF', 'EUR', 'GBP', 'KWD']

/**
 * Greatest bid by currency, in micros: the currencies that Snapchat names. An amount is in millionths of the main unit in
 * each of them.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/ad-squads ("Currency Specific bids")
 */
const GREATEST_BID: ReadonlyMap<string, bigint> = new Map([
  ...HIGH.map((code) => [code, 500_000_000n] as const),
  ...LOW.map((code) => [code, 100_000_000n] as const),
])
const LEAST_BID = 10_000n

/** Of an ad squad, in every currency; the documents say so. */
const LEAST_OF_AD_SQUAD = 5_000_000n
/** Of a campaign, in every currency: what users of the API report. */
const LEAST_OF_CAMPAIGN = 20_000_000n
/** A hundredth of the main unit: a finer budget is on no screen, and whether one is kept is written nowhere. */
const STEP = 10_000n

/** @throws RangeError for a currency that Snapchat does not name */
export function checkCurrency(currency: CurrencyCode): CurrencyCode {
  if (!GREATEST_BID.has(currency))
    throw new RangeError(`currency ${currency} is not among those that Snapchat names: add it with its documented bids`)
  return currency
}

/** The least of all levels where none is named. @throws RangeError for an unlisted currency */
export const leastDailyBudget = (currency: CurrencyCode, owner?: BudgetOwner): Money =>
  money(owner === 'campaign' ? LEAST_OF_CAMPAIGN : LEAST_OF_AD_SQUAD, checkCurrency(currency))

/** Rounded down to a hundredth of the main unit. @throws RangeError for an unlisted currency */
export const toSnapAmount = (amount: Money): Money => {
  checkCurrency(amount.currency)
  return toMultiple(amount, STEP, 'down')
}

/** Smallest and largest bid, both included, in micros. @throws RangeError for an unlisted currency */
export const bidRange = (currency: CurrencyCode): readonly [bigint, bigint] => [
  LEAST_BID,
  GREATEST_BID.get(checkCurrency(currency)) ?? LEAST_BID,
]

/** Micros of a ROAS: 3,500,000 is 3.5. */
export const fromRoasMicros = (micros: bigint): number => Number(micros) / 1e6
