import { constants, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Item } from './dynalite.ts'

/** One item as it stood before a transaction touched it; `before` is null when there was none. */
export interface BeforeImage {
  readonly tableName: string
  readonly key: Item
  readonly before: Item | null
}

export interface JournalEntry {
  readonly number: number
  readonly images: readonly BeforeImage[]
}

/** Length and CRC-32 of the entry, 4 bytes each, big-endian. */
const HEADER_BYTES = 8

/**
 * The before-images of the latest transaction, on disk before the transaction writes anything.
 *
 * One entry is enough: transactions are settled one after another. The file is overwritten in place, and an entry that a
 * kill cut short fails its checksum, which means that its transaction had not written anything yet.
 */
export class UndoJournal {
  readonly #file: FileHandle

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(folder: string): Promise<UndoJournal> {
    // By number: of the named modes, 'r+' fails when the file is missing and 'w+' empties it.
    return new UndoJournal(await open(join(folder, 'undo.journal'), constants.O_RDWR | constants.O_CREAT))
  }

  /** Resolves once the entry would survive a power cut. */
  async write(entry: JournalEntry): Promise<void> {
    const body = Buffer.from(JSON.stringify(entry))
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt32BE(body.length, 0)
    header.writeUInt32BE(crc32(body), 4)
    await this.#file.write(Buffer.concat([header, body]), 0, HEADER_BYTES + body.length, 0)
    await this.#file.datasync()
  }

  /** The entry last written; undefined when there is none or it was cut short. */
  async read(): Promise<JournalEntry | undefined> {
    const { size } = await this.#file.stat()
    if (size < HEADER_BYTES) return undefined
    const bytes = Buffer.alloc(size)
    await this.#file.read(bytes, 0, size, 0)
    const body = bytes.subarray(HEADER_BYTES, HEADER_BYTES + bytes.readUInt32BE(0))
    if (body.length !== bytes.readUInt32BE(0) || crc32(body) !== bytes.readUInt32BE(4)) return undefined
    return JSON.parse(body.toString()) as JournalEntry
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
