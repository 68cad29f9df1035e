/** What every controller but Sluice is shown: reports, with the correction for conversions that are still to come. */
import type { CampaignDay, CampaignView, View } from './controller.ts'
import { stream } from './random.ts'
import { CHANCE, PLATFORMS } from './truth.ts'
import { AGES, type World } from './world.ts'

const LEARNED_FROM_DAYS = 60
/** Prior conversions of the correction: same day a half, the rest with a tail of 0.75. */
const PRIOR_CONVERSIONS = 50
const PRIOR = Array.from({ length: AGES + 1 }, (_, age) => (age === 0 ? 0 : 1 - 0.5 * 0.75 ** (age - 1)))

export interface Viewer {
  /** Looks at the morning's reports; to be called once each day, warm-up included. */
  look(): void
  view(): View
}

const UNKNOWN: CampaignDay = { budget: 0, spend: 0, clicks: 0, conversions: 0, value: 0, visible: 0, reported: false }

export function viewer(world: World): Viewer {
  const { truth } = world
  const { campaigns, family } = truth
  const views = campaigns.map(
    (one): CampaignView => ({
      id: String(one.index + 1),
      platform: one.platform,
      class: one.class,
      minimum: one.minimum,
      since: one.since,
    }),
  )
  const past: CampaignDay[][] = campaigns.map(() => [])
  const chain = PLATFORMS.map(() => new ChainLadder())
  const random = stream(truth.seed, CHANCE.controller)
  return {
    look() {
      const today = world.day
      for (let p = 0; p < PLATFORMS.length; p++)
        for (let age = 1; age <= Math.min(AGES, today); age++)
          chain[p]!.see(today - age, age, totalRead(world, p, today - age))
      const completion = chain.map((one) => one.completion(today))
      for (const [i, days] of past.entries())
        for (let day = Math.max(0, today - AGES - 2); day < today; day++)
          days[day] = dayOf(world, i, day, completion[campaigns[i]!.platform]!)
    },
    view: () => {
      const { day } = world
      const daysLeft = family.monthDays - ((day - family.warmUpDays) % family.monthDays)
      return {
        day,
        weekday: day % 7,
        campaigns: views,
        past,
        budgets: [...world.budgets],
        remaining: world.remaining(),
        daysLeft,
        goal: family.goal,
        announced: [...truth.announced.subarray(day, day + daysLeft)],
        // Where the family asks for none, what a conversion cost at the initial budgets.
        targetCpa: truth.cpaCeiling ?? truth.initialCpa,
        random,
      }
    },
  }
}

function dayOf(world: World, i: number, day: number, completion: readonly number[]): CampaignDay {
  const on = world.day
  if (!world.isReported(i, day, on)) return UNKNOWN
  const { count, value } = world.read(i, day, on)
  const share = completion[Math.min(AGES, on - day)]!
  return {
    budget: world.budgetOn[i]![day]!,
    spend: world.spend[i]![day]!,
    clicks: world.clicks(i, day),
    conversions: count / share,
    value: value / share,
    visible: count,
    reported: true,
  }
}

const totalRead = (world: World, platform: number, day: number): number =>
  world.truth.campaigns.reduce(
    (sum, one) =>
      one.platform === platform && world.isReported(one.index, day, world.day)
        ? sum + world.read(one.index, day, world.day).count
        : sum,
    0,
  )

/** Share of a day's conversions that is visible at each age, from one reading to the next (reversed hazards). */
class ChainLadder {
  readonly #seen = new Map<number, Float64Array>()

  see(day: number, age: number, count: number): void {
    const row = this.#seen.get(day) ?? new Float64Array(AGES + 1)
    row[age] = count
    this.#seen.set(day, row)
  }

  completion(today: number): readonly number[] {
    const share = new Array<number>(AGES + 1).fill(1)
    for (let age = AGES; age > 1; age--) {
      let [before, now] = [PRIOR_CONVERSIONS * PRIOR[age - 1]!, PRIOR_CONVERSIONS * PRIOR[age]!]
      for (let day = Math.max(0, today - LEARNED_FROM_DAYS); day <= today - age; day++) {
        before += this.#seen.get(day)?.[age - 1] ?? 0
        now += this.#seen.get(day)?.[age] ?? 0
      }
      share[age - 1] = share[age]! * (before / now)
    }
    return share
  }
}
