import { unreachable } from '../units/unreachable.ts'
import { type Lever, type LeverValue, leverKey } from './lever.ts'
import type { AccountStructure, BidStrategy, Campaign, CriterionRef, Device, EntityStatus } from './structure.ts'

/** A lever's value as the structure was read; undefined: what it sits on is gone, or has no such lever. */
export function valueIn(structure: AccountStructure, lever: Lever): LeverValue | undefined {
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget': {
      const budget = structure.budgets.find(({ id }) => id === lever.id)
      return budget && budget.status !== 'removed' && `${budget.period}-budget` === lever.kind
        ? { kind: 'money', amount: budget.amount }
        : undefined
    }
    case 'status':
      return statusValue(statusOf(structure, lever))
    case 'target-cpa':
    case 'target-roas':
    case 'bid':
      return targetIn(strategyOf(structure, lever), lever.kind)
    case 'bid-multiplier': {
      const campaign = lever.entity === 'campaign' ? campaignById(structure, lever.id) : undefined
      const value = campaign && multiplierIn(campaign, lever)
      return value === undefined ? undefined : { kind: 'ratio', value }
    }
    default:
      return unreachable(lever.kind)
  }
}

function multiplierIn({ deviceMultipliers, criteria }: Campaign, { device, criterion }: Lever): number | undefined {
  if (device) return deviceMultipliers[device] ?? 1
  return criterion && criteria?.find((one) => sameCriterion(one, criterion))?.multiplier
}

export const sameCriterion = (a: CriterionRef, b: CriterionRef): boolean => a.dimension === b.dimension && a.id === b.id

const campaignById = ({ campaigns }: AccountStructure, of: string): Campaign | undefined =>
  campaigns.find(({ id, status }) => id === of && status !== 'removed')

function statusOf(structure: AccountStructure, { entity, id }: Lever): EntityStatus | undefined {
  if (entity === 'campaign') return campaignById(structure, id)?.status
  return entity === 'ad-group' ? structure.adGroups.find((one) => one.id === id)?.status : undefined
}

const statusValue = (status: EntityStatus | undefined): LeverValue | undefined =>
  status === undefined || status === 'removed' ? undefined : { kind: 'status', status }

function strategyOf(structure: AccountStructure, { entity, id }: Lever): BidStrategy | undefined {
  if (entity === 'campaign') return campaignById(structure, id)?.strategy
  if (entity === 'ad-group') {
    const adGroup = structure.adGroups.find((one) => one.id === id)
    return adGroup?.status === 'removed' ? undefined : adGroup?.strategy
  }
  return structure.campaigns.find(({ strategy, status }) => strategy.portfolioStrategy === id && status !== 'removed')
    ?.strategy
}

function targetIn(
  strategy: BidStrategy | undefined,
  kind: 'target-cpa' | 'target-roas' | 'bid',
): LeverValue | undefined {
  if (!strategy) return undefined
  if (kind === 'target-roas')
    return strategy.targetRoas === undefined ? undefined : { kind: 'ratio', value: strategy.targetRoas }
  const amount = kind === 'target-cpa' ? strategy.targetCpa : strategy.bid
  return amount && { kind: 'money', amount }
}

/** Campaigns that a lever moves: freezes of any of them count. */
export function campaignsMovedBy(structure: AccountStructure, { entity, id }: Lever): readonly string[] {
  switch (entity) {
    case 'budget':
      return structure.budgets.find((one) => one.id === id)?.campaigns ?? []
    case 'campaign':
      return [id]
    case 'ad-group':
      return structure.adGroups.flatMap((one) => (one.id === id ? [one.campaign] : []))
    case 'portfolio-strategy':
      return structure.campaigns.flatMap((one) => (one.strategy.portfolioStrategy === id ? [one.id] : []))
    default:
      return unreachable(entity)
  }
}

/** What a budget feeds bids towards: one lever for each target, on the object that holds it. */
export function targetLevers(
  { account, adGroups }: AccountStructure,
  { id, strategy }: Pick<Campaign, 'id' | 'strategy'>,
): readonly Lever[] {
  const shared = strategy.portfolioStrategy
  const own =
    shared === undefined
      ? ({ entity: 'campaign', id } as const)
      : ({ entity: 'portfolio-strategy', id: shared } as const)
  const found = [
    ...targetKinds(strategy).map((kind): Lever => ({ account, kind, ...own })),
    ...adGroups.flatMap((group) =>
      group.campaign === id && group.status !== 'removed' && group.strategy
        ? targetKinds(group.strategy).map((kind): Lever => ({ account, kind, entity: 'ad-group', id: group.id }))
        : [],
    ),
  ]
  return [...new Map(found.map((lever) => [leverKey(lever), lever])).values()]
}

const targetKinds = ({ targetCpa, targetRoas }: BidStrategy): readonly ('target-cpa' | 'target-roas')[] => [
  ...(targetCpa ? (['target-cpa'] as const) : []),
  ...(targetRoas === undefined ? [] : (['target-roas'] as const)),
]

const DEVICES = ['desktop', 'mobile', 'tablet'] as const satisfies readonly Device[]

/** One multiplier for each device, and one for each criterion that the campaign has. */
export function multiplierLevers(
  { account }: AccountStructure,
  { id, criteria = [] }: Pick<Campaign, 'id' | 'criteria'>,
): readonly Lever[] {
  const own = { account, kind: 'bid-multiplier', entity: 'campaign', id } as const
  return [
    ...DEVICES.map((device) => ({ ...own, device })),
    ...criteria.map((one) => ({ ...own, criterion: { dimension: one.dimension, id: one.id } })),
  ]
}

/**
 * Whether bids are a person's, so that a click's multipliers say all that is said of it. A platform that bids
 * towards a target has put into each bid what the click is likely to bring: a multiplier in proportion to that would
 * count it twice.
 */
export const hasPlainBids = ({ strategy }: Pick<Campaign, 'strategy'>): boolean => strategy.kind === 'manual-cpc'
