import { accountKey } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import type { EntityHistory, HistoryDay } from '../model/history.ts'
import { entitiesOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { PolicyAccount } from '../model/policy.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { type AccountDate, daysBetween } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import { countedOnce } from './counted-once.ts'
import { type LookedAt, seenAge } from './seen-age.ts'

/** One complete day of one budget: everything it feeds, summed. */
export interface BudgetDay {
  readonly date: AccountDate
  /** From `date` to the account's today; ≥ 1. */
  readonly ageDays: number
  /** The age that it had when its count was last read; `ageDays` where absent. */
  readonly seenAge?: number
  /** Main currency units. */
  readonly spend: number
  readonly conversions: number
  /** Main currency units of claimed value. */
  readonly value: number
}

/** The policy's terms for an account. @throws Error when the account is not in the policy: an observation never holds such */
export function policyAccount(observation: Observation, account: AccountObservation): PolicyAccount {
  const found = observation.policy.policy.accounts.find((one) => accountKey(one.account) === account.account)
  if (!found) throw new Error(`account ${account.account} is not in the policy of the portfolio`)
  return found
}

/** The account's day cap; undefined as well where the policy gives it in a currency that is not the account's. */
export function capInOwnCurrency(observation: Observation, account: AccountObservation): Money | undefined {
  const { dayCap } = policyAccount(observation, account)
  return dayCap?.currency === account.structure.currency ? dayCap : undefined
}

/**
 * Complete days of each budget, oldest first. A date that no fed campaign was reported on is left out: missing is not
 * zero. Today is left out: it is not over.
 */
export function budgetDays(
  account: Pick<AccountObservation, 'structure' | 'histories' | 'today'> & { readonly status?: LookedAt },
  rule: string,
): ReadonlyMap<string, readonly BudgetDay[]> {
  const byEntity = new Map<string, EntityHistory[]>()
  for (const history of countedOnce(account.histories)) push(byEntity, history.campaign, history)
  for (const history of account.histories)
    if (history.adGroup !== undefined) push(byEntity, `${history.campaign}/${history.adGroup}`, history)
  const { today, status = {} } = account
  // The same dates for every budget: their ages are worked out once.
  const known = new Map<AccountDate, Age>()
  const ageOf = (date: AccountDate): Age => {
    const found = known.get(date) ?? { ageDays: daysBetween(date, today), seenAge: seenAge(date, today, status) }
    known.set(date, found)
    return found
  }
  return new Map(
    account.structure.budgets.map((budget) => [budget.id, daysOf(feeding(budget, byEntity), rule, today, ageOf)]),
  )
}

interface Age {
  readonly ageDays: number
  readonly seenAge: number
}

const push = (map: Map<string, EntityHistory[]>, key: string, history: EntityHistory): void => {
  const list = map.get(key)
  if (list) list.push(history)
  else map.set(key, [history])
}

const feeding = (
  budget: BudgetHolder,
  byEntity: ReadonlyMap<string, readonly EntityHistory[]>,
): readonly EntityHistory[] => entitiesOf(budget).flatMap((entity) => byEntity.get(entity) ?? [])

function daysOf(
  histories: readonly EntityHistory[],
  rule: string,
  today: AccountDate,
  ageOf: (date: AccountDate) => Age,
): readonly BudgetDay[] {
  const days = new Map<AccountDate, BudgetDay>()
  for (const { days: own } of histories)
    for (const day of own) {
      if (day.date >= today) continue
      days.set(day.date, plus(days.get(day.date), day, rule, ageOf(day.date)))
    }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

function plus(sum: BudgetDay | undefined, day: HistoryDay, rule: string, { ageDays, seenAge }: Age): BudgetDay {
  const counted = day.conversions[rule]
  const { date } = day
  const spend = (sum?.spend ?? 0) + Number(day.spendMicros) / 1e6
  const conversions = (sum?.conversions ?? 0) + (counted?.count ?? 0)
  const value = (sum?.value ?? 0) + (counted ? Number(counted.valueMicros) / 1e6 : 0)
  return seenAge === ageDays
    ? { date, ageDays, spend, conversions, value }
    : { date, ageDays, seenAge, spend, conversions, value }
}

export const accountRule = (observation: Observation, account: AccountObservation): string =>
  ruleKey(policyAccount(observation, account).conversions)
