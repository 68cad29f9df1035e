import { createHash } from 'node:crypto'

/**
 * Text of a value with its keys sorted, those of Maps and the members of Sets too, so that equal values have equal text:
 * what hashes are taken of, and how plans and observations are stored. Exact: bigints, Maps and Sets are tagged
 * (`{"$n":"…"}`, `{"$m":[…]}`, `{"$s":[…]}`), `undefined` members are left out, and what JSON cannot say is refused.
 *
 * @throws TypeError for NaN, infinities, functions, Dates and other things that are not plain data, and for an object
 *   with a key that is called like a tag
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `{"$n":"${value}"}`
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored: only finite numbers can`)
      return `${value}`
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return `${value}`
    case 'object':
      return objectText(value)
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`)
  }
}

/**
 * The same text in pieces that join to it, for values whose text as a whole would take too much memory.
 *
 * @param depth levels of objects, lists and values of Maps that are taken apart; what lies deeper is one piece each
 */
export function* canonicalPieces(value: unknown, depth: number): Generator<string, void> {
  const isApart = depth > 0 && typeof value === 'object' && value !== null
  if (!isApart || value instanceof Map || value instanceof Set) yield canonicalJson(value)
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      yield i === 0 ? '[' : ','
      yield* canonicalPieces(value[i], depth - 1)
    }
    yield value.length === 0 ? '[]' : ']'
  } else {
    let before = '{'
    const members = value as Readonly<Record<string, unknown>>
    for (const key of keysOf(members)) {
      if (members[key] === undefined) continue
      yield `${before}${quoted(key)}:`
      yield* canonicalPieces(members[key], depth - 1)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

// Text is put together directly: a tagged copy for JSON.stringify would take twice the time and several times the memory.
function objectText(value: object | null): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`
  // Entries of a Map come in order of their keys: an entry's text begins with its key's.
  if (value instanceof Map) return `{"$m":[${[...value].map(canonicalJson).sort().join(',')}]}`
  if (value instanceof Set) return `{"$s":[${[...value].map(canonicalJson).sort().join(',')}]}`
  const members = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const key of keysOf(members)) {
    const member = members[key]
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

// The same few keys over and over: plain ones need no escapes, and asking costs less than escaping.
const PLAIN_KEY = /^\w+$/
const quoted = (key: string): string => (PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key))

const TAGS: ReadonlySet<string> = new Set(['$n', '$m', '$s'])

/** Keys in the order of the text: those that look like list indexes by number, as every engine orders them, then the rest. */
function keysOf(value: Readonly<Record<string, unknown>>): readonly string[] {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${prototype.constructor?.name ?? 'value'} cannot be stored: only plain data can`)
  const keys = Object.keys(value)
  let isSorted = true
  let hasIndex = false
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const first = key.charCodeAt(0)
    if (first === DOLLAR && TAGS.has(key) && value[key] !== undefined)
      throw new TypeError(`an object cannot be stored: a key of its own is called like a tag (${[...TAGS].join(', ')})`)
    if (first >= ZERO && first <= NINE) hasIndex = true
    if (i > 0 && keys[i - 1]! > key) isSorted = false
  }
  if (!isSorted) keys.sort()
  return hasIndex ? Object.keys(Object.fromEntries(keys.map((key) => [key, 0]))) : keys
}

const [DOLLAR, ZERO, NINE] = [0x24, 0x30, 0x39]

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
