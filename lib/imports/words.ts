import type { BidStrategyKind, EntityStatus } from '../model/structure.ts'
import { isNothing } from './numbers.ts'

/*
 * What the screens write in cells, in English and German. A word that is not here is refused by name: a campaign taken for
 * running that does not would be planned for.
 */

const plain = (cell: string): string => cell.trim().toLowerCase().replaceAll('_', ' ').replace(/\s+/gu, ' ')

const STATUS: readonly (readonly [EntityStatus, readonly string[]])[] = [
  [
    'active',
    [
      ...['active', 'enabled', 'eligible', 'serving', 'delivering', 'running', 'live', 'on', 'learning', 'limited'],
      ...['learning limited', 'in review', 'pending', 'scheduled', 'preparing', 'in process', 'with issues', 'enable'],
      ...['aktiv', 'aktiviert', 'wird ausgeliefert', 'läuft', 'geplant', 'in überprüfung', 'lernphase', 'ein'],
      // It runs, and has spent its day's money: what is limited by its budget most of all.
      ...['budget exceeded', 'budget exceed', 'campaign budget exceeded', 'ad group budget exceeded', 'over budget'],
      ...['out of budget', 'limited by budget', 'budget limited', 'eligible (limited by budget)', 'budget exhausted'],
      ...['durch budget eingeschränkt', 'durch das budget eingeschränkt', 'freigegeben (durch budget eingeschränkt)'],
      ...['budget überschritten', 'budget aufgebraucht', 'budget ausgeschöpft'],
      ...['eligible (limited)', 'eligible (learning)', 'freigegeben', 'freigegeben (eingeschränkt)', 'ausstehend'],
    ],
  ],
  [
    'paused',
    [
      ...['paused', 'inactive', 'off', 'not delivering', 'completed', 'recently completed', 'ended', 'disable'],
      ...['not eligible', 'campaign paused', 'disabled', 'draft', 'rejected', 'suspended'],
      ...['pausiert', 'inaktiv', 'abgeschlossen', 'beendet', 'aus', 'nicht aktiv', 'deaktiviert', 'entwurf'],
      ...['wird nicht ausgeliefert', 'kürzlich abgeschlossen'],
    ],
  ],
  ['removed', ['removed', 'deleted', 'archived', 'delete', 'entfernt', 'gelöscht', 'archiviert']],
]

/** Undefined for a word that is not known. */
export const statusOf = (cell: string): EntityStatus | undefined =>
  STATUS.find(([, words]) => words.includes(plain(cell).replace(/^(campaign|ad ?group) status /, '')))?.[0]

const DAILY = ['daily', 'day', 'per day', 'daily budget', 'täglich', 'tagesbudget', 'pro tag', 'budget mode day']
const LIFETIME = [
  ...['lifetime', 'total', 'campaign total', 'lifetime budget', 'total budget', 'budget mode total'],
  ...['laufzeit', 'laufzeitbudget', 'gesamt', 'gesamtbudget', 'kampagnengesamtbudget'],
]

/** `elsewhere`: the other level holds the budget. Undefined for a word that is not known. */
export function budgetPeriodOf(cell: string): 'daily' | 'lifetime' | 'elsewhere' | undefined {
  const word = plain(cell)
  if (DAILY.includes(word)) return 'daily'
  if (LIFETIME.includes(word)) return 'lifetime'
  return isElsewhere(cell) ? 'elsewhere' : undefined
}

/** Meta's words where the other level holds the budget; TikTok's for a level that has no limit. */
export const isElsewhere = (cell: string): boolean =>
  /^(using (ad ?set|ad ?group|campaign) budget|(anzeigengruppen|kampagnen)budget wird verwendet|verwendet (anzeigengruppen|kampagnen)budget|unlimited|no limit|unbegrenzt|budget mode infinite)$/.test(
    plain(cell),
  )

const STRATEGIES: readonly (readonly [BidStrategyKind, RegExp])[] = [
  ['target-cpa', /^(target cpa|ziel-cpa)$/],
  ['target-roas', /^(target roas|ziel-roas)$/],
  ['max-conversions', /^(maximi[sz]e conversions|conversions maximieren)$/],
  ['max-value', /^(maximi[sz]e conversion value|conversion-wert maximieren)$/],
  ['manual-cpc', /^(manual cpc|manueller cpc)$/],
]

/** `other` for what is not known: targets are not in the exports, so that none of them is moved by this anyway. */
export const strategyIn = (cell = ''): { readonly strategy?: BidStrategyKind } =>
  isNothing(cell) ? {} : { strategy: STRATEGIES.find(([, pattern]) => pattern.test(plain(cell)))?.[0] ?? 'other' }

const KINDS: Readonly<{ [word: string]: string }> = {
  suche: 'search',
  suchnetzwerk: 'search',
  display: 'display',
  displaynetzwerk: 'display',
  'demand gen': 'demand-gen',
  video: 'video',
}

/** TikTok's words, each as the adapter names the kind: what only endpoints of its own steer comes before all else. */
const TIKTOK_KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['smart-plus', /smart ?(\+|plus\b|performance)/],
  ['gmv-max', /\bgmv ?max/],
  ['reservation', /\breach (&|and) frequency|\breichweite (&|und) (frequenz|häufigkeit)|\br&f\b|\breserv|\btop ?view/],
  ['search', /^(search|suche?|such(kampagne|netzwerk|anzeigen))( (campaigns?|ads?))?$/],
  [
    'social',
    /^(regular|manual|standard|custom|auction|social|normal|manuell|auktion|benutzerdefiniert)e?( (mode|auction|campaign|kampagne))?$/,
  ],
]
/** Nothing moves this kind: a campaign whose word is not known here may be one that TikTok steers by itself. */
const TIKTOK_OTHER = 'automated'

/** The platform's kind, lower case with dashes. Elsewhere than on TikTok nothing moves or is held for a word that is not known. */
export function kindIn(cell = '', platform = ''): { readonly kind?: string } {
  if (isNothing(cell)) return {}
  const word = plain(cell)
  if (platform === 'tiktok')
    return { kind: TIKTOK_KINDS.find(([, pattern]) => pattern.test(word))?.[0] ?? TIKTOK_OTHER }
  const kind =
    KINDS[word] ??
    word
      .replaceAll('+', ' plus')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
  // Of a word in other letters nothing would be left.
  return kind === '' ? {} : { kind }
}

/**
 * What is said where it is not known which of TikTok's campaigns are steered by other endpoints.
 *
 * @param heading of the column of kinds, as the file has it; undefined: it has none
 * @param campaigns of its lines
 */
export function kindRemarks(
  platform: string,
  heading: string | undefined,
  campaigns: readonly { readonly id: string; readonly kind?: string }[],
): readonly string[] {
  if (platform !== 'tiktok') return []
  const said = new Set(campaigns.flatMap(({ id, kind }) => (kind === undefined ? [] : [id])))
  const unsaid = new Set(campaigns.map(({ id }) => id)).difference(said).size
  if (unsaid === 0) return []
  const lacking =
    heading === undefined
      ? 'it has no column "Campaign type"'
      : `"${heading}" is blank for ${unsaid} of ${said.size + unsaid} campaigns`
  return [
    `${lacking}: which campaigns TikTok steers by itself (Smart+, GMV Max) is not known; unless another file says so, they are taken for ones that can be moved`,
  ]
}
