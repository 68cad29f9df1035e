import type { AdGroupId, BudgetId, CampaignId } from '../model/account.ts'
import { hashOfText } from '../model/canonical.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign, EntityStatus } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import { type CurrencyCode, money } from '../units/money.ts'
import type { Faults } from './problem.ts'
import { LEVELS, type ReadBudget, type ReadEntity, type ReadExport, type ReadRow } from './read-export.ts'
import type { ImportTerms } from './terms.ts'

interface Told {
  readonly file: string
  readonly line: number
  readonly exportedAt: number
  readonly column?: string
}

/** What is said of a campaign or an ad group, where, and when that was downloaded. */
export interface Said<T> extends Told {
  readonly entity: T
  /** Of the line, or of the youngest one that has this name. */
  readonly day?: AccountDate
  /** Where its budget, or that it has none, was told last: a line that has no column of budgets tells nothing of them. */
  readonly budgetFrom?: Told
}

export type SaidCampaign = ReadRow['campaign']
export type SaidGroup = NonNullable<ReadRow['adGroup']> & { readonly campaign: CampaignId }

/** A campaign that has had another name in earlier lines of the same download: the one of its youngest day is taken. */
export interface Renamed {
  readonly campaign: CampaignId
  readonly from: string
  readonly to: string
}

export interface Entities {
  readonly campaigns: ReadonlyMap<CampaignId, Said<SaidCampaign>>
  readonly adGroups: ReadonlyMap<AdGroupId, Said<SaidGroup>>
  readonly renamed: readonly Renamed[]
}

/** The time of what an import before has left: earlier than any file's. */
export const BEFORE = Number.NEGATIVE_INFINITY

/**
 * What is known of campaigns and ad groups: what an import before has left, and over it what the files say, the one
 * downloaded last last. What a file has no column of, and whom it does not speak of, stays as it was: a screen that was
 * filtered is no sign that a campaign is gone. Lines of one time that differ are a fault, because nobody knows which is right;
 * but for names of several days, of which the last is the present one.
 */
export function entitiesIn(
  exports: readonly ReadExport[],
  known: AccountStructure | undefined,
  faults: Faults,
): Entities {
  const campaigns = new Map<CampaignId, Said<SaidCampaign>>()
  const adGroups = new Map<AdGroupId, Said<SaidGroup>>()
  const before = { file: 'the import before', line: 0, exportedAt: BEFORE }
  for (const one of known?.campaigns ?? []) campaigns.set(one.id, { ...before, entity: campaignBefore(one, known!) })
  for (const one of known?.adGroups ?? []) adGroups.set(one.id, { ...before, entity: groupBefore(one, known!) })
  const renamed = new Map<CampaignId, Renamed>()
  for (const { file, exportedAt, rows, heading } of exports.toSorted((a, b) => a.exportedAt - b.exportedAt))
    for (const { line, campaign, adGroup, day } of rows) {
      const place = { file, line, exportedAt, heading, ...(day === undefined ? {} : { day }) }
      const was = campaigns.get(campaign.id)
      note(campaigns, campaign.id, { entity: campaign, ...place }, 'campaign', faults)
      const is = campaigns.get(campaign.id)?.entity.name ?? ''
      if (was?.exportedAt === exportedAt && otherName(was.entity, campaign))
        renamed.set(campaign.id, {
          campaign: campaign.id,
          from: is === campaign.name ? was.entity.name : campaign.name,
          to: is,
        })
      if (!adGroup) continue
      checkCampaign(adGroups.get(adGroup.id), campaign.id, { file, line, column: heading('adGroupId') }, faults)
      note(adGroups, adGroup.id, { entity: { ...adGroup, campaign: campaign.id }, ...place }, 'ad-group', faults)
    }
  return { campaigns, adGroups, renamed: [...renamed.values()] }
}

/** Nobody moves an ad group to another campaign: its budget and its days would be of two. */
function checkCampaign(
  before: Said<SaidGroup> | undefined,
  campaign: CampaignId,
  { column, ...place }: { readonly file: string; readonly line: number; readonly column: string | undefined },
  faults: Faults,
): void {
  if (!before || before.exportedAt === BEFORE || before.entity.campaign === campaign) return
  faults.add({
    ...place,
    ...(column === undefined ? {} : { column }),
    value: before.entity.id,
    what: `is an ad group of campaign ${campaign} here, and of campaign ${before.entity.campaign} in ${before.file}, line ${before.line}`,
    remedy: 'import the file as it was downloaded: an ad group is of one campaign',
  })
}

