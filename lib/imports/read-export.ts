import { type AdGroupId, type CampaignId, FOREIGN_ID } from '../model/account.ts'
import { nameText } from '../model/foreign-text.ts'
import type { BidStrategyKind, EntityStatus } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { beginsPeriod, plainHeading, type Role } from './columns.ts'
import { withKnownConversions } from './conversion-column.ts'
import type { Row } from './csv.ts'
import { dateOf, isOneDay } from './dates.ts'
import { decodeText } from './decode.ts'
import { countOf, type Forms, formsOf, microsOf, placeOf, usualName, withoutPeriod } from './figures.ts'
import { isNothing } from './numbers.ts'
import type { Faults } from './problem.ts'
import { cellOf, headingOf, idTextIn, readSheet, type Sheet } from './sheet.ts'
import type { ExportFile, ImportTerms } from './terms.ts'
import { valueRemarks, withOwnValue } from './value-column.ts'
import { budgetPeriodOf, isElsewhere, kindIn, kindRemarks, statusOf, strategyIn } from './words.ts'

export interface ReadBudget {
  readonly micros: bigint
  readonly period: 'daily' | 'lifetime'
  /** Campaigns that name the same one draw from it together. */
  readonly name?: string
}

/** A campaign or an ad group as one line shows it. */
export interface ReadEntity {
  readonly name: string
  /** Absent where the file has no column of it. */
  readonly status?: EntityStatus
  /** `none`: it has no budget of its own; absent: the file has no column of budgets. */
  readonly budget?: ReadBudget | 'none'
}

export interface ReadFigures {
  readonly spendMicros: bigint
  readonly impressions: number
  readonly clicks: number
  /** Absent where none were reported. */
  readonly conversions?: { readonly count: number; readonly valueMicros: bigint }
}

export interface ReadRow {
  readonly line: number
  readonly campaign: ReadEntity & {
    readonly id: CampaignId
    /** These two absent where the file has no column of them. */
    readonly kind?: string
    readonly strategy?: BidStrategyKind
  }
  readonly adGroup?: ReadEntity & { readonly id: AdGroupId }
  /** Absent in a file without days, whose figures are of a whole period. */
  readonly day?: AccountDate
  /** Absent where the line reports no spend. */
  readonly figures?: ReadFigures
}

export interface ReadTotal {
  readonly label: string
  readonly line: number
  readonly spendMicros: bigint
}

/** One file, understood. */
export interface ReadExport {
  readonly file: string
  readonly exportedAt: Instant
  readonly currency: CurrencyCode
  /** What the file calls a column, for faults. */
  readonly heading: (role: Role) => string | undefined
  readonly rows: readonly ReadRow[]
  readonly totals: readonly ReadTotal[]
  readonly ignored: readonly string[]
  /** Sentences about what was left out or is not in the file. */
  readonly remarks: readonly string[]
}

/** A number that a spreadsheet has rounded: ids exceed what it can hold. */
const ROUNDED_ID = /^\d([.,]\d+)?E\+?\d+$/i

/** @returns undefined when something is wrong with the file: it is in `faults` */
export function readExport(file: ExportFile, terms: ImportTerms, faults: Faults): ReadExport | undefined {
  const whole = readSheet(decodeText(file.bytes, file.name), file.name, {
    platform: terms.account.platform,
    columns: terms.columns,
  })
  const sheet = withOwnersOfBudgets(withOwnValue(withKnownConversions(whole, terms, faults), terms))
  const forms = formsOf(sheet, terms, faults)
  const isDaily = isOfDays(sheet, terms)
  if (isDaily) checkHas(sheet, ['spend', 'impressions', 'clicks'], faults)
  if (sheet.columns.byRole.has('budget')) checkHas(sheet, ['status'], faults)
  if (sheet.columns.byRole.has('adGroupBudget')) checkHas(sheet, ['adGroupStatus'], faults)
  const rows = sheet.rows.flatMap((row) => readRow(row, sheet, { forms, terms, faults, isDaily }) ?? [])
  const totals = sheet.totals.flatMap(({ label, row }): readonly ReadTotal[] => {
    const spendMicros = microsOf(sheet, row, 'spend', forms, faults)
    return spendMicros === undefined ? [] : [{ label, line: row.line, spendMicros }]
  })
  // What cannot be told is in the faults; the lines were read all the same, so that theirs are there too.
  if (forms.currency === undefined) return undefined
  return {
    file: file.name,
    exportedAt: file.exportedAt,
    currency: forms.currency,
    heading: (role) => headingOf(sheet, role),
    rows,
    totals,
    ignored: ignoredIn(sheet),
    remarks: remarksOf(sheet, rows, isDaily, whole),
  }
}

