import { readFile } from 'node:fs/promises'
import { type Replayed, type ReplayedDifference, replayPlan } from '../../lib/control/replay.ts'
import { valueText } from '../../lib/control/value-text.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { readPolicy } from '../../lib/model/policy-file.ts'
import { DAY_MS, dateAt, isoInstant, later } from '../../lib/units/calendar.ts'
import { add, type Money, toDecimal, zero } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { versionsOf } from './versions.ts'

export interface ReplayOptions {
  readonly days: number
  /** A policy file, absolute, instead of those of then. */
  readonly policy?: string | undefined
}

interface Day {
  readonly date: string
  readonly plans: number
  readonly decisions: number
  readonly differences: number
  readonly total: Money
}

/**
 * Decides again what was decided in the last days, from the inputs of then and with the code and, where one is given, the
 * policy of now; lists every decision that differs. Writes nothing and has no way to a platform.
 *
 * @throws Error when there is no such portfolio or no policy
 */
export async function replay(
  portfolio: string | undefined,
  { days, policy }: ReplayOptions,
  { desk, clock }: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const instead = policy === undefined ? undefined : readPolicy(await readFile(policy, 'utf8'), policy)
  const shown: object[] = []
  const all: Replayed[] = []
  for (const version of await versionsOf(portfolio ?? instead?.policy.portfolio, desk)) {
    const { portfolio: id } = version.policy
    const now = clock.now()
    const headers = await desk.plans.between(id, later(now, -days * DAY_MS), now)
    const replayed: Replayed[] = []
    for (const header of headers.toReversed()) replayed.push(await replayPlan(header, instead, desk))
    all.push(...replayed)
    const byDay = daysOf(replayed, version)
    tell(version, replayed, byDay, screen)
    shown.push({ portfolio: id, days: byDay.map(dayJson), plans: replayed.map(replayedJson) })
  }
  const exitCode = codeOf(all)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'replay', portfolios: shown, exitCode })
  return exitCode
}

function codeOf(all: readonly Replayed[]): ExitCode {
  if (all.some(({ kind }) => kind === 'missing')) return EXIT.failed
  return all.some((one) => one.kind === 'replayed' && one.differences.length > 0) ? EXIT.changes : EXIT.done
}

function daysOf(replayed: readonly Replayed[], { policy }: PolicyVersion): readonly Day[] {
  const days = new Map<string, Day>()
  for (const one of replayed) {
    if (one.kind !== 'replayed') continue
    const date = dateAt(one.header.madeAt, policy.zone)
    const day = days.get(date) ?? { date, plans: 0, decisions: 0, differences: 0, total: zero(one.total.currency) }
    days.set(date, {
      date,
      plans: day.plans + 1,
      decisions: day.decisions + one.decisions,
      differences: day.differences + one.differences.length,
      total: add(day.total, one.total),
    })
  }
  return [...days.values()]
}

function tell({ policy }: PolicyVersion, replayed: readonly Replayed[], days: readonly Day[], screen: Screen): void {
  const made = replayed.filter((one) => one.kind === 'replayed')
  const passed = replayed.filter(({ kind }) => kind === 'passed-over').length
  const differing = made.reduce((sum, { differences }) => sum + differences.length, 0)
  const decisions = made.reduce((sum, one) => sum + one.decisions, 0)
  const others = passed > 0 ? `; ${passed} plans of breakers and rollbacks are not decided by this code` : ''
  screen.print(
    `Portfolio ${policy.portfolio}: ${made.length} plans decided again, ${differing} of ${decisions} decisions differ${others}.`,
  )
  for (const { header, differences } of made) {
    if (differences.length === 0) continue
    screen.print(`\nPlan ${header.id} of ${isoInstant(header.madeAt)}`)
    screen.print(table(['lever', 'then', 'now', 'difference', 'why then', 'why now'], differences.map(rowOf)))
  }
  const changed = days.filter(({ differences }) => differences > 0)
  if (changed.length > 0) screen.print(`\n${table(['day', 'plans', 'differ', 'in all'], changed.map(dayRow))}`)
  for (const one of replayed)
    if (one.kind === 'missing')
      screen.warn(
        `plan ${one.header.id} of ${isoInstant(one.header.madeAt)} cannot be decided again: ${one.why}\n  What to do: ${one.remedy}.`,
      )
}

const rowOf = ({
  name,
  lever,
  before,
  after,
  difference,
  beforeWhy,
  afterWhy,
}: ReplayedDifference): readonly string[] => [
  `${name} (${lever})`,
  textOf(before),
  textOf(after),
  difference ? signed(difference) : '—',
  beforeWhy,
  afterWhy,
]

const dayRow = ({ date, plans, differences, total }: Day): readonly string[] => [
  date,
  String(plans),
  String(differences),
  signed(total),
]

const textOf = (value: LeverValue | undefined): string => (value === undefined ? '—' : valueText(value))

const signed = (amount: Money): string => `${amount.micros > 0n ? '+' : ''}${toDecimal(amount)} ${amount.currency}`

const dayJson = ({ total, ...day }: Day) => ({ ...day, totalMicros: String(total.micros), currency: total.currency })

function replayedJson(one: Replayed): object {
  const { id: plan, madeAt, occasion } = one.header
  const base = { plan, madeAt: isoInstant(madeAt), occasion, kind: one.kind }
  if (one.kind === 'missing') return { ...base, why: one.why, remedy: one.remedy }
  if (one.kind === 'passed-over') return base
  const { decisions, total } = one
  const differences = one.differences.map(({ lever, name, before, after, beforeWhy, afterWhy, difference }) => ({
    ...{ lever, name, beforeWhy, afterWhy },
    before: before ? valueText(before) : null,
    after: after ? valueText(after) : null,
    differenceMicros: difference ? String(difference.micros) : null,
    currency: difference?.currency ?? null,
  }))
  return { ...base, decisions, totalMicros: String(total.micros), currency: total.currency, differences }
}
