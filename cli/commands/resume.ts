import { resumePaused } from '../../lib/control/resume.ts'
import { settledBy } from '../../lib/decide/breakers/fold-alerts.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { alertNamed, putOrFail } from './alerts.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { type Receipt, receiptsOf } from './receipts.ts'
import { failures, turnText } from './turn-lines.ts'
import { startTurns } from './turns.ts'

/**
 * Starts again what the guard has paused for an alert, at once, and calls the alert over when all of it runs.
 *
 * @throws CannotResume when nothing is paused for it any more, or the day has no room for it
 */
export async function resume(text: string, by: string, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const { desk, clock } = deployment
  const alert = await alertNamed(text, desk)
  // What this command announces is done by this command.
  const plan = await resumePaused(alert, by, { ...desk, queue: { send: async () => {} } })
  const turns = await startTurns(deployment, (line) => screen.tell(turnText(line, screen.paint)), {
    asked: { plan, now: true },
  })
  const key = accountKey(alert.account)
  const turn = clock.now()
  for (const stage of ['act', 'verify'] as const) await turns.run([{ stage, key, turn, attempt: 1 }])
  const header = await desk.plans.header(plan)
  const receipts = header ? await receiptsOf(header, desk) : []
  const runs = receipts.length > 0 && receipts.every(isDone)
  if (runs) await putOrFail(settledBy(alert, 'resolved', { by, at: clock.now(), note: 'resumed' }), alert, desk)
  screen.print(runs ? `Alert ${alert.id}: what was paused runs again.` : notResumed(alert.id, receipts))
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'resume',
    alert: alert.id,
    plan,
    resumed: runs,
    receipts: receipts.map(receiptJson),
  })
  for (const failure of failures(turns.lines)) screen.warn(`failed: ${failure}`)
  return runs ? EXIT.done : EXIT.blocked
}

const isDone = ({ outcome }: Receipt): boolean => outcome === 'verified' || outcome === 'already-there'

const receiptJson = ({ account, decision, outcome, detail }: Receipt) => ({
  account,
  name: decision.name,
  outcome,
  detail,
})

const notResumed = (id: string, receipts: readonly Receipt[]): string =>
  [
    `Alert ${id}: not everything runs again.`,
    ...receipts.map(({ decision, outcome, detail }) => `  ${decision.name}: ${outcome}, ${detail}`),
  ].join('\n')
