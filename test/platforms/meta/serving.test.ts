import { expect, test } from 'vitest'
import { translate } from '../../../lib/platforms/meta/structure.ts'
import { timeZone } from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'

const basics = { currency: currency('EUR'), zone: timeZone('Europe/Berlin') }
const troubleOf = (campaign: string, ...adSets: readonly string[]) =>
  translate(
    [{ id: '1', name: 'Shoes', effective_status: campaign, daily_budget: 1000n }] as never,
    adSets.map((effective_status, i) => ({
      id: `1${i}`,
      name: 'set',
      campaign_id: '1',
      effective_status,
    })) as never,
    basics as never,
  ).campaigns[0]?.trouble

test('a running campaign with issues is told, and one of which every running ad set has them', () => {
  const stopped = { kind: 'stopped', reasons: ['WITH_ISSUES'] }
  expect(troubleOf('WITH_ISSUES', 'ACTIVE')).toEqual(stopped)
  expect(troubleOf('ACTIVE', 'WITH_ISSUES', 'WITH_ISSUES', 'PAUSED')).toEqual(stopped)
})

test('a campaign some of whose ad sets run, or that somebody paused, is in no trouble', () => {
  expect(troubleOf('ACTIVE', 'WITH_ISSUES', 'ACTIVE')).toBeUndefined()
  expect(troubleOf('ACTIVE', 'ACTIVE')).toBeUndefined()
  expect(troubleOf('PAUSED', 'CAMPAIGN_PAUSED')).toBeUndefined()
})