const campaignBefore = (
  { id, name, kind, status, strategy, budget }: Campaign,
  known: AccountStructure,
): SaidCampaign => ({
  id,
  name,
  kind,
  status,
  strategy: strategy.kind,
  budget: budgetBefore(budget, known),
})

const groupBefore = ({ id, name, campaign, status, budget }: AdGroup, known: AccountStructure): SaidGroup => ({
  id,
  name,
  campaign,
  status,
  budget: budgetBefore(budget, known),
})

function budgetBefore(id: BudgetId | undefined, { budgets }: AccountStructure): ReadBudget | 'none' {
  const found = budgets.find((one) => one.id === id)
  if (!found) return 'none'
  const { amount, period, owner, name } = found
  return { micros: amount.micros, period, ...(owner === 'shared' ? { name } : {}) }
}

function note<Id, T extends ReadEntity & { readonly id: Id }>(
  known: Map<Id, Said<T>>,
  id: Id,
  { heading, ...said }: Said<T> & Pick<ReadExport, 'heading'>,
  level: keyof typeof LEVELS,
  faults: Faults,
): void {
  const before = known.get(id)
  const isOneTime = before?.exportedAt === said.exportedAt
  const role = isOneTime ? difference(before, said) : undefined
  if (before && role) {
    const column = heading(LEVELS[level][role])
    faults.add({
      file: said.file,
      line: said.line,
      ...(column === undefined ? {} : { column }),
      what: `${level === 'campaign' ? 'campaign' : 'ad group'} ${said.entity.id} has another ${role} than in ${before.file}, line ${before.line}`,
      remedy: 'import one download that shows the present settings in every line',
    })
  }
  const { name, ...rest } = said.entity
  const budgetFrom = rest.budget === undefined ? before?.budgetFrom : budgetPlace(said, heading(LEVELS[level].budget))
  const isYoungest = !isOneTime || (before.day ?? '') <= (said.day ?? '')
  const named = isYoungest ? [name, before?.entity.name] : [before.entity.name, name]
  known.set(id, {
    ...said,
    ...(isYoungest ? {} : { day: before.day ?? said.day }),
    ...(budgetFrom ? { budgetFrom } : {}),
    entity: { ...before?.entity, ...rest, name: named.find((one) => one) ?? '' } as T,
  } as Said<T>)
}

const budgetPlace = ({ file, line, exportedAt }: Told, column: string | undefined): Told => ({
  file,
  line,
  exportedAt,
  ...(column === undefined ? {} : { column }),
})

const otherName = (a: ReadEntity, b: ReadEntity): boolean => a.name !== '' && b.name !== '' && a.name !== b.name

/** Names of two days may differ, where the campaign was renamed between them; nothing else may. */
function difference(a: Said<ReadEntity>, b: Said<ReadEntity>): 'name' | 'status' | 'budget' | undefined {
  const [one, two] = [a.entity, b.entity]
  const areOfTwoDays = a.day !== undefined && b.day !== undefined && a.day !== b.day
  if (otherName(one, two) && !areOfTwoDays) return 'name'
  if (one.status !== undefined && two.status !== undefined && one.status !== two.status) return 'status'
  return one.budget && two.budget && !sameBudget(one.budget, two.budget) ? 'budget' : undefined
}

function sameBudget(a: ReadBudget | 'none', b: ReadBudget | 'none'): boolean {
  if (a === 'none' || b === 'none') return a === b
  return a.micros === b.micros && a.period === b.period && a.name === b.name
}

/** A budget that several campaigns name is one object; its id is made of its name, because the screens show none. */
const sharedId = (name: string): BudgetId => `shared-${hashOfText(name).slice(0, 16)}` as BudgetId

/** Kinds where no export has told: what most campaigns of the platform are. */
const USUAL_KINDS: Readonly<{ [platform: string]: string }> = {
  meta: 'social',
  tiktok: 'social',
  snapchat: 'social',
  pinterest: 'social',
}

