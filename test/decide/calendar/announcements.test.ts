import { describe, expect, test } from 'vitest'
import {
  type AnnouncedBudget,
  type AnnouncingAccount,
  announcementsFor,
  type EventAnnouncement,
  isScheduled,
} from '../../../lib/decide/calendar/announcements.ts'
import { accountRef, type CampaignId, portfolioId } from '../../../lib/model/account.ts'
import type { CalendarEvent } from '../../../lib/model/policy.ts'
import type { Announcement } from '../../../lib/ports/platform.ts'
import { dateAt, HOUR_MS, instant, isoInstant, timeZone } from '../../../lib/units/calendar.ts'
import { budgetLeverOf, euros } from '../samples.ts'
import { anEvent } from './events.ts'

const campaign = (id: string, over: Partial<AnnouncingAccount['campaigns'][number]> = {}) => ({
  id: id as CampaignId,
  name: `Campaign ${id}`,
  class: 'prospecting' as const,
  ...over,
})
const aBudget = (over: Partial<AnnouncedBudget> = {}): AnnouncedBudget => ({
  lever: budgetLeverOf('7'),
  class: 'prospecting',
  campaigns: [campaign('7')],
  standing: euros(100),
  caps: [],
  ...over,
})

/** An account in Berlin at six in the morning of the day. */
const tell = (
  events: readonly CalendarEvent[],
  day: string,
  over: Partial<AnnouncingAccount> = {},
): readonly EventAnnouncement[] => {
  const now = instant(`${day}T05:00:00Z`)
  const zone = over.zone ?? timeZone('Europe/Berlin')
  return announcementsFor(events, {
    portfolio: portfolioId('eu'),
    account: accountRef('google-ads', '1'),
    zone,
    now,
    today: dateAt(now, zone),
    takes: new Set(['seasonality'] as const),
    campaigns: [campaign('8'), campaign('7')],
    budgets: [aBudget()],
    ...over,
  })
}
const SCHEDULES = { takes: new Set(['budget-schedule'] as const) }
const windowOf = ({ from, to }: EventAnnouncement) => `${isoInstant(from)} to ${isoInstant(to)}`

describe('what a platform is told of an event’s demand', () => {
  const sale = anEvent({ announce: true, expectedUplift: 1.4 })

  test('is its window from local midnight to local midnight, for the portfolio’s campaigns', () => {
    const told: readonly Announcement[] = tell([sale], '2026-11-21')
    expect(told).toEqual([
      {
        kind: 'seasonality',
        name: 'sluice eu Black Friday 2026-11-27',
        from: instant('2026-11-26T23:00:00Z'),
        to: instant('2026-11-29T23:00:00Z'),
        conversionRateFactor: 1.4,
        campaigns: ['7', '8'],
      },
    ])
  })

  test.each<[why: string, event: CalendarEvent, day: string, over: Partial<AnnouncingAccount>]>([
    ['that is not to be announced', anEvent({ expectedUplift: 1.4 }), '2026-11-21', {}],
    ['that is more than two weeks ahead', sale, '2026-11-12', {}],
    ['that has begun: only days to come can be told', sale, '2026-11-27', {}],
    ['that changes no demand', anEvent({ announce: true }), '2026-11-21', {}],
    ['where the platform takes no such thing', sale, '2026-11-21', { takes: new Set() }],
    ['that concerns none of its campaigns', { ...sale, match: { class: 'brand' } }, '2026-11-21', {}],
  ])('nothing of one %s', (_why, event, day, over) => expect(tell([event], day, over)).toEqual([]))

  test('names only the campaigns that it concerns', () => {
    const [told] = tell([{ ...sale, match: { name: 'paign 8' } }], '2026-11-21')
    expect(told).toMatchObject({ campaigns: ['8'] })
  })

  test('stays within the factor that Google takes', () => {
    expect(tell([{ ...sale, expectedUplift: 15 }], '2026-11-21')).toMatchObject([{ conversionRateFactor: 10 }])
    expect(tell([{ ...sale, expectedUplift: 0.05 }], '2026-11-21')).toMatchObject([{ conversionRateFactor: 0.1 }])
  })

  test('comes in stretches of at most fourteen days', () => {
    const long = anEvent({ announce: true, expectedUplift: 1.4, from: '2026-11-22', to: '2026-12-10' })
    expect(tell([long], '2026-11-21').map(({ name }) => name)).toEqual(['sluice eu Black Friday 2026-11-22'])
    expect(tell([long], '2026-11-22').map(({ name }) => name)).toEqual(['sluice eu Black Friday 2026-12-06'])
    expect(tell([long], '2026-11-21').map(windowOf)).toEqual(['2026-11-21T23:00:00Z to 2026-12-05T23:00:00Z'])
  })

  test('fourteen days with an hour more are too long, and are cut to thirteen', () => {
    const october = anEvent({ announce: true, expectedUplift: 1.4, from: '2026-10-20', to: '2026-11-02' })
    expect(tell([october], '2026-10-19').map(windowOf)).toEqual([
      '2026-10-19T22:00:00Z to 2026-11-01T23:00:00Z',
      '2026-11-01T23:00:00Z to 2026-11-02T23:00:00Z',
    ])
  })

  test.each<[day: string, hours: number]>([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-11-27', 24],
  ])('a day of %s lasts %i hours', (day, hours) => {
    const one = anEvent({ announce: true, expectedUplift: 2, from: day, to: day })
    const [told] = tell([one], `${day.slice(0, 8)}20`)
    expect((told!.to - told!.from) / HOUR_MS).toBe(hours)
  })

  test('names two thousand campaigns at a time, the same ones in every turn', () => {
    const many = Array.from({ length: 2500 }, (_, i) => campaign(String(100_000 + i)))
    const told = tell([sale], '2026-11-21', { campaigns: many })
    expect(told.map((one) => one.kind === 'seasonality' && one.campaigns.length)).toEqual([2000, 500])
    expect(told.map(({ name }) => name)).toEqual([
      'sluice eu Black Friday 2026-11-27',
      'sluice eu Black Friday 2026-11-27 2',
    ])
    expect(tell([sale], '2026-11-21', { campaigns: many.toReversed() })).toEqual(told)
  })
})

