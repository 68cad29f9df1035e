import { describe, expect, test } from 'vitest'
import { claimsAboveOrders } from '../../../lib/decide/breakers/claims-above-orders.ts'
import type { GuardView } from '../../../lib/decide/breakers/view.ts'
import { zeroConversions } from '../../../lib/decide/breakers/zero-conversions.ts'
import type { CampaignId } from '../../../lib/model/account.ts'
import type { EntityHistory } from '../../../lib/model/history.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { aView, campaign, eur, HATS, history, policyWith, SHOES, TODAY, withCampaign } from './views.ts'

/** A campaign's one day, so many days ago. */
const dayOf = (daysAgo: number, clicks: number, conversions: number, id = SHOES): EntityHistory => {
  const [last] = history(id, { spend: 1, clicks, conversions }).days
  return { ...history(id, { spend: 1 }), days: [{ ...last!, date: addDays(TODAY, -daysAgo) }] }
}

describe('zeroConversions', () => {
  /** Clicks of today, all of whose conversions would be there. */
  const clicked = (shoes: number | undefined, hats: number | undefined, hatsBrought = 0): GuardView['claims'] => [
    {
      visible: 1,
      campaigns: new Map([
        ...(shoes === undefined ? [] : ([[SHOES, { clicks: shoes, conversions: 0 }]] as const)),
        ...(hats === undefined ? [] : ([[HATS, { clicks: hats, conversions: hatsBrought }]] as const)),
      ]),
    },
  ]
  const found = (claims: GuardView['claims'], more: Partial<GuardView> = {}) =>
    zeroConversions(aView({ ...more, claims: claims! }))!

  test('of a campaign trips at eight that are expected', () => {
    // A conversion of ten clicks.
    expect(found(clicked(80, 10, 1))).toMatchObject([{ subject: { kind: 'campaign', id: SHOES } }])
    expect(found(clicked(79, 10, 1))).toEqual([])
  })

  test('of the account trips at eight of all together', () => {
    expect(found(clicked(40, 40))).toMatchObject([{ subject: { kind: 'account' }, campaigns: [SHOES, HATS] }])
    expect(found(clicked(40, 39))).toEqual([])
  })

  test('of an account of one campaign is that campaign’s', () => {
    const alone = withCampaign(aView({ claims: clicked(80, undefined)! }), campaign(HATS, 'Hats', { status: 'paused' }))
    expect(zeroConversions(alone)).toMatchObject([{ subject: { kind: 'campaign', id: SHOES } }])
  })

  test('expects nothing of a campaign without a click', () => {
    expect(found(clicked(100, undefined))[0]!.what).toContain('should have brought 10.0 by now')
    expect(found(clicked(100, undefined))).toMatchObject([{ subject: { kind: 'account' } }])
  })

  test('rests on twenty conversions of mature days, of a month that ends a week ago', () => {
    const rate = (daysAgo: number, conversions: number) =>
      found(clicked(100, 10, 1), { histories: [dayOf(daysAgo, 100, conversions)] }).map(({ what }) => what)
    const TWENTY = [expect.stringContaining('should have brought 20.0')]
    expect(rate(20, 20)).toEqual(TWENTY)
    expect(rate(20, 19)).toEqual([])
    expect(rate(35, 20)).toEqual(TWENTY)
    expect(rate(36, 20)).toEqual([])
    expect(rate(7, 20)).toEqual(TWENTY)
    expect(rate(6, 20)).toEqual([])
  })

  test('takes a rate from one click, and none from no click', () => {
    const hats = (clicks: number) =>
      found(clicked(100, 1), {
        histories: [history(SHOES, { spend: 1, clicks: 10, conversions: 1 }), dayOf(20, clicks, 24, HATS)],
      })[0]!.what
    // 10 of shoes; 24 of the one click of hats.
    expect(hats(0)).toContain('should have brought 10.0')
    expect(hats(1)).toContain('should have brought 34.0')
  })

  test('takes a day without the rule’s conversions for one that brought none', () => {
    const other = dayOf(20, 100, 0)
    const [day] = other.days
    const histories = [dayOf(21, 100, 20), { ...other, days: [{ ...day!, conversions: {} }] }]
    // 20 of 200.
    expect(found(clicked(100, 10, 1), { histories })[0]!.what).toContain('should have brought 10.0')
  })

  test('is over with one conversion of either day', () => {
    const day = (clicks: number, conversions: number) => ({
      visible: 1,
      campaigns: new Map([[SHOES, { clicks, conversions }]]),
    })
    expect(found([day(40, 0), day(40, 0)])).toHaveLength(1)
    expect(found([day(40, 1), day(40, 0)])).toEqual([])
    expect(found([day(40, 0), day(40, 1)])).toEqual([])
  })

  test('is not asked of campaigns that an event concerns, nor of what does not run', () => {
    const policy = policyWith({ events: [{ name: 'sale', from: TODAY, to: TODAY, expectedUplift: 4 }] })
    expect(found(clicked(80, 10, 1), { policy })).toEqual([])
  })
})

