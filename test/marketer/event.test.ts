import { describe, expect, test } from 'vitest'
import { accountDate, type Instant, instant } from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer } from './marketer.ts'

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
  - account: meta:112233445566132
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 3000.00 USD
members:
  - { name: brand, class: brand }
  - { class: prospecting }
events:
  - { name: flash sale, from: 2026-09-10, to: 2026-09-10, match: { name: shoes }, expectedUplift: 2.5, budgetFactor: 4 }
`
/** Midnight in Berlin and the hour after it, the daily decision, midnight in New York and the hour after it, noon. */
const TICKS = [22, 23, 0, 4, 5, 12]

interface Place {
  readonly campaign: string
  readonly account: string
  /** The event day's midnight there, and the tick that is the first at which pushes are allowed. */
  readonly midnight: Instant
  readonly after: Instant
  readonly nextMidnight: Instant
  readonly nextAfter: Instant
}
const PLACES: readonly Place[] = [
  {
    campaign: 'Search shoes',
    account: '4155550132',
    midnight: instant('2026-09-09T22:00:00Z'),
    after: instant('2026-09-09T23:00:00Z'),
    nextMidnight: instant('2026-09-10T22:00:00Z'),
    nextAfter: instant('2026-09-10T23:00:00Z'),
  },
  {
    campaign: 'Social shoes',
    account: '112233445566132',
    midnight: instant('2026-09-10T04:00:00Z'),
    after: instant('2026-09-10T05:00:00Z'),
    nextMidnight: instant('2026-09-11T04:00:00Z'),
    nextAfter: instant('2026-09-11T05:00:00Z'),
  },
]
const OTHERS = ['Search hats', 'Search brand', 'Social hats'] as const

/** What the platforms show at every instant of interest, one after the other. */
async function shown(marketer: Marketer): Promise<ReadonlyMap<Instant, Readonly<Record<string, number>>>> {
  const instants = PLACES.flatMap(({ midnight, after, nextMidnight, nextAfter }) => [
    midnight,
    after,
    nextMidnight,
    nextAfter,
  ]).toSorted((a, b) => a - b)
  const seen = new Map<Instant, Readonly<Record<string, number>>>()
  for (const at of instants) {
    await marketer.until(at)
    const names = [...PLACES.map(({ campaign }) => campaign), ...OTHERS]
    seen.set(at, Object.fromEntries(names.map((name) => [name, Number(marketer.budget(name))])))
  }
  return seen
}

/** What the platform reports that a campaign has spent on a day. */
function spentOn({ market }: Marketer, { campaign, account }: Place, day: string): number {
  const found = market.accounts.find(({ id }) => id === account)!
  const { id } = [...found.campaigns.values()].find(({ name }) => name === campaign)!
  const [from, to] = [accountDate(day), accountDate(day)]
  return market
    .facts({ platform: found.platform, accountId: account, level: 'campaign', grain: 'day', from, to, basis: 'click' })
    .filter(({ campaignId }) => campaignId === id)
    .reduce((sum, { spendMicros }) => sum + Number(spendMicros) / 1e6, 0)
}

describe('an approved event that asks for four times the budget', () => {
  test('is there at local start, held up by nothing, and is gone afterwards, to the cent', async () => {
    await asMarketer({ scenario: 'flash-sale', seed: 3, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
      const seen = await shown(marketer)
      for (const { campaign, midnight, after, nextMidnight, nextAfter } of PLACES) {
        const stood = seen.get(midnight)![campaign]!
        const at = (one: Instant): number => seen.get(one)![campaign]!
        expect({ campaign, shown: [after, nextMidnight, nextAfter].map(at) }).toEqual({
          campaign,
          shown: [Number((4 * stood).toFixed(2)), Number((4 * stood).toFixed(2)), stood],
        })
      }
      // The others go on being moved by their usual steps.
      const [first, ...later] = [...seen.values()]
      for (const [i, now] of later.entries())
        for (const name of OTHERS) expect(now[name]! / [first!, ...later][i]![name]!).toBeGreaterThanOrEqual(0.8)

      await marketer.until(instant('2026-09-11T22:00:00Z'))
      for (const place of PLACES)
        expect(spentOn(marketer, place, '2026-09-10')).toBeGreaterThan(2.5 * spentOn(marketer, place, '2026-09-09'))
      await heldUpByNothing(marketer)
    })
  })
})

/** No freeze, no hold that a person would have to lift, every step confirmed by the platform, nobody's edit seen. */
async function heldUpByNothing(marketer: Marketer): Promise<void> {
  const { freezes, portfolios } = await marketer.status()
  expect(freezes).toEqual([])
  expect(portfolios[0]!.accounts.map(({ pendingIntents }) => pendingIntents)).toEqual([0, 0])
  const plans = await marketer.plans()
  const reasons = new Set(plans.flatMap(({ holds }) => holds.map(({ reason }) => reason)))
  for (const stop of ['frozen', 'account-blocked', 'guardrail', 'human-hold', 'pending-outcome', 'no-caps'] as const)
    expect(reasons).not.toContain(stop)
  const why = (part: string): number =>
    new Set(plans.flatMap(({ changes }) => changes.flatMap((one) => (one.why.includes(part) ? [one.name] : [])))).size
  expect([why('approved for "flash sale"'), why('"flash sale" is over')]).toEqual([2, 2])
  const audit = await marketer.audit()
  const outcomes = Object.groupBy(
    audit.flatMap(({ entry }) => (entry.kind === 'settled' ? [entry] : [])),
    ({ outcome }) => outcome,
  )
  // A step that two plans ask for is made once; the other finds it made.
  expect(Object.keys(outcomes).filter((one) => !['verified', 'already-there', 'dropped'].includes(one))).toEqual([])
  // Up to four times what it stood at, and back to that, to the cent: one budget in each currency.
  const stood = new Set((outcomes.verified ?? []).map(({ known }) => known))
  for (const currency of ['EUR', 'USD']) {
    const cents = [...stood].flatMap((known) =>
      known?.endsWith(currency) ? [Math.round(100 * Number.parseFloat(known))] : [],
    )
    expect(cents.filter((one) => cents.includes(4 * one))).toHaveLength(1)
  }
  // Each budget was seen once, when it was met: whatever moved since, Sluice moved.
  expect(audit.filter(({ entry }) => entry.kind === 'observed')).toHaveLength(5)
  expect(marketer.lost).toEqual([])
}
