import { describe, expect, test } from 'vitest'
import { runawaySpend } from '../../../lib/decide/breakers/runaway-spend.ts'
import type { CapSpend, GuardView } from '../../../lib/decide/breakers/view.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { aView, campaign, eur, HATS, history, hourly, policyWith, SHOES, TODAY, withCampaign } from './views.ts'

/** Shoes have spent so much in the first hour of a day that may cost 1000, and no earlier day is known. */
const at = (clock: number, spent: number, more: Partial<GuardView> = {}): GuardView =>
  aView({ clock, past: [], spend: new Map([[SHOES, hourly(spent, 1)]]), ...more })
const what = (view: GuardView): string | undefined => runawaySpend(view)?.[0]?.what

describe('the day of an account', () => {
  test('is past its cap at the cap, and not a micro before', () => {
    expect(what(at(24, 1000))).toMatch(/which is past it\.$/)
    expect(runawaySpend(at(24, 999.999999))).toEqual([])
  })

  test('is on its way past it from the half of it on, where the rest of the day at its pace goes beyond', () => {
    // A quarter of the day is over.
    expect(what(at(6, 500))).toMatch(/on its way to 2000\.00 EUR\.$/)
    expect(runawaySpend(at(6, 499.99))).toEqual([])
    // Half of it is: twice what is spent.
    expect(runawaySpend(at(12, 500))).toEqual([])
    expect(what(at(12, 500.01))).toMatch(/on its way to 1000\.02 EUR\.$/)
  })

  test('is what is spent where nothing of it is over', () => {
    expect(runawaySpend(at(0, 600))).toEqual([])
  })

  test('goes by the share of the policy', () => {
    const policy = policyWith({}, { runawaySpend: { share: 0.5 } })
    expect(what(at(24, 500, { policy }))).toMatch(/of its cap of 500\.00 EUR, which is past it/)
  })

  test('ends as earlier days did by this hour, of which there are three and which have spent anything', () => {
    const day = (i: number, units: number) => ({
      date: addDays(TODAY, -i),
      // All of it in the first seven hours.
      spend: new Map([[SHOES, hourly(units, 7)]]),
    })
    // By six and a half all is spent that will be; in a straight line 600 would be 2,215.
    expect(runawaySpend(at(6.5, 600, { past: [day(1, 10), day(2, 10), day(3, 10)] }))).toEqual([])
    expect(runawaySpend(at(6.5, 600, { past: [day(1, 10), day(2, 10)] }))).toHaveLength(1)
    expect(runawaySpend(at(6.5, 600, { past: [day(1, 10), day(2, 10), day(3, 0)] }))).toHaveLength(1)
    expect(runawaySpend(at(6.5, 600, { past: [day(1, 10), day(2, 10), day(3, 0.05)] }))).toEqual([])
    // Six of seven parts by half past five.
    expect(what(at(5.5, 900, { past: [day(1, 10), day(2, 10), day(3, 10)] }))).toMatch(/on its way to 1050\.00 EUR/)
  })

  test('cannot be judged without a cap, or by one in another currency; other caps that are known are judged', () => {
    const { cap: _, ...uncapped } = at(24, 5000)
    expect(runawaySpend(uncapped)).toBeUndefined()
    expect(runawaySpend(at(24, 5000, { cap: money(1n, currency('USD')) }))).toBeUndefined()
    expect(runawaySpend({ ...uncapped, caps: [] })).toEqual([])
  })
})

describe('a cap that several accounts share', () => {
  const shared = (spent: number, campaigns: CapSpend['campaigns'] = [SHOES], more: Partial<GuardView> = {}) =>
    runawaySpend(at(24, 600, { caps: [{ name: 'all of it', cap: eur(2000), spent: eur(spent), campaigns }], ...more }))

  test('is told at the cap, and not a micro before, for the campaigns that it counts', () => {
    expect(shared(2000)).toMatchObject([
      {
        what: 'What all of it counts has spent 2000.00 EUR today of 2000.00 EUR, which is past it.',
        campaigns: [SHOES],
      },
    ])
    expect(shared(1999.999999)).toEqual([])
    expect(shared(2000, [HATS])).toMatchObject([{ campaigns: [HATS] }])
    expect(shared(5000, [])).toEqual([])
  })
})

describe('what waiting costs', () => {
  const perHour = (clock: number, hours: readonly number[]) => {
    const spend = new Map([[SHOES, hourly(0).map((_, hour) => eur(hours[hour] ?? 0).micros)]])
    return runawaySpend(aView({ clock, spend, cap: eur(1) }))![0]!.waiting.perHour
  }

  test('is what the last two hours that are over have cost, or the one that is', () => {
    expect(perHour(3.9, [100, 20, 40, 9])).toEqual(eur(30))
    expect(perHour(2, [100, 20, 40])).toEqual(eur(60))
    expect(perHour(1.5, [100, 20])).toEqual(eur(100))
    expect(perHour(1, [100, 20])).toEqual(eur(100))
  })

  test('in the first hour is at its pace so far, of a quarter of an hour at least', () => {
    expect(perHour(0.5, [100])).toEqual(eur(200))
    expect(perHour(0.1, [100])).toEqual(eur(400))
  })
})

describe('the campaigns that run away', () => {
  const running = (view: GuardView) => runawaySpend({ ...view, cap: eur(1) })![0]!.campaigns
  const spending = (shoes: number, hats: number) =>
    aView({ clock: 12, spend: new Map([SHOES, HATS].map((id, i) => [id, hourly(i === 0 ? shoes : hats, 1)] as const)) })

  test('are those above five quarters of their usual by now, or all where none is', () => {
    // Usual by noon are 120 of shoes and 60 of hats.
    expect(running(spending(150, 75.01))).toEqual([HATS])
    expect(running(spending(150.01, 75))).toEqual([SHOES])
    expect(running(spending(150, 75))).toEqual([SHOES, HATS])
  })

  test('are those of which nothing is known, too, and none that the portfolio only counts', () => {
    const view = { ...spending(150, 0), histories: [history(SHOES, { spend: 240 })] }
    expect(running(view)).toEqual([HATS])
    const members = [{ name: 'hats', class: 'prospecting', managed: false }, { class: 'prospecting' }]
    expect(running({ ...view, policy: policyWith({ members }) })).toEqual([SHOES])
    expect(running(withCampaign(view, campaign(HATS, 'Hats', { status: 'paused' })))).toEqual([SHOES])
  })
})
