import type { Device, WorldCampaign, WorldCriterion } from '../world.ts'
import { PURPOSE, stream, textKey, uniform } from './draws.ts'

/** Rough shares of advertising traffic; an assumption, the same for every campaign. */
export const DEVICE_SHARES = { desktop: 0.35, mobile: 0.6, tablet: 0.05 } as const satisfies Record<Device, number>
/** What a click of each brings against the others: of all campaigns on average, and how far campaigns differ in it. */
const WORTH: Readonly<Record<Device, number>> = { mobile: 0.8, desktop: 1.45, tablet: 0.7 }
const WORTH_SPREAD = 0.15

/** From 0 to 1, the same for the same text. */
const chance = (text: string): number => (textKey(text) & 0xffff) / 0x10000

/** What a click on a device brings against the others of its campaign: a figure of the campaign's id alone. */
export const clickWorth = (campaign: string, device: Device): number =>
  WORTH[device] * (1 + WORTH_SPREAD * (2 * chance(`${campaign} ${device}`) - 1))

/** What a click of a place, part of the week or audience brings where nothing else is said: 0.5 to 2, 1 in the middle. */
export const drawnWorth = (seed: number, campaign: string, criterion: string): number =>
  4 ** (uniform(stream(seed, textKey(`${campaign}/${criterion}`), PURPOSE.clickWorth, 0)) - 0.5)

/** Clicks of one campaign that are bid for alike. */
export interface ClickPart {
  /** Of the campaign's clicks at multiplier 1. */
  readonly share: number
  readonly worth: number
  /** In force. */
  readonly multiplier: number
}

type Bidding = Pick<WorldCampaign, 'strategy'>

const isManual = ({ strategy: { kind } }: Bidding): boolean => kind === 'manual-cpc' || kind === 'bid-cap'

/**
 * By device. Automated bidding has put into its bids what a click brings, so that for it all are worth the same, and it
 * takes no notice of multipliers: but for 0, and on a target CPA.
 */
export function deviceParts(
  campaign: Bidding & Pick<WorldCampaign, 'id' | 'deviceMultipliers'>,
): readonly (ClickPart & { readonly device: Device })[] {
  const isHeard = isManual(campaign) || campaign.strategy.kind === 'target-cpa'
  return (Object.keys(DEVICE_SHARES) as Device[]).map((device) => {
    const set = campaign.deviceMultipliers.get(device) ?? 1
    return {
      device,
      share: DEVICE_SHARES[device],
      worth: clickWorth(campaign.id, device),
      multiplier: isHeard || set === 0 ? set : 1,
    }
  })
}

/** By listed place or audience, with the clicks that fall to none of them at the end. */
export function listedParts(
  campaign: Bidding & Pick<WorldCampaign, 'criteria'>,
  dimension: 'place' | 'audience',
): readonly (ClickPart & { readonly criterion?: WorldCriterion })[] {
  const listed = [...(campaign.criteria?.values() ?? [])].filter((one) => one.dimension === dimension)
  if (listed.length === 0) return []
  const parts = listed.map((criterion) => ({
    criterion,
    share: criterion.share ?? 0,
    worth: criterion.worth,
    multiplier: isManual(campaign) ? criterion.multiplier : 1,
  }))
  const rest = 1 - parts.reduce((sum, { share }) => sum + share, 0)
  return rest > 1e-9 ? [...parts, { share: rest, worth: 1, multiplier: 1 }] : parts
}

/** By hour of one weekday, given what part of the clicks comes at each; an hour that no part of the week covers has none. */
export function hourParts(
  campaign: Bidding & Pick<WorldCampaign, 'criteria'>,
  weekday: number,
  clicks: readonly number[],
): readonly ClickPart[] {
  const slots = [...(campaign.criteria?.values() ?? [])].filter(({ hours }) => hours)
  if (slots.length === 0) return []
  return clicks.map((share, hour) => {
    const slot = slots.find(({ hours }) => hours!.weekday === weekday && hour >= hours!.from && hour < hours!.to)
    if (!slot) return { share: 0, worth: 1, multiplier: 1 }
    return { share, worth: slot.worth, multiplier: isManual(campaign) ? slot.multiplier : 1 }
  })
}

/**
 * How many times as much the same spend brings with these multipliers as with none: clicks follow the bid, and their
 * price does too, so that what is spent on a part goes with its multiplier squared.
 */
export function effectOf(parts: readonly ClickPart[]): number {
  let [all, worth, moved, cost] = [0, 0, 0, 0]
  for (const one of parts) {
    all += one.share
    worth += one.share * one.worth
    moved += one.share * one.worth * one.multiplier
    cost += one.share * one.multiplier ** 2
  }
  return cost === 0 || worth === 0 ? 0 : (moved * moved * all) / (cost * worth * worth)
}

/** The effect of all multipliers of a campaign on a weekday: dimensions are independent, and multiply. */
export function multiplierEffect(
  campaign: Bidding & Pick<WorldCampaign, 'id' | 'deviceMultipliers' | 'criteria'>,
  weekday: number,
  hours: readonly number[],
): number {
  const listed = campaign.criteria?.size ?? 0
  if (campaign.deviceMultipliers.size === 0 && listed === 0) return 1
  const parts = [
    alike(campaign, deviceParts(campaign)),
    listedParts(campaign, 'place'),
    listedParts(campaign, 'audience'),
    hourParts(campaign, weekday, hours),
  ]
  return parts.reduce((product, of) => (of.some(({ share }) => share > 0) ? product * effectOf(of) : product), 1)
}

const alike = (campaign: Bidding, parts: readonly ClickPart[]): readonly ClickPart[] =>
  isManual(campaign) ? parts : parts.map((one) => ({ ...one, worth: 1 }))
