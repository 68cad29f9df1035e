import type { Device, WorldFact } from '../../world.ts'
import { DEVICES } from './names.ts'

/** Share of traffic by device before multipliers: the world does not keep devices apart. */
const SHARES: Readonly<Record<Device, number>> = { mobile: 0.62, desktop: 0.31, tablet: 0.07 }

/**
 * Parts of a fact by device. Whole counts stay whole and add up to the fact; a device with multiplier 0 has none.
 */
export function byDevice(
  fact: WorldFact,
  multipliers: ReadonlyMap<Device, number> | undefined,
): readonly { readonly device: Device; readonly fact: WorldFact }[] {
  const weights = DEVICES.map((d) => SHARES[d] * (multipliers?.get(d) ?? 1))
  const total = weights.reduce((a, b) => a + b, 0)
  const shares = total === 0 ? DEVICES.map((d) => SHARES[d]) : weights.map((w) => w / total)
  const spend = split(fact.spendMicros, shares)
  const impressions = split(BigInt(fact.impressions), shares)
  const clicks = split(BigInt(fact.clicks), shares)
  const values = fact.claims.map((claim) => split(claim.valueMicros, shares))
  return DEVICES.map((device, i) => ({
    device,
    fact: {
      ...fact,
      spendMicros: spend[i]!,
      impressions: Number(impressions[i]),
      clicks: Number(clicks[i]),
      claims: fact.claims.map((c, j) => ({
        ...c,
        count: c.count * shares[i]!,
        valueMicros: values[j]![i]!,
        ...(c.takenBack ? { takenBack: c.takenBack.map((taken) => partOf(taken, shares[i]!)) } : {}),
      })),
    },
  }))
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
