import type { CapSpend, WorstDay } from '../decide/breakers/view.ts'
import { type AccountKey, type AccountRef, accountKey, sameAccount } from '../model/account.ts'
import { breakersOf } from '../model/breakers.ts'
import type { IntradayTotal } from '../model/history.ts'
import { isBudget } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { memberOf } from '../model/membership.ts'
import type { Policy, PolicyVersion, Selection } from '../model/policy.ts'
import { countsBudget, fedCampaigns, selects } from '../model/selection.ts'
import type { AccountStructure, Campaign } from '../model/structure.ts'
import { type AccountDate, addDays, dateAt } from '../units/calendar.ts'
import { add, type CurrencyCode, compare, type Money, money, smaller, subtract, times, zero } from '../units/money.ts'
import { convert, convertBack, type ExchangeRate } from '../units/rates.ts'
import { amountOf } from './exposure.ts'
import { lastKnownRate } from './known-rates.ts'
import { portfolioDayOf } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { accountDayCap, overDeliveryFactor } from './portfolios.ts'

/** A cap over more than one account: the portfolio's own, or a shared one. */
export interface Wide {
  readonly name: string
  readonly match: Selection
  readonly cap: Money
}

export const wideCaps = ({ portfolio, dayCap, caps }: Policy): readonly Wide[] => [
  ...(dayCap ? [{ name: `portfolio "${portfolio}"`, match: {}, cap: dayCap }] : []),
  ...caps.map((one) => ({ name: `cap "${one.name}"`, match: one.match, cap: one.dayCap })),
]

export const countsCampaign = (
  { match }: Wide,
  policy: Policy,
  { account }: AccountStructure,
  campaign: Campaign,
  on: AccountDate,
): boolean => {
  const member = memberOf(policy, account, campaign, on)
  return member !== undefined && selects(match, account, campaign, member.class)
}

/**
 * What the caps over more than one account have spent of their day, in the base currency at the rates known last: those
 * alone that may be near their end, because the others of a portfolio are only looked at then.
 */
export async function spentUnderCaps(
  version: PolicyVersion,
  structure: AccountStructure,
  loop: Loop,
): Promise<readonly CapSpend[]> {
  const { policy } = version
  const caps = wideCaps(policy)
  if (caps.length === 0) return []
  const { share } = breakersOf(policy).runawaySpend
  const now = loop.clock.now()
  const today = dateAt(now, policy.zone)
  const rates = rateBook(version, loop)
  const totals = await newestTotals(policy, today, loop)
  let most = zero(policy.baseCurrency)
  for (const total of totals.values()) most = add(most, await inBase(total, policy.baseCurrency, rates))
  const near = caps.filter(({ cap }) => compare(most, times(cap, share, 'down')) >= 0)
  if (near.length === 0) return []
  const structures = await Promise.all(policy.accounts.map(({ account }) => loop.facts.structure(account)))
  const days = await Promise.all(
    policy.accounts.map(({ account }) => {
      const total = totals.get(accountKey(account))
      return total && loop.facts.intraday(account, total.date)
    }),
  )
  return Promise.all(
    near.map(async (wide) => {
      let spent = zero(policy.baseCurrency)
      for (const [i, day] of days.entries()) {
        const of = structures[i]
        if (!of || day?.date !== dateAt(now, of.zone)) continue
        const counted = new Set<string>(
          of.campaigns.filter((one) => countsCampaign(wide, policy, of, one, day.date)).map(({ id }) => id),
        )
        const isCounted = (entity: string): boolean => counted.has(entity.split('/', 1).join())
        let spendMicros = 0n
        for (const [entity, hours] of day.spendMicrosByHour)
          if (isCounted(entity)) for (const hour of hours) spendMicros += hour ?? 0n
        spent = add(spent, await inBase({ ...day, spendMicros }, policy.baseCurrency, rates))
      }
      const on = dateAt(now, structure.zone)
      const campaigns = structure.campaigns.filter((one) => countsCampaign(wide, policy, structure, one, on))
      return { name: wide.name, cap: wide.cap, spent, campaigns: campaigns.map(({ id }) => id) }
    }),
  )
}

type Rates = (from: CurrencyCode) => Promise<ExchangeRate | undefined>

/** Each rate is looked up once. */
function rateBook(version: PolicyVersion, loop: Loop): Rates {
  const known = new Map<CurrencyCode, Promise<ExchangeRate | undefined>>()
  return (from) => {
    const rate = known.get(from) ?? lastKnownRate(from, version, loop)
    known.set(from, rate)
    return rate
  }
}

