import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { RESPONSES } from './defaults.ts'
import { defined } from './defined.ts'
import { normal, PURPOSE, stream, textKey, uniform } from './draws.ts'
import { generatedAdGroupName, generatedCampaignName } from './generated-names.ts'
import type { Scenario, ScenarioAccount, ScenarioCampaign, ScenarioGenerate, ScenarioResponses } from './schema.ts'
import { isWholeUnitCurrency } from './units.ts'

type AdGroup = NonNullable<ScenarioCampaign['adGroups']>[number]

/** Campaigns of one `generate` block, drawn from the seed. The n-th campaign is the same whatever `count` is. */
export function generatedCampaigns(
  scenario: Scenario,
  account: ScenarioAccount,
  block: ScenarioGenerate,
  seed: number,
): readonly ScenarioCampaign[] {
  const responses: ScenarioResponses = { ...RESPONSES, ...defined(scenario.responses), ...defined(block.responses) }
  return Array.from({ length: block.count }, (_, index) => {
    const name = generatedCampaignName(block, index)
    const draws = stream(seed, textKey(`${account.platform}/${account.id}/${name}`), PURPOSE.generate, 0)
    const groups = Array.from({ length: block.adGroups }, (_, g) => drawnAdGroup(responses, block, name, g, draws))
    return campaignOf(block, name, groups, account)
  })
}

interface DrawnAdGroup extends AdGroup {
  readonly initialBudget: number
}

function campaignOf(
  block: ScenarioGenerate,
  name: string,
  groups: readonly DrawnAdGroup[],
  account: ScenarioAccount,
): ScenarioCampaign {
  const onGroups = block.budgetOn === 'ad-group'
  const total = groups.reduce((sum, group) => sum + group.initialBudget, 0)
  const adGroups = groups.map(({ initialBudget, ...group }) =>
    onGroups ? { ...group, budget: { daily: roundBudget(initialBudget, account) } } : group,
  )
  const own = block.sharedBudget === undefined ? { daily: roundBudget(total, account) } : { shared: block.sharedBudget }
  return {
    name,
    kind: block.kind,
    class: block.class,
    status: 'active',
    adGroups,
    ...(onGroups ? {} : { budget: own }),
    ...(block.strategy ? { strategy: block.strategy } : {}),
  }
}

/**
 * One response: its size and cost at halfway are lognormal, and the budget follows the size only in part, as a marketer
 * who knows roughly which campaigns are large. Always eight draws, so that a changed share moves nothing else.
 */
function drawnAdGroup(
  from: ScenarioResponses,
  block: ScenarioGenerate,
  campaign: string,
  index: number,
  draws: RandomGenerator,
): DrawnAdGroup {
  const [size, costliness, saturation, value, price] = [0, 0, 0, 0, 0].map(() => normal(draws)) as Five
  const [isS, where, isCapped] = [0, 0, 0].map(() => uniform(draws)) as Three
  const median = Number(from.halfway.median)
  const halfway = median * Math.exp(from.halfway.spread * size)
  const cost = Number(from.cost.median) * Math.exp(from.cost.spread * costliness)
  const [low, high] = isS < from.sShapedShare ? from.sShaped : from.concave
  const planned = from.budgetAt * median * (halfway / median) ** from.budgetFollows
  const initialBudget = planned * Math.exp(from.budgetSpread * saturation)
  return {
    name: generatedAdGroupName(block, campaign, index),
    status: 'active',
    initialBudget,
    response: {
      ceiling: (2 * halfway) / cost,
      halfway: decimal(halfway),
      shape: low + (high - low) * where,
      ...(isCapped < from.cappedShare ? { maxDailySpend: decimal(initialBudget * 0.7) } : {}),
      value: decimal(Number(from.value) * Math.exp(0.15 * value)),
      cpc: decimal(Number(from.cpc) * Math.exp(0.25 * price)),
      cpm: decimal(Number(from.cpm) * Math.exp(0.25 * price)),
    },
  }
}

type Five = [number, number, number, number, number]
type Three = [number, number, number]

const decimal = (value: number): string => value.toFixed(4)

/** Marketers set round budgets: whole units, hundreds of yen. */
function roundBudget(value: number, account: ScenarioAccount): string {
  const step = isWholeUnitCurrency(account.currency) ? 100 : 1
  return String(Math.max(5, Math.round(value / step)) * step)
}
