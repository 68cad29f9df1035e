import { describe, expect, test } from 'vitest'
import { PolicyFileError, policyFrom } from '../../lib/model/policy-file.ts'

type Fields = Readonly<Record<string, unknown>>

const FLIGHT = { from: '2026-11-01', to: '2026-11-30' }
/** November on two accounts, 30,000 EUR in all, with fields changed or added. */
const policyWith = (fields: Fields) => ({
  portfolio: 'eu',
  owner: 'growth',
  baseCurrency: 'EUR',
  zone: 'Europe/Berlin',
  goal: { kind: 'conversions' },
  flight: { ...FLIGHT, total: '30000 EUR' },
  accounts: [
    { account: 'google-ads:1', conversions: { action: 'purchase', clickWindowDays: 30, basis: 'click' } },
    { account: 'meta:1', conversions: { action: 'purchase', clickWindowDays: 7, basis: 'mixed' } },
  ],
  members: [{ class: 'prospecting' }],
  ...fields,
})

function problemsOf(fields: Fields): readonly string[] {
  try {
    policyFrom(policyWith(fields), 'policy.yaml')
  } catch (error) {
    if (error instanceof PolicyFileError) return error.problems
    throw error
  }
  return []
}

const member = (over: Fields): Fields => ({ members: [{ class: 'prospecting', ...over }] })
const group = (name: string, over: Fields = {}): Fields => ({ name, match: { name }, ...over })
const groups = (...list: readonly Fields[]): Fields => ({ groups: list })
const sale = (over: Fields = {}): Fields => ({ name: 'sale', from: '2026-11-27', to: '2026-11-30', ...over })
const commitment = (over: Fields = {}): Fields => ({ name: 'upfront', atLeast: '1000 EUR', by: '2026-11-20', ...over })
const lift = (name: string, match: Fields): Fields => ({ name, match, mean: 0.5, low: 0.3, high: 0.7 })

const refused = (cases: readonly (readonly [why: string, fields: Fields, problem: string])[]): void => {
  test.each(cases)('%s', (_why, fields, problem) => {
    expect(problemsOf(fields)).toEqual([problem])
  })
}
const accepted = (cases: readonly (readonly [why: string, fields: Fields])[]): void => {
  test.each(cases)('%s is fine', (_why, fields) => {
    expect(problemsOf(fields)).toEqual([])
  })
}

describe('amounts of the portfolio are in its base currency', () => {
  refused([
    [
      'a cost ceiling',
      { goal: { kind: 'conversions', targetCpa: '20 USD' } },
      'goal.targetCpa: 20.00 USD must be in the base currency, EUR',
    ],
    [
      'a marginal ceiling',
      { goal: { kind: 'conversions', marginalCpa: '20 USD' } },
      'goal.marginalCpa: 20.00 USD must be in the base currency, EUR',
    ],
    [
      'a launch',
      { dayCap: '10 EUR', ...member({ from: '2026-11-20', launchBudget: '20 USD' }) },
      'members.0.launchBudget: 20.00 USD must be in the base currency, EUR',
    ],
    [
      'a predicted value',
      { goal: { kind: 'value' }, ...member({ valuePerConversion: '20 USD' }) },
      'members.0.valuePerConversion: 20.00 USD must be in the base currency, EUR',
    ],
    [
      'a group',
      groups(group('de', { atLeast: '1 USD' })),
      'groups.0.atLeast: 1.00 USD must be in the base currency, EUR',
    ],
    [
      'a ceiling of a group',
      groups(group('de', { marginalCpa: '1 USD' })),
      'groups.0.marginalCpa: 1.00 USD must be in the base currency, EUR',
    ],
    [
      'a commitment',
      { commitments: [commitment({ atLeast: '99999 USD' })] },
      'commitments.0.atLeast: 99999.00 USD must be in the base currency, EUR',
    ],
  ])
})

describe('a selection names what is there', () => {
  const lists: readonly (readonly [list: string, entry: (match: Fields) => Fields])[] = [
    ['groups', (match) => group('g', { match })],
    ['commitments', (match) => commitment({ match })],
    ['calibrations', (match) => lift('test', match)],
    ['events', (match) => sale({ match })],
  ]

  test.each(lists)('%s: an account', (list, entry) => {
    expect(problemsOf({ [list]: [entry({ account: 'meta:2' })] })).toEqual([
      `${list}.0.match.account: meta:2 is not among the accounts: add it there or correct it`,
    ])
  })

  test.each(lists)('%s: a platform', (list, entry) => {
    expect(problemsOf({ [list]: [entry({ platform: 'tiktok' })] })).toEqual([
      `${list}.0.match.platform: no account is on tiktok: add one to the accounts or correct it`,
    ])
  })

  test.each(lists)('%s: an account on its own platform', (list, entry) => {
    expect(problemsOf({ [list]: [entry({ platform: 'google-ads', account: 'meta:1' })] })).toEqual([
      `${list}.0.match.platform: google-ads is not the platform of meta:1, so that no campaign fits: keep one of them`,
    ])
    expect(problemsOf({ [list]: [entry({ platform: 'meta', account: 'meta:1' })] })).toEqual([])
  })
})

