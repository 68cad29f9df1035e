import { type AccountDate, accountDate, addDays, type TimeZone } from '../../lib/units/calendar.ts'
import { type CurrencyCode, fromDecimal } from '../../lib/units/money.ts'
import type { WorldCriterion, WorldStrategy } from '../world.ts'
import type { AccountPlan, AdGroupPlan, BudgetPlan, CampaignPlan, ExperimentPlan, ResponseTruth } from './blueprint.ts'
import { drawnWorth } from './click-worth.ts'
import { CLASS_ORGANIC_SHARE, LEARNING, PLATFORM_OVER_DELIVERY, PLATFORM_TRACKING } from './defaults.ts'
import { defined } from './defined.ts'
import { entityId } from './entity-ids.ts'
import { generatedCampaigns } from './generate-campaigns.ts'
import type { Scenario, ScenarioAccount, ScenarioCampaign, ScenarioResponse } from './schema.ts'

type Experiment = ScenarioAccount['experiments'][number]
type AdGroup = NonNullable<ScenarioCampaign['adGroups']>[number]

/** Works a scenario out for one seed. */
export const expand = (scenario: Scenario, seed: number): readonly AccountPlan[] =>
  scenario.accounts.map((account, index) => new AccountExpansion(scenario, account, index, seed).plan())

/** Counters and lookups of one account while it is being worked out. */
class AccountExpansion {
  readonly #scenario: Scenario
  readonly #account: ScenarioAccount
  readonly #index: number
  readonly #seed: number
  readonly #all: readonly ScenarioCampaign[]
  readonly #budgets: BudgetPlan[] = []
  readonly #sharedIds = new Map<string, string>()
  readonly #classSizes = new Map<string, number>()
  #adGroups = 0

  constructor(scenario: Scenario, account: ScenarioAccount, index: number, seed: number) {
    this.#scenario = scenario
    this.#account = account
    this.#index = index
    this.#seed = seed
    this.#all = [
      ...account.campaigns,
      ...account.generate.flatMap((block) => generatedCampaigns(scenario, account, block, seed)),
    ]
    for (const { class: of } of this.#all) this.#classSizes.set(of, (this.#classSizes.get(of) ?? 0) + 1)
  }

