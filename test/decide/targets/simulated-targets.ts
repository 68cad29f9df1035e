/*
 * Campaigns on a platform that misses their target CPA, each by a bias of its own that drifts, and whose conversions
 * arrive over two weeks. Spend follows the target: with response a · spend^½ an average cost c is met at spend (a c)².
 */
import { decideTargets, type TargetQuestion } from '../../../lib/decide/targets/decide-targets.ts'
import { goalForRest } from '../../../lib/decide/targets/goal.ts'
import { dice, poisson } from '../../measure/dice.ts'

export const GOAL = 40
const CAMPAIGNS = 100
const DAYS = 150
/** The first weeks start from targets that are off by up to a third; what they cost is not judged. */
const JUDGED_FROM = 45
const MEMORY_DAYS = 45
/** Share of the conversions of a click day that arrive at each lag: 45 % on the day, the rest halving every two days. */
const ARRIVALS: readonly number[] = (() => {
  const tail = Array.from({ length: 14 }, (_, lag) => (lag === 0 ? 0 : 2 ** (-lag / 2)))
  const sum = tail.reduce((a, b) => a + b, 0)
  return tail.map((one, lag) => (lag === 0 ? 0.45 : (0.55 * one) / sum))
})()
const VISIBLE = ARRIVALS.map((_, lag) => ARRIVALS.slice(0, lag + 1).reduce((a, b) => a + b, 0))

const visibleAt = (ageDays: number): number => VISIBLE[Math.min(ageDays, VISIBLE.length - 1)]!

interface SimulatedDay {
  readonly spend: number
  readonly target: number
  /** Conversions by lag. */
  readonly arriving: readonly number[]
}

export interface SimulatedCampaign {
  readonly id: string
  target: number
  readonly days: SimulatedDay[]
  /** Days on which the target was moved, with the values. */
  readonly edits: { readonly day: number; readonly from: number; readonly to: number }[]
}

export const reported = ({ arriving }: SimulatedDay, ageDays: number): number =>
  arriving.slice(0, ageDays + 1).reduce((a, b) => a + b, 0)

/** Moves targets at the start of a day; days 0 to `today` − 1 are over. */
export type TargetController = (campaigns: readonly SimulatedCampaign[], today: number) => void

/**
 * @param correctsLag false: takes what is visible for all that will come
 * @param catchesUp makes up for what the days so far missed
 */
export const loop =
  (correctsLag: boolean, catchesUp: boolean): TargetController =>
  (campaigns, today) => {
    const goal = catchesUp ? goalOfDay(campaigns, today) : GOAL
    const decisions = decideTargets(campaigns.map((one) => question(one, today, goal, correctsLag)))
    decisions.forEach((decision, i) => {
      if (decision.kind === 'move') move(campaigns[i]!, today, decision.to)
    })
  }

/** What the rest of the judged days has to cost per conversion. */
function goalOfDay(campaigns: readonly SimulatedCampaign[], today: number): number {
  const flight = campaigns.flatMap(({ days }) =>
    days.slice(JUDGED_FROM).map((day, i) => {
      const ageDays = today - JUDGED_FROM - i
      return { spend: day.spend, conversions: reported(day, ageDays) / visibleAt(ageDays) }
    }),
  )
  const lastWeek = campaigns.flatMap(({ days }) => days.slice(-7))
  const daily = lastWeek.reduce((sum, { spend }) => sum + spend, 0) / 7
  return goalForRest({
    goal: GOAL,
    spent: flight.reduce((sum, { spend }) => sum + spend, 0),
    outcome: flight.reduce((sum, { conversions }) => sum + conversions, 0),
    ahead: daily * Math.min(DAYS - today, DAYS - JUDGED_FROM),
  })
}

/** What rule tools run: a fifth down where the last week cost a tenth too much, a fifth up where a tenth too little. */
export const rules =
  (everyDays: number): TargetController =>
  (campaigns, today) => {
    if (today % everyDays !== 0 || today < 7) return
    for (const campaign of campaigns) {
      const week = campaign.days.slice(-7)
      const spend = week.reduce((sum, day) => sum + day.spend, 0)
      const conversions = week.reduce((sum, day, i) => sum + reported(day, 7 - i), 0)
      const ratio = conversions > 0 ? spend / conversions / GOAL : Number.POSITIVE_INFINITY
      if (ratio > 1.1) move(campaign, today, campaign.target * 0.8)
      else if (ratio < 0.9) move(campaign, today, campaign.target * 1.2)
    }
  }

function move(campaign: SimulatedCampaign, day: number, to: number): void {
  campaign.edits.push({ day, from: campaign.target, to })
  campaign.target = to
}

