import { type Lever, type LeverKey, type LeverValue, leverKey } from '../../model/lever.ts'
import { targetLevers, valueIn } from '../../model/lever-place.ts'
import { memberOf } from '../../model/membership.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { AdGroup, BudgetHolder, Campaign } from '../../model/structure.ts'
import { adGroupById } from '../../model/structure-index.ts'
import type { Hold } from '../check.ts'
import type { BudgetQuestion } from '../holds.ts'

/** One part of what a target steers: a campaign, or an ad group with a budget of its own. */
export interface TargetPart {
  readonly campaign: Campaign
  /** What its days are: those of the campaign, or of its ad group where that is read apart. */
  readonly days: Pick<BudgetHolder, 'campaigns' | 'adGroup'>
  /** Budgets of the portfolio that it spends from; at least one. */
  readonly questions: readonly BudgetQuestion[]
}

/** A target of a running campaign, on the object that holds it. */
export interface PlacedTarget {
  readonly account: AccountObservation
  readonly lever: Lever
  readonly kind: 'target-cpa' | 'target-roas'
  readonly value: LeverValue
  readonly name: string
  readonly parts: readonly TargetPart[]
  /** Why it is not moved on any day, as things are. */
  readonly obstacle?: Hold
}

/** Every target by which the portfolio's running campaigns bid, each once. */
export const placedTargets = (
  observation: Observation,
  questions: readonly BudgetQuestion[],
): readonly PlacedTarget[] => {
  const byAccount = Map.groupBy(questions, ({ account }) => account)
  return observation.accounts.flatMap((account) => ofAccount(observation, account, byAccount.get(account) ?? []))
}

function ofAccount(
  observation: Observation,
  account: AccountObservation,
  questions: readonly BudgetQuestion[],
): readonly PlacedTarget[] {
  const { structure } = account
  const feeding = new Map<string, BudgetQuestion[]>()
  for (const question of questions)
    for (const id of question.budget.campaigns) feeding.set(id, [...(feeding.get(id) ?? []), question])
  const found = new Map<LeverKey, { lever: Lever; parts: TargetPart[] }>()
  for (const campaign of structure.campaigns) {
    const own = feeding.get(campaign.id)
    if (campaign.status !== 'active' || !own) continue
    for (const lever of targetLevers(structure, campaign)) {
      const one = found.get(leverKey(lever)) ?? { lever, parts: [] }
      one.parts.push(partOf(account, lever, campaign, own))
      found.set(leverKey(lever), one)
    }
  }
  return [...found.values()].flatMap(({ lever, parts }) => {
    const value = valueIn(structure, lever)
    if (!value || (lever.kind !== 'target-cpa' && lever.kind !== 'target-roas')) return []
    const { kind } = lever
    const obstacle = obstacleOf(observation, account, lever, parts)
    const placed = { account, lever, kind, value, name: nameOf(account, lever, parts), parts }
    return [obstacle ? { ...placed, obstacle } : placed]
  })
}

const groupOf = ({ structure }: AccountObservation, { id, entity }: Lever): AdGroup | undefined =>
  entity === 'ad-group' ? adGroupById(structure, id as AdGroup['id']) : undefined

function partOf(
  account: AccountObservation,
  lever: Lever,
  campaign: Campaign,
  questions: readonly BudgetQuestion[],
): TargetPart {
  const own = questions.filter(({ budget }) => lever.entity === 'ad-group' && budget.adGroup === lever.id)
  const group = groupOf(account, lever)
  return own.length > 0 && group
    ? { campaign, days: { campaigns: [campaign.id], adGroup: group.id }, questions: own }
    : { campaign, days: { campaigns: [campaign.id] }, questions }
}

function nameOf(account: AccountObservation, lever: Lever, [first]: readonly TargetPart[]): string {
  if (lever.entity === 'portfolio-strategy') return `shared bid strategy ${lever.id}`
  return groupOf(account, lever)?.name ?? first?.campaign.name ?? lever.id
}

function obstacleOf(
  observation: Observation,
  account: AccountObservation,
  lever: Lever,
  parts: readonly TargetPart[],
): Hold | undefined {
  const { structure } = account
  if (lever.entity === 'portfolio-strategy') return sharedOutside(observation, account, lever)
  if (lever.entity !== 'ad-group' || parts.some(({ days }) => days.adGroup !== undefined)) return undefined
  const beside = structure.adGroups.filter(
    ({ campaign, status }) => status === 'active' && parts.some((part) => part.campaign.id === campaign),
  )
  return beside.length > 1
    ? {
        reason: 'not-steered',
        detail: 'it spends from one budget with others: what its own target comes to is not read apart',
      }
    : undefined
}

/** A shared target moves all campaigns that use it: each of them must be the portfolio's to move. */
function sharedOutside(
  { policy, accounts }: Observation,
  { structure, today, account }: AccountObservation,
  { id }: Lever,
): Hold | undefined {
  const other = structure.campaigns.find(
    (campaign) =>
      campaign.strategy.portfolioStrategy === id &&
      campaign.status !== 'removed' &&
      !memberOf(policy.policy, structure.account, campaign, today)?.managed,
  )
  if (other)
    return {
      reason: 'not-honoured',
      detail: `its strategy is shared with "${other.name}", which this portfolio does not manage: it would be moved too`,
    }
  const elsewhere = accounts.find(
    (one) =>
      one.account !== account &&
      one.structure.account.platform === structure.account.platform &&
      one.structure.campaigns.some(({ strategy }) => strategy.portfolioStrategy === id),
  )
  return elsewhere && { reason: 'not-honoured', detail: `its strategy is shared with account ${elsewhere.account}` }
}
