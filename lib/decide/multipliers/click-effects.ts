import { type CampaignEffects, fitTables } from '../../measure/cells/fit-cells.ts'
import type { ClickCell, ClickCells } from '../../model/evidence.ts'
import { hasPlainBids, multiplierLevers } from '../../model/lever-place.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { Campaign } from '../../model/structure.ts'
import type { BudgetQuestion } from '../holds.ts'
import { clickTables } from './click-tables.ts'
import { meanMultiplier } from './edits.ts'
import type { MultiplierDimension, PlacedMultipliers } from './placed.ts'

/**
 * What a click of each device, hour, place and audience is worth, by campaign: learned over all campaigns of the account
 * whose multipliers would count, so that a campaign with few conversions borrows from the others how much they differ.
 *
 * Lag takes the same share from all clicks of a campaign, and what is worth how much against the others stays as it is:
 * conversions are left as they were counted, whose noise is the true one.
 *
 * @returns by campaign; undefined where no click of it was counted
 */
export function clickEffects(
  observation: Observation,
  account: AccountObservation,
  questions: readonly BudgetQuestion[],
): (placed: PlacedMultipliers) => CampaignEffects | undefined {
  const { cells, structure } = account
  const [first] = questions
  if (!cells || !first) return () => undefined
  const outcomeOf = outcomes(observation, cells, questions)
  const counted = Map.groupBy(cells.cells, ({ campaign }) => campaign)
  const groups = structure.campaigns.flatMap((campaign) => {
    const own = counted.get(campaign.id)
    if (!own?.some(({ criterion }) => !criterion) || campaign.status === 'removed' || !hasPlainBids(campaign)) return []
    const dimensions = honouredDimensions(campaign, account, first)
    const withOutcome = own.map((cell) => ({ cell, outcome: outcomeOf(cell) }))
    return dimensions.size === 0 ? [] : [{ campaign, tables: clickTables(campaign, withOutcome, dimensions) }]
  })
  const fitted = fitTables(groups.map(({ tables }) => tables))
  const byCampaign = new Map(groups.map(({ campaign }, i) => [campaign.id, fitted[i]!]))
  return (placed) => {
    const effects = byCampaign.get(placed.campaign.id)
    return effects && asOfToday(effects, placed, cells)
  }
}

/** Dimensions of which every multiplier of the campaign is honoured. */
function honouredDimensions(
  campaign: Campaign,
  { structure }: AccountObservation,
  { capabilities }: BudgetQuestion,
): ReadonlySet<MultiplierDimension> {
  const levers = Map.groupBy(
    multiplierLevers(structure, campaign),
    ({ criterion }): MultiplierDimension => criterion?.dimension ?? 'device',
  )
  return new Set(
    [...levers].flatMap(([dimension, own]) =>
      own.every((lever) => capabilities.honours(lever, structure).kind === 'honoured') ? [dimension] : [],
    ),
  )
}

/** Conversions; or their value over the account's mean, where value counts and the policy does not say what one is worth. */
function outcomes(
  { policy }: Observation,
  { cells }: ClickCells,
  questions: readonly BudgetQuestion[],
): (cell: ClickCell) => number {
  const whole = cells.filter(({ criterion }) => !criterion)
  const value = whole.reduce((sum, one) => sum + one.value, 0)
  const conversions = whole.reduce((sum, one) => sum + one.conversions, 0)
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
function asOfToday(effects: CampaignEffects, { multipliers }: PlacedMultipliers, cells: ClickCells): CampaignEffects {
  const factorOf = (dimension: string, level: string): number => {
    const one = multipliers.find((of) => of.dimension === dimension && of.level === level)
    if (!one) return 1
    const stood = meanMultiplier(one, cells)
    return stood > 0 ? one.value / stood : 0
  }
  return {
    ...effects,
    dimensions: effects.dimensions.map(({ name, levels }) => ({
      name,
      levels: levels.map((level) => ({ ...level, clicks: level.clicks * factorOf(name, level.name) })),
    })),
  }
}