describe('a budget schedule', () => {
  const stepped = anEvent({ announce: true, budgetFactor: 4 })

  test('is told on the eve, as the level to raise to', () => {
    const told: readonly Announcement[] = tell([stepped], '2026-11-26', SCHEDULES)
    expect(told).toEqual([
      {
        kind: 'budget-schedule',
        name: `sluice eu Black Friday 2026-11-27 ${budgetLeverOf('7').id}`,
        from: instant('2026-11-26T23:00:00Z'),
        to: instant('2026-11-29T23:00:00Z'),
        budget: budgetLeverOf('7'),
        amount: euros(400),
      },
    ])
  })

  test.each(['2026-11-25', '2026-11-27'])('and not on %s', (day) => expect(tell([stepped], day, SCHEDULES)).toEqual([]))

  test('stays under the caps, and is none where they leave no room', () => {
    const cap = (amount: number) => ({ name: 'maximum', detail: 'the largest', atMost: euros(amount) })
    expect(tell([stepped], '2026-11-26', { ...SCHEDULES, budgets: [aBudget({ caps: [cap(300)] })] })).toMatchObject([
      { amount: euros(300) },
    ])
    expect(tell([stepped], '2026-11-26', { ...SCHEDULES, budgets: [aBudget({ caps: [cap(100)] })] })).toEqual([])
  })

  test('is not made for whom the event does not mean, nor over another step', () => {
    expect(tell([{ ...stepped, match: { class: 'brand' } }], '2026-11-26', SCHEDULES)).toEqual([])
    const week = anEvent({ name: 'Week', from: '2026-11-23', to: '2026-11-30', budgetFactor: 1.5 })
    expect(tell([week, stepped], '2026-11-26', SCHEDULES)).toEqual([])
  })

  test('is found again by its window, whatever the platform calls it', () => {
    const [told] = tell([stepped], '2026-11-26', SCHEDULES)
    const zone = timeZone('Europe/Berlin')
    const renamed = { ...told!, name: 'budget-schedule-17' }
    expect(isScheduled([renamed], budgetLeverOf('7'), stepped, zone)).toBe(true)
    expect(isScheduled([renamed], budgetLeverOf('8'), stepped, zone)).toBe(false)
    expect(isScheduled([renamed], budgetLeverOf('7'), anEvent({ from: '2026-11-30', to: '2026-12-01' }), zone)).toBe(
      false,
    )
    expect(isScheduled([], budgetLeverOf('7'), stepped, zone)).toBe(false)
  })
})
