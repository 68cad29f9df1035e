import { type AccountRef, accountKey, type CampaignId, type PortfolioId, sameAccount } from '../model/account.ts'
import { budgetMembership, memberOf } from '../model/membership.ts'
import type { PolicyAccount, PolicyVersion } from '../model/policy.ts'
import type { AccountStructure, BudgetHolder } from '../model/structure.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import { type Money, smaller } from '../units/money.ts'

/** Policies that name the account. */
export const policiesOf = (policies: readonly PolicyVersion[], account: AccountRef): readonly PolicyVersion[] =>
  policies.filter(({ policy }) => policy.accounts.some((one) => sameAccount(one.account, account)))

export const termsOf = (version: PolicyVersion, account: AccountRef): PolicyAccount | undefined =>
  version.policy.accounts.find((one) => sameAccount(one.account, account))

/** A policy speaks of an account in a currency that is not the account's. Nothing is done until it is put right. */
export class PolicyCurrency extends Error {
  constructor({ policy }: PolicyVersion, field: string, written: Money, { account, currency }: AccountStructure) {
    super(
      `policy of ${policy.portfolio}: ${field} is in ${written.currency}, but account ${accountKey(account)} is in ${currency}: write it in ${currency}`,
    )
    this.name = 'PolicyCurrency'
  }
}

/** @throws PolicyCurrency for a cap or bound in another currency than the account's */
export function checkCurrencies(policies: readonly PolicyVersion[], structure: AccountStructure): void {
  for (const version of policiesOf(policies, structure.account)) {
    const check = (field: string, amount: Money | undefined): void => {
      if (amount && amount.currency !== structure.currency) throw new PolicyCurrency(version, field, amount, structure)
    }
    check(`dayCap of ${accountKey(structure.account)}`, termsOf(version, structure.account)?.dayCap)
    for (const { account, budget, atLeast, atMost } of version.policy.bounds) {
      if (!sameAccount(account, structure.account)) continue
      check(`bounds.atLeast of budget ${budget}`, atLeast)
      check(`bounds.atMost of budget ${budget}`, atMost)
    }
  }
}

/** The tightest cap that any portfolio gives the account's day; undefined unless every one of them gives one. */
export function accountDayCap(policies: readonly PolicyVersion[], account: AccountRef): Money | undefined {
  const caps = policiesOf(policies, account).map((version) => termsOf(version, account)?.dayCap)
  if (caps.length === 0 || caps.some((cap) => cap === undefined)) return undefined
  return caps.filter((cap) => cap !== undefined).reduce(smaller)
}

/** The largest over-delivery factor that applies to the account. */
export function overDeliveryFactor(
  policies: readonly PolicyVersion[],
  account: AccountRef,
  platformFactor: number,
): number {
  const own = policiesOf(policies, account).flatMap((version) => termsOf(version, account)?.overDeliveryFactor ?? [])
  return own.length > 0 ? Math.max(...own) : platformFactor
}

/** The portfolio that a budget belongs to, and any others that lay claim to it as well. */
export function portfoliosOf(
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  budget: BudgetHolder,
  on: AccountDate,
): readonly PolicyVersion[] {
  return policiesOf(policies, structure.account).filter(
    ({ policy }) => budgetMembership(policy, structure, budget, on) !== undefined,
  )
}

/** Running campaigns that a portfolio has no more, today or tomorrow, and that another one has by then. */
export function takenOver(
  { policy }: PolicyVersion,
  others: readonly PolicyVersion[],
  { account, campaigns }: AccountStructure,
  today: AccountDate,
): readonly { readonly campaign: CampaignId; readonly portfolio: PortfolioId }[] {
  if (others.length === 0 || policy.members.every(({ to }) => to === undefined)) return []
  const days = [today, addDays(today, 1)]
  return campaigns
    .filter((one) => one.status === 'active' && days.some((on) => !memberOf(policy, account, one, on)))
    .flatMap((one) =>
      others
        .filter((other) => days.some((on) => memberOf(other.policy, account, one, on)))
        .map((other) => ({ campaign: one.id, portfolio: other.policy.portfolio })),
    )
}
