import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { rollBack } from '../../lib/decide/rollback.ts'
import { leastNewBudget, spentToday } from '../../lib/decide/spent-today.ts'
import { besideTarget } from '../../lib/decide/targets/headroom-step.ts'
import { guardrailsOf } from '../../lib/decide/verdicts.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import type { AdGroupId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { ChangeDecision, Decision, PlanId } from '../../lib/model/plan.ts'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { anObservation, NOW } from '../measure/samples.ts'
import { aBudget } from '../model/samples.ts'
import { amountAfter, decisionOn, euros, planOf, someCapabilities } from './samples.ts'

/** What TikTok documents: any new budget must be 105 % of what is spent. */
const ANY_NEW: Partial<PlatformCapabilities> = { cutFloorOfSpend: 1.05, raiseFloorOfSpend: true }
/** What Meta documents: a cut must leave 110 % of it. */
const CUTS: Partial<PlatformCapabilities> = { cutFloorOfSpend: 1.1 }

interface World {
  readonly rule?: Partial<PlatformCapabilities>
  /** Of the budget that is worth raising, and of that which is worth cutting; both stand at 50. */
  readonly spent: readonly [raised: number, cut: number]
  readonly policy?: Readonly<Record<string, unknown>>
  readonly dayCap?: string
}

const micros = (units: number): bigint => BigInt(Math.round(units * 1e6))

function observed({ spent, policy = {}, dayCap = '10000 EUR' }: World): Observation {
  const observation = anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget: 50, rate: 0.5 },
          { id: '2', budget: 50, rate: 0.05 },
        ],
        terms: { dayCap },
      },
    ],
    target: 100,
    policy,
  })
  const spentTodayMicros = new Map([
    ['1', micros(spent[0])],
    ['2', micros(spent[1])],
  ])
  return { ...observation, accounts: observation.accounts.map((account) => ({ ...account, spentTodayMicros })) }
}

const decided = (world: World) => planOf(observed(world), { ...someCapabilities, ...world.rule })
const raised = (world: World): Decision => decisionOn(decided(world), '1')
const cut = (world: World): Decision => decisionOn(decided(world), '2')
const verdict = (decision: Decision) => guardrailsOf(decision).find(({ name }) => name === 'spent-today')

