import { type Money, sum, times } from '../units/money.ts'
import { type AccountRef, accountKey, sameAccount } from './account.ts'
import { calendarContradictions } from './calendar-contradictions.ts'
import { groupContradictions } from './group-contradictions.ts'
import { launchDays } from './launch.ts'
import type { Policy, Selection } from './policy.ts'
import { amount, namedTwice } from './problem-text.ts'
import { covers } from './selection.ts'

/** What the fields of a policy say against each other: each problem names the fields, their values and the remedy. */
export const contradictions = (policy: Policy): readonly string[] => [
  ...currencies(policy),
  ...accounts(policy),
  ...selections(policy),
  ...ranges(policy),
  ...members(policy),
  ...launches(policy),
  ...calendarContradictions(policy),
  ...groupContradictions(policy),
  ...calibrations(policy),
  ...namedTwice('caps', policy.caps),
]

const currencies = (policy: Policy): readonly string[] =>
  baseAmounts(policy).flatMap(([field, of]) =>
    of && of.currency !== policy.baseCurrency
      ? [`${field}: ${amount(of)} must be in the base currency, ${policy.baseCurrency}`]
      : [],
  )

/** All amounts that count for the portfolio as a whole; caps and bounds of accounts are in the accounts' own currencies. */
function baseAmounts(policy: Policy): readonly (readonly [field: string, amount: Money | undefined])[] {
  const { goal, guardrails, members: entries, groups, commitments } = policy
  const of = (path: string, amounts: Readonly<Record<string, Money | undefined>>) =>
    Object.entries(amounts).map(([field, one]) => [`${path}${field}`, one] as const)
  return [
    ...of('', { 'flight.total': policy.flight.total, dayCap: policy.dayCap }),
    ...of('guardrails.', { minDailyBudget: guardrails.minDailyBudget, maxDailyBudget: guardrails.maxDailyBudget }),
    ...(goal.kind === 'conversions' ? of('goal.', { targetCpa: goal.targetCpa, marginalCpa: goal.marginalCpa }) : []),
    ...entries.flatMap(({ launchBudget, valuePerConversion }, i) =>
      of(`members.${i}.`, { launchBudget, valuePerConversion }),
    ),
    ...groups.flatMap(({ atLeast, atMost, targetCpa, marginalCpa }, i) =>
      of(`groups.${i}.`, { atLeast, atMost, targetCpa, marginalCpa }),
    ),
    ...commitments.flatMap(({ atLeast }, i) => of(`commitments.${i}.`, { atLeast })),
    ...policy.caps.flatMap(({ dayCap }, i) => of(`caps.${i}.`, { dayCap })),
  ]
}

const unknownAccount = (policy: Policy, field: string, account: AccountRef | undefined): readonly string[] =>
  account && !policy.accounts.some((one) => sameAccount(one.account, account))
    ? [`${field}: ${accountKey(account)} is not among the accounts: add it there or correct it`]
    : []

function accounts(policy: Policy): readonly string[] {
  const given = policy.accounts.map(({ account }) => accountKey(account))
  const twice = given.flatMap((key, i) =>
    given.indexOf(key) < i ? [`accounts.${i}.account: ${key} is given twice: keep one`] : [],
  )
  const capless = policy.accounts.flatMap(({ account, dayCap, deadManSwitch }, i) =>
    deadManSwitch === 'on' && !dayCap
      ? [
          `accounts.${i}.deadManSwitch: "on" pauses what passes dayCap, which ${accountKey(account)} has none of: add it`,
        ]
      : [],
  )
  return [
    ...twice,
    ...capless,
    ...policy.bounds.flatMap(({ account }, i) => unknownAccount(policy, `bounds.${i}.account`, account)),
    ...policy.members.flatMap(({ match }, i) => unknownAccount(policy, `members.${i}.account`, match.account)),
  ]
}

/** What groups, commitments, calibrations and events select by must be there. */
function selections(policy: Policy): readonly string[] {
  const lists = {
    groups: policy.groups,
    caps: policy.caps,
    commitments: policy.commitments,
    calibrations: policy.calibrations,
    events: policy.events,
  }
  return Object.entries<readonly { readonly match?: Selection }[]>(lists).flatMap(([list, entries]) =>
    entries.flatMap(({ match }, i) => (match ? selection(policy, `${list}.${i}.match`, match) : [])),
  )
}

