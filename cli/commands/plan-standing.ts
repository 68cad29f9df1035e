import { amountText, numberText } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { BindingGuardrail, Decision, ExpectedEffect, Pace, PlanTerms } from '../../lib/model/plan.ts'
import { type CurrencyCode, fromMainUnits, type Money } from '../../lib/units/money.ts'
import type { Paint } from '../terminal/paint.ts'

/** What a plan says of its portfolio as a whole; plans that were made before these were reckoned have none of it. */
export type Standing = Pick<
  PlanTerms,
  'dayTarget' | 'limits' | 'explorationCost' | 'explorationPerDay' | 'unspent' | 'pace'
>

const PACE_WORDS: Readonly<Record<Pace['status'], string>> = {
  unknown: 'not known yet',
  under: 'under its path',
  'on-track': 'on track',
  over: 'over its path',
  exhausted: 'its money is gone',
  'outside-flight': 'outside the flight',
}

/** What an outcome per day is counted in, as the plan's changes say; without a change, in the units of the goal. */
export function outcomeWords(decisions: readonly Decision[], base: CurrencyCode): string {
  const unit = decisions.flatMap((one): readonly ExpectedEffect['unit'][] =>
    one.kind === 'change' ? [one.expected.unit] : [],
  )[0]
  if (unit === undefined) return 'of the goal'
  if (unit === 'conversions-per-day') return 'conversions'
  return `${base} of ${unit === 'value-per-day' ? 'value' : 'profit'}`
}

/** Where the flight stands and lands, what limits the portfolio and what that is worth, what stays unspent, what is ventured. */
export function standingText(standing: Standing, decisions: readonly Decision[], paint: Paint): readonly string[] {
  const { dayTarget, pace } = standing
  const lines = [
    ...(pace ? paceText(pace, dayTarget.currency) : []),
    ...limitsText(standing, outcomeWords(decisions, dayTarget.currency)),
    ...breaksText(decisions, paint),
  ]
  return lines.length > 0 ? ['', ...lines] : []
}

/** @param asOf put before what is said, where the plan is not the one that is being looked at */
export function paceText(pace: Pace, base: CurrencyCode, asOf = ''): readonly string[] {
  const { status, spent, total, daysLeft, landing, requiredPerDay, noReturn } = pace
  const amount = amountOf(base)
  const needed = requiredPerDay === undefined ? '' : `, ${amount(requiredPerDay)} a day needed`
  const days = `${daysLeft} ${daysLeft === 1 ? 'day' : 'days'} left`
  return [
    line('pace', `${asOf}${PACE_WORDS[status]}: ${amount(spent)} of ${amount(total)} spent, ${days}${needed}`),
    ...(requiredPerDay !== undefined
      ? [line('landing', `${amount(landing.mean)} (80 %: ${amount(landing.low)} to ${amount(landing.high)})`)]
      : []),
    ...(noReturn ? [line('no return', `${noReturn.date}: ${noReturn.why}`)] : []),
    ...[...reasonsOf(pace), ...(pace.warnings ?? [])].map((why) => line('', why)),
  ]
}

/** The landing has a line of its own; its sentence is kept for the reasons that follow the figure. */
const reasonsOf = ({ why }: Pace): readonly string[] =>
  why
    .map((sentence) =>
      sentence
        .split('; ')
        .filter((part) => !part.startsWith('lands at '))
        .join('; '),
    )
    .filter((sentence) => sentence !== '')

function limitsText(
  { dayTarget, limits = [], unspent, explorationCost, explorationPerDay }: Standing,
  outcome: string,
): readonly string[] {
  const base = dayTarget.currency
  return [
    ...limits.map((one) => line('limit', `${one.name}: ${one.detail}${worthText(one, base, outcome)}`)),
    ...(unspent && unspent.micros >= LEAST_SHOWN
      ? [line('unspent', `${amountText(unspent)} of today’s ${amountText(dayTarget)}: ${unspentBecause(limits)}`)]
      : []),
    ...(explorationCost === undefined
      ? []
      : [line('learning', `${explorationText(explorationCost)}${perDayText(explorationPerDay, outcome)}`)]),
  ]
}

/** Half a cent: less is rounding, and would be shown as nothing. */
const LEAST_SHOWN = 5000n

/** `; +1 EUR of it a day = +0.034 conversions a day`; nothing where it cannot be said. */
const worthText = ({ worthPerUnit = 0 }: BindingGuardrail, base: CurrencyCode, outcome: string): string =>
  worthPerUnit > 0 ? `; +1 ${base} of it a day = +${numberText(worthPerUnit)} ${outcome} a day` : ''

