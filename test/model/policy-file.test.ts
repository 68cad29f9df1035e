import { describe, expect, test } from 'vitest'
import { PolicyFileError, policyFrom, readPolicy } from '../../lib/model/policy-file.ts'

/** The least that a policy must say. */
const LEAST = `
portfolio: eu
owner: growth
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-11-01, to: 2026-11-30, total: 30000.00 EUR }
accounts:
  - account: google-ads:1234567890
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
members:
  - { class: prospecting }
`

/** The least policy with a text replaced, or lines added. */
const changed = (from: string, to: string): string => {
  expect(LEAST).toContain(from)
  return LEAST.replace(from, to)
}
const added = (lines: string): string => `${LEAST}${lines}\n`

function problemsOf(text: string): readonly string[] {
  try {
    readPolicy(text, 'policy.yaml')
  } catch (error) {
    if (error instanceof PolicyFileError) return error.problems
    throw error
  }
  return []
}

describe('a policy that says the least', () => {
  const { policy } = readPolicy(LEAST, 'policy.yaml')

  test('starts in shadow, with no caps, so that nothing can be pushed', () => {
    expect(policy.mode).toBe('shadow')
    expect(policy.dayCap).toBeUndefined()
    expect(policy.accounts[0]?.dayCap).toBeUndefined()
  })

  test('counts no view-throughs', () => {
    expect(policy.accounts[0]?.conversions.viewWindowDays).toBe(0)
  })

  test('moves a budget by at most 35 %, less where platforms learn anew, holds learning campaigns and leaves midnight alone', () => {
    expect(policy.guardrails).toEqual({
      magnitudeFactor: 50,
      maxChangesPerLeverDay: 4,
      rateHaircut: 0.02,
      maxStepUp: 0.35,
      maxStepDown: 0.35,
      maxDayRise: 0.35,
      deadband: 0.03,
      maxChangesPerPlan: 10_000,
      implausibleFactor: 5,
      midnightDeadZoneMinutes: 30,
      holdWhileLearning: true,
      steerWithinDay: 'leave',
    })
  })

  test("adopts a person's edit and leaves it alone for a week", () => {
    expect(policy.drift).toEqual({ insideCaps: 'adopt', holdDays: 7 })
  })

  test('doubts brand the most, then retargeting, then what hides where it serves, then prospecting', () => {
    const { brand, retargeting, opaque, prospecting } = policy.incrementality
    expect(brand.mean).toBeLessThan(retargeting.mean)
    expect(retargeting.mean).toBeLessThan(opaque.mean)
    expect(opaque.mean).toBeLessThan(prospecting.mean)
    for (const { mean, low, high } of Object.values(policy.incrementality)) {
      expect(low).toBeLessThan(mean)
      expect(mean).toBeLessThanOrEqual(high)
      expect(high).toBeLessThanOrEqual(1)
    }
  })

  test('takes amounts exactly', () => {
    expect(policy.flight.total).toEqual({ micros: 30_000_000_000n, currency: 'EUR' })
  })
})

describe('a policy version', () => {
  test('is the same for equal policies, whatever their order and comments', () => {
    const [first, ...rest] = LEAST.trim().split('\n')
    const other = [...rest, first, '# reviewed', 'mode: shadow'].join('\n')
    expect(readPolicy(other, 'other.yaml').version).toBe(readPolicy(LEAST, 'policy.yaml').version)
  })

  test('is another as soon as one value is', () => {
    expect(readPolicy(changed('30000.00', '30000.01'), 'policy.yaml').version).not.toBe(
      readPolicy(LEAST, 'policy.yaml').version,
    )
  })
})

