/*
 * The columns that the platforms' own screens export, by what they mean: names in English and German as the field knows
 * them. No platform publishes a complete list, and the names change without notice: whatever is not here is told with
 * --column. A heading may end with a currency in brackets.
 */

export const ROLES = [
  'campaignId',
  'campaign',
  'adGroupId',
  'adGroup',
  'day',
  'lastDay',
  'status',
  'adGroupStatus',
  'kind',
  'strategy',
  'currency',
  'spend',
  'impressions',
  'clicks',
  'conversions',
  'value',
  'budget',
  'budgetType',
  'budgetName',
  'adGroupBudget',
  'adGroupBudgetType',
] as const
export type Role = (typeof ROLES)[number]

type Names = Readonly<Partial<Record<Role, readonly string[]>>>

const COMMON: Names = {
  campaignId: ['campaign id', 'kampagnen-id', 'kampagnen id', 'id der kampagne'],
  campaign: ['campaign', 'campaign name', 'kampagne', 'kampagnenname', 'name der kampagne'],
  day: ['day', 'date', 'tag', 'datum'],
  currency: ['currency', 'currency code', 'währung', 'währungscode'],
  impressions: ['impressions', 'impressionen'],
  clicks: ['clicks', 'klicks'],
}

const GOOGLE_ADS: Names = {
  adGroupId: ['ad group id', 'anzeigengruppen-id'],
  adGroup: ['ad group', 'anzeigengruppe'],
  status: ['campaign state', 'campaign status', 'status der kampagne', 'kampagnenstatus'],
  adGroupStatus: ['ad group state', 'ad group status', 'anzeigengruppenstatus', 'status der anzeigengruppe'],
  kind: ['campaign type', 'kampagnentyp'],
  strategy: ['bid strategy type', 'campaign bid strategy type', 'gebotsstrategietyp', 'typ der gebotsstrategie'],
  spend: ['cost', 'kosten'],
  impressions: ['impr.', 'impressions', 'impressionen'],
  conversions: ['conversions'],
  value: ['conv. value', 'conversion value', 'conv.-wert', 'conversion-wert'],
  budget: ['budget', 'daily budget', 'tagesbudget'],
  budgetType: ['budget period', 'budget type', 'budgetzeitraum', 'budgettyp'],
  budgetName: ['budget name', 'name des budgets', 'budgetname'],
}

const META: Names = {
  adGroupId: ['ad set id', 'anzeigengruppen-id', 'id der anzeigengruppe'],
  adGroup: ['ad set name', 'name der anzeigengruppe', 'anzeigengruppenname'],
  day: ['day', 'tag', 'reporting starts', 'berichtsanfang', 'berichtsbeginn', 'auswertungsbeginn'],
  lastDay: ['reporting ends', 'berichtsende', 'auswertungsende'],
  status: [
    'campaign delivery',
    'campaign status',
    'auslieferung der kampagne',
    'kampagnenauslieferung',
    'kampagnenstatus',
  ],
  adGroupStatus: ['ad set delivery', 'ad set status', 'auslieferung der anzeigengruppe', 'anzeigengruppenstatus'],
  spend: ['amount spent', 'ausgegebener betrag'],
  clicks: ['link clicks', 'clicks (all)', 'link-klicks', 'linkklicks', 'klicks (alle)'],
  conversions: [
    'results',
    'ergebnisse',
    'purchases',
    'website purchases',
    'käufe',
    'website-käufe',
    'leads',
    'website leads',
  ],
  value: [
    'purchases conversion value',
    'website purchases conversion value',
    'conversion-wert von käufen',
    'conversion-wert für käufe',
    'conversion-wert von website-käufen',
  ],
  budget: ['campaign budget', 'kampagnenbudget', 'budget der kampagne'],
  budgetType: ['campaign budget type', 'kampagnenbudgettyp', 'typ des kampagnenbudgets', 'kampagnenbudget-typ'],
  adGroupBudget: ['ad set budget', 'anzeigengruppenbudget', 'budget der anzeigengruppe'],
  adGroupBudgetType: [
    'ad set budget type',
    'anzeigengruppenbudgettyp',
    'typ des anzeigengruppenbudgets',
    'anzeigengruppenbudget-typ',
  ],
}

const TIKTOK: Names = {
  adGroupId: ['ad group id', 'anzeigengruppen-id'],
  adGroup: ['ad group name', 'name der anzeigengruppe', 'anzeigengruppenname'],
  day: ['by day', 'date', 'day', 'stat time day', 'nach tag', 'datum', 'tag'],
  status: ['primary status', 'campaign status', 'status', 'primärer status', 'kampagnenstatus'],
  adGroupStatus: ['ad group status', 'anzeigengruppenstatus'],
  kind: ['campaign type', 'kampagnentyp'],
  spend: ['cost', 'total cost', 'spend', 'kosten', 'gesamtkosten'],
  clicks: ['clicks (destination)', 'clicks (all)', 'clicks', 'klicks (ziel)', 'klicks (alle)', 'klicks'],
  conversions: [
    'conversions',
    'results',
    'complete payment',
    'purchases',
    'ergebnisse',
    'zahlung abgeschlossen',
    'käufe',
  ],
  value: [
    'total complete payment value',
    'complete payment value',
    'purchase value',
    'total purchase value',
    'kaufwert',
  ],
  budget: ['campaign budget', 'campaign budget amount', 'budget', 'kampagnenbudget'],
  budgetType: ['campaign budget type', 'budget type', 'budget mode', 'kampagnenbudgettyp', 'budgettyp'],
  adGroupBudget: ['ad group budget', 'anzeigengruppenbudget'],
  adGroupBudgetType: ['ad group budget type', 'anzeigengruppenbudgettyp'],
}

