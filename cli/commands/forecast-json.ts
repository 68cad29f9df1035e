import type { CampaignShift, Shift } from '../../lib/decide/forecast/compare.ts'
import type { Forecast, ForecastPoint, ImpossibleTotal, Outlook } from '../../lib/decide/forecast/forecast.ts'
import { type CurrencyCode, fromMainUnits } from '../../lib/units/money.ts'
import type { ShownForecast } from './forecast.ts'

/**
 * A forecast as `--json` shows it: everything per day, money in micros, outcomes in the `unit` (of value and profit in
 * main units of the currency); what is unknown is null.
 */
export const forecastJson = ({ version: { policy }, asked, found, comparison }: ShownForecast): object => {
  const head = { portfolio: policy.portfolio, mode: policy.mode, flightDays: asked.flightDays }
  const currency = policy.baseCurrency
  if (found.kind === 'none') return { ...head, currency, none: found.why }
  const { from, to } = comparison ?? {}
  return {
    ...head,
    currency,
    none: null,
    unit: found.unit,
    daysAhead: found.days,
    policyTotal: amount(asked.policy, currency),
    standing: pointJson(found.standing, found),
    points: found.points.map((point) => pointJson(point, found)),
    comparison: comparison &&
      from &&
      to && {
        from: amount(from.total, currency),
        to: amount(to.total, currency),
        ...shiftJson(comparison, currency),
        platforms: byName(comparison.platforms, (one) => shiftJson(one, currency)),
        accounts: byName(comparison.accounts, (one) => shiftJson(one, currency)),
        campaigns: comparison.campaigns.map((one) => campaignShiftJson(one, currency)),
      },
    caveats: found.caveats,
  }
}

const amount = (units: number, currency: CurrencyCode) => ({
  micros: fromMainUnits(units, currency, 'half-even').micros.toString(),
  currency,
})

const outlookJson = ({ spend, outcome }: Outlook, currency: CurrencyCode) => ({
  spend: amount(spend, currency),
  outcome,
})

const shiftJson = ({ spend, outcome }: Shift, currency: CurrencyCode) => ({ spend: amount(spend, currency), outcome })

const byName = <T>(parts: ReadonlyMap<string, T>, json: (one: T) => object) =>
  [...parts].map(([name, one]) => ({ name, ...json(one) }))

function pointJson(point: ForecastPoint | ImpossibleTotal, { currency }: Forecast): object {
  const total = amount(point.total, currency)
  if (point.kind === 'impossible')
    return { total, impossible: { least: amount(point.least, currency), detail: point.detail } }
  return {
    total,
    impossible: null,
    ...outlookJson(point, currency),
    marginalReturn: point.marginalReturn,
    unspent: amount(point.unspent, currency),
    unspentBecause: point.unspentBecause,
    binding: point.binding,
    beyondSeenShare: point.beyondSeenShare,
    platforms: byName(point.platforms, (one) => outlookJson(one, currency)),
    accounts: byName(point.accounts, (one) => outlookJson(one, currency)),
    campaigns: point.campaigns.map(({ budget, marginalReturn, limits, isBeyondSeen, ...outlook }) => ({
      account: budget.account,
      budget: budget.question.budget.id,
      name: budget.question.budget.name,
      class: budget.question.membership.class,
      ...outlookJson(outlook, currency),
      marginalReturn,
      limits,
      isBeyondSeen,
      conversionsWanting: budget.wanting,
      stays: budget.stays ?? null,
    })),
  }
}

const campaignShiftJson = ({ budget, from, to, limits, isBeyondSeen, ...shift }: CampaignShift, of: CurrencyCode) => ({
  account: budget.account,
  budget: budget.question.budget.id,
  name: budget.question.budget.name,
  from: amount(from, of),
  to: amount(to, of),
  ...shiftJson(shift, of),
  limits,
  isBeyondSeen,
})
