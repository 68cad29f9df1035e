import * as fc from 'fast-check'
import { leverKey } from '../../lib/model/lever.ts'
import { type Decision, decisionLever, type Plan } from '../../lib/model/plan.ts'
import type { KnownAccount, KnownCampaign, KnownMarket } from '../decide/handmade.ts'
import { amountAfter } from '../decide/samples.ts'
import { dice, poisson } from '../measure/dice.ts'
import type { AccountSpec, CampaignSpec, ObservationSpec } from '../measure/samples.ts'

/** A campaign of which only days are known. */
export interface SeenCampaign {
  readonly budget: number
  /** Conversions per main unit where it spends its budget. */
  readonly rate: number
  readonly seed: number
}

const seenCampaign: fc.Arbitrary<SeenCampaign> = fc.record({
  budget: fc.integer({ min: 20, max: 200 }),
  rate: fc.double({ min: 0.03, max: 0.5, noNaN: true }),
  seed: fc.nat(1_000_000),
})
export const KEYS = ['google-ads:1', 'meta:2'] as const
/** Days of one or two accounts with up to three campaigns each. */
export const seenAccounts: fc.Arbitrary<readonly (readonly SeenCampaign[])[]> = fc.array(
  fc.array(seenCampaign, { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: KEYS.length },
)

export interface Scale {
  /** What all money is multiplied by, and all conversions. */
  readonly money?: number
  readonly claims?: number
}

/** Spend of four fifths to nine tenths more or less around the budget, Poisson counts of an elasticity of 0.6. */
export function campaignOf(
  { budget, rate, seed }: SeenCampaign,
  id: string,
  { money = 1, claims = 1 }: Scale,
): CampaignSpec {
  const roll = dice(seed)
  const days = Array.from({ length: 29 }, () => {
    const swing = 0.85 + 0.3 * roll()
    return { swing, conversions: poisson(rate * budget * swing ** 0.6, roll) }
  })
  return {
    id,
    budget: budget * money,
    days: (age) => ({
      spend: budget * money * days[age]!.swing,
      conversions: claims * days[age]!.conversions,
      value: 40 * claims * days[age]!.conversions,
    }),
  }
}

/** Campaigns are numbered across accounts. */
export const accountsOf = (seen: readonly (readonly SeenCampaign[])[], scale: Scale = {}): readonly AccountSpec[] =>
  seen.map((campaigns, a) => ({
    key: KEYS[a]!,
    campaigns: campaigns.map((one, c) => campaignOf(one, `${3 * a + c + 1}`, scale)),
  }))

export const totalBudget = (seen: readonly (readonly SeenCampaign[])[]): number =>
  seen.flat().reduce((sum, { budget }) => sum + budget, 0)

export const specOf = (
  seen: readonly (readonly SeenCampaign[])[],
  load: number,
  { scale = {}, policy = {} }: { scale?: Scale; policy?: ObservationSpec['policy'] & object } = {},
): ObservationSpec => ({
  accounts: accountsOf(seen, scale),
  target: load * totalBudget(seen) * (scale.money ?? 1),
  policy: { dayCap: `${1e6 * (scale.money ?? 1)} EUR`, ...policy },
})

/** What the day gets of what the budgets are. */
export const someLoad = fc.double({ min: 0.6, max: 1.6, noNaN: true })

/** Markets whose curves are known, concave, in one account. */
export const knownCampaigns: fc.Arbitrary<readonly KnownCampaign[]> = fc
  .array(
    fc.record({
      budget: fc.integer({ min: 20, max: 200 }),
      level: fc.double({ min: 0.5, max: 40, noNaN: true }),
      halfway: fc.double({ min: 0.2, max: 5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((campaigns) => campaigns.map((one, i) => ({ id: `${i + 1}`, ...one })))

export const knownMarket = (campaigns: readonly KnownCampaign[], load: number, policy: object = {}): KnownMarket => ({
  accounts: [{ key: 'google-ads:1', campaigns } satisfies KnownAccount],
  target: load * campaigns.reduce((sum, { budget }) => sum + budget, 0),
  policy: policy as Record<string, unknown>,
})

/** What is decided about every lever, whatever the order of decisions. */
export const byLever = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(
    plan.decisions
      .map((decision): [string, string] => [leverKey(decisionLever(decision)), wordOf(decision)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
const wordOf = (decision: Decision): string => (decision.kind === 'hold' ? decision.reason : `${amountAfter(decision)}`)

export const amountsByLever = (plan: Plan): ReadonlyMap<string, number> =>
  new Map(
    plan.decisions
      .map((decision): [string, number] => [leverKey(decisionLever(decision)), amountAfter(decision)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
