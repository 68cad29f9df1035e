import { ImportError } from './problem.ts'

/** How spreadsheets and archives begin. */
const PACKED = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
] as const

/** A zero byte in every second place is what UTF-16 makes of plain letters. */
const PROBED_BYTES = 64

/**
 * A file's text, without its byte order mark. UTF-8 and UTF-16 (either order): what the platforms' screens and the
 * spreadsheets write. Anything else would have to be guessed, letter by letter.
 *
 * @throws ImportError for a file that is neither
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  if (PACKED.some((mark) => mark.every((byte, index) => bytes[index] === byte)))
    throw new ImportError([
      {
        file,
        what: 'is a spreadsheet (.xlsx) or a packed file (.zip, .gz)',
        remedy: 'download it as CSV, or unpack it',
      },
    ])
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new ImportError([
      {
        file,
        what: `is not ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'} text`,
        remedy: 'download it again as CSV, or save it as "CSV UTF-8" where a spreadsheet has changed it',
      },
    ])
  }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const probe = bytes.subarray(0, PROBED_BYTES)
  const zeros = (odd: number): number => probe.filter((byte, index) => index % 2 === odd && byte === 0).length
  if (zeros(1) > probe.length / 4) return 'utf-16le'
  return zeros(0) > probe.length / 4 ? 'utf-16be' : 'utf-8'
}
