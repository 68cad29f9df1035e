import type { CampaignId } from '../model/account.ts'
import { BEFORE, type Entities, type Said, type SaidCampaign, type SaidGroup } from './combine.ts'
import type { Faults } from './problem.ts'

/**
 * Where a campaign's amount above budgets of its ad groups is a cap: not moved, and not counted, as each platform's adapter
 * has it. Elsewhere a budget is on the campaign or on its ad groups, never on both.
 */
const CAPPING: ReadonlySet<string> = new Set(['snapchat', 'tiktok', 'pinterest'])

/** Whose budgets are left out: the campaign's, or its ad groups'. */
interface LeftOut {
  readonly campaign: CampaignId
  readonly level: 'campaign' | 'ad-group'
  /** Removed ad groups beside a campaign's budget are nothing to speak of. */
  readonly why: 'cap' | 'older' | 'removed'
}

/**
 * Leaves each campaign budgets on one level, because both would be planned for: the same money twice. Of two levels that were
 * told at different times the one told last holds them, where there are no caps; told at one time they are a fault.
 */
export function onOneLevel(
  { campaigns, adGroups, ...rest }: Entities,
  platform: string,
  faults: Faults,
): Entities & { readonly notes: readonly string[] } {
  for (const group of adGroups.values())
    checkTwin(group, campaigns.get(group.entity.id as string as CampaignId), faults)
  const groups = Map.groupBy(adGroups.values(), ({ entity }) => entity.campaign)
  const leftOut = [...campaigns.values()].flatMap((one): readonly LeftOut[] => {
    const found = leftOutOf(one, groups.get(one.entity.id) ?? [], platform, faults)
    return found ? [{ campaign: one.entity.id, ...found }] : []
  })
  const at = (level: LeftOut['level']) =>
    new Set(leftOut.filter((one) => one.level === level).map(({ campaign }) => campaign))
  const [ofCampaigns, ofGroups] = [at('campaign'), at('ad-group')]
  return {
    ...rest,
    campaigns: without(campaigns, ({ id }) => ofCampaigns.has(id)),
    adGroups: without(adGroups, ({ campaign }) => ofGroups.has(campaign)),
    notes: notesOf(leftOut),
  }
}

const without = <Id, T extends SaidCampaign | SaidGroup>(
  all: ReadonlyMap<Id, Said<T>>,
  isLeftOut: (entity: T) => boolean,
): ReadonlyMap<Id, Said<T>> =>
  new Map(
    [...all].map(([id, one]) => [
      id,
      isLeftOut(one.entity) ? { ...one, entity: { ...one.entity, budget: 'none' } } : one,
    ]),
  )

const hasBudget = ({ entity: { budget } }: Said<SaidCampaign | SaidGroup>): boolean =>
  budget !== undefined && budget !== 'none'

/** Budgets have the ids of what holds them: those of a campaign and an ad group of one id could not be told apart. */
function checkTwin(group: Said<SaidGroup>, campaign: Said<SaidCampaign> | undefined, faults: Faults): void {
  if (!campaign || !hasBudget(campaign) || !hasBudget(group)) return
  faults.add({
    file: group.file,
    line: group.line,
    value: group.entity.id,
    what: `is the id of an ad group with a budget here, and of a campaign with one in ${campaign.file}, line ${campaign.line}`,
    remedy: 'import the files as they were downloaded, and name the columns of ids with --column if they are others',
  })
}

function leftOutOf(
  campaign: Said<SaidCampaign>,
  groups: readonly Said<SaidGroup>[],
  platform: string,
  faults: Faults,
): Omit<LeftOut, 'campaign'> | undefined {
  if (!hasBudget(campaign) || !groups.some(hasBudget)) return undefined
  const isCapping = CAPPING.has(platform)
  const present = groups.filter(({ entity }) => entity.status !== 'removed')
  const holding = (present.length > 0 || !isCapping ? present : groups).filter(hasBudget)
  if (holding.length === 0) return { level: 'ad-group', why: 'removed' }
  if (isCapping) return { level: 'campaign', why: 'cap' }
  const told = toldAt(campaign)
  const rivals = told === BEFORE ? [] : holding.filter((one) => toldAt(one) === told)
  for (const rival of rivals) addFault(campaign, rival, faults)
  return { level: holding.some((one) => toldAt(one) > told) ? 'campaign' : 'ad-group', why: 'older' }
}

const toldAt = ({ budgetFrom }: Said<SaidCampaign | SaidGroup>): number => budgetFrom?.exportedAt ?? BEFORE

function addFault(campaign: Said<SaidCampaign>, { entity, ...said }: Said<SaidGroup>, faults: Faults): void {
  const [own, whole] = [said.budgetFrom ?? said, campaign.budgetFrom ?? campaign]
  faults.add({
    file: own.file,
    line: own.line,
    ...(own.column === undefined ? {} : { column: own.column }),
    what: `ad group ${entity.id} has a budget, and so has its campaign ${entity.campaign} (${whole.file}, line ${whole.line}): a budget is on one of them, never on both`,
    remedy:
      'blank the one that is none, as the screen shows it, in every line of the campaign, or leave the column of that level out of the report',
  })
}

function notesOf(all: readonly LeftOut[]): readonly string[] {
  const of = (why: LeftOut['why'], level: LeftOut['level']) =>
    all.filter((one) => one.why === why && one.level === level)
  const told = (list: readonly LeftOut[], text: string): readonly string[] =>
    list.length === 0 ? [] : [`${campaignsText(list.map(({ campaign }) => campaign))}: ${text}`]
  return [
    ...told(
      of('cap', 'campaign'),
      'the campaign’s own budget is left out: above budgets of its ad groups it is a cap, which is neither moved nor counted',
    ),
    ...told(
      of('older', 'campaign'),
      'the campaign’s own budget is left out: its ad groups were shown with budgets later, and never both have one',
    ),
    ...told(
      of('older', 'ad-group'),
      'the budgets of ad groups are left out: the campaign was shown with one later, and never both have one',
    ),
  ]
}

const SHOWN = 10

/** `2 campaigns (101, 102)`, the first ten of them. */
export function campaignsText(ids: readonly CampaignId[]): string {
  const more = ids.length > SHOWN ? `, … and ${ids.length - SHOWN} more` : ''
  return `${ids.length} campaign${ids.length === 1 ? '' : 's'} (${ids.slice(0, SHOWN).join(', ')}${more})`
}
