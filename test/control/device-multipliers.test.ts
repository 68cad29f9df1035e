/** Multipliers by device from the pretend Google Ads' report to its criteria, through the stages and the real adapter. */
import { afterEach, expect, test } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { DAY_MS, instant } from '../../lib/units/calendar.ts'
import { clickWorth } from '../../playground/market/click-worth.ts'
import { ACCOUNT, type Stage, startStage } from '../platforms/google-ads/twin-stage.ts'
import { aBudget, aCampaign, aFact } from '../playground/google-ads/stub-world.ts'
import { type Rig, rig } from '../simulation/rig.ts'

let twin: Stage | undefined
afterEach(() => twin?.twin.close())

/** Six in the morning in New York, when the day's decision is due. */
const MORNING = instant('2026-11-20T11:00:00Z')
const DAYS = Array.from({ length: 60 }, (_, i) => new Date(MORNING - (i + 1) * DAY_MS).toISOString().slice(0, 10))
/** 300 clicks a day for 90 dollars, one in twenty a purchase on its day. */
const facts = DAYS.flatMap((day) =>
  ['101', '102'].map((id) =>
    aFact(id, day, {
      spendMicros: 90_000_000n,
      impressions: 5000,
      clicks: 300,
      claims: [{ action: 'purchase', touch: 'click', lagDays: 0, count: 15, valueMicros: 450_000_000n }],
    }),
  ),
)

async function started(): Promise<{ google: Stage; stage: Rig }> {
  const google = await startStage({
    budgets: [aBudget('501', 90_000_000n, ['101']), aBudget('502', 90_000_000n, ['102'])],
    campaigns: [
      aCampaign({ id: '101', budgetId: '501', strategy: { kind: 'manual-cpc' }, devices: [['mobile', 1.1]] }),
      aCampaign({ id: '102', budgetId: '502', strategy: { kind: 'max-conversions' } }),
    ],
    facts,
  })
  twin = google
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

test('worth by device is read, planned for, pushed and read back, where bids are set by hand', async () => {
  const { google, stage } = await started()
  const { cells } = (await observe(stage.policy, 'daily', stage.loop)).accounts[0]!
  expect(
    cells!.cells
      .filter(({ campaign }) => campaign === '101')
      .map(({ device }) => device)
      .toSorted(),
  ).toEqual(['desktop', 'mobile', 'tablet'])

  await stage.run('plan')
  const turn = { stage: 'act', key: accountKey(ACCOUNT), turn: stage.now() } as const
  for (const attempt of [0, 1, 2]) await runTurn({ ...turn, attempt }, stage.worker(`worker ${attempt}`))

  const { campaigns } = google.world.accounts[0]!
  const { deviceMultipliers: set } = campaigns.get('101')!
  // 18,000 clicks: the true ratio of worth, to a few per cent.
  const ratio = set.get('desktop')! / set.get('mobile')!
  const truth = clickWorth('101', 'desktop') / clickWorth('101', 'mobile')
  expect(ratio / truth).toBeGreaterThan(0.9)
  expect(ratio / truth).toBeLessThan(1.1)
  expect([...campaigns.get('102')!.deviceMultipliers]).toEqual([])
  const known = await stage.loop.money.allLevers(ACCOUNT)
  const onMobile = [...known.values()].find(({ lever }) => lever.device === 'mobile' && lever.id === '101')
  expect(onMobile).toMatchObject({ known: { kind: 'ratio', value: Math.fround(set.get('mobile')!) }, ours: true })
  expect(onMobile?.pending).toBeUndefined()
})
