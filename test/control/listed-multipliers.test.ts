/**
 * Multipliers by hour, place and audience from the pretend Google Ads' reports to its criteria, through the stages and the
 * real adapter over HTTP.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { DAY_MS, instant } from '../../lib/units/calendar.ts'
import type { WorldCriterion, WorldFact, WorldStrategy } from '../../playground/world.ts'
import { ACCOUNT, type Stage, startStage } from '../platforms/google-ads/twin-stage.ts'
import { aBudget, aCampaign, aFact } from '../playground/google-ads/stub-world.ts'
import { type Rig, rig } from '../simulation/rig.ts'

/** Six in the morning in New York, when the day's decision is due. */
const MORNING = instant('2026-11-20T11:00:00Z')
const DAYS = Array.from({ length: 60 }, (_, i) => new Date(MORNING - (i + 1) * DAY_MS).toISOString().slice(0, 10))
/** 2,400 clicks a day, a hundred in each hour, one in twenty a purchase on its day. */
const facts = DAYS.flatMap((day) =>
  ['101', '102'].map((id) =>
    aFact(id, day, {
      spendMicros: 90_000_000n,
      impressions: 24_000,
      clicks: 2400,
      claims: [{ action: 'purchase', touch: 'click', lagDays: 0, count: 120, valueMicros: 3_600_000_000n }],
    }),
  ),
)
const evenly = (fact: WorldFact): readonly WorldFact[] =>
  Array.from({ length: 24 }, (_, hour) => ({
    ...fact,
    hour,
    spendMicros: fact.spendMicros / 24n,
    impressions: fact.impressions / 24,
    clicks: fact.clicks / 24,
    claims: fact.claims.map((one) => ({ ...one, count: one.count / 24, valueMicros: one.valueMicros / 24n })),
  }))

/** Nights and mornings of all seven days, afternoons and evenings of all seven. */
const PARTS_OF_WEEK = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday): readonly WorldCriterion[] => [
  {
    id: `30${weekday}`,
    dimension: 'hour',
    name: `${weekday} am`,
    multiplier: 1,
    worth: 0.8,
    hours: { weekday, from: 0, to: 12 },
  },
  {
    id: `31${weekday}`,
    dimension: 'hour',
    name: `${weekday} pm`,
    multiplier: 1,
    worth: 1.2,
    hours: { weekday, from: 12, to: 24 },
  },
])
const LISTED: readonly WorldCriterion[] = [
  { id: '21', dimension: 'place', name: 'Boston', multiplier: 1, worth: 0.75, share: 0.5 },
  { id: '22', dimension: 'place', name: 'Chicago', multiplier: 1.1, worth: 1.5, share: 0.5 },
  { id: '41', dimension: 'audience', name: 'Cart abandoners', multiplier: 1, worth: 1.8, share: 0.25 },
  ...PARTS_OF_WEEK,
]

async function started(strategy: WorldStrategy): Promise<{ google: Stage; stage: Rig }> {
  const google = await startStage({
    budgets: [aBudget('501', 90_000_000n, ['101']), aBudget('502', 90_000_000n, ['102'])],
    campaigns: [
      aCampaign({ id: '101', budgetId: '501', strategy, criteria: LISTED }),
      aCampaign({ id: '102', budgetId: '502', strategy }),
    ],
    facts,
    hours: evenly,
  })
  google.world.at = MORNING
  const stage = await rig({
    start: MORNING,
    budgets: {},
    portfolioCap: undefined,
    policy: {
      baseCurrency: 'USD',
      zone: 'America/New_York',
      flight: { from: '2026-11-01', to: '2026-11-30', total: '5400 USD' },
      dayCap: '2000 USD',
      accounts: [
        {
          account: accountKey(ACCOUNT),
          conversions: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
          dayCap: '2000 USD',
        },
      ],
      bidMultipliers: 'steer',
    },
  })
  Object.assign(stage.loop, { platforms: () => google.google })
  await stage.run('pull', ACCOUNT)
  await stage.ready()
  return { google, stage }
}