const CEILINGS: ReadonlySet<string> = new Set(['average-ceiling', 'marginal-floor'])
const CAPS: ReadonlySet<string> = new Set(['account-day-cap', 'portfolio-day-cap'])

/** Money that nothing brings enough for, or that has nowhere to go; it is not spent for its own sake. */
function unspentBecause(limits: readonly BindingGuardrail[]): string {
  const named = [CEILINGS, CAPS].flatMap((some) => limits.filter(({ name }) => some.has(name)))
  if (named.length > 0) return named.map(({ detail }) => detail.split('; ', 1)[0]).join('; ')
  return limits.some(({ name }) => name !== 'day-target')
    ? 'the limits above, steps and upper bounds leave no room for it today'
    : 'steps and upper bounds leave no room for it today, or more would bring nothing'
}

/** A smaller share than this is not worth its digits. */
const WORTH_SAYING = 1e-4

const explorationText = (cost: number): string =>
  `${cost < WORTH_SAYING ? 'less than 0.01' : (100 * cost).toFixed(2)} % of the expected outcome is given up to learn from`

/** `: 0.42 conversions a day, which 10.50 EUR more would bring`; nothing for what is too little to say. */
function perDayText(perDay: Standing['explorationPerDay'], outcome: string): string {
  if (!perDay || !(perDay.outcome >= WORTH_SAYING)) return ''
  const money = perDay.money && !outcome.endsWith('profit') ? `, what ${amountText(perDay.money)} more would bring` : ''
  return `: ${numberText(perDay.outcome)} ${outcome} a day${money}`
}

/** Accounts whose conversions cannot be trusted at the moment, with what was seen. */
function breaksText(decisions: readonly Decision[], paint: Paint): readonly string[] {
  const broken = decisions.flatMap((one) => (one.kind === 'hold' && one.reason === 'data-break' ? [one] : []))
  const byBreak = Map.groupBy(broken, ({ lever, detail }) => `${accountKey(lever.account)}: ${detail}`)
  return [...byBreak].map(([what, { length }]) =>
    paint.bad(line('break', `${what} (${length} ${length === 1 ? 'lever' : 'levers'} held)`)),
  )
}

const line = (name: string, text: string): string => `  ${name.padEnd(9)}  ${text}`

const amountOf = (currency: CurrencyCode) => (units: number) => amountText(fromMainUnits(units, currency, 'half-even'))

const amountJson = ({ micros, currency }: Money) => ({ micros: micros.toString(), currency })
const unitsJson = (units: number, currency: CurrencyCode) => amountJson(fromMainUnits(units, currency, 'half-even'))

/** Money in micros, worth in the outcome per main unit of the base currency; what the plan does not say is null. */
export const standingJson = (standing: Standing, decisions: readonly Decision[]) => ({
  pace: standing.pace ? paceJson(standing.pace, standing.dayTarget.currency) : null,
  limits: standing.limits?.map(limitJson) ?? null,
  unspent: standing.unspent ? amountJson(standing.unspent) : null,
  explorationCost: standing.explorationCost ?? null,
  explorationPerDay: standing.explorationPerDay ? perDayJson(standing.explorationPerDay) : null,
  breaks: decisions.flatMap((one) =>
    one.kind === 'hold' && one.reason === 'data-break'
      ? [{ account: accountKey(one.lever.account), name: one.name, detail: one.detail }]
      : [],
  ),
})

const perDayJson = ({ outcome, money }: NonNullable<Standing['explorationPerDay']>) => ({
  outcome,
  money: money ? amountJson(money) : null,
})

const limitJson = ({ name, detail, worthPerUnit }: BindingGuardrail) => ({
  name,
  detail,
  worthPerUnit: worthPerUnit ?? null,
})

export const paceJson = ({ landing, requiredPerDay, noReturn, ...pace }: Pace, base: CurrencyCode) => ({
  status: pace.status,
  spent: unitsJson(pace.spent, base),
  total: unitsJson(pace.total, base),
  daysLeft: pace.daysLeft,
  landing:
    pace.daysLeft > 0 && requiredPerDay === undefined
      ? null
      : {
          mean: unitsJson(landing.mean, base),
          low: unitsJson(landing.low, base),
          high: unitsJson(landing.high, base),
        },
  requiredPerDay: requiredPerDay === undefined ? null : unitsJson(requiredPerDay, base),
  noReturn: noReturn ?? null,
  why: pace.why,
  warnings: pace.warnings ?? [],
})
