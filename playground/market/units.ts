/**
 * The least amount that the market counts spend and order values in: a hundredth of the main unit, or a whole one where a
 * hundredth does not exist or is worth next to nothing. Small enough to be exact on every platform, large enough that
 * amounts fit in 32 bits.
 */
const WHOLE_UNIT = new Set(['CLP', 'COP', 'HUF', 'IDR', 'ISK', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])

export const isWholeUnitCurrency = (currency: string): boolean => WHOLE_UNIT.has(currency)

/** Main units in one counting unit of the currency: 0.01 or 1. */
export const countingUnit = (currency: string): number => (isWholeUnitCurrency(currency) ? 1 : 0.01)

/** Micros in one counting unit. */
export const countingUnitMicros = (currency: string): bigint => (isWholeUnitCurrency(currency) ? 1_000_000n : 10_000n)
