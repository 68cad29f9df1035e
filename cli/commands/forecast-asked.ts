import type { Policy } from '../../lib/model/policy.ts'
import { daysBetween } from '../../lib/units/calendar.ts'
import { type CurrencyCode, fromDecimal, mainUnits } from '../../lib/units/money.ts'

/** As typed; undefined where nothing was. */
export interface ForecastOptions {
  readonly total?: string | undefined
  readonly daily?: string | undefined
  readonly change?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly steps: number
}

/** What is to be forecast. Amounts are main units of the base currency per day. */
export interface Asked {
  /** Whether people are shown a whole flight's amounts or a day's. */
  readonly frame: 'flight' | 'day'
  readonly flightDays: number
  /** What the policy's total comes to per day. */
  readonly policy: number
  /** Rising. */
  readonly totals: readonly number[]
  /** Two of the totals whose difference is looked at. */
  readonly compared: readonly [number, number]
}

/** What "what would more bring?" means when no amount is given. */
const USUAL_CHANGE = '+15%'
/** How far the curve is shown around what is compared, as factors. */
const AROUND = [0.7, 1.3] as const
/** Steps between its points, in per cent of the policy's total: figures that people think in. */
const ROUND_STEPS = [1, 2, 5, 10, 20, 25, 50, 100] as const
/** Points of the curve this near to one that was asked for are left out. */
const NEAR = 0.03

/**
 * Reads what was asked against a policy: totals are those of a flight as long as the policy's.
 *
 * @throws RangeError naming the option, its value and the remedy
 */
export function readAsked(options: ForecastOptions, { flight, baseCurrency }: Policy): Asked {
  checkTogether(options)
  const flightDays = daysBetween(flight.from, flight.to) + 1
  const policy = mainUnits(flight.total) / flightDays
  const { total, daily, change, from, to, steps } = options
  const terms = { flightDays, policy, frame: daily === undefined ? ('flight' as const) : ('day' as const) }
  if (from !== undefined || to !== undefined) {
    const [first, last] = rangeOf(from, to, baseCurrency)
    const totals = evenly(first / flightDays, last / flightDays, steps)
    return { ...terms, totals, compared: [totals[0]!, totals.at(-1)!] }
  }
  const asked =
    daily !== undefined
      ? amountOf('--daily', daily, baseCurrency)
      : total !== undefined
        ? amountOf('--total', total, baseCurrency) / flightDays
        : policy * (1 + shareOf(change ?? USUAL_CHANGE))
  const exact = asked === policy ? [policy] : [policy, asked]
  const rest = around(asked / policy, steps).map((share) => share * policy)
  const apart = rest.filter((one) => exact.every((other) => Math.abs(one - other) > NEAR * other))
  return { ...terms, totals: [...apart, ...exact].sort((a, b) => a - b), compared: [policy, asked] }
}

/** Shares of the policy's total, in round steps, about as many as are wanted, around itself and what was asked for. */
function around(asked: number, steps: number): readonly number[] {
  const [low, high] = [AROUND[0] * Math.min(1, asked), AROUND[1] * Math.max(1, asked)]
  const wanted = (100 * (high - low)) / (steps - 1)
  const step = ROUND_STEPS.findLast((one) => one <= 1.2 * wanted) ?? ROUND_STEPS[0]
  const size = Math.max(step, Math.round(wanted / 100) * 100)
  const first = Math.ceil((100 * low) / size - 1e-9)
  const count = Math.floor((100 * high) / size + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => ((first + i) * size) / 100).filter((share) => share > 0)
}

function checkTogether({ total, daily, change, from, to }: ForecastOptions): void {
  const given = Object.entries({ total, daily, change, 'from/--to': from ?? to }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  )
  if (given.length > 1) throw new RangeError(`--${given.join(' and --')} ask for different things: give one of them`)
}

function rangeOf(from: string | undefined, to: string | undefined, base: CurrencyCode): readonly [number, number] {
  if (from === undefined || to === undefined)
    throw new RangeError(
      `--${from === undefined ? 'from' : 'to'}: missing; a range has both, such as --from "40000 ${base}" --to "60000 ${base}"`,
    )
  const range = [amountOf('--from', from, base), amountOf('--to', to, base)] as const
  if (range[0] >= range[1]) throw new RangeError(`--to: "${to}" is not more than --from, "${from}": exchange them`)
  return range
}

const evenly = (from: number, to: number, steps: number): readonly number[] =>
  Array.from({ length: steps }, (_, i) => from + ((to - from) * i) / (steps - 1))

function amountOf(option: string, text: string, base: CurrencyCode): number {
  const [, amount, code] = /^(\d+(?:\.\d{1,6})?) ?([A-Z]{3})$/.exec(text.trim()) ?? []
  if (amount === undefined || code === undefined)
    throw new RangeError(`${option}: "${text}" is not an amount: write number and currency, such as "50000 ${base}"`)
  if (code !== base)
    throw new RangeError(
      `${option}: "${text}" is in ${code}, and the portfolio reckons in ${base}: write it in ${base}`,
    )
  const units = mainUnits(fromDecimal(amount, base))
  if (units <= 0) throw new RangeError(`${option}: "${text}" must be more than 0`)
  return units
}

/** `+15%` is 0.15. */
function shareOf(text: string): number {
  const [, sign = '', digits] = /^([+−-]?)(\d+(?:\.\d+)?) ?%$/.exec(text.trim()) ?? []
  if (digits === undefined)
    throw new RangeError(`--change: "${text}" is not a change in per cent: write it like +15% or -10%`)
  const share = (sign === '' || sign === '+' ? 1 : -1) * (Number(digits) / 100)
  if (share === 0 || share <= -1)
    throw new RangeError(`--change: "${text}" leaves nothing to forecast: ask for more than -100%, and not 0%`)
  return share
}
