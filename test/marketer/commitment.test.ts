import { describe, expect, test } from 'vitest'
import { type AccountDate, accountDate, addDays, DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer, type ShownPlan } from './marketer.ts'

const POLICY = `
portfolio: two-months
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-07-06, to: 2026-09-30, total: 130000.00 EUR }
dayCap: 8000.00 EUR
accounts:
  - account: google-ads:4155550131
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 5000.00 EUR
  - account: meta:112233445566131
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 4000.00 EUR
members:
  - { name: autumn launch, class: prospecting, from: 2026-07-25, launchBudget: 250.00 EUR }
  - { name: summer, class: prospecting, to: 2026-07-30 }
  - { name: brand, class: brand }
  - { class: prospecting }
commitments:
  - { name: yearly agreement, atLeast: 100000.00 EUR, by: 2026-09-03 }
`
/** The 1st, 20th, 25th and 60th day. */
const [FROM, LAUNCH, END, BY] = ['2026-07-06', '2026-07-25', '2026-07-30', '2026-09-03'].map(accountDate) as [
  AccountDate,
  AccountDate,
  AccountDate,
  AccountDate,
]
/** Midnight, 02:00 and 03:00 in Berlin. */
const TICKS = [22, 0, 1]

const ACCOUNTS = { 'Search summer': '4155550131', 'Social autumn launch': '112233445566131' } as const

/** What the platform reports for a campaign, in euros, from one date to another. */
function reported({ market }: Marketer, name: keyof typeof ACCOUNTS, from: AccountDate, to: AccountDate): number {
  const account = market.accounts.find(({ id }) => id === ACCOUNTS[name])!
  const { id } = [...account.campaigns.values()].find((one) => one.name === name)!
  return market
    .facts({
      platform: account.platform,
      accountId: account.id,
      level: 'campaign',
      grain: 'day',
      from,
      to,
      basis: 'click',
    })
    .filter(({ campaignId }) => campaignId === id)
    .reduce((sum, { spendMicros }) => sum + Number(spendMicros) / 1e6, 0)
}

const targetOf = (plans: readonly ShownPlan[], date: string): number =>
  Number(plans.find(({ madeAt, occasion }) => occasion === 'daily' && madeAt.startsWith(date))!.dayTarget.micros) / 1e6

describe('100,000 by the 60th day, a launch on the 20th, an end on the 25th', () => {
  test('the commitment is met, the launch funded, and nothing is spent after the end', async () => {
    await asMarketer({ scenario: 'commitment', seed: 3, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      const { market } = marketer
      await marketer.until(later(market.start, 60 * DAY_MS + 4 * HOUR_MS))
      const plans = await marketer.plans()

      // The commitment, as every screen has it, and not much more. Even pacing of 130,000 over 87 days has 89,655 by then.
      const spent = market.truth.spendInBase(FROM, BY)
      expect(spent).toBeGreaterThanOrEqual(100_000)
      expect(spent).toBeLessThan(103_000)
      const { pacing } = (await marketer.status()).portfolios[0]!
      expect(Math.abs(Number(pacing!.spent!.micros) / 1e6 / spent - 1)).toBeLessThan(0.0005)

      // The launch: not a cent before, 250 a day on its first fourteen days, kept back from what the others get.
      expect(reported(marketer, 'Social autumn launch', FROM, addDays(LAUNCH, -1))).toBe(0)
      expect(reported(marketer, 'Social autumn launch', LAUNCH, addDays(LAUNCH, 13))).toBeGreaterThan(0.97 * 14 * 250)
      expect(targetOf(plans, '2026-07-25') - targetOf(plans, '2026-07-24')).toBeGreaterThan(150)

      // The end: it spends to its last day, is paused as the next one begins, and stays so.
      expect(reported(marketer, 'Search summer', END, END)).toBeGreaterThan(200)
      expect(reported(marketer, 'Search summer', addDays(END, 1), BY)).toBe(0)
      const pause = plans.flatMap(({ madeAt, changes }) =>
        changes.flatMap(({ name, why }) =>
          name === 'Search summer' && why.startsWith('Paused') ? [{ madeAt, why }] : [],
        ),
      )
      expect(pause).toEqual([
        {
          madeAt: '2026-07-30T22:00:00Z',
          why: 'Paused: its last day in the portfolio was 2026-07-30: paused, so that nothing is spent after it (atEnd: leave would let it run).',
        },
      ])
      expect(plans.flatMap(({ holds }) => holds.filter(({ reason }) => reason === 'guardrail'))).toEqual([])
      expect(marketer.lost).toEqual([])
    })
  }, 180_000)
})
