import { accountKey } from '../../model/account.ts'
import { breakersOf } from '../../model/breakers.ts'
import { ruleKey } from '../../model/conversions.ts'
import { memberOf } from '../../model/membership.ts'
import { addDays, dates } from '../../units/calendar.ts'
import { daysOf, ratePerHour, waiting } from './figures.ts'
import type { Breaker } from './view.ts'

/** Fewer claims than this are no matter. */
const LEAST_CLAIMS = 20
/** How many standard deviations of a count the claims must be above the orders. */
const BEYOND_CHANCE = 3

/**
 * One account alone claims more conversions than the shop has sold in all: a tag that fires twice, or counts what is no
 * order. Several accounts that together claim more than was sold are usual: each claims for itself.
 */
export const claimsAboveOrders: Breaker = (view) => {
  const { policy, structure, today } = view
  const { factor, days } = breakersOf(policy).claimsAboveOrders
  const [from, to] = [addDays(today, -days), addDays(today, -1)]
  const known = new Map(view.orders.map((day) => [day.date, day.orders]))
  const taken = dates(from, to).flatMap((date) => known.get(date) ?? [])
  if (taken.length < days) return undefined
  const terms = policy.accounts.find(({ account }) => accountKey(account) === accountKey(structure.account))
  if (!terms) return undefined
  const rule = ruleKey(terms.conversions)
  const campaigns = structure.campaigns.filter((one) => memberOf(policy, structure.account, one, today) !== undefined)
  const orders = factor * taken.reduce((sum, count) => sum + count, 0)
  const claims = campaigns
    .flatMap(({ id }) => daysOf(view, id, from, to))
    .reduce((sum, { conversions }) => sum + (conversions[rule] ?? 0), 0)
  if (claims < LEAST_CLAIMS || claims <= orders + BEYOND_CHANCE * Math.sqrt(orders)) return []
  const ids = campaigns.filter(({ status }) => status === 'active').map(({ id }) => id)
  return [
    {
      rule: 'claimsAboveOrders',
      subject: { kind: 'account' },
      campaigns: ids,
      what: `The account claims ${claims.toFixed(0)} conversions from ${from} to ${to}; the shop took ${(orders / factor).toFixed(0)} orders in all.`,
      remedy: 'Look for a conversion tag that fires twice, or an action that counts what is no order.',
      waiting: waiting(view, 'at-risk', (ratePerHour(view, ids) * (claims - orders)) / claims),
    },
  ]
}