describe('a bad policy file names the field, the value and the remedy', () => {
  test.each<[why: string, text: string, problem: string]>([
    ['nothing in it', '', 'the file: Invalid input: expected object, received null (found null)'],
    ['a list', '- a', 'the file: Invalid input: expected object, received array (found ["a"])'],
    [
      'a field that does not exist',
      added('dayCapp: 100.00 EUR'),
      'dayCapp: is not a field of a policy: remove it or correct its name (found "100.00 EUR")',
    ],
    [
      'such a field further in',
      added('guardrails: { maxStepUpp: 0.2 }'),
      'guardrails.maxStepUpp: is not a field of a policy: remove it or correct its name (found 0.2)',
    ],
    [
      'a missing field',
      changed('owner: growth', ''),
      'owner: Invalid input: expected string, received undefined (missing)',
    ],
    ['an amount without a currency', added('dayCap: 100'), 'dayCap: must be text, such as "120.00 EUR" (found 100)'],
    [
      'an amount with a sign',
      changed('30000.00 EUR', '€30000'),
      'flight.total: "€30000" is not an amount: write number and currency, such as "120.00 EUR" (found "€30000")',
    ],
    [
      'an amount with a comma',
      changed('30000.00 EUR', '"30,000 EUR"'),
      'flight.total: amount "30,000" is not a decimal with at most six places, such as 1234.56 (found "30,000 EUR")',
    ],
    ['a negative amount', changed('30000.00', '-5'), 'flight.total: "-5 EUR" must be more than 0 (found "-5 EUR")'],
    ['an amount of nothing', added('dayCap: 0 EUR'), 'dayCap: "0 EUR" must be more than 0 (found "0 EUR")'],
    [
      'an unknown currency',
      changed('baseCurrency: EUR', 'baseCurrency: euro'),
      'baseCurrency: currency "euro" is not an ISO 4217 code: use three capital letters, such as EUR (found "euro")',
    ],
    [
      'an unknown zone',
      changed('Europe/Berlin', 'Berlin'),
      'zone: time zone "Berlin" is unknown: use an IANA name, such as Europe/Berlin (found "Berlin")',
    ],
    [
      'an account id with dashes',
      changed('google-ads:1234567890', 'google-ads:123-456-7890'),
      `accounts.0.account: account id "123-456-7890" must be digits, or letters, digits and dashes where the platform's ids are (no 123-456-7890, no act_ prefix) (found "google-ads:123-456-7890")`,
    ],
    [
      'an account without its platform',
      changed('google-ads:1234567890', '1234567890'),
      'accounts.0.account: must be text, such as "google-ads:1234567890" (found 1234567890)',
    ],
    [
      'a date that does not exist',
      changed('2026-11-30', '2026-11-31'),
      'flight.to: "2026-11-31" is not a date: write it as 2026-11-21 (found "2026-11-31")',
    ],
    [
      'a mode in capitals',
      added('mode: Auto'),
      'mode: Invalid option: expected one of "observe"|"shadow"|"approve"|"auto" (found "Auto")',
    ],
    [
      'a share in per cent',
      added('guardrails: { maxStepUp: 20 }'),
      'guardrails.maxStepUp: Too big: expected number to be <=1 (found 20)',
    ],
    [
      'a negative share',
      added('guardrails: { maxStepDown: -0.2 }'),
      'guardrails.maxStepDown: Too small: expected number to be >=0 (found -0.2)',
    ],
    [
      'half a day',
      changed('clickWindowDays: 30', 'clickWindowDays: 7.5'),
      'accounts.0.conversions.clickWindowDays: Invalid input: expected int, received number (found 7.5)',
    ],
    [
      'an over-delivery factor below 1',
      changed('basis: click }', 'basis: click }\n    overDeliveryFactor: 0.5'),
      'accounts.0.overDeliveryFactor: Too small: expected number to be >=1 (found 0.5)',
    ],
    [
      'a budget id that YAML reads as a number',
      added('bounds: [{ account: "google-ads:1234567890", budget: 12 }]'),
      'bounds.0.budget: must be an id in quotes: ids do not fit into numbers (found 12)',
    ],
    [
      'an interval that does not hold its mean',
      added('incrementality: { brand: { mean: 0.5, low: 0.6, high: 0.7 } }'),
      'incrementality.brand: must satisfy low ≤ mean ≤ high (found {"mean":0.5,"low":0.6,"high":0.7})',
    ],
    [
      'a ceiling of another kind of goal',
      changed('kind: conversions', 'kind: conversions, targetRoas: 3.5'),
      'goal.targetRoas: goes with goal.kind value or profit: change the kind, or remove this (found 3.5)',
    ],
    [
      'a cost ceiling for value',
      changed('kind: conversions', 'kind: value, marginalCpa: 12 EUR'),
      'goal.marginalCpa: goes with goal.kind conversions: change the kind, or remove this (found "12 EUR")',
    ],
    [
      'profit without its margin',
      changed('kind: conversions', 'kind: profit'),
      'goal.margin: Invalid input: expected number, received undefined (missing)',
    ],
    [
      'a margin in per cent',
      changed('kind: conversions', 'kind: profit, margin: 40'),
      'goal.margin: Too big: expected number to be <=1 (found 40)',
    ],
    [
      'a ceiling without a currency',
      changed('kind: conversions', 'kind: conversions, targetCpa: 12'),
      'goal.targetCpa: must be text, such as "120.00 EUR" (found 12)',
    ],
    [
      'a group that does not say whom it means',
      added('groups: [{ name: de }]'),
      'groups.0.match: Invalid input: expected object, received undefined (missing)',
    ],
    [
      'a group with a share in per cent',
      added('groups: [{ name: de, match: { name: de }, atMostShare: 30 }]'),
      'groups.0.atMostShare: Too big: expected number to be <=1 (found 30)',
    ],
    [
      'a selection by a field that there is not',
      added('groups: [{ name: de, match: { country: DE } }]'),
      'groups.0.match.country: is not a field of a policy: remove it or correct its name (found "DE")',
    ],
    [
      'a commitment without its day',
      added('commitments: [{ name: upfront, atLeast: 100 EUR }]'),
      'commitments.0.by: must be text, such as "2026-11-21" (missing)',
    ],
    [
      'a lift result whose interval does not hold its mean',
      added('calibrations: [{ name: test, match: {}, mean: 0.3, low: 0.4, high: 0.5 }]'),
      'calibrations.0: must satisfy low ≤ mean ≤ high (found {"name":"test","match":{},"mean":0.3,"low":0.4,"high":0.5})',
    ],
    [
      'an event that cuts budgets',
      added('events: [{ name: sale, from: 2026-11-27, to: 2026-11-30, budgetFactor: 0.5 }]'),
      'events.0.budgetFactor: Too small: expected number to be >=1 (found 0.5)',
    ],
    [
      'an uplift in per cent',
      added('events: [{ name: sale, from: 2026-11-27, to: 2026-11-30, expectedUplift: 140 }]'),
      'events.0.expectedUplift: Too big: expected number to be <=20 (found 140)',
    ],
    [
      'exploration that costs a tenth',
      added('exploration: { maxCost: 0.1 }'),
      'exploration.maxCost: Too big: expected number to be <=0.05 (found 0.1)',
    ],
    [
      'targets that are switched on with true',
      added('targets: true'),
      'targets: Invalid option: expected one of "leave"|"steer" (found true)',
    ],
    [
      'a campaign that ends in a way that there is not',
      changed('{ class: prospecting }', '{ class: prospecting, to: 2026-11-20, atEnd: delete }'),
      'members.0.atEnd: Invalid option: expected one of "pause"|"leave" (found "delete")',
    ],
    [
      'no members',
      changed('  - { class: prospecting }', '  []'),
      'members: Too small: expected array to have >=1 items (found [])',
    ],
  ])('%s', (_why, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('all problems at once, under the name of the file', () => {
    const text = changed('Europe/Berlin', 'Berlin').replace('owner: growth', 'owner: ""')
    expect(() => readPolicy(text, 'teams/eu.yaml')).toThrow(
      /^teams\/eu\.yaml cannot be used:\n {2}- owner: .*\n {2}- zone: /,
    )
  })

  test.each([added('  x: ['), added('owner: twice')])('text that is no YAML, or says a field twice', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^not YAML: .* at line 13, column 1/)])
  })
})

