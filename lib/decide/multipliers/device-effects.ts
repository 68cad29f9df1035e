import type { Cell } from '../../measure/cells/cells.ts'
import { type CampaignEffects, fitCells } from '../../measure/cells/fit-cells.ts'
import type { DeviceCell, DeviceCells } from '../../model/evidence.ts'
import { deviceLevers, hasPlainBids } from '../../model/lever-place.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { BudgetQuestion } from '../holds.ts'
import { meanMultiplier } from './edits.ts'
import type { PlacedMultipliers } from './placed.ts'

/**
 * What a click on each device is worth, by campaign: learned over all campaigns of the account whose multipliers would
 * count, so that a campaign with few conversions borrows from the others how much devices differ.
 *
 * Lag takes the same share from all devices of a campaign, and what is worth how much against the others stays as it is:
 * conversions are left as they were counted, whose noise is the true one.
 *
 * @returns by campaign; undefined where no click of it was counted
 */
export function deviceEffects(
  observation: Observation,
  account: AccountObservation,
  questions: readonly BudgetQuestion[],
): (placed: PlacedMultipliers) => CampaignEffects | undefined {
  const { cells, structure } = account
  const [first] = questions
  if (!cells || !first) return () => undefined
  const fitting = new Set(
    structure.campaigns
      .filter((one) => one.status !== 'removed' && hasPlainBids(one))
      .filter((one) =>
        deviceLevers(structure, one).every((of) => first.capabilities.honours(of, structure).kind === 'honoured'),
      )
      .map(({ id }) => id),
  )
  const groups = [
    ...Map.groupBy(
      cells.cells.filter(({ campaign }) => fitting.has(campaign)),
      ({ campaign }) => campaign,
    ),
  ]
  const outcomeOf = outcomes(observation, cells, questions)
  const fitted = fitCells(groups.map(([, own]) => own.map((cell) => cellOf(cell, outcomeOf(cell)))))
  const byCampaign = new Map(groups.map(([campaign], i) => [campaign, fitted[i]!]))
  return (placed) => {
    const effects = byCampaign.get(placed.campaign.id)
    return effects && asOfToday(effects, placed, cells)
  }
}

const cellOf = ({ device, clicks }: DeviceCell, outcome: number): Cell => ({ levels: { device }, clicks, outcome })

/** Conversions; or their value over the account's mean, where value counts and the policy does not say what one is worth. */
function outcomes(
  { policy }: Observation,
  { cells }: DeviceCells,
  questions: readonly BudgetQuestion[],
): (cell: DeviceCell) => number {
  const value = cells.reduce((sum, one) => sum + one.value, 0)
  const conversions = cells.reduce((sum, one) => sum + one.conversions, 0)
  if (policy.policy.goal.kind === 'conversions' || !(value > 0 && conversions > 0)) return (cell) => cell.conversions
  const predicted = new Set<string>(
    questions.flatMap(({ membership, budget }) =>
      membership.valuePerConversion === undefined ? [] : budget.campaigns,
    ),
  )
  return (cell) => (predicted.has(cell.campaign) ? cell.conversions : Math.max(0, (cell.value * conversions) / value))
}

/**
 * With as many clicks as there would be under today's multipliers: what was counted under others is scaled from those.
 * Clicks follow the bid.
 */
function asOfToday(effects: CampaignEffects, { devices }: PlacedMultipliers, cells: DeviceCells): CampaignEffects {
  const factors = new Map<string, number>(
    devices.map((one) => {
      const stood = meanMultiplier(one, cells)
      return [one.device, stood > 0 ? one.value / stood : 0]
    }),
  )
  return {
    ...effects,
    dimensions: effects.dimensions.map((dimension) => ({
      ...dimension,
      levels: dimension.levels.map((level) => ({ ...level, clicks: level.clicks * (factors.get(level.name) ?? 1) })),
    })),
  }
}
