/** The tables in SQLite against the embedded engine: the same requests, and the same answers. */
import { describe, expect, test } from 'vitest'
import type { Attributes, Item, Key } from '../../lib/store/attributes.ts'
import { toItem } from '../../lib/store/attributes.ts'
import { type Database, database } from '../../lib/store/database.ts'
import { ABSENT, atVersion, type Condition, condition, type Update } from '../../lib/store/expressions.ts'
import type { TableName } from '../../lib/store/tables.ts'
import type { Action } from '../../lib/store/transaction.ts'
import { instant, later } from '../../lib/units/calendar.ts'
import { virtualClock } from '../../playground/runner/virtual-clock.ts'
import { dice } from '../measure/dice.ts'
import { embedded } from '../store/embedded.ts'
import { holds } from './conditions.ts'
import { plainNumber, sqliteTables } from './sqlite-tables.ts'

const START = instant('2026-06-01T00:00:00Z')
const engine = embedded()
const TABLES: readonly TableName[] = ['control', 'facts']
const PARTITIONS = ['one', 'two']
/** Beyond ASCII: sort keys are in the order of their bytes, which for the last two is not that of JavaScript's strings. */
const SORTS = ['A#1', 'A#2', 'A#3', 'B#10', 'B#9', 'B', 'C#é', 'C#\u{ff5e}', 'C#\u{1f600}']
/** The engine looks at the order of a range's ends in JavaScript's order, which DynamoDB does not. */
const ENDS = SORTS.slice(0, -1)
const NUMBERS = [0, 1, 2, 3, -4, 0.25, 1e-9, -2.5e-8, 1e21, 1.25e22, 9_007_199_254_740_993n, -12n, -0]
/** Every form that the stores use. */
const CONDITIONS: readonly string[] = [
  'attribute_not_exists(#pk) OR #flag = :no',
  '#flag = :no',
  'attribute_exists(#pk)',
  '#number = :n AND #text = :t',
  '#text = :t AND (attribute_not_exists(#number) OR #number > :n)',
  '(attribute_not_exists(#number) OR #number < :n OR (#number = :n AND #version < :n)) AND (attribute_not_exists(#text) OR #number <= :n OR #text = :t)',
]

type Roll = () => number
type Request = (db: Database) => Promise<unknown>

const pick = <T>(roll: Roll, from: readonly T[]): T => from[Math.floor(roll() * from.length)]!
const some = <T>(roll: Roll, from: readonly T[]): readonly T[] => from.filter(() => roll() < 0.4)
const aKey = (roll: Roll): Key => ({ pk: pick(roll, PARTITIONS), sk: pick(roll, SORTS) })

function attributes(roll: Roll): Attributes {
  return {
    version: Math.floor(roll() * 3),
    text: pick(roll, ['red', 'green', 'Ünï\u{1f600}', undefined, '']),
    number: pick(roll, [...NUMBERS, undefined]),
    flag: pick(roll, [true, false, undefined]),
    expiresAt: pick(roll, [1_900_000_000, undefined]),
  }
}

function aCondition(roll: Roll): Condition {
  if (roll() < 0.4) return pick(roll, [ABSENT, atVersion(0), atVersion(1), atVersion(2)])
  const text = pick(roll, CONDITIONS)
  const values = { no: false, n: pick(roll, NUMBERS), t: pick(roll, ['red', 'green']) }
  return condition(text, Object.fromEntries(Object.entries(values).filter(([name]) => text.includes(`:${name}`))))
}

/** Now and then one that names an attribute twice, which is refused. */
const anUpdate = (roll: Roll): Update => {
  const { version, ...rest } = attributes(roll)
  return roll() < 0.5 ? { set: { version, ...rest } } : { set: { version }, remove: some(roll, ['text', 'flag']) }
}

function anAction(roll: Roll, index: number): Action {
  const base = { name: `action ${index}`, table: pick(roll, TABLES), key: aKey(roll), when: aCondition(roll) }
  const kind = pick(roll, ['put', 'put', 'update', 'delete', 'check'] as const)
  if (kind === 'delete' || kind === 'check') return { kind, ...base }
  if (kind === 'update') return { kind, ...base, update: anUpdate(roll) }
  const { when, ...always } = base
  return { kind, ...always, attributes: attributes(roll), ...(roll() < 0.6 ? { when } : {}) }
}

function aQuery(roll: Roll): Request {
  const [table, pk] = [pick(roll, TABLES), pick(roll, PARTITIONS)]
  const range = pick(roll, [
    {},
    { prefix: pick(roll, ['A', 'A#', 'B', 'C#', 'Z']) },
    { between: [pick(roll, ENDS), pick(roll, ENDS)] as const },
  ])
  const limit = roll() < 0.4 ? { limit: 1 + Math.floor(roll() * 4) } : {}
  const order = roll() < 0.5 ? { newestFirst: roll() < 0.7 } : {}
  return (db) => db.query(table, { pk, ...range, ...limit, ...order })
}

const bySort = (items: readonly Item[]) => items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Sent before, to be sent again: as it was, or with its token alone. */
const sent: { readonly token: string; readonly actions: readonly Action[] }[] = []

function aTransaction(roll: Roll, index: number): Request {
  const earlier = roll() < 0.2 ? pick(roll, sent.slice(-8)) : undefined
  const actions =
    earlier && roll() < 0.7
      ? earlier.actions
      : Array.from({ length: 1 + Math.floor(roll() * 3) }, (_, i) => anAction(roll, i))
  const token = earlier?.token ?? `token ${index}`
  sent.push({ token, actions })
  return (db) => db.transact(actions, token)
}