describe('fields that contradict each other are refused', () => {
  const BOUND = 'account: "google-ads:1234567890", budget: "12"'
  test.each<[why: string, text: string, problem: string]>([
    ['a cap in another currency', added('dayCap: 100 USD'), 'dayCap: 100.00 USD must be in the base currency, EUR'],
    [
      'a total in another currency',
      changed('30000.00 EUR', '30000.00 USD'),
      'flight.total: 30000.00 USD must be in the base currency, EUR',
    ],
    [
      'a least budget in another currency',
      added('guardrails: { minDailyBudget: 5 JPY }'),
      'guardrails.minDailyBudget: 5.00 JPY must be in the base currency, EUR',
    ],
    [
      'a least budget above the largest',
      added('guardrails: { minDailyBudget: 10 EUR, maxDailyBudget: 5 EUR }'),
      'guardrails.minDailyBudget: no budget is at least 10.00 EUR and at most 5.00 EUR: swap them',
    ],
    [
      'bounds that are upside down',
      added(`bounds: [{ ${BOUND}, atLeast: 10 EUR, atMost: 5 EUR }]`),
      'bounds.0: no budget is at least 10.00 EUR and at most 5.00 EUR: swap them',
    ],
    [
      'bounds in two currencies',
      added(`bounds: [{ ${BOUND}, atLeast: 1 EUR, atMost: 5 USD }]`),
      "bounds.0: 1.00 EUR and 5.00 USD must be in one currency, the account's",
    ],
    [
      'bounds on an account that is not there',
      added('bounds: [{ account: "meta:1", budget: "12", atMost: 5 EUR }]'),
      'bounds.0.account: meta:1 is not among the accounts: add it there or correct it',
    ],
    [
      'a member on an account that is not there',
      changed('{ class: prospecting }', '{ class: prospecting, account: "meta:1" }'),
      'members.0.account: meta:1 is not among the accounts: add it there or correct it',
    ],
    [
      'an account that is given twice',
      changed(
        'members:',
        '  - { account: "google-ads:1234567890", conversions: { action: lead, clickWindowDays: 7, basis: click } }\nmembers:',
      ),
      'accounts.1.account: google-ads:1234567890 is given twice: keep one',
    ],
    [
      'a membership that ends before it begins',
      changed('{ class: prospecting }', '{ class: prospecting, from: 2026-12-01, to: 2026-11-01 }'),
      'members.0: ends on 2026-11-01, before it starts on 2026-12-01: swap them',
    ],
    [
      'an event that ends before it begins',
      added('events: [{ name: sale, from: 2026-11-30, to: 2026-11-27 }]'),
      'events.0: ends on 2026-11-27, before it starts on 2026-11-30: swap them',
    ],
  ])('%s', (_why, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('a flight that ends before it begins', () => {
    expect(problemsOf(changed('2026-11-30', '2026-10-30'))).toEqual([
      expect.stringMatching(/^flight: must not end before/),
    ])
  })
})

describe('what is not built yet is refused, because it would change decisions', () => {
  test.each<[field: string, text: string]>([
    // Spend is remembered for 90 days: 2026-11-01 to 2027-01-30 are 91.
    ['flight', changed('2026-11-30', '2027-01-30')],
  ])('%s', (field, text) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${field}: not yet honoured: `))
  })

  test('a flight of 90 days is honoured', () => {
    expect(problemsOf(changed('2026-11-30', '2027-01-29'))).toEqual([])
  })

  test('multipliers that are steered are honoured', () => {
    expect(problemsOf(added('bidMultipliers: steer'))).toEqual([])
  })

  test('a policy that is data already is held to the same', () => {
    expect(() => policyFrom({ portfolio: 'eu' }, 'given')).toThrow(PolicyFileError)
  })
})
