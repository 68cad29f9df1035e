import { leverKey } from '../model/lever.ts'
import { hasPlainBids } from '../model/lever-place.ts'
import type { Observation } from '../model/observation.ts'
import { type ChangeDecision, type Decision, decisionLever, type HoldDecision } from '../model/plan.ts'
import { type BudgetQuestion, type Hold, reasonToHold } from './holds.ts'
import { multiplierChange } from './multipliers/change.ts'
import { decideMultipliers, type MultiplierDecision, type MultiplierHold } from './multipliers/decide-multipliers.ts'
import { deviceEffects } from './multipliers/device-effects.ts'
import { multiplierEdits } from './multipliers/edits.ts'
import { type PlacedDevice, type PlacedMultipliers, placedMultipliers } from './multipliers/placed.ts'
import { allowanceOf } from './targets/allowance.ts'
import { budgetEdits, plainValue } from './targets/history.ts'

/** Days between two moves of a campaign's multipliers: their clicks are counted over weeks, and show a move late. */
const DAYS_BETWEEN = 7

/**
 * One decision for every device of every running campaign, where the policy steers multipliers; none where it does not.
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
    const effectsOf = deviceEffects(observation, account, own)
    return placedMultipliers(account, own).flatMap((placed) => {
      const held = reasonToLeave(placed) ?? movedBeside(placed, moving)
      if (held) return placed.devices.map((one) => holdOf(placed, one, held))
      const effects = effectsOf(placed)
      if (!effects)
        return placed.devices.map((one) =>
          holdOf(placed, one, { reason: 'too-little-history', detail: 'its clicks by device have not been read' }),
        )
      const current = { device: Object.fromEntries(placed.devices.map(({ device, value }) => [device, value])) }
      const decided = decideMultipliers({ effects, current, capabilities: { device: { kind: 'honoured' } } })
      return placed.devices.map((one) => decisionOf(observation, placed, one, decided, effects))
    })
  })
}

/**
 * What stands against moving multipliers is what stands against moving the campaign's budgets, asked of each multiplier's
 * own record. What stands against one of them stands against all: they are worth what they are beside each other.
 */
function reasonToLeave({ account, campaign, devices, questions }: PlacedMultipliers): Hold | undefined {
  if (questions[0]?.observation.occasion === 'correction')
    return { reason: 'between-decisions', detail: 'multipliers are moved by the daily decision only' }
  for (const question of questions)
    for (const { lever, state } of devices) {
      const held = reasonToHold({ ...question, lever, state })
      if (held) return held
    }
  if (!hasPlainBids(campaign))
    return {
      reason: 'not-steered',
      detail: 'the platform bids by what each click is likely to bring: a multiplier would count the device twice',
    }
  if (campaign.learning === 'learning')
    return {
      reason: 'learning',
      detail: `"${campaign.name}" is in its learning phase, which a multiplier would restart`,
    }
  const own = multiplierEdits(devices, account.today)
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
  { lever, value, device }: PlacedDevice,
  { reason, detail }: Hold,
): HoldDecision {
  return { kind: 'hold', lever, name: `${campaign.name} on ${device}`, value: { kind: 'ratio', value }, reason, detail }
}

function decisionOf(
  observation: Observation,
  placed: PlacedMultipliers,
  one: PlacedDevice,
  decided: readonly MultiplierDecision[],
  effects: NonNullable<ReturnType<ReturnType<typeof deviceEffects>>>,
): Decision {
  if (one.value === 0)
    return holdOf(placed, one, { reason: 'not-steered', detail: `${one.device} is opted out of, and stays so` })
  const found = decided.find(({ level }) => level === one.device)
  if (!found)
    return holdOf(placed, one, { reason: 'too-little-history', detail: `no click of it came from ${one.device}` })
  if (found.kind === 'hold') return holdOf(placed, one, holdWords(found))
  return (
    multiplierChange({ observation, placed, one, move: found, decided, effects }) ??
    holdOf(placed, one, { reason: 'within-deadband', detail: 'the platform keeps no finer steps' })
  )
}

const holdWords = ({ reason, why }: MultiplierHold): Hold => ({ reason, detail: why })
