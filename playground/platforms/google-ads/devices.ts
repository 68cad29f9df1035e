import { textKey } from '../../market/draws.ts'
import type { Device, WorldFact } from '../../world.ts'
import { DEVICES } from './names.ts'

/** Share of traffic by device before multipliers: the world does not keep devices apart. */
const SHARES: Readonly<Record<Device, number>> = { mobile: 0.62, desktop: 0.31, tablet: 0.07 }
/** What a click of each brings against the others: of all campaigns on average, and how far campaigns differ in it. */
const WORTH: Readonly<Record<Device, number>> = { mobile: 0.8, desktop: 1.45, tablet: 0.7 }
const WORTH_SPREAD = 0.15

/** What a click on a device brings against the others of its campaign: a figure of the campaign's id alone. */
export const clickWorth = (campaign: string, device: Device): number =>
  WORTH[device] * (1 + WORTH_SPREAD * ((textKey(`${campaign} ${device}`) & 0xffff) / 0x8000 - 1))

/**
 * Parts of a fact by device. Whole counts stay whole and add up to the fact; a device with multiplier 0 has none. What the
 * clicks brought falls on devices by what a click of each is worth; its total is the fact's.
 */
export function byDevice(
  fact: WorldFact,
  multipliers: ReadonlyMap<Device, number> | undefined,
): readonly { readonly device: Device; readonly fact: WorldFact }[] {
  const weights = DEVICES.map((d) => SHARES[d] * (multipliers?.get(d) ?? 1))
  const shares = weights.some((w) => w > 0) ? sharesOf(weights) : DEVICES.map((d) => SHARES[d])
  const brought = sharesOf(DEVICES.map((d, i) => shares[i]! * clickWorth(fact.campaignId ?? fact.id, d)))
  const spend = split(fact.spendMicros, shares)
  const impressions = split(BigInt(fact.impressions), shares)
  const clicks = split(BigInt(fact.clicks), shares)
  const values = fact.claims.map((claim) => split(claim.valueMicros, brought))
  return DEVICES.map((device, i) => ({
    device,
    fact: {
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
    },
  }))
}

const sharesOf = (weights: readonly number[]): readonly number[] => {
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}

type TakenBack = NonNullable<WorldFact['claims'][number]['takenBack']>[number]
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
