import { describe, expect, test } from 'vitest'
import { dynamoClaimStore } from '../../lib/store/claim-store.ts'
import { instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { clientFor, embedded, PREFIX } from './embedded.ts'
import { lossyProxy } from './lossy-proxy.ts'

const engine = embedded()
const TURN = instant('2026-11-21T12:00:00Z')
const NEXT_TURN = instant('2026-11-21T13:00:00Z')
const NOW = instant('2026-11-21T12:01:00Z')
const UNTIL = later(NOW, 2 * MINUTE_MS)

let keys = 0
function freshKey() {
  keys += 1
  return { store: dynamoClaimStore(engine.options), key: `pull/meta:${keys}` }
}

describe('a claim', () => {
  test('is given to one of ten workers that ask at a time', async () => {
    const { store, key } = freshKey()
    const workers = Array.from({ length: 10 }, (_, i) => `w${i}`)
    const results = await Promise.all(workers.map((worker) => store.claim(key, TURN, 0, worker, NOW, UNTIL)))
    expect(results.filter((result) => result === 'claimed').length).toBe(1)
    expect(results.filter((result) => result === 'elsewhere').length).toBe(9)
  })

  test('is elsewhere until its end and free from then on', async () => {
    const { store, key } = freshKey()
    await store.claim(key, TURN, 0, 'a', NOW, UNTIL)
    expect(await store.claim(key, TURN, 0, 'b', later(UNTIL, -1), later(UNTIL, MINUTE_MS))).toBe('elsewhere')
    expect(await store.claim(key, TURN, 0, 'b', UNTIL, later(UNTIL, MINUTE_MS))).toBe('claimed')
  })

  test('asked for again by the worker that holds it is still its own', async () => {
    const { store, key } = freshKey()
    await store.claim(key, TURN, 0, 'a', NOW, UNTIL)
    expect(await store.claim(key, TURN, 0, 'a', NOW, UNTIL)).toBe('claimed')
  })

  test('given back is free at once, with the turn unfinished', async () => {
    const { store, key } = freshKey()
    await store.claim(key, TURN, 0, 'a', NOW, UNTIL)
    await store.release(key, 'a')
    expect(await store.claim(key, TURN, 0, 'b', NOW, UNTIL)).toBe('claimed')
  })

  test('cannot be given back or finished by another worker', async () => {
    const { store, key } = freshKey()
    await store.claim(key, TURN, 0, 'a', NOW, UNTIL)
    await store.release(key, 'b')
    await store.finish(key, TURN, 0, 'b')
    expect(await store.claim(key, TURN, 0, 'b', NOW, UNTIL)).toBe('elsewhere')
  })
})

describe('a finished turn', () => {
  const finished = async (turn = TURN, attempt = 1) => {
    const { store, key } = freshKey()
    await store.claim(key, turn, attempt, 'a', NOW, UNTIL)
    await store.finish(key, turn, attempt, 'a')
    return { store, key }
  }

  test('is done for every worker, and so are its earlier attempts', async () => {
    const { store, key } = await finished()
    expect(await store.claim(key, TURN, 1, 'b', NOW, UNTIL)).toBe('done')
    expect(await store.claim(key, TURN, 0, 'b', NOW, UNTIL)).toBe('done')
  })

  test('makes every earlier turn done, whatever its attempt', async () => {
    const { store, key } = await finished(NEXT_TURN, 0)
    expect(await store.claim(key, TURN, 9, 'b', NOW, UNTIL)).toBe('done')
  })

  test('leaves its next attempt and the next turn to be claimed', async () => {
    const { store, key } = await finished()
    expect(await store.claim(key, TURN, 2, 'b', NOW, UNTIL)).toBe('claimed')
    await store.finish(key, TURN, 2, 'b')
    expect(await store.claim(key, NEXT_TURN, 0, 'c', NOW, UNTIL)).toBe('claimed')
  })

  test('is done rather than elsewhere while a later turn is held', async () => {
    const { store, key } = await finished()
    await store.claim(key, NEXT_TURN, 0, 'b', NOW, UNTIL)
    expect(await store.claim(key, TURN, 1, 'c', NOW, UNTIL)).toBe('done')
    expect(await store.claim(key, NEXT_TURN, 0, 'c', NOW, UNTIL)).toBe('elsewhere')
  })
})

test('a worker whose answer was lost still holds its claim, and finishes it once', async () => {
  const proxy = await lossyProxy(engine.endpoint)
  const client = clientFor(proxy.endpoint)
  try {
    const store = dynamoClaimStore({ client, prefix: PREFIX })
    const { key } = freshKey()
    proxy.lose('UpdateItem', 1)
    expect(await store.claim(key, TURN, 0, 'a', NOW, UNTIL)).toBe('claimed')
    proxy.lose('UpdateItem', 1)
    await store.finish(key, TURN, 0, 'a')
    expect(await store.claim(key, TURN, 0, 'b', NOW, UNTIL)).toBe('done')
    expect(await store.claim(key, NEXT_TURN, 0, 'b', NOW, UNTIL)).toBe('claimed')
  } finally {
    client.destroy()
    await proxy.close()
  }
})
