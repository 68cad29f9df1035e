import type { AdGroupId, CampaignId } from '../model/account.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import { type CurrencyCode, money, toDecimal } from '../units/money.ts'
import { campaignsText } from './budget-levels.ts'
import type { Faults } from './problem.ts'
import type { ReadFigures } from './read-export.ts'

/** A day of a campaign, or of one of its ad groups, and where it is told. */
export interface Told {
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

/** A day that was told at both levels. */
interface Twice {
  readonly whole: Told
  readonly groups: readonly Told[]
  readonly sum: Told
}

/**
 * Each day of a campaign at one level: where ad groups hold the budgets their days stand by themselves, elsewhere they are
 * summed up. Of a day that was told at both the level that was downloaded last is believed; two spends of one download time
 * are a fault, because ad groups may be missing in one, and nobody knows.
 */
export function onOneLevelADay(
  told: readonly Told[],
  { adGroups, currency }: AccountStructure,
  faults: Faults,
): { readonly days: readonly Told[]; readonly notes: readonly string[] } {
  const byGroup = new Set(adGroups.filter(({ budget }) => budget !== undefined).map(({ campaign }) => campaign))
  const differing: Twice[] = []
  const days = Map.groupBy(told, ({ campaign, day }) => `${campaign}/${day}`)
  const once = [...days.values()].flatMap((own) => {
    const groups = own.filter(({ adGroup }) => adGroup !== undefined)
    const whole = own.find(({ adGroup }) => adGroup === undefined)
    const isByGroup = byGroup.has(own[0]!.campaign)
    if (!whole) return isByGroup ? groups : [summed(groups)]
    if (groups.length === 0) return [whole]
    const twice = { whole, groups, sum: summed(groups) }
    if (!isSameSpend(twice)) {
      if (isOfOneTime(twice)) addFault(twice, currency, faults)
      differing.push(twice)
    }
    if (isOfOneTime(twice) || saysTheSame(twice)) return isByGroup ? groups : [whole]
    if (whole.exportedAt > twice.sum.exportedAt) return [whole]
    return isByGroup ? groups : [twice.sum]
  })
  return { days: once, notes: notesOf(differing, currency) }
}

const isOfOneTime = ({ whole, sum }: Twice): boolean => whole.exportedAt === sum.exportedAt

/** Half of the last decimal that screens show, which each line may be rounded by. */
const ROUNDING_MICROS = 5_000n

function isSameSpend({ whole, groups, sum }: Twice): boolean {
  const gap = whole.figures.spendMicros - sum.figures.spendMicros
  return (gap < 0n ? -gap : gap) <= ROUNDING_MICROS * BigInt(groups.length + 1)
}

const saysTheSame = (twice: Twice): boolean =>
  isSameSpend(twice) &&
  sameFigures({ ...twice.sum.figures, spendMicros: twice.whole.figures.spendMicros }, twice.whole.figures)

const amount = (micros: bigint, currency: CurrencyCode): string =>
  `${toDecimal(money(micros, currency), 2)} ${currency}`

function addFault({ whole, sum }: Twice, currency: CurrencyCode, faults: Faults): void {
  faults.add({
    file: whole.file,
    line: whole.line,
    column: whole.column,
    value: whole.day,
    what: `of campaign ${whole.campaign} has a spend of ${amount(whole.figures.spendMicros, currency)} here, and of ${amount(sum.figures.spendMicros, currency)} in the lines of its ad groups (${sum.file}, line ${sum.line})`,
    remedy:
      'import the one that is complete alone; in one of ad groups removed ones have to be, too (or say when each was downloaded: files of one time cannot both be believed)',
  })
}

function notesOf(differing: readonly Twice[], currency: CurrencyCode): readonly string[] {
  if (differing.length === 0) return []
  const total = (list: readonly Told[]): string =>
    amount(
      list.reduce((all, { figures }) => all + figures.spendMicros, 0n),
      currency,
    )
  const days = new Set(differing.map(({ whole }) => whole.day)).size
  const campaigns = [...new Set(differing.map(({ whole }) => whole.campaign))]
  const taken = differing.map(({ whole, sum }) => (whole.exportedAt > sum.exportedAt ? whole : sum))
  return [
    `${campaignsText(campaigns)}, ${days} day${days === 1 ? '' : 's'}: by their own lines they spent ${total(differing.map(({ whole }) => whole))}, by those of their ad groups ${total(differing.map(({ sum }) => sum))}; what was downloaded last is taken, ${total(taken)}`,
  ]
}

/** Of the time of the youngest one. */
function summed(groups: readonly Told[]): Told {
  const { adGroup: _, ...first } = groups.reduce((a, b) => (b.exportedAt > a.exportedAt ? b : a))
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

export const sameFigures = (a: ReadFigures, b: ReadFigures): boolean =>
  a.spendMicros === b.spendMicros &&
  a.impressions === b.impressions &&
  a.clicks === b.clicks &&
  a.conversions?.count === b.conversions?.count &&
  a.conversions?.valueMicros === b.conversions?.valueMicros
