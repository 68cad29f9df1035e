import { NO_BELIEFS } from '../decide/no-beliefs.ts'
import { decide } from '../decide/plan.ts'
import { estimate } from '../measure/estimate.ts'
import { accountKey, type PortfolioId, parseAccountKey } from '../model/account.ts'
import { canonicalPieces } from '../model/canonical.ts'
import type { Estimates } from '../model/estimates.ts'
import type { Observation } from '../model/observation.ts'
import type { Approval, Plan } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { type Instant, later } from '../units/calendar.ts'
import { occasionOf } from './dispatch.ts'
import { type Loop, OPEN_PLANS_MAX } from './loop.ts'
import { observe, observeToCorrect } from './observe.ts'
import { openPortfolioDay } from './portfolio-day.ts'
import type { Summary } from './summary.ts'

/** Observation, accounts, account, lists, entities: each entity is a piece of the archived inputs. */
const INPUTS_DEPTH = 4

/**
 * Makes and stores the portfolio's plan for a turn. At the daily instant it is the day's decision; at any other turn it
 * is a correction: cuts back edits outside the caps, and does what begins or ends with an account's day. Never writes to a
 * platform.
 */
export async function planPortfolio(portfolio: PortfolioId, turn: Instant, loop: Loop): Promise<Summary> {
  const version = await loop.policies.current(portfolio)
  if (!version) throw new Error(`portfolio ${portfolio} has no policy: store one first`)
  const occasion = occasionOf(version.policy, turn)
  const observation =
    occasion === 'daily' ? await observe(version, occasion, loop) : await observeToCorrect(version, loop)
  const plan = await planOf(observation, loop)
  // No day is opened on part of the money: cuts and pauses need none.
  if (!observation.partial) await openPortfolioDay(observation, loop)
  const changes = plan.decisions.filter(({ kind }) => kind === 'change')
  const summary = { plan: plan.id, occasion, changes: changes.length, holds: plan.decisions.length - changes.length }
  // A correction that corrects nothing says nothing that the day's plan did not say.
  if (occasion === 'correction' && changes.length === 0) return summary
  await storePlan(plan, loop)
  await announceActs(plan, loop)
  return summary
}

/** Asks for the plan to be acted on at once, where it may be; the ticks ask again until it is done. */
async function announceActs(plan: Plan, loop: Loop): Promise<void> {
  if (firstApproval(plan).kind !== 'approved') return
  const accounts = new Set(
    plan.decisions.flatMap((one) => (one.kind === 'change' ? [accountKey(one.change.lever.account)] : [])),
  )
  // A turn of its own: the tick of this very instant may have looked for work already, and found none.
  const turn = later(loop.clock.now(), 1)
  await loop.queue.send([...accounts].map((key) => ({ stage: 'act', key, turn, attempt: 0 })))
}

/** The plan as of now, with its inputs archived and nothing else written: what `sluice plan` shows. */
export async function makePlan(
  version: PolicyVersion,
  occasion: Observation['occasion'],
  loop: Loop,
): Promise<{ plan: Plan; observation: Observation }> {
  const observation = await observe(version, occasion, loop)
  return { plan: await planOf(observation, loop), observation }
}

async function planOf(observation: Observation, loop: Loop): Promise<Plan> {
  const { occasion, policy: version } = observation
  const inputsHash = await loop.archive.put(canonicalPieces(observation, INPUTS_DEPTH))
  const capabilities = (key: string) => loop.platforms(parseAccountKey(key).platform).capabilities
  const planWith = (estimates: Estimates): Plan => decide(observation, estimates, capabilities, inputsHash)
  if (occasion === 'correction' && version.policy.guardrails.steerWithinDay === 'leave') {
    // Most hours have nothing to correct, which no belief about responses is needed for.
    const blind = planWith(NO_BELIEFS)
    if (blind.decisions.every(({ kind }) => kind === 'hold')) return blind
  }
  return planWith((loop.beliefs ?? estimate)(observation))
}

/** Stores the plan with the approval that its mode gives, and takes back what older plans have not begun. */
export async function storePlan(plan: Plan, loop: Loop): Promise<void> {
  const older = await loop.plans.recent(plan.portfolio, OPEN_PLANS_MAX)
  const approval = firstApproval(plan)
  await loop.plans.put(plan, approval)
  // A correction stands beside the day's plan; a new daily plan replaces whatever came before.
  if (plan.occasion !== 'daily') return
  for (const { id, approval } of older)
    if (id !== plan.id && (approval.kind === 'pending' || approval.kind === 'approved'))
      await loop.plans.decide(id, approval, { kind: 'superseded', by: plan.id })
}

function firstApproval({ mode, policyVersion, madeAt }: Plan): Approval {
  switch (mode) {
    case 'auto':
    case 'shadow':
      return { kind: 'approved', by: `policy ${policyVersion} (${mode})`, at: madeAt }
    case 'approve':
    case 'observe':
      return { kind: 'pending' }
  }
}
