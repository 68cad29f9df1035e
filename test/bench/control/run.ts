/** One controller through one market: the months of control, day by day, and what came of them. */
import type { ControllerKind } from './controller.ts'
import type { Family } from './family.ts'
import { oracle } from './oracle.ts'
import { drawTruth, type Truth } from './truth.ts'
import { viewer } from './view.ts'
import { openWorld, type World } from './world.ts'

export interface RunFigures {
  readonly scenario: string
  readonly controller: string
  readonly seed: number
  /** 1 − caused ÷ the oracle's, over all control days; and over those after the 28th. */
  readonly regret: number
  readonly regretAfter28: number
  /** Mean over the months of |spend ÷ budget − 1|. */
  readonly spendError: number
  /** Budget moves per campaign and week. */
  readonly editsPerLeverPerWeek: number
  /** Largest share of a day's oracle outcome that was missed. */
  readonly worstDay: number
  /** How far the claimed cost per conversion of all control days is off the ceiling, where one is asked for. */
  readonly cpaError?: number
  /** Share of 80 % intervals that held what came; only of a controller that gives intervals. */
  readonly coverage80?: number
  readonly seconds: number
}

/** Drives the world through its days; called once when the warm-up begins. Must run every day of it. */
export type Drive = (world: World) => Promise<{ readonly coverage80?: number }>

/** A move that is not worth the name: the platform's rounding. */
const SAME = 1e-4

const truths = new Map<string, { truth: Truth; best: ReturnType<typeof oracle> }>()

/** The market and what the oracle gets of it; the last few are remembered, since every controller asks for the same. */
export function market(family: Family, seed: number) {
  const key = `${family.name} ${seed}`
  const known = truths.get(key)
  if (known && known.truth.family === family) return known
  const truth = drawTruth(family, seed)
  const made = { truth, best: oracle(truth) }
  if (truths.size > 8) truths.clear()
  truths.set(key, made)
  return made
}

export async function runMarket(family: Family, seed: number, name: string, drive: Drive): Promise<RunFigures> {
  const { truth, best } = market(family, seed)
  const started = performance.now()
  const world = openWorld(truth)
  const { coverage80 } = await drive(world)
  if (world.day !== truth.days) throw new Error(`${name} stopped on day ${world.day} of ${truth.days}`)
  return {
    ...figuresOf(world, best, name),
    ...(coverage80 === undefined ? {} : { coverage80 }),
    seconds: (performance.now() - started) / 1000,
  }
}

/** A controller that sees views: in the warm-up the initial budgets stand. */
export const driveController =
  (kind: ControllerKind): Drive =>
  async (world) => {
    const { family, days } = world.truth
    const seen = viewer(world)
    const controller = kind.start()
    while (world.day < days) {
      seen.look()
      if (world.day >= family.warmUpDays) setBudgets(world, controller.decide(seen.view()))
      world.run()
    }
    return {}
  }

/** The rules of the interface: nothing below the platform's minimum, and no more than the month has left. */
function setBudgets(world: World, wished: readonly number[]): void {
  const { campaigns } = world.truth
  if (wished.length !== campaigns.length)
    throw new RangeError(`${wished.length} budgets for ${campaigns.length} campaigns`)
  const lifted = campaigns.map((one) => {
    const wish = wished[one.index]!
    if (!world.exists(one.index)) return 0
    if (!Number.isFinite(wish)) throw new RangeError(`campaign ${one.index + 1}: the budget ${wish} is no number`)
    return Math.max(wish, one.minimum)
  })
  const total = lifted.reduce((a, b) => a + b, 0)
  const scale = Math.min(1, Math.max(0, world.remaining()) / total)
  for (const [i, budget] of lifted.entries()) world.budgets[i] = budget * scale
}

function figuresOf(world: World, best: ReturnType<typeof oracle>, controller: string) {
  const { truth, caused, monthSpend } = world
  const { family } = truth
  const byDay = new Float64Array(family.controlDays)
  for (const row of caused) for (let d = 0; d < family.controlDays; d++) byDay[d]! += row[family.warmUpDays + d]!
  const kept = keptUnderCeiling(world)
  const sum = (of: Float64Array, from: number): number => of.subarray(from).reduce((a, b) => a + b, 0)
  const from28 = family.controlDays > 28 ? 28 : 0
  const regret = (outcome: number, most: number): number => 1 - (kept.share * outcome) / most
  return {
    scenario: family.name,
    controller,
    seed: truth.seed,
    regret: regret(sum(byDay, 0), best.outcome),
    regretAfter28: regret(sum(byDay, from28), sum(best.byDay, from28)),
    spendError: meanOf([...monthSpend].map((spend, m) => Math.abs(spend / monthMoney(truth, m) - 1))),
    editsPerLeverPerWeek: editsPerWeek(world),
    worstDay: byDay.reduce((worst, outcome, d) => Math.max(worst, 1 - outcome / best.byDay[d]!), 0),
    ...(kept.error === undefined ? {} : { cpaError: kept.error }),
  }
}

/** Money that is all spent may have cost less per conversion than was allowed; else the ceiling was there to be met. */
const ALL_SPENT = 0.99

/** Outcome above a CPA ceiling counts by the square of ceiling over CPA: overspending must not pay. */
function keptUnderCeiling({ truth, spend, claimed, monthSpend }: World): { share: number; error?: number } {
  const { family, cpaCeiling, days, campaigns } = truth
  if (cpaCeiling === undefined) return { share: 1 }
  let [money, conversions] = [0, 0]
  for (const { index } of campaigns)
    for (let day = family.warmUpDays; day < days; day++) {
      money += spend[index]![day]!
      conversions += claimed(index, day)
    }
  const off = money / conversions / cpaCeiling - 1
  const isSpent = monthSpend.every((amount, m) => amount >= ALL_SPENT * monthMoney(truth, m))
  return { share: off > 0 ? (1 + off) ** -2 : 1, error: isSpent ? Math.max(0, off) : Math.abs(off) }
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const monthMoney = ({ family, monthBudget }: Truth, month: number): number =>
  (monthBudget * Math.min(family.monthDays, family.controlDays - month * family.monthDays)) / family.monthDays

function editsPerWeek({ truth, budgetOn }: World): number {
  let [edits, leverDays] = [0, 0]
  for (const one of truth.campaigns)
    for (let day = Math.max(truth.family.warmUpDays, one.since + 1); day < truth.days; day++) {
      const [before, now] = [budgetOn[one.index]![day - 1]!, budgetOn[one.index]![day]!]
      leverDays += 1
      if (Math.abs(now - before) > SAME * before) edits += 1
    }
  return leverDays === 0 ? 0 : (7 * edits) / leverDays
}
