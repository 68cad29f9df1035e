/** Multipliers of what a campaign lists beside its devices: places, parts of the week, audiences. */
import { describe, expect, test } from 'vitest'
import type { CampaignId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { ClickCell } from '../../lib/model/evidence.ts'
import { type Decision, decisionLever, type Plan } from '../../lib/model/plan.ts'
import type { BidCriterion, CriterionDimension, Device } from '../../lib/model/structure.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { anObservation, TODAY } from '../measure/samples.ts'
import { planOf, someCapabilities } from './samples.ts'

type Row = readonly [device: Device, clicks: number, conversions: number, dimension?: CriterionDimension, id?: string]

const cellsOf = (rows: readonly Row[]): readonly ClickCell[] =>
  rows.map(([device, clicks, conversions, dimension, id]) => ({
    campaign: '1' as CampaignId,
    device,
    clicks,
    conversions,
    value: 50 * conversions,
    ...(dimension && id ? { criterion: { dimension, id } } : {}),
  }))

const listed = (dimension: CriterionDimension, id: string, name: string, multiplier = 1): BidCriterion => ({
  dimension,
  id,
  name,
  multiplier,
})

/** Devices alike: 10,000 clicks on each, one in twenty of which converts. */
const DEVICES: readonly Row[] = [
  ['mobile', 10_000, 500],
  ['desktop', 10_000, 500],
]
/** Of which 5,000 in Berlin bring 375 and 5,000 in Hamburg 125. */
const BERLIN: readonly Row[] = (['mobile', 'desktop'] as const).flatMap((device): readonly Row[] => [
  [device, 5000, 375, 'place', '21'],
  [device, 5000, 125, 'place', '22'],
])
const PLACES = [listed('place', '21', 'Berlin'), listed('place', '22', 'Hamburg')]

const planFor = (
  criteria: readonly BidCriterion[],
  rows: readonly Row[],
  {
    deviceMultipliers = {},
    capabilities = {},
  }: {
    readonly deviceMultipliers?: Readonly<Partial<Record<Device, number>>>
    readonly capabilities?: Partial<PlatformCapabilities>
  } = {},
): Plan =>
  planOf(
    anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [
            {
              id: '1',
              budget: 100,
              rate: 0.1,
              campaign: { name: 'Shoes', strategy: { kind: 'manual-cpc' }, criteria, deviceMultipliers },
            },
          ],
          over: { cells: { from: addDays(TODAY, -60), to: addDays(TODAY, -1), cells: cellsOf(rows) } },
        },
      ],
      target: 100,
      policy: { bidMultipliers: 'steer', exploration: { maxCost: 0 } },
    }),
    { ...someCapabilities, ...capabilities },
  )

const on = (plan: Plan, of: Device | string): Decision => {
  const found = plan.decisions.find((one) => {
    const { device, criterion } = decisionLever(one)
    return (device ?? criterion?.id) === of
  })
  if (!found) throw new Error(`no decision on ${of}`)
  return found
}
const toOf = (decision: Decision): number => {
  const value = decision.kind === 'change' ? decision.change.to : decision.value
  return value?.kind === 'ratio' ? value.value : Number.NaN
}

