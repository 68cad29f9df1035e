import { floorCuts, pauses, type Remedy } from '../decide/breakers/remedies.ts'
import type { GuardView, Trip } from '../decide/breakers/view.ts'
import { valueWords } from '../decide/words.ts'
import { accountKey } from '../model/account.ts'
import type { Alert, AlertAct } from '../model/alert.ts'
import { type BreakerAction, breakersOf } from '../model/breakers.ts'
import { type FreezeScope, freezeScope } from '../model/freeze.ts'
import type { ChangeDecision } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { MINUTE_MS } from '../units/calendar.ts'
import { type ExchangeRate, identityRate } from '../units/rates.ts'
import { holdBudgets } from './guard-hold.ts'
import { planStands, storeGuardPlan } from './guard-plan.ts'
import { lastKnownRate } from './known-rates.ts'
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
  const step = nextStep(alert, action, context)
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

/**
 * The alert with what has come of what was done for it last, whether or not it trips any more.
 *
 * @returns undefined where somebody else was faster: the next turn sees what they made of it
 */
export async function withOutcome(alert: Alert, loop: Loop): Promise<Alert | undefined> {
  const last = alert.acts.at(-1)
  if (last?.plan === undefined || last.became !== undefined) return alert
  const stands = await planStands(last.plan, alert.account, loop)
  if (stands.kind === 'open') return alert
  const text = stands.kind === 'done' ? `done (${stands.of})` : `not done: ${stands.why}`
  const acts = alert.acts.with(-1, { ...last, became: stands.kind, detail: `${last.detail}: ${text}` })
  const next = { ...alert, acts, version: alert.version + 1 }
  return (await loop.alerts.put({ next, expected: alert.version })) ? next : undefined
}

/**
 * What comes next: the floor comes before the pause. What did not take effect is not tried a second time where there is a
 * next step. `waiting`: a plan is under way, or the floor may still work.
 */
function nextStep(
  { acts }: Alert,
  action: Exclude<BreakerAction, 'off' | 'alert'>,
  { view }: GuardContext,
): Step | 'waiting' | 'done' {
  const last = acts.findLast(({ step }) => step !== 'hold' || action === 'hold')
  if (!last) return action === 'pause' ? 'floor' : action
  if (action === 'pause' && last.step === 'floor')
    return last.became === 'lost' || view.now - last.at >= FLOOR_WORKS_MS ? 'pause' : 'waiting'
  if (last.plan === undefined || last.became === 'done') return 'done'
  return last.became === 'lost' ? last.step : 'waiting'
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
  const rate = await lastKnownRate(remedy.view.structure.currency, context.version, loop)
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
    ratesOf(context.version, rate),
    `policy ${context.version.version} (guard)`,
    loop,
  )
  return { act: { step: isPausing ? 'pause' : 'floor', at, plan, detail: detailOf(decisions, isPausing) } }
}

/** A pause is worth nothing in any currency, and a cut without a rate pays for no raise. */
const ratesOf = ({ policy }: PolicyVersion, rate: ExchangeRate | undefined): readonly ExchangeRate[] =>
  rate ? [rate] : [identityRate(policy.baseCurrency, policy.flight.from)]

/** Written before anything is sent: what came of it is added when it is known. */
const detailOf = (decisions: readonly ChangeDecision[], isPausing: boolean): string =>
  isPausing
    ? `${decisions.map(({ name }) => `"${name}"`).join(', ')}: to be paused`
    : decisions
        .map(({ name, change: { from, to } }) => `"${name}": to be cut from ${valueWords(from)} to ${valueWords(to)}`)
        .join(', ')

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
