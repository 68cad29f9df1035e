import { describe, expect, test } from 'vitest'
import { accountKey } from '../../lib/model/account.ts'
import { EVERYTHING } from '../../lib/model/freeze.ts'
import { type Database, database } from '../../lib/store/database.ts'
import { accountPk, chainPk } from '../../lib/store/keys.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { DAY_MS } from '../../lib/units/calendar.ts'
import { virtualClock } from '../../playground/runner/virtual-clock.ts'
import { memoryStores } from '../simulation/memory-stores.ts'
import { A } from '../simulation/rig.ts'
import { embedded } from '../store/embedded.ts'
import { grows, SOAK_START, soak } from './soak.ts'
import { sqliteTables } from './sqlite-tables.ts'

const MB = 1024 * 1024
const engine = embedded()

test('days of several accounts, in two stretches and on after a restart: nothing is lost', async () => {
  const stores = memoryStores()
  const first = await soak({ accounts: 2, stores, seed: 1 })
  const one = await first.run(2)
  expect(one.lost).toEqual([])
  expect(one.pulls).toBeGreaterThanOrEqual(90)
  expect(first.state().at).toBe(SOAK_START + 2 * DAY_MS)
  const again = await soak({ accounts: 2, stores, seed: 1, from: first.state() })
  const two = await again.run(2)
  expect(two.lost).toEqual([])
  expect(two.until).toBe('2026-06-05T00:00:00Z')
  // A soak in which nothing moves and nothing goes wrong shows nothing.
  expect(one.pushes + two.pushes).toBeGreaterThan(0)
  expect(one.faults + two.faults).toBeGreaterThan(0)
})

test('on tables in SQLite everything goes as on the embedded engine', async () => {
  const clock = virtualClock(SOAK_START)
  const tables = sqliteTables(':memory:', clock)
  const lives = [
    await soak({
      accounts: 1,
      stores: dynamoStores(tables.database),
      seed: 3,
      clock,
      sweep: () => void tables.sweep(),
    }),
    await soak({ accounts: 1, stores: dynamoStores(engine.options), seed: 3 }),
  ]
  const [onSqlite, onEngine] = await Promise.all(
    lives.map(async (life) => ({ ...(await life.run(2)), heapBytes: 0, ...life.state() })),
  )
  expect(onSqlite).toEqual(onEngine)
  expect(onSqlite?.lost).toEqual([])
  expect(onSqlite?.pushes).toBeGreaterThan(0)
  const kept = (db: Database) =>
    Promise.all([
      db.query('facts', { pk: accountPk(A) }),
      db.query('control', { pk: accountPk(A) }),
      // Of every state that was ever written.
      db.query('audit', { pk: chainPk(accountKey(A)) }),
      db.query('audit', { pk: chainPk('portfolio/eu') }),
    ])
  const [here, there] = [await kept(tables.database), await kept(database(engine.options))]
  expect(here).toEqual(there)
  expect(here.every((items) => items.length > 2)).toBe(true)
  tables.close()
})

describe('a soak that would show nothing says so', () => {
  test('where everything is frozen', async () => {
    const stores = memoryStores()
    const life = await soak({ accounts: 2, stores, seed: 1 })
    await stores.freezes.freeze({ scope: EVERYTHING, reason: 'the audit differs', by: 'audit', at: SOAK_START })
    expect((await life.run(2)).lost).toEqual(['0 pushes in 2 days', 'everything is frozen by audit: the audit differs'])
  })

  test('where no plan can be stored', async () => {
    const stores = memoryStores()
    const put = () => Promise.reject(new Error('planning is broken'))
    Object.assign(stores, { plans: { ...stores.plans, put } })
    const life = await soak({ accounts: 2, stores, seed: 1 })
    expect((await life.run(2)).lost).toEqual(
      expect.arrayContaining([
        '0 daily decisions in 2 days',
        '0 pushes in 2 days',
        expect.stringMatching(/^plan \S+ failed at 2026-06-02T.*planning is broken$/),
      ]),
    )
  })
})

test.each<[string, readonly number[], boolean]>([
  ['flat', [90, 60, 61, 60, 62, 61, 60, 61, 60, 62, 61, 60, 61], false],
  ['a first month that is larger', [200, 60, 61, 60, 62, 61, 60, 61, 60, 62, 61, 60, 61], false],
  ['one month that is larger', [60, 60, 61, 60, 62, 61, 60, 95, 60, 62, 61, 60, 61], false],
  ['growing by three a month', [60, 63, 66, 69, 72, 75, 78, 81, 84, 87, 90, 93, 96], true],
  ['too short to tell', [60, 90, 120], false],
])('a heap that is %s', (_, heaps, verdict) => {
  expect(grows(heaps.map((mb) => mb * MB))).toBe(verdict)
})
