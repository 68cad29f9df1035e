import { instant } from '../../lib/units/calendar.ts'
import { generatedAdGroupName, generatedCampaignName } from './generated-names.ts'
import type { Scenario, ScenarioAccount, ScenarioCampaign, ScenarioEvent } from './schema.ts'

/** A field that is well formed and yet cannot be: `path: "value" must …`. */
type Problem = string

/** What the form of a scenario cannot say: that names exist and are unique, that budgets have one place, and the like. */
export function problemsOf(scenario: Scenario): readonly Problem[] {
  return [
    ...scenario.accounts.flatMap((account, i) => accountProblems(account, `accounts[${i}]`)),
    ...duplicates(
      scenario.accounts.map(({ platform, id }) => `${platform}/${id}`),
      (i) => `accounts[${i}].id`,
    ),
    ...scenario.events.flatMap((event, i) => eventProblems(scenario, event, `events[${i}]`)),
    ...takerProblems(scenario),
    ...rateProblems(scenario),
  ]
}

const quoted = (value: unknown): string => JSON.stringify(value)

function duplicates(names: readonly string[], pathOf: (index: number) => string): readonly Problem[] {
  const seen = new Set<string>()
  return names.flatMap((name, i) => {
    if (seen.has(name)) return [`${pathOf(i)}: ${quoted(name)} must be unique`]
    seen.add(name)
    return []
  })
}

/** Names of all campaigns of an account, generated ones and trial arms included. */
export const campaignNames = ({ campaigns, generate, experiments }: ScenarioAccount): readonly string[] => [
  ...campaigns.map(({ name }) => name),
  ...generate.flatMap((block) => Array.from({ length: block.count }, (_, i) => generatedCampaignName(block, i))),
  ...experiments.flatMap(({ arms }) => arms.map(({ name }) => name)),
]

/** Names that a budget event may use: shared budgets, and campaigns and ad groups with a budget of their own. */
function budgetNames(account: ScenarioAccount): ReadonlySet<string> {
  const written = account.campaigns.flatMap(({ name, budget, adGroups = [] }) => [
    ...(budget ? [name] : []),
    ...adGroups.filter((group) => group.budget).map((group) => group.name),
  ])
  const drawn = account.generate.flatMap((block) =>
    Array.from({ length: block.count }, (_, i) => generatedCampaignName(block, i)).flatMap((name) =>
      block.budgetOn === 'campaign'
        ? [name]
        : Array.from({ length: block.adGroups }, (_, g) => generatedAdGroupName(block, name, g)),
    ),
  )
  return new Set([...account.sharedBudgets.map(({ name }) => name), ...written, ...drawn])
}

const ID_FORM: Readonly<Record<ScenarioAccount['platform'], { readonly fits: RegExp; readonly is: string }>> = {
  'google-ads': { fits: /^\d{10}$/, is: 'have ten digits' },
  meta: { fits: /^\d{15,20}$/, is: 'have at least fifteen digits' },
  tiktok: { fits: /^\d{16,20}$/, is: 'have at least sixteen digits' },
  snapchat: { fits: /-/, is: 'be a UUID' },
  pinterest: { fits: /^\d{12,13}$/, is: 'have twelve or thirteen digits' },
}

function accountProblems(account: ScenarioAccount, path: string): readonly Problem[] {
  const { platform, id, campaigns, generate, sharedBudgets, experiments } = account
  const isGoogle = platform === 'google-ads'
  const form = ID_FORM[platform]
  const shared = new Set(sharedBudgets.map(({ name }) => name))
  return [
    ...(form.fits.test(id) ? [] : [`${path}.id: ${quoted(id)} must ${form.is}`]),
    ...(platform === 'pinterest' && account.zone !== 'UTC'
      ? [`${path}.zone: ${quoted(account.zone)} must be UTC on Pinterest: its days are UTC days`]
      : []),
    ...duplicates(campaignNames(account), () => `${path}.campaigns`),
    ...campaigns.flatMap((campaign, i) => campaignProblems(campaign, shared, `${path}.campaigns[${i}]`)),
    ...campaigns.flatMap((campaign, i) => criterionProblems(campaign, isGoogle, `${path}.campaigns[${i}]`)),
    ...generate.flatMap(({ sharedBudget }, i) =>
      sharedBudget === undefined || shared.has(sharedBudget)
        ? []
        : [`${path}.generate[${i}].sharedBudget: ${quoted(sharedBudget)} must name one of sharedBudgets`],
    ),
    ...experiments.flatMap((experiment, i) => experimentProblems(account, experiment, `${path}.experiments[${i}]`)),
    ...(isGoogle || sharedBudgets.length === 0
      ? []
      : [`${path}.sharedBudgets: [] must be empty but on Google Ads: others have none`]),
  ]
}