/** The account as all that is known shows it. */
export function structureOf(
  { campaigns, adGroups }: Entities,
  { account, zone, known }: ImportTerms,
  currency: CurrencyCode,
  readAt: Instant,
): AccountStructure {
  // The budget of whoever was downloaded last is the present one.
  const inTime = [...campaigns.values()].toSorted((a, b) => a.exportedAt - b.exportedAt).map(({ entity }) => entity)
  const groups = [...adGroups.values()].map(({ entity }) => entity)
  const names = Map.groupBy(inTime, ({ budget }) => nameOf(budget))
  const budgetIdOf = ({ id, budget }: SaidCampaign): BudgetId | undefined => {
    if (budgetIn(budget) === undefined) return undefined
    const name = nameOf(budget)
    return name !== undefined && (names.get(name)?.length ?? 0) > 1 ? sharedId(name) : (id as string as BudgetId)
  }
  const budgets = new Map<BudgetId, BudgetHolder>()
  for (const campaign of inTime) {
    const [id, budget] = [budgetIdOf(campaign), budgetIn(campaign.budget)]
    if (id !== undefined && budget) budgets.set(id, campaignBudget(id, campaign, budget, currency, budgets.get(id)))
  }
  for (const group of groups) {
    const budget = budgetIn(group.budget)
    if (budget) budgets.set(group.id as string as BudgetId, groupBudget(group, budget, currency))
  }
  return {
    account,
    name: known?.name ?? `${account.platform} ${account.id} (imported)`,
    currency,
    zone,
    readAt,
    source: 'import',
    blockers: [],
    campaigns: byId(inTime.map((one) => campaignOf(one, budgetIdOf(one), USUAL_KINDS[account.platform] ?? 'unknown'))),
    adGroups: byId(groups.map(adGroupOf)),
    budgets: byId([...budgets.values()]),
    experiments: [],
  }
}

const budgetIn = (budget: ReadEntity['budget']): ReadBudget | undefined => (budget === 'none' ? undefined : budget)
const nameOf = (budget: ReadEntity['budget']): string | undefined => budgetIn(budget)?.name

const byId = <T extends { readonly id: string }>(list: readonly T[]): readonly T[] =>
  list.toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Where no file has a column of it: budgets are not read without one. */
const statusIn = (status: EntityStatus | undefined): EntityStatus => status ?? 'active'

const campaignOf = (
  { id, name, kind, status, strategy }: SaidCampaign,
  budget: BudgetId | undefined,
  usualKind: string,
): Campaign => ({
  id,
  name,
  kind: kind ?? usualKind,
  status: statusIn(status),
  ...(budget === undefined ? {} : { budget }),
  strategy: { kind: strategy ?? 'other' },
  learning: 'unknown',
  deviceMultipliers: {},
})

const adGroupOf = ({ id, campaign, name, status, budget }: SaidGroup): AdGroup => ({
  id,
  campaign,
  name,
  status: statusIn(status),
  ...(budgetIn(budget) ? { budget: id as string as BudgetId } : {}),
  learning: 'unknown',
})

function campaignBudget(
  id: BudgetId,
  campaign: SaidCampaign,
  { micros, period, name }: ReadBudget,
  currency: CurrencyCode,
  before: BudgetHolder | undefined,
): BudgetHolder {
  const isShared = id !== (campaign.id as string)
  return {
    id,
    name: isShared && name !== undefined ? name : campaign.name,
    owner: isShared ? 'shared' : 'campaign',
    period,
    amount: money(micros, currency),
    campaigns: [...(before?.campaigns ?? []), campaign.id].toSorted(),
    status: before?.status === 'active' ? 'active' : statusIn(campaign.status),
  }
}

const groupBudget = (
  { id, name, campaign, status }: SaidGroup,
  { micros, period }: ReadBudget,
  currency: CurrencyCode,
): BudgetHolder => ({
  id: id as string as BudgetId,
  name,
  owner: 'ad-group',
  period,
  amount: money(micros, currency),
  campaigns: [campaign],
  adGroup: id,
  status: statusIn(status),
})