describe('what is spent today', () => {
  test('does not matter where the platform has no such rule', () => {
    const world = { spent: [70, 70] as const }
    expect(amountAfter(raised(world))).toBe(60)
    expect(amountAfter(cut(world))).toBe(40)
    expect(verdict(cut(world))).toBeUndefined()
  })

  test('stops a cut where the platform does: 40 spent × 1.05 × a margin of 1.05 is 44.10', () => {
    const decision = cut({ rule: ANY_NEW, spent: [0, 40] })
    expect(amountAfter(decision)).toBe(44.1)
    expect(verdict(decision)).toEqual({
      name: 'spent-today',
      verdict: 'clamp',
      detail: '40.00 EUR are spent today already, and the platform takes no new budget below 1.05 times that',
      atLeast: euros(44.1),
    })
  })

  test('lets a cut pass that stays above it: 30 spent are 33.08', () => {
    const decision = cut({ rule: ANY_NEW, spent: [0, 30] })
    expect(amountAfter(decision)).toBe(40)
    expect(verdict(decision)).toMatchObject({ verdict: 'pass', atLeast: euros(33.08) })
  })

  test.each([
    ['is below the deadband', 45, 49.62],
    ['would be a raise', 46, 50.72],
    ['is out of reach', 90, 99.23],
  ])('holds a budget whose least %s: %d spent are %d', (_why, spent, least) => {
    const decision = cut({ rule: ANY_NEW, spent: [0, spent] })
    expect(decision).toMatchObject({
      kind: 'hold',
      reason: 'spent-today',
      detail: `${spent}.00 EUR are spent today already, and the platform takes no new budget below 1.05 times that`,
      value: { amount: euros(50) },
    })
    expect(verdict(decision)).toMatchObject({ verdict: 'block', atLeast: euros(least) })
  })

  test.each([
    ['at least what is asked goes through: 54 spent are 59.54', 54, 60],
    ['less waits, and is not made larger for it: 55 spent are 60.64', 55, 50],
    ['less waits, however much is asked: 500 spent are 551.25', 500, 50],
  ])('of a raise to 60, %s', (_why, spent, after) => {
    const decision = raised({ rule: ANY_NEW, spent: [spent, 0] })
    expect(amountAfter(decision)).toBe(after)
    if (after === 50) {
      expect(decision).toMatchObject({ kind: 'hold', reason: 'spent-today' })
      expect(verdict(decision)).toMatchObject({ verdict: 'block' })
    }
  })

  test('does not bind a raise where the platform binds cuts alone', () => {
    const world: World = { rule: CUTS, spent: [90, 0] }
    expect(amountAfter(raised(world))).toBe(60)
    expect(verdict(raised(world))).toMatchObject({ verdict: 'pass', atLeast: euros(50) })
    expect(cut({ rule: CUTS, spent: [0, 90] })).toMatchObject({
      reason: 'spent-today',
      detail: '90.00 EUR are spent today already, and the platform takes no cut below 1.1 times that',
    })
  })

  test('stops short of a largest budget of the policy: it goes there as far as it can, and is not left where it is', () => {
    // The steps let it go to 40 today.
    const decision = cut({ rule: ANY_NEW, spent: [0, 40], policy: { guardrails: { maxDailyBudget: '30 EUR' } } })
    expect(amountAfter(decision)).toBe(44.1)
    expect(guardrailsOf(decision).filter((one) => one.verdict === 'block')).toEqual([])
  })

  test.each([
    ['is raised to it, where the platform takes that: 49 spent are 54.03', 49, 55],
    ['is held, where the platform asks for more: 52 spent are 57.33', 52, 50],
  ])('of a budget that the account’s cap leaves 55, it %s', (_why, spent, stands) => {
    const rule = { ...ANY_NEW, overDeliveryFactor: 1 }
    const decision = raised({ rule, spent: [spent, 0], dayCap: '105 EUR' })
    expect(amountAfter(decision)).toBe(stands)
    if (stands === 50) expect(decision).toMatchObject({ kind: 'hold', reason: 'spent-today' })
  })

  test('of another day than that of the push asks nothing', () => {
    const least = (hours: number) => {
      const observation = { ...observed({ spent: [40, 40] }), now: later(NOW, hours * HOUR_MS) }
      const questions = questionsOf(observation, estimate(observation), () => ({ ...someCapabilities, ...ANY_NEW }))
      return questions.map(leastNewBudget)
    }
    expect(least(0)).toEqual([euros(44.1), euros(44.1)])
    expect(least(12)).toEqual([undefined, undefined])
  })

  test('of a micro is something, and of nothing asks for nothing', () => {
    const least = (spent: bigint) => {
      const observation = observed({ spent: [0, 0] })
      const accounts = observation.accounts.map((one) => ({ ...one, spentTodayMicros: new Map([['1', spent]]) }))
      const finest = { normalise: (_kind: unknown, value: unknown) => value as never, cutFloorOfSpend: 0.5 }
      const asked = { ...observation, accounts }
      return leastNewBudget(questionsOf(asked, NO_BELIEFS, () => ({ ...someCapabilities, ...finest }))[0]!)
    }
    // Half of it, and the margin, rounded up.
    expect(least(1n)).toEqual(euros(0.000001))
    expect(least(0n)).toBeUndefined()
  })

  test('never makes a decided budget larger, and what is sent is never below what the platform takes', () => {
    const spends = fc.tuple(fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 8_000 }))
    const free = decided({ spent: [0, 0] })
    fc.assert(
      fc.property(spends, fc.constantFrom(ANY_NEW, CUTS), (cents, rule) => {
        const spent = [cents[0] / 100, cents[1] / 100] as const
        const plan = decided({ rule, spent })
        for (const [i, id] of ['1', '2'].entries()) {
          const after = amountAfter(decisionOn(plan, id))
          const isNew = after !== 50 && (rule.raiseFloorOfSpend || after < 50)
          if (isNew) expect(after).toBeGreaterThanOrEqual(rule.cutFloorOfSpend! * spent[i]!)
          // What is not cut there is not given to the other.
          if (after > 50) expect(after).toBeLessThanOrEqual(amountAfter(decisionOn(free, id)) + 0.01)
        }
      }),
      { numRuns: 40, seed: 7 },
    )
  })
})

