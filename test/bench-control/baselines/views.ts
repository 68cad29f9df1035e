import type { CampaignDay, CampaignView, View } from '../../bench/control/controller.ts'

/** One campaign of a small past that is written by hand. */
export interface Written {
  readonly platform?: number
  readonly minimum?: number
  readonly since?: number
  readonly days: readonly Partial<CampaignDay>[]
  /** In force; else the last day's. */
  readonly budget?: number
}

const UNREPORTED: CampaignDay = {
  budget: 0,
  spend: 0,
  clicks: 0,
  conversions: 0,
  value: 0,
  visible: 0,
  reported: false,
}

/** A reported day that spent its budget. */
export function aDay(spend: number, conversions: number, more: Partial<CampaignDay> = {}): CampaignDay {
  return {
    budget: spend,
    spend,
    clicks: 10 * conversions,
    conversions,
    value: 50 * conversions,
    visible: conversions,
    reported: true,
    ...more,
  }
}

export const days = (count: number, day: CampaignDay): readonly CampaignDay[] =>
  Array.from({ length: count }, () => day)
export const unreported = (count: number): readonly CampaignDay[] => days(count, UNREPORTED)

/** The morning after the written days; the month's money is ten times what is in force unless told. */
export function aView(campaigns: readonly Written[], over: Partial<View> = {}): View {
  const day = Math.max(...campaigns.map((one) => one.days.length))
  const budgets = campaigns.map((one) => one.budget ?? one.days.at(-1)?.budget ?? 0)
  const total = budgets.reduce((a, b) => a + b, 0)
  return {
    day,
    weekday: day % 7,
    campaigns: campaigns.map(
      (one, i): CampaignView => ({
        id: `c${i}`,
        platform: one.platform ?? 0,
        class: 'prospecting',
        minimum: one.minimum ?? 1,
        since: one.since ?? 0,
      }),
    ),
    past: campaigns.map((one) => [
      ...unreported(day - one.days.length),
      ...one.days.map((written) => ({ ...UNREPORTED, ...written })),
    ]),
    budgets,
    remaining: 10 * total,
    daysLeft: 10,
    goal: 'conversions',
    announced: Array.from({ length: 10 }, () => 1),
    targetCpa: 20,
    random: seeded(1),
    ...over,
  }
}

/** Uniform draws that are the same every time (a linear congruential generator, constants of Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
