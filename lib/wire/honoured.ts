import type { Capability } from '../model/capability.ts'
import type { Lever } from '../model/lever.ts'
import type { AccountStructure, BidStrategyKind, Campaign } from '../model/structure.ts'

/** How a platform on which campaigns and ad groups hold their budgets themselves speaks of them, for reasons in words. */
export interface Words {
  readonly platform: string
  /** Its name of an ad group. */
  readonly adGroup: string
  /** What became of those that are there no more, such as `archived`. */
  readonly removed: string
  /** What that means, such as `: it accepts no change`. */
  readonly removedMeans?: string
  /** What a campaign without a budget may have instead. */
  readonly insteadOfBudget?: string
  /** Whether a campaign that holds the budget also says how its ad groups bid. */
  readonly campaignsBid?: boolean
}

export const HONOURED: Capability = { kind: 'honoured' }
export const not = (reason: string): Capability => ({ kind: 'not-honoured', reason })

/** The campaign that has this id, or whose ad group has. */
export function campaignOf(id: string, { campaigns, adGroups }: AccountStructure): Campaign | undefined {
  const adGroup = adGroups.find((one) => one.id === id)
  return campaigns.find((one) => one.id === (adGroup ? adGroup.campaign : id))
}

export function budgetHonoured(words: Words, { id, kind, entity }: Lever, structure: AccountStructure): Capability {
  if (entity !== 'budget') return not(`a budget is moved on the budget, not on a ${entity}`)
  const budget = structure.budgets.find((one) => one.id === id)
  if (!budget) return not(absence(words, id, structure))
  if (budget.status === 'removed') return not(`${id} is ${words.removed}${words.removedMeans ?? ''}`)
  return kind === `${budget.period}-budget` ? HONOURED : not(`the budget of ${id} is a ${budget.period} budget`)
}

/** Why `id` holds no budget. */
function absence({ adGroup, insteadOfBudget }: Words, id: string, structure: AccountStructure): string {
  const campaign = campaignOf(id, structure)
  if (campaign && campaign.id !== id && campaign.budget)
    return `${adGroup} ${id} spends from the budget of its campaign ${campaign.id}`
  if (campaign?.id === id)
    return `campaign ${id} has no budget of its own${insteadOfBudget ? `, ${insteadOfBudget}` : ''}: its ${adGroup}s have`
  return `${id} holds no budget`
}

/** @param takenBy strategies of an ad group that take such a lever */
export function bidHonoured(
  { platform, adGroup: name, removed, removedMeans = '', campaignsBid = false }: Words,
  { id, kind, entity }: Lever,
  takenBy: readonly BidStrategyKind[],
  { adGroups }: AccountStructure,
): Capability {
  if (entity !== 'ad-group')
    return not(`${platform} keeps the ${kind} on the ${name}s${campaignsBid ? '' : ', whatever holds the budget'}`)
  const adGroup = adGroups.find((one) => one.id === id)
  if (!adGroup) return not(`there is no ${name} ${id}`)
  if (adGroup.status === 'removed') return not(`${name} ${id} is ${removed}${removedMeans}`)
  const kindNow = adGroup.strategy?.kind ?? 'other'
  return takenBy.includes(kindNow) ? HONOURED : not(`${name} ${id} bids by ${kindNow}, which takes no ${kind}`)
}

export function statusHonoured(
  { removed }: Words,
  { id, entity }: Lever,
  { campaigns, adGroups }: AccountStructure,
): Capability {
  if (entity !== 'campaign' && entity !== 'ad-group') return not(`a ${entity} has no status of its own`)
  const found = (entity === 'campaign' ? campaigns : adGroups).find((one) => one.id === id)
  if (!found) return not(`there is no ${entity} ${id}`)
  return found.status === 'removed' ? not(`${entity} ${id} is ${removed}`) : HONOURED
}