describe('groups', () => {
  refused([
    [
      'two of one name',
      groups(group('de'), { name: 'de', match: { name: 'deutschland' } }),
      'groups.1.name: "de" is the name of groups.0 as well: give each its own, plans and reports name it',
    ],
    [
      'an unknown parent',
      groups(group('brand', { within: 'de' })),
      'groups.0.within: there is no group "de": add it, or write the name of another group',
    ],
    [
      'a group within itself',
      groups(group('de', { within: 'de' })),
      'groups.0.within: "de" lies within itself (de in de): remove one within of them',
    ],
    [
      'amounts that are upside down',
      groups(group('de', { atLeast: '10 EUR', atMost: '5 EUR' })),
      'groups.0: nothing is at least 10.00 EUR and at most 5.00 EUR: swap them',
    ],
    [
      'shares that are upside down',
      groups(group('de', { atLeastShare: 0.5, atMostShare: 0.225 })),
      'groups.0: nothing is at least 50 % and at most 22.5 %: swap them',
    ],
    [
      'more than everything is promised to groups beside each other',
      groups(group('a', { atLeastShare: 0.6 }), group('b', { atLeastShare: 0.5 })),
      'groups: "a" and "b" ask for at least 110 %, the portfolio has at most 100 %: lower one or raise the other',
    ],
    [
      'more is promised within a group than it may have',
      groups(
        group('a', { atMost: '100 EUR' }),
        group('b', { within: 'a', atLeast: '60 EUR' }),
        group('c', { within: 'a', atLeast: '50 EUR' }),
      ),
      'groups.0: "b" and "c" ask for at least 110.00 EUR a day, "a" has at most 100.00 EUR: lower one or raise the other',
    ],
    [
      'a share is promised within a group that may not have it',
      groups(group('a', { atMostShare: 0.3 }), group('b', { within: 'a', atLeastShare: 0.4 })),
      'groups.0: "b" asks for at least 40 %, "a" has at most 30 %: lower one or raise the other',
    ],
    [
      'a promise two levels down counts as well',
      groups(
        group('a', { atMost: '100 EUR' }),
        group('b', { within: 'a', atLeast: '10 EUR' }),
        group('c', { within: 'b', atLeast: '110 EUR' }),
      ),
      'groups.0: "c" asks for at least 110.00 EUR a day, "a" has at most 100.00 EUR: lower one or raise the other',
    ],
    [
      'a promise above the cap of the day',
      { dayCap: '100 EUR', ...groups(group('a', { atLeast: '101 EUR' })) },
      'groups: "a" asks for at least 101.00 EUR a day, the portfolio has at most 100.00 EUR: lower one or raise the other',
    ],
    [
      'a group behind one that fits all that it fits',
      groups({ name: 'all', match: {} }, group('de')),
      'groups.1: "de" is never reached: "all" before it fits all of its campaigns: put it first',
    ],
    [
      'the same further in',
      groups(group('de'), { name: 'all of it', match: {}, within: 'de' }, group('brand', { within: 'de' })),
      'groups.2: "brand" is never reached: "all of it" before it fits all of its campaigns: put it first',
    ],
    [
      'a floor of value under a goal of conversions',
      groups(group('de', { targetRoas: 3.5 })),
      'groups.0.targetRoas: 3.5 does not fit goal.kind conversions: use targetCpa or marginalCpa, or change the goal',
    ],
    [
      'a ceiling of cost under a goal of value',
      { goal: { kind: 'value' }, ...groups(group('de', { marginalCpa: '9.5 EUR' })) },
      'groups.0.marginalCpa: 9.50 EUR does not fit goal.kind value: use targetRoas or marginalRoas, or change the goal',
    ],
  ])

  test('a circle of groups is named at each of them', () => {
    expect(problemsOf(groups(group('a', { within: 'b' }), group('b', { within: 'a' })))).toEqual([
      'groups.0.within: "a" lies within itself (a in b in a): remove one within of them',
      'groups.1.within: "b" lies within itself (b in a in b): remove one within of them',
    ])
  })

  accepted([
    // In floating point 0.34 + 0.55 + 0.11 is 1.0000000000000002.
    [
      'a whole that is promised in parts',
      groups(
        group('a', { atLeastShare: 0.34 }),
        group('b', { atLeastShare: 0.55 }),
        group('c', { atLeastShare: 0.11 }),
      ),
    ],
    ['the narrower group first', groups(group('brand de'), group('brand'), { name: 'all', match: {} })],
    [
      'the same selection at another level',
      groups(group('de'), { name: 'german search', match: { name: 'de', platform: 'google-ads' }, within: 'de' }),
    ],
    [
      'what a group asks for that holds those within it',
      groups(group('a', { atLeast: '100 EUR', atMost: '100 EUR' }), group('b', { within: 'a', atLeast: '100 EUR' })),
    ],
    ['a floor under profit', { goal: { kind: 'profit', margin: 0.4 }, ...groups(group('de', { targetRoas: 2 })) }],
  ])
})

