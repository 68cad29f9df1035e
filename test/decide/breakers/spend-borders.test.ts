import { describe, expect, test } from 'vitest'
import { priceJump } from '../../../lib/decide/breakers/price-jump.ts'
import { spendVelocity } from '../../../lib/decide/breakers/spend-velocity.ts'
import type { GuardView } from '../../../lib/decide/breakers/view.ts'
import { zeroDelivery } from '../../../lib/decide/breakers/zero-delivery.ts'
import type { CampaignId } from '../../../lib/model/account.ts'
import type { EntityHistory } from '../../../lib/model/history.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { aView, campaign, eur, HATS, history, hourly, policyWith, SHOES, TODAY, withCampaign } from './views.ts'

const BAGS = '12' as CampaignId
const three = aView().structure
const structure = { ...three, campaigns: [...three.campaigns, campaign(BAGS, 'Bags')] }
const spends = (shoes: ReturnType<typeof hourly>): GuardView['spend'] =>
  new Map([
    [SHOES, shoes],
    [HATS, hourly(5, 13)],
  ])
const last = (days: number, of: EntityHistory): EntityHistory => ({ ...of, days: of.days.slice(-days) })

describe('spendVelocity', () => {
  /** Shoes spend `spent` from 11 to 13, where they are used to spend `usual`. */
  const moved = (spent: number, usual: number, histories?: readonly EntityHistory[], more: Partial<GuardView> = {}) =>
    spendVelocity(
      aView({
        spend: new Map([[SHOES, hourly(0).map((_, hour) => (hour === 11 ? eur(spent).micros : 0n))]]),
        past: aView().past.map((day) => ({ ...day, spend: new Map([[SHOES, hourly(usual / 2)]]) })),
        ...(histories ? { histories } : {}),
        ...more,
      }),
    )

  test('trips beyond a twentieth of the campaign’s own day, and not at it', () => {
    // 240 a day: 12 more than the usual 2.
    expect(moved(14, 2)).toEqual([])
    expect(moved(14.01, 2)).toHaveLength(1)
  })

  test('trips beyond a hundredth of what all campaigns of the account spend in a day', () => {
    // 20 + 380, hats unknown: 4 more than the usual 1; a twentieth of its own day is 1.
    const histories = [history(SHOES, { spend: 20 }), history(BAGS, { spend: 380 })]
    expect(moved(5, 1, histories, { structure })).toEqual([])
    expect(moved(5.006, 1, histories, { structure })).toHaveLength(1)
  })

  test('asks for no more than that where no day is known', () => {
    expect(moved(0.05, 0.01, [])).toHaveLength(1)
  })

  test('says nothing of hours in which nothing is usual, and something of hours in which little is', () => {
    expect(moved(60, 0)).toEqual([])
    expect(moved(60, 0.4)).toHaveLength(1)
    // Nor is there a budget that would say what is.
    expect(moved(60, 0, undefined, { structure: { ...three, budgets: [] } })).toEqual([])
  })

  test('can be judged from two in the morning on, and with three earlier days', () => {
    expect(spendVelocity(aView({ clock: 2 }))).toEqual([])
    expect(spendVelocity(aView({ past: aView().past.slice(0, 3) }))).toEqual([])
  })
})

