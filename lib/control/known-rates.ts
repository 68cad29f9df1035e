import type { PolicyVersion } from '../model/policy.ts'
import { addDays, dateAt } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { type ExchangeRate, identityRate, withHaircut } from '../units/rates.ts'
import type { Loop } from './loop.ts'

/** A portfolio's days are looked through so far back for what was pinned for them. */
const DAYS_BACK = 7

/**
 * The rate of a currency to the portfolio's base currency as it is known, however old: as pinned for its day, or for the
 * last one of the week that has it, or as quoted last. Good enough to see what is too much and to cut it; a raise needs the
 * day's own. Undefined: there has never been one.
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
  const quoted = await loop.rates.rate(from, policy.baseCurrency, today)
  return quoted && withHaircut(quoted, policy.guardrails.rateHaircut)
}
