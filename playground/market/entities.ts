import { type AccountDate, DAY_MS, type Instant } from '../../lib/units/calendar.ts'
import type {
  BudgetOwner,
  CampaignKind,
  Device,
  EntityStatus,
  WorldAdGroup,
  WorldBudget,
  WorldBudgetSchedule,
  WorldCampaign,
  WorldCriterion,
  WorldLearning,
  WorldPlatform,
  WorldStrategy,
} from '../world.ts'
import type { AdGroupPlan, BudgetPlan, CampaignPlan, LearningPlan, ResponseTruth } from './blueprint.ts'
import { textKey } from './draws.ts'
import type { CampaignClass } from './schema.ts'

/** A budget with what the market remembers of its day and period. Spend in main units of the account's currency. */
export class BudgetState implements WorldBudget {
  readonly id: string
  readonly name: string
  readonly owner: BudgetOwner
  readonly period: 'daily' | 'lifetime'
  amountMicros: bigint
  readonly feeds: string[] = []
  schedules: readonly WorldBudgetSchedule[] = []

  readonly lines: LineState[] = []
  /** What the day began with: a significant edit is one that leaves it far behind, in however many steps. */
  amountAtDayStart: bigint
  /** Highest amount in force on the account day so far. */
  highestToday = 0
  spentToday = 0
  spentInPeriod = 0
  /** What the days of the period that are over have earned. */
  earnedInPeriod = 0
  spentEver = 0

  constructor(plan: BudgetPlan) {
    this.id = plan.id
    this.name = plan.name
    this.owner = plan.owner
    this.period = plan.period
    this.amountMicros = plan.amountMicros
    this.amountAtDayStart = plan.amountMicros
  }

  get amount(): number {
    return Number(this.amountMicros) / 1e6
  }
}

export class CampaignState implements WorldCampaign {
  readonly id: string
  readonly name: string
  readonly kind: CampaignKind
  readonly class: CampaignClass
  status: EntityStatus
  readonly budgetId?: string
  strategy: WorldStrategy
  readonly startDate: AccountDate
  readonly endDate?: AccountDate
  readonly adGroups = new Map<string, LineState>()
  readonly deviceMultipliers = new Map<Device, number>()
  readonly criteria: Map<string, WorldCriterion>

  /** `google-ads/1234567890/20100000000`: unique in the market. */
  readonly key: string
  readonly plan: CampaignPlan
  readonly lines: LineState[] = []
  /** Campaigns that this one takes conversions from, with the share. */
  readonly takesFrom: { readonly from: CampaignState; readonly share: number }[] = []
  /** Share of its claims that fall to a campaign of the same account which takes from it, just now. */
  lostToTakers = 0

  constructor(plan: CampaignPlan, platform: WorldPlatform, accountId: string) {
    this.id = plan.id
    this.name = plan.name
    this.kind = plan.kind
    this.class = plan.class
    this.criteria = new Map(plan.criteria.map((one) => [one.id, one]))
    this.status = plan.status
    if (plan.budgetId !== undefined) this.budgetId = plan.budgetId
    this.strategy = plan.strategy
    this.startDate = plan.startDate
    if (plan.endDate !== undefined) this.endDate = plan.endDate
    this.key = `${platform}/${accountId}/${plan.id}`
    this.plan = plan
  }

  /** The least advanced of its ad groups. */
  get learning(): WorldLearning {
    const states = this.lines.map((line) => line.learning)
    return (
      states.find(({ state }) => state === 'learning') ?? states.find(({ state }) => state === 'limited') ?? states[0]!
    )
  }

  /** Expected conversions per day of the last hour seen, before anything is taken. */
  get conversionRate(): number {
    return this.lines.reduce((sum, line) => sum + line.conversionRate, 0)
  }
}

/** One ad group: the unit that spends, has a response curve and draws. */
export class LineState implements WorldAdGroup {
  readonly id: string
  readonly name: string
  status: EntityStatus
  readonly budgetId?: string
  strategy?: WorldStrategy

  readonly campaign: CampaignState
  readonly truth: ResponseTruth
  readonly key: number
  /** Within the account. */
  readonly index: number
  /** Main units per day, as of the last hour seen. */
  spendRate = 0
  conversionRate = 0

  today = new LineDay()
  drift = 0
  jump = 0
  lastSignificantEdit: Instant
  conversionsSinceEdit = 0
  learningState: WorldLearning['state'] = 'stable'
  pausedSince: Instant | undefined
  readonly #learningPlan: LearningPlan

  constructor(plan: AdGroupPlan, campaign: CampaignState, index: number, learning: LearningPlan, born: Instant) {
    this.id = plan.id
    this.name = plan.name
    this.status = plan.status
    if (plan.budgetId !== undefined) this.budgetId = plan.budgetId
    this.campaign = campaign
    this.truth = plan.truth
    this.key = textKey(`${campaign.key}/${plan.id}`)
    this.index = index
    this.#learningPlan = learning
    this.lastSignificantEdit = born
  }

  get learning(): WorldLearning {
    return {
      state: this.learningState,
      lastSignificantEdit: this.lastSignificantEdit,
      conversions: Math.floor(this.conversionsSinceEdit),
      conversionsNeeded: this.#learningPlan.conversions,
    }
  }

  relearn(at: Instant): void {
    this.learningState = 'learning'
    this.lastSignificantEdit = at
    this.conversionsSinceEdit = 0
  }

  /** Ends learning when enough conversions came, or too few within the time. */
  updateLearning(at: Instant): void {
    if (this.learningState !== 'learning') return
    if (this.conversionsSinceEdit >= this.#learningPlan.conversions) this.learningState = 'stable'
    else if (at - this.lastSignificantEdit >= this.#learningPlan.days * DAY_MS) this.learningState = 'limited'
  }

  get learningFactor(): number {
    return this.learningState === 'learning' ? 1 - this.#learningPlan.penalty : 1
  }
}

/** What is drawn or counted for one ad group and one account day. */
export class LineDay {
  /** Factor on conversions: weekday × season × drift × jumps. */
  level = 1
  /** Factor on the budget: how far the platform delivers it today. */
  delivery = 1
  /** Gamma factor of mean 1 on the day's counts. */
  frailty = 1
  /** Share of the traffic that it has: below 1 in an experiment, 0 where it may not run today. */
  traffic = 1
  /** Spend per day that its target allows. */
  targetLimit = Number.POSITIVE_INFINITY
  spent = 0
  /** `spent`, in whole counting units. */
  spentUnits = 0
  /** Conversions expected and counted in the physical hour that is running. */
  slotMean = 0
  slotCount = 0
}
