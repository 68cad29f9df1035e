import { describe, expect, test } from 'vitest'
import { cleanPlatform } from '../../functions/composition/clean-platform.ts'
import { accountRef } from '../../lib/model/account.ts'
import { PlatformError, type WriteResult } from '../../lib/model/failure.ts'
import type { AccountStructure, ChangeEvent } from '../../lib/model/structure.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { instant } from '../../lib/units/calendar.ts'

const ACCOUNT = accountRef('meta', '1')
const EVIL = 'Sale\u001b]0;owned\u0007\u001b[2J\r\nSPEND  0 \u202eliated\u0000'
const SHOWN = 'Sale ]0;owned [2J SPEND  0  liated '

const platform = (reader: object, writer: object = {}): AdPlatform =>
  cleanPlatform({ id: 'meta', capabilities: {}, reader, writer } as unknown as AdPlatform)

describe('names that somebody chose on the platform', () => {
  test('come on one line and without anything that a terminal would obey', async () => {
    const one = { name: EVIL }
    const given = {
      name: EVIL,
      blockers: [{ code: EVIL, detail: EVIL }],
      campaigns: [
        { ...one, id: '7', criteria: [{ ...one, multiplier: 2 }], trouble: { kind: 'stopped', reasons: [EVIL] } },
      ],
      adGroups: [one],
      budgets: [one],
      experiments: [one],
    }
    const seen = await platform({ structure: async () => given }).reader.structure(ACCOUNT)
    const clean = { name: SHOWN }
    expect(seen).toEqual({
      name: SHOWN,
      blockers: [{ code: SHOWN, detail: SHOWN }],
      campaigns: [
        { ...clean, id: '7', criteria: [{ ...clean, multiplier: 2 }], trouble: { kind: 'stopped', reasons: [SHOWN] } },
      ],
      adGroups: [clean],
      budgets: [clean],
      experiments: [clean],
    })
  })
  test('of rules too, and so are the words about what was changed of them', async () => {
    const by = { name: EVIL, portfolio: 'eu' }
    const given = {
      standing: [{ ...by, id: '1', altered: `it is ${EVIL}` }],
      stopped: [{ campaign: '7', at: 0, by }],
    }
    const clean = { name: SHOWN, portfolio: 'eu' }
    expect(await platform({ spendStops: async () => given }).reader.spendStops!(ACCOUNT)).toEqual({
      standing: [{ ...clean, id: '1', altered: `it is ${SHOWN}` }],
      stopped: [{ campaign: '7', at: 0, by: clean }],
    })
  })
  test('are cut to 256 characters, and never through the middle of one', async () => {
    const given = {
      name: `${'x'.repeat(254)}😀😀`,
      blockers: [],
      campaigns: [],
      adGroups: [],
      budgets: [],
      experiments: [],
    }
    const seen = (await platform({ structure: async () => given }).reader.structure(ACCOUNT)) as AccountStructure
    expect(seen.name).toBe(`${'x'.repeat(254)}…`)
  })
  test('stay as they are where there is nothing wrong with them', async () => {
    const name = 'Été – 夏 👩‍👧 50% & <b>'
    const given = { name, blockers: [], campaigns: [], adGroups: [], budgets: [], experiments: [] }
    expect(await platform({ structure: async () => given }).reader.structure(ACCOUNT)).toEqual(given)
  })
  test('of people in the change history too; who it was stays readable', async () => {
    const event = {
      at: instant('2026-11-21T12:00:00Z'),
      actor: 'anna@example.com\u001b[31m',
      field: 'a\nb',
      to: '9\u0007',
    }
    const seen = await platform({ changes: async () => [event] }).reader.changes(ACCOUNT, event.at)
    expect((seen as readonly ChangeEvent[])[0]).toEqual({
      at: event.at,
      actor: 'anna@example.com [31m',
      field: 'a b',
      to: '9 ',
    })
  })
})

describe('what a platform says of a failure', () => {
  const said = `refused\u001b[2J for anna@example.com with Bearer abc.def-123 ${'x'.repeat(100_000)}`

  test('is short, on one line and without credentials and addresses, where a read fails', async () => {
    const failed = async () => {
      throw new PlatformError({ kind: 'rejected', code: `7${'y'.repeat(1_000)}`, detail: said })
    }
    const error = await platform({ live: failed })
      .reader.live(ACCOUNT, [])
      .catch((one: unknown) => one)
    if (!(error instanceof PlatformError) || error.failure.kind !== 'rejected') throw error
    expect(error.failure.detail).toMatch(/^refused \[2J for \[redacted\] with \[redacted\] x+…$/)
    expect(error.failure.detail).toHaveLength(500)
    expect(error.failure.code).toHaveLength(100)
    expect(error.message).toBe(`rejected: ${error.failure.detail}`)
  })
  test('and where a write is refused or lost', async () => {
    const results: WriteResult[] = [
      { kind: 'applied' },
      { kind: 'refused', failure: { kind: 'transient', detail: said } },
      { kind: 'unknown', detail: said },
    ]
    const seen = await platform({}, { apply: async () => results }).writer.apply(ACCOUNT, [])
    expect(seen.map(({ kind }) => kind)).toEqual(['applied', 'refused', 'unknown'])
    expect(JSON.stringify(seen)).not.toMatch(/anna|abc\.def|\\u001b/)
    expect(JSON.stringify(seen).length).toBeLessThan(1_300)
  })
  test.each([
    [90_000, 90_000],
    [1e300, 86_400_000],
    [Number.NaN, 86_400_000],
    [-5, 86_400_000],
  ])('may send us away for %d ms: %d are believed', async (retryAfterMs, believed) => {
    const refused: WriteResult = { kind: 'refused', failure: { kind: 'rate-limited', retryAfterMs, detail: 'slow' } }
    const [seen] = await platform({}, { apply: async () => [refused] }).writer.apply(ACCOUNT, [])
    expect(seen).toEqual({
      kind: 'refused',
      failure: { kind: 'rate-limited', retryAfterMs: believed, detail: 'slow' },
    })
  })
})

test('a fault of the program itself travels on as it is', async () => {
  const fault = new TypeError('x is undefined')
  const reading = platform({ live: async () => Promise.reject(fault) }).reader.live(ACCOUNT, [])
  await expect(reading).rejects.toBe(fault)
})
