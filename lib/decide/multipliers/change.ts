import { UNLISTED } from '../../measure/cells/cells.ts'
import type { CampaignEffects, DimensionEffects } from '../../measure/cells/fit-cells.ts'
import { accepted } from '../../model/capability.ts'
import { sameValue } from '../../model/lever.ts'
import type { Observation } from '../../model/observation.ts'
import type { ChangeDecision, ExpectedEffect } from '../../model/plan.ts'
import { daysBetween } from '../../units/calendar.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import { effectOf } from '../effect.ts'
import type { MultiplierDecision, MultiplierMove } from './decide-multipliers.ts'
import type { PlacedMultiplier, PlacedMultipliers } from './placed.ts'

export interface MultiplierAnswer {
  readonly observation: Observation
  readonly placed: PlacedMultipliers
  readonly one: PlacedMultiplier
  readonly move: MultiplierMove
  /** About all multipliers of the campaign. */
  readonly decided: readonly MultiplierDecision[]
  readonly effects: CampaignEffects
}

/** Multipliers are told to platforms in hundredths. */
const PARTS = 100

/** The move as a decision; undefined where it comes to nothing in the platform's own steps. */
export function multiplierChange(answer: MultiplierAnswer): ChangeDecision | undefined {
  const { placed, one, move } = answer
  const [first] = placed.questions
  if (!first) return undefined
  const from = { kind: 'ratio', value: one.value } as const
  const { capabilities } = first
  const wanted = { kind: 'ratio', value: Math.round(move.to * PARTS) / PARTS } as const
  const to = capabilities.normalise('bid-multiplier', accepted('bid-multiplier', wanted, capabilities))
  if (to.kind !== 'ratio' || sameValue(from, to)) return undefined
  return {
    kind: 'change',
    change: { lever: one.lever, from, to },
    name: `${placed.campaign.name} ${one.clicks}`,
    class: first.membership.class,
    expected: expectedOf(answer),
    binding: [],
    why: `From ${times(from.value)} to ${times(to.value)}: ${move.why}.`,
    maturity: Math.min(...placed.questions.map(({ estimate }) => estimate?.maturity ?? 0)),
  }
}

const times = (value: number): string => `${value.toFixed(2)}×`

/** How far off, as a share, the effect of multipliers may be: that clicks and prices follow the bid is an assumption. */
const EFFECT_SD = 0.5

/** Of what all moves of the campaign bring at the same spend, this one's even part. */
function expectedOf({ observation, placed, decided, effects }: MultiplierAnswer): ExpectedEffect {
  const [first] = placed.questions
  const { cells } = placed.account
  const days = cells ? daysBetween(cells.from, cells.to) + 1 : 1
  const own = cells?.cells.filter(({ campaign, criterion }) => campaign === placed.campaign.id && !criterion) ?? []
  const perDay = own.reduce((sum, { conversions }) => sum + conversions, 0) / days
  const moves = decided.filter(({ kind }) => kind === 'move').length
  const mean = (perDay * (gainOf(decided, effects) - 1)) / moves
  return effectOf(
    observation.policy.policy.goal,
    { mean, sd: EFFECT_SD * Math.abs(mean), spend: 0 },
    first?.estimate,
    first ? baseUnitsOf(rateOf(first)) : 1,
  )
}

/**
 * How many times as much the same spend brings: with multiplier m a level's clicks go with m, and what they cost with m².
 * What dimensions bring multiplies, as their multipliers do.
 */
const gainOf = (decided: readonly MultiplierDecision[], { dimensions }: CampaignEffects): number =>
  dimensions.reduce(
    (product, of) =>
      product *
      gainBy(
        of,
        decided.filter(({ dimension }) => dimension === of.name),
      ),
    1,
  )

function gainBy({ levels }: DimensionEffects, decided: readonly MultiplierDecision[]): number {
  const about = new Map(decided.map((one) => [one.level, one]))
  const parts = levels.flatMap(({ name, clicks, mean }) => {
    const one = about.get(name)
    if (one)
      return [{ clicks: clicks / one.from, worth: mean, from: one.from, to: one.kind === 'move' ? one.to : one.from }]
    return name === UNLISTED ? [{ clicks, worth: mean, from: 1, to: 1 }] : []
  })
  const brings = (at: 'from' | 'to'): number => {
    const outcome = parts.reduce((sum, one) => sum + one.clicks * one[at] * one.worth, 0)
    const spend = parts.reduce((sum, one) => sum + one.clicks * one[at] ** 2, 0)
    return spend > 0 ? outcome / Math.sqrt(spend) : 0
  }
  const before = brings('from')
  return before > 0 ? brings('to') / before : 1
}
