import { dueMessages } from '../../lib/control/dispatch.ts'
import { type Alert, isUnresolved } from '../../lib/model/alert.ts'
import type { Stage, StageMessage } from '../../lib/model/turn.ts'
import { type Instant, isoInstant } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { alertJson, alertsOf } from './alerts.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { failures, turnJson, turnText } from './turn-lines.ts'
import { startTurns, type Turns } from './turns.ts'

/**
 * One turn of every due stage, in the order in which they need each other: what earlier pushes left open is settled, the
 * accounts are read, breakers are asked, the decisions are taken, approved plans are pushed, old predictions are scored, and what was pushed to is
 * looked at once more.
 *
 * @returns changes where a person is told of an alert by it
 */
export async function runDue(deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const at = deployment.clock.now()
  const turns = await startTurns(deployment, (line) => {
    screen.print(turnText(line, screen.paint))
    screen.record(turnJson(line))
  })
  for (const stage of ['verify', 'pull', 'guard', 'plan', 'act', 'score'] as const)
    await turns.run(await due(stage, at, deployment))
  await turns.run(afterActing(turns))
  return conclude(at, turns, await toldSince(at, turns, deployment), screen)
}

/** Asked anew for each stage: a plan that was just made is due to be acted on. */
const due = async (stage: Stage, at: Instant, { desk }: Deployment): Promise<readonly StageMessage[]> =>
  (await dueMessages(at, desk)).filter((message) => message.stage === stage)

/** A second look at the accounts that were pushed to, in the same turn. */
function afterActing({ lines }: Turns): readonly StageMessage[] {
  const acted = new Map(
    lines
      .filter(({ stage, result, summary }) => stage === 'act' && result === 'ran' && summary?.plan !== undefined)
      .map(({ key = '', turn = '' }) => [key, Date.parse(turn) as Instant]),
  )
  return [...acted].map(([key, turn]) => ({ stage: 'verify', key, turn, attempt: 1 }))
}

/** Alerts that a person is to be told of by this run: nobody else does where there are no alarms of AWS. */
async function toldSince(at: Instant, { lines }: Turns, { desk }: Deployment): Promise<readonly Alert[]> {
  if (!lines.some(({ summary }) => Number(summary?.told ?? 0) > 0)) return []
  return (await alertsOf(desk)).filter((alert) => isUnresolved(alert) && alert.toldAt >= at)
}

function conclude(at: Instant, { lines }: Turns, told: readonly Alert[], screen: Screen): ExitCode {
  const failed = failures(lines)
  const count = (result: string): number => lines.filter((line) => line.result === result).length
  const counts = { ran: count('ran'), skipped: count('skipped'), failed: failed.length }
  const alerts = told.map((alert) => alertJson(alert, at))
  screen.record({ schemaVersion: JSON_SCHEMA, kind: 'end', command: 'run', at: isoInstant(at), ...counts, alerts })
  if (lines.length === 0)
    screen.warn('nothing is due: no policy is stored yet, store one with "sluice policy put policy.yaml"')
  screen.tell(`${isoInstant(at)}: ${counts.ran} ran, ${counts.skipped} skipped, ${counts.failed} failed`)
  for (const failure of failed) screen.warn(`failed: ${failure}`)
  for (const { id, rule, what, remedy } of told) screen.warn(`alert ${id}, ${rule}: ${what} ${remedy}`)
  if (told.length > 0) screen.warn('take alerts up with "sluice acknowledge <alert>"; "sluice alerts" has them all')
  if (failed.length > 0) return EXIT.failed
  return told.length > 0 ? EXIT.changes : EXIT.done
}