function aRequest(roll: Roll, index: number): Request {
  const table = pick(roll, TABLES)
  const [key, given, update, when] = [aKey(roll), attributes(roll), anUpdate(roll), aCondition(roll)]
  const keys = [
    ...new Map(Array.from({ length: 5 }, () => aKey(roll)).map((one) => [JSON.stringify(one), one])).values(),
  ]
  const twice = roll() < 0.1 ? [keys[0]!] : []
  return pick<() => Request>(roll, [
    () => (db) => db.get(table, key),
    () => async (db) => bySort(await db.getAll(table, [...keys, ...twice])),
    () => (db) => db.put(table, key, given),
    () => (db) =>
      db.putAll(
        table,
        [...keys, ...twice].map((one) => toItem({ ...one, ...given })),
      ),
    () => (db) => db.update(table, key, update, when),
    () => aQuery(roll),
    () => aQuery(roll),
    () => aTransaction(roll, index),
    () => aTransaction(roll, index),
    () => aTransaction(roll, index),
  ])()
}

/** What a request comes to. Of a refusal the words are the other's own. */
const answerOf = (request: Request, db: Database): Promise<unknown> =>
  request(db).then(
    (answer) => ({ answer }),
    () => 'refused',
  )

test('what is asked of both at random is answered by both alike, refusals included', async () => {
  const roll = dice(20_261_122)
  const tables = sqliteTables(':memory:', virtualClock(START))
  const dynamo = database(engine.options)
  const kinds = new Map<string, number>()
  for (let index = 0; index < 700; index += 1) {
    const request = aRequest(roll, index)
    const [wanted, answer] = [await answerOf(request, dynamo), await answerOf(request, tables.database)]
    expect(answer, `request ${index}: ${request}`).toEqual(wanted)
    const kind = JSON.stringify(answer)?.match(/refused|cancelled|done|true|false|pk/)?.[0] ?? 'nothing'
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  for (const kind of ['refused', 'cancelled', 'done', 'true', 'false', 'pk', 'nothing'])
    expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(8)
  for (const table of TABLES)
    for (const pk of PARTITIONS)
      expect(await tables.database.query(table, { pk })).toEqual(await dynamo.query(table, { pk }))
})

describe('tables in SQLite', () => {
  const open = () => {
    const clock = virtualClock(START)
    return { clock, ...sqliteTables(':memory:', clock) }
  }
  const key = { pk: 'day', sk: 'one' }
  const raise: Action = { kind: 'put', name: 'day', table: 'control', key, attributes: { version: 1 }, when: ABSENT }

  test('remember a token for ten minutes', async () => {
    const { clock, database: db } = open()
    await db.transact([raise], 'token')
    clock.set(later(START, 9 * 60_000))
    expect(await db.transact([raise], 'token')).toEqual({ kind: 'done' })
    clock.set(later(START, 10 * 60_000))
    expect(await db.transact([raise], 'token')).toEqual({ kind: 'cancelled', on: ['day'] })
  })

  test('write nothing of a transaction of which one write cannot be made', async () => {
    const { database: db } = open()
    const nothing: Action = { ...raise, kind: 'update', key: { pk: 'day', sk: 'two' }, update: {}, when: ABSENT }
    await expect(db.transact([raise, nothing], 'token')).rejects.toThrow('changes nothing')
    expect(await db.get('control', key)).toBeUndefined()
  })

  test('delete what has expired, and nothing that expired an age ago, as if by mistake', async () => {
    const { clock, database: db, sweep } = open()
    const at = START / 1000
    for (const [sk, expiresAt] of Object.entries({ never: undefined, mistaken: 1, past: at, soon: at + 1 }))
      await db.put('facts', { pk: 'day', sk }, { expiresAt })
    expect(sweep()).toBe(1)
    clock.set(later(START, 1000))
    expect(sweep()).toBe(1)
    expect((await db.query('facts', { pk: 'day' })).map(({ sk }) => sk?.S)).toEqual(['mistaken', 'never'])
  })

  test('give more than a page of a partition in order', async () => {
    const { database: db } = open()
    const keys = Array.from({ length: 450 }, (_, i) => `${i}`.padStart(3, '0'))
    await db.putAll(
      'facts',
      keys.map((sk) => toItem({ pk: 'day', sk })),
    )
    const sorts = async (order: object) => (await db.query('facts', { pk: 'day', ...order })).map(({ sk }) => sk?.S)
    expect(await sorts({})).toEqual(keys)
    expect(await sorts({ newestFirst: true, limit: 430 })).toEqual(keys.toReversed().slice(0, 430))
  })
})

test.each([
  'begins_with(#text, :t)',
  '#version <> :n',
  'NOT #version = :n',
  '#version IN (:n)',
  '#version = :n AND',
  '(#version = :n',
  'attribute_exists #version',
  'size(#text) > :n',
])('a condition of an unknown form is refused: %s', (text) => {
  const values = Object.fromEntries([...text.matchAll(/:(\w)/g)].map(([, name = '']) => [name, 1]))
  expect(() => holds(condition(text, values), toItem({ version: 1, text: 'red' }))).toThrow(text)
})

test('a value that the condition does not name is refused, and a name without a value', () => {
  expect(() => holds(condition('#version = :n', { n: 1, m: 2 }), undefined)).toThrow('m')
  expect(() => holds(condition('#version = :n', { m: 1 }), undefined)).toThrow('names n')
})

test.each([
  ['1.5e-7', '0.00000015'],
  ['-2e-3', '-0.002'],
  ['1e+21', '1000000000000000000000'],
  ['1.25e22', '12500000000000000000000'],
  ['1.2345e2', '123.45'],
])('%s is %s without its exponent', (text, plain) => {
  expect(plainNumber(text)).toBe(plain)
})
