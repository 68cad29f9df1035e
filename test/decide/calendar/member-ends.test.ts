import { describe, expect, test } from 'vitest'
import { type CampaignId, portfolioId } from '../../../lib/model/account.ts'
import type { PlatformCapabilities } from '../../../lib/model/capability.ts'
import type { Freeze } from '../../../lib/model/freeze.ts'
import { freezeScope } from '../../../lib/model/freeze.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { AccountObservation, Observation } from '../../../lib/model/observation.ts'
import { decisionLever } from '../../../lib/model/plan.ts'
import { accountDate, DAY_MS, instant, later, timeZone } from '../../../lib/units/calendar.ts'
import { anObservation, NOW } from '../../measure/samples.ts'
import { planOf, someCapabilities } from '../samples.ts'

/** Campaign 2 was in the portfolio until yesterday; today is the 21st of November. */
const MEMBERS = [
  { id: '2', class: 'retargeting', to: '2026-11-20' },
  { id: '1', class: 'prospecting' },
]
const STATUS = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [] }] }).accounts[0]!.status
const LEVER = {
  account: { platform: 'google-ads', id: '1' },
  kind: 'status',
  entity: 'campaign',
  id: '2',
} as unknown as LeverState['lever']
const aRecord = (over: Partial<LeverState>): LeverState => ({
  lever: LEVER,
  version: 1,
  known: { kind: 'status', status: 'active' },
  knownAt: NOW,
  ours: true,
  idle: false,
  ...over,
})

interface Ask {
  readonly policy?: Readonly<Record<string, unknown>>
  readonly account?: Partial<AccountObservation>
  readonly structure?: Partial<AccountObservation['structure']>
  readonly over?: Partial<Observation>
  readonly capabilities?: Partial<PlatformCapabilities>
}
function decisionsOn({ policy = {}, account = {}, structure = {}, over = {}, capabilities = {} }: Ask = {}) {
  const observation = anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget: 50 },
          { id: '2', budget: 50 },
        ],
        structure,
        over: account,
      },
    ],
    policy: { members: MEMBERS, ...policy },
    over,
  })
  const plan = planOf(observation, { ...someCapabilities, ...capabilities })
  return plan.decisions.filter((one) => decisionLever(one).kind === 'status')
}

describe('the end of a membership', () => {
  test('is a pause in the plan, with its reason', () => {
    expect(decisionsOn()).toEqual([
      {
        kind: 'change',
        change: { lever: LEVER, from: { kind: 'status', status: 'active' }, to: { kind: 'status', status: 'paused' } },
        guardrails: 'gg~dz.',
        name: 'Campaign google-ads 2',
        class: 'retargeting',
        expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
        binding: [{ name: 'membership', detail: 'its time in the portfolio is over' }],
        why: 'Paused: its last day in the portfolio was 2026-11-20: paused, so that nothing is spent after it (atEnd: leave would let it run).',
        maturity: 1,
      },
    ])
  })

  test('is a pause between two daily decisions too', () => {
    expect(decisionsOn({ over: { occasion: 'correction' } })).toMatchObject([{ kind: 'change' }])
  })

  test('is reckoned by the day on which an account is pushed to', () => {
    // Eleven at night on the 20th in New York, five in the morning in Berlin: pushed after the next midnight.
    const newYork = { zone: timeZone('America/New_York') }
    const late = { now: instant('2026-11-21T04:00:00Z') }
    expect(decisionsOn({ structure: newYork, over: late })).toMatchObject([{ kind: 'change' }])
    expect(
      decisionsOn({
        structure: newYork,
        over: { ...late, occasion: 'correction' },
        account: { today: '2026-11-20' as never },
      }),
    ).toEqual([])
  })

  test.each<[string, Ask['account']]>([
    ['old', { status: { ...STATUS, structureAt: later(NOW, -3 * DAY_MS), spendAt: later(NOW, -3 * DAY_MS) } }],
    [
      'unexplained',
      { status: { ...STATUS, unexplainedMicros: new Map([[accountDate('2026-11-20'), 9_000_000_000n]]) } },
    ],
  ])('does not depend on what was read of the account: %s', (_, account) => {
    expect(decisionsOn({ account: account ?? {} })).toMatchObject([{ kind: 'change' }])
  })

  test('is done where it was paused since the account was read, and no more is said of it', () => {
    const paused = { known: { kind: 'status', status: 'paused' }, knownAt: later(NOW, -1) } as const
    const read = (ago: number) => ({ readAt: later(NOW, -ago) })
    expect(decisionsOn({ account: { levers: [aRecord(paused)] }, structure: read(2) })).toEqual([])
    expect(decisionsOn({ account: { levers: [aRecord(paused)] }, structure: read(0) })).toMatchObject([
      { kind: 'change' },
    ])
  })

  test.each<[reason: string, ask: Ask, detail: string]>([
    ['observe-only', { policy: { mode: 'observe' } }, 'the portfolio only observes'],
    [
      'frozen',
      {
        over: {
          freezes: [
            { scope: freezeScope('campaign/google-ads:1/2'), by: 'anna', reason: 'no', at: NOW } satisfies Freeze,
          ],
        },
      },
      'campaign/google-ads:1/2 is frozen by anna: no',
    ],
    [
      'outside-flight',
      { policy: { flight: { from: '2026-11-01', to: '2026-11-20', total: '900 EUR' } } },
      'the flight runs from 2026-11-01 to 2026-11-20',
    ],
    ['account-blocked', { structure: { blockers: [{ code: 'CLOSED', detail: 'pay first' }] } }, 'CLOSED: pay first'],
    [
      'not-managed',
      { account: { takenOver: [{ campaign: '2' as CampaignId, portfolio: portfolioId('winter') }] } },
      'it is in portfolio winter now',
    ],
    [
      'in-experiment',
      { structure: { experiments: [{ id: '7', name: 'split', campaigns: ['2' as CampaignId] }] } },
      'the platform is running the test "split" on it',
    ],
    [
      'not-honoured',
      {
        capabilities: {
          honours: ({ kind }) =>
            kind === 'status' ? { kind: 'not-honoured', reason: 'no such thing' } : { kind: 'honoured' },
        },
      },
      'no such thing',
    ],
    [
      'pending-outcome',
      {
        account: {
          levers: [
            aRecord({
              pending: {
                intent: 'x' as never,
                to: { kind: 'status', status: 'paused' },
                leaseUntil: NOW,
                highBefore: { kind: 'status', status: 'active' },
              },
            }),
          ],
        },
      },
      'the outcome of an earlier pause is not known yet',
    ],
    [
      'human-hold',
      { account: { levers: [aRecord({ hold: { until: later(NOW, DAY_MS), reason: 'anna started it' } })] } },
      'anna started it; left alone until 2026-11-22T05:00:00Z',
    ],
  ])('is held, and says why: %s', (reason, ask, detail) => {
    expect(decisionsOn(ask)).toMatchObject([
      { kind: 'hold', reason, detail, value: { kind: 'status', status: 'active' } },
    ])
  })
})