/** Budgets of ad groups are of nobody where no ids of these are in the file: screens of campaigns show such a column too. */
function withOwnersOfBudgets(sheet: Sheet): Sheet {
  if (sheet.columns.byRole.has('adGroupId')) return sheet
  const byRole = new Map([...sheet.columns.byRole].filter(([role]) => !OF_GROUPS.includes(role)))
  return { ...sheet, columns: { ...sheet.columns, byRole } }
}
const OF_GROUPS: readonly Role[] = ['adGroup', 'adGroupStatus', 'adGroupBudget', 'adGroupBudgetType']

/**
 * Whether each line is of one day: there is a column of days, or one of periods' beginnings whose ends are the same. An end
 * beside a column of days is of the report or of a flight, and is held against it only where the user says so.
 */
function isOfDays(sheet: Sheet, { columns: named }: ImportTerms): boolean {
  const heading = headingOf(sheet, 'day')
  if (heading === undefined) return false
  const isStart = beginsPeriod(heading)
  if (!sheet.columns.byRole.has('lastDay')) return !isStart || named.has('day')
  if (!isStart && !named.has('lastDay')) return true
  return sheet.rows.every((row) => isOneDay(cellOf(sheet, row, 'day') ?? '', cellOf(sheet, row, 'lastDay') ?? ''))
}

function checkHas(sheet: Sheet, roles: readonly Role[], faults: Faults): void {
  for (const role of roles)
    if (!sheet.columns.byRole.has(role))
      faults.add({
        file: sheet.file,
        what: `has no column for ${role}`,
        remedy: `add "${usualName(sheet.platform, role)}" to the report and download it again, or name it with --column ${role}="…"`,
      })
}

interface Reading {
  readonly forms: Forms
  readonly terms: ImportTerms
  readonly faults: Faults
  readonly isDaily: boolean
}

function readRow(row: Row, sheet: Sheet, reading: Reading): ReadRow | undefined {
  const { faults, forms, isDaily } = reading
  const id = idOf(row, sheet, 'campaignId', faults)
  const hasGroup = !isNothing(cellOf(sheet, row, 'adGroupId') ?? '')
  const groupId = hasGroup ? idOf(row, sheet, 'adGroupId', faults) : undefined
  const day = isDaily ? dayOf(row, sheet, forms, faults) : undefined
  // All of a line is read before any of it is given up: each part adds its own faults.
  const campaign = entityOf(row, sheet, reading, 'campaign')
  const adGroup = hasGroup ? entityOf(row, sheet, reading, 'ad-group') : undefined
  const figures = isDaily ? figuresOf(row, sheet, reading) : undefined
  if (id === undefined || (isDaily && day === undefined)) return undefined
  return {
    line: row.line,
    campaign: {
      ...campaign,
      id: id as CampaignId,
      ...kindIn(cellOf(sheet, row, 'kind'), sheet.platform),
      ...strategyIn(cellOf(sheet, row, 'strategy')),
    },
    ...(adGroup && groupId !== undefined ? { adGroup: { ...adGroup, id: groupId as AdGroupId } } : {}),
    ...(day === undefined ? {} : { day }),
    ...(figures ? { figures } : {}),
  }
}

function idOf(row: Row, sheet: Sheet, role: Role, faults: Faults): string | undefined {
  const text = idTextIn(cellOf(sheet, row, role) ?? '')
  if (FOREIGN_ID.test(text) && !ROUNDED_ID.test(text)) return text
  faults.add({
    ...placeOf(sheet, row, role),
    value: text,
    what: ROUNDED_ID.test(text) ? 'is an id that a spreadsheet has rounded' : 'is no id',
    remedy: 'import the file as it was downloaded, without opening and saving it in a spreadsheet',
  })
  return undefined
}

function dayOf(row: Row, sheet: Sheet, { order }: Forms, faults: Faults): AccountDate | undefined {
  const cell = cellOf(sheet, row, 'day') ?? ''
  const day = order ? dateOf(cell, order) : (dateOf(cell, 'dmy') ?? dateOf(cell, 'mdy'))
  if (day === undefined)
    faults.add({
      ...placeOf(sheet, row, 'day'),
      value: cell,
      what: 'is no day',
      remedy: 'export by day, with a year of four digits, such as 2026-11-21 (other orders of day and month: --dates)',
    })
  return day
}

export const LEVELS = {
  campaign: { name: 'campaign', status: 'status', budget: 'budget', type: 'budgetType' },
  'ad-group': { name: 'adGroup', status: 'adGroupStatus', budget: 'adGroupBudget', type: 'adGroupBudgetType' },
} as const

