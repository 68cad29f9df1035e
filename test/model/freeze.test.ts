import { describe, expect, test } from 'vitest'
import { accountRef } from '../../lib/model/account.ts'
import { EVERYTHING, freezeScope, scopesOf } from '../../lib/model/freeze.ts'

describe('a freeze scope', () => {
  test.each(['everything', 'platform/google-ads', 'account/meta:123', 'campaign/meta:123/456'])('%s is one', (text) => {
    expect(freezeScope(text)).toBe(text)
  })

  test.each([
    '',
    'all',
    'Everything',
    'platform/',
    'account/meta',
    'account/meta:act_1',
    'campaign/meta:123',
    'everything ',
  ])('"%s" is refused with the four forms', (text) => {
    expect(() => freezeScope(text)).toThrow(
      `freeze scope "${text}" must be everything, platform/meta, account/meta:123 or campaign/meta:123/456`,
    )
  })

  test('a push is stopped by everything, its platform, its account and each campaign that it feeds', () => {
    const scopes = scopesOf(accountRef('google-ads', '123'), ['4', '5'])
    expect(scopes).toEqual([
      EVERYTHING,
      'platform/google-ads',
      'account/google-ads:123',
      'campaign/google-ads:123/4',
      'campaign/google-ads:123/5',
    ])
    expect(scopes.map(freezeScope)).toEqual(scopes)
  })
})
