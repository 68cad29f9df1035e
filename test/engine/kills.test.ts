import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { type LifeResult, life, type Nursery, nursery } from './kills.ts'

const LIVES = 5

let engine: EmbeddedDynamoDb
let workers: Nursery
beforeAll(async () => {
  engine = await startEmbeddedDynamoDb()
  workers = nursery()
})
afterAll(async () => {
  workers.close()
  await engine.close()
})

test('fifty workers killed with SIGKILL at any request to the engine or the platform lose nothing and double nothing', async () => {
  const lives: LifeResult[] = []
  for (let seed = 1; seed <= LIVES; seed++) lives.push(await life(engine.endpoint, seed, workers))
  expect(lives.flatMap(({ violations }) => violations)).toEqual([])
  expect(lives.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThanOrEqual(50)
  const at = new Set(lives.flatMap((one) => Object.keys(one.at)))
  // Among them at what matters most: in the middle of a commit, and of a push.
  expect([...at]).toEqual(expect.arrayContaining(['TransactWriteItems before', 'TransactWriteItems after']))
  expect([...at].filter((one) => one.startsWith('apply')).length).toBeGreaterThan(0)
}, 900_000)