const SNAPCHAT: Names = {
  adGroupId: ['ad set id', 'ad squad id', 'anzeigengruppen-id'],
  adGroup: ['ad set name', 'ad squad name', 'name der anzeigengruppe'],
  // Start and end are of the report, or of the campaign's flight: a day beside them is meant.
  day: ['date', 'day', 'datum', 'tag', 'start time', 'startzeit'],
  lastDay: ['end time', 'endzeit'],
  status: ['campaign status', 'status', 'delivery status', 'kampagnenstatus'],
  adGroupStatus: ['ad set status', 'ad squad status', 'anzeigengruppenstatus'],
  spend: ['amount spent', 'spend', 'ausgegebener betrag', 'ausgaben'],
  impressions: ['paid impressions', 'impressions', 'bezahlte impressionen', 'impressionen'],
  clicks: ['clicks', 'swipe ups', 'swipes', 'klicks', 'swipe-ups'],
  conversions: ['purchases', 'results', 'conversion purchases', 'käufe', 'ergebnisse'],
  value: ['purchases value', 'purchase value', 'conversion purchases value', 'kaufwert'],
  budget: ['campaign daily budget', 'daily budget', 'campaign budget', 'tagesbudget', 'kampagnenbudget'],
  budgetType: ['campaign budget type', 'budget type', 'budgettyp'],
  adGroupBudget: ['ad set daily budget', 'ad set budget', 'ad squad budget', 'anzeigengruppenbudget'],
  adGroupBudgetType: ['ad set budget type'],
}

const PINTEREST: Names = {
  adGroupId: ['ad group id', 'anzeigengruppen-id'],
  adGroup: ['ad group name', 'name der anzeigengruppe'],
  status: ['campaign status', 'campaign entity status', 'kampagnenstatus'],
  adGroupStatus: ['ad group status', 'anzeigengruppenstatus'],
  kind: ['campaign objective', 'objective', 'kampagnenziel'],
  spend: ['spend in account currency', 'spend', 'ausgaben in kontowährung', 'ausgaben'],
  clicks: ['pin clicks', 'outbound clicks', 'clicks', 'pin-klicks', 'ausgehende klicks'],
  conversions: [
    'total conversions (checkout)',
    'total conversions checkout',
    'checkouts',
    'total conversions',
    'conversions gesamt (checkout)',
  ],
  value: [
    'total order value (checkout)',
    'total order value checkout',
    'total conversions value (checkout)',
    'gesamtbestellwert (checkout)',
  ],
  budget: ['campaign budget', 'campaign daily spend cap', 'daily budget', 'kampagnenbudget', 'tagesbudget'],
  budgetType: ['campaign budget type', 'budget type', 'budgettyp'],
  adGroupBudget: ['ad group budget', 'anzeigengruppenbudget'],
  adGroupBudgetType: ['ad group budget type'],
}

const BY_PLATFORM: Readonly<{ [platform: string]: Names }> = {
  'google-ads': GOOGLE_ADS,
  meta: META,
  tiktok: TIKTOK,
  snapchat: SNAPCHAT,
  pinterest: PINTEREST,
}

/** Headings of `day` under which a period begins: it is a day only where it ends on that day too. */
const PERIOD_STARTS = [
  'reporting starts',
  'berichtsanfang',
  'berichtsbeginn',
  'auswertungsbeginn',
  'start time',
  'startzeit',
]
export const beginsPeriod = (heading: string): boolean => PERIOD_STARTS.includes(plainHeading(heading))

export const IMPORTED_PLATFORMS: readonly string[] = Object.keys(BY_PLATFORM)

/** A heading as it is compared: lower case, single blanks, without a currency in brackets at its end. */
export const plainHeading = (heading: string): string =>
  heading
    .trim()
    .replace(/\s*[([][A-Z]{3}[)\]]$/, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')

/** The currency that a heading names, as in `Amount spent (EUR)`. */
export const headingCurrency = (heading: string): string | undefined =>
  /[([]([A-Z]{3})[)\]]\s*$/.exec(heading.trim())?.[1]

/** What a platform's screens call a role; the first is what remedies name. */
export const namesOf = (platform: string, role: Role): readonly string[] => {
  const own = BY_PLATFORM[platform]?.[role]
  return [...new Set([...(own ?? []), ...(COMMON[role] ?? [])])]
}

/** A known name as the screens write it: `Campaign ID`. */
export const titled = (name: string): string =>
  name.replace(/^\p{L}/u, (letter) => letter.toUpperCase()).replace(/\bid\b/, 'ID')

/** Columns of a file that mean something, by role; the one that is read first, and others of that meaning behind it. */
export interface Columns {
  readonly byRole: ReadonlyMap<Role, readonly number[]>
}

/** @param named headings that the user has given a role, before all that is known */
export function columnsOf(headings: readonly string[], platform: string, named: ReadonlyMap<Role, string>): Columns {
  const plain = headings.map(plainHeading)
  const byRole = new Map<Role, readonly number[]>()
  for (const role of ROLES) {
    const chosen = named.get(role)
    const names = chosen === undefined ? namesOf(platform, role) : [plainHeading(chosen)]
    // In the order in which the names are known: the first is the platform's usual one.
    const found = names.flatMap((name) => plain.flatMap((heading, index) => (heading === name ? [index] : [])))
    if (found.length > 0) byRole.set(role, [...new Set(found)])
  }
  return { byRole }
}
