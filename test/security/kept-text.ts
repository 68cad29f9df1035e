/** What is kept, as text that can be searched: attributes of items and files, and what is packed in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

const UNPACK = [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync, zstdDecompressSync] as const

/** An attribute as text; what is packed, unpacked where any common way does it. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')} ${unpacked(value)}`
  if (Array.isArray(value)) return value.map(textOf).join(' ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, one]) => `${key} ${textOf(one)}`)
      .join(' ')
  return String(value)
}

function unpacked(bytes: Uint8Array): string {
  for (const unpack of UNPACK)
    try {
      return unpack(bytes).toString('utf8')
    } catch {
      // Not packed this way.
    }
  return ''
}

/** Files of a folder and those below, by name. */
export const filesIn = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name))
      return [entry.name, `${bytes.toString('latin1')} ${unpacked(bytes)}`] as const
    })
