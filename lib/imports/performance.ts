import type { AdGroupId, CampaignId } from '../model/account.ts'
import type { PerformanceRow } from '../model/performance.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, dateAt, type Instant } from '../units/calendar.ts'
import { type CurrencyCode, money } from '../units/money.ts'
import type { Faults } from './problem.ts'
import type { ReadExport, ReadFigures } from './read-export.ts'
import type { ImportTerms } from './terms.ts'

interface Told {
  readonly campaign: CampaignId
  readonly adGroup?: AdGroupId
  readonly day: AccountDate
  readonly figures: ReadFigures
  readonly file: string
  readonly line: number
  /** Of the day. */
  readonly column: string
  readonly exportedAt: Instant
}

export interface Performance {
  readonly rows: readonly PerformanceRow[]
  /** Days that were not over when their file was downloaded, and are left out. */
  readonly unfinished: readonly AccountDate[]
}

/**
 * Whole days of campaigns, and of ad groups where these hold the budgets. Of several files the one downloaded last is
 * believed, because platforms restate their days; two lines of one download about the same day are a fault.
 */
export function performanceIn(
  exports: readonly ReadExport[],
  structure: AccountStructure,
  { rule, zone }: ImportTerms,
  faults: Faults,
): Performance {
  const unfinished = new Set<AccountDate>()
  const told = new Map<string, Told>()
  for (const one of exports) checkGroups(one, faults)
  for (const { file, exportedAt, rows, heading } of exports.toSorted((a, b) => a.exportedAt - b.exportedAt))
    for (const { line, campaign, adGroup, day, figures } of rows) {
      if (day === undefined || !figures) continue
      if (day >= dateAt(exportedAt, zone)) unfinished.add(day)
      else
        noteDay(
          told,
          {
            campaign: campaign.id,
            ...(adGroup ? { adGroup: adGroup.id } : {}),
            ...{ day, figures, file, line, column: heading('day') ?? 'day', exportedAt },
          },
          faults,
        )
    }
  const rows = atBudgetLevel([...told.values()], structure).map(
    ({ campaign, adGroup, day, figures }): PerformanceRow => ({
      campaign,
      ...(adGroup === undefined ? {} : { adGroup }),
      date: day,
      spend: money(figures.spendMicros, structure.currency),
      impressions: figures.impressions,
      clicks: figures.clicks,
      conversions: figures.conversions ? [countOf(figures.conversions, rule, structure.currency)] : [],
    }),
  )
  return { rows, unfinished: [...unfinished].toSorted() }
}

/**
 * Beside lines of a campaign's ad groups one without an ad group's id is neither one of them nor the whole campaign: platforms
 * show deleted ad groups so, and subtotals.
 */
function checkGroups({ file, rows, heading }: ReadExport, faults: Faults): void {
  for (const own of Map.groupBy(rows, ({ campaign }) => campaign.id).values()) {
    const group = own.find(({ adGroup }) => adGroup !== undefined)
    const column = heading('adGroupId')
    for (const { line, adGroup, campaign } of group ? own : [])
      if (adGroup === undefined)
        faults.add({
          file,
          line,
          ...(column === undefined ? {} : { column }),
          what: `is blank, and line ${group?.line} of campaign ${campaign.id} is of an ad group: whether this one is of another or of all is not known`,
          remedy:
            'write an id there (of a deleted ad group any that no other has), take subtotals out, or download one line per campaign and day',
        })
  }
}

const countOf = (
  { count, valueMicros }: NonNullable<ReadFigures['conversions']>,
  rule: ImportTerms['rule'],
  currency: CurrencyCode,
) => ({ rule, conversions: count, value: money(valueMicros, currency) })

function noteDay(known: Map<string, Told>, told: Told, faults: Faults): void {
  const key = `${told.campaign}/${told.adGroup ?? ''}/${told.day}`
  const before = known.get(key)
  const isSame = before && sameFigures(before.figures, told.figures) && before.file !== told.file
  if (!before || before.exportedAt < told.exportedAt || isSame) {
    known.set(key, told)
    return
  }
  faults.add({
    file: told.file,
    line: told.line,
    column: told.column,
    value: told.day,
    what: `of ${told.adGroup === undefined ? `campaign ${told.campaign}` : `ad group ${told.adGroup}`} is in ${before.file}, line ${before.line}, too`,
    remedy: 'export by day and campaign (or ad group) and by nothing else, such as device or network',
  })
}

const sameFigures = (a: ReadFigures, b: ReadFigures): boolean =>
  a.spendMicros === b.spendMicros &&
  a.impressions === b.impressions &&
  a.clicks === b.clicks &&
  a.conversions?.count === b.conversions?.count &&
  a.conversions?.valueMicros === b.conversions?.valueMicros

/** Where ad groups hold the budgets their days stand by themselves; elsewhere they are summed up to their campaign's. */
function atBudgetLevel(told: readonly Told[], { adGroups }: AccountStructure): readonly Told[] {
  const byGroup = new Set(adGroups.filter(({ budget }) => budget !== undefined).map(({ campaign }) => campaign))
  const days = Map.groupBy(told, ({ campaign, day }) => `${campaign}/${day}`)
  return [...days.values()].flatMap((own) => {
    const groups = own.filter(({ adGroup }) => adGroup !== undefined)
    const whole = own.find(({ adGroup }) => adGroup === undefined)
    if (byGroup.has(own[0]!.campaign)) return groups.length > 0 ? groups : own
    return whole ? [whole] : [summed(groups)]
  })
}

function summed(groups: readonly Told[]): Told {
  const { adGroup: _, ...first } = groups[0]!
  return { ...first, figures: groups.map(({ figures }) => figures).reduce(plus) }
}

const plus = (a: ReadFigures, b: ReadFigures): ReadFigures => {
  const conversions = [a.conversions, b.conversions].filter((one) => one !== undefined)
  return {
    spendMicros: a.spendMicros + b.spendMicros,
    impressions: a.impressions + b.impressions,
    clicks: a.clicks + b.clicks,
    ...(conversions.length > 0
      ? {
          conversions: conversions.reduce((x, y) => ({
            count: x.count + y.count,
            valueMicros: x.valueMicros + y.valueMicros,
          })),
        }
      : {}),
  }
}
