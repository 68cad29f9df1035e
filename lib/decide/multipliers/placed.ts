import { type Lever, leverKey } from '../../model/lever.ts'
import { deviceLevers } from '../../model/lever-place.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { AccountObservation } from '../../model/observation.ts'
import type { Campaign, Device } from '../../model/structure.ts'
import type { BudgetQuestion } from '../holds.ts'

/** The multipliers of one running campaign, one by device. */
export interface PlacedMultipliers {
  readonly account: AccountObservation
  readonly campaign: Campaign
  readonly devices: readonly PlacedDevice[]
  /** Budgets of the portfolio that it spends from; at least one. */
  readonly questions: readonly BudgetQuestion[]
}

export interface PlacedDevice {
  readonly device: Device
  readonly lever: Lever
  /** In force; 1 where none is set, 0 where the device is opted out of. */
  readonly value: number
  readonly state: LeverState | undefined
}

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
    const devices = deviceLevers(structure, campaign).map((lever): PlacedDevice => {
      const { device } = lever
      return { device, lever, value: campaign.deviceMultipliers[device] ?? 1, state: states.get(leverKey(lever)) }
    })
    return [{ account, campaign, devices, questions: own }]
  })
}
