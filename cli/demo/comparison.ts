import type { CampaignLine, PacingDay, PeriodFigures, RunReport, UntouchedFigures } from '../../dashboard/run-report.ts'
import { type AccountDate, addDays, dates, endOfDay, type Instant } from '../../lib/units/calendar.ts'
import { rateNumber } from '../../lib/units/rates.ts'
import type { Market } from '../../playground/market/market.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { runUntouched } from '../../playground/market/untouched.ts'
import type { Pretend } from './pretend.ts'

type Compared = Pick<RunReport, 'from' | 'to' | 'before' | 'sluice' | 'untouched' | 'pacing' | 'campaigns'>

/**
 * The run beside the same days before it, and beside what the accounts would have brought with nobody touching them:
 * same seed, same draws, initial budgets times one factor so that as much is spent.
 */
export function comparison({ market }: Pretend, scenario: Scenario, seed: number, days: number): Compared {
  const { flight, zone, accounts } = market.portfolio
  const from = flight.from
  const to = addDays(from, days - 1)
  // The latest end of that date in any of the zones: both worlds have then lived through all of it.
  const until = Math.max(
    ...[zone, ...accounts.map((account) => account.zone)].map((one) => endOfDay(to, one)),
  ) as Instant
  if (market.now() < until) market.advanceTo(until)
  const sluice = figures(market, from, to)
  const spendMicros = market.truth.headline(from, to).spendMicros
  const other = runUntouched(scenario, { seed, spendMicros, until, through: to })
  const untouched: UntouchedFigures = {
    ...figures(other.market, from, to),
    budgetFactor: other.factor,
    spendDifference: other.spendDifference,
  }
  return {
    from,
    to,
    before: figures(market, addDays(from, -days), addDays(from, -1)),
    sluice,
    untouched,
    pacing: pacing(market, other.market, from, to),
    campaigns: campaignLines(market, from, to, days),
  }
}

function figures({ truth }: Market, from: AccountDate, to: AccountDate): PeriodFigures {
  const found = truth.headline(from, to)
  return {
    from,
    to,
    spend: Number(found.spendMicros) / 1e6,
    incremental: found.expected,
    incrementalValue: Number(found.expectedValueMicros) / 1e6,
    claimed: found.claimed,
    ordered: found.ordered,
    orderedValue: Number(found.orderedValueMicros) / 1e6,
    refunded: found.refunded,
  }
}

function pacing(
  { truth, portfolio }: Market,
  untouched: Market,
  from: AccountDate,
  to: AccountDate,
): readonly PacingDay[] {
  const total = Number(portfolio.flight.totalMicros) / 1e6
  const flightDays = dates(portfolio.flight.from, portfolio.flight.to).length
  let spendToDate = 0
  let untouchedToDate = 0
  return dates(from, to).map((date, i) => {
    const spend = truth.spendInBase(date, date)
    spendToDate += spend
    untouchedToDate += untouched.truth.spendInBase(date, date)
    return { date, spend, targetToDate: (total * (i + 1)) / flightDays, spendToDate, untouchedToDate }
  })
}

function campaignLines(
  { truth, portfolio }: Market,
  from: AccountDate,
  to: AccountDate,
  days: number,
): readonly CampaignLine[] {
  const sums = (first: AccountDate, last: AccountDate): ReadonlyMap<string, { spend: number; caused: number }> => {
    const found = new Map<string, { spend: number; caused: number }>()
    for (const day of truth.caused({ from: first, to: last })) {
      const key = `${day.platform}:${day.accountId}/${day.campaignId}`
      const rate = portfolio.rates.findLast((one) => one.from === day.currency && one.date <= day.date)
      const sum = found.get(key) ?? { spend: 0, caused: 0 }
      sum.spend += (Number(day.spendMicros) / 1e6) * (rate ? rateNumber(rate) : 1)
      sum.caused += day.expected
      found.set(key, sum)
    }
    return found
  }
  const before = sums(addDays(from, -days), addDays(from, -1))
  const after = sums(from, to)
  const cpa = (sum: { spend: number; caused: number } | undefined): number | undefined =>
    sum && sum.caused >= 0.5 ? sum.spend / sum.caused : undefined
  return portfolio.campaigns
    .map(({ platform, accountId, id, name, class: kind }): CampaignLine => {
      const key = `${platform}:${accountId}/${id}`
      const [cpaBefore, cpaAfter] = [cpa(before.get(key)), cpa(after.get(key))]
      return {
        account: `${platform}:${accountId}`,
        name,
        class: kind,
        spendPerDayBefore: (before.get(key)?.spend ?? 0) / days,
        spendPerDayAfter: (after.get(key)?.spend ?? 0) / days,
        ...(cpaBefore === undefined ? {} : { cpaBefore }),
        ...(cpaAfter === undefined ? {} : { cpaAfter }),
      }
    })
    .toSorted((a, b) => b.spendPerDayAfter - a.spendPerDayAfter)
}
