/** An edit of a campaign's budget, target or bid strategy, whoever made it. */
export interface Edit {
  /** ≥ 0; 0.5 is twelve hours ago. */
  readonly daysAgo: number
  readonly lever: 'budget' | 'target' | 'strategy'
  /** In the lever's unit; ignored for a strategy. */
  readonly from: number
  readonly to: number
}

export interface AllowanceRules {
  /** Significant edits of one campaign within seven days, of whatever purpose. */
  readonly perWeek: number
  /** Largest share by which a budget may move within a day without being one. */
  readonly safeStep: number
}

export const ALLOWANCE_RULES: AllowanceRules = { perWeek: 2, safeStep: 0.2 }

export interface Allowance {
  readonly used: number
  readonly left: number
  readonly why: string
}

const WEEK_DAYS = 7
/** A budget raised by exactly the safe step, and stored in whole cents, is not significant. */
const SLACK = 1e-3

/**
 * The significant edits among `edits`: every change of a target or strategy, and each day whose budget edits together
 * move it by more than the safe step. Two rises of 15 % on one day are one of 32 %.
 */
export function significantEdits(edits: readonly Edit[], safeStep: number): readonly Edit[] {
  const days = new Map<number, number>()
  for (const { lever, daysAgo, from, to } of edits)
    if (lever === 'budget')
      days.set(
        Math.floor(daysAgo),
        (days.get(Math.floor(daysAgo)) ?? 1) * (from > 0 ? to / from : Number.POSITIVE_INFINITY),
      )
  const seen = new Set<number>()
  return edits.filter(({ lever, daysAgo, from, to }) => {
    if (lever === 'strategy') return true
    if (lever === 'target') return from !== to
    const day = Math.floor(daysAgo)
    if (seen.has(day)) return false
    seen.add(day)
    return Math.abs((days.get(day) ?? 1) - 1) > safeStep + SLACK
  })
}

/**
 * Whether one more significant edit of the campaign is allowed: pacing, exploration and targets draw on the same few a
 * week, because every one of them may restart what the platform has learned.
 */
export function allowanceOf(edits: readonly Edit[], rules: AllowanceRules = ALLOWANCE_RULES): Allowance {
  const used = significantEdits(edits, rules.safeStep).filter(({ daysAgo }) => daysAgo < WEEK_DAYS).length
  return {
    used,
    left: Math.max(0, rules.perWeek - used),
    why: `${used} of the ${rules.perWeek} significant edits that a campaign may have in seven days are made`,
  }
}

export interface LearningSpend {
  readonly spendPerDay: number
  /** The platform says that it learns, or it was edited so lately that the platform could not say so yet. */
  readonly inLearning: boolean
}

/**
 * Spend per day, main units, that may still enter a learning phase.
 *
 * @param share largest share of all spend that may be in learning at once
 */
export function learningRoom(campaigns: readonly LearningSpend[], share: number): number {
  const total = campaigns.reduce((sum, { spendPerDay }) => sum + spendPerDay, 0)
  const learning = campaigns.reduce((sum, one) => sum + (one.inLearning ? one.spendPerDay : 0), 0)
  return Math.max(0, share * total - learning)
}

/** Of the room, kept free: what learns is reckoned by what it lately spent, and spends a little more or less than that. */
const RESERVE = 0.1

/**
 * The campaigns that may enter a learning phase now, first come first served. One that is larger than the whole share may
 * when no other is in learning, and those behind it wait for that: a portfolio of three campaigns could otherwise never
 * move one, and a large one among many small would never have its turn.
 *
 * @param wishes in order of preference
 */
export function admitted<T extends { readonly spendPerDay: number }>(
  wishes: readonly T[],
  campaigns: readonly LearningSpend[],
  share: number,
): ReadonlySet<T> {
  const free = share * (1 - RESERVE)
  const whole = learningRoom(
    campaigns.map((one) => ({ ...one, inLearning: false })),
    free,
  )
  let room = learningRoom(campaigns, free)
  let idle = !campaigns.some(({ inLearning }) => inLearning)
  const chosen = new Set<T>()
  for (const wish of wishes) {
    const tooLarge = wish.spendPerDay > whole
    if (tooLarge && !idle) break
    if (!tooLarge && wish.spendPerDay > room) continue
    chosen.add(wish)
    room -= wish.spendPerDay
    idle = false
  }
  return chosen
}