describe('multipliers of what a campaign lists', () => {
  test('follow what a click is worth there, devices staying where they are', () => {
    const plan = planFor(PLACES, [...DEVICES, ...BERLIN])
    // 7.5 % and 2.5 % against 5 %: 1.5 and 0.5, drawn a little towards 1.
    expect(on(plan, '21')).toMatchObject({
      kind: 'change',
      name: 'Shoes in Berlin',
      why: expect.stringMatching(/worth 1\.\d\d× the mean click by place, other dimensions being equal/),
    })
    expect(toOf(on(plan, '21'))).toBeCloseTo(1.47, 1)
    expect(toOf(on(plan, '22'))).toBeCloseTo(0.53, 1)
    for (const device of ['mobile', 'desktop'])
      expect(on(plan, device)).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })

  test('are net of the device: what all is due to mobile moves mobile', () => {
    // Mobile converts 7.5 % and desktop 2.5 %, wherever they are; mobile is used in Berlin.
    const rows: readonly Row[] = [
      ['mobile', 10_000, 750],
      ['desktop', 10_000, 250],
      ['mobile', 9000, 675, 'place', '21'],
      ['desktop', 1000, 25, 'place', '21'],
      ['mobile', 1000, 75, 'place', '22'],
      ['desktop', 9000, 225, 'place', '22'],
    ]
    const plan = planFor(PLACES, rows)
    expect(toOf(on(plan, 'mobile'))).toBeGreaterThan(1.4)
    for (const id of ['21', '22']) expect(on(plan, id)).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })

  test('by hour and audience have names of their own, and clicks of no audience keep their bid', () => {
    const criteria = [listed('hour', '31', 'Monday, all day'), listed('audience', '41', 'Buyers')]
    const rows: readonly Row[] = (['mobile', 'desktop'] as const).flatMap((device): readonly Row[] => [
      [device, 10_000, 600],
      [device, 1000, 60, 'hour', '31'],
      // 12 % of 2,500 against 4 % of the other 7,500: 2 times the mean click's 6 %.
      [device, 2500, 300, 'audience', '41'],
    ])
    const plan = planFor(criteria, rows)
    expect(on(plan, '41').name).toBe('Shoes for Buyers')
    expect(toOf(on(plan, '41'))).toBeGreaterThan(1.9)
    expect(toOf(on(plan, '41'))).toBeLessThanOrEqual(2)
    expect(on(plan, '31')).toMatchObject({ kind: 'hold', name: 'Shoes at Monday, all day', reason: 'within-deadband' })
  })

  test('that nothing was counted of stay, with the reason', () => {
    const plan = planFor([...PLACES, listed('audience', '41', 'Buyers')], [...DEVICES, ...BERLIN])
    expect(on(plan, '41')).toMatchObject({
      kind: 'hold',
      reason: 'too-little-history',
      detail: 'no click of it was counted for Buyers',
    })
    expect(on(plan, '21').kind).toBe('change')
  })

  test('that the platform does not honour stay, and the others move', () => {
    const capabilities: Partial<PlatformCapabilities> = {
      honours: ({ criterion }) =>
        criterion?.dimension === 'audience'
          ? { kind: 'not-honoured', reason: 'no audiences here' }
          : { kind: 'honoured' },
    }
    const plan = planFor([...PLACES, listed('audience', '41', 'Buyers')], [...DEVICES, ...BERLIN], { capabilities })
    expect(on(plan, '41')).toMatchObject({ kind: 'hold', reason: 'not-honoured', detail: 'no audiences here' })
    expect(on(plan, '21').kind).toBe('change')
  })

  test('go back towards 1 where the clicks no longer bear them out', () => {
    // 30 clicks and 1 or 2 conversions say next to nothing of Berlin, which stands at 1.6.
    const rows: readonly Row[] = [...DEVICES, ['mobile', 30, 2, 'place', '21'], ['desktop', 9970, 499, 'place', '22']]
    const plan = planFor([listed('place', '21', 'Berlin', 1.6), listed('place', '22', 'Hamburg')], rows)
    expect(toOf(on(plan, '21'))).toBeGreaterThan(0.9)
    expect(toOf(on(plan, '21'))).toBeLessThan(1.15)
  })

  test('multiply to no more than 5 and no less than a fifth, for the best and the worst click', () => {
    // Each dimension of its own is worth 1.96 and 0.04 times the mean: 1.96⁴ is 14.8 and 0.4⁴ is 0.026.
    const criteria = [
      ...PLACES,
      listed('hour', '31', 'days'),
      listed('hour', '32', 'nights'),
      listed('audience', '41', 'buyers'),
      listed('audience', '42', 'others'),
    ]
    const rate = (good: boolean): number => (good ? 1.96 : 0.04)
    const rows = (['mobile', 'desktop'] as const).flatMap((device): readonly Row[] => {
      const conversions = 10_000 * rate(device === 'mobile')
      const by = (dimension: CriterionDimension, good: string, bad: string): readonly Row[] => [
        [device, 50_000, (conversions / 2) * rate(true), dimension, good],
        [device, 50_000, (conversions / 2) * rate(false), dimension, bad],
      ]
      return [
        [device, 100_000, conversions],
        ...by('place', '21', '22'),
        ...by('hour', '31', '32'),
        ...by('audience', '41', '42'),
      ]
    })
    const plan = planFor(criteria, rows)
    const product = (...levels: readonly string[]): number =>
      levels.reduce((all, level) => all * toOf(on(plan, level)), 1)
    expect(product('mobile', '21', '31', '41')).toBeLessThanOrEqual(5 * 1.02)
    expect(product('desktop', '22', '32', '42')).toBeGreaterThanOrEqual(0.2 / 1.05)
    expect(product('desktop', '22', '32', '42')).toBeLessThan(0.3)
  })

  test('promise what they bring together at the same spend, once', () => {
    const plan = planFor(PLACES, [...DEVICES, ...BERLIN])
    const expected = plan.decisions.flatMap((one) =>
      one.kind === 'change' && decisionLever(one).kind === 'bid-multiplier' ? [one.expected.mean] : [],
    )
    // 1,000 conversions in 60 days; (1.5² + 0.5²) / 2 = 1.25 at the same spend would be √1.25 − 1 = 11.8 % more.
    const sum = expected.reduce((a, b) => a + b, 0)
    expect(sum).toBeGreaterThan((1000 / 60) * 0.09)
    expect(sum).toBeLessThan((1000 / 60) * 0.13)
  })
})