function entityOf(row: Row, sheet: Sheet, { forms, terms, faults }: Reading, level: keyof typeof LEVELS): ReadEntity {
  const roles = LEVELS[level]
  const cell = cellOf(sheet, row, roles.status) ?? ''
  const status = statusOf(cell)
  if (!isNothing(cell) && status === undefined)
    faults.add({
      ...placeOf(sheet, row, roles.status),
      value: cell,
      what: 'is no status that is known',
      remedy: 'write active, paused or removed there, or name another column with --column',
    })
  const budget = budgetOf(row, sheet, { forms, terms, faults }, level)
  return {
    name: nameText(cellOf(sheet, row, roles.name) ?? ''),
    ...(status ? { status } : {}),
    ...(budget ? { budget } : {}),
  }
}

function budgetOf(
  row: Row,
  sheet: Sheet,
  { forms, terms, faults }: Pick<Reading, 'forms' | 'terms' | 'faults'>,
  level: keyof typeof LEVELS,
): ReadBudget | 'none' | undefined {
  const roles = LEVELS[level]
  const cell = cellOf(sheet, row, roles.budget)
  if (cell === undefined) return undefined
  const type = cellOf(sheet, row, roles.type) ?? ''
  if (isNothing(cell) || isElsewhere(cell) || isElsewhere(type)) return 'none'
  const micros = microsOf(sheet, row, roles.budget, forms, faults)
  const isDaily =
    withoutPeriod(cell) !== cell ||
    terms.account.platform === 'google-ads' ||
    plainHeading(headingOf(sheet, roles.budget) ?? '').match(/daily|tages/)
  const period = isNothing(type) ? (terms.budgets ?? (isDaily ? 'daily' : undefined)) : budgetPeriodOf(type)
  if (period === undefined)
    faults.add({
      ...(isNothing(type)
        ? { ...placeOf(sheet, row, roles.budget), value: cell }
        : { ...placeOf(sheet, row, roles.type), value: type }),
      what: isNothing(type) ? 'may be of a day or of the whole flight' : 'is no period of a budget that is known',
      remedy: `add "${usualName(sheet.platform, roles.type)}" to the report, or say --budgets daily or --budgets lifetime`,
    })
  // A budget of nothing is no budget: platforms write 0 where the other level holds it.
  if (micros === undefined || micros === 0n || period === undefined || period === 'elsewhere') return 'none'
  const name = level === 'campaign' ? nameText(cellOf(sheet, row, 'budgetName') ?? '') : ''
  return { micros, period, ...(isNothing(name) ? {} : { name }) }
}

function figuresOf(row: Row, sheet: Sheet, { forms, faults }: Reading): ReadFigures | undefined {
  const spendMicros = microsOf(sheet, row, 'spend', forms, faults)
  const impressions = countOf(sheet, row, 'impressions', forms, true, faults)
  const clicks = countOf(sheet, row, 'clicks', forms, true, faults)
  const count = countOf(sheet, row, 'conversions', forms, false, faults)
  const valueMicros = microsOf(sheet, row, 'value', forms, faults)
  if (spendMicros === undefined) return undefined
  return {
    spendMicros,
    // On a line that reports spend a count that is left blank is none: the screens leave out zeros.
    impressions: impressions ?? 0,
    clicks: clicks ?? 0,
    ...(count === undefined ? {} : { conversions: { count, valueMicros: valueMicros ?? 0n } }),
  }
}

/** Headings that nothing is read from, a second one of the same meaning too. */
function ignoredIn({ headings, columns }: Sheet): readonly string[] {
  const read = new Set([...columns.byRole.values()].map(([first]) => first))
  return headings.filter((heading, index) => heading !== '' && !read.has(index))
}

function remarksOf(sheet: Sheet, rows: readonly ReadRow[], isDaily: boolean, whole: Sheet): readonly string[] {
  const has = (role: Role): boolean => sheet.columns.byRole.has(role)
  const silent = rows.filter(({ figures }) => isDaily && figures === undefined).length
  return [
    ...(isDaily ? [] : ['its lines are not of single days: names, status and budgets are taken over, and no figures']),
    ...(silent > 0 ? [`${silent} lines report no spend: their days stay unknown, which is not zero`] : []),
    ...(isDaily && !has('conversions') ? ['it has no column of conversions: none are taken over'] : []),
    ...valueRemarks(sheet, whole),
    ...kindRemarks(
      sheet.platform,
      headingOf(sheet, 'kind'),
      rows.map(({ campaign }) => campaign),
    ),
    ...(whole.columns.byRole.has('adGroupBudget') && !has('adGroupBudget')
      ? [
          `"${headingOf(whole, 'adGroupBudget')}" is not taken over: whose budgets these are is not known without the column "${usualName(sheet.platform, 'adGroupId')}"`,
        ]
      : []),
    ...(has('budget') || has('adGroupBudget')
      ? []
      : ['it has no column of budgets: nothing of it can be planned until one is imported']),
  ]
}
