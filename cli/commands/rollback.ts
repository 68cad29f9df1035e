import { changesLeft, rejectPlan } from '../../lib/control/approve.ts'
import { draftRollback, NothingDone, type RollbackDraft, storeRollback } from '../../lib/control/rollback.ts'
import { parseAccountKey } from '../../lib/model/account.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { type ApplyOptions, apply } from './apply.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { changesOf, type ShownPlan } from './plan-view.ts'
import { countText, namedPlan } from './reject.ts'
import { movedLines, rollbackJson, rollbackText } from './rollback-view.ts'

export interface RollbackOptions extends ApplyOptions {
  readonly dryRun?: boolean | undefined
  /** Roll back what has not moved since, and leave the rest. */
  readonly rest?: boolean | undefined
}

/**
 * Takes back what a plan has done, as one unit: a plan like any other, with the values before. Stops the plan first, and
 * refuses where a lever has moved since.
 */
export async function rollback(
  id: string,
  options: RollbackOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const of = await namedPlan(id, deployment)
  const rest = await stopRest(of, options, deployment, screen)
  const loopFor = await deployment.loops({ send: noQueue })
  const draft = await draftRollback(of, options.by, loopFor('rollback')).catch((error: unknown) => {
    if (error instanceof NothingDone && rest > 0) return undefined
    throw error
  })
  if (!draft) return tellStopped(of, rest, options, screen)
  const shown: ShownPlan = { header: headerLike(draft), decisions: draft.plan.decisions, drifts: [] }
  screen.print(rollbackText(of, draft, shown, screen.paint))
  const refused = refusal(draft, shown, options)
  if (options.dryRun || refused) screen.record(rollbackJson(of, draft, shown, refused ? 'refused' : 'dry-run', rest))
  if (refused) return tellRefused(refused, draft, screen)
  if (options.dryRun) return EXIT.done
  const header = await storeRollback(draft.plan, deployment.desk)
  const code = await apply(header.id, options, deployment, withRollback(of, draft, shown, rest, screen))
  await warnOfLate(of, draft, deployment, screen)
  return code
}

/**
 * First of all nothing more of the plan is pushed, whatever becomes of its rollback: it is asked for when something is wrong.
 *
 * @returns how many changes are not made for that, or, of a dry run, would not be
 */
async function stopRest(
  of: PlanHeader,
  { by, dryRun }: RollbackOptions,
  { desk }: Deployment,
  screen: Screen,
): Promise<number> {
  const rest = dryRun ? await changesLeft(of, desk) : await rejectPlan(of, by, desk)
  if (rest > 0)
    screen.warn(
      dryRun
        ? `first the rest of plan ${of.id} would be rejected: ${countText(rest)} not pushed yet`
        : `the rest of plan ${of.id} is rejected: ${countText(rest)} will not be pushed any more`,
    )
  return rest
}

/** There was nothing but a rest: it is stopped, and that is all of the rollback. */
function tellStopped(of: PlanHeader, rest: number, { dryRun }: RollbackOptions, screen: Screen): ExitCode {
  const result = dryRun ? 'dry-run' : 'rejected'
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'rollback', of: of.id, result, rejected: rest })
  screen.tell(`plan ${of.id} has changed nothing on a platform: there is nothing else to roll back`)
  return EXIT.done
}

async function noQueue(): Promise<void> {
  throw new Error('a rollback is drafted without a queue')
}

/** The plan before it is stored: what views need of a header. */
const headerLike = ({ plan: { decisions, ...terms } }: RollbackDraft): PlanHeader => {
  const changes = decisions.filter(({ kind }) => kind === 'change').length
  return {
    ...terms,
    approval: { kind: 'pending' },
    accounts: [],
    counts: { cuts: 0, raises: 0, holds: decisions.length - changes },
  }
}

function refusal({ moved }: RollbackDraft, shown: ShownPlan, { rest }: RollbackOptions): string | undefined {
  const changes = changesOf(shown).length
  if (moved.length > 0 && !rest)
    return `not rolled back: ${moved.length} of its levers ${moved.length === 1 ? 'has' : 'have'} moved since; "--rest" takes back the other ${changes}`
  return changes === 0 ? 'not rolled back: nothing is left that could be; see above what stands in its way' : undefined
}

function tellRefused(why: string, draft: RollbackDraft, screen: Screen): ExitCode {
  for (const line of movedLines(draft)) screen.warn(line)
  screen.warn(why)
  return EXIT.blocked
}

/** `apply` speaks for itself on a terminal; its JSON says also what it is the rollback of. */
const withRollback = (
  of: PlanHeader,
  draft: RollbackDraft,
  shown: ShownPlan,
  rest: number,
  screen: Screen,
): Screen => ({
  ...screen,
  record: (value) =>
    screen.record({ ...rollbackJson(of, draft, shown, 'applied', rest), ...value, command: 'rollback' }),
})

/** What the plan has pushed since the draft was made: whoever was pushing it had not heard yet. */
async function warnOfLate(of: PlanHeader, before: RollbackDraft, { desk }: Deployment, screen: Screen): Promise<void> {
  const known = before.plan.decisions.length + before.moved.length + before.back.length
  const records = (
    await Promise.all(of.accounts.map(({ account }) => desk.money.intents(parseAccountKey(account), of.id)))
  ).flat()
  const late = records.filter(({ outcome }) => outcome === undefined || ['applied', 'unknown'].includes(outcome.kind))
  if (late.length > known)
    screen.warn(
      `${late.length - known} more changes of plan ${of.id} were pushed meanwhile: roll it back again to take them back too`,
    )
}