function question(campaign: SimulatedCampaign, today: number, goal: number, correctsLag: boolean): TargetQuestion {
  const recent = campaign.days.slice(-MEMORY_DAYS)
  return {
    id: campaign.id,
    kind: 'target-cpa',
    target: campaign.target,
    goal,
    pool: 'search',
    outcomePerConversion: 1,
    days: recent.map((day, i) => {
      const ageDays = recent.length - i
      const visible = correctsLag ? visibleAt(ageDays) : 1
      return {
        ageDays,
        spend: day.spend,
        outcome: reported(day, ageDays),
        visible,
        target: day.target,
        limitedByBudget: false,
      }
    }),
    actuator: 'target',
    capability: { kind: 'honoured' },
    learning: false,
    edits: campaign.edits
      .filter(({ day }) => today - day <= 7)
      .map(({ day, from, to }) => ({ daysAgo: today - day, lever: 'target', from, to })),
    spendPerDay: recent.slice(-14).reduce((sum, day) => sum + day.spend, 0) / Math.max(1, Math.min(14, recent.length)),
  }
}

export interface SimulatedFigures {
  /** Cost per conversion of all campaigns over the judged days, all conversions counted, against the goal: 0.01 is 1 % too dear. */
  readonly accountError: number
  /** Root mean square over campaigns of the same. */
  readonly campaignError: number
  readonly editsPerCampaignAndWeek: number
  /** Most edits of one campaign within seven days. */
  readonly mostEditsInAWeek: number
  /** Largest share of a day's spend whose targets were moved on that day or the day before. */
  readonly mostInLearning: number
}

export function simulateTargets(controller: TargetController, seed: number): SimulatedFigures {
  // Counts have dice of their own, so that every controller meets the same drift.
  const counts = dice(seed + 1_000_000)
  const normal = normals(dice(seed))
  const persistence = 2 ** (-1 / 40)
  const shock = Math.sqrt(1 - persistence ** 2)
  let common = 0.1 * normal()
  const own = Array.from({ length: CAMPAIGNS }, () => 0.15 * normal())
  const volume = own.map(() => 4 * Math.exp(0.6 * normal()))
  const campaigns: SimulatedCampaign[] = own.map((_, i) => ({
    id: `c${i}`,
    target: GOAL * Math.exp(0.15 * normal()),
    days: [],
    edits: [],
  }))
  let mostInLearning = 0
  for (let day = 0; day < DAYS; day++) {
    controller(campaigns, day)
    common = persistence * common + 0.1 * shock * normal()
    campaigns.forEach((campaign, i) => {
      own[i] = persistence * own[i]! + 0.15 * shock * normal()
      const cost = campaign.target * Math.exp(common + own[i]!)
      // At the goal it brings `volume` conversions a day; the response's square root makes them proportional to the cost.
      const conversions = (volume[i]! * cost) / GOAL
      const noise = Math.exp(0.15 * normal())
      const arriving = ARRIVALS.map((share) => Math.max(0, poisson(conversions * noise * share, counts)))
      campaign.days.push({ spend: conversions * cost, target: campaign.target, arriving })
    })
    mostInLearning = Math.max(mostInLearning, editedShare(campaigns, day))
  }
  return { ...errorsOf(campaigns), ...editsOf(campaigns), mostInLearning }
}

const normals = (roll: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())

function editedShare(campaigns: readonly SimulatedCampaign[], day: number): number {
  const spends = campaigns.map(({ days }) => days.slice(-15, -1).reduce((sum, { spend }) => sum + spend, 0))
  const edited = campaigns.map(({ edits }) => edits.some((edit) => day - edit.day < 2))
  const total = spends.reduce((a, b) => a + b, 0)
  return total === 0 ? 0 : spends.reduce((sum, spend, i) => sum + (edited[i] ? spend : 0), 0) / total
}

function errorsOf(campaigns: readonly SimulatedCampaign[]): Pick<SimulatedFigures, 'accountError' | 'campaignError'> {
  const sums = campaigns.map(({ days }) => {
    const judged = days.slice(JUDGED_FROM)
    const spend = judged.reduce((sum, day) => sum + day.spend, 0)
    return { spend, conversions: judged.reduce((sum, day) => sum + reported(day, ARRIVALS.length), 0) }
  })
  const spend = sums.reduce((sum, one) => sum + one.spend, 0)
  const conversions = sums.reduce((sum, one) => sum + one.conversions, 0)
  const squares = sums.reduce((sum, one) => sum + (one.spend / one.conversions / GOAL - 1) ** 2, 0)
  return { accountError: spend / conversions / GOAL - 1, campaignError: Math.sqrt(squares / sums.length) }
}

function editsOf(campaigns: readonly SimulatedCampaign[]) {
  const edits = campaigns.reduce((sum, one) => sum + one.edits.length, 0)
  const inAWeek = campaigns.flatMap((one) =>
    one.edits.map(({ day }) => one.edits.filter((other) => other.day <= day && day - other.day < 7).length),
  )
  return {
    editsPerCampaignAndWeek: edits / CAMPAIGNS / (DAYS / 7),
    mostEditsInAWeek: Math.max(0, ...inAWeek),
  }
}
