import { leverKey } from '../model/lever.ts'
import { hasPlainBids } from '../model/lever-place.ts'
import type { Observation } from '../model/observation.ts'
import { type ChangeDecision, type Decision, decisionLever, type HoldDecision } from '../model/plan.ts'
import type { Hold } from './check.ts'
import { type BudgetQuestion, reasonToHold } from './holds.ts'
import { type MultiplierAnswer, multiplierChange } from './multipliers/change.ts'
import { clickEffects } from './multipliers/click-effects.ts'
import { decideMultipliers, type MultiplierHold } from './multipliers/decide-multipliers.ts'
import { multiplierEdits } from './multipliers/edits.ts'
import { type PlacedMultiplier, type PlacedMultipliers, placedMultipliers } from './multipliers/placed.ts'
import type { Multipliers } from './multipliers/wanted.ts'
import { allowanceOf } from './targets/allowance.ts'
import { budgetEdits, plainValue } from './targets/history.ts'

/** Days between two moves of a campaign's multipliers: their clicks are counted over weeks, and show a move late. */
const DAYS_BETWEEN = 7

/**
 * One decision for every multiplier of every running campaign, where the policy steers them; none where it does not. They
 * are by device and by the places, parts of the week and audiences that a campaign lists: to list one anew would change
 * whom it reaches.
 *
 * @param others what the plan decides beside it: a campaign has one lever moved on a day
 */
export function steerMultipliers(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  others: readonly Decision[],
): readonly Decision[] {
  if (observation.policy.policy.bidMultipliers === 'leave') return []
  const moving = new Map(
    others.flatMap((one) => (one.kind === 'change' ? [[leverKey(decisionLever(one)), one] as const] : [])),
  )
  return [...Map.groupBy(questions, ({ account }) => account)].flatMap(([account, own]) => {
    const effectsOf = clickEffects(observation, account, own)
    return placedMultipliers(account, own).flatMap((placed) => {
      const held = reasonToLeave(placed) ?? movedBeside(placed, moving)
      if (held) return placed.multipliers.map((one) => holdOf(placed, one, held))
      const effects = effectsOf(placed)
      if (!effects)
        return placed.multipliers.map((one) =>
          holdOf(placed, one, { reason: 'too-little-history', detail: 'its clicks have not been read' }),
        )
      const capabilities = Object.fromEntries(
        effects.dimensions.map(({ name }) => [name, { kind: 'honoured' } as const]),
      )
      const decided = decideMultipliers({ effects, current: currentOf(placed), capabilities })
      return placed.multipliers.map((one) => decisionOf({ observation, placed, one, decided, effects }))
    })
  })
}

const currentOf = ({ multipliers }: PlacedMultipliers): Multipliers =>
  Object.fromEntries(
    [...Map.groupBy(multipliers, ({ dimension }) => dimension)].map(([dimension, own]) => [
      dimension,
      Object.fromEntries(own.map(({ level, value }) => [level, value])),
    ]),
  )

/** Those that the platform honours; all, where it honours none. */
function counting({ multipliers, questions, account }: PlacedMultipliers): readonly PlacedMultiplier[] {
  const honoured = multipliers.filter(
    ({ lever }) => questions[0]?.capabilities.honours(lever, account.structure).kind === 'honoured',
  )
  return honoured.length > 0 ? honoured : multipliers
}

/**
 * What stands against moving multipliers is what stands against moving the campaign's budgets, asked of each multiplier's
 * own record. What stands against one of them stands against all: they are worth what they are beside each other.
 */
function reasonToLeave(placed: PlacedMultipliers): Hold | undefined {
  const { account, campaign, multipliers, questions } = placed
  if (questions[0]?.observation.occasion === 'correction')
    return { reason: 'between-decisions', detail: 'multipliers are moved by the daily decision only' }
  for (const question of questions)
    for (const { lever, state } of counting(placed)) {
      const held = reasonToHold({ ...question, lever, state })
      if (held) return held
    }
  if (!hasPlainBids(campaign))
    return {
      reason: 'not-steered',
      detail: 'the platform bids by what each click is likely to bring: a multiplier would count that twice',
    }
  if (campaign.learning === 'learning')
    return {
      reason: 'learning',
      detail: `"${campaign.name}" is in its learning phase, which a multiplier would restart`,
    }
  const own = multiplierEdits(multipliers, account.today)
  const last = own.at(-1)
  if (last && last.daysAgo < DAYS_BETWEEN)
    return {
      reason: 'between-decisions',
      detail: `a multiplier of it was changed ${last.daysAgo} days ago, and ${DAYS_BETWEEN} are left between two moves`,
    }
  const { left, why } = allowanceOf([...own, ...questions.flatMap((one) => budgetEdits(one, account.today))])
  return left > 0 ? undefined : { reason: 'change-limit', detail: why }
}

/** What a step of a budget in whole cents may be beyond a share. */
const SLACK = 1e-3

/** Two levers moved on one day hide from each other what either of them did. */
function movedBeside({ questions }: PlacedMultipliers, moving: ReadonlyMap<string, ChangeDecision>): Hold | undefined {
  const beside = questions.find(({ lever, capabilities }) => {
    const change = moving.get(leverKey(lever))?.change
    const [from, to] = [plainValue(change?.from), plainValue(change?.to)]
    if (from === undefined || to === undefined) return false
    return Math.abs(to / from - 1) > capabilities.learningSafeStep + SLACK
  })
  return (
    beside && {
      reason: 'change-limit',
      detail: `its budget "${beside.budget.name}" moves today by more than the platform takes lightly: one lever a day`,
    }
  )
}

function holdOf(
  { campaign }: PlacedMultipliers,
  { lever, value, clicks }: PlacedMultiplier,
  { reason, detail }: Hold,
): HoldDecision {
  return { kind: 'hold', lever, name: `${campaign.name} ${clicks}`, value: { kind: 'ratio', value }, reason, detail }
}

function decisionOf(answer: Omit<MultiplierAnswer, 'move'>): Decision {
  const { placed, one, decided, effects } = answer
  const capability = placed.questions[0]?.capabilities.honours(one.lever, placed.account.structure)
  if (capability?.kind === 'not-honoured')
    return holdOf(placed, one, { reason: 'not-honoured', detail: capability.reason })
  if (one.value === 0) return holdOf(placed, one, { reason: 'not-steered', detail: 'it is opted out of, and stays so' })
  const found = decided.find(({ dimension, level }) => dimension === one.dimension && level === one.level)
  if (found?.kind === 'move')
    return (
      multiplierChange({ ...answer, move: found }) ??
      holdOf(placed, one, { reason: 'within-deadband', detail: 'the platform keeps no finer steps' })
    )
  const levels = effects.dimensions.find(({ name }) => name === one.dimension)?.levels
  const seen = levels?.find(({ name }) => name === one.level)?.clicks
  return found && seen
    ? holdOf(placed, one, holdWords(found))
    : holdOf(placed, one, { reason: 'too-little-history', detail: `no click of it was counted ${one.clicks}` })
}

const holdWords = ({ reason, why }: MultiplierHold): Hold => ({ reason, detail: why })
