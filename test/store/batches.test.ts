import { expect, test } from 'vitest'
import { inBatches } from '../../lib/store/batches.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

test('inputs go out in batches of the size, and each result comes back once', async () => {
  const sizes: number[] = []
  const results = await inBatches(
    numbers(61),
    25,
    async () => {},
    async (batch) => {
      sizes.push(batch.length)
      return { results: batch, unprocessed: [] }
    },
  )
  expect(sizes.toSorted()).toEqual([11, 25, 25])
  expect(results.toSorted((a, b) => a - b)).toEqual(numbers(61))
})

test('what was left unprocessed is sent again alone, after waits that double', async () => {
  const sent: number[][] = []
  const waits: number[] = []
  const results = await inBatches(
    numbers(3),
    25,
    async (ms) => waits.push(ms),
    async (batch) => {
      sent.push([...batch])
      return { results: batch.slice(0, 1), unprocessed: batch.slice(1) }
    },
  )
  expect(sent).toEqual([[0, 1, 2], [1, 2], [2]])
  expect(waits).toEqual([50, 100])
  expect(results).toEqual([0, 1, 2])
})

test('it gives up after eight tries, saying what is left', async () => {
  let tries = 0
  const failing = inBatches(
    numbers(3),
    25,
    async () => {},
    async (batch) => {
      tries += 1
      return { results: [], unprocessed: batch.slice(-2) }
    },
  )
  await expect(failing).rejects.toThrow('DynamoDB left 2 of 3 items unprocessed 8 times')
  expect(tries).toBe(8)
})

test('nothing in is nothing sent', async () => {
  const send = async () => {
    throw new Error('sent')
  }
  expect(await inBatches([], 25, async () => {}, send)).toEqual([])
})
