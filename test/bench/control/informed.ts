/**
 * What stands between Sluice and the clairvoyant: controllers that know part of the truth and are bound as Sluice is, by
 * its steps, its pacing by weekday and the month's money. They are measures of what knowledge is worth, and contestants
 * in nothing.
 */
import { allocateSpend } from '../../../lib/decide/allocation/solve.ts'
import { conversionsAt } from '../../../lib/measure/response-curve.ts'
import { fitResponseCurves } from '../../../lib/measure/response-fit.ts'
import type { ResponseCurve } from '../../../lib/model/estimates.ts'
import type { CampaignDay } from './controller.ts'
import type { Drive } from './run.ts'
import { response, type TrueCampaign } from './truth.ts'
import { viewer } from './view.ts'
import { LEARNING_PLATFORMS, type World } from './world.ts'

/** Which part of a curve is taken from the truth. */
export type Known = 'curves' | 'shapes' | 'levels'

const [LEARNING_STEP, OTHER_STEP] = [0.2, 0.35]
const DEADBAND = 0.03
const POINTS = 33
const HISTORY_DAYS = 90
/** A day's money follows its demand this far from the mean. */
const SWING = 0.15
/** Under this share of its budget spent for two days, a campaign is taken to have reached what it can spend. */
const DELIVERS = 0.88

export const driveInformed =
  (known: Known): Drive =>
  async (world) => {
    const { family, days } = world.truth
    const seen = viewer(world)
    while (world.day < days) {
      seen.look()
      if (world.day >= family.warmUpDays) decide(world, seen.view().past, known)
      world.run()
    }
    return {}
  }

function decide(world: World, past: readonly (readonly CampaignDay[])[], known: Known): void {
  const { campaigns } = world.truth
  const live = campaigns.filter(({ index }) => world.exists(index))
  const learned = known === 'curves' ? [] : fitResponseCurves(live.map((one) => inputOf(world, past[one.index]!, one)))
  const tables = live.map((one, k) =>
    tableOf(world, past[one.index]!, one, curveOf(world, one, known, learned[k]?.curve)),
  )
  const least = tables.reduce((sum, { spend }) => sum + spend[0]!, 0)
  const offset = new Int32Array(live.length + 1)
  for (const [k, { spend }] of tables.entries()) offset[k + 1] = offset[k]! + spend.length
  const found = allocateSpend(
    {
      curves: {
        offset,
        spend: Float64Array.from(tables.flatMap(({ spend }) => spend)),
        objective: Float64Array.from(tables.flatMap(({ outcome }) => outcome)),
      },
      groups: {
        parent: Int32Array.of(-1),
        minimum: Float64Array.of(Number.NEGATIVE_INFINITY),
        maximum: Float64Array.of(Math.max(dayTarget(world), least * (1 + 1e-9))),
        of: new Int32Array(live.length),
      },
      spendAll: true,
    },
    { gap: 1e-5, nodes: 60 },
  )
  if (found.kind === 'infeasible') return
  for (const [k, one] of live.entries()) {
    const standing = world.budgets[one.index]!
    const wanted = found.spend[k]!
    if (standing === 0 || Math.abs(wanted / standing - 1) >= DEADBAND) world.budgets[one.index] = wanted
  }
}

/** What remains of the month over its days, by their true demand within ±15 %. */
function dayTarget(world: World): number {
  const { truth, day } = world
  const { family, campaigns } = truth
  const left = family.monthDays - ((day - family.warmUpDays) % family.monthDays)
  const demand = Array.from({ length: Math.min(left, truth.days - day) }, (_, d) =>
    campaigns.reduce((sum, { index }) => sum + world.budgets[index]! * truth.level[index]![day + d]!, 0),
  )
  const mean = demand.reduce((a, b) => a + b, 0) / demand.length
  const weights = demand.map((one) => Math.min(1 + SWING, Math.max(1 - SWING, mean > 0 ? one / mean : 1)))
  return (Math.max(0, world.remaining()) * weights[0]!) / weights.reduce((a, b) => a + b, 0)
}

function inputOf({ truth, day }: World, past: readonly CampaignDay[], { platform }: TrueCampaign) {
  const from = Math.max(0, day - HISTORY_DAYS)
  const days = past.slice(from, day).flatMap(({ reported, spend, visible, conversions }, i) =>
    reported && spend > 0
      ? [
          {
            spend,
            conversions: visible,
            exposure: conversions > 0 ? visible / conversions : 1,
            ageDays: day - from - i,
          },
        ]
      : [],
  )
  return { days, pool: String(platform), priorRate: 1 / truth.initialCpa }
}

/** Expected conversions at a spend, with the part that is known taken from the truth. */
function curveOf(
  { truth, day }: World,
  one: TrueCampaign,
  known: Known,
  learned: ResponseCurve | undefined,
): (spend: number) => number {
  const worth = truth.family.goal === 'value' ? one.orderValue : 1
  const level = truth.level[one.index]![day]! * worth
  const shape = (spend: number): number => response(one, Math.min(spend, one.capacity))
  if (known === 'curves' || !learned) return (spend) => level * shape(spend)
  const at = learned.referenceSpend
  if (known === 'shapes') return (spend) => (conversionsAt(learned, at) * worth * shape(spend)) / shape(at)
  return (spend) => (level * shape(at) * conversionsAt(learned, spend)) / conversionsAt(learned, at)
}

/** The curve between the bounds of a day's step. */
function tableOf(world: World, past: readonly CampaignDay[], one: TrueCampaign, at: (spend: number) => number) {
  const standing = world.budgets[one.index]! || one.initialBudget
  const step = one.platform < LEARNING_PLATFORMS ? LEARNING_STEP : OTHER_STEP
  const lately = past.slice(-2).filter(({ reported }) => reported)
  const isShort = lately.length === 2 && lately.every(({ spend, budget }) => spend < DELIVERS * budget)
  const least = Math.max(one.minimum, standing * (1 - step))
  const most = Math.max(least, isShort ? standing : standing * (1 + step))
  const points = most > least ? POINTS : 1
  const spend = Array.from({ length: points }, (_, k) => least + ((most - least) * k) / Math.max(1, points - 1))
  return { spend, outcome: spend.map(at) }
}
