import { describe, expect, test } from 'vitest'
import { accountDate, type Instant, instant } from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer } from './marketer.ts'

const META = '112233445566132'
const POLICY = `
portfolio: flash-sale
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-09-07, to: 2026-09-20, total: 11000.00 EUR }
dayCap: 6000.00 EUR
accounts:
  - account: google-ads:4155550132
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 3500.00 EUR
  - account: meta:${META}
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 3000.00 USD
members:
  - { name: brand, class: brand }
  - { class: prospecting }
events:
  - { name: flash sale, from: 2026-09-10, to: 2026-09-10, match: { name: shoes }, expectedUplift: 2.5, budgetFactor: 4, announce: true }
`
/** Midnight in Berlin and the hour after it, the daily decision, midnight in New York and the hour after it, noon. */
const TICKS = [22, 23, 0, 4, 5, 12]
/** The event day on the Meta account, whose midnight is New York's. */
const BEGINS = instant('2026-09-10T04:00:00Z')
const ENDS = instant('2026-09-11T04:00:00Z')

const accountOf = ({ market }: Marketer, id: string) => market.accounts.find((one) => one.id === id)!

function budgetOf(marketer: Marketer, name: string) {
  return [...accountOf(marketer, META).budgets.values()].find((one) => one.name === name)!
}

/** What the platform reports that a campaign has spent on a day. */
function spentOn(marketer: Marketer, campaign: string, day: string): number {
  const { platform, id, campaigns } = accountOf(marketer, META)
  const own = [...campaigns.values()].find(({ name }) => name === campaign)!
  const [from, to] = [accountDate(day), accountDate(day)]
  return marketer.market
    .facts({ platform, accountId: id, level: 'campaign', grain: 'day', from, to, basis: 'click' })
    .filter(({ campaignId }) => campaignId === own.id)
    .reduce((sum, { spendMicros }) => sum + Number(spendMicros) / 1e6, 0)
}

/** Somebody schedules a raise of a third for the day after the event, in the platform's own screens. */
function scheduleByHand(marketer: Marketer, name: string): void {
  const { id, amountMicros } = budgetOf(marketer, name)
  const schedule = {
    id: '7001',
    from: ENDS,
    to: instant('2026-09-12T04:00:00Z'),
    change: { kind: 'absolute', amountMicros: amountMicros + 60_000_000n },
  } as const
  marketer.market.apply(
    { platform: 'meta', accountId: META, kind: 'budget-schedule', budgetId: id, schedule },
    { kind: 'human', name: 'anna@shop.example' },
  )
}

describe('an approved step that is announced', () => {
  test('is there on Meta from the first minute of its day by a schedule, is spent, and ends by itself', async () => {
    await asMarketer({ scenario: 'flash-sale', seed: 3, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      await marketer.until(instant('2026-09-09T22:00:00Z'))
      const search = Number(marketer.budget('Search shoes'))
      await marketer.until((BEGINS - 60_000) as Instant)
      const base = budgetOf(marketer, 'Social shoes').amountMicros
      expect(budgetOf(marketer, 'Social shoes').schedules).toMatchObject([
        { from: BEGINS, to: ENDS, change: { kind: 'absolute', amountMicros: 4n * base } },
      ])
      // The event on Google begins six hours earlier, and is stepped by its budget.
      expect(Number(marketer.budget('Search shoes'))).toBeCloseTo(4 * search, 2)

      await marketer.until(instant('2026-09-10T12:00:00Z'))
      scheduleByHand(marketer, 'Social hats')
      await marketer.until(ENDS)
      expect(budgetOf(marketer, 'Social shoes').amountMicros).toBe(base)
      await marketer.until(instant('2026-09-12T12:00:00Z'))
      const shoes = (day: string): number => spentOn(marketer, 'Social shoes', day)
      expect(shoes('2026-09-10')).toBeGreaterThan(2.5 * shoes('2026-09-09'))
      expect(shoes('2026-09-10')).toBeLessThan((1.75 * 4 * Number(base)) / 1e6)
      expect(shoes('2026-09-11')).toBeLessThan(1.5 * shoes('2026-09-09'))
      await nothingTripped(marketer, base)
    })
  })
})

async function nothingTripped(marketer: Marketer, base: bigint): Promise<void> {
  const { freezes, portfolios } = await marketer.status()
  expect(freezes).toEqual([])
  expect(portfolios[0]!.accounts.map(({ pendingIntents }) => pendingIntents)).toEqual([0, 0])
  expect(marketer.lost).toEqual([])
  const plans = await marketer.plans()
  const holdsOf = (name: string) => plans.flatMap(({ holds }) => holds.filter((one) => one.name === name))
  expect(holdsOf('Social shoes').map(({ reason, detail }) => `${reason}: ${detail}`)).toContain(
    'event: the platform raises it by a schedule until 2026-09-10',
  )
  expect(plans.flatMap(({ changes }) => changes.map(({ name, why }) => `${name}: ${why}`))).not.toContainEqual(
    expect.stringMatching(/^Social shoes: .*flash sale/),
  )
  // Somebody's own schedule is left alone, with the budget beneath it.
  expect(holdsOf('Social hats').map(({ detail }) => detail)).toContain(
    'somebody has scheduled a raise (2026-09-11 to 2026-09-11)',
  )

  const audit = (await marketer.audit()).map(({ entry }) => entry)
  const said = audit.flatMap((entry) =>
    entry.kind === 'announcement' && entry.name.includes('flash sale') ? [entry] : [],
  )
  const ofMeta = said.filter(({ window }) => window.includes('from 2026-09-10T04:00:00Z to 2026-09-11T04:00:00Z'))
  expect(ofMeta.map(({ outcome }) => outcome)).toEqual(['sending', 'applied'])
  // Three times the budget more, at an over-delivery of 1.75, on the eve in New York.
  const reserved = audit.filter((entry) => entry.kind === 'reserved' && entry.intent.includes('flash sale'))
  expect(reserved).toMatchObject([{ date: '2026-09-09', deltaMicros: ((3n * base * 175n) / 100n).toString() }])
  const byHand = audit.filter((entry) => entry.kind === 'observed' && entry.to.includes('+60'))
  expect(byHand).toMatchObject([{ date: '2026-09-10', deltaMicros: '105000000' }])
}
