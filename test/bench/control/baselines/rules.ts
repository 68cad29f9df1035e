import type { ControllerKind, View } from '../controller.ts'
import { baseline, LEARNING_STEP, type Wishes } from './guarded.ts'
import { accountTrail, trail } from './past.ts'

/** How a rule tool is set up. */
export interface Rules {
  /** Days between two runs of the rules. */
  readonly every: number
  /** Days of data that they look at. */
  readonly window: number
  /** Change of a budget by one run. */
  readonly step: number
  /** Distance of cost per conversion from its target, as a share of it, inside which nothing is done. */
  readonly tolerance: number
}

/** Data that a rule asks for before it acts: spend of so many target costs. */
const LEAST_SPEND_IN_TARGETS = 2

/** Target cost per unit of reward: the target CPA, over the account's value per conversion where value is the goal. */
export function targetCost(view: View): number {
  if (view.goal === 'conversions') return view.targetCpa
  const account = accountTrail(view, view.day)
  return account.reward > 0 ? (view.targetCpa * account.conversions) / account.reward : view.targetCpa
}

/** Factor that the rules put on campaign `i`'s budget: 1 ± step, or 1 inside the tolerance or without enough data. */
export function ruleFactor(view: View, i: number, rules: Rules, target: number): number {
  const { spend, reward } = trail(view, i, rules.window)
  if (spend < LEAST_SPEND_IN_TARGETS * view.targetCpa) return 1
  if (spend > (1 + rules.tolerance) * target * reward) return 1 - rules.step
  if (spend < (1 - rules.tolerance) * target * reward) return 1 + rules.step
  return 1
}

function ruleWishes(rules: Rules): Wishes {
  let next = Number.NEGATIVE_INFINITY
  return (view) => {
    if (view.day < next) return view.budgets
    next = view.day + rules.every
    const target = targetCost(view)
    return view.budgets.map((budget, i) => budget * ruleFactor(view, i, rules, target))
  }
}

const ruleBaseline = (name: string, what: string, rules: Rules): ControllerKind =>
  baseline(name, what, () => ruleWishes(rules), LEARNING_STEP)

export const rulesDaily = ruleBaseline(
  'rules-daily',
  'Knows the target CPA and the last three days: every day 20 % more or less where the CPA is 20 % off target.',
  { every: 1, window: 3, step: 0.2, tolerance: 0.2 },
)

export const rulesThreeDays = ruleBaseline(
  'rules-3-days',
  'Knows the target CPA and the last seven days: every third day 20 % more or less where the CPA is 20 % off target.',
  { every: 3, window: 7, step: 0.2, tolerance: 0.2 },
)
