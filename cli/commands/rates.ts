import type { Clock } from '../../lib/ports/clock.ts'
import { ecbSource } from '../../lib/store/ecb-source.ts'
import { MOVE_MAX, type RatesFile, type RatesUpdate, updateRates } from '../../lib/store/rates-update.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import { rateText } from '../../lib/units/rates.ts'
import { loadConfig } from '../config/config.ts'
import { type Deployment, ratesFileOf } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { ORDERS_GO_ON_DAYS, type RateStanding, ratesStanding, withoutRate } from './rates-standing.ts'

/** The rates that plans of today are made with, and orders of today counted. */
export async function rates(deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const found = await ratesStanding(deployment)
  screen.print(
    found.length === 0
      ? `No exchange rates are needed: every account that was pulled, and every order of the last ${ORDERS_GO_ON_DAYS} days, has the currency of its portfolio.`
      : table(['portfolio', 'for', 'rate', 'is', 'of', 'days old', 'newest'], found.map(row)),
  )
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'rates', rates: found.map(standingJson) })
  const unusable = found.filter(({ state }) => state === 'missing' || state === 'old')
  for (const { from, to, maxAgeDays, state, ...needed } of unusable)
    screen.warn(
      `${from}→${to} is ${state === 'old' ? `older than ${maxAgeDays} days` : 'not known'}: ${withoutRate(needed)}. Try "sluice rates fetch", or add it to the rates file`,
    )
  return unusable.length > 0 ? EXIT.failed : EXIT.done
}

const row = (standing: RateStanding): readonly string[] => {
  const { portfolio, from, to, rate, ageDays, maxAgeDays, due, state } = standing
  return [
    portfolio,
    neededFor(standing),
    `${from}→${to}`,
    rate ? rateText(rate) : 'not known',
    rate?.date ?? '—',
    ageDays === undefined ? '—' : `${ageDays} of ${maxAgeDays}`,
    state === 'newest' ? 'yes' : `no: those of ${due} are out`,
  ]
}

function neededFor({ accounts, inOrders }: RateStanding): string {
  const counted = accounts.length === 1 ? '1 account' : `${accounts.length} accounts`
  return [...(accounts.length > 0 ? [counted] : []), ...(inOrders ? ['orders'] : [])].join(', ')
}

export const standingJson = ({ rate, ageDays, ...one }: RateStanding) => ({
  ...one,
  microsPerUnit: rate ? rate.microsPerUnit.toString() : null,
  unitsPerUnit: rate ? rateText(rate) : null,
  date: rate?.date ?? null,
  ageDays: ageDays ?? null,
})

export interface FetchOptions {
  readonly configFile: string
  readonly clock: Clock
  readonly accept: readonly CurrencyCode[]
  /** Another server than the bank's, on this machine. */
  readonly source?: string | undefined
}

/**
 * Adds the European Central Bank's newest rates to those that this deployment reads.
 *
 * @returns failed when a rate was left out, so that a script notices
 * @throws Error when the rates cannot be had, or there is nowhere to put them
 */
export async function ratesFetch(
  { configFile, clock, accept, source }: FetchOptions,
  screen: Screen,
): Promise<ExitCode> {
  const file = await ratesFileOf(await loadConfig(configFile))
  const found = await updateRates({ file, source: ecbSource(source), now: clock.now(), accept })
  screen.print(fetchedText(file, found))
  for (const { rate, last, movedBy } of found.refused)
    screen.warn(
      `left out: ${rate.from}→${rate.to} went from ${rateText(last)} (${last.date}) to ${rateText(rate)} (${rate.date}), ${(100 * movedBy).toFixed(1)} % at once where ${100 * MOVE_MAX} % are believed. The old one stays. If it is right: sluice rates fetch --accept ${rate.to}`,
    )
  for (const { currency, date } of found.lacking)
    screen.warn(`the bank gives no rate of ${currency} for ${date} (N/A): the last one before that counts`)
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'rates fetch',
    file: file.name,
    added: found.added.length,
    newest: found.newest ?? null,
    refused: found.refused.map(({ rate, last, movedBy }) => ({
      currency: rate.to,
      date: rate.date,
      microsPerUnit: rate.microsPerUnit.toString(),
      lastDate: last.date,
      lastMicrosPerUnit: last.microsPerUnit.toString(),
      movedBy,
    })),
    lacking: found.lacking,
  })
  return found.refused.length > 0 ? EXIT.failed : EXIT.done
}

function fetchedText({ name }: RatesFile, { added, newest }: RatesUpdate): string {
  if (added.length === 0) return `Nothing new: ${name} has the rates of ${newest ?? 'no day'} already.`
  const days = new Set(added.map(({ date }) => date)).size
  return `${added.length} rates of ${days} ${days === 1 ? 'day' : 'days'}, the newest of ${newest}, added to ${name}.`
}
