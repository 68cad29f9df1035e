import { describe, expect, test } from 'vitest'
import type { CampaignId } from '../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { ClickCell } from '../../lib/model/evidence.ts'
import type { Lever } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { type Decision, decisionLever, type Plan } from '../../lib/model/plan.ts'
import type { Campaign, Device } from '../../lib/model/structure.ts'
import { addDays } from '../../lib/units/calendar.ts'
import {
  type AccountSpec,
  anObservation,
  type CampaignSpec,
  NOW,
  type ObservationSpec,
  TODAY,
} from '../measure/samples.ts'
import { aState, budgetLeverOf, decisionOn, euros, planOf, someCapabilities } from './samples.ts'

type Counts = Partial<Record<Device, readonly [clicks: number, conversions: number, value?: number]>>

/** 5 conversions per 100 clicks on desktop, 2 on mobile and on tablet: 5,000 clicks and 124 conversions in all. */
const COUNTS: Counts = { desktop: [800, 40], mobile: [4000, 80], tablet: [200, 4] }
const cellsOf = (campaign: string, counts: Counts): readonly ClickCell[] =>
  Object.entries(counts).map(([device, [clicks, conversions, value = 50 * conversions]]) => ({
    campaign: campaign as CampaignId,
    device: device as Device,
    clicks,
    conversions,
    value,
  }))
const CELLS = {
  from: addDays(TODAY, -60),
  to: addDays(TODAY, -1),
  cells: [...cellsOf('1', COUNTS), ...cellsOf('2', COUNTS)],
}

const byHand = (id: string, over: Partial<Campaign> = {}): CampaignSpec => ({
  id,
  budget: 100,
  rate: 0.1,
  campaign: { strategy: { kind: 'manual-cpc' }, ...over },
})
interface Given {
  readonly campaign?: Partial<Campaign>
  readonly account?: Partial<AccountSpec>
  readonly over?: AccountSpec['over']
  readonly spec?: Partial<ObservationSpec>
  readonly capabilities?: Partial<PlatformCapabilities>
}
const planFor = ({ campaign = {}, account = {}, over = {}, spec = {}, capabilities = {} }: Given = {}): Plan =>
  planOf(
    anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [byHand('1', campaign), byHand('2')],
          over: { cells: CELLS, ...over },
          ...account,
        },
      ],
      target: 200,
      ...spec,
      policy: { bidMultipliers: 'steer', exploration: { maxCost: 0 }, ...spec.policy },
    }),
    { ...someCapabilities, ...capabilities },
  )
const on = (plan: Plan, device: Device, id = '1'): Decision =>
  plan.decisions.find((one) => decisionLever(one).device === device && decisionLever(one).id === id)!
const leverOn = (device: Device): Lever => ({
  ...{ account: budgetLeverOf('1').account, kind: 'bid-multiplier', entity: 'campaign', id: '1' },
  device,
})
const stateOn = (device: Device, known: number, over: Partial<LeverState> = {}): LeverState =>
  aState('1', 1, { lever: leverOn(device), known: { kind: 'ratio', value: known }, ...over })
const toOf = (decision: Decision): number =>
  decision.kind === 'change' && decision.change.to.kind === 'ratio' ? decision.change.to.value : Number.NaN

