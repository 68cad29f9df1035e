import type { PolicyVersion } from '../model/policy.ts'
import { addDays, dateAt } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { type ExchangeRate, identityRate } from '../units/rates.ts'
import type { Loop } from './loop.ts'

/** A portfolio's days are looked through so far back for what was pinned for them. */
const DAYS_BACK = 35

/**
 * The rate of a currency to the portfolio's base currency as planning has pinned it, however old: for the day, or for the
 * last one of five weeks that has it. Good enough to see what is too much and to cut it; a raise needs the day's own. What is
 * quoted is not asked for: only planning may read that, and a pull or a cut must not fail where it cannot be had.
 * Undefined: there was none in all that time.
 */
export async function lastKnownRate(
  from: CurrencyCode,
  { policy }: PolicyVersion,
  loop: Loop,
): Promise<ExchangeRate | undefined> {
  const today = dateAt(loop.clock.now(), policy.zone)
  if (from === policy.baseCurrency) return identityRate(from, today)
  for (let back = 0; back <= DAYS_BACK; back++) {
    const day = await loop.money.portfolioDay(policy.portfolio, addDays(today, -back))
    const pinned = day?.rates.find((one) => one.from === from)
    if (pinned) return pinned
  }
  return undefined
}