describe('members', () => {
  refused([
    [
      'a launch without its day',
      member({ launchBudget: '100 EUR' }),
      'members.0.launchBudget: 100.00 EUR is kept back from "from" on, which is not given: add the day of the launch',
    ],
    [
      'a launch after the flight',
      member({ from: '2026-12-01', launchBudget: '100 EUR' }),
      'members.0.launchBudget: the launch on 2026-12-01 is after the flight, which ends on 2026-11-30: remove it',
    ],
    [
      // From 20 to 30 November, which is the flight's last day.
      'a launch that the flight cannot hold',
      { ...member({ from: '2026-11-20', launchBudget: '100 EUR' }), flight: { ...FLIGHT, total: '1099.99 EUR' } },
      'members.0.launchBudget: 100.00 EUR on each of 11 days is more than flight.total, 1099.99 EUR: lower it or raise flight.total',
    ],
    [
      'launches that the flight cannot hold together',
      {
        members: [
          { name: 'spring', class: 'prospecting', from: '2026-11-01', launchBudget: '50 EUR' },
          { name: 'autumn', class: 'prospecting', from: '2026-11-20', launchBudget: '40 EUR' },
          { class: 'prospecting' },
        ],
        flight: { ...FLIGHT, total: '1139.99 EUR' },
      },
      'members: launch budgets keep 1140.00 EUR together, more than flight.total, 1139.99 EUR: lower them or raise flight.total',
    ],
    [
      'a launch that no day can hold',
      { dayCap: '99 EUR', ...member({ from: '2026-11-20', launchBudget: '100 EUR' }) },
      'members.0.launchBudget: 100.00 EUR a day is more than dayCap, 99.00 EUR: lower it or raise dayCap',
    ],
    [
      'a predicted value where conversions are counted',
      member({ valuePerConversion: '80 EUR' }),
      'members.0.valuePerConversion: 80.00 EUR decides nothing with goal.kind conversions: make it value or profit, or remove it',
    ],
    [
      'an end without its day',
      member({ atEnd: 'leave' }),
      'members.0.atEnd: "leave" comes after "to", which is not given: add the last day, or remove atEnd',
    ],
    [
      'a pause of what is never moved',
      member({ to: '2026-11-20', atEnd: 'pause', managed: false }),
      'members.0.atEnd: "pause" with managed: false, which is never moved: make it leave, or managed: true',
    ],
  ])
  accepted([
    [
      'a launch on the last day, as large as the cap',
      { dayCap: '100 EUR', ...member({ from: '2026-11-30', launchBudget: '100 EUR' }) },
    ],
    [
      'a predicted value with profit',
      { goal: { kind: 'profit', margin: 0.3 }, ...member({ valuePerConversion: '80 EUR' }) },
    ],
    ['an end', member({ to: '2026-11-20', atEnd: 'pause' })],
  ])
})

