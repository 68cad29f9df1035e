import { describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { countsOf, DEFAULT_ACTION_TYPES, metaRule } from '../../../lib/platforms/meta/conversions.ts'
import { rowSchema } from '../../../lib/platforms/meta/insight-row.ts'
import { currency } from '../../../lib/units/money.ts'

const USD = currency('USD')
const rule = (over: Partial<ConversionRule> = {}): ConversionRule => ({
  action: 'purchase',
  clickWindowDays: 7,
  viewWindowDays: 1,
  basis: 'mixed',
  ...over,
})
const meta = (over: Partial<ConversionRule> = {}) => metaRule(rule(over), DEFAULT_ACTION_TYPES)
const row = (more: object) =>
  rowSchema.parse({ campaign_id: '1', spend: '1', date_start: '2026-11-01', date_stop: '2026-11-01', ...more })

const actions = [
  { action_type: 'omni_purchase', value: '99', '1d_click': '4', '7d_click': '6', '1d_view': '2' },
  { action_type: 'purchase', value: '50', '7d_click': '5', '1d_view': '1' },
  { action_type: 'offsite_conversion.fb_pixel_purchase', value: '50', '7d_click': '5' },
  { action_type: 'lead', value: '3', '7d_click': '3' },
]
const action_values = [
  { action_type: 'omni_purchase', value: '999', '7d_click': '300.10', '1d_view': '99.98000000000002' },
]

describe('counts under a rule', () => {
  test('are the click window plus the view window of exactly one action type, never `value`', () => {
    expect(countsOf(row({ actions, action_values }), [meta()], USD)).toEqual([
      { rule: rule(), conversions: 8, value: { micros: 400_080_000n, currency: USD } },
    ])
  })

  test.each([
    { name: 'clicks alone', over: { viewWindowDays: 0 }, count: 6 },
    { name: 'a day of clicks', over: { clickWindowDays: 1, viewWindowDays: 0 }, count: 4 },
    { name: 'views alone', over: { clickWindowDays: 0 }, count: 2 },
    { name: 'a window without a key had none', over: { clickWindowDays: 28, viewWindowDays: 0 }, count: 0 },
    { name: 'another action by its own name', over: { action: 'lead' }, count: 3 },
  ])('$name: $count', ({ over, count }) => {
    expect(countsOf(row({ actions }), [meta(over)], USD)[0]?.conversions).toBe(count)
  })

  test('an action without an entry had none reported', () => {
    expect(countsOf(row({ actions }), [meta({ action: 'trial' })], USD)).toEqual([])
  })

  test('an action that comes twice is unreadable: adding up would double it', () => {
    expect(() => countsOf(row({ actions: [...actions, actions[0]] }), [meta()], USD)).toThrow(
      'unreadable: insights actions: omni_purchase has 2 entries',
    )
  })

  test('the action type can be configured', () => {
    expect(metaRule(rule(), { purchase: 'offsite_conversion.fb_pixel_purchase' }).actionType).toBe(
      'offsite_conversion.fb_pixel_purchase',
    )
  })
})

describe('rules that Meta does not count by', () => {
  test.each([
    { over: { clickWindowDays: 30 }, says: 'Meta has no 30-day click and 1-day view window' },
    { over: { viewWindowDays: 7 }, says: 'Meta has no 7-day click and 7-day view window' },
    { over: { clickWindowDays: 0, viewWindowDays: 0 }, says: 'Meta has no 0-day click and 0-day view window' },
    { over: { basis: 'click' as const }, says: 'Meta counts purchase on a mixed basis and not by click' },
  ])('$says', ({ over, says }) => {
    expect(() => meta(over)).toThrow(`rejected: ${says}`)
  })
})