function campaignProblems(campaign: ScenarioCampaign, shared: ReadonlySet<string>, path: string): readonly Problem[] {
  const { response, adGroups, budget, endDate, startDate } = campaign
  const withBudget = (adGroups ?? []).filter((group) => group.budget)
  const problems: Problem[] = []
  if ((response === undefined) === (adGroups === undefined))
    problems.push(`${path}.response: must be given, or adGroups, and not both`)
  if (budget && withBudget.length > 0) problems.push(`${path}.adGroups: must have no budget, as the campaign has one`)
  if (!budget && withBudget.length !== (adGroups ?? [undefined]).length)
    problems.push(`${path}.budget: is missing; give one to the campaign or to each of its adGroups`)
  if (budget?.shared !== undefined && !shared.has(budget.shared))
    problems.push(`${path}.budget.shared: ${quoted(budget.shared)} must name one of sharedBudgets`)
  if (withBudget.some((group) => group.budget?.shared !== undefined))
    problems.push(`${path}.adGroups: must not draw from shared budgets; only campaigns can`)
  const isLifetime = [budget, ...withBudget.map((group) => group.budget)].some((b) => b?.lifetime !== undefined)
  if (isLifetime && endDate === undefined)
    problems.push(`${path}.endDate: is missing; a lifetime budget is spread over the days to it`)
  if (startDate !== undefined && endDate !== undefined && endDate < startDate)
    problems.push(`${path}.endDate: ${quoted(endDate)} must not be before startDate`)
  return problems
}

function criterionProblems({ criteria = [] }: ScenarioCampaign, isGoogle: boolean, path: string): readonly Problem[] {
  const shareOf = (of: string): number =>
    criteria.reduce((sum, { dimension, share = 0 }) => sum + (dimension === of ? share : 0), 0)
  return [
    ...(isGoogle || criteria.length === 0
      ? []
      : [`${path}.criteria: [] must be empty but on Google Ads: others have none`]),
    ...duplicates(
      criteria.map(({ name }) => name),
      (i) => `${path}.criteria[${i}].name`,
    ),
    ...['place', 'audience']
      .filter((dimension) => shareOf(dimension) > 1 + 1e-9)
      .map(
        (dimension) => `${path}.criteria: ${shareOf(dimension)} must be at most 1 over all of dimension ${dimension}`,
      ),
  ]
}

function experimentProblems(
  account: ScenarioAccount,
  { campaign, from, to, arms }: ScenarioAccount['experiments'][number],
  path: string,
): readonly Problem[] {
  const arm = new Set(account.experiments.flatMap((experiment) => experiment.arms.map(({ name }) => name)))
  const isKnown = campaignNames(account).includes(campaign) && !arm.has(campaign)
  const share = arms.reduce((sum, { share }) => sum + share, 0)
  return [
    ...(isKnown ? [] : [`${path}.campaign: ${quoted(campaign)} must name a campaign of the account`]),
    ...(isKnown && !budgetNames(account).has(campaign)
      ? [`${path}.campaign: ${quoted(campaign)} must have its budget on the campaign`]
      : []),
    ...(to < from ? [`${path}.to: ${quoted(to)} must not be before from`] : []),
    ...(share < 1 ? [] : [`${path}.arms: ${share} must be below 1 in all: the campaign under test keeps the rest`]),
  ]
}

function eventProblems(scenario: Scenario, event: ScenarioEvent, path: string): readonly Problem[] {
  const problems: Problem[] = []
  if ('until' in event && event.until !== undefined && instant(event.until) <= instant(event.at))
    problems.push(`${path}.until: ${quoted(event.until)} must be after at`)
  if (!('account' in event) || event.account === undefined) return problems
  const account = scenario.accounts.find(({ id }) => id === event.account)
  if (!account) return [...problems, `${path}.account: ${quoted(event.account)} must be the id of one of accounts`]
  if ('budget' in event) {
    if ((event.factor === undefined) === (event.amount === undefined))
      problems.push(`${path}: must have exactly one of factor and amount`)
    if (!budgetNames(account).has(event.budget))
      problems.push(`${path}.budget: ${quoted(event.budget)} must name a budget's campaign, ad group or shared budget`)
  }
  if ('campaign' in event && event.campaign !== undefined && !campaignNames(account).includes(event.campaign))
    problems.push(`${path}.campaign: ${quoted(event.campaign)} must name a campaign of the account`)
  return problems
}

function takerProblems({ accounts, cannibalisation }: Scenario): readonly Problem[] {
  const names = new Set(accounts.flatMap(campaignNames))
  return cannibalisation.flatMap(({ taker, from }, i) =>
    Object.entries({ taker, from }).flatMap(([field, name]) =>
      names.has(name) ? [] : [`cannibalisation[${i}].${field}: ${quoted(name)} must name a campaign`],
    ),
  )
}

function rateProblems({ accounts, shop, portfolio }: Scenario): readonly Problem[] {
  const needed = new Set([shop.currency, ...accounts.map(({ currency }) => currency)])
  needed.delete(portfolio.baseCurrency)
  for (const { from } of portfolio.rates) needed.delete(from)
  return [...needed].map((code) => `portfolio.rates: ${quoted(code)} must have a rate to ${portfolio.baseCurrency}`)
}
