import { describe, expect, test } from 'vitest'
import { BASELINES } from '../../bench/control/baselines/all.ts'
import type { View } from '../../bench/control/controller.ts'
import { aDay, aView, days, seeded, unreported, type Written } from './views.ts'

/** Forty days of five campaigns on two platforms, budgets going up and down, none short of delivery. */
const account = (): readonly Written[] =>
  [40, 80, 160, 30, 90].map((usual, i) => ({
    platform: i % 2,
    budget: usual,
    days: Array.from({ length: 40 }, (_, d) => {
      const spend = usual * (1 + 0.3 * Math.sin(d + i))
      return aDay(spend, Math.round(usual / (15 + 3 * i)))
    }),
  }))

const sum = (budgets: readonly number[]): number => budgets.reduce((a, b) => a + b, 0)

test('every baseline has a name of its own in kebab case, and a sentence', () => {
  const names = BASELINES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, what } of BASELINES) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(what).toMatch(/^[A-Z].*\.$/)
  }
  expect(names).toEqual(
    expect.arrayContaining([
      'equal',
      'hold',
      'proportional-roas',
      'rules-daily',
      'rules-3-days',
      'greedy-last',
      'static-fit',
      'weekly-refit',
      'gp-thompson-knapsack',
      'discrete-thompson',
      'discrete-ucb',
      'platform-cbo',
    ]),
  )
})

describe.each(BASELINES.map((kind) => ({ name: kind.name, kind })))('$name', ({ kind }) => {
  const decide = (view: View): readonly number[] => kind.start().decide(view)

  test('shares out the day: what is left of the month over its days', () => {
    const budgets = decide(aView(account(), { remaining: 4200, daysLeft: 10 }))
    expect(sum(budgets)).toBeCloseTo(420, 4)
    for (const budget of budgets) expect(budget).toBeGreaterThanOrEqual(1)
  })

  test('decides the same from the same past and chance', () => {
    const view = (): View => aView(account(), { random: seeded(7) })
    expect(decide(view())).toEqual(decide(view()))
  })

  test('does not lift a campaign that cannot spend over 1.03 times what it delivered', () => {
    const campaigns = account().map((one, i) =>
      i === 1 ? { ...one, days: one.days.map((day) => ({ ...day, budget: 80, spend: 40 })) } : one,
    )
    expect(decide(aView(campaigns))[1]).toBeLessThanOrEqual(1.03 * 40 + 1e-9)
  })

  test('pulls what is under the minimum up to it', () => {
    const campaigns = account().map((one, i) => (i === 3 ? { ...one, minimum: 36 } : one))
    expect(decide(aView(campaigns))[3]).toBeGreaterThanOrEqual(36 - 1e-9)
  })

  test('starts a campaign without a past, and gives nothing to one that is still to come', () => {
    const view = aView([...account(), { days: [], since: 40 }, { days: [], since: 60 }])
    const budgets = decide(view)
    expect(budgets[5]).toBeGreaterThanOrEqual(1)
    expect(budgets[6]).toBe(0)
  })

  test.each<{ name: string; view: () => View }>([
    {
      name: 'no past at all',
      view: () =>
        aView([
          { days: [], budget: 50 },
          { days: [], budget: 50 },
        ]),
    },
    {
      name: 'no spend at all',
      view: () =>
        aView([{ days: days(30, aDay(0, 0, { budget: 50 })) }, { days: days(30, aDay(0, 0, { budget: 50 })) }]),
    },
    {
      name: 'spend without a conversion',
      view: () => aView([{ days: days(30, aDay(50, 0)) }, { days: days(30, aDay(50, 0)) }]),
    },
    { name: 'one campaign', view: () => aView([{ days: days(30, aDay(50, 3)) }]) },
    { name: 'no money left', view: () => aView(account(), { remaining: 0 }) },
    { name: 'more spent than there was', view: () => aView(account(), { remaining: -500, daysLeft: 1 }) },
    {
      name: 'days that were never reported',
      view: () => aView(account().map((one) => ({ ...one, days: [...one.days, ...unreported(7)] }))),
    },
    { name: 'value as the goal', view: () => aView(account(), { goal: 'value' }) },
    {
      name: 'value as the goal, and none seen',
      view: () =>
        aView(
          account().map((one) => ({ ...one, days: one.days.map((d) => ({ ...d, value: 0 })) })),
          { goal: 'value' },
        ),
    },
  ])('gives finite budgets within the day with $name', ({ view }) => {
    const seen = view()
    const budgets = decide(seen)
    expect(budgets).toHaveLength(seen.campaigns.length)
    for (const budget of budgets) expect(Number.isFinite(budget) && budget >= 0).toBe(true)
    expect(sum(budgets)).toBeLessThanOrEqual(Math.max(0, seen.remaining) / seen.daysLeft + 1e-6)
  })
})
