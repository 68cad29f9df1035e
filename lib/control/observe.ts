import { flightSpend } from '../measure/flight-spend.ts'
import { type AccountKey, type AccountRef, accountKey } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import { scopesOf } from '../model/freeze.ts'
import { budgetMembership } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { type AccountDate, addDays, dateAt, daysBetween, type Instant } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { type ExchangeRate, rateNumber, rateText, withHaircut } from '../units/rates.ts'
import { freshEvidence } from './evidence.ts'
import { hourlySpend } from './hourly-spend.ts'
import { lastKnownRate } from './known-rates.ts'
import { lagRevisions } from './lag-reading.ts'
import type { Loop } from './loop.ts'
import { checkCurrencies, policiesOf, takenOver, termsOf } from './portfolios.ts'

/** How far back the shop's own orders are compared with what is claimed. */
const ORDER_DAYS = 90

/** An exchange rate is missing or too old: no plan is made on part of the money. */
export class MissingRate extends Error {
  constructor(from: string, to: string, on: AccountDate, found: ExchangeRate | undefined, maxAgeDays: number) {
    const age = found
      ? `the newest is of ${found.date}, ${daysBetween(found.date, on)} days old where maxRateAgeDays allows ${maxAgeDays}`
      : 'there is none'
    super(
      `exchange rate ${from}→${to} for ${on}: ${age}; fetch the bank's with "sluice rates fetch", or add one to the rates file`,
    )
    this.name = 'MissingRate'
  }
}

/** An exchange rate jumped from one quoted day to the next: a wrong figure more often than a crash. */
export class ImplausibleRate extends Error {
  constructor(before: ExchangeRate, now: ExchangeRate, most: number) {
    super(
      `exchange rate ${now.from}→${now.to} went from ${rateText(before)} (${before.date}) to ${rateText(now)} (${now.date}), more than ${100 * most} % at once: correct it in the rates file, or raise maxRateMove`,
    )
    this.name = 'ImplausibleRate'
  }
}

const movedBy = (a: ExchangeRate, b: ExchangeRate): number =>
  Math.max(rateNumber(a) / rateNumber(b), rateNumber(b) / rateNumber(a)) - 1

/** An account of the policy that has not been pulled yet. */
export class NotPulled extends Error {
  constructor(account: AccountKey) {
    super(`account ${account} has not been pulled yet: run a pull first`)
    this.name = 'NotPulled'
  }
}

/** Whether money is missing to look at the whole portfolio. */
const isIncomplete = (error: unknown): boolean =>
  error instanceof NotPulled || error instanceof MissingRate || error instanceof ImplausibleRate

/**
 * What a correction may look at: everything, or, where an account or a rate is missing, what is known of the others at
 * the rates known last. What is to be cut back does not wait for them.
 */
export async function observeToCorrect(version: PolicyVersion, loop: Loop): Promise<Observation> {
  try {
    return await observe(version, 'correction', loop)
  } catch (error) {
    if (!isIncomplete(error)) throw error
    return observeKnown(version, loop)
  }
}

async function observeKnown(version: PolicyVersion, loop: Loop): Promise<Observation> {
  const now = loop.clock.now()
  const policies = await loop.policies.all()
  const accounts: AccountObservation[] = []
  const rates = new Map<CurrencyCode, ExchangeRate>()
  for (const { account } of version.policy.accounts) {
    const structure = await loop.facts.structure(account)
    const status = await loop.facts.pullStatus(account)
    const rate = structure && status && (await rateToCut(structure.currency, version, loop))
    if (!rate) continue
    rates.set(rate.from, rate)
    accounts.push(await observeAccount(account, version, 'correction', policies, now, loop))
  }
  return { ...(await around(version, 'correction', accounts, [...rates.values()], now, loop)), partial: true }
}

/** As pinned last, or, where nothing has been for long, as quoted last. */
async function rateToCut(from: CurrencyCode, version: PolicyVersion, loop: Loop): Promise<ExchangeRate | undefined> {
  const { baseCurrency, zone, guardrails } = version.policy
  const pinned = await lastKnownRate(from, version, loop)
  if (pinned) return pinned
  const quoted = await loop.rates.rate(from, baseCurrency, dateAt(loop.clock.now(), zone))
  return quoted && withHaircut(quoted, guardrails.rateHaircut)
}

