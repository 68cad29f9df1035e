import { type AccountRef, accountRef, portfolioId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { Mode, PolicyVersion } from '../../lib/model/policy.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { MICROS_PER_UNIT, type Money, money, times, toDecimal, toMultiple } from '../../lib/units/money.ts'
import { rateNumber } from '../../lib/units/rates.ts'
import type { PortfolioFacts } from '../../playground/market/portfolio-facts.ts'

/** Room above what the initial budgets may cost on their worst day. */
const CAP_HEADROOM = 1.3

/** What each platform's own screens count by default, without view-throughs: days after the click, and on which day. */
const RULES: Readonly<Record<string, Omit<ConversionRule, 'action'>>> = {
  'google-ads': { clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  meta: { clickWindowDays: 7, viewWindowDays: 0, basis: 'mixed' },
  tiktok: { clickWindowDays: 7, viewWindowDays: 0, basis: 'impression' },
  snapchat: { clickWindowDays: 28, viewWindowDays: 0, basis: 'conversion' },
  pinterest: { clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
}

const text = (amount: Money): string => `${toDecimal(amount)} ${amount.currency}`

/**
 * The policy that a marketer would write for a scenario's accounts, made from what is no secret to a marketer: the goal,
 * the flight's total, the class of each campaign, and caps a third above what the accounts may cost as they stand.
 */
export function demoPolicy(
  facts: PortfolioFacts,
  mode: Mode,
  capabilitiesOf: (account: AccountRef) => PlatformCapabilities,
): PolicyVersion {
  const accounts = facts.accounts.map(({ platform, id, currency }) => {
    const account = accountRef(platform, id)
    const own = facts.budgets.filter((budget) => budget.platform === platform && budget.accountId === id)
    const budgets = money(
      own.reduce((sum, { initialMicros }) => sum + initialMicros, 0n),
      currency,
    )
    const cap = roundUp(times(budgets, CAP_HEADROOM * capabilitiesOf(account).overDeliveryFactor, 'up'))
    return { account, cap, rule: { action: facts.goal.action, ...RULES[platform] } }
  })
  const inBase = accounts.reduce((sum, { cap }) => {
    const rate = facts.rates.findLast(({ from, date }) => from === cap.currency && date <= facts.flight.from)
    return sum + Number(cap.micros) * (rate ? rateNumber(rate) : 1)
  }, 0)
  const written = {
    portfolio: slug(facts.name),
    owner: 'growth',
    mode,
    baseCurrency: facts.baseCurrency,
    zone: facts.zone,
    goal: { kind: facts.goal.kind },
    flight: {
      from: facts.flight.from,
      to: facts.flight.to,
      total: text(money(facts.flight.totalMicros, facts.baseCurrency)),
    },
    dayCap: text(roundUp(money(BigInt(Math.ceil(inBase)), facts.baseCurrency))),
    accounts: accounts.map(({ account, cap, rule }) => ({
      account: `${account.platform}:${account.id}`,
      conversions: rule,
      dayCap: text(cap),
    })),
    members: facts.campaigns.map(({ platform, accountId, id, class: kind, isTrialArm }) => ({
      account: `${platform}:${accountId}`,
      id,
      class: kind,
      managed: !isTrialArm,
    })),
  }
  return policyFrom(written, 'the demo policy')
}

const roundUp = (amount: Money): Money => toMultiple(amount, MICROS_PER_UNIT, 'up')
export const slug = (name: string): string =>
  portfolioId(
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, ''),
  )
