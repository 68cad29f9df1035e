import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountRef, FOREIGN_ID } from '../../lib/model/account.ts'
import { EVERYTHING, freezeScope, scopesOf } from '../../lib/model/freeze.ts'

const SNAP_ACCOUNT = '8adc3db7-8148-4fbf-999c-8d2266369d74'

describe('a freeze scope', () => {
  test.each([
    'everything',
    'platform/google-ads',
    'account/meta:123',
    'campaign/meta:123/456',
    `account/snapchat:${SNAP_ACCOUNT}`,
    `campaign/snapchat:${SNAP_ACCOUNT}/00c1e000-1111-4fbf-999c-8d2266369d74`,
    'campaign/reddit:t2_acme/t3_x',
  ])('%s is one', (text) => {
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
    'campaign/meta:123/',
    'campaign/meta:123/4:5',
    'campaign/meta:123/4/5',
    'everything/meta',
    'platform/meta/1',
    'account/meta:123/',
    'account/meta:123:4',
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

  test('what stops a push can be frozen by a name, whatever the ids of the platform are', () => {
    const id = fc.stringMatching(FOREIGN_ID)
    const account = id.filter((text) => !/^(\d+(-\d+)+|act_\d+)$/.test(text))
    fc.assert(
      fc.property(account, id, (of, campaign) => {
        const scopes = scopesOf(accountRef('snapchat', of), [campaign])
        expect(scopes.map(freezeScope)).toEqual(scopes)
      }),
    )
  })
})
