import { hash } from 'node:crypto'

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
      return textOf(value)
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
    const { sorted, quoted } = shapeOf(members)
    for (const [i, key] of sorted.entries()) {
      if (members[key] === undefined) continue
      yield before + quoted[i]!
      yield* canonicalPieces(members[key], depth - 1)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

// Not `map`, which leaves out what a list has no member for.
function listText(list: readonly unknown[]): string {
  let text = ''
  for (let i = 0; i < list.length; i++) text += (i === 0 ? '' : ',') + canonicalJson(list[i])
  return `[${text}]`
}

// Text is put together directly: a tagged copy for JSON.stringify would take twice the time and several times the memory.
function objectText(value: object | null): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return listText(value)
  // Entries of a Map come in order of their keys: an entry's text begins with its key's.
  if (value instanceof Map) return `{"$m":[${[...value].map(canonicalJson).sort().join(',')}]}`
  if (value instanceof Set) return `{"$s":[${[...value].map(canonicalJson).sort().join(',')}]}`
  const members = value as Readonly<Record<string, unknown>>
  const { sorted, quoted } = shapeOf(members)
  let text = ''
  for (let i = 0; i < sorted.length; i++) {
    const member = members[sorted[i]!]
    if (member !== undefined) text += (text === '' ? '' : ',') + quoted[i]! + canonicalJson(member)
  }
  return `{${text}}`
}

// What JSON escapes is rare, and asking costs less than escaping.
const PLAIN = /^[ !#-[\]-~\u00a0-\ud7ff]*$/
const textOf = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

/** Objects with the same keys, put in in the same order. */
interface Shape {
  readonly keys: readonly string[]
  /** In the order of the text. */
  readonly sorted: readonly string[]
  /** Those as they stand in the text, with their colon. */
  readonly quoted: readonly string[]
}

// The same few shapes over and over: by their first key, because sorting keys is most of the work.
const shapes = new Map<string, Shape[]>()
/** More are not remembered: keys that are ids come in any number. */
const MOST_SHAPES = 2_000
let remembered = 0

function shapeOf(value: Readonly<Record<string, unknown>>): Shape {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${prototype.constructor?.name ?? 'value'} cannot be stored: only plain data can`)
  const keys = Object.keys(value)
  const alike = shapes.get(keys[0] ?? '') ?? []
  const known = alike.find((shape) => isSame(shape.keys, keys))
  if (known) return known
  const sorted = keysOf(keys, value)
  const shape = { keys, sorted, quoted: sorted.map((key) => `${JSON.stringify(key)}:`) }
  if (remembered < MOST_SHAPES && !keys.some((key) => TAGS.has(key))) {
    remembered += 1
    alike.push(shape)
    shapes.set(keys[0] ?? '', alike)
  }
  return shape
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const TAGS: ReadonlySet<string> = new Set(['$n', '$m', '$s'])

/** Keys in the order of the text: those that look like list indexes by number, as every engine orders them, then the rest. */
function keysOf(keys: readonly string[], value: Readonly<Record<string, unknown>>): readonly string[] {
  if (keys.some((key) => TAGS.has(key) && value[key] !== undefined))
    throw new TypeError(`an object cannot be stored: a key of its own is called like a tag (${[...TAGS].join(', ')})`)
  return Object.keys(Object.fromEntries(keys.toSorted().map((key) => [key, 0])))
}

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
export const hashOfText = (text: string): string => hash('sha256', text)
