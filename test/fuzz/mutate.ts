/**
 * Changes documents as broken platforms, broken proxies and new versions of an API might: seeded, and aware of what the
 * values are. A change is data, so that what made a parser fail can be told and taken apart.
 */

/** Uniform in [0, 1); the same numbers for the same seed (mulberry32). */
export type Dice = () => number

export function dice(seed: number): Dice {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Key = string | number
export type Path = readonly Key[]

export type Change =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'drop'; readonly path: Path }
  /** Of an element: once more, behind itself. */
  | { readonly kind: 'double'; readonly path: Path }

/** A place in a document, with what stands there. */
export interface Place {
  readonly path: Path
  readonly value: unknown
}

type Tree = Readonly<Record<string, unknown>> | readonly unknown[]
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null

/** Every place at `least` steps from the root and below. */
export function placesOf(document: unknown, least = 0): readonly Place[] {
  const found: Place[] = []
  const visit = (value: unknown, path: Path): void => {
    if (path.length >= least) found.push({ path, value })
    if (Array.isArray(value)) for (const [index, one] of value.entries()) visit(one, [...path, index])
    else if (isTree(value)) for (const [key, one] of Object.entries(value)) visit(one, [...path, key])
  }
  visit(document, [])
  return found
}

/** The document with one change; only what lies on the way to it is copied. A place that is not there changes nothing. */
export function changed(document: unknown, change: Change, step = 0): unknown {
  const { path } = change
  if (step === path.length) return change.kind === 'set' ? change.value : undefined
  const key = path[step] as Key
  const isLast = step === path.length - 1
  if (Array.isArray(document)) {
    if (typeof key !== 'number' || key >= document.length) return document
    if (isLast && change.kind === 'drop') return document.toSpliced(key, 1)
    if (isLast && change.kind === 'double') return document.toSpliced(key, 0, document[key])
    return document.with(key, changed(document[key], change, step + 1))
  }
  if (!isTree(document) || typeof key === 'number') return document
  if (isLast && change.kind === 'drop') {
    const { [key]: _, ...rest } = document as Readonly<Record<string, unknown>>
    return rest
  }
  const own = Object.hasOwn(document, key) ? (document as Readonly<Record<string, unknown>>)[key] : undefined
  if (!isLast && own === undefined) return document
  if (isLast && change.kind === 'double') return document
  // As JSON.parse does it: a key such as __proto__ is a field like any other.
  const copy: Record<string, unknown> = { ...document }
  Object.defineProperty(copy, key, {
    value: changed(own, change, step + 1),
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return copy
}

const NUMBERS: readonly unknown[] = [
  0,
  -0,
  -1,
  0.5,
  -0.01,
  1e-7,
  1.5,
  255,
  4_294_967_296,
  2 ** 53,
  2 ** 53 + 2,
  1e21,
  1.7976931348623157e308,
  // JSON.parse makes this of 1e999.
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
]
const DIGITS = [
  '0',
  '-1',
  '-0',
  '00012',
  '+5',
  ' 7',
  '7 ',
  '1.0',
  '0.1234567',
  '-12.5',
  '1e3',
  '1E400',
  '0x1F',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999',
  '9'.repeat(60),
  '1,234.56',
  '1.234,56',
  '١٢٣',
  '１２３',
  'NaN',
  'Infinity',
  '-Infinity',
  'null',
]
const WORDS = [
  '',
  ' ',
  'HIBERNATING',
  'UNKNOWN',
  'unspecified',
  'constructor',
  '__proto__',
  'toString',
  '\u0000',
  '‮x',
  '😀',
  'é',
  'x\r\ny',
  '<b>',
  '\ud800',
]
const TIMES = [
  '2026-02-30',
  '2026-11-31',
  '2026-13-01',
  '0000-00-00',
  '9999-12-31',
  '1970-01-01',
  '2026-1-2',
  '20261121',
  '2026-11-21T25:00:00Z',
  '2026-11-21T10:00:00',
  '2026-11-21T10:00:00+99:00',
  '2026-11-22',
  '1999-01-01',
  '21/11/2026',
  '2026-10-25 02:30:00',
  '2027-03-28 02:30:00',
  '-000001-01-01',
  '+275761-01-01T00:00:00Z',
]
const CODES = ['XTS', 'XXX', 'eur', 'EURO', 'JPY', 'USD', 'KWD', 'E', '€', 'Europe/Nowhere', 'UTC']
const KEYS = ['extra', '__proto__', 'constructor', 'toString', '', 'error', 'id', 'data', '0', 'é']

const deep = (depth: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}
const STRANGE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  '',
  'text',
  '12',
  [],
  {},
  [null],
  [[]],
  { a: 1 },
  deep(40),
  deep(2_000),
]

const pick = <T>(roll: Dice, from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T

/** A value of the same kind, and yet another. */
function neighbour(value: unknown, roll: Dice): unknown {
  if (typeof value === 'number') return roll() < 0.3 ? -value : roll() < 0.2 ? String(value) : pick(roll, NUMBERS)
  if (typeof value === 'boolean') return roll() < 0.5 ? !value : pick(roll, ['true', 'false', 0, 1, null])
  if (typeof value === 'string') return otherText(value, roll)
  if (Array.isArray(value)) return otherList(value, roll)
  return isTree(value) ? otherObject(value as Readonly<Record<string, unknown>>, roll) : pick(roll, STRANGE)
}

function otherText(text: string, roll: Dice): unknown {
  const chance = roll()
  if (chance < 0.1) return text.slice(0, Math.floor(roll() * text.length))
  if (chance < 0.15) return text.toLowerCase() === text ? text.toUpperCase() : text.toLowerCase()
  if (chance < 0.2) return text + pick(roll, WORDS)
  if (chance < 0.21) return 'y'.repeat(20_000)
  if (/^-?[\d.]+$/.test(text)) return chance < 0.3 ? Number(text) : chance < 0.4 ? `-${text}` : pick(roll, DIGITS)
  if (/^\d{4}-\d{2}/.test(text)) return pick(roll, TIMES)
  if (/^[A-Z]{3}$/.test(text) || /^[A-Z][a-z]+\/\w+$/.test(text)) return pick(roll, CODES)
  return pick(roll, pick(roll, [WORDS, WORDS, WORDS, DIGITS, TIMES, CODES]))
}

function otherList(list: readonly unknown[], roll: Dice): unknown {
  const at = Math.floor(roll() * list.length)
  switch (Math.floor(roll() * 6)) {
    case 0:
      return []
    case 1:
      return list.toReversed()
    case 2:
      return list.length === 0 ? [null] : list.toSpliced(at, 1)
    case 3:
      return [...list, ...list]
    case 4:
      return { ...list }
    default:
      return list.length === 0 ? [{}] : list.with(at, pick(roll, STRANGE))
  }
}

function otherObject(of: Readonly<Record<string, unknown>>, roll: Dice): unknown {
  const keys = Object.keys(of)
  const [a = '', b = ''] = [pick(roll, keys), pick(roll, keys)]
  switch (Math.floor(roll() * 5)) {
    case 0:
      return {}
    case 1:
      return { ...of, [a]: of[b], [b]: of[a] }
    case 2: {
      const { [a]: moved, ...rest } = of
      return { ...rest, [roll() < 0.5 ? a.toUpperCase() : `${a}s`]: moved }
    }
    case 3:
      return [of]
    default:
      return { ...of, extra: pick(roll, STRANGE) }
  }
}

/** One change of a document, drawn from its places. */
export function draw(places: readonly Place[], roll: Dice): Change {
  const { path, value } = pick(roll, places)
  const chance = roll()
  if (chance < 0.1 && path.length > 0) return { kind: 'drop', path }
  if (chance < 0.17 && typeof path.at(-1) === 'number') return { kind: 'double', path }
  if (chance < 0.22) return { kind: 'set', path, value: null }
  if (chance < 0.29) return { kind: 'set', path, value: pick(roll, STRANGE) }
  if (chance < 0.39) return { kind: 'set', path, value: pick(roll, places).value }
  if (chance < 0.43 && isTree(value) && !Array.isArray(value))
    return { kind: 'set', path: [...path, pick(roll, KEYS)], value: pick(roll, STRANGE) }
  return { kind: 'set', path, value: neighbour(value, roll) }
}

/** The text of a document, cut, spliced or with a letter changed. */
export function garbled(text: string, roll: Dice): string {
  const at = Math.floor(roll() * text.length)
  switch (Math.floor(roll() * 6)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return (
        text.slice(0, at) +
        pick(roll, ['"', '{', '}', '[', ']', ',', ':', '\\', 'e', '-', '\u0000', '9']) +
        text.slice(at)
      )
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(roll() * 20))
    case 3:
      // A number that no double holds.
      return text.replace(/\d{3,}/, (digits) => `${digits}${'7'.repeat(20)}`)
    case 4:
      // Numbers that were text.
      return text.replaceAll(/"(-?\d+)"/g, '$1')
    default:
      return text.slice(0, at) + text.slice(Math.floor(roll() * text.length))
  }
}

export const depthOf = (places: readonly Place[]): number =>
  places.reduce((deepest, { path }) => Math.max(deepest, path.length), 0)