function selection(policy: Policy, field: string, { platform, account }: Selection): readonly string[] {
  const unknown = unknownAccount(policy, `${field}.account`, account)
  if (platform === undefined || unknown.length > 0) return unknown
  if (account && account.platform !== platform)
    return [
      `${field}.platform: ${platform} is not the platform of ${accountKey(account)}, so that no campaign fits: keep one of them`,
    ]
  return policy.accounts.some((one) => one.account.platform === platform)
    ? []
    : [`${field}.platform: no account is on ${platform}: add one to the accounts or correct it`]
}

function ranges({ guardrails, bounds }: Policy): readonly string[] {
  const upsideDown = (field: string, atLeast: Money | undefined, atMost: Money | undefined): readonly string[] => {
    if (!atLeast || !atMost) return []
    if (atLeast.currency !== atMost.currency)
      return [`${field}: ${amount(atLeast)} and ${amount(atMost)} must be in one currency, the account's`]
    return atLeast.micros > atMost.micros
      ? [`${field}: no budget is at least ${amount(atLeast)} and at most ${amount(atMost)}: swap them`]
      : []
  }
  return [
    ...upsideDown('guardrails.minDailyBudget', guardrails.minDailyBudget, guardrails.maxDailyBudget),
    ...bounds.flatMap(({ atLeast, atMost }, i) => upsideDown(`bounds.${i}`, atLeast, atMost)),
  ]
}

/** Launches that together keep back more than there is, where none does by itself. */
function launches({ flight, members: entries }: Policy): readonly string[] {
  const asked = entries.flatMap((entry) =>
    entry.launchBudget?.currency === flight.total.currency
      ? [times(entry.launchBudget, launchDays(entry, { flight }), 'up')]
      : [],
  )
  const all = sum(asked, flight.total.currency)
  return isMore(all, flight.total) && !asked.some((one) => isMore(one, flight.total))
    ? [
        `members: launch budgets keep ${amount(all)} together, more than flight.total, ${amount(flight.total)}: lower them or raise flight.total`,
      ]
    : []
}

function members({ goal, flight, dayCap, members: entries }: Policy): readonly string[] {
  return entries.flatMap((entry, i) => {
    const { from, to, launchBudget, valuePerConversion, atEnd, managed } = entry
    const at = `members.${i}`
    const problems: string[] = []
    if (launchBudget && from === undefined)
      problems.push(
        `${at}.launchBudget: ${amount(launchBudget)} is kept back from "from" on, which is not given: add the day of the launch`,
      )
    if (launchBudget && from !== undefined && from > flight.to)
      problems.push(
        `${at}.launchBudget: the launch on ${from} is after the flight, which ends on ${flight.to}: remove it`,
      )
    if (launchBudget && isMore(times(launchBudget, launchDays(entry, { flight }), 'up'), flight.total))
      problems.push(
        `${at}.launchBudget: ${amount(launchBudget)} on each of ${launchDays(entry, { flight })} days is more than flight.total, ${amount(flight.total)}: lower it or raise flight.total`,
      )
    if (launchBudget && isMore(launchBudget, dayCap))
      problems.push(
        `${at}.launchBudget: ${amount(launchBudget)} a day is more than dayCap, ${amount(dayCap)}: lower it or raise dayCap`,
      )
    if (valuePerConversion && goal.kind === 'conversions')
      problems.push(
        `${at}.valuePerConversion: ${amount(valuePerConversion)} decides nothing with goal.kind conversions: make it value or profit, or remove it`,
      )
    if (atEnd !== undefined && to === undefined)
      problems.push(`${at}.atEnd: "${atEnd}" comes after "to", which is not given: add the last day, or remove atEnd`)
    if (atEnd === 'pause' && !managed)
      problems.push(`${at}.atEnd: "pause" with managed: false, which is never moved: make it leave, or managed: true`)
    return problems
  })
}

const isMore = (one: Money, cap: Money | undefined): cap is Money =>
  cap !== undefined && one.currency === cap.currency && one.micros > cap.micros

const calibrations = ({ calibrations: tests }: Policy): readonly string[] => [
  ...namedTwice('calibrations', tests),
  ...tests.flatMap(({ match, name }, i) => {
    const first = tests.findIndex((one) => covers(one.match, match) && covers(match, one.match))
    return first < i
      ? [
          `calibrations.${i}.match: "${name}" is about the same campaigns as calibrations.${first}, "${tests[first]?.name}": keep the better test, or one that combines them`,
        ]
      : []
  }),
]
