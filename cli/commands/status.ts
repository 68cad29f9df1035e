import type { Loop } from '../../lib/control/loop.ts'
import { observe } from '../../lib/control/observe.ts'
import { unknownDays } from '../../lib/decide/account-checks.ts'
import { mayKeepStops, wantsStop } from '../../lib/decide/spend-stops.ts'
import { amountText } from '../../lib/decide/words.ts'
import { completionOf } from '../../lib/measure/estimate.ts'
import { type Reconciliation, reconcile } from '../../lib/measure/reconcile.ts'
import { type AccountKey, type AccountRef, accountKey } from '../../lib/model/account.ts'
import { type Freeze, scopesOf } from '../../lib/model/freeze.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../../lib/model/ledger.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { PlanHeader, PlanProgress } from '../../lib/model/plan.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import type { StopsOnRecord } from '../../lib/model/spend-stop.ts'
import { type AccountDate, addDays, dateAt, daysBetween, type Instant, isoInstant } from '../../lib/units/calendar.ts'
import { add, divide, type Money, money, zero } from '../../lib/units/money.ts'
import { convert } from '../../lib/units/rates.ts'
import { type PortfolioScores, scoresOf } from './scores.ts'

/** Everything that is not known is undefined, never zero. */
export interface AccountStatus {
  readonly account: AccountKey
  readonly name: string | undefined
  readonly currency: string | undefined
  readonly zone: string | undefined
  readonly pulledAt: Instant | undefined
  readonly today: AccountDate | undefined
  readonly ledger: AccountDayLedger | undefined
  /** Undefined while nothing was pulled. */
  readonly pendingIntents: number | undefined
  readonly freezes: readonly Freeze[]
  /** The rule at the platform that pauses by spend; undefined where the policy wants none, and none of ours stands. */
  readonly deadManSwitch: SwitchStatus | undefined
}

/** Whether it `stands` as it should; what to know where it does not. */
export interface SwitchStatus {
  readonly stands: boolean
  readonly says: string
}

export type Pacing =
  | { readonly kind: 'known'; readonly spent: Money; readonly planned: Money; readonly through: AccountDate }
  | { readonly kind: 'unknown'; readonly why: string }

export interface PortfolioStatus {
  readonly version: PolicyVersion
  readonly ledger: PortfolioDayLedger | undefined
  readonly pacing: Pacing
  /** What platforms claim beside what the shop took. */
  readonly orders: Reconciliation
  readonly lastPlan: PlanHeader | undefined
  readonly progress: PlanProgress | undefined
  /** The newest plan that says where the flight lands: corrections and plans of before do not. */
  readonly pacedPlan: PlanHeader | undefined
  readonly scores: PortfolioScores
  readonly accounts: readonly AccountStatus[]
}

export interface Status {
  readonly at: Instant
  readonly freezes: readonly Freeze[]
  readonly portfolios: readonly PortfolioStatus[]
}

/** How things stand, from the tables alone. */
export async function statusOf(desk: Loop): Promise<Status> {
  const freezes = await desk.freezes.all()
  const portfolios = await Promise.all(
    (await desk.policies.all()).map((version) => portfolioStatus(version, freezes, desk)),
  )
  return { at: desk.clock.now(), freezes, portfolios }
}

/** How far back a plan that says where the flight lands is looked for: a day of corrections. */
const RECENT_PLANS = 12

async function portfolioStatus(
  version: PolicyVersion,
  freezes: readonly Freeze[],
  desk: Loop,
): Promise<PortfolioStatus> {
  const { portfolio, zone, accounts } = version.policy
  const observed = await observedNow(version, desk)
  const [lastPlan, ...before] = await desk.plans.recent(portfolio, RECENT_PLANS)
  return {
    version,
    ledger: await desk.money.portfolioDay(portfolio, dateAt(desk.clock.now(), zone)),
    pacing: pacingOf(version, observed, desk),
    orders: reconciliation(observed),
    lastPlan,
    progress: lastPlan && (await desk.plans.progress(lastPlan.id)),
    pacedPlan: [lastPlan, ...before].find((one) => one?.pace !== undefined),
    scores: await scoresOf(version, desk),
    accounts: await Promise.all(accounts.map(({ account }) => accountStatus(account, version.policy, freezes, desk))),
  }
}

