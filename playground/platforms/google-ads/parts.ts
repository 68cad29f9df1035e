/**
 * What the platform reports of parts of a campaign's clicks. The world counts a campaign as a whole; what is true of its
 * parts is in the market.
 */
import { dayOfWeek } from '../../../lib/units/calendar.ts'
import { type ClickPart, deviceParts, hourParts, listedParts } from '../../market/click-worth.ts'
import type { Device, WorldCampaign, WorldClaim, WorldCriterion, WorldFact } from '../../world.ts'

/** Parts of a fact by device; one with multiplier 0 has none. */
export function byDevice(
  fact: WorldFact,
  campaign: WorldCampaign | undefined,
): readonly { readonly device: Device; readonly fact: WorldFact }[] {
  const parts = deviceParts(
    campaign ?? { id: fact.id, strategy: { kind: 'max-conversions' }, deviceMultipliers: new Map() },
  )
  const facts = splitFact(fact, parts)
  return parts.map(({ device }, i) => ({ device, fact: facts[i]! }))
}

/** Parts of a fact by listed place or audience; what fell to none of them is left out. */
export function byCriterion(
  fact: WorldFact,
  campaign: WorldCampaign,
  dimension: 'place' | 'audience',
): readonly { readonly criterion: WorldCriterion; readonly fact: WorldFact }[] {
  const parts = listedParts(campaign, dimension)
  const facts = splitFact(fact, parts)
  return parts.flatMap(({ criterion }, i) => (criterion ? [{ criterion, fact: facts[i]! }] : []))
}

/**
 * Facts by hour of campaigns that list parts of the week: each day's whole on its hours anew, by what is bid and what a
 * click is worth at each. Other facts are as they were.
 */
export function atListedHours(
  facts: readonly WorldFact[],
  campaigns: ReadonlyMap<string, WorldCampaign>,
): readonly WorldFact[] {
  const days = Map.groupBy(facts, ({ id, date }) => `${id} ${date}`)
  return [...days.values()].flatMap((hours) => {
    const campaign = campaigns.get(hours[0]!.campaignId ?? '')
    if (!campaign) return hours
    const clicks = Array.from({ length: 24 }, (_, hour) => hours.find((one) => one.hour === hour)?.clicks ?? 0)
    const parts = hourParts(campaign, dayOfWeek(hours[0]!.date), clicks)
    if (!parts.some(({ share }) => share > 0)) return hours
    const own = hours.map(({ hour = 0 }) => parts[hour]!)
    return splitFact(wholeOf(hours), own).map((fact, i) => ({ ...fact, hour: hours[i]!.hour ?? 0 }))
  })
}

function wholeOf(facts: readonly WorldFact[]): WorldFact {
  const sum = (of: 'impressions' | 'clicks'): number => facts.reduce((total, one) => total + one[of], 0)
  const claims: readonly WorldClaim[] = facts.flatMap((one) => one.claims)
  const spendMicros = facts.reduce((total, one) => total + one.spendMicros, 0n)
  return { ...facts[0]!, spendMicros, impressions: sum('impressions'), clicks: sum('clicks'), claims }
}

/**
 * Whole counts stay whole and add up to the fact. What the clicks brought falls on the parts by what a click of each is
 * worth; its total is the fact's.
 */
function splitFact(fact: WorldFact, parts: readonly ClickPart[]): readonly WorldFact[] {
  const weights = parts.map(({ share, multiplier }) => share * multiplier)
  const shares = sharesOf(weights.some((w) => w > 0) ? weights : parts.map(({ share }) => share))
  const brought = sharesOf(parts.map(({ worth }, i) => shares[i]! * worth))
  const spend = split(fact.spendMicros, shares)
  const impressions = split(BigInt(fact.impressions), shares)
  const clicks = split(BigInt(fact.clicks), shares)
  const values = fact.claims.map((claim) => split(claim.valueMicros, brought))
  return parts.map((_, i) => ({
    ...fact,
    spendMicros: spend[i]!,
    impressions: Number(impressions[i]),
    clicks: Number(clicks[i]),
    claims: fact.claims.map((c, j) => ({
      ...c,
      count: c.count * brought[i]!,
      valueMicros: values[j]![i]!,
      ...(c.takenBack ? { takenBack: c.takenBack.map((taken) => partOf(taken, brought[i]!)) } : {}),
    })),
  }))
}

const sharesOf = (weights: readonly number[]): readonly number[] => {
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

type TakenBack = NonNullable<WorldClaim['takenBack']>[number]
const partOf = ({ lagDays, count, valueMicros }: TakenBack, share: number): TakenBack => ({
  lagDays,
  count: count * share,
  valueMicros: BigInt(Math.round(Number(valueMicros) * share)),
})

/** Parts of `whole` in these shares, rounded down; what is left goes to the largest. */
function split(whole: bigint, shares: readonly number[]): readonly bigint[] {
  const parts = shares.map((s) => (whole * BigInt(Math.round(s * 1e9))) / 1_000_000_000n)
  const rest = whole - parts.reduce((a, b) => a + b, 0n)
  const largest = shares.indexOf(Math.max(...shares))
  return parts.map((p, i) => (i === largest ? p + rest : p))
}
