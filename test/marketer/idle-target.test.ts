import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  type AccountDate,
  accountDate,
  addDays,
  DAY_MS,
  daysBetween,
  HOUR_MS,
  later,
} from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer, type ShownPlan } from './marketer.ts'

const SCENARIO = fileURLToPath(new URL('idle-target.json', import.meta.url))
const policyWith = (targets: string): string => `
portfolio: targeted
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-07-06, to: 2026-08-16, total: 50400.00 EUR }
dayCap: 8000.00 EUR
accounts:
  - account: google-ads:4155550141
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 8000.00 EUR
members:
  - { class: prospecting }
targets: ${targets}
`
/** 00:00, 01:00 and 02:00 in Berlin. */
const TICKS = [22, 23, 0]
const [FROM, FALL, END] = ['2026-07-06', '2026-08-03', '2026-08-15'].map(accountDate) as [
  AccountDate,
  AccountDate,
  AccountDate,
]
const NAME = 'Search targeted'
const MOST = 1.3

/** What the platform reports of the campaign, in euros a day, by date. */
function spends({ market }: Marketer): ReadonlyMap<AccountDate, number> {
  const account = market.accounts[0]!
  const { id } = [...account.campaigns.values()].find((one) => one.name === NAME)!
  const facts = market.facts({
    platform: account.platform,
    accountId: account.id,
    level: 'campaign',
    grain: 'day',
    from: addDays(FROM, -14),
    to: END,
    basis: 'click',
  })
  return new Map(
    facts.flatMap(({ campaignId, date, spendMicros }) =>
      campaignId === id ? [[date, Number(spendMicros) / 1e6]] : [],
    ),
  )
}

/** What every plan sets the campaign's budget or target to, in euros, oldest first. */
const movesOf = (
  plans: readonly ShownPlan[],
  kind: string,
): readonly { readonly from: number; readonly to: number }[] =>
  plans.flatMap(({ changes }) =>
    changes
      .filter(({ name, lever }) => name === NAME && lever.includes(kind))
      .map(({ from, to }) => ({ from: eurosOf(from), to: eurosOf(to) })),
  )
const eurosOf = (shown: object | null): number => Number((shown as { readonly micros: string }).micros) / 1e6

test.each(['leave', 'steer'])(
  'a budget of 1,000 of which a target CPA uses a part goes down and is not used up when prices fall (targets: %s)',
  async (targets) => {
    await asMarketer({ scenario: SCENARIO, seed: 3, policy: policyWith(targets), ticksAt: TICKS }, async (marketer) => {
      const { market } = marketer
      const before = [...spends(marketer)].filter(([date]) => date < FROM).map(([, spend]) => spend)
      expect(before.reduce((a, b) => a + b, 0) / before.length / 1000).toBeLessThan(0.55)

      await marketer.until(later(market.start, daysBetween(FROM, FALL) * DAY_MS))
      const moves = movesOf(await marketer.plans(), 'daily-budget')
      expect(moves.length).toBeGreaterThan(0)
      expect(moves.filter(({ from, to }) => to > from)).toEqual([])
      expect(Number(marketer.budget(NAME))).toBeLessThan(700)

      await marketer.until(later(market.start, (daysBetween(FROM, END) + 1) * DAY_MS + 4 * HOUR_MS))
      const byDate = spends(marketer)
      for (let date = FALL; date <= END; date = addDays(date, 1)) {
        const recent = Array.from({ length: 14 }, (_, i) => byDate.get(addDays(date, -1 - i)) ?? 0)
        expect(byDate.get(date)).toBeLessThanOrEqual(MOST * Math.max(...recent))
      }
      const moved = movesOf(await marketer.plans(), 'target-cpa')
      if (targets === 'steer') expect(moved.length).toBeGreaterThan(2)
      else expect(moved).toEqual([])
      for (const { from, to } of moved) expect(Math.abs(Math.log(to / from))).toBeLessThanOrEqual(Math.log(1.1) + 1e-3)
      expect(marketer.lost).toEqual([])
    })
  },
  180_000,
)
