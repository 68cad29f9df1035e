import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { above, bounded, eased, type Floor, intersect, type Limit } from '../../lib/decide/interval.ts'
import { CurrencyMismatch, currency, money } from '../../lib/units/money.ts'

const EUR = currency('EUR')
const euros = (units: number) => money(BigInt(units) * 1_000_000n, EUR)
const atLeast = (units: number): Limit => ({ name: 'floor', detail: `at least ${units}`, atLeast: euros(units) })
const atMost = (units: number): Limit => ({ name: 'ceiling', detail: `at most ${units}`, atMost: euros(units) })

const amount = fc.integer({ min: 0, max: 1000 })
const someLimit = fc.oneof(
  amount.map(atLeast),
  amount.map(atMost),
  fc.tuple(amount, amount).map(([a, b]): Limit => ({ ...atLeast(Math.min(a, b)), ...atMost(Math.max(a, b)) })),
)
/** At least one limit on either side. */
const someLimits = fc
  .tuple(fc.array(someLimit, { maxLength: 8 }), amount, amount)
  .map(([limits, a, b]) => [atLeast(Math.min(a, b)), ...limits, atMost(Math.max(a, b))])

describe('bounding a wish', () => {
  test.each<[why: string, limits: readonly Limit[], wanted: number, to: number]>([
    ['a wish inside is left alone', [atLeast(80), atMost(120)], 110, 110],
    ['a wish above is cut to the ceiling', [atLeast(80), atMost(120)], 300, 120],
    ['a wish below is raised to the floor', [atLeast(80), atMost(120)], 1, 80],
    ['the narrowest of several counts', [atLeast(80), atLeast(90), atMost(120), atMost(115)], 300, 115],
    ['both ends are included', [atLeast(80), atMost(80)], 80, 80],
  ])('%s', (_why, limits, wanted, to) => {
    expect(bounded(limits, euros(wanted))).toMatchObject({ kind: 'within', to: euros(to) })
  })

  test('names the limit that binds, and none when none does', () => {
    expect(bounded([atLeast(80), atMost(120), atMost(130)], euros(300))).toMatchObject({ binding: [atMost(120)] })
    expect(bounded([atLeast(80), atMost(120)], euros(100))).toMatchObject({ binding: [] })
  })

  test('names every limit that a wish below is raised to, and no other', () => {
    const [lowest, one, other] = [atLeast(70), atLeast(80), { ...atLeast(80), name: 'step' }]
    expect(bounded([lowest, one, atMost(120), other], euros(1))).toMatchObject({ binding: [one, other] })
  })

  test.each([80, 120])('a wish at the very bound, %d, is bound by nothing', (wish) => {
    expect(bounded([atLeast(80), atMost(120)], euros(wish))).toEqual({ kind: 'within', to: euros(wish), binding: [] })
  })

  test('says which two limits contradict each other', () => {
    expect(bounded([atLeast(150), atMost(120), atLeast(80)], euros(100))).toEqual({
      kind: 'impossible',
      between: [atLeast(150), atMost(120)],
    })
  })

  test('gives the same answer in any order of the limits', () => {
    fc.assert(
      fc.property(someLimits, amount, (limits, wish) => {
        const [one, other] = [bounded(limits, euros(wish)), bounded(limits.toReversed(), euros(wish))]
        expect(other.kind).toBe(one.kind)
        if (one.kind === 'within' && other.kind === 'within') expect(other.to).toEqual(one.to)
      }),
    )
  })

  test('satisfies every limit, moving the wish by as little as possible, or says that nothing does', () => {
    fc.assert(
      fc.property(someLimits, amount, (limits, wish) => {
        const allowed = (units: number): boolean =>
          limits.every(
            (l) =>
              (l.atLeast?.micros ?? 0n) <= euros(units).micros &&
              (l.atMost === undefined || euros(units).micros <= l.atMost.micros),
          )
        const possible = Array.from({ length: 1001 }, (_, units) => units).filter(allowed)
        const answer = bounded(limits, euros(wish))
        expect(possible.length === 0).toBe(answer.kind === 'impossible')
        if (answer.kind === 'impossible') return
        const nearest = possible.reduce((best, units) =>
          Math.abs(units - wish) < Math.abs(best - wish) ? units : best,
        )
        expect(answer.to).toEqual(euros(nearest))
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  test('adding a limit can only narrow', () => {
    fc.assert(
      fc.property(someLimits, someLimit, (limits, extra) => {
        const [wide, narrow] = [intersect(limits), intersect([...limits, extra])]
        expect(narrow.floor.atLeast.micros >= wide.floor.atLeast.micros).toBe(true)
        expect(narrow.ceiling.atMost.micros <= wide.ceiling.atMost.micros).toBe(true)
      }),
    )
  })

  test('refuses limits in another currency, and a budget without a limit on either side', () => {
    const yen: Limit = { name: 'floor', detail: 'yen', atLeast: money(1n, currency('JPY')) }
    expect(() => bounded([atLeast(1), yen, atMost(2)], euros(1))).toThrow(CurrencyMismatch)
    expect(() => bounded([atLeast(1)], euros(1))).toThrow('at least one lower and one upper limit')
    expect(() => bounded([], euros(1))).toThrow(RangeError)
  })
})

describe('limits of the policy that one decision cannot reach', () => {
  const reach = { atLeast: euros(80), atMost: euros(120) }
  const bounds = (from: number, to: number): Limit => ({
    ...{ name: 'bounds', detail: `${from} to ${to}` },
    ...{ atLeast: euros(from), atMost: euros(to) },
  })
  const onItsWay = ': it is on its way there, as far as one decision may move it'

  test.each<[why: string, limit: Limit, atLeast: number, atMost: number]>([
    ['from far below, as far up as it may', bounds(150, 200), 120, 200],
    ['from far above, as far down as it may', bounds(10, 50), 10, 80],
    ['by a cent is as good as by far', bounds(121, 130), 120, 130],
    ['the other way round too', bounds(70, 79), 70, 80],
  ])('ask for what can be reached: %s', (_why, limit, lower, upper) => {
    expect(eased([limit], reach)).toEqual([
      {
        name: 'bounds',
        detail: `${limit.detail}${onItsWay}`,
        atLeast: euros(lower),
        atMost: euros(upper),
      },
    ])
  })

  test.each<[why: string, limit: Limit]>([
    ['within reach', bounds(90, 110)],
    ['just within reach from below', bounds(120, 200)],
    ['just within reach from above', bounds(10, 80)],
    ['open above', { name: 'minimum', detail: 'at least 100', atLeast: euros(100) }],
    ['open below', { name: 'maximum', detail: 'at most 100', atMost: euros(100) }],
    ['not one that the policy sets on budgets', { ...bounds(150, 200), name: 'step' }],
  ])('are left as they are: %s', (_why, limit) => {
    expect(eased([limit], reach)[0]).toBe(limit)
  })

  test('with one side stay with one side', () => {
    expect(eased([{ name: 'minimum', detail: 'at least 150', atLeast: euros(150) }], reach)).toEqual([
      { name: 'minimum', detail: `at least 150${onItsWay}`, atLeast: euros(120) },
    ])
    expect(eased([{ name: 'maximum', detail: 'at most 50', atMost: euros(50) }], reach)).toEqual([
      { name: 'maximum', detail: `at most 50${onItsWay}`, atMost: euros(80) },
    ])
  })

  test('come before those that are left as they are', () => {
    const [kept, moved] = [bounds(90, 110), bounds(150, 200)]
    expect(eased([kept, moved], reach).map(({ detail }) => detail)).toEqual([`150 to 200${onItsWay}`, '90 to 110'])
  })
})

describe('a floor under all limits', () => {
  const floor: Floor = { name: 'spent-today', detail: '100 are spent', atLeast: euros(100) }

  test('stops what asks for less at what the platform takes today, and comes last', () => {
    expect(above(floor, [atMost(50), atMost(99)])).toEqual([
      { name: 'ceiling', detail: 'at most 50: as far as the platform takes it today', atMost: euros(100) },
      { name: 'ceiling', detail: 'at most 99: as far as the platform takes it today', atMost: euros(100) },
      floor,
    ])
  })

  test('leaves alone what ends at it or above it, and what has no upper end', () => {
    const limits = [atMost(100), atMost(101), atLeast(20)]
    expect(above(floor, limits)).toEqual([...limits, floor])
  })

  test('is none where nothing is spent', () => {
    const limits = [atMost(50)]
    expect(above(undefined, limits)).toBe(limits)
  })
})
