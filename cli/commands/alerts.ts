import type { Loop } from '../../lib/control/loop.ts'
import { settledBy } from '../../lib/decide/breakers/fold-alerts.ts'
import { amountText } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import { type Alert, alertId, hasPaused, isUnresolved } from '../../lib/model/alert.ts'
import { HOUR_MS, type Instant, isoInstant, later } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { untoldIn, untoldLines } from './untold.ts'

/**
 * Alerts that are not over, the dearest to wait for first; with `all`, those of the last month behind them.
 *
 * @returns changes where one is open: nobody has taken it up
 */
export async function alerts(all: boolean, { desk }: Deployment, screen: Screen): Promise<ExitCode> {
  const found = await alertsOf(desk)
  const shown = all ? found : found.filter(isUnresolved)
  const untold = await untoldIn(desk)
  screen.print(alertsText(shown, desk.clock.now(), screen.paint))
  for (const line of untoldLines(untold)) screen.print(line)
  screen.record({ ...alertsJson(shown, desk.clock.now()), untold })
  return found.some(({ state }) => state === 'open') ? EXIT.changes : EXIT.done
}

/** Every alert that is kept of every account of the policies. */
export async function alertsOf(desk: Loop): Promise<readonly Alert[]> {
  const policies = await desk.policies.all()
  const accounts = new Map(
    policies.flatMap(({ policy }) => policy.accounts).map(({ account }) => [accountKey(account), account]),
  )
  const found = await Promise.all([...accounts.values()].map((account) => desk.alerts.all(account)))
  return found.flat().toSorted((a, b) => Number(isUnresolved(b)) - Number(isUnresolved(a)) || costOf(b) - costOf(a))
}

/** Across currencies this is no order of worth; within one it is. */
const costOf = ({ waiting }: Alert): number => Number(waiting.perHour.micros)

/** @throws Error when there is no such alert */
export async function alertNamed(text: string, desk: Loop): Promise<Alert> {
  const id = alertId(text)
  const found = (await alertsOf(desk)).find((alert) => alert.id === id)
  if (!found) throw new Error(`there is no alert ${id}: "sluice alerts --all" lists those of the last month`)
  return found
}

export interface Settling {
  readonly state: 'acknowledged' | 'snoozed' | 'resolved'
  readonly hours?: number
  readonly note: string | undefined
  readonly by: string
}

/** Leaves an alert as a person says. @throws Error when it is over, or somebody else was faster */
export async function settleAlert(
  text: string,
  { state, hours = 0, note, by }: Settling,
  { desk }: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const before = await alertNamed(text, desk)
  // What trips again is another alert, or this one opened anew: either is to be seen.
  if (!isUnresolved(before) && state !== 'resolved')
    throw new Error(`alert ${before.id} is over (${stateText(before)}): it can be neither taken up nor put off`)
  const at = desk.clock.now()
  const until = state === 'snoozed' ? { until: later(at, hours * HOUR_MS) } : {}
  const after = settledBy(before, state, { by, at, ...until, ...(note === undefined ? {} : { note }) })
  await putOrFail(after, before, desk)
  screen.print(`Alert ${after.id} is ${stateText(after)}.`)
  if (hasPaused(after) && state === 'resolved')
    screen.tell(`what the guard paused for it stays paused: "sluice resume ${after.id}" starts it again`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: state, alert: alertJson(after, at) })
  return EXIT.done
}

/** @throws Error when somebody else was faster */
export async function putOrFail(after: Alert, before: Alert, desk: Loop): Promise<void> {
  if (!(await desk.alerts.put({ next: after, expected: before.version })))
    throw new Error(`somebody else changed alert ${before.id} just now: look with "sluice alerts"`)
}

const WAITING: Readonly<Record<Alert['waiting']['kind'], string>> = {
  overspent: 'spent too much',
  'at-risk': 'spent without knowing what for',
  unspent: 'not spent that should be',
}

export const waitingText = ({ waiting }: Alert): string =>
  `each hour of waiting: ${amountText(waiting.perHour)} ${WAITING[waiting.kind]}`

function alertsText(shown: readonly Alert[], now: Instant, paint: Paint): string {
  if (shown.length === 0) return `As of ${isoInstant(now)}\nNo alerts: every breaker that is on is quiet.`
  return [`As of ${isoInstant(now)}`, ...shown.flatMap((alert) => ['', ...alertLines(alert, paint)])].join('\n')
}

function alertLines(alert: Alert, paint: Paint): readonly string[] {
  const { id, rule, portfolio, account, what, remedy, acts, notDone, firstAt } = alert
  const head = `${id} · ${rule} · ${stateText(alert)} · ${portfolio} · ${accountKey(account)} · since ${isoInstant(firstAt)}`
  return [
    isUnresolved(alert) ? paint.bad(head) : paint.dim(head),
    `  ${what}`,
    `  ${waitingText(alert)}`,
    ...acts.map(({ step, at, detail }) => `  ${isoInstant(at)} ${step}: ${detail}`),
    ...(notDone ? [`  not done: ${notDone}`] : []),
    `  ${remedy}`,
    ...(isUnresolved(alert) && hasPaused(alert) ? [`  "sluice resume ${id}" starts again what was paused.`] : []),
  ]
}

function stateText({ state, by, snoozedUntil }: Alert): string {
  if (state === 'open') return 'open'
  return state === 'snoozed' && snoozedUntil !== undefined
    ? `snoozed until ${isoInstant(snoozedUntil)} by ${by}`
    : `${state} by ${by}`
}

export const alertsJson = (shown: readonly Alert[], now: Instant) => ({
  schemaVersion: JSON_SCHEMA,
  command: 'alerts',
  at: isoInstant(now),
  alerts: shown.map((alert) => alertJson(alert, now)),
})

export const alertJson = (alert: Alert, now: Instant) => ({
  id: alert.id,
  rule: alert.rule,
  state: alert.state,
  portfolio: alert.portfolio,
  account: accountKey(alert.account),
  subject: alert.subject.kind === 'account' ? null : { campaign: alert.subject.id, name: alert.subject.name },
  what: alert.what,
  remedy: alert.remedy,
  waiting: {
    perHour: { micros: alert.waiting.perHour.micros.toString(), currency: alert.waiting.perHour.currency },
    kind: alert.waiting.kind,
  },
  firstAt: isoInstant(alert.firstAt),
  lastAt: isoInstant(alert.lastAt),
  toldAt: isoInstant(alert.toldAt),
  openMinutes: Math.floor((now - alert.firstAt) / 60_000),
  acts: alert.acts.map(({ step, at, plan, detail }) => ({ step, at: isoInstant(at), plan: plan ?? null, detail })),
  notDone: alert.notDone ?? null,
  by: alert.by,
  note: alert.note ?? null,
  snoozedUntil: alert.snoozedUntil === undefined ? null : isoInstant(alert.snoozedUntil),
})
