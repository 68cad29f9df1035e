/** The fuzzer itself: that it finds what is planted, that it says where, and that a seed is a seed. */
import { describe, expect, test } from 'vitest'
import { PlatformError } from '../../lib/model/failure.ts'
import { fuzz, type Target } from './fuzz.ts'
import { type Change, changed, dice, draw, placesOf } from './mutate.ts'

interface Row {
  readonly id: unknown
  readonly spend: number
}
const DOCUMENT = {
  currency: 'EUR',
  data: [
    { id: '9007199254740993', spend: '12.50' },
    { id: '12', spend: '0.01' },
  ],
}
const unreadable = (): never => {
  throw new PlatformError({ kind: 'unreadable', detail: 'not as documented' })
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A parser that is right, of which tests take one part away. */
function rowsOf(document: unknown, { isChecked = true, isBounded = true, isOnce = true } = {}): readonly Row[] {
  const data = isObject(document) ? document.data : undefined
  if (!Array.isArray(data)) return isChecked ? unreadable() : (data as unknown as Row[]).map((row) => row)
  const rows = data.map((row: unknown) => {
    if (!isObject(row) || typeof row.id !== 'string' || !/^\d{1,20}$/.test(row.id)) return unreadable()
    const spend = Number(row.spend)
    if (typeof row.spend !== 'string' || (isBounded && !/^\d{1,15}(\.\d+)?$/.test(row.spend))) return unreadable()
    return { id: row.id, spend }
  })
  return isOnce && new Set(rows.map(({ id }) => id)).size !== rows.length ? unreadable() : rows
}

const target = (parse: (document: unknown) => readonly Row[]): Target<readonly Row[]> => ({
  name: 'planted',
  documents: [DOCUMENT],
  rootDepth: 0,
  read: (text) => {
    try {
      return JSON.parse(text)
    } catch {
      return unreadable()
    }
  },
  parse,
  complaint: (rows) => {
    if (new Set(rows.map(({ id }) => id)).size !== rows.length) return 'an id is there twice'
    return rows.every(({ spend }) => Number.isFinite(spend) && spend >= 0) ? undefined : 'spend is no amount'
  },
})
const told = (parse: (document: unknown) => readonly Row[]): Promise<string> =>
  fuzz(target(parse), 20_000, 7).then(
    ({ inputs }) => `nothing found in ${inputs}`,
    (error: Error) => error.message,
  )

describe('a parser', () => {
  test('that is right passes, with inputs of either sort', async () => {
    const { inputs, accepted, refused } = await fuzz(target(rowsOf), 20_000, 7)
    expect(inputs).toBe(20_000)
    expect(accepted).toBeGreaterThan(1_000)
    expect(refused).toBeGreaterThan(1_000)
  })

  test('that crashes is found, and its stack is told', async () => {
    const message = await told((document) => rowsOf(document, { isChecked: false }))
    expect(message).toMatch(/^planted: seed 7, input \d+: crashed: TypeError/)
    expect(message).toContain('fuzz.test.ts')
  })

  test('that takes any number for an amount is found, with the smallest input and the one change', async () => {
    const message = await told((document) => rowsOf(document, { isBounded: false }))
    expect(message).toMatch(/^planted: seed 7, input \d+: accepted, and spend is no amount/)
    expect(message).toMatch(/changes: \[\{"kind":"set","path":\["data",\d+,"spend"\],"value":"[^"]*"\}\]/)
    // The currency and the other row have nothing to do with it.
    expect(message).not.toContain('EUR')
  })

  test('that counts a row twice is found', async () => {
    expect(await told((document) => rowsOf(document, { isOnce: false }))).toContain('an id is there twice')
  })
})

describe('changes', () => {
  const places = placesOf(DOCUMENT)

  test('are the same for the same seed, and others for another', () => {
    const drawn = (seed: number) => {
      const roll = dice(seed)
      return Array.from({ length: 200 }, () => draw(places, roll))
    }
    expect(drawn(3)).toEqual(drawn(3))
    expect(drawn(3)).not.toEqual(drawn(4))
  })

  test('are made on a copy: the document stays, and what is not on the way to a change is shared', () => {
    const before = structuredClone(DOCUMENT)
    const roll = dice(5)
    for (let i = 0; i < 5_000; i++) changed(DOCUMENT, draw(places, roll))
    expect(DOCUMENT).toEqual(before)
    const after = changed(DOCUMENT, { kind: 'set', path: ['data', 0, 'id'], value: '1' }) as typeof DOCUMENT
    expect(after.data[0]).toEqual({ id: '1', spend: '12.50' })
    expect(after.data[1]).toBe(DOCUMENT.data[1])
  })

  test.each<readonly [Change, unknown]>([
    [
      { kind: 'drop', path: ['data', 0] },
      { currency: 'EUR', data: [DOCUMENT.data[1]] },
    ],
    [
      { kind: 'double', path: ['data', 1] },
      { currency: 'EUR', data: [DOCUMENT.data[0], DOCUMENT.data[1], DOCUMENT.data[1]] },
    ],
    [{ kind: 'drop', path: ['currency'] }, { data: DOCUMENT.data }],
    [
      { kind: 'set', path: ['data'], value: null },
      { currency: 'EUR', data: null },
    ],
    [{ kind: 'set', path: ['nowhere', 'at', 'all'], value: 1 }, DOCUMENT],
  ])('%j', (change, after) => {
    expect(changed(DOCUMENT, change)).toEqual(after)
  })

  test('reach every field, with values of every sort', () => {
    const roll = dice(11)
    const seen = new Map<string, Set<string>>()
    for (let i = 0; i < 30_000; i++) {
      const change = draw(places, roll)
      const at = change.path.join('.')
      const sort = change.kind === 'set' ? (change.value === null ? 'null' : typeof change.value) : change.kind
      seen.set(at, (seen.get(at) ?? new Set()).add(sort))
    }
    for (const { path } of places.slice(1))
      expect([...(seen.get(path.join('.')) ?? [])]).toEqual(
        expect.arrayContaining(['drop', 'null', 'string', 'number', 'object', 'boolean']),
      )
  })
})
