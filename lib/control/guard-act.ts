import { floorCuts, pauses, type Remedy } from '../decide/breakers/remedies.ts'
import type { GuardView, Trip } from '../decide/breakers/view.ts'
import { accountKey } from '../model/account.ts'
import type { Alert, AlertAct } from '../model/alert.ts'
import { type BreakerAction, breakersOf } from '../model/breakers.ts'
import { type FreezeScope, freezeScope } from '../model/freeze.ts'
import type { ChangeDecision } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { MINUTE_MS } from '../units/calendar.ts'
import { holdBudgets } from './guard-hold.ts'
import { planStands, storeGuardPlan } from './guard-plan.ts'
import { portfolioDayOf } from './ledger-step.ts'
import type { Loop } from './loop.ts'

/** What was cut to the floor has so long to come down before it is paused: platforms report late. */
const FLOOR_WORKS_MS = 30 * MINUTE_MS
/** An alert that so many plans could not help is a person's. */
const ACTS_MAX = 12

export interface GuardContext {
  readonly version: PolicyVersion
  readonly view: GuardView
}

type Step = AlertAct['step']

/**
 * Does what the policy says about an alert that trips, once, and only while no person has taken it up. Only portfolios
 * that push at all are acted for: the policy is the approval.
 *
 * @returns whether something was done
 */
export async function actOnAlert(alert: Alert, trip: Trip, context: GuardContext, loop: Loop): Promise<boolean> {
  const { policy } = context.version
  const { action } = breakersOf(policy)[alert.rule]
  if (alert.state !== 'open' || action === 'off' || action === 'alert') return false
  if (policy.mode === 'observe' || policy.mode === 'shadow') {
    await notDone(alert, `the portfolio is in ${policy.mode}: the policy would ${action}`, loop)
    return false
  }
  const step = await nextStep(alert, action, context, loop)
  if (step === 'waiting' || alert.acts.length >= ACTS_MAX) return false
  const remedy = await remedyOf(alert, trip, context, loop)
  if (action !== 'freeze') await holdBudgets(remedy, loop)
  if (step === 'done') return false
  const acted = await take(step, action, remedy, trip, context, loop)
  if ('why' in acted) {
    await notDone(alert, acted.why, loop)
    return false
  }
  const { notDone: _, ...rest } = alert
  const next = {
    ...rest,
    version: alert.version + 1,
    acts: [...alert.acts, acted.act],
    by: 'guard',
    at: loop.clock.now(),
  }
  await loop.alerts.put({ next, expected: alert.version })
  return true
}

/** What comes next: the floor comes before the pause. `waiting`: a plan is under way, or the floor may still work. */
async function nextStep(
  alert: Alert,
  action: Exclude<BreakerAction, 'off' | 'alert'>,
  { view }: GuardContext,
  loop: Loop,
): Promise<Step | 'waiting' | 'done'> {
  const first = action === 'pause' ? 'floor' : action
  const last = alert.acts.findLast(({ step }) => step !== 'hold' || action === 'hold')
  if (!last) return first
  const stands = last.plan === undefined ? 'done' : await planStands(last.plan, view.structure.account, loop)
  if (stands === 'open') return 'waiting'
  if (stands === 'lost') return last.step
  if (action !== 'pause' || last.step === 'pause') return 'done'
  return view.now - last.at >= FLOOR_WORKS_MS ? 'pause' : 'waiting'
}

async function remedyOf(alert: Alert, trip: Trip, { view }: GuardContext, loop: Loop): Promise<Remedy> {
  const frozen = new Set((await loop.freezes.all()).map(({ scope }) => scope))
  const { capabilities } = loop.platforms(alert.account.platform)
  return { alert: alert.id, campaigns: trip.campaigns, view, capabilities, frozen }
}

type Acted = { readonly act: AlertAct } | { readonly why: string }

async function take(
  step: Step,
  action: BreakerAction,
  remedy: Remedy,
  trip: Trip,
  context: GuardContext,
  loop: Loop,
): Promise<Acted> {
  const at = loop.clock.now()
  if (step === 'hold') return { act: { step, at, detail: 'its budgets are left alone' } }
  if (step === 'freeze') return { act: { step, at, detail: await freeze(remedy, trip, loop) } }
  const day = await portfolioDayOf(context.version, loop)
  const rate = day?.rates.find(({ from }) => from === remedy.view.structure.currency)
  if (!day || !rate) return { why: 'the portfolio’s day is not open yet' }
  const cuts = step === 'floor' ? floorCuts(remedy, rate) : []
  // Where there is nothing to cut, a pause need not wait for it.
  const isPausing = step === 'pause' || (cuts.length === 0 && action === 'pause')
  const decisions = isPausing ? pauses(remedy) : cuts
  if (decisions.length === 0)
    return {
      why: `there is nothing to ${isPausing ? 'pause' : 'cut'}: frozen, in a test, not managed, or at its floor`,
    }
  const plan = await storeGuardPlan(
    decisions,
    context.version,
    day.rates,
    `policy ${context.version.version} (guard)`,
    loop,
  )
  return { act: { step: isPausing ? 'pause' : 'floor', at, plan, detail: detailOf(decisions, isPausing) } }
}

const detailOf = (decisions: readonly ChangeDecision[], isPausing: boolean): string =>
  isPausing
    ? `${decisions.map(({ name }) => `"${name}"`).join(', ')}: paused`
    : decisions.map(({ name, why }) => `"${name}": ${why}`).join(' ')

/** Nothing is pushed there any more, until a person unfreezes it. */
async function freeze({ alert, view, frozen }: Remedy, { subject, rule, what }: Trip, loop: Loop): Promise<string> {
  const key = accountKey(view.structure.account)
  const scope: FreezeScope = freezeScope(
    subject.kind === 'account' ? `account/${key}` : `campaign/${key}/${subject.id}`,
  )
  if (!frozen.has(scope))
    await loop.freezes.freeze({ scope, by: `guard (alert ${alert})`, reason: `${rule}: ${what}`, at: loop.clock.now() })
  return `${scope} is frozen: "sluice unfreeze ${scope}" lets pushes go on`
}

/** Says once why nothing is done. */
async function notDone(alert: Alert, why: string, loop: Loop): Promise<void> {
  if (alert.notDone === why) return
  await loop.alerts.put({ next: { ...alert, version: alert.version + 1, notDone: why }, expected: alert.version })
}