describe('events', () => {
  const stepped = (name: string, from: string, to: string, match?: Fields): Fields => ({
    name,
    from,
    to,
    budgetFactor: 4,
    ...(match ? { match } : {}),
  })
  refused([
    [
      'one that ends before it begins',
      { events: [sale({ to: '2026-11-26' })] },
      'events.0: ends on 2026-11-26, before it starts on 2026-11-27: swap them',
    ],
    [
      'two of one name',
      { events: [sale(), sale({ from: '2026-11-10', to: '2026-11-11' })] },
      'events.1.name: "sale" is the name of events.0 as well: give each its own, plans and reports name it',
    ],
    [
      'two steps for the same campaigns on one day',
      {
        events: [
          stepped('a', '2026-11-20', '2026-11-25'),
          stepped('b', '2026-11-25', '2026-11-28', { platform: 'meta' }),
        ],
      },
      'events.1.budgetFactor: "b" and "a" both step the budgets of the same campaigns between 2026-11-25 and 2026-11-25: give them other days or other campaigns',
    ],
    [
      'a step that the guardrails take for an error',
      { events: [sale({ budgetFactor: 6 })] },
      'events.0.budgetFactor: 6 is more than guardrails.implausibleFactor, 5, by which it is taken for an error: lower one or raise the other',
    ],
    [
      'an announcement of nothing',
      { events: [sale({ announce: true })] },
      'events.0.announce: there is nothing to tell the platforms: give expectedUplift, or budgetFactor',
    ],
  ])
  accepted([
    ['five times the budget, as much as is plausible', { events: [sale({ budgetFactor: 5 })] }],
    [
      'a step the day after another',
      { events: [stepped('a', '2026-11-20', '2026-11-24'), stepped('b', '2026-11-25', '2026-11-28')] },
    ],
    [
      'a step on another platform',
      {
        events: [
          stepped('a', '2026-11-20', '2026-11-25', { account: 'google-ads:1' }),
          stepped('b', '2026-11-25', '2026-11-28', { platform: 'meta' }),
        ],
      },
    ],
    [
      'a step for campaigns of another name',
      {
        events: [
          stepped('a', '2026-11-20', '2026-11-25', { name: 'DE' }),
          stepped('b', '2026-11-25', '2026-11-28', { name: 'FR' }),
        ],
      },
    ],
    [
      'an uplift during a step',
      { events: [stepped('a', '2026-11-20', '2026-11-25'), sale({ from: '2026-11-25', expectedUplift: 1.4 })] },
    ],
    ['an announced step', { events: [sale({ announce: true, budgetFactor: 2 })] }],
    ['an announced uplift', { events: [sale({ announce: true, expectedUplift: 1.4 })] }],
  ])
})

describe('commitments', () => {
  refused([
    [
      'one that ends before it begins',
      { commitments: [commitment({ from: '2026-11-21' })] },
      'commitments.0: ends on 2026-11-20, before it starts on 2026-11-21: swap them',
    ],
    [
      'one that begins before the flight',
      { commitments: [commitment({ from: '2026-10-31' })] },
      'commitments.0.from: 2026-10-31 is before the flight, which starts on 2026-11-01: start it there',
    ],
    [
      'one that ends after the flight',
      { commitments: [commitment({ by: '2026-12-01' })] },
      'commitments.0.by: 2026-12-01 is not within the flight, 2026-11-01 to 2026-11-30: end it there or move the flight',
    ],
    [
      'one of more than the flight has',
      { commitments: [commitment({ atLeast: '30000.01 EUR' })] },
      'commitments.0.atLeast: 30000.01 EUR is more than flight.total, 30000.00 EUR: lower it or raise the total',
    ],
    [
      'two of more than the flight has together',
      {
        commitments: [
          commitment({ atLeast: '20000 EUR' }),
          commitment({ name: 'second', from: '2026-11-21', by: '2026-11-30', atLeast: '11000 EUR' }),
        ],
      },
      'commitments: "upfront" and "second" ask for 31000.00 EUR together, more than flight.total, 30000.00 EUR: lower them or raise the total',
    ],
    [
      // 2026-11-01 to 2026-11-20 are 20 days of at most 49.99 EUR: 999.80 EUR.
      'one that the caps of its days do not let through',
      { dayCap: '49.99 EUR', commitments: [commitment()] },
      'commitments.0.atLeast: 1000.00 EUR in 20 days is more than dayCap, 49.99 EUR, lets through: lower it or raise dayCap',
    ],
    [
      'one whose spend all counts towards another',
      { commitments: [commitment({ by: '2026-11-30' }), commitment({ name: 'meta', match: { platform: 'meta' } })] },
      'commitments.1: "meta" is never reached: all its spend counts towards "upfront" before it: put it first, or begin it after the other',
    ],
  ])
  accepted([
    ['all of the flight, to its last day', { commitments: [commitment({ atLeast: '30000 EUR', by: '2026-11-30' })] }],
    ['a cap that lets just that much through', { dayCap: '50 EUR', commitments: [commitment()] }],
    [
      'one after the other',
      { commitments: [commitment(), commitment({ name: 'second', from: '2026-11-21', by: '2026-11-30' })] },
    ],
    [
      'the narrower one first',
      { commitments: [commitment({ name: 'meta', match: { platform: 'meta' } }), commitment()] },
    ],
  ])
})

describe('lift tests', () => {
  refused([
    [
      'two about the same campaigns',
      {
        calibrations: [lift('spring', { class: 'brand', name: 'DE' }), lift('autumn', { class: 'brand', name: 'de' })],
      },
      'calibrations.1.match: "autumn" is about the same campaigns as calibrations.0, "spring": keep the better test, or one that combines them',
    ],
    [
      'two of one name',
      { calibrations: [lift('spring', { class: 'brand' }), lift('spring', { class: 'opaque' })] },
      'calibrations.1.name: "spring" is the name of calibrations.0 as well: give each its own, plans and reports name it',
    ],
  ])
  accepted([['a test within another', { calibrations: [lift('all', {}), lift('brand', { class: 'brand' })] }]])
})
