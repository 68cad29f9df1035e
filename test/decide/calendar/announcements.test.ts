import { describe, expect, test } from 'vitest'
import {
  type AnnouncingAccount,
  announcementsFor,
  type EventAnnouncement,
} from '../../../lib/decide/calendar/announcements.ts'
import { accountRef, portfolioId } from '../../../lib/model/account.ts'
import type { CalendarEvent } from '../../../lib/model/policy.ts'
import type { FedCampaign } from '../../../lib/model/selection.ts'
import type { Announcement } from '../../../lib/ports/platform.ts'
import { HOUR_MS, instant, isoInstant, timeZone } from '../../../lib/units/calendar.ts'
import { aCampaign } from '../../model/samples.ts'
import { anEvent } from './events.ts'

const campaign = (id: string): FedCampaign => ({ campaign: aCampaign(id), class: 'prospecting' })

/** An account in Berlin at six in the morning of the day. */
const tell = (
  events: readonly CalendarEvent[],
  day: string,
  over: Partial<AnnouncingAccount> = {},
): readonly EventAnnouncement[] =>
  announcementsFor(events, {
    portfolio: portfolioId('eu'),
    account: accountRef('google-ads', '1'),
    zone: timeZone('Europe/Berlin'),
    now: instant(`${day}T05:00:00Z`),
    campaigns: [campaign('8'), campaign('7')],
    ...over,
  })
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