describe('priceJump', () => {
  interface Case {
    readonly clicks: number
    readonly impressions?: number
    /** Of shoes today; 130 unless told. */
    readonly spent?: number
    readonly before?: EntityHistory
    readonly clock?: number
  }
  const jumped = ({ clicks, impressions = 13_000, spent = 130, before, clock = 13 }: Case) =>
    priceJump(
      aView({
        clock,
        counts: new Map([[SHOES, { impressions, clicks }]]),
        spend: spends(hourly(spent, 1)),
        ...(before ? { histories: [before] } : {}),
      }),
    )!
  const few = (days: number, clicks: number, spend = 3) => last(days, history(SHOES, { spend, clicks }))

  test('trips above three times the usual price, and not at it', () => {
    // 1 EUR a click and 0.01 an impression are usual.
    expect(jumped({ clicks: 40, spent: 120 })).toEqual([])
    expect(jumped({ clicks: 40, spent: 120.01 })).toHaveLength(1)
    expect(jumped({ clicks: 0, impressions: 4000, spent: 120 })).toEqual([])
    expect(jumped({ clicks: 0, impressions: 4000, spent: 120.01 })).toHaveLength(1)
  })

  test('rests on thirty clicks of today, or three thousand impressions', () => {
    expect(jumped({ clicks: 30 })).toHaveLength(1)
    expect(jumped({ clicks: 29 })).toEqual([])
    expect(jumped({ clicks: 0, impressions: 3000 })).toHaveLength(1)
    expect(jumped({ clicks: 0, impressions: 2999 })).toEqual([])
  })

  test('says nothing of a campaign of which nothing is counted today', () => {
    expect(priceJump(aView({ counts: new Map(), spend: spends(hourly(130, 1)) }))).toEqual([])
  })

  test('rests on as many of before, of three days at least', () => {
    const [trip] = jumped({ clicks: 130, before: few(3, 10) })
    // 9 EUR for 30 clicks.
    expect(trip!.what).toBe('A click of "Shoes" costs 1.00 EUR today; 0.30 EUR in the last two weeks.')
    expect(jumped({ clicks: 130, before: few(3, 9) })).toEqual([])
    expect(jumped({ clicks: 130, before: few(2, 15) })).toEqual([])
  })

  test('has nothing to compare with where clicks have cost nothing, and does where they have cost little', () => {
    expect(jumped({ clicks: 130, before: few(3, 10, 0) })).toEqual([])
    expect(jumped({ clicks: 130, before: few(3, 10, 0.1) })).toHaveLength(1)
  })

  test('costs by the hour what it has cost so far, in the first hour as if it were over', () => {
    // 130 for 40 clicks: 90 too much.
    expect(jumped({ clicks: 40, clock: 0.5 })[0]!.waiting.perHour).toEqual(eur(90))
    expect(jumped({ clicks: 40, clock: 1.5 })[0]!.waiting.perHour).toEqual(eur(60))
  })
})

describe('zeroDelivery', () => {
  const silent = aView({ spend: spends(hourly(10, 6)) })
  const shoes = (more: Parameters<typeof campaign>[2]) => zeroDelivery(withCampaign(silent, campaign(SHOES, 'S', more)))

  test('is judged from the seventh hour on, and with three earlier days', () => {
    expect(zeroDelivery({ ...silent, clock: 6.99 })).toBeUndefined()
    expect(zeroDelivery({ ...silent, clock: 7 })).toEqual([])
    expect(zeroDelivery({ ...silent, past: silent.past.slice(0, 2) })).toBeUndefined()
    expect(zeroDelivery({ ...silent, past: silent.past.slice(0, 3) })).toHaveLength(1)
  })

  test('expects something of what started yesterday or ends today, nothing of what starts tomorrow or is over', () => {
    expect(shoes({ startsOn: addDays(TODAY, -1) })).toHaveLength(1)
    expect(shoes({ startsOn: addDays(TODAY, 1) })).toEqual([])
    expect(shoes({ endsOn: TODAY })).toHaveLength(1)
    expect(shoes({ endsOn: addDays(TODAY, -1) })).toEqual([])
  })

  test('is told of the one campaign that is expected to spend, and not of its account', () => {
    const alone = withCampaign(silent, campaign(HATS, 'Hats', { status: 'paused' }))
    expect(zeroDelivery(alone)).toMatchObject([{ subject: { kind: 'campaign', id: SHOES } }])
  })

  test('is told of two campaigns of three one by one', () => {
    const past = silent.past.map((day) => ({ ...day, spend: new Map([...day.spend, [BAGS, hourly(1)] as const]) }))
    const spend = new Map([[HATS, hourly(5, 13)]])
    expect(zeroDelivery({ ...silent, structure, past, spend })?.map(({ campaigns }) => campaigns)).toEqual([
      [SHOES],
      [BAGS],
    ])
  })

  test('expects what is little, too, as long as it is always there', () => {
    const past = silent.past.map((day) => ({ ...day, spend: new Map([[SHOES, hourly(0.1)]]) }))
    expect(zeroDelivery({ ...silent, past })).toHaveLength(1)
  })

  test('is nothing where nothing is expected', () => {
    const quiet = policyWith({ events: [{ name: 'quiet', from: TODAY, to: TODAY, expectedUplift: 0.5 }] })
    expect(zeroDelivery({ ...silent, policy: quiet, spend: new Map() })).toEqual([])
  })
})
