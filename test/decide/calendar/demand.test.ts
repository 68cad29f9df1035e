import { describe, expect, test } from 'vitest'
import {
  demandFactor,
  eventsFor,
  excludedDates,
  spendFactor,
  stepInForce,
} from '../../../lib/decide/calendar/demand.ts'
import { fits, type Subject } from '../../../lib/decide/calendar/selection.ts'
import { accountRef, type CampaignId, platformId } from '../../../lib/model/account.ts'
import type { Selection } from '../../../lib/model/policy.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { anEvent } from './events.ts'

const on = (date: string) => accountDate(`2026-${date}`)

describe('the demand of a day', () => {
  const sale = anEvent({ expectedUplift: 1.4, dipAfter: { days: 2, factor: 0.8 } })
  const mail = anEvent({ name: 'Mail', from: '2026-11-29', to: '2026-11-30', expectedUplift: 1.5 })

  test.each<[why: string, date: string, wanted: number]>([
    ['is usual before the event', '11-26', 1],
    ['is lifted from its first day', '11-27', 1.4],
    ['to its last', '11-29', 1.4],
    ['dips on the days after it', '11-30', 0.8],
    ['for as long as the policy says', '12-01', 0.8],
    ['and is usual again', '12-02', 1],
  ])('%s', (_why, date, wanted) => expect(demandFactor([sale], on(date))).toBe(wanted))

  test('multiplies over events of the same day, and has no dip while another is on', () => {
    expect(demandFactor([sale, mail], on('11-29'))).toBeCloseTo(2.1, 12)
    expect(demandFactor([sale, mail], on('11-30'))).toBe(1.5)
    expect(demandFactor([mail, sale], on('12-01'))).toBe(0.8)
  })

  test('is met with the approved step where there is one', () => {
    const stepped = anEvent({ expectedUplift: 2, budgetFactor: 4 })
    expect([on('11-26'), on('11-27')].map((date) => spendFactor([stepped], date))).toEqual([1, 4])
    expect(spendFactor([sale], on('11-27'))).toBe(1.4)
  })

  test('of two approved steps the one that began last counts', () => {
    const week = anEvent({ name: 'Week', from: '2026-11-23', to: '2026-11-30', budgetFactor: 1.5 })
    const friday = anEvent({ name: 'Friday', to: '2026-11-27', budgetFactor: 4 })
    for (const events of [
      [week, friday],
      [friday, week],
    ])
      expect(['11-23', '11-27', '11-28', '12-01'].map((date) => stepInForce(events, on(date))?.name)).toEqual([
        'Week',
        'Friday',
        'Week',
        undefined,
      ])
  })

  test('is not learned from where the policy says so, and only then', () => {
    const events = [anEvent({ excludeFromLearning: true }), anEvent({ from: '2026-11-01', to: '2026-11-05' })]
    expect([...excludedDates(events, on('11-02'), on('11-28'))]).toEqual(['2026-11-27', '2026-11-28'])
  })
})

describe('whom a selection means', () => {
  const subject: Subject = {
    account: accountRef('meta', '1'),
    class: 'retargeting',
    campaigns: [
      { id: '7' as CampaignId, name: 'DE Retargeting' },
      { id: '8' as CampaignId, name: 'AT Retargeting' },
    ],
  }
  test.each<[why: string, selection: Selection | undefined, wanted: boolean]>([
    ['everybody when there is none', undefined, true],
    ['everybody when it is empty', {}, true],
    ['its platform', { platform: platformId('meta') }, true],
    ['no other platform', { platform: platformId('google-ads') }, false],
    ['its account', { account: accountRef('meta', '1') }, true],
    ['no other account', { account: accountRef('meta', '2') }, false],
    ['its class', { class: 'retargeting' }, true],
    ['no other class', { class: 'brand' }, false],
    ['a part of a name, in any case', { name: 'at ret' }, true],
    ['no other name', { name: 'CH' }, false],
    ['an id', { id: '8' as CampaignId }, true],
    ['name and id of one campaign, not of two', { id: '8' as CampaignId, name: 'DE' }, false],
    ['all that is given must fit', { name: 'DE', class: 'brand' }, false],
  ])('%s', (_why, selection, wanted) => expect(fits(selection, subject)).toBe(wanted))

  test('events concern whom they mean', () => {
    const events = [anEvent({ name: 'A', match: { class: 'brand' } }), anEvent({ name: 'B' })]
    expect(eventsFor(events, subject).map(({ name }) => name)).toEqual(['B'])
  })
})
