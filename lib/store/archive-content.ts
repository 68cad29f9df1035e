import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import { hashOfText } from '../model/canonical.ts'

const unzip = promisify(gunzip)

export interface Content {
  /** SHA-256 of the plain text, in hexadecimal: what the blob is named after. */
  readonly hash: string
  readonly zipped: Buffer
}

/** Pieces are handed on together in about this many characters. */
const BLOCK_CHARACTERS = 1 << 18

/** Hashes and zips in one pass: of pieces, only a block is ever in memory. */
export async function pack(content: string | Iterable<string>): Promise<Content> {
  const hash = createHash('sha256')
  const hashed = function* (): Generator<string> {
    for (const block of typeof content === 'string' ? [content] : blocks(content)) {
      hash.update(block)
      yield block
    }
  }
  const zipped = await buffer(Readable.from(hashed()).pipe(createGzip()))
  return { hash: hash.digest('hex'), zipped }
}

function* blocks(pieces: Iterable<string>): Generator<string> {
  let block = ''
  for (const piece of pieces) {
    block += piece
    if (block.length < BLOCK_CHARACTERS) continue
    yield block
    block = ''
  }
  yield block
}

/** @throws RangeError unless it is a SHA-256 in hexadecimal: anything else must not become a path */
export function checkedHash(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError(`archive name "${hash}" must be a SHA-256 in hexadecimal`)
  return hash
}

/** @throws Error that names the blob when it is damaged or is not what its name says */
export async function unpack(hash: string, zipped: Uint8Array): Promise<string> {
  const content = await unzip(zipped).then(
    (bytes) => bytes.toString('utf8'),
    (error: unknown) => {
      throw new Error(`archived ${hash} is damaged: restore it from a backup`, { cause: error })
    },
  )
  const actual = hashOfText(content)
  if (actual !== hash) throw new Error(`archived ${hash} has hash ${actual}: restore it from a backup`)
  return content
}
