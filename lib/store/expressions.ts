import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type Attributes, type Plain, toAttribute } from './attributes.ts'

/** A condition in DynamoDB's words: attributes written `#name`, values `:name`. */
export interface Condition {
  readonly text: string
  readonly values: Attributes
}

export const condition = (text: string, values: Attributes = {}): Condition => ({ text, values })

/** The item must not be there yet. */
export const ABSENT = condition('attribute_not_exists(#pk)')

/** The item's version must be what was read; 0 = it must not be there. */
export const atVersion = (expected: number): Condition =>
  expected === 0 ? ABSENT : condition('#version = :expected', { expected })

export interface Update {
  readonly set?: Attributes
  readonly remove?: readonly string[]
}

interface Placeholders {
  readonly ExpressionAttributeNames: Record<string, string>
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>
}

/** Names are always written as placeholders, because every third word is reserved. */
export function placeholders(texts: readonly string[], values: Attributes): Placeholders {
  const names = new Set(texts.flatMap((text) => text.match(/#\w+/g) ?? []))
  const present = Object.entries(values).filter(
    (entry): entry is [string, Exclude<Plain, undefined>] => entry[1] !== undefined,
  )
  return {
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [name, name.slice(1)])),
    ...(present.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(present.map(([name, value]) => [`:${name}`, toAttribute(value)])),
    }),
  }
}

/** The parameters that put a condition on a put or a delete. */
export const conditioned = ({ text, values }: Condition) => ({
  ConditionExpression: text,
  ...placeholders([text], values),
})

/** The parameters of an update; set values are named `:set_<attribute>` so that a condition's cannot clash with them. */
export function updating({ set = {}, remove = [] }: Update, when?: Condition) {
  const assigned = Object.keys(set).filter((name) => set[name] !== undefined)
  const clauses = [
    ...(assigned.length > 0 ? [`SET ${assigned.map((name) => `#${name} = :set_${name}`).join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
  ]
  const text = clauses.join(' ')
  const values = { ...when?.values, ...Object.fromEntries(assigned.map((name) => [`set_${name}`, set[name]])) }
  return {
    UpdateExpression: text,
    ...(when && { ConditionExpression: when.text }),
    ...placeholders([text, when?.text ?? ''], values),
  }
}
