import { expect, test } from 'vitest'
import { countsByCampaign, hoursOver } from '../../lib/control/guard-view.ts'
import { intradayOf } from '../../lib/control/intraday.ts'
import type { AdGroupId, CampaignId } from '../../lib/model/account.ts'
import type { IntradaySpend } from '../../lib/model/history.ts'
import type { PerformanceReport, PerformanceRow } from '../../lib/model/performance.ts'
import { accountDate, instant, timeZone } from '../../lib/units/calendar.ts'
import { A, euros, rig } from '../simulation/rig.ts'

const SHOES = '10' as CampaignId
const BERLIN = timeZone('Europe/Berlin')
const readOf = (date: string, readAt: string): Pick<IntradaySpend, 'date' | 'readAt'> => ({
  date: accountDate(date),
  readAt: instant(readAt),
})

test.each([
  { name: 'an ordinary day at a quarter past one', date: '2026-06-02', readAt: '2026-06-02T11:15:00Z', clock: 13.25 },
  // Two in the afternoon, thirteen hours after midnight.
  { name: 'a day of 23 hours, after the jump', date: '2026-03-29', readAt: '2026-03-29T12:00:00Z', clock: 14 },
  // One in the afternoon, fourteen hours after midnight.
  {
    name: 'a day of 25 hours, after the second two o’clock',
    date: '2026-10-25',
    readAt: '2026-10-25T12:00:00Z',
    clock: 13,
  },
  {
    name: 'a day of 25 hours, in the second hour from two',
    date: '2026-10-25',
    readAt: '2026-10-25T01:30:00Z',
    clock: 2.5,
  },
  { name: 'a day that was over when the answer came', date: '2026-06-02', readAt: '2026-06-02T22:00:01Z', clock: 24 },
])('hours are those of the wall clock, as reports count them: $name', ({ date, readAt, clock }) => {
  expect(hoursOver(readOf(date, readAt) as IntradaySpend, BERLIN)).toBeCloseTo(clock, 9)
})

test('impressions and clicks are kept by hour beside those of the day, ad groups summed into their campaign', async () => {
  const { reader } = (await rig()).ads.platform
  const today = accountDate('2026-06-02')
  const row = (adGroup: string, hour: number, clicks: number): PerformanceRow => ({
    campaign: SHOES,
    adGroup: adGroup as AdGroupId,
    date: today,
    hour,
    spend: euros(1),
    impressions: 10 * clicks,
    clicks,
    conversions: [],
  })
  const report: PerformanceReport = {
    account: A,
    query: { grain: 'hour', from: today, to: today },
    rows: [row('a', 5, 2), row('b', 5, 3), row('b', 7, 4)],
    accountSpend: new Map(),
    readAt: instant('2026-06-02T11:00:00Z'),
  }
  const { counts, countsByHour } = countsByCampaign(intradayOf(report, await reader.structure(A), today))
  expect(counts.get(SHOES)).toEqual({ impressions: 90, clicks: 9 })
  const hours = countsByHour?.get(SHOES)
  expect(hours).toHaveLength(24)
  expect(hours?.slice(5, 8)).toEqual([
    { impressions: 50, clicks: 5 },
    { impressions: 0, clicks: 0 },
    { impressions: 40, clicks: 4 },
  ])
})
