import { learnDelivery } from '../measure/delivery.ts'
import type { Estimates } from '../model/estimates.ts'

/** Nothing is believed of any budget: for what needs no belief, such as a cut back to a cap. */
export const NO_BELIEFS: Estimates = {
  budgets: [],
  spendNoise: learnDelivery([]).noise,
  dayOfWeek: [1, 1, 1, 1, 1, 1, 1],
  weekdays: new Map(),
  completion: new Map(),
  breaks: [],
}
