import type { AdGroupId, BudgetId, CampaignId } from '../model/account.ts'
import { hashOfText } from '../model/canonical.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign } from '../model/structure.ts'
import type { Instant } from '../units/calendar.ts'
import { type CurrencyCode, money } from '../units/money.ts'
import type { Faults } from './problem.ts'
import type { ReadBudget, ReadEntity, ReadExport, ReadRow } from './read-export.ts'
import type { ImportTerms } from './terms.ts'

/** What a file's lines say of a campaign or an ad group, which must be the same in all of them. */
interface Said<T> {
  readonly entity: T
  readonly file: string
  readonly line: number
  readonly exportedAt: Instant
}

type SaidCampaign = Said<ReadRow['campaign']>
type SaidGroup = Said<NonNullable<ReadRow['adGroup']> & { readonly campaign: CampaignId }>

export interface Entities {
  readonly campaigns: ReadonlyMap<CampaignId, SaidCampaign>
  readonly adGroups: ReadonlyMap<AdGroupId, SaidGroup>
}

/**
 * What the files say of campaigns and ad groups. Of several files the one downloaded last is believed; lines of one file
 * that differ are a fault, because nobody knows which of them is right.
 */
export function entitiesIn(exports: readonly ReadExport[], faults: Faults): Entities {
  const campaigns = new Map<CampaignId, SaidCampaign>()
  const adGroups = new Map<AdGroupId, SaidGroup>()
  for (const { file, exportedAt, rows } of exports.toSorted((a, b) => a.exportedAt - b.exportedAt)) {
    for (const { line, campaign, adGroup } of rows) {
      note(campaigns, campaign.id, { entity: campaign, file, line, exportedAt }, faults)
      if (adGroup)
        note(adGroups, adGroup.id, { entity: { ...adGroup, campaign: campaign.id }, file, line, exportedAt }, faults)
    }
  }
  return { campaigns, adGroups }
}

function note<Id, T extends ReadEntity & { readonly id: Id }>(
  known: Map<Id, Said<T>>,
  id: Id,
  said: Said<T>,
  faults: Faults,
): void {
  const before = known.get(id)
  if (!before || before.exportedAt < said.exportedAt) {
    // A younger file without a column of budgets takes none away.
    const { status, budget } = before?.entity ?? {}
    known.set(id, { ...said, entity: { ...(status && { status }), ...(budget && { budget }), ...said.entity } })
    return
  }
  const differs = difference(before.entity, said.entity)
  if (differs === undefined) return
  faults.add({
    file: said.file,
    line: said.line,
    value: `${said.entity.id}`,
    what: `has another ${differs} than in ${before.file}, line ${before.line}`,
    remedy: 'import one download that shows the present settings in every line',
  })
}

function difference(a: ReadEntity, b: ReadEntity): string | undefined {
  if (b.name !== '' && a.name !== b.name) return 'name'
  if (b.status !== undefined && a.status !== b.status) return 'status'
  const isSame = (one: ReadBudget, other: ReadBudget): boolean =>
    one.micros === other.micros && one.period === other.period && one.name === other.name
  return a.budget && b.budget && !isSame(a.budget, b.budget) ? 'budget' : undefined
}

/** A budget that several campaigns name is one object; its id is made of its name, because the screens show none. */
const sharedId = (name: string): BudgetId => `shared-${hashOfText(name).slice(0, 16)}` as BudgetId

/**
 * The account as the files show it. What they do not speak of stays as it was known: a screen that was filtered is no sign
 * that a campaign is gone.
 */
export function structureOf(
  { campaigns, adGroups }: Entities,
  terms: ImportTerms,
  currency: CurrencyCode,
  readAt: Instant,
): AccountStructure {
  const { account, zone, known } = terms
  const sharing = Map.groupBy(
    [...campaigns.values()].filter(({ entity }) => entity.budget?.name !== undefined),
    ({ entity }) => entity.budget?.name ?? '',
  )
  const budgetIdOf = ({ id, budget }: ReadRow['campaign']): BudgetId | undefined => {
    if (!budget) return undefined
    const name = budget.name ?? ''
    return (sharing.get(name)?.length ?? 0) > 1 ? sharedId(name) : (id as string as BudgetId)
  }
  const own = [...campaigns.values()].map(({ entity }) => campaignOf(entity, budgetIdOf(entity)))
  const ownGroups = [...adGroups.values()].map(({ entity }) => adGroupOf(entity))
  const budgets = new Map<BudgetId, BudgetHolder>()
  for (const { entity } of campaigns.values()) {
    const id = budgetIdOf(entity)
    if (id === undefined || !entity.budget) continue
    budgets.set(id, campaignBudget(id, entity, entity.budget, currency, budgets.get(id)))
  }
  for (const { entity } of adGroups.values())
    if (entity.budget) budgets.set(entity.id as string as BudgetId, groupBudget(entity, entity.budget, currency))
  return {
    account,
    name: known?.name ?? `${account.platform} ${account.id} (imported)`,
    currency,
    zone,
    readAt,
    source: 'import',
    blockers: [],
    campaigns: withKnown(own, known?.campaigns ?? []),
    adGroups: withKnown(ownGroups, known?.adGroups ?? []),
    budgets: withKnown([...budgets.values()], keptBudgets(known, campaigns, adGroups)),
    experiments: [],
  }
}

/** Known budgets of campaigns and ad groups that the files do not speak of. */
function keptBudgets(
  known: AccountStructure | undefined,
  campaigns: ReadonlyMap<CampaignId, unknown>,
  adGroups: ReadonlyMap<AdGroupId, unknown>,
): readonly BudgetHolder[] {
  return (known?.budgets ?? []).filter(({ adGroup, campaigns: fed }) =>
    adGroup === undefined ? fed.every((id) => !campaigns.has(id)) : !adGroups.has(adGroup),
  )
}

function withKnown<T extends { readonly id: string }>(own: readonly T[], known: readonly T[]): readonly T[] {
  const all = new Map([...known, ...own].map((one) => [one.id, one]))
  return [...all.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

const campaignOf = (
  { id, name, kind, status, strategy }: ReadRow['campaign'],
  budget: BudgetId | undefined,
): Campaign => ({
  id,
  name,
  kind,
  status: status ?? 'active',
  ...(budget === undefined ? {} : { budget }),
  strategy: { kind: strategy },
  learning: 'unknown',
  deviceMultipliers: {},
})

const adGroupOf = ({ id, campaign, name, status, budget }: SaidGroup['entity']): AdGroup => ({
  id,
  campaign,
  name,
  status: status ?? 'active',
  ...(budget ? { budget: id as string as BudgetId } : {}),
  learning: 'unknown',
})

function campaignBudget(
  id: BudgetId,
  campaign: ReadRow['campaign'],
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
    status: before?.status === 'active' ? 'active' : (campaign.status ?? 'active'),
  }
}

const groupBudget = (
  { id, name, campaign, status }: SaidGroup['entity'],
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
  status: status ?? 'active',
})