  plan(): AccountPlan {
    const { platform, id, name, experiments } = this.#account
    for (const shared of this.#account.sharedBudgets)
      this.#sharedIds.set(shared.name, this.#addBudget(shared.name, 'shared', 'daily', shared.daily))
    const own = this.#all.map((campaign, index) => this.#campaign(campaign, index))
    const campaigns = experiments.reduce(withArms(this.#arm.bind(this)), own)
    return {
      platform,
      id,
      name,
      currency: this.#account.currency as CurrencyCode,
      zone: this.#account.zone as TimeZone,
      ...(this.#account.spendCap ? { spendCapMicros: this.#micros(this.#account.spendCap) } : {}),
      budgets: this.#budgets,
      campaigns,
      experiments: experiments.map((experiment, i) => this.#experiment(experiment, i, campaigns)),
      ...this.#habits(),
    }
  }

  #habits() {
    const { platform, weekdays, hours, tracking, learning, overDelivery } = this.#account
    const scenario = this.#scenario
    return {
      weekdays: weekdays ?? scenario.weekdays,
      hours: hours ?? scenario.hours,
      tracking: { ...PLATFORM_TRACKING[platform], ...defined(scenario.tracking), ...defined(tracking) },
      learning: { ...LEARNING, ...defined(scenario.learning), ...defined(learning) },
      overDelivery: {
        ...PLATFORM_OVER_DELIVERY[platform],
        ...defined(scenario.overDelivery),
        ...defined(overDelivery),
      },
    }
  }

  #micros(text: string): bigint {
    return fromDecimal(text, this.#account.currency as CurrencyCode).micros
  }

  /** Only on Google is a budget an object of its own; elsewhere it goes by the id of its owner. */
  #addBudget(
    name: string,
    owner: BudgetPlan['owner'],
    period: BudgetPlan['period'],
    text: string,
    ownerId?: string,
  ): string {
    const isOwn = this.#account.platform !== 'google-ads' && ownerId !== undefined
    const id = isOwn ? ownerId : this.#id('budget', this.#budgets.length)
    this.#budgets.push({ id, name, owner, period, amountMicros: this.#micros(text) })
    return id
  }

  #id(kind: Parameters<typeof entityId>[1], index: number): string {
    return entityId(this.#account.platform, kind, this.#index, index)
  }

  #budgetFor(
    owner: 'campaign' | 'ad-group',
    from: { name: string; budget?: ScenarioCampaign['budget'] },
    ownerId: string,
  ) {
    const { budget } = from
    if (!budget) return {}
    if (budget.shared !== undefined) return { budgetId: this.#sharedIds.get(budget.shared)! }
    const period = budget.daily === undefined ? 'lifetime' : 'daily'
    return { budgetId: this.#addBudget(from.name, owner, period, (budget.daily ?? budget.lifetime)!, ownerId) }
  }

  #campaign(from: ScenarioCampaign, index: number): CampaignPlan {
    const id = from.id ?? this.#id('campaign', index)
    const groups: readonly AdGroup[] = from.adGroups ?? [
      { name: `${from.name} · all`, status: 'active', response: from.response! },
    ]
    const adGroups = groups.map((group) => this.#adGroup(group))
    return {
      id,
      name: from.name,
      kind: from.kind,
      class: from.class,
      status: from.status,
      ...this.#budgetFor('campaign', from, id),
      strategy: this.#strategy(from),
      startDate: from.startDate ? accountDate(from.startDate) : this.#beforeHistory(),
      ...(from.endDate ? { endDate: accountDate(from.endDate) } : {}),
      adGroups,
      criteria: this.#criteria(from, id),
      organicClaim: this.#organicClaim(from, adGroups),
      lag: from.lag ?? this.#account.lag ?? this.#scenario.lag,
    }
  }

  #criteria({ criteria = [] }: ScenarioCampaign, campaign: string): readonly WorldCriterion[] {
    return criteria.map(({ name, dimension, multiplier, share, hours, worth }, index) => ({
      id: `${200_001 + index}`,
      name,
      dimension,
      multiplier,
      worth: worth ?? drawnWorth(this.#seed, campaign, name),
      ...(share === undefined ? {} : { share }),
      ...(hours ? { hours } : {}),
    }))
  }

  #beforeHistory(): AccountDate {
    return addDays(accountDate(this.#scenario.start), -this.#scenario.history.days - 30)
  }

  #adGroup(from: AdGroup): AdGroupPlan {
    const id = from.id ?? this.#id('ad-group', this.#adGroups++)
    const { name, status } = from
    return { id, name, status, ...this.#budgetFor('ad-group', from, id), truth: truthOf(from.response) }
  }

  #strategy(from: ScenarioCampaign): WorldStrategy {
    const { kind = 'max-conversions', targetCpa, targetRoas, bid } = from.strategy ?? {}
    return {
      kind,
      ...(targetCpa ? { targetCpaMicros: this.#micros(targetCpa) } : {}),
      ...(targetRoas ? { targetRoas } : {}),
      ...(bid ? { bidMicros: this.#micros(bid) } : {}),
    }
  }

  #organicClaim(from: ScenarioCampaign, adGroups: readonly AdGroupPlan[]): CampaignPlan['organicClaim'] {
    if (from.organicClaim) return { share: from.organicClaim.share, halfway: Number(from.organicClaim.halfway) }
    const halfway = adGroups.reduce((sum, group) => sum + group.truth.curve.halfway, 0) / 2
    return { share: CLASS_ORGANIC_SHARE[from.class] / this.#classSizes.get(from.class)!, halfway }
  }

  /** The trial arms of an experiment: the base campaign's twins, with its budget. */
  #arm(base: CampaignPlan, experiment: Experiment, armIndex: number, before: number): CampaignPlan {
    const { name, share } = experiment.arms[armIndex]!
    return {
      ...base,
      id: this.#id('campaign', before),
      name,
      adGroups: base.adGroups.map((group) => ({
        ...group,
        id: this.#id('ad-group', this.#adGroups++),
        name: `${name} · all`,
      })),
      arm: { share, from: accountDate(experiment.from), to: accountDate(experiment.to), isArm: true },
    }
  }

  #experiment(from: Experiment, index: number, campaigns: readonly CampaignPlan[]): ExperimentPlan {
    const idOf = (name: string): string => campaigns.find((campaign) => campaign.name === name)!.id
    return {
      id: this.#id('experiment', index),
      name: from.name,
      from: accountDate(from.from),
      to: accountDate(from.to),
      baseCampaignId: idOf(from.campaign),
      armCampaignIds: from.arms.map((arm) => idOf(arm.name)),
    }
  }
}

type MakeArm = (base: CampaignPlan, experiment: Experiment, arm: number, before: number) => CampaignPlan

const withArms =
  (make: MakeArm) =>
  (campaigns: readonly CampaignPlan[], experiment: Experiment): CampaignPlan[] => {
    const base = campaigns.find((campaign) => campaign.name === experiment.campaign)!
    const arms = experiment.arms.map((_, i) => make(base, experiment, i, campaigns.length + i))
    const share = 1 - experiment.arms.reduce((sum, arm) => sum + arm.share, 0)
    const window = { from: accountDate(experiment.from), to: accountDate(experiment.to) }
    const thinned = { ...base, arm: { share, ...window, isArm: false } }
    return [...campaigns.map((campaign) => (campaign === base ? thinned : campaign)), ...arms]
  }

const truthOf = (from: ScenarioResponse): ResponseTruth => ({
  curve: { ceiling: from.ceiling, halfway: Number(from.halfway), shape: from.shape },
  maxDailySpend: from.maxDailySpend === undefined ? Number.POSITIVE_INFINITY : Number(from.maxDailySpend),
  orderValue: Number(from.value),
  cpc: Number(from.cpc),
  cpm: Number(from.cpm),
})
