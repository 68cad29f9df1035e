/**
 * Conditions of DynamoDB, as far as the stores use them: comparisons of an attribute with a value, whether an attribute is
 * there, AND, OR and brackets. Whatever else is refused, so that nothing is taken for true that was not understood.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type Item, toItem } from '../../lib/store/attributes.ts'
import type { Condition } from '../../lib/store/expressions.ts'

type Holds = (item: Item | undefined, values: Item) => boolean

interface Parsed {
  readonly holds: Holds
  /** Of the values that the text names. */
  readonly names: ReadonlySet<string>
}

const parsed = new Map<string, Parsed>()

/** @throws Error for a form that is not known, and for values that the text does not name, or the other way round */
export function holds({ text, values: plain }: Condition, item: Item | undefined): boolean {
  const known = parsed.get(text) ?? parse(text)
  parsed.set(text, known)
  const values = toItem(plain)
  const given = Object.keys(values)
  if (given.length !== known.names.size || !given.every((name) => known.names.has(name)))
    throw new Error(`"${text}" names ${[...known.names]}, and ${given} were given`)
  return known.holds(item, values)
}

const WORD = /\s*(\(|\)|<=|<|>|=|AND\b|OR\b|attribute_exists\b|attribute_not_exists\b|#\w+|:\w+)/y

function wordsOf(text: string): string[] {
  const words: string[] = []
  for (let at = 0; at < text.trimEnd().length; at = WORD.lastIndex) {
    WORD.lastIndex = at
    const word = WORD.exec(text)?.[1]
    if (word === undefined) throw new Error(`"${text}" has no known word at ${at}`)
    words.push(word)
  }
  return words
}

function parse(text: string): Parsed {
  const words = wordsOf(text)
  const names = new Set(words.flatMap((word) => (word.startsWith(':') ? [word.slice(1)] : [])))
  const take = (shape: RegExp): string => {
    const word = words.shift()
    if (word === undefined || !shape.test(word)) throw new Error(`"${text}" has "${word}" where ${shape} was awaited`)
    return word
  }
  const inBrackets = <T>(inner: () => T): T => {
    take(/^\($/)
    const found = inner()
    take(/^\)$/)
    return found
  }
  // AND binds before OR.
  const anyOf = (): Holds => joined('OR', allOf, (parts) => (item, values) => parts.some((one) => one(item, values)))
  const allOf = (): Holds => joined('AND', term, (parts) => (item, values) => parts.every((one) => one(item, values)))
  function joined(word: string, part: () => Holds, whole: (parts: readonly Holds[]) => Holds): Holds {
    const parts = [part()]
    while (words[0] === word) {
      words.shift()
      parts.push(part())
    }
    return parts.length === 1 ? parts[0]! : whole(parts)
  }
  function term(): Holds {
    if (words[0] === '(') return inBrackets(anyOf)
    if (!words[0]?.startsWith('attribute')) return comparison(take(/^#/).slice(1), take(/^[<>=]/), take(/^:/).slice(1))
    const isWanted = take(/^attribute/) === 'attribute_exists'
    const name = inBrackets(() => take(/^#/)).slice(1)
    return (item) => (item?.[name] !== undefined) === isWanted
  }
  const whole = anyOf()
  if (words.length > 0) throw new Error(`"${text}" goes on with "${words[0]}"`)
  return { holds: whole, names }
}

/** Nothing compares with what is not there, or is of another type. */
const comparison =
  (name: string, operator: string, value: string): Holds =>
  (item, values) => {
    const [left, right] = [item?.[name], values[value]]
    if (left === undefined || right === undefined) return false
    const order = orderOf(left, right, operator)
    if (order === undefined) return false
    if (operator === '=') return order === 0
    if (operator === '<') return order < 0
    return operator === '<=' ? order <= 0 : order > 0
  }

/** @throws Error for what DynamoDB has no order of */
function orderOf(left: AttributeValue, right: AttributeValue, operator: string): number | undefined {
  if (right.N !== undefined) return left.N === undefined ? undefined : numbers(left.N, right.N)
  if (right.S !== undefined)
    return left.S === undefined ? undefined : Buffer.compare(Buffer.from(left.S), Buffer.from(right.S))
  if (right.BOOL === undefined || operator !== '=') throw new Error(`${operator} ${JSON.stringify(right)} is not known`)
  return left.BOOL === undefined ? undefined : Number(left.BOOL) - Number(right.BOOL)
}

const INTEGER = /^-?\d+$/

function numbers(left: string, right: string): number {
  if (left === right) return 0
  const isExact = INTEGER.test(left) && INTEGER.test(right)
  const [a, b] = isExact ? [BigInt(left), BigInt(right)] : [Number(left), Number(right)]
  return a < b ? -1 : a > b ? 1 : 0
}
