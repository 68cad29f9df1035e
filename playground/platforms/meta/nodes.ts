import type { AccountDate, Instant } from '../../../lib/units/calendar.ts'
import type {
  World,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldBudgetSchedule,
  WorldCampaign,
  WorldChange,
  WorldExperiment,
} from '../../world.ts'
import type { AdRule, AdRuleRun } from './rule-spec.ts'
import type { SpendBook } from './spend-book.ts'

/** An ad set together with what it hangs on. */
export interface AdSetNode {
  readonly kind: 'ad-set'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
  readonly adGroup: WorldAdGroup
}
export interface CampaignNode {
  readonly kind: 'campaign'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
}
export interface AccountNode {
  readonly kind: 'account'
  readonly account: WorldAccount
}
export interface UserNode {
  readonly kind: 'user'
}
export interface StudyNode {
  readonly kind: 'study'
  readonly account: WorldAccount
  readonly experiment: WorldExperiment
}
/** One arm of a split test; 0 is the base campaign. */
export interface CellNode {
  readonly kind: 'cell'
  readonly account: WorldAccount
  readonly experiment: WorldExperiment
  readonly arm: number
}
export interface ScheduleNode {
  readonly kind: 'schedule'
  readonly account: WorldAccount
  readonly budget: WorldBudget
  readonly schedule: WorldBudgetSchedule
}
export interface ActivityNode {
  readonly kind: 'activity'
  readonly account: WorldAccount
  readonly change: WorldChange
}
/** A rule that Meta itself runs. */
export interface RuleNode {
  readonly kind: 'rule'
  readonly account: WorldAccount
  readonly rule: AdRule
}
/** One run of a rule that did something. */
export interface RuleRunNode {
  readonly kind: 'rule-run'
  readonly account: WorldAccount
  readonly run: AdRuleRun
}
export interface MinimumBudgetNode {
  readonly kind: 'minimum-budget'
  readonly account: WorldAccount
  readonly bidMicros: bigint
}
export interface ReportNode {
  readonly kind: 'report'
  readonly account: WorldAccount
  readonly id: string
  readonly from: AccountDate
  readonly to: AccountDate
  readonly requestedAt: Instant
  readonly status: string
  readonly percent: number
}

export type GraphNode =
  | AccountNode
  | ActivityNode
  | AdSetNode
  | CampaignNode
  | CellNode
  | MinimumBudgetNode
  | ReportNode
  | RuleNode
  | RuleRunNode
  | ScheduleNode
  | StudyNode
  | UserNode
export type NodeKind = GraphNode['kind']
export type NodeOf<K extends NodeKind> = Extract<GraphNode, { kind: K }>

/** What a field may look at beside its node. */
export interface FieldContext {
  readonly world: World
  readonly book: SpendBook
  readonly user: { readonly id: string; readonly name: string }
  readonly app: { readonly id: string; readonly name: string }
  /** Ids that were archived, not deleted, through this twin; the world knows `removed` only. */
  readonly archived: ReadonlySet<string>
}

export const adSetsOf = (account: WorldAccount, campaign: WorldCampaign): readonly AdSetNode[] =>
  [...campaign.adGroups.values()].map((adGroup) => ({ kind: 'ad-set', account, campaign, adGroup }))

export const campaignsOf = (account: WorldAccount): readonly CampaignNode[] =>
  [...account.campaigns.values()].map((campaign) => ({ kind: 'campaign', account, campaign }))

export const allAdSetsOf = (account: WorldAccount): readonly AdSetNode[] =>
  [...account.campaigns.values()].flatMap((campaign) => adSetsOf(account, campaign))

const armCampaigns = (experiment: WorldExperiment): readonly string[] => [
  experiment.baseCampaignId,
  ...experiment.armCampaignIds,
]

/** Digits of the longest id that there is. */
const ID_DIGITS = 18

/** Cells have ids of their own: the study's with the arm's number behind it, or in place of its first digits where it is long. */
export const cellId = ({ id }: WorldExperiment, arm: number): string =>
  id.length + 3 <= ID_DIGITS ? `${id}${100 + arm}` : `${700 + arm}${id.slice(3)}`

export const studiesOf = (account: WorldAccount): readonly StudyNode[] =>
  account.experiments.map((experiment) => ({ kind: 'study', account, experiment }))

export const studiesWith = (account: WorldAccount, campaignId: string): readonly StudyNode[] =>
  studiesOf(account).filter(({ experiment }) => armCampaigns(experiment).includes(campaignId))

export const cellsOf = ({ account, experiment }: StudyNode): readonly CellNode[] =>
  armCampaigns(experiment).map((_, arm) => ({ kind: 'cell', account, experiment, arm }))

export const cellCount = (experiment: WorldExperiment): number => armCampaigns(experiment).length

export function cellCampaigns({ account, experiment, arm }: CellNode): readonly CampaignNode[] {
  const campaign = account.campaigns.get(armCampaigns(experiment)[arm] ?? '')
  return campaign ? [{ kind: 'campaign', account, campaign }] : []
}

/** The budget that a campaign or an ad set owns itself. */
export function ownBudget(node: CampaignNode | AdSetNode): WorldBudget | undefined {
  const id = node.kind === 'campaign' ? node.campaign.budgetId : node.adGroup.budgetId
  return id === undefined ? undefined : node.account.budgets.get(id)
}

/** Whether the campaign holds the budget (Advantage+ campaign budget, once CBO). */
export const hasCampaignBudget = (campaign: WorldCampaign): boolean => campaign.budgetId !== undefined

export function schedulesOf(node: CampaignNode | AdSetNode): readonly ScheduleNode[] {
  const budget = ownBudget(node)
  if (!budget) return []
  return budget.schedules.map((schedule) => ({ kind: 'schedule', account: node.account, budget, schedule }))
}

/** The id that a node has on the wire. */
export function nodeId(node: GraphNode): string {
  switch (node.kind) {
    case 'account':
      return `act_${node.account.id}`
    case 'campaign':
      return node.campaign.id
    case 'ad-set':
      return node.adGroup.id
    case 'study':
      return node.experiment.id
    case 'cell':
      return cellId(node.experiment, node.arm)
    case 'schedule':
      return node.schedule.id
    case 'report':
      return node.id
    case 'rule':
      return node.rule.id
    default:
      return ''
  }
}
