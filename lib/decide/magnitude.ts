import { sameAccount } from '../model/account.ts'
import type { Lever, LeverValue } from '../model/lever.ts'
import { isOrderedBack } from '../model/lever-state.ts'
import { entitiesOf } from '../model/membership.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { Policy } from '../model/policy.ts'
import { addDays } from '../units/calendar.ts'
import { compare, type Money, money, smaller, sum } from '../units/money.ts'
import { type Hold, hold } from './check.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText, numberText, valueWords } from './words.ts'

/** Days that must all show it before spend is held against a budget: what was cut by hand yesterday spent more before. */
const DAYS_OF_SPEND = 3

/** How many times the one value the other is, whichever way; 1 where they cannot be compared. */
export function timesApart(a: LeverValue, b: LeverValue): number {
  const [one, other] = [plain(a), plain(b)]
  if (one === undefined || other === undefined || one <= 0 || other <= 0) return 1
  if (a.kind === 'money' && b.kind === 'money' && a.amount.currency !== b.amount.currency) return 1
  return Math.max(one / other, other / one)
}

const plain = (value: LeverValue): number | undefined => {
  if (value.kind === 'money') return Number(value.amount.micros)
  return value.kind === 'ratio' ? value.value : undefined
}

/** Whether the policy's own bounds of a budget say that a value is meant: a person wrote them, in the account's currency. */
export function isMeant({ bounds }: Policy, { account, id, kind }: Lever, value: LeverValue): boolean {
  if (kind !== 'daily-budget' || value.kind !== 'money') return false
  return bounds.some(
    ({ budget, account: of, atLeast, atMost }) =>
      budget === id &&
      sameAccount(of, account) &&
      atLeast !== undefined &&
      atMost !== undefined &&
      compare(atLeast, value.amount) <= 0 &&
      compare(value.amount, atMost) <= 0,
  )
}

/** `read as 10,000.00 EUR, 100 times the 100.00 EUR of before`, and what is to be done about it. */
export const doubtText = (read: LeverValue, was: LeverValue): string =>
  `it is read as ${valueWords(read)}, ${isLarger(read, was) ? '' : 'one part in '}${numberText(timesApart(read, was))}${isLarger(read, was) ? ' times the' : ' of the'} ${valueWords(was)} of before, and nobody is known to have moved it: a mistake of units or currency? If it is meant, write both bounds of this budget into the policy`

const isLarger = (a: LeverValue, b: LeverValue): boolean => (plain(a) ?? 0) > (plain(b) ?? 0)

/** A budget whose size cannot be right: by what it was before, or by what it spends. */
export function misread({ observation, account, budget, lever, state }: BudgetQuestion): Hold | undefined {
  const { policy } = observation.policy
  const value: LeverValue = { kind: 'money', amount: budget.amount }
  if (isMeant(policy, lever, value)) return undefined
  const { magnitudeFactor } = policy.guardrails
  // What is above its cap goes back, whoever is known to have set it.
  const doubted = state && !isOrderedBack(state, value) ? state.doubted : undefined
  if (doubted && timesApart(value, doubted.was) >= magnitudeFactor)
    return hold('magnitude', doubtText(value, doubted.was))
  const least = leastRecentSpend(account, entitiesOf(budget), budget.amount)
  const times = Number(least.micros) / Number(budget.amount.micros)
  return budget.period === 'daily' && times >= magnitudeFactor
    ? hold(
        'magnitude',
        `it is read as ${amountText(budget.amount)}, and each of the last ${DAYS_OF_SPEND} days it spent ${amountText(least)} or more, ${numberText(times)} times that: a mistake of units or currency? If it is meant, write both bounds of this budget into the policy`,
      )
    : undefined
}

/** The least that a budget's campaigns spent on each of the last days; nothing where one of them is not known. */
function leastRecentSpend(account: AccountObservation, entities: readonly string[], { currency }: Money): Money {
  const spent = recentSpends(account)
  return Array.from({ length: DAYS_OF_SPEND }, (_, day) =>
    sum(
      entities.map((entity) => money(spent.get(entity)?.[day] ?? 0n, currency)),
      currency,
    ),
  ).reduce(smaller)
}

/** Micros spent on each of the last days, yesterday first, by campaign and by `campaign/adGroup`. */
const recentSpends = perObject(({ histories, today }: AccountObservation): ReadonlyMap<string, readonly bigint[]> => {
  const dates = Array.from({ length: DAYS_OF_SPEND }, (_, i) => addDays(today, -1 - i))
  const spends = new Map<string, readonly bigint[]>()
  for (const { campaign, adGroup, days } of histories) {
    const recent = days.slice(-DAYS_OF_SPEND)
    const own = dates.map((date) => recent.find((one) => one.date === date)?.spendMicros ?? 0n)
    for (const entity of adGroup === undefined ? [campaign] : [campaign, `${campaign}/${adGroup}`]) {
      const before = spends.get(entity)
      spends.set(entity, before ? own.map((micros, day) => micros + (before[day] ?? 0n)) : own)
    }
  }
  return spends
})
