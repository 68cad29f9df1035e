import { type TargetResponse, targetResponse } from '../../measure/evidence/target-simulations.ts'
import type { TargetForecast } from '../../model/evidence.ts'
import type { AccountObservation } from '../../model/observation.ts'
import { perObject } from '../../model/per-object.ts'
import { campaignsFedBy } from '../../model/structure-index.ts'
import { Z80 } from '../../stats/gamma-interval.ts'
import { daysBetween } from '../../units/calendar.ts'
import { mainUnits } from '../../units/money.ts'
import type { BudgetQuestion } from '../holds.ts'

/** What a platform says of other targets of a campaign, and of which. */
export interface Told {
  readonly response: TargetResponse
  readonly kind: TargetForecast['kind']
}

/** Days after the last one replayed: auctions are others by then. */
const OLDEST_DAYS = 14

const byCampaign = perObject(
  ({ targetForecasts = [] }: AccountObservation) =>
    new Map(targetForecasts.map((one) => [`${one.campaign} ${one.kind}`, one])),
)

/**
 * What the platform says of other targets of the one campaign that a budget feeds; undefined where it says nothing, or nothing
 * of the target in force, or said it too long ago.
 */
export function toldOf({ account, budget }: Pick<BudgetQuestion, 'account' | 'budget'>): Told | undefined {
  const [campaign, ...others] = campaignsFedBy(account.structure, budget)
  if (!campaign || others.length > 0 || budget.adGroup !== undefined) return undefined
  const { targetCpa, targetRoas } = campaign.strategy
  const kind = targetCpa ? 'target-cpa' : 'target-roas'
  const target = targetCpa ? mainUnits(targetCpa) : targetRoas
  const forecast = byCampaign(account).get(`${campaign.id} ${kind}`)
  if (!forecast || target === undefined || daysBetween(forecast.to, account.today) > OLDEST_DAYS) return undefined
  const response = targetResponse(forecast, target)
  return response && { response, kind }
}

/**
 * The elasticity that a looser target has at most, by what the platform says: the upper end of its 80 % interval, since what it
 * says is doubtful, but 0 where it expects nothing more at all, for what a seller of advertising says against more of it is
 * believed. Infinity where it does not say.
 */
export function mostElasticity({ response: { looser } }: Told): number {
  if (looser === undefined) return Number.POSITIVE_INFINITY
  return looser === 'nothing-more' ? 0 : looser.mean + Z80 * looser.sd
}

/** Continues a sentence, in the platform's own figures. */
export function toldText({ kind, response: { next } }: Told): string {
  const isCpa = kind === 'target-cpa'
  const text = (value: number): string => (isCpa ? value.toFixed(2) : `${Math.round(100 * value)} %`)
  const between = `between targets of ${text(next.from)} and ${text(next.to)}`
  if (next.marginalCost === undefined)
    return `by the platform's own simulation nothing more comes of the ${next.isLooser ? 'looser' : 'present'} one ${between}`
  return isCpa
    ? `by the platform's own simulation a further conversion costs ${text(next.marginalCost)} ${between}`
    : `by the platform's own simulation further spend returns ${text(1 / next.marginalCost)} ${between}`
}