async function accountStatus(
  account: AccountRef,
  policy: Policy,
  freezes: readonly Freeze[],
  desk: Loop,
): Promise<AccountStatus> {
  const structure = await desk.facts.structure(account)
  const status = await desk.facts.pullStatus(account)
  const today = structure && dateAt(desk.clock.now(), structure.zone)
  const levers = structure && [...(await desk.money.allLevers(account)).values()]
  const scopes = new Set<string>(scopesOf(account, structure?.campaigns.map(({ id }) => id) ?? []))
  return {
    account: accountKey(account),
    name: structure?.name,
    currency: structure?.currency,
    zone: structure?.zone,
    pulledAt: status?.structureAt,
    today,
    ledger: today && (await desk.money.accountDay(account, today)),
    pendingIntents: levers?.filter(({ pending }) => pending !== undefined).length,
    freezes: freezes.filter(({ scope }) => scopes.has(scope)),
    deadManSwitch: switchStatus(policy, account, status?.stops),
  }
}

/** As the last pull has read it. */
export function switchStatus(
  policy: Policy,
  account: AccountRef,
  stops: StopsOnRecord | undefined,
): SwitchStatus | undefined {
  const isWanted = wantsStop(policy, { account })
  const [own] = stops?.standing.filter(({ portfolio }) => portfolio === policy.portfolio) ?? []
  if (!isWanted && !own) return undefined
  const not = (says: string): SwitchStatus => ({ stands: false, says })
  if (stops?.problem !== undefined) return not(`unknown: ${stops.problem}`)
  if (!isWanted) return not('the policy wants none: the one that stands is removed by the next turn that writes')
  if (!mayKeepStops(policy))
    return not(`in mode ${policy.mode} nothing is written${own ? '; the one of before stands' : ''}`)
  if (!own)
    return not(
      stops ? 'not yet: the next turn writes it' : 'not read yet: pull the account; not every platform has such rules',
    )
  if (own.altered !== undefined) return not(`somebody has changed it: ${own.altered}`)
  const since = stops?.unmetSince.get(policy.portfolio)
  const late = since === undefined ? '' : `; not what the policy wants since ${isoInstant(since)}`
  const above = own.above ? amountText(own.above) : 'unknown'
  return { stands: true, says: `pauses each of ${own.campaigns} campaigns above ${above} a day${late}` }
}

/** What a plan would look at; why not, where it could not be made. */
type Observed = { readonly observation: Observation } | { readonly why: string }

const observedNow = (version: PolicyVersion, desk: Loop): Promise<Observed> =>
  observe(version, 'daily', desk).then(
    (observation) => ({ observation }),
    (error: unknown) => ({ why: error instanceof Error ? error.message : String(error) }),
  )

function reconciliation(observed: Observed): Reconciliation {
  if ('why' in observed) return { kind: 'unknown', why: observed.why }
  const { observation } = observed
  // Where there is nothing to compare with, how claims come in need not be learned.
  return reconcile(observation, observation.orders ? completionOf(observation) : () => 1)
}

/** Spend of the flight through yesterday beside an even share of its total; unknown unless every account was read so far. */
function pacingOf(version: PolicyVersion, observed: Observed, desk: Loop): Pacing {
  const { flight, baseCurrency, zone } = version.policy
  const through = addDays(dateAt(desk.clock.now(), zone), -1)
  if (through < flight.from) return { kind: 'unknown', why: `the flight begins on ${flight.from}` }
  if ('why' in observed) return { kind: 'unknown', why: observed.why }
  const { accounts, rates, flightSpentMicros } = observed.observation
  const behind = accounts.find(({ status, today }) => status.historyTo !== addDays(today, -1))
  if (behind)
    return { kind: 'unknown', why: `${behind.account} was read through ${behind.status.historyTo ?? 'no day'} only` }
  const unknown = unknownDays(observed.observation)
  if (unknown) return { kind: 'unknown', why: unknown.detail }
  let spent = zero(baseCurrency)
  for (const { account, structure } of accounts) {
    const rate = rates.find(({ from }) => from === structure.currency)
    if (!rate) return { kind: 'unknown', why: `no exchange rate from ${structure.currency}` }
    const own = money(flightSpentMicros.get(account) ?? 0n, structure.currency)
    spent = add(spent, convert(own, rate, 'half-even'))
  }
  return { kind: 'known', spent, planned: evenShare(version, through), through }
}

/** The total times the share of the flight's days that have ended. */
function evenShare({ policy: { flight } }: PolicyVersion, through: AccountDate): Money {
  const days = BigInt(daysBetween(flight.from, flight.to) + 1)
  const ended = BigInt(Math.min(daysBetween(flight.from, through), daysBetween(flight.from, flight.to)) + 1)
  return money(divide(flight.total.micros * ended, days, 'half-even'), flight.total.currency)
}

/** Whether the plan's chunks have all been gone through; undefined where there is no plan. */
export const isDone = ({ lastPlan, progress }: PortfolioStatus): boolean | undefined =>
  lastPlan?.accounts.every(({ account, chunks }) => (progress?.cursors[account] ?? 0) >= chunks.length)
