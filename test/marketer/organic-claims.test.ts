import { describe, expect, test } from 'vitest'
import { type AccountDate, accountDate, addDays, DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { runUntouched } from '../../playground/market/untouched.ts'
import { asMarketer, type Marketer } from './marketer.ts'

const POLICY = `
portfolio: organic-claims
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-06-08, to: 2026-07-05, total: 37800.00 EUR }
dayCap: 6000.00 EUR
accounts:
  - account: google-ads:4155550133
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 4000.00 EUR
  - account: meta:112233445566133
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 3000.00 EUR
members:
  - { name: brand, class: brand }
  - { name: retargeting, class: retargeting }
  - { class: prospecting }
`
const SEED = 3
const [FROM, TO] = ['2026-06-08', '2026-07-05'].map(accountDate) as [AccountDate, AccountDate]
const BEFORE = addDays(FROM, -42)
const YESTERDAY = addDays(FROM, -1)
const DOUBTFUL = ['Search brand', 'Social retargeting'] as const
/** 02:00 and 12:00 in Berlin. */
const TICKS = [0, 10]

interface Reported {
  readonly spend: number
  readonly claims: number
  readonly campaignId: string
}

/** What the platforms report of each campaign for some days, by its name. */
const reported = ({ market }: Marketer, from: AccountDate, to: AccountDate): ReadonlyMap<string, Reported> =>
  new Map(
    market.accounts.flatMap(({ platform, id: accountId, campaigns }) => {
      const facts = market.facts({ platform, accountId, level: 'campaign', grain: 'day', from, to, basis: 'click' })
      return [...campaigns.values()].map(({ id: campaignId, name }): [string, Reported] => {
        const own = facts.filter((fact) => fact.campaignId === campaignId)
        const spend = own.reduce((sum, { spendMicros }) => sum + Number(spendMicros) / 1e6, 0)
        const claims = own.flatMap((fact) => fact.claims).reduce((sum, { count }) => sum + count, 0)
        return [name, { spend, claims, campaignId }]
      })
    }),
  )

const total = (all: ReadonlyMap<string, Reported>): number =>
  [...all.values()].reduce((sum, { spend }) => sum + spend, 0)

describe('85 % of brand and retargeting claims are organic, and there is no evidence of lift', () => {
  test('after 28 automatic days neither share has grown, and no fewer orders were caused than with nobody there', async () => {
    await asMarketer({ scenario: 'organic-claims', seed: SEED, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      const { market, scenario } = marketer
      await marketer.until(later(market.start, 3 * HOUR_MS))
      const before = reported(marketer, BEFORE, YESTERDAY)
      for (const name of DOUBTFUL) {
        const { claims, campaignId, spend } = before.get(name)!
        // Meta sees 80 % of what it causes, Google 92 %.
        const seen = name === 'Search brand' ? 0.92 : 0.8
        const caused = market.truth.caused({ from: BEFORE, to: YESTERDAY, campaignId })
        const drawn = caused.reduce((sum, day) => sum + day.drawn, 0)
        expect(1 - (seen * drawn) / claims).toBeGreaterThan(0.8)
        // By its claims it looks better than all others: who believes them feeds it.
        for (const [other, one] of before)
          if (!DOUBTFUL.some((doubtful) => doubtful === other))
            expect(claims / spend).toBeGreaterThan(one.claims / one.spend)
      }

      await marketer.until(later(market.start, 28 * DAY_MS + 3 * HOUR_MS))
      const after = reported(marketer, FROM, TO)
      for (const name of DOUBTFUL) {
        const share = (of: ReadonlyMap<string, Reported>): number => of.get(name)!.spend / total(of)
        expect(share(after)).toBeLessThanOrEqual(share(before))
      }

      const ours = market.truth.headline(FROM, TO)
      const untouched = runUntouched(scenario, { seed: SEED, spendMicros: ours.spendMicros })
      expect(Math.abs(untouched.spendDifference)).toBeLessThan(0.001)
      expect(ours.expected).toBeGreaterThanOrEqual(untouched.market.truth.headline(FROM, TO).expected)
      // It was steered all the while, and not left alone.
      const plans = await marketer.plans()
      expect(plans.filter(({ changes }) => changes.length > 0).length).toBeGreaterThanOrEqual(28)
      expect(marketer.lost).toEqual([])
    })
  })

  test('what limits them is said, with the share that they came with', async () => {
    await asMarketer({ scenario: 'organic-claims', seed: SEED, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      await marketer.until(later(marketer.market.start, 8 * DAY_MS))
      const limits = (await marketer.plans()).flatMap(({ changes }) =>
        changes.filter(({ name }) => DOUBTFUL.some((one) => one === name)).flatMap(({ binding }) => binding),
      )
      expect(limits).toContainEqual(
        expect.objectContaining({
          name: 'class-share',
          detail: expect.stringMatching(
            /^(brand|retargeting) campaigns may not grow past the \d+(\.\d)? % of spend they came with: there is no evidence of lift$/,
          ),
        }),
      )
    })
  })
})
