import type { PerformanceRow } from '../model/performance.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, dateAt } from '../units/calendar.ts'
import { type CurrencyCode, money } from '../units/money.ts'
import { onOneLevelADay, sameFigures, type Told } from './day-levels.ts'
import type { Faults } from './problem.ts'
import type { ReadExport, ReadFigures } from './read-export.ts'
import type { ImportTerms } from './terms.ts'

export interface Performance {
  readonly rows: readonly PerformanceRow[]
  /** Days that were not over when their file was downloaded, and are left out. */
  readonly unfinished: readonly AccountDate[]
  /** Sentences about days that files tell differently. */
  readonly notes: readonly string[]
}

/**
 * Whole days of campaigns, and of ad groups where these hold the budgets. Of several files the one downloaded last is
 * believed, whatever its level, because platforms restate their days; two lines of one download about the same day are a fault.
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
  const once = onOneLevelADay([...told.values()], structure, faults)
  const rows = once.days.map(
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
  return { rows, unfinished: [...unfinished].toSorted(), notes: once.notes }
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