describe('what was approved or asked for before', () => {
  test('is held too where the platform would refuse it: an event’s step of 1.1 times the 50', () => {
    const policy = { events: [{ name: 'fair', from: '2026-11-21', to: '2026-11-22', budgetFactor: 1.1 }] }
    const step = raised({ rule: ANY_NEW, spent: [49, 0], policy })
    expect(step).toMatchObject({ kind: 'change', change: { to: { amount: euros(55) } }, event: { name: 'fair' } })
    expect(verdict(step)).toMatchObject({ verdict: 'pass', atLeast: euros(54.03) })
    expect(raised({ rule: ANY_NEW, spent: [50, 0], policy })).toMatchObject({ kind: 'hold', reason: 'spent-today' })
  })

  const questionOf = (world: World) =>
    questionsOf(observed(world), estimate(observed(world)), () => ({ ...someCapabilities, ...world.rule }))[0]!
  const most45 = { guardrails: { maxDailyBudget: '45 EUR' } }

  test.each([
    [
      '45, as far as the policy asks: 40 spent are 44.10',
      40,
      { kind: 'change', change: { to: { amount: euros(45) } } },
    ],
    [
      '46.31, as far as the platform goes: 42 are spent',
      42,
      { kind: 'change', change: { to: { amount: euros(46.31) } } },
    ],
    ['50, as it stood: 45 spent leave less than the deadband', 45, { kind: 'hold', reason: 'spent-today' }],
  ])('beside a target goes to %s', (_why, spent, expected) => {
    const rule = { ...ANY_NEW }
    expect(besideTarget(questionOf({ rule, spent: [spent, 0], policy: most45 }))).toMatchObject(expected)
  })

  /** What takes the budget, which stands at 50 now, back to where it stood before a plan. */
  const back = (from: number, spent: number) => {
    const world: World = { rule: ANY_NEW, spent: [spent, 0] }
    const { lever } = questionOf(world)
    const stood = { kind: 'money', amount: euros(from) } as const
    const stored = { kind: 'money', amount: euros(50) } as const
    const made = { ...(raised({ spent: [0, 0] }) as ChangeDecision), change: { lever, from: stood, to: stored } }
    return rollBack({
      of: 'a' as PlanId,
      made: [{ decision: made, stored, at: NOW }],
      observation: observed(world),
      capabilitiesOf: () => ({ ...someCapabilities, ...ANY_NEW }),
      live: new Map([[leverKey(lever), stored]]),
      by: 'ana',
    }).decisions[0]!
  }

  test.each([
    ['down to 40 is made: 30 spent are 33.08', 40, 30, 40],
    ['down to 40 goes as far as the platform does: 40 spent are 44.10', 40, 40, 44.1],
    ['down to 40 is held where nothing is left of it: 46 spent are 50.72', 40, 46, 50],
    ['up to 55 is made: 49 spent are 54.03', 55, 49, 55],
    ['up to 55 is held where the platform asks for more: 52 spent are 57.33', 55, 52, 50],
  ])('and a rollback %s', (_why, from, spent, after) => {
    const decision = back(from, spent)
    expect(amountAfter(decision)).toBe(after)
    if (decision.kind === 'hold') expect(decision.detail).toContain('are spent today already')
  })
})

describe('what a budget has spent', () => {
  test.each([
    ['on a campaign is its own and its ad groups’', aBudget('1', 50), 5],
    ['on an ad group is that ad group’s', aBudget('1', 50, { adGroup: '7' as AdGroupId }), 2],
    ['that feeds two campaigns is both’s', aBudget('1', 50, { campaigns: ['1', '12'] as never }), 14],
    ['that has spent nothing is nothing', aBudget('2', 50), 0],
  ])('%s', (_why, budget, units) => {
    const spentTodayMicros = new Map([
      ['1', micros(3)],
      ['1/7', micros(2)],
      ['12', micros(9)],
    ])
    const [account] = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [] }] }).accounts
    expect(spentToday({ account: { ...account!, spentTodayMicros }, budget })).toEqual(euros(units))
  })
})
