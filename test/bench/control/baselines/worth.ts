import type { View } from '../controller.ts'
import { trail } from './past.ts'

/** Days that value per conversion is taken over, and the conversions by which it is shrunk to the account's. */
const VALUE_DAYS = 60
const PRIOR_CONVERSIONS = 20

/**
 * What one conversion of each campaign is worth to the goal: 1 when conversions are the goal, else its mean value,
 * shrunk to the account's. Curves are fitted to counts, which are far steadier than value, and scaled by it.
 */
export function worths(view: View): readonly number[] {
  if (view.goal === 'conversions') return view.campaigns.map(() => 1)
  const own = view.campaigns.map((_, i) => trail(view, i, VALUE_DAYS))
  const conversions = own.reduce((sum, one) => sum + one.conversions, 0)
  const mean = conversions > 0 ? own.reduce((sum, one) => sum + one.reward, 0) / conversions : 1
  return own.map((one) => (one.reward + PRIOR_CONVERSIONS * mean) / (one.conversions + PRIOR_CONVERSIONS))
}