describe('multipliers by device', () => {
  const plan = planFor()

  test('follow what a click is worth, drawn a little towards 1, with what is expected and why', () => {
    // Raw: 0.05, 0.02 and 0.02 over 124 / 5,000 = 0.0248 are 2.02, 0.81 and 0.81.
    const desktop = on(plan, 'desktop')
    expect(toOf(desktop)).toBeGreaterThan(1.5)
    expect(toOf(desktop)).toBeLessThanOrEqual(2)
    expect(toOf(on(plan, 'mobile'))).toBeGreaterThan(0.8)
    expect(toOf(on(plan, 'mobile'))).toBeLessThan(0.95)
    expect(desktop).toMatchObject({
      kind: 'change',
      name: 'Campaign google-ads 1 on desktop',
      class: 'prospecting',
      change: { lever: leverOn('desktop'), from: { kind: 'ratio', value: 1 } },
      why: expect.stringMatching(/^From 1\.00× to \d\.\d\d×: a click is worth \d\.\d\d× the mean click by device/),
    })
    if (desktop.kind !== 'change') throw new Error('no change')
    expect(desktop.expected.unit).toBe('conversions-per-day')
    expect(desktop.expected.mean).toBeGreaterThan(0)
    expect(desktop.expected.low).toBeLessThan(desktop.expected.mean)
  })

  test('go no further than the platform accepts', () => {
    const narrow = planFor({ capabilities: { ratios: { 'bid-multiplier': [0.95, 1.4] } } })
    expect(toOf(on(narrow, 'desktop'))).toBe(1.4)
    expect(toOf(on(narrow, 'mobile'))).toBe(0.95)
  })

  test('leave the bid of the mean click as it is', () => {
    const after = (['desktop', 'mobile', 'tablet'] as const).reduce((sum, device) => {
      const decision = on(plan, device)
      return sum + COUNTS[device]![0] * (decision.kind === 'change' ? toOf(decision) : 1)
    }, 0)
    expect(after / 5000).toBeGreaterThan(0.95)
    expect(after / 5000).toBeLessThan(1.05)
  })

  test('are decided for every running campaign, one by device', () => {
    const decided = plan.decisions.filter((one) => decisionLever(one).kind === 'bid-multiplier')
    expect(decided.map((one) => decisionLever(one).id)).toEqual(['1', '1', '1', '2', '2', '2'])
  })

  test('are no part of a plan whose policy leaves them', () => {
    const left = planFor({ spec: { policy: { bidMultipliers: 'leave' } } })
    expect(left.decisions.filter((one) => decisionLever(one).kind === 'bid-multiplier')).toEqual([])
  })

  test('that stand where they belong stay: clicks were counted under them', () => {
    // Half of desktop's clicks again, because it stood at 1.5 all the time: worth stays as it was.
    const counts: Counts = { desktop: [1200, 60], mobile: [3400, 68], tablet: [170, 3.4] }
    const standing = planFor({
      campaign: { deviceMultipliers: { desktop: 1.9, mobile: 0.82, tablet: 0.82 } },
      over: { cells: { ...CELLS, cells: [...cellsOf('1', counts), ...cellsOf('2', COUNTS)] } },
    })
    expect(on(standing, 'mobile')).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })

  test('that were moved eight days ago stay: most of the clicks were counted under the old ones', () => {
    const at = Object.fromEntries((['desktop', 'mobile', 'tablet'] as const).map((one) => [one, toOf(on(plan, one))]))
    const deviceMultipliers = { ...at, tablet: Number.isNaN(at.tablet) ? 1 : at.tablet } as Record<Device, number>
    const day = addDays(TODAY, -8)
    const levers = (['desktop', 'mobile', 'tablet'] as const).map((device) =>
      stateOn(device, deviceMultipliers[device], { day, dayStart: { kind: 'ratio', value: 1 } }),
    )
    const later = planFor({ campaign: { deviceMultipliers }, over: { levers } })
    for (const device of ['desktop', 'mobile'] as const)
      expect(on(later, device)).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })

  test('count value where value is the goal', () => {
    const counts: Counts = { desktop: [2500, 50, 2500], mobile: [2500, 50, 7500] }
    const cells = { ...CELLS, cells: [...cellsOf('1', counts), ...cellsOf('2', counts)] }
    const valued = planFor({ over: { cells }, spec: { policy: { goal: { kind: 'value' } } } })
    // 0.5 and 1.5, before they are drawn towards 1.
    expect(toOf(on(valued, 'mobile'))).toBeGreaterThan(1.2)
    expect(toOf(on(valued, 'desktop'))).toBeLessThan(0.8)
    expect(on(planFor({ over: { cells } }), 'mobile')).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })

  test('of a device that is opted out of, or that nothing came from, stay as they are', () => {
    const { tablet: _, ...counts } = COUNTS
    const partly = planFor({
      campaign: { deviceMultipliers: { tablet: 0 } },
      over: { cells: { ...CELLS, cells: [...cellsOf('1', counts), ...cellsOf('2', counts)] } },
    })
    expect(on(partly, 'tablet')).toMatchObject({ kind: 'hold', reason: 'not-steered', detail: /opted out/ })
    expect(on(partly, 'tablet', '2')).toMatchObject({
      kind: 'hold',
      reason: 'too-little-history',
      detail: /on tablet/,
    })
    expect(on(partly, 'desktop').kind).toBe('change')
  })

  test('with few clicks stay: the difference may be chance', () => {
    const few: Counts = { desktop: [40, 2], mobile: [200, 4] }
    const decided = planFor({ over: { cells: { ...CELLS, cells: cellsOf('1', few) } } })
    for (const device of ['desktop', 'mobile'] as const) expect(on(decided, device).kind).toBe('hold')
  })
})

