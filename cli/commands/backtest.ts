import { spendByCampaign } from '../../lib/control/guard-view.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { accountDayCap } from '../../lib/control/portfolios.ts'
import {
  type Backtest,
  backtest as backtestOf,
  NOT_RECORDED,
  type Recorded,
} from '../../lib/decide/breakers/backtest.ts'
import { amountText } from '../../lib/decide/words.ts'
import { type AccountKey, type AccountRef, accountKey } from '../../lib/model/account.ts'
import { BREAKERS, type BreakerName, breakersOf } from '../../lib/model/breakers.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { addDays, DAY_MS, dateAt, dates, later } from '../../lib/units/calendar.ts'
import { type CurrencyCode, fromMainUnits } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface BacktestOptions {
  readonly rule?: string | undefined
  readonly days: number
}

/** Hours of days are kept so long. */
const HOURS_KEPT_DAYS = 35

interface Tried {
  readonly version: PolicyVersion
  readonly account: AccountKey
  readonly currency: CurrencyCode
  readonly result: Backtest
}

/** Shows for each breaker when it would have tripped on what was recorded, and what that would have cost or saved. Changes nothing. */
export async function backtest(
  portfolio: string | undefined,
  { rule, days }: BacktestOptions,
  { desk }: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const rules = rulesAsked(rule)
  const policies = (await desk.policies.all()).filter(
    ({ policy }) => portfolio === undefined || policy.portfolio === portfolio,
  )
  if (policies.length === 0)
    throw new Error(
      portfolio === undefined
        ? 'no policy is stored yet: store one with "sluice policy put policy.yaml"'
        : `there is no portfolio ${portfolio}: see "sluice status"`,
    )
  const tried: Tried[] = []
  for (const version of policies)
    for (const { account } of version.policy.accounts) {
      const one = await tryAccount(version, policies, account, days, desk)
      if (one) tried.push(one)
      else screen.warn(`${accountKey(account)} has not been pulled yet: nothing is recorded of it`)
    }
  for (const one of tried) screen.print(triedText(one, rules))
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'backtest',
    days,
    accounts: tried.map((one) => triedJson(one, rules)),
  })
  return EXIT.done
}

/** @throws Error when there is no such rule */
function rulesAsked(rule: string | undefined): readonly BreakerName[] {
  if (rule === undefined) return BREAKERS
  const found = BREAKERS.find((name) => name === rule)
  if (!found) throw new Error(`there is no breaker ${rule}: there is ${BREAKERS.join(', ')}`)
  return [found]
}

async function tryAccount(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  account: AccountRef,
  days: number,
  desk: Loop,
): Promise<Tried | undefined> {
  const structure = await desk.facts.structure(account)
  if (!structure) return undefined
  const today = dateAt(desk.clock.now(), structure.zone)
  const [from, to] = [addDays(today, -days), addDays(today, -1)]
  const kept = dates(addDays(today, -Math.min(HOURS_KEPT_DAYS, days + 7)), to)
  const hours = new Map<(typeof kept)[number], ReturnType<typeof spendByCampaign>>()
  for (const date of kept) {
    const recorded = await desk.facts.intraday(account, date)
    if (recorded) hours.set(date, spendByCampaign(recorded))
  }
  const recorded: Recorded = {
    ...{ policy: version.policy, structure, hours },
    histories: await desk.facts.histories(account),
    changes: await desk.facts.changes(account, later(desk.clock.now(), -(days + 1) * DAY_MS)),
    orders: await desk.orders.since(version.policy.portfolio, addDays(from, -28)),
    cap: accountDayCap(policies, account),
  }
  return { version, account: accountKey(account), currency: structure.currency, result: backtestOf(recorded, from, to) }
}

/** What the trips of one rule come to. */
function sumsOf(rule: BreakerName, { result, version }: Tried) {
  const trips = result.trips.filter(({ trip }) => trip.rule === rule)
  const total = (of: 'saved' | 'keptBack' | 'claims'): number => trips.reduce((sum, one) => sum + one[of], 0)
  return {
    ...{ rule, trips, action: breakersOf(version.policy)[rule].action },
    judged: NOT_RECORDED.has(rule) ? undefined : (result.judged.get(rule) ?? 0),
    saved: total('saved'),
    keptBack: total('keptBack'),
    claims: total('claims'),
  }
}

function triedText(tried: Tried, rules: readonly BreakerName[]): string {
  const { version, account, currency } = tried
  const amount = (units: number): string => amountText(fromMainUnits(units, currency, 'half-even'))
  const sums = rules.map((rule) => sumsOf(rule, tried))
  const rows = sums.map(({ rule, action, judged, trips, saved, keptBack, claims }) =>
    judged === undefined
      ? [rule, action, 'not recorded', '—', '—', '—', '—']
      : [rule, action, String(judged), String(trips.length), amount(saved), amount(keptBack), claims.toFixed(1)],
  )
  const lines = sums.flatMap(({ trips }) =>
    trips.map(
      ({ trip, date, hour }) => `  ${date} ${hour === 24 ? 'day’s end' : `${hour}:00`}  ${trip.rule}: ${trip.what}`,
    ),
  )
  return [
    `Portfolio ${version.policy.portfolio} · ${account}`,
    table(
      ['breaker', 'action now', 'days judged', 'trips', 'a stop saves', 'a stop keeps back', 'claims of that'],
      rows,
    ),
    ...(lines.length > 0 ? lines : ['  Nothing would have tripped.']),
    '',
  ].join('\n')
}

function triedJson(tried: Tried, rules: readonly BreakerName[]) {
  const { version, account, currency } = tried
  const amount = (units: number) => ({
    micros: fromMainUnits(units, currency, 'half-even').micros.toString(),
    currency,
  })
  return {
    portfolio: version.policy.portfolio,
    account,
    breakers: rules.map((rule) => {
      const { action, judged, trips, saved, keptBack, claims } = sumsOf(rule, tried)
      return {
        ...{ rule, action, daysJudged: judged ?? null, claimsKeptBack: claims },
        saved: amount(saved),
        keptBack: amount(keptBack),
        trips: trips.map(({ trip, date, hour }) => ({ date, hour, what: trip.what })),
      }
    }),
  }
}