/** Reads everything that a plan may look at. @throws NotPulled, MissingRate, ImplausibleRate */
export async function observe(
  version: PolicyVersion,
  occasion: Observation['occasion'],
  loop: Loop,
): Promise<Observation> {
  const now = loop.clock.now()
  const { policy } = version
  const today = dateAt(now, policy.zone)
  const policies = await loop.policies.all()
  const accounts: AccountObservation[] = []
  // One after the other: each is many reads abreast already, and all at once would hold all their answers at once.
  for (const { account } of policy.accounts)
    accounts.push(await observeAccount(account, version, occasion, policies, now, loop))
  return around(version, occasion, accounts, await ratesFor(version, accounts, today, loop), now, loop)
}

/** At the instant at which reading began, for all of it: a worker that is suspended in between mixes no two days. */
async function around(
  version: PolicyVersion,
  occasion: Observation['occasion'],
  accounts: readonly AccountObservation[],
  rates: readonly ExchangeRate[],
  now: Instant,
  loop: Loop,
): Promise<Observation> {
  const { policy } = version
  const today = dateAt(now, policy.zone)
  const scopes = accounts.flatMap(({ structure }) =>
    scopesOf(
      structure.account,
      structure.campaigns.map(({ id }) => id),
    ),
  )
  const freezes = (await loop.freezes.all()).filter(({ scope }) => scopes.includes(scope))
  // What an account whose clock is ahead has spent of the portfolio's today belongs to today.
  const flightSpentMicros = new Map(
    accounts.map((one) => [one.account, flightSpend(one.today > today ? { ...one, today } : one, version.policy)]),
  )
  const orders = await loop.orders.since(policy.portfolio, addDays(today, -ORDER_DAYS))
  return {
    now,
    today,
    policy: version,
    occasion,
    accounts,
    rates,
    freezes,
    flightSpentMicros,
    ...(orders.length > 0 ? { orders } : {}),
  }
}

async function observeAccount(
  account: AccountRef,
  version: PolicyVersion,
  occasion: Observation['occasion'],
  policies: readonly PolicyVersion[],
  now: Instant,
  loop: Loop,
): Promise<AccountObservation> {
  const [structure, status, histories, levers, evidence] = await Promise.all([
    loop.facts.structure(account),
    loop.facts.pullStatus(account),
    loop.facts.histories(account),
    loop.money.allLevers(account),
    loop.facts.evidence(account),
  ])
  if (!structure || !status) throw new NotPulled(accountKey(account))
  checkCurrencies([version], structure)
  const today = dateAt(now, structure.zone)
  const terms = termsOf(version, account)
  const rule = terms ? ruleKey(terms.conversions) : ''
  const intraday = await loop.facts.intraday(account, today)
  const others = policiesOf(policies, account).filter(({ policy }) => policy.portfolio !== version.policy.portfolio)
  const contested = structure.budgets.flatMap((budget) =>
    others
      .filter(
        ({ policy }) =>
          budgetMembership(policy, structure, budget, today) &&
          budgetMembership(version.policy, structure, budget, today),
      )
      .map(({ policy }) => ({ budget: budget.id, portfolio: policy.portfolio })),
  )
  return {
    account: accountKey(account),
    today,
    structure,
    status,
    histories,
    spentTodayMicros: new Map([...(intraday?.spendMicrosByHour ?? [])].map(([key, hours]) => [key, total(hours)])),
    ...(await hourlySpend(account, version.policy, occasion, intraday, loop)),
    revisions: await lagRevisions(histories, rule, account, loop),
    ...freshEvidence(evidence, rule, now),
    levers: [...levers.values()],
    contested,
    ...takenOverPart(takenOver(version, others, structure, today)),
  }
}

const takenOverPart = (found: NonNullable<AccountObservation['takenOver']>): Pick<AccountObservation, 'takenOver'> =>
  found.length > 0 ? { takenOver: found } : {}

const total = (hours: readonly (bigint | undefined)[]): bigint =>
  hours.reduce<bigint>((sum, hour) => sum + (hour ?? 0n), 0n)

async function ratesFor(
  { policy }: PolicyVersion,
  accounts: readonly AccountObservation[],
  today: AccountDate,
  loop: Loop,
): Promise<readonly ExchangeRate[]> {
  const currencies = [...new Set(accounts.map(({ structure }) => structure.currency))]
  return Promise.all(
    currencies.map(async (from) => {
      const rate = await loop.rates.rate(from, policy.baseCurrency, today)
      if (!rate || daysBetween(rate.date, today) > policy.maxRateAgeDays)
        throw new MissingRate(from, policy.baseCurrency, today, rate, policy.maxRateAgeDays)
      const before =
        from === policy.baseCurrency ? rate : await loop.rates.rate(from, policy.baseCurrency, addDays(rate.date, -1))
      if (before && movedBy(before, rate) > policy.maxRateMove)
        throw new ImplausibleRate(before, rate, policy.maxRateMove)
      return rate
    }),
  )
}