describe('multipliers of a campaign are left as they are', () => {
  const edited = (daysAgo: number): Given => ({
    over: {
      levers: [stateOn('mobile', 1, { day: addDays(TODAY, -daysAgo), dayStart: { kind: 'ratio', value: 1.1 } })],
    },
  })
  const budgetEdited = (...daysAgo: readonly number[]): Given => ({
    over: {
      levers: [
        aState('1', 100, {
          day: addDays(TODAY, -daysAgo.at(-1)!),
          past: [
            { date: addDays(TODAY, -20), value: { kind: 'money', amount: euros(300) } },
            ...daysAgo.slice(0, -1).map((ago) => ({
              date: addDays(TODAY, -ago),
              value: { kind: 'money', amount: euros(200) } as const,
            })),
          ],
        }),
      ],
    },
  })

  test.each<[string, Given, string, RegExp]>([
    ['in observe', { spec: { policy: { mode: 'observe' } } }, 'observe-only', /observes/],
    ['between two daily decisions', { spec: { over: { occasion: 'correction' } } }, 'between-decisions', /daily/],
    [
      'where the platform does not honour them',
      {
        capabilities: {
          honours: ({ kind }) =>
            kind === 'bid-multiplier' ? { kind: 'not-honoured', reason: 'not here' } : { kind: 'honoured' },
        },
      },
      'not-honoured',
      /not here/,
    ],
    [
      'where the platform bids towards a target',
      { campaign: { strategy: { kind: 'target-cpa', targetCpa: euros(10) } } },
      'not-steered',
      /count that twice/,
    ],
    ['while it learns', { campaign: { learning: 'learning' } }, 'learning', /learning/],
    [
      'where nothing was counted by device',
      { over: { cells: undefined as never } },
      'too-little-history',
      /not been read/,
    ],
    [
      'after a person’s own edit of one of them',
      { over: { levers: [stateOn('tablet', 1, { hold: { until: (NOW + 1e6) as typeof NOW, reason: 'by hand' } })] } },
      'human-hold',
      /by hand/,
    ],
    ['six days after the last move', edited(6), 'between-decisions', /6 days ago/],
    ['after two large moves of its budget in a week', budgetEdited(5, 3), 'change-limit', /2 of the 2 significant/],
    [
      'while the platform runs a test on it',
      {
        account: {
          structure: { experiments: [{ id: 'e', name: 'Landing page', campaigns: ['1' as CampaignId] }] },
        },
      },
      'in-experiment',
      /Landing page/,
    ],
  ])('%s', (_, given, reason, detail) => {
    for (const device of ['desktop', 'mobile', 'tablet'] as const)
      expect(on(planFor(given), device)).toMatchObject({ kind: 'hold', reason, detail: expect.stringMatching(detail) })
  })

  test('but not seven days after the last move', () => {
    expect(on(planFor(edited(7)), 'desktop').kind).toBe('change')
  })

  test('under a freeze of the campaign', () => {
    const freezes = [{ scope: 'campaign/google-ads:1/1', reason: 'audit', by: 'ana', at: NOW }] as never
    const plan = planFor({ spec: { over: { freezes } } })
    expect(on(plan, 'desktop')).toMatchObject({ kind: 'hold', reason: 'frozen' })
    expect(on(plan, 'desktop', '2').kind).toBe('change')
  })

  test('on a day on which its budget moves by more than the platform takes lightly', () => {
    const cutBackTo = { kind: 'money', amount: euros(60) } as const
    const plan = planFor({ over: { levers: [aState('1', 100, { cutBackTo })] } })
    const budget = decisionOn(plan, '1')
    if (budget.kind !== 'change') throw new Error('the budget stays')
    expect(on(plan, 'desktop')).toMatchObject({ kind: 'hold', reason: 'change-limit', detail: /one lever a day/ })
  })
})
