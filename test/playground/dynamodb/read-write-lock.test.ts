import { expect, test } from 'vitest'
import { ReadWriteLock } from '../../../playground/dynamodb/read-write-lock.ts'

/** Work that notes when it starts and ends, and ends when told. */
function scene() {
  const lock = new ReadWriteLock()
  const log: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => async () => {
    log.push(`${name} in`)
    await new Promise<void>((resolve) => ends.set(name, resolve))
    log.push(`${name} out`)
  }
  /** Lets everything run that can. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  const end = async (name: string) => {
    ends.get(name)?.()
    await settle()
  }
  return { lock, log, work, settle, end }
}

test('shared holders are in at once', async () => {
  const { lock, log, work, settle } = scene()
  void lock.shared(work('a'))
  void lock.shared(work('b'))
  await settle()
  expect(log).toEqual(['a in', 'b in'])
})

test('an exclusive holder waits for all shared ones, and is then alone', async () => {
  const { lock, log, work, settle, end } = scene()
  void lock.shared(work('a'))
  void lock.shared(work('b'))
  void lock.exclusive(work('X'))
  await end('a')
  await settle()
  expect(log).toEqual(['a in', 'b in', 'a out'])
  await end('b')
  expect(log).toEqual(['a in', 'b in', 'a out', 'b out', 'X in'])
})

test('who comes after an exclusive holder waits behind it, so that it is not starved', async () => {
  const { lock, log, work, settle, end } = scene()
  void lock.shared(work('a'))
  void lock.exclusive(work('X'))
  void lock.shared(work('b'))
  void lock.shared(work('c'))
  void lock.exclusive(work('Y'))
  await settle()
  expect(log).toEqual(['a in'])
  await end('a')
  expect(log).toEqual(['a in', 'a out', 'X in'])
  await end('X')
  expect(log.slice(3)).toEqual(['X out', 'b in', 'c in'])
  await end('b')
  await end('c')
  expect(log.at(-1)).toBe('Y in')
})

test('work that fails frees the lock and passes its error on', async () => {
  const { lock } = scene()
  await expect(lock.exclusive(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await expect(lock.exclusive(() => Promise.resolve(1))).resolves.toBe(1)
})
