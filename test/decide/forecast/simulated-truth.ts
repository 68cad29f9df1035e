/*
 * Small markets whose truth is drawn from what Sluice believes beforehand: shapes from the grid, incrementality from each
 * class's prior; eight campaigns on two platforms, four weeks of Poisson counts that arrive by the prior's lag.
 */
import type { CampaignOutlook, ForecastPoint } from '../../../lib/decide/forecast/forecast.ts'
import { estimate } from '../../../lib/measure/estimate.ts'
import { relativeResponse, SHAPES } from '../../../lib/measure/response-shape.ts'
import type { Observation } from '../../../lib/model/observation.ts'
import { Z80 } from '../../../lib/stats/gamma-interval.ts'
import { dice, poisson } from '../../measure/dice.ts'
import { anObservation, type CampaignSpec } from '../../measure/samples.ts'

const INCREMENTALITY = {
  prospecting: { mean: 0.8, low: 0.65, high: 0.95 },
  brand: { mean: 0.4, low: 0.2, high: 0.6 },
} as const

const LAG = (() => {
  const seen = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }] })
  return [...estimate(seen).completion.values()][0] ?? [1]
})()
const visibleAt = (age: number): number => LAG[Math.min(age, LAG.length - 1)] ?? 1

interface Truth {
  readonly class: keyof typeof INCREMENTALITY
  /** Claimed conversions per day. */
  readonly claimed: (spend: number) => number
}

export interface SimulatedMarket {
  readonly observation: Observation
  /** What a campaign really causes per day at what a forecast gives it. */
  readonly caused: (campaign: CampaignOutlook) => number
  readonly causedBy: (point: ForecastPoint) => number
}

export function simulatedMarket(seed: number): SimulatedMarket {
  const roll = dice(seed * 7919)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())
  const share = ({ mean, high }: { mean: number; high: number }): number => mean + (normal() * (high - mean)) / Z80
  const shares = { prospecting: share(INCREMENTALITY.prospecting), brand: share(INCREMENTALITY.brand) }
  const truths = new Map<string, Truth>()
  const campaign = (id: string): CampaignSpec => {
    const kind = Number(id) % 4 === 0 ? 'brand' : 'prospecting'
    const budget = 40 + 60 * roll()
    const level = budget * 0.15 * Math.exp(normal() * 0.4)
    const shape = drawnShape(roll())
    const claimed = (spend: number): number => level * relativeResponse(spend / budget, shape)
    truths.set(id, { class: kind, claimed })
    const days = (age: number) => {
      const spend = budget * (1 + 0.25 * (2 * roll() - 1))
      return { spend, conversions: poisson(claimed(spend) * visibleAt(age), roll) }
    }
    return { id, budget, days, campaign: { name: `${kind} ${id}` } }
  }
  const observation = anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: ['1', '2', '3', '4'].map(campaign) },
      { key: 'meta:2', campaigns: ['5', '6', '7', '8'].map(campaign) },
    ],
    target: 560,
    policy: {
      members: [{ name: 'brand', class: 'brand' }, { class: 'prospecting' }],
      incrementality: INCREMENTALITY,
    },
  })
  const caused = ({ budget, spend }: CampaignOutlook): number => {
    const truth = truths.get(budget.question.budget.campaigns[0] ?? '')
    return truth ? shares[truth.class] * truth.claimed(spend) : Number.NaN
  }
  return {
    observation,
    caused,
    causedBy: ({ campaigns }) => campaigns.reduce((sum, one) => sum + caused(one), 0),
  }
}

function drawnShape(at: number): (typeof SHAPES)[number] {
  let sum = 0
  for (const shape of SHAPES) {
    sum += shape.prior
    if (sum >= at) return shape
  }
  return SHAPES[0]!
}
