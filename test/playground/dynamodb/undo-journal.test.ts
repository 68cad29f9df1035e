import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type JournalEntry, UndoJournal } from '../../../playground/dynamodb/undo-journal.ts'

let folder: string
let journal: UndoJournal

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-journal-'))
  journal = await UndoJournal.open(folder)
})

afterEach(async () => {
  await journal.close()
  await rm(folder, { recursive: true })
})

const file = () => join(folder, 'undo.journal')

const entry = (number: number, text: string): JournalEntry => ({
  number,
  images: [
    { tableName: 't', key: { pk: { S: 'é' } }, before: { pk: { S: 'é' }, body: { S: text } } },
    { tableName: 't', key: { pk: { S: 'new' } }, before: null },
  ],
})

/** What another process would find. */
async function reread(): Promise<JournalEntry | undefined> {
  const other = await UndoJournal.open(folder)
  try {
    return await other.read()
  } finally {
    await other.close()
  }
}

describe('the undo journal', () => {
  test('is empty at first', async () => {
    expect(await reread()).toBeUndefined()
  })

  test('gives back the entry last written, to another process', async () => {
    await journal.write(entry(1, 'a'))
    expect(await reread()).toEqual(entry(1, 'a'))
  })

  test('keeps a shorter entry apart from the longer one that it overwrote', async () => {
    await journal.write(entry(1, 'x'.repeat(5000)))
    await journal.write(entry(2, 'short'))
    expect(await reread()).toEqual(entry(2, 'short'))
  })

  test.each([1, 7, 8, 9, 100])('takes an entry cut after %i bytes for none', async (bytes) => {
    await journal.write(entry(1, 'a'))
    await truncate(file(), bytes)
    expect(await reread()).toBeUndefined()
  })

  test('takes an entry half overwritten by the next for none', async () => {
    await journal.write(entry(1, 'the first, of some length'))
    const first = await readFile(file())
    await journal.write(entry(2, 'the second'))
    const second = await readFile(file())
    // The length in the header fits in the file, and what it covers is of both.
    await writeFile(file(), Buffer.concat([second.subarray(0, 60), first.subarray(60)]))
    expect(await reread()).toBeUndefined()
  })
})
