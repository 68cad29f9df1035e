import { describe, expect, test } from 'vitest'
import { bindingAt } from '../../lib/decide/explain.ts'
import type { BindingGuardrail } from '../../lib/model/plan.ts'
import { broughtBy, type KnownCampaign, type KnownMarket, limitOf, planOfMarket } from './handmade.ts'
import { decisionOn, euros } from './samples.ts'

/** Conversions for 10, 20 and 30 euros, however many. */
const THREE: readonly KnownCampaign[] = [
  { id: '1', budget: 100, level: 10 },
  { id: '2', budget: 100, level: 5 },
  { id: '3', budget: 100, level: 100 / 30 },
]
/** Ten units more, so that the cents of a platform do not matter. */
const MORE = 10

interface Case {
  readonly why: string
  readonly name: string
  /** The market with `room` more of the limit. */
  readonly market: (room: number) => KnownMarket
  /** Of one unit, by hand. */
  readonly worth: number
}

const eur = (units: number): string => `${units.toFixed(2)} EUR`

const CASES: readonly Case[] = [
  {
    why: 'one more euro for the day goes to the dearest that still gets some',
    name: 'day-target',
    market: (room) => ({ accounts: THREE, target: 320 + room }),
    // 200 and 100 go to the others, 20 to the third at least: the second grows.
    worth: 1 / 20,
  },
  {
    why: 'a group that is full: a euro more of it is taken from what brings less',
    name: 'group "best"',
    market: (room) => ({
      accounts: THREE,
      target: 320,
      policy: { groups: [{ name: 'best', match: { id: '1' }, atMost: eur(150 + room) }] },
    }),
    worth: 1 / 10 - 1 / 20,
  },
  {
    why: 'the dayCap of an account, worst day reckoned: two of cap are one of budget',
    name: 'account-day-cap',
    market: (room) => ({
      accounts: [{ key: 'google-ads:1', campaigns: THREE, terms: { dayCap: eur(640 + 2 * room) } }],
      target: 400,
    }),
    worth: 1 / 10,
  },
  {
    why: 'the dayCap of the portfolio',
    name: 'portfolio-day-cap',
    market: (room) => ({ accounts: THREE, target: 400, policy: { dayCap: eur(640 + 2 * room) } }),
    worth: 1 / 10,
  },
]