/** An account's clock may be a day ahead of the portfolio's, or behind. */
async function newestTotals(
  { accounts }: Policy,
  today: AccountDate,
  loop: Loop,
): Promise<ReadonlyMap<AccountKey, IntradayTotal>> {
  const oldestFirst = [addDays(today, -1), today, addDays(today, 1)]
  const refs = accounts.map(({ account }) => account)
  return new Map((await loop.facts.intradayTotals(refs, oldestFirst)).map((total) => [total.account, total]))
}

/** Nothing where no rate is known. */
async function inBase(
  { currency, spendMicros }: Pick<IntradayTotal, 'currency' | 'spendMicros'>,
  base: CurrencyCode,
  rates: Rates,
): Promise<Money> {
  const rate = await rates(currency)
  return rate ? convert(money(spendMicros, currency), rate, 'up') : zero(base)
}

/**
 * Caps that the budgets as they stand are above at worst, whoever set them so. What is told of already, because it is to be
 * cut back or cannot be, counts as far as its cap leaves it. Those over more than one account are told of by the first of
 * the portfolio's accounts alone.
 */
export async function worstDays(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  levers: readonly LeverState[],
  loop: Loop,
): Promise<readonly WorstDay[]> {
  const { account, currency } = structure
  const cap = accountDayCap(policies, account)
  const worst = worstOf(levers, factorOf(policies, account, loop), currency, () => true)
  const own: readonly WorstDay[] = cap && compare(worst, cap) > 0 ? [{ worst, cap, excess: subtract(worst, cap) }] : []
  const [first] = version.policy.accounts
  return first && sameAccount(first.account, account)
    ? [...own, ...(await worstUnderCaps(version, policies, structure, loop))]
    : own
}

const factorOf = (policies: readonly PolicyVersion[], account: AccountRef, loop: Loop): number =>
  overDeliveryFactor(policies, account, loop.platforms(account.platform).capabilities.overDeliveryFactor)

function worstOf(
  levers: readonly LeverState[],
  factor: number,
  currency: CurrencyCode,
  counts: (budget: string) => boolean,
): Money {
  let total = zero(currency)
  for (const { lever, known, idle, cutBackTo, beyondCap } of levers) {
    if (idle || !isBudget(lever) || !counts(lever.id)) continue
    const told = cutBackTo ?? beyondCap?.most
    const stands = told ? smaller(amountOf(known), amountOf(told)) : amountOf(known)
    total = add(total, lever.kind === 'lifetime-budget' ? stands : times(stands, factor, 'up'))
  }
  return total
}

async function worstUnderCaps(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  { currency }: AccountStructure,
  loop: Loop,
): Promise<readonly WorstDay[]> {
  const { policy } = version
  const day = await portfolioDayOf(version, loop)
  // What stands is no more than what the day is charged with.
  const isUnder = (wide: Wide): boolean => day !== undefined && compare(day.exposure, wide.cap) <= 0
  const asked = wideCaps(policy).filter((wide) => !isUnder(wide))
  const rates = rateBook(version, loop)
  const back = await rates(currency)
  if (asked.length === 0 || !back) return []
  const totals = new Map(asked.map((wide) => [wide, zero(policy.baseCurrency)]))
  for (const { account } of policy.accounts) {
    const structure = await loop.facts.structure(account)
    const rate = structure && (await rates(structure.currency))
    if (!rate) continue
    const levers = [...(await loop.money.allLevers(account)).values()]
    const on = dateAt(loop.clock.now(), structure.zone)
    const fed = new Map<string, ReturnType<typeof fedCampaigns>>(
      structure.budgets.map((budget) => [budget.id, fedCampaigns(policy, structure, budget, on)]),
    )
    for (const [wide, total] of totals) {
      const counts = (id: string): boolean => countsBudget(wide.match, account, fed.get(id) ?? [])
      const own = worstOf(levers, factorOf(policies, account, loop), structure.currency, counts)
      totals.set(wide, add(total, convert(own, rate, 'up')))
    }
  }
  return [...totals].flatMap(([{ name, cap }, worst]) =>
    compare(worst, cap) > 0 ? [{ name, worst, cap, excess: convertBack(subtract(worst, cap), back, 'up') }] : [],
  )
}