async function decided({ stage }: { readonly stage: Rig }): Promise<void> {
  await stage.run('plan')
  const turn = { stage: 'act', key: accountKey(ACCOUNT), turn: stage.now() } as const
  for (const attempt of [0, 1, 2]) await runTurn({ ...turn, attempt }, stage.worker(`worker ${attempt}`))
}

let one: Awaited<ReturnType<typeof started>>
const multiplierOf = (id: string): number =>
  one.google.world.accounts[0]!.campaigns.get('101')!.criteria!.get(id)!.multiplier

describe('where bids are set by hand', () => {
  beforeAll(async () => {
    one = await started({ kind: 'manual-cpc' })
    await decided(one)
  })
  afterAll(() => one.google.twin.close())

  test('what is listed is read with its clicks, and nothing of a campaign that lists nothing', async () => {
    const { structure, cells } = (await observe(one.stage.policy, 'daily', one.stage.loop)).accounts[0]!
    expect(structure.campaigns.find(({ id }) => id === '101')?.criteria).toContainEqual({
      dimension: 'place',
      id: '22',
      name: 'Chicago',
      // Since then it was moved, see below.
      multiplier: expect.any(Number),
    })
    const listed = cells!.cells.filter(({ criterion }) => criterion)
    expect(new Set(listed.map(({ campaign }) => campaign))).toEqual(new Set(['101']))
    expect(new Set(listed.map(({ criterion }) => criterion!.id))).toEqual(new Set(LISTED.map(({ id }) => id)))
  })

  test('by hour: afternoons to mornings as they are worth', () => {
    for (const weekday of [1, 2, 3, 4, 5, 6, 7]) {
      const ratio = multiplierOf(`31${weekday}`) / multiplierOf(`30${weekday}`)
      // 1.2 / 0.8, drawn towards 1 a little: about 400 conversions in each part of the week.
      expect(ratio).toBeGreaterThan(1.35)
      expect(ratio).toBeLessThan(1.6)
    }
  })

  test('by place: as they are worth, whatever the multipliers were', () => {
    const ratio = multiplierOf('22') / multiplierOf('21')
    expect(ratio).toBeGreaterThan(1.85)
    expect(ratio).toBeLessThan(2.1)
  })

  test('by audience: against the mean click, of which those of no list are three quarters', () => {
    // 1.8 / (0.25 · 1.8 + 0.75) = 1.5.
    expect(multiplierOf('41')).toBeGreaterThan(1.4)
    expect(multiplierOf('41')).toBeLessThan(1.55)
  })

  test('what was pushed is read back and on record, as the platform keeps it', async () => {
    const known = [...(await one.stage.loop.money.allLevers(ACCOUNT)).values()]
    const moved = known.filter(({ lever }) => lever.criterion)
    expect(moved).toHaveLength(LISTED.length)
    for (const { lever, known: value, pending } of moved) {
      expect(value).toEqual({ kind: 'ratio', value: Math.fround(multiplierOf(lever.criterion!.id)) })
      expect(pending).toBeUndefined()
    }
  })

  test('nothing is listed anew', () => {
    const { campaigns } = one.google.world.accounts[0]!
    expect([...campaigns.get('101')!.criteria!.keys()]).toEqual(LISTED.map(({ id }) => id))
    expect([...campaigns.get('102')!.criteria!.keys()]).toEqual([])
  })
})

test('under automated bidding nothing of it is read or moved', async () => {
  one = await started({ kind: 'max-conversions' })
  const { structure, cells } = (await observe(one.stage.policy, 'daily', one.stage.loop)).accounts[0]!
  expect(structure.campaigns.some(({ criteria }) => criteria)).toBe(false)
  expect(cells!.cells.some(({ criterion }) => criterion)).toBe(false)
  await decided(one)
  for (const { id, multiplier } of LISTED) expect(multiplierOf(id)).toBe(multiplier)
  await one.google.twin.close()
})