describe('claimsAboveOrders', () => {
  const orders = (...perDay: readonly number[]) =>
    perDay.map((count, i) => ({ date: addDays(TODAY, -1 - i), orders: count, valueMicros: 0n }))
  const claiming = (perDay: number): readonly EntityHistory[] => [history(SHOES, { spend: 240, conversions: perDay })]
  const NONE = orders(0, 0, 0, 0, 0, 0, 0)

  test('is of no matter below twenty', () => {
    const days = (conversions: number) => [dayOf(1, 1, conversions)]
    expect(claimsAboveOrders(aView({ orders: NONE, histories: days(19) }))).toEqual([])
    expect(claimsAboveOrders(aView({ orders: NONE, histories: days(20) }))).toHaveLength(1)
  })

  test('trips beyond three deviations, and not at them', () => {
    // 16 + 3 × 4 are 28.
    const sixteen = orders(10, 1, 1, 1, 1, 1, 1)
    expect(claimsAboveOrders(aView({ orders: sixteen, histories: claiming(4) }))).toEqual([])
    const more = [...claiming(4), dayOf(1, 0, 1, HATS)]
    expect(claimsAboveOrders(aView({ orders: sixteen, histories: more }))).toHaveLength(1)
  })

  test('bears what the policy says: twice the orders', () => {
    const policy = policyWith({}, { claimsAboveOrders: { factor: 2 } })
    // 70 claims; 2 × 21 + 3 × √42 = 61.4, and 2 × 28 + 3 × √56 = 78.4.
    const found = (perDay: number) =>
      claimsAboveOrders(
        aView({ policy, histories: claiming(10), orders: orders(...Array.from({ length: 7 }, () => perDay)) }),
      )
    expect(found(3)?.[0]?.what).toContain(
      'claims 70 conversions from 2026-05-26 to 2026-06-01; the shop took 21 orders',
    )
    expect(found(4)).toEqual([])
  })

  test('counts a campaign that claims nothing as nothing, one that is paused as it claims, one of nobody not at all', () => {
    const bags = campaign('12' as CampaignId, 'Bags', { status: 'paused' })
    const view = aView({
      orders: NONE,
      histories: [history(SHOES, { spend: 240 }), history(HATS, { spend: 1, conversions: 5 })],
    })
    const structure = { ...view.structure, campaigns: [...view.structure.campaigns, bags] }
    const all = [...view.histories, history(bags.id, { spend: 1, conversions: 3 })]
    const [trip] = claimsAboveOrders({ ...view, structure, histories: all })!
    expect(trip).toMatchObject({ what: expect.stringContaining('claims 56 conversions'), campaigns: [SHOES, HATS] })
    const policy = policyWith({ members: [{ name: 'hats', class: 'prospecting' }] })
    expect(claimsAboveOrders({ ...view, structure, histories: all, policy })).toMatchObject([
      { what: expect.stringContaining('claims 35 conversions'), campaigns: [HATS] },
    ])
  })

  test('cannot be judged for an account that the policy does not name', () => {
    const [only] = aView().policy.accounts
    const policy = { ...aView().policy, accounts: [{ ...only!, account: { ...only!.account, id: '2' as never } }] }
    expect(claimsAboveOrders(aView({ orders: NONE, policy }))).toBeUndefined()
    const rate = claimsAboveOrders(aView({ orders: NONE }))![0]!.waiting
    // 15 an hour, and all of it for nothing.
    expect(rate).toEqual({ kind: 'at-risk', perHour: eur(15) })
  })
})
