import { type Lever, leverKey } from '../../model/lever.ts'
import { multiplierLevers, sameCriterion, valueIn } from '../../model/lever-place.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { AccountObservation } from '../../model/observation.ts'
import type { Campaign, CriterionDimension } from '../../model/structure.ts'
import type { BudgetQuestion } from '../holds.ts'

/** The multipliers of one running campaign. */
export interface PlacedMultipliers {
  readonly account: AccountObservation
  readonly campaign: Campaign
  readonly multipliers: readonly PlacedMultiplier[]
  /** Budgets of the portfolio that it spends from; at least one. */
  readonly questions: readonly BudgetQuestion[]
}

export interface PlacedMultiplier {
  readonly dimension: MultiplierDimension
  /** The device, or the criterion's id. */
  readonly level: string
  /** Which clicks it is for: `on mobile`, `in Berlin`. */
  readonly clicks: string
  readonly lever: Lever
  /** In force; 1 where none is set, 0 where the device is opted out of. */
  readonly value: number
  readonly state: LeverState | undefined
}

export type MultiplierDimension = 'device' | CriterionDimension

const WORDS = { place: 'in', hour: 'at', audience: 'for' } as const satisfies Record<CriterionDimension, string>

/** The multipliers of every running campaign that spends from these budgets. */
export function placedMultipliers(
  account: AccountObservation,
  questions: readonly BudgetQuestion[],
): readonly PlacedMultipliers[] {
  const { structure } = account
  const states = new Map(account.levers.map((state) => [leverKey(state.lever), state]))
  const feeding = new Map<string, BudgetQuestion[]>()
  for (const question of questions)
    for (const id of question.budget.campaigns) feeding.set(id, [...(feeding.get(id) ?? []), question])
  return structure.campaigns.flatMap((campaign) => {
    const own = feeding.get(campaign.id)
    if (campaign.status !== 'active' || !own) return []
    const multipliers = multiplierLevers(structure, campaign).map((lever): PlacedMultiplier => {
      const value = valueIn(structure, lever)
      return {
        ...aboutLever(campaign, lever),
        lever,
        value: value?.kind === 'ratio' ? value.value : 1,
        state: states.get(leverKey(lever)),
      }
    })
    return [{ account, campaign, multipliers, questions: own }]
  })
}

function aboutLever(
  { criteria = [] }: Campaign,
  { device, criterion }: Lever,
): Pick<PlacedMultiplier, 'dimension' | 'level' | 'clicks'> {
  if (!criterion) return { dimension: 'device', level: device ?? '', clicks: `on ${device}` }
  const { dimension, id } = criterion
  const name = criteria.find((one) => sameCriterion(one, criterion))?.name ?? id
  return { dimension, level: id, clicks: `${WORDS[dimension]} ${name}` }
}
