import { createHash } from 'node:crypto'

/**
 * Text of a value with its keys sorted, those of Maps and the members of Sets too, so that equal values have equal text:
 * what hashes are taken of, and how plans and observations are stored. Exact: bigints, Maps and Sets are tagged
 * (`{"$n":"…"}`, `{"$m":[…]}`, `{"$s":[…]}`), `undefined` members are left out, and what JSON cannot say is refused.
 *
 * @throws TypeError for NaN, infinities, functions, Dates and other things that are not plain data, and for an object
 *   with a key that is called like a tag
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(tagged(value))

function tagged(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $n: value.toString() }
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored: only finite numbers can`)
      return value
    case 'string':
    case 'boolean':
      return value
    case 'object':
      return taggedObject(value)
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`)
  }
}

function taggedObject(value: object | null): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return Array.from(value, tagged)
  if (value instanceof Map) return { $m: byText([...value].map(([key, element]) => [tagged(key), tagged(element)])) }
  if (value instanceof Set) return { $s: byText([...value].map(tagged)) }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${prototype.constructor?.name ?? 'value'} cannot be stored: only plain data can`)
  const known = Object.entries(value).filter(([, member]) => member !== undefined)
  if (known.some(([key]) => TAGS.has(key)))
    throw new TypeError(`an object cannot be stored: a key of its own is called like a tag (${[...TAGS].join(', ')})`)
  known.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(known.map(([key, member]) => [key, tagged(member)]))
}

const TAGS: ReadonlySet<string> = new Set(['$n', '$m', '$s'])

/** Entries of a Map come in order of their keys: an entry's text begins with its key's. */
const byText = (elements: readonly unknown[]): readonly unknown[] =>
  elements
    .map((element) => ({ element, text: JSON.stringify(element) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ element }) => element)

/** The value that `canonicalJson` wrote. The caller knows its type: text that Sluice wrote itself, under its own hash. */
export const parseCanonical = <T>(text: string): T => untagged(JSON.parse(text)) as T

// A walk after the parse, in place: a reviver function would be called for every leaf, at several times the cost.
function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = untagged(value[i])
    return value
  }
  const members = value as Record<string, unknown>
  if (typeof members.$n === 'string') return BigInt(members.$n)
  if (Array.isArray(members.$m)) return new Map(untagged(members.$m) as [unknown, unknown][])
  if (Array.isArray(members.$s)) return new Set(untagged(members.$s) as unknown[])
  for (const key in members) members[key] = untagged(members[key])
  return value
}

/** SHA-256 of the canonical text, in hexadecimal. */
export const hashOf = (value: unknown): string => hashOfText(canonicalJson(value))
export const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex')
