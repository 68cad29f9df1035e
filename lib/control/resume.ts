import { accountKey, type CampaignId } from '../model/account.ts'
import type { Alert } from '../model/alert.ts'
import { packGuardrails } from '../model/guardrail.ts'
import { isBudget, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { canSpend, memberOf } from '../model/membership.ts'
import type { ChangeDecision, PlanId } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt, MINUTE_MS } from '../units/calendar.ts'
import { storeGuardPlan } from './guard-plan.ts'
import { portfolioDayOf } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { steeringOf } from './steering.ts'
import { wakeBudgets } from './wake.ts'

/** A person waits for it: what cannot be pushed by then is asked for again. Shorter than the minutes around midnight. */
const EXPIRES_MS = 15 * MINUTE_MS

/** The guard's pauses cannot be taken back as things are. */
export class CannotResume extends Error {
  constructor(alert: Alert, why: string) {
    super(`alert ${alert.id}: ${why}`)
    this.name = 'CannotResume'
  }
}

/**
 * Takes back what the guard has paused for an alert, because a person says so: counts what these campaigns may cost again
 * under the day's caps, and stores the plan that starts them, approved by that person.
 *
 * @returns the plan, to be acted on
 * @throws CannotResume when nothing is paused for it any more, or there is no room under the caps
 */
export async function resumePaused(alert: Alert, by: string, loop: Loop): Promise<PlanId> {
  const { account } = alert
  const [structure, version] = await Promise.all([
    loop.facts.structure(account),
    loop.policies.current(alert.portfolio),
  ])
  if (!structure || !version)
    throw new CannotResume(alert, `${accountKey(account)} has no structure or no policy any more`)
  const levers = [...(await loop.money.allLevers(account)).values()]
  const paused = levers.filter((state) => state.pausedFor === alert.id && !state.pending)
  if (paused.length === 0)
    throw new CannotResume(alert, 'nothing is paused for it: somebody else has started, or paused, it since')
  const day = await portfolioDayOf(version, loop)
  if (!day) throw new CannotResume(alert, 'the portfolio’s day is not open yet: make the day’s plan first')
  const woken = wokenBy(paused, levers, structure)
  const steering = steeringOf(version, policiesOf(await loop.policies.all(), account), account, loop)
  const broken = await wakeBudgets(woken, `resumed by ${by}`, steering, structure, loop)
  if (broken) throw new CannotResume(alert, broken)
  const decisions = paused.map((state) => decisionOf(state, alert, version, structure, by, loop))
  return storeGuardPlan(decisions, version, day.rates, by, loop, EXPIRES_MS)
}

/** Budgets that cannot spend now, and can once these campaigns run. */
function wokenBy(
  paused: readonly LeverState[],
  levers: readonly LeverState[],
  structure: AccountStructure,
): readonly LeverState[] {
  const started = new Set(paused.map(({ lever }) => lever.id))
  const campaigns = structure.campaigns.map((one) =>
    started.has(one.id) ? { ...one, status: 'active' as const } : one,
  )
  const running: AccountStructure = { ...structure, campaigns }
  const ids = new Set<string>(structure.budgets.filter((budget) => canSpend(running, budget)).map(({ id }) => id))
  return levers.filter(({ lever, idle }) => isBudget(lever) && idle && ids.has(lever.id))
}

function decisionOf(
  { lever, known }: LeverState,
  alert: Alert,
  { policy }: PolicyVersion,
  structure: AccountStructure,
  by: string,
  loop: Loop,
): ChangeDecision {
  const campaign = structure.campaigns.find(({ id }) => id === (lever.id as CampaignId))
  const today = dateAt(loop.clock.now(), structure.zone)
  const kind = campaign && memberOf(policy, structure.account, campaign, today)?.class
  return {
    kind: 'change',
    change: { lever, from: known, to: { kind: 'status', status: 'active' } },
    name: campaign?.name ?? leverKey(lever),
    class: kind ?? 'opaque',
    expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
    binding: [],
    why: `Resumed by ${by}: the guard had paused it for alert ${alert.id}.`,
    maturity: 1,
    alert: alert.id,
    // Its budgets were counted before under these caps, and it is resumed only where they have room.
    guardrails: packGuardrails([
      { name: 'account-day-cap', verdict: 'pass' },
      { name: 'portfolio-day-cap', verdict: 'pass' },
    ]),
  }
}
