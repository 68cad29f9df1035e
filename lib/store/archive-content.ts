import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { hashOfText } from '../model/canonical.ts'

const zip = promisify(gzip)
const unzip = promisify(gunzip)

export interface Content {
  /** SHA-256 of the plain text, in hexadecimal: what the blob is named after. */
  readonly hash: string
  readonly zipped: Buffer
}

export const pack = async (content: string): Promise<Content> => ({
  hash: hashOfText(content),
  zipped: await zip(content),
})

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
