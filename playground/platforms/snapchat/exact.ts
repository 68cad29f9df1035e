import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json'

/** An object of the API as it was sent or is shown: numbers are LosslessNumber, bigint or number. */
export type Fields = Readonly<Record<string, unknown>>

/** Numbers keep every digit that was sent; `undefined` when the text is not JSON. */
export function parseExact(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

export const writeExact = (value: unknown): string => stringify(value) ?? 'null'

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)

/** Whether two values are written the same; the order of an object's fields counts for nothing. */
export const sameJson = (a: unknown, b: unknown): boolean => writeExact(sorted(a)) === writeExact(sorted(b))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}

/** A whole number of micros; `undefined` for anything else, a number with decimals included. */
export function microsIn(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  if (!(value instanceof LosslessNumber)) return undefined
  return /^-?\d+$/.test(value.value) ? BigInt(value.value) : undefined
}
