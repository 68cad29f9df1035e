import { type IsBroken, maturityOf, type Realised, scorePlan } from '../measure/score.ts'
import { type AccountKey, accountKey, type PortfolioId } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import { DecisionsMissing } from '../model/decisions-missing.ts'
import type { Decision, PlanHeader } from '../model/plan.ts'
import type { Policy, PolicyVersion } from '../model/policy.ts'
import type { Score } from '../model/score.ts'
import { type AccountDate, DAY_MS, dateAt, later } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import { readRealised } from './realised.ts'
import type { Summary } from './summary.ts'

/** Plans made longer ago are not scored: their first days would soon leave the ninety that histories keep. */
const LOOK_BACK_DAYS = 75

/** What is to be scored, and what for. */
export interface ScoreOutlook {
  /** Plans of which everything that they predicted is mature, oldest first. */
  readonly due: readonly DuePlan[]
  readonly realised: Realised
  /** When the oldest of those that wait will be; undefined where none that waits predicts anything. */
  readonly nextOn: AccountDate | undefined
  /** Plans that are passed over, because what they decided is not stored any more. */
  readonly withoutDecisions: number
}

interface DuePlan {
  readonly header: PlanHeader
  readonly decisions: readonly Decision[]
}

/** Scores every plan of the portfolio whose predictions can be compared with what came. Each is scored once. */
export async function scorePortfolio(portfolio: PortfolioId, loop: Loop): Promise<Summary> {
  const version = await loop.policies.current(portfolio)
  if (!version) throw new Error(`portfolio ${portfolio} has no policy: store one first`)
  const { due, realised, nextOn, withoutDecisions } = await scoreOutlook(version, loop)
  const scores: Score[] = []
  for (const { header, decisions } of due) {
    const isBroken = await ruleChanged(header, version, loop)
    const score = scorePlan(header, decisions, realised, isBroken, loop.clock.now())
    if (score && (await loop.scores.put(score))) scores.push(score)
  }
  const total = (of: (score: Score) => number): number => scores.reduce((sum, score) => sum + of(score), 0)
  return {
    scored: scores.length,
    checked: total(({ checked }) => checked),
    covered: total(({ covered }) => covered),
    ...(nextOn === undefined ? {} : { nextOn }),
    ...(withoutDecisions > 0 ? { withoutDecisions } : {}),
  }
}

/** What would be scored now, and when more will be. Writes nothing. */
export async function scoreOutlook(version: PolicyVersion, loop: Loop): Promise<ScoreOutlook> {
  const waiting = await unscoredPlans(version.policy, loop)
  const realised: Realised = waiting.length > 0 ? await readRealised(version, loop) : new Map()
  const due: DuePlan[] = []
  let withoutDecisions = 0
  for (const header of waiting) {
    const decisions = await decisionsOf(header, loop)
    if (!decisions) {
      withoutDecisions += 1
      continue
    }
    const maturity = maturityOf(decisions, realised)
    // Those made after it predict later days.
    if (maturity && !maturity.isReached) return { due, realised, nextOn: maturity.on, withoutDecisions }
    if (maturity) due.push({ header, decisions })
  }
  return { due, realised, nextOn: undefined, withoutDecisions }
}

/** Undefined for plans of before a restore, which are known and have no decisions. */
async function decisionsOf(header: PlanHeader, loop: Loop): Promise<readonly Decision[] | undefined> {
  try {
    return await loop.plans.decisions(header)
  } catch (error) {
    if (error instanceof DecisionsMissing) return undefined
    throw error
  }
}

/** Oldest first; of several daily plans of a date the last, which is the one that stood. */
async function unscoredPlans(policy: Policy, loop: Loop): Promise<readonly PlanHeader[]> {
  const now = loop.clock.now()
  const [plans, scores] = await Promise.all([
    loop.plans.between(policy.portfolio, later(now, -LOOK_BACK_DAYS * DAY_MS), now),
    loop.scores.recent(policy.portfolio, 2 * LOOK_BACK_DAYS),
  ])
  const scored = new Set(scores.map(({ plan }) => plan))
  const lastOfDate = new Map<AccountDate, PlanHeader>()
  for (const header of plans.toReversed())
    if (header.occasion === 'daily') lastOfDate.set(dateAt(header.madeAt, policy.zone), header)
  return [...lastOfDate.values()].filter(({ id }) => !scored.has(id))
}

/** Counts by another rule than the one that a plan was made for are not what it predicted. */
async function ruleChanged(
  { portfolio, policyVersion }: PlanHeader,
  current: PolicyVersion,
  loop: Loop,
): Promise<IsBroken> {
  if (policyVersion === current.version) return () => false
  const then = rulesOf(await loop.policies.version(portfolio, policyVersion))
  const now = rulesOf(current)
  return (account) => then.get(account) !== now.get(account)
}

const rulesOf = (version: PolicyVersion | undefined): ReadonlyMap<AccountKey, string> =>
  new Map(version?.policy.accounts.map(({ account, conversions }) => [accountKey(account), ruleKey(conversions)]))