describe('the worth of relaxing a limit is what planning again with more of it brings', () => {
  test.each(CASES)('$why', ({ name, market, worth }) => {
    const before = planOfMarket(market(0))
    const after = planOfMarket(market(MORE))
    expect(limitOf(before, name)?.worthPerUnit).toBeCloseTo(worth, 6)
    expect((broughtBy(after, market(MORE)) - broughtBy(before, market(0))) / MORE).toBeCloseTo(worth, 3)
  })

  test('a minimum: a euro less of it goes to what brings more', () => {
    const market = (room: number): KnownMarket => ({
      accounts: THREE,
      target: 320,
      policy: { groups: [{ name: 'dear', match: { id: '3' }, atLeast: eur(80 - room) }] },
    })
    const [before, after] = [planOfMarket(market(0)), planOfMarket(market(MORE))]
    // 1/20 − 1/30. It is no room that one would want more of, so it is said in words and not as worth per unit.
    expect(limitOf(before, 'group "dear"')?.detail).toContain('1 EUR a day less of it = +0.0167 conversions a day')
    expect(limitOf(before, 'group "dear"')?.worthPerUnit).toBeUndefined()
    expect((broughtBy(after, market(MORE)) - broughtBy(before, market(0))) / MORE).toBeCloseTo(1 / 20 - 1 / 30, 3)
  })

  test('an average ceiling: a target that is a hundredth laxer', () => {
    // 200 and 66.67 euros bring 20 and 2.22 conversions; a hundredth of 12 euros each is 2.67 euros, which let 2.67/0.6 more be
    // spent at 30 euros a conversion: 0.148. With 12.12: 200 + x = 12.12 (20 + x/30), x = 71.14, 0.149 more.
    const market = (targetCpa: string): KnownMarket => ({
      accounts: [THREE[0]!, THREE[2]!],
      target: 300,
      policy: { goal: { kind: 'conversions', targetCpa: `${targetCpa} EUR` } },
    })
    const [before, after] = [planOfMarket(market('12')), planOfMarket(market('12.12'))]
    expect(limitOf(before, 'average-ceiling')?.detail).toContain(
      '0.12 EUR more of target CPA = about +0.148 conversions a day',
    )
    expect(broughtBy(after, market('12.12')) - broughtBy(before, market('12'))).toBeCloseTo(0.149, 2)
  })

  test('the bound of one budget', () => {
    const market = (room: number): KnownMarket => ({
      accounts: THREE,
      target: 320,
      policy: { bounds: [{ account: 'google-ads:1', budget: '91', atMost: eur(150 + room) }] },
    })
    const decision = decisionOn(planOfMarket(market(0)), '1')
    const bound = decision.kind === 'change' ? decision.binding.find(({ name }) => name === 'bounds') : undefined
    expect(bound?.worthPerUnit).toBeCloseTo(1 / 10 - 1 / 20, 6)
    const gained = broughtBy(planOfMarket(market(MORE)), market(MORE)) - broughtBy(planOfMarket(market(0)), market(0))
    expect(gained / MORE).toBeCloseTo(1 / 10 - 1 / 20, 3)
  })

  test('a curve: the worth of the day is the slope where its money runs out', () => {
    const market = (room: number): KnownMarket => ({
      accounts: THREE.map((one) => ({ ...one, halfway: 1 })),
      target: 300 + room,
    })
    const worth = limitOf(planOfMarket(market(0)), 'day-target')!.worthPerUnit!
    const gained = broughtBy(planOfMarket(market(MORE)), market(MORE)) - broughtBy(planOfMarket(market(0)), market(0))
    expect(gained / MORE / worth).toBeGreaterThan(0.9)
    expect(gained / MORE / worth).toBeLessThan(1.1)
  })
})

describe('what does not bind', () => {
  test('is not among the limits', () => {
    const plan = planOfMarket({
      accounts: THREE,
      target: 320,
      policy: { groups: [{ name: 'wide', match: {}, atMost: '900 EUR' }] },
    })
    expect(plan.limits?.map(({ name }) => name)).toEqual(['day-target'])
  })

  test('has no worth: a day with more money than anything has room for', () => {
    const plan = planOfMarket({ accounts: THREE, target: 900 })
    expect(plan.marginalReturn).toBe(0)
    expect(limitOf(plan, 'day-target')).toBeUndefined()
  })
})

describe('the bounds that a value sits at', () => {
  const limits = [
    { name: 'step', detail: 'up', atMost: euros(120) },
    { name: 'step', detail: 'down', atLeast: euros(80) },
  ]
  const names = (at: number, rounding = 0n): readonly string[] =>
    bindingAt(limits, euros(at), rounding, 0.5).map(({ detail }) => detail)

  test.each<[at: number, wanted: readonly string[]]>([
    [120, ['up']],
    [119.9, ['up']],
    [119.8, []],
    [80, ['down']],
    [100, []],
  ])('%d: %o', (at, wanted) => {
    expect(names(at)).toEqual(wanted)
  })

  test('are met as closely as the platform rounds', () => {
    expect(names(110, -10_000_000n)).toEqual(['up'])
  })

  test('have a worth above, and none below: raising a minimum brings nothing', () => {
    const [up]: readonly (BindingGuardrail | undefined)[] = bindingAt(limits, euros(120), 0n, 0.5)
    const [down]: readonly (BindingGuardrail | undefined)[] = bindingAt(limits, euros(80), 0n, 0.5)
    expect(up?.worthPerUnit).toBe(0.5)
    expect(down).not.toHaveProperty('worthPerUnit')
  })
})
