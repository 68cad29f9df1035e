import type { Loop } from '../../lib/control/loop.ts'
import { makePlan } from '../../lib/control/plan.ts'
import { budgetLever } from '../../lib/decide/questions.ts'
import type { PortfolioId } from '../../lib/model/account.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { type Decision, decisionLever, type Plan, type PlanHeader } from '../../lib/model/plan.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { DAY_MS, later } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { writePlanFile } from './plan-file.ts'
import { blockedBy, changesOf, planJson, planText, type ShownPlan } from './plan-view.ts'
import { versionsOf } from './versions.ts'

export interface PlanOptions {
  readonly all?: boolean | undefined
  /** Absolute. */
  readonly out?: string | undefined
  /** As it was typed, for the next command. */
  readonly outName?: string | undefined
}

/**
 * Makes the daily decision from what was pulled, shows it, and stores it as pending whatever the policy's mode: who runs
 * it looks, and `apply` approves. Has no way to a platform.
 *
 * @throws Error when there is no such portfolio or no policy, NotPulled, MissingRate
 */
export async function plan(
  portfolio: string | undefined,
  options: PlanOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const { desk } = deployment
  const versions = await versionsOf(portfolio, desk)
  if (options.out !== undefined && versions.length > 1)
    throw new Error(
      `--out holds one plan, and there are ${versions.length} portfolios: name one of ${versions.map(({ policy }) => policy.portfolio).join(', ')}`,
    )
  const shown: ShownPlan[] = []
  for (const version of versions) {
    const made = await planOne(version, desk)
    shown.push(made.shown)
    screen.print(`${shown.length > 1 ? '\n' : ''}${planText(made.shown, screen.paint, options.all === true)}`)
    if (options.out !== undefined) await writePlanFile(options.out, made.plan)
    const next = nextCommand(made.shown, options.outName)
    if (next) screen.tell(next)
  }
  const code = exitCode(shown)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'plan', plans: shown.map(planJson), exitCode: code })
  return code
}

async function planOne(version: PolicyVersion, desk: Loop): Promise<{ plan: Plan; shown: ShownPlan }> {
  const before = await planBefore(version.policy.portfolio, desk)
  const { plan: made, observation } = await makePlan(version, 'daily', desk)
  checkReadSincePushed(observation)
  const header = await desk.plans.put(made, { kind: 'pending' })
  const drifts = await driftsSince(before, made.decisions, version, desk)
  return { plan: made, shown: { header, decisions: made.decisions, drifts } }
}

/**
 * Each pull brings records and structure to the same values; where they differ, something was pushed afterwards.
 *
 * @throws Error: a plan from the older values would be dropped lever by lever
 */
function checkReadSincePushed({ accounts }: Observation): void {
  for (const observed of accounts) {
    const { account, structure, levers } = observed
    // As a pull sees them: what was removed, or changed from daily to lifetime, keeps its last record for good.
    const read = new Map(
      structure.budgets
        .filter(({ status }) => status !== 'removed')
        .map((budget) => [leverKey(budgetLever(observed, budget)), budget.amount.micros]),
    )
    const moved = levers.find(({ lever, known, pending }) => {
      const amount = read.get(leverKey(lever))
      return !pending && known.kind === 'money' && amount !== undefined && amount !== known.amount.micros
    })
    if (moved) throw new Error(`${account} was pushed to since it was last read: run "sluice pull ${account}" first`)
  }
}

/** The last plan that was acted on. */
async function planBefore(portfolio: PortfolioId, desk: Loop): Promise<PlanHeader | undefined> {
  return (await desk.plans.recent(portfolio, 8)).find(({ approval }) => approval.kind === 'approved')
}

/** Since the last plan that was acted on, or for a day; only edits of levers that this plan decides about. */
async function driftsSince(
  before: PlanHeader | undefined,
  decisions: readonly Decision[],
  { policy }: PolicyVersion,
  desk: Loop,
): Promise<readonly Drift[]> {
  const since = before?.madeAt ?? later(desk.clock.now(), -DAY_MS)
  const levers = new Set(decisions.map((decision) => leverKey(decisionLever(decision))))
  const drifts = await Promise.all(policy.accounts.map(({ account }) => desk.facts.drifts(account, since)))
  return drifts.flat().filter(({ lever }) => levers.has(leverKey(lever)))
}

function nextCommand(shown: ShownPlan, file: string | undefined): string | undefined {
  const { header } = shown
  if (changesOf(shown).length > 0)
    return header.mode === 'shadow'
      ? `Next: sluice apply ${file ?? header.id}   (the portfolio is in shadow: it records what would be done and pushes nothing)`
      : `Next: sluice apply ${file ?? header.id}`
  const blocked = blockedBy(shown)
  if (!blocked) return undefined
  if (blocked.reason === 'no-caps')
    return 'Next: write the caps into the policy file, then: sluice policy put <file>, sluice plan'
  return blocked.reason === 'frozen'
    ? `Blocked: ${blocked.detail}. Next: sluice unfreeze`
    : `Blocked: ${blocked.detail}`
}

function exitCode(plans: readonly ShownPlan[]): ExitCode {
  if (plans.some((one) => changesOf(one).length > 0)) return EXIT.changes
  return plans.some((one) => blockedBy(one) !== undefined) ? EXIT.blocked : EXIT.done
}
