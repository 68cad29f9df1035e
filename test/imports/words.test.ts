import { describe, expect, test } from 'vitest'
import { kindIn, statusOf } from '../../lib/imports/words.ts'
import { steeredElsewhere } from '../../lib/platforms/tiktok/families.ts'

test.each([
  ...['Budget exceeded', 'Out of budget', 'Limited by budget', 'Budget überschritten', 'Campaign budget exceeded'],
  ...['Eligible (Limited by budget)', 'Durch Budget eingeschränkt', 'Freigegeben (durch Budget eingeschränkt)'],
])('a campaign that has spent its budget (%s) runs: it is the one that more budget would help', (cell) => {
  expect(statusOf(cell)).toBe('active')
})

describe('TikTok’s campaign types', () => {
  const kindOf = (cell: string): string => kindIn(cell, 'tiktok').kind ?? ''

  test.each([
    ...[
      'Smart+',
      'Smart+ Campaign',
      'Smart+ Web Campaign',
      'Smart+ Catalog Ads',
      'Smart+ App Campaign',
      'SMART_PLUS',
    ].map((cell) => [cell, 'smart-plus']),
    ...['Smart Performance Campaign', 'UPGRADED_SMART_PLUS', 'Smart+-Kampagne'].map((cell) => [cell, 'smart-plus']),
    ...['GMV Max', 'Product GMV Max', 'LIVE GMV Max', 'GMV Max campaign'].map((cell) => [cell, 'gmv-max']),
    ...['Reach & Frequency', 'Reach and frequency', 'Reservation', 'TopView', 'Reichweite & Frequenz'].map((cell) => [
      cell,
      'reservation',
    ]),
  ] as const)('"%s" is %s, which the ordinary endpoints do not move', (cell, kind) => {
    expect(kindOf(cell!)).toBe(kind)
    expect(steeredElsewhere(kind!, '1')).toContain('1 is a')
  })

  test.each(['Regular', 'Manual campaign', 'Auction', 'Standard', 'Manuelle Kampagne'])('"%s" can be moved', (cell) => {
    expect(kindOf(cell)).toBe('social')
    expect(steeredElsewhere('social', '1')).toBeUndefined()
  })

  test('a search campaign is one, and can be moved', () => {
    expect(kindOf('Search Campaign')).toBe('search')
  })

  test('a word that is not known is no campaign that can be moved: most new ones steer themselves', () => {
    expect(steeredElsewhere(kindOf('Brand Booster'), '1')).toBe('1 is automated in a way that is not known here')
  })

  test('a blank tells nothing', () => {
    expect(kindIn('--', 'tiktok')).toEqual({})
  })
})

test('elsewhere a kind is the platform’s word, and keeps its plus', () => {
  expect(kindIn('Performance Max', 'google-ads')).toEqual({ kind: 'performance-max' })
  expect(kindIn('Performance+', 'pinterest')).toEqual({ kind: 'performance-plus' })
})
