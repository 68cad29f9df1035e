import { amountText } from '../../lib/decide/words.ts'
import { HOUR_MS, type Instant, isoInstant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { Money } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { paceJson, paceText } from './plan-standing.ts'
import { coverageJson, coverageText } from './scores.ts'
import { type AccountStatus, isDone, type Pacing, type PortfolioStatus, type Status, statusOf } from './status.ts'

export async function status({ desk }: Deployment, screen: Screen): Promise<ExitCode> {
  const found = await statusOf(desk)
  screen.print(statusText(found, screen.paint))
  screen.record(statusJson(found))
  if (found.portfolios.length === 0)
    screen.tell('no policy is stored yet: store one with "sluice policy put policy.yaml"')
  return EXIT.done
}

const UNKNOWN = 'unknown'

export function statusText({ at, freezes, portfolios }: Status, paint: Paint): string {
  const frozen = freezes.map(({ scope, by, reason, at: since }) =>
    paint.bad(`Frozen: ${scope}, by ${by} at ${isoInstant(since)}: ${reason}`),
  )
  return [
    `As of ${isoInstant(at)}`,
    ...frozen,
    ...portfolios.flatMap((portfolio) => ['', portfolioText(portfolio, at, paint)]),
    ...(portfolios.length === 0 ? ['No portfolios.'] : []),
  ].join('\n')
}

function portfolioText(portfolio: PortfolioStatus, at: Instant, paint: Paint): string {
  const { version, ledger, pacing, pacedPlan, accounts } = portfolio
  const { policy } = version
  return [
    `${paint.bold(`Portfolio ${policy.portfolio}`)} · mode ${policy.mode} · owner ${policy.owner} · policy ${version.version}`,
    `  flight     ${policy.flight.from} to ${policy.flight.to}, ${amountText(policy.flight.total)}`,
    // On a flight's first day its plan says as much.
    ...(pacing.kind === 'known' || pacedPlan?.pace?.status !== 'unknown' ? [`  pacing     ${pacingText(pacing)}`] : []),
    `  today      ${ledger ? `at worst ${amountText(ledger.exposure)} of ${capText(ledger.cap)}` : `${UNKNOWN}: the portfolio’s day is not open yet`}`,
    `  last plan  ${planLine(portfolio)}`,
    ...(pacedPlan?.pace
      ? paceText(pacedPlan.pace, policy.baseCurrency, `as of ${isoInstant(pacedPlan.madeAt)}: `)
      : [`  pace       ${UNKNOWN} until the first daily plan`]),
    ...ordersLines(portfolio),
    `  scores     ${coverageText(portfolio.scores)}`,
    table(
      ['account', 'name', 'currency', 'last pull', 'today at worst', 'day cap', 'pending', 'frozen'],
      accounts.map((account) => accountRow(account, at)),
    ),
    ...accounts.flatMap(({ account, deadManSwitch: found }) =>
      found ? [`  dead-man’s switch of ${account}: ${found.stands ? found.says : paint.bad(found.says)}`] : [],
    ),
  ].join('\n')
}

const accountRow = (one: AccountStatus, at: Instant): readonly string[] => [
  one.account,
  one.name ?? UNKNOWN,
  one.currency ?? UNKNOWN,
  one.pulledAt === undefined ? 'never' : `${ageText(at - one.pulledAt)} ago`,
  one.ledger ? amountText(one.ledger.exposure) : UNKNOWN,
  one.ledger ? capText(one.ledger.cap) : UNKNOWN,
  one.pendingIntents === undefined ? UNKNOWN : String(one.pendingIntents),
  one.freezes.length > 0 ? one.freezes.map(({ scope }) => scope).join(', ') : 'no',
]

const capText = (cap: Money | undefined): string => (cap ? amountText(cap) : 'no cap')

const ageText = (ms: number): string =>
  ms < HOUR_MS ? `${Math.floor(ms / MINUTE_MS)} min` : `${(ms / HOUR_MS).toFixed(1)} h`

function pacingText(pacing: Pacing): string {
  if (pacing.kind === 'unknown') return `${UNKNOWN}: ${pacing.why}`
  const { spent, planned, through } = pacing
  const share = planned.micros > 0n ? ` (${((100 * Number(spent.micros)) / Number(planned.micros)).toFixed(1)} %)` : ''
  return `${amountText(spent)} spent of ${amountText(planned)} planned through ${through}${share}`
}

/** Nothing where no orders are told: most portfolios of leads have none. */
function ordersLines({ orders, version }: PortfolioStatus): readonly string[] {
  if (orders.kind === 'unknown')
    return orders.why === 'no orders of the shop are known' ? [] : [`  orders     ${UNKNOWN}: ${orders.why}`]
  const { claimed, ordered, credited, from, to, days, accounts, orderedMicros } = orders
  const value = amountText({ micros: orderedMicros, currency: version.policy.baseCurrency })
  return [
    `  orders     claimed, once complete, ${claimed.toFixed(1)} · ordered ${ordered} (${value}) · credited ${credited.toFixed(1)}, over ${days} days from ${from} to ${to}`,
    ...accounts.map(
      (one) => `             ${one.account}: claimed ${one.claimed.toFixed(1)}, credited ${one.credited.toFixed(1)}`,
    ),
  ]
}

function planLine(portfolio: PortfolioStatus): string {
  const { lastPlan } = portfolio
  if (!lastPlan) return 'none yet'
  const { id, madeAt, approval, counts } = lastPlan
  const work = isDone(portfolio) ? 'gone through' : 'not gone through'
  return `${id} of ${isoInstant(madeAt)}, ${approval.kind}: ${counts.cuts} cuts, ${counts.raises} raises, ${counts.holds} holds; ${work}`
}

const amountJson = (amount: Money | undefined) =>
  amount ? { micros: amount.micros.toString(), currency: amount.currency } : null
const ledgerJson = (ledger: { readonly exposure: Money; readonly cap?: Money } | undefined) =>
  ledger ? { exposure: amountJson(ledger.exposure), cap: amountJson(ledger.cap) } : null

/** What is unknown is null. */
export const statusJson = ({ at, freezes, portfolios }: Status) => ({
  schemaVersion: JSON_SCHEMA,
  command: 'status',
  at: isoInstant(at),
  freezes: freezes.map((one) => ({ ...one, at: isoInstant(one.at) })),
  portfolios: portfolios.map((portfolio) => ({
    portfolio: portfolio.version.policy.portfolio,
    mode: portfolio.version.policy.mode,
    policyVersion: portfolio.version.version,
    pacing:
      portfolio.pacing.kind === 'known'
        ? {
            spent: amountJson(portfolio.pacing.spent),
            planned: amountJson(portfolio.pacing.planned),
            through: portfolio.pacing.through,
          }
        : null,
    pacingUnknown: portfolio.pacing.kind === 'unknown' ? portfolio.pacing.why : null,
    orders: ordersJson(portfolio),
    ordersUnknown: portfolio.orders.kind === 'unknown' ? portfolio.orders.why : null,
    pace: paceOf(portfolio),
    today: ledgerJson(portfolio.ledger),
    lastPlan: planJson(portfolio),
    scores: coverageJson(portfolio.scores),
    firstScoreOn: portfolio.scores.firstOn ?? null,
    accounts: portfolio.accounts.map((one) => ({
      account: one.account,
      name: one.name ?? null,
      currency: one.currency ?? null,
      zone: one.zone ?? null,
      pulledAt: one.pulledAt === undefined ? null : isoInstant(one.pulledAt),
      pullAgeMinutes: one.pulledAt === undefined ? null : Math.floor((at - one.pulledAt) / MINUTE_MS),
      today: ledgerJson(one.ledger),
      pendingIntents: one.pendingIntents ?? null,
      frozenBy: one.freezes.map(({ scope }) => scope),
      deadManSwitch: one.deadManSwitch ?? null,
    })),
  })),
})

function ordersJson({ orders, version }: PortfolioStatus) {
  if (orders.kind === 'unknown') return null
  const { kind: _, orderedMicros, ...rest } = orders
  return { ...rest, orderedValue: amountJson({ micros: orderedMicros, currency: version.policy.baseCurrency }) }
}

const paceOf = ({ pacedPlan, version }: PortfolioStatus) =>
  pacedPlan?.pace
    ? { asOf: isoInstant(pacedPlan.madeAt), ...paceJson(pacedPlan.pace, version.policy.baseCurrency) }
    : null

function planJson(portfolio: PortfolioStatus) {
  const { lastPlan } = portfolio
  if (!lastPlan) return null
  const { id, madeAt, expiresAt, approval, counts } = lastPlan
  const times = { madeAt: isoInstant(madeAt), expiresAt: isoInstant(expiresAt) }
  return { id, ...times, approval: approval.kind, ...counts, isDone: isDone(portfolio) ?? false }
}
