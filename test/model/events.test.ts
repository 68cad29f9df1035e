import { describe, expect, test } from 'vitest'
import { accountRef, type BudgetId, type CampaignId } from '../../lib/model/account.ts'
import { demandFactor, eventsOf, excludedDates, spendFactor, stepInForce } from '../../lib/model/events.ts'
import type { Selection } from '../../lib/model/policy.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { anEvent } from '../decide/calendar/events.ts'
import { anObservation } from '../measure/samples.ts'
import { aBudget, aCampaign, aStructure } from './samples.ts'

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

describe('events of a budget', () => {
  const account = accountRef('google-ads', '1')
  const structure = aStructure(account, {
    campaigns: [
      aCampaign('7', { name: 'DE Shoes' }),
      aCampaign('8', { name: 'AT Shoes' }),
      aCampaign('9', { name: 'AT Shoes of last year', status: 'removed' }),
    ],
  })
  const shared = aBudget('7', 50, { id: '97' as BudgetId, campaigns: ['7', '8', '9'] as CampaignId[] })

  test.each<[why: string, match: Selection | undefined, isConcerned: boolean]>([
    ['are those of everybody', undefined, true],
    ['are those that mean all the campaigns that it feeds', { name: 'shoes' }, true],
    ['are not those that mean one of two: it moves as one', { name: 'DE' }, false],
    ['are those of its class', { class: 'prospecting' }, true],
    ['are not those of another class', { class: 'brand' }, false],
  ])('%s', (_why, match, isConcerned) => {
    const { policy } = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [] }],
      policy: { members: [{ class: 'prospecting' }] },
    }).policy
    const event = anEvent(match ? { match } : {})
    expect(eventsOf({ ...policy, events: [event] }, structure, shared, on('11-21'))).toEqual(isConcerned ? [event] : [])
  })

  test('are none where none of its campaigns is in the portfolio', () => {
    const { policy } = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [] }],
      policy: { members: [{ class: 'brand', name: 'brand' }] },
    }).policy
    const event = anEvent({ match: { name: 'shoes' } })
    expect(eventsOf({ ...policy, events: [event] }, structure, shared, on('11-21'))).toEqual([])
  })
})
