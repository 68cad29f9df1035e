import { expect, test } from 'vitest'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { FAULTS } from './fault-proxy.ts'
import { storm } from './storm.ts'

test('over a connection that drops, delays, doubles, cuts off and resets, nothing is lost, nothing doubled, ledger = fold', async () => {
  const engine = await startEmbeddedDynamoDb()
  const result = await storm(engine.endpoint, { seed: 1, cycles: 12, probability: 0.2 })
  await engine.close()
  expect(result.violations).toEqual([])
  expect(result.sent).toBeGreaterThan(8)
  expect(FAULTS.filter((fault) => result.faults[fault] === 0)).toEqual([])
})
