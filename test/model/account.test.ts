import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accountId,
  accountKey,
  accountRef,
  parseAccountKey,
  platformId,
  portfolioId,
  sameAccount,
} from '../../lib/model/account.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { deduplicationId } from '../../lib/model/turn.ts'
import { instant } from '../../lib/units/calendar.ts'

const platform = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
const digits = fc.stringMatching(/^[0-9]{1,20}$/)
const uuid = fc.uuid()

describe('an account id', () => {
  test.each(['123-456-7890', 'act_123', '', '12 3', 'a:b', 'a#b', 'a/b', '٣', '-1', '1'.repeat(65)])(
    '"%s" is refused, and the message says what to leave out',
    (text) => {
      expect(() => accountId(text)).toThrow(`account id "${text}" must be digits, or letters, digits and dashes`)
    },
  )

  test('may be a UUID, as on Snapchat', () => {
    fc.assert(fc.property(uuid, (text) => accountId(text) === text))
  })

  test('stays text: 2^53 + 1 keeps its last digit', () => {
    expect(accountId('9007199254740993')).toBe('9007199254740993')
  })
})

describe('a platform', () => {
  test.each(['Meta', 'google_ads', '-meta', '', 'a'.repeat(33), 'meta:1', 'meta/1'])(
    '"%s" is refused with an example',
    (name) => {
      expect(() => platformId(name)).toThrow(
        `platform "${name}" must be lower-case letters, digits and dashes, such as google-ads`,
      )
    },
  )
})

describe('a portfolio', () => {
  test.each(['EU', 'eu prospecting', '', '-eu', 'eu/1', 'a'.repeat(65)])('"%s" is refused with an example', (name) => {
    expect(() => portfolioId(name)).toThrow(`portfolio "${name}" must be lower-case letters, digits and dashes`)
  })
})

describe('an account key', () => {
  test('reads back as the account that it was made of', () => {
    fc.assert(
      fc.property(platform, digits, (name, id) => {
        const ref = accountRef(name, id)
        expect(parseAccountKey(accountKey(ref))).toEqual(ref)
      }),
    )
  })

  test('is the same for two accounts only if they are the same', () => {
    fc.assert(
      fc.property(platform, digits, platform, digits, (p1, d1, p2, d2) => {
        const [a, b] = [accountRef(p1, d1), accountRef(p2, d2)]
        expect(accountKey(a) === accountKey(b)).toBe(sameAccount(a, b))
      }),
    )
  })

  test.each(['meta', 'meta:', ':123', 'meta:1:2', 'meta:123-456', 'meta/123', ''])('"%s" is refused', (text) => {
    expect(() => parseAccountKey(text)).toThrow(RangeError)
  })
})

describe('a lever key', () => {
  test('names account, kind, entity and id, and the device of a multiplier', () => {
    const account = accountRef('meta', '123')
    expect(leverKey({ account, kind: 'daily-budget', entity: 'budget', id: '9' })).toBe(
      'meta:123/daily-budget/budget/9',
    )
    expect(leverKey({ account, kind: 'bid-multiplier', entity: 'campaign', id: '9', device: 'mobile' })).toBe(
      'meta:123/bid-multiplier/campaign/9/mobile',
    )
  })
})

describe('a turn', () => {
  test('has its own deduplication id for every stage, key, period and attempt', () => {
    const turn = instant('2026-11-21T06:00:00Z')
    const base = { stage: 'act', key: 'meta:123', turn, attempt: 0 } as const
    const messages = [
      base,
      { ...base, stage: 'pull' as const },
      { ...base, key: 'meta:1230' },
      { ...base, turn: instant('2026-11-21T07:00:00Z') },
      { ...base, attempt: 1 },
    ]
    expect(new Set(messages.map(deduplicationId)).size).toBe(messages.length)
  })
})
