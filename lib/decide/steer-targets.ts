import { conversionChange } from '../measure/response-curve.ts'
import { accepted } from '../model/capability.ts'
import type { Estimates } from '../model/estimates.ts'
import { type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import type { Observation } from '../model/observation.ts'
import type { Decision, ExpectedEffect, HoldDecision } from '../model/plan.ts'
import { fromMainUnits, mainUnits } from '../units/money.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import type { Hold } from './check.ts'
import { effectOf, UNITS } from './effect.ts'
import { SHARE_BOUND } from './guardrails.ts'
import { type BudgetQuestion, reasonToHold } from './holds.ts'
import { significantEdits } from './targets/allowance.ts'
import { decideTargets, TARGET_RULES, type TargetMove, type TargetQuestion } from './targets/decide-targets.ts'
import { budgetEdits, editsBeside, plainValue, stateOf, targetHistory } from './targets/history.ts'
import type { PlacedTarget } from './targets/placed.ts'
import { recentSpend } from './targets/room.ts'
import { toldOf } from './targets/told.ts'
import { spendFactor, type WantedCost, wantedCosts } from './targets/wanted-cost.ts'
import { valueWords } from './words.ts'

/**
 * One decision for every target: moved towards what a claimed conversion should cost, where the target is what limits the
 * spend and nothing stands against it; held with the reason elsewhere.
 *
 * @param targets those of the portfolio: see `placedTargets`
 * @param questions all budgets of the portfolio: they have their part in ceilings, and in what may be in learning
 * @param marginalReturn objective per main unit of the base currency where the day's money runs out; 0: some is left
 */
export function steerTargets(
  observation: Observation,
  targets: readonly PlacedTarget[],
  questions: readonly BudgetQuestion[],
  estimates: Estimates,
  marginalReturn: number,
): readonly Decision[] {
  if (observation.policy.policy.targets === 'leave')
    return targets.map((one) => holdOf(one, { reason: 'not-steered', detail: 'the policy leaves targets as they are' }))
  const wanted = wantedCosts(observation, questions, estimates, marginalReturn)
  const asked = targets.map((target) => {
    const held = reasonToLeave(target)
    return { target, ...(held ? { held } : questionOf(observation, target, estimates, wanted)) }
  })
  const open = asked.flatMap((one) => ('question' in one ? [one] : []))
  const beside = new Set(open.flatMap(({ target }) => questionsOf(target)))
  const decided = decideTargets(
    open.map(({ question }) => question),
    questions.filter((one) => !beside.has(one)).map(learningSpend),
  )
  const byLever = new Map(decided.map((one) => [one.id, one]))
  return asked.map((one) => {
    if (!('question' in one)) return holdOf(one.target, one.held)
    const decision = byLever.get(one.question.id)!
    if (decision.kind === 'move') return moved(observation, questions, one, decision)
    const told = decision.reason === 'guardrail' && one.wanted.told ? `: ${one.wanted.told}` : ''
    return holdOf(one.target, { reason: decision.reason, detail: decision.why + told })
  })
}

const isLimitedByTarget = (limited: BudgetQuestion['limited']): boolean => limited?.by === 'target' && limited.isBinding

const questionsOf = ({ parts }: PlacedTarget): readonly BudgetQuestion[] => [
  ...new Set(parts.flatMap((part) => part.questions)),
]

/** What stands against moving a target is what stands against moving its budgets, asked of the target's own record. */
function reasonToLeave(target: PlacedTarget): Hold | undefined {
  const [first] = questionsOf(target)
  if (first?.observation.occasion === 'correction')
    return { reason: 'between-decisions', detail: 'targets are moved by the daily decision only' }
  if (target.obstacle) return target.obstacle
  const state = stateOf(target)
  for (const question of questionsOf(target)) {
    const held = reasonToHold({ ...question, lever: target.lever, state })
    if (held) return held
  }
  return undefined
}

interface Asked {
  readonly target: PlacedTarget
  readonly question: TargetQuestion
  readonly wanted: WantedCost
}

function questionOf(
  observation: Observation,
  target: PlacedTarget,
  estimates: Estimates,
  wanted: (question: BudgetQuestion) => WantedCost | undefined,
): Pick<Asked, 'question' | 'wanted'> | { readonly held: Hold } {
  const { kind, lever, value, parts } = target
  const cost = sharedCost(questionsOf(target), wanted)
  if (!cost)
    return {
      held: {
        reason: 'not-steered',
        detail: 'money is left for the day, and no ceiling of the policy says what a conversion may cost',
      },
    }
  const { days, valuePerConversion } = targetHistory(observation, target, estimates)
  const [first] = questionsOf(target)
  const worth = kind === 'target-cpa' ? 1 : valuePerConversion
  const inForce = plainValue(value) ?? 0
  if (!(worth > 0 && inForce > 0))
    return { held: { reason: 'too-little-history', detail: 'no claimed conversion of it had a value' } }
  const baseUnits = baseUnitsOf(rateOf(first!))
  const inUnit = (perClaim: number): number =>
    kind === 'target-cpa' ? perClaim / baseUnits : (worth * baseUnits) / perClaim
  const { campaign } = parts[0]!
  return {
    wanted: cost,
    question: {
      id: leverKey(lever),
      kind,
      target: inForce,
      goal: inUnit(cost.perClaim),
      ...(cost.raisedTo < cost.perClaim ? { raisedTo: inUnit(cost.raisedTo) } : {}),
      pool: `${lever.account.platform} ${campaign.kind}`,
      outcomePerConversion: worth,
      days,
      actuator: questionsOf(target).every(({ limited }) => isLimitedByTarget(limited)) ? 'target' : 'budget',
      capability: { kind: 'honoured' },
      learning: parts.some((part) => part.campaign.learning === 'learning'),
      edits: editsBeside(target, TARGET_RULES.safeStep),
      spendPerDay: questionsOf(target).reduce((sum, one) => sum + recentSpend(one), 0),
    },
  }
}

/** Of a target that several budgets share: what their claims should cost together, at what each spends. */
function sharedCost(
  questions: readonly BudgetQuestion[],
  wanted: (question: BudgetQuestion) => WantedCost | undefined,
): WantedCost | undefined {
  let [spend, claims, claimsRaised] = [0, 0, 0]
  let [why, told] = ['', '']
  for (const question of questions) {
    const cost = wanted(question)
    if (!cost) return undefined
    const own = Math.max(recentSpend(question), 1e-9)
    spend += own
    claims += own / cost.perClaim
    claimsRaised += own / cost.raisedTo
    why ||= cost.why
    told ||= cost.told ?? ''
  }
  if (!(claims > 0)) return undefined
  return { perClaim: spend / claims, raisedTo: spend / claimsRaised, why, ...(told ? { told } : {}) }
}

function learningSpend(question: BudgetQuestion) {
  const { account, budget } = question
  const edited = significantEdits(budgetEdits(question, account.today), TARGET_RULES.safeStep).some(
    ({ daysAgo }) => daysAgo < TARGET_RULES.settleDays,
  )
  const learns = account.structure.campaigns.some(
    ({ id, learning }) => learning === 'learning' && budget.campaigns.includes(id),
  )
  return { spendPerDay: recentSpend(question), inLearning: edited || learns }
}

function holdOf({ lever, name, value }: PlacedTarget, { reason, detail }: Hold): HoldDecision {
  return { kind: 'hold', lever, name, value, reason, detail }
}

/** A ratio is told to platforms in so many parts of one. */
const RATIO_PARTS = 1e4

function moved(
  observation: Observation,
  all: readonly BudgetQuestion[],
  { target, wanted }: Asked,
  move: TargetMove,
): Decision {
  const { lever, value, kind, name } = target
  const [first] = questionsOf(target)
  const { capabilities } = first!
  const plain: LeverValue =
    value.kind === 'money'
      ? { kind: 'money', amount: fromMainUnits(move.to, value.amount.currency, 'down') }
      : { kind: 'ratio', value: Math.round(move.to * RATIO_PARTS) / RATIO_PARTS }
  const to = capabilities.normalise(kind, accepted(kind, plain, capabilities))
  const after = plainValue(to) ?? 0
  if (sameValue(to, value) || !(after > 0))
    return holdOf(target, { reason: 'within-deadband', detail: 'the platform keeps no finer steps' })
  // As cost per conversion: a target ROAS that falls lets it rise.
  const dearer = kind === 'target-cpa' ? after / move.from : move.from / after
  const [bound] = dearer > 1 ? questionsOf(target).flatMap((one) => beyondShare(one, all, dearer) ?? []) : []
  if (bound) return holdOf(target, bound)
  const full = Math.abs(Math.log(dearer)) > Math.log1p(TARGET_RULES.maxStep) * STEP_NEARLY
  return {
    kind: 'change',
    change: { lever, from: value, to },
    name,
    class: first!.membership.class,
    expected: expectedOf(observation, questionsOf(target), dearer),
    binding: full
      ? [{ name: 'step', detail: `at most ${Math.round(100 * TARGET_RULES.maxStep)} % in one move of a target` }]
      : [],
    why: `From ${valueWords(value)} to ${valueWords(to)}: ${move.why}, ${wanted.why}${wanted.told ? `; ${wanted.told}` : ''}.`,
    maturity: Math.min(...questionsOf(target).map(({ estimate }) => estimate?.maturity ?? 0)),
    limitedBy: 'target',
  }
}

/** What the platform's rounding leaves of a whole step. */
const STEP_NEARLY = 0.98

/** Why a class whose results are doubtful may not get a looser target: it would grow past the share that it came with. */
function beyondShare(one: BudgetQuestion, all: readonly BudgetQuestion[], dearer: number): Hold | undefined {
  const { estimate, membership } = one
  if (!estimate || !SHARE_BOUND.has(membership.class) || estimate.hasLift) return undefined
  const total = all.reduce((sum, other) => sum + recentSpend(other), 0)
  const after = recentSpend(one) * spendFactor(estimate, dearer)
  if (after <= estimate.originalShare * (total + after - recentSpend(one))) return undefined
  const share = `${Math.round(1000 * estimate.originalShare) / 10} %`
  return {
    reason: 'guardrail',
    detail: `${membership.class} campaigns may not grow past the ${share} of spend they came with: there is no evidence of lift`,
  }
}

/** How far off, as a share, the effect of a target on spend may be: it is known from the response alone. */
const EFFECT_SD = 0.5

function expectedOf(observation: Observation, questions: readonly BudgetQuestion[], dearer: number): ExpectedEffect {
  const { goal } = observation.policy.policy
  let [mean, below, above] = [0, 0, 0]
  for (const question of questions) {
    const { estimate, budget } = question
    if (!estimate) continue
    const before = estimate.recentSpendPerDay
    const most = Math.max(before, mainUnits(budget.amount) * estimate.delivery)
    const after = Math.min(most, before * spendFactor(estimate, dearer, toldOf(question)))
    const change = conversionChange(estimate.curve, before, after)
    const sd = Math.hypot(change.sd, EFFECT_SD * change.mean)
    const baseUnits = baseUnitsOf(rateOf(question))
    const effect = effectOf(goal, { mean: change.mean, sd, spend: (after - before) * baseUnits }, estimate, baseUnits)
    mean += effect.mean
    below = Math.hypot(below, effect.mean - effect.low)
    above = Math.hypot(above, effect.high - effect.mean)
  }
  return { unit: UNITS[goal.kind], mean, low: mean - below, high: mean + above }
}
