import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json'
import { PlatformError } from '../../model/failure.ts'

/** The one field that a write moves. */
export interface FieldChange {
  readonly field: string
  /** Micros, or a word such as PAUSED. */
  readonly value: bigint | string
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)

/**
 * The body of a PUT that changes one field of an entity: everything else goes back as it came, fields that are unknown here
 * and every digit of every number included, because what a full object leaves out is reset.
 *
 * @param text the answer to a GET of the single entity
 * @throws PlatformError unreadable unless the answer holds exactly this entity, with this field
 */
export function fullObjectBody(text: string, many: string, one: string, id: string, change: FieldChange): string {
  const entity = entityIn(text, many, one)
  if (entity.id !== id) throw unreadable(`${many}/${id}: the answer is about another`)
  if (!(change.field in entity)) throw unreadable(`${many}/${id}: has no ${change.field}`)
  // Replaced in its place, so that the object is otherwise the very same text.
  const changed = { ...entity, [change.field]: jsonValue(change.value) }
  return stringify({ [many]: [changed] }) ?? ''
}

function entityIn(text: string, many: string, one: string): Record<string, unknown> {
  let envelope: unknown
  try {
    envelope = parse(text)
  } catch {
    throw unreadable(`${many}: the answer is not JSON`)
  }
  const items = isObject(envelope) ? envelope[many] : undefined
  const [item] = Array.isArray(items) && items.length === 1 ? items : []
  const entity = isObject(item) ? item[one] : undefined
  if (!isObject(entity)) throw unreadable(`${many}: the answer holds no ${one}`)
  return entity
}

const jsonValue = (value: FieldChange['value']): unknown =>
  typeof value === 'bigint' ? new LosslessNumber(String(value)) : value

/** The body of a PATCH that replaces one field, which must be there (RFC 6902, section 4.3). */
export const patchBody = ({ field, value }: FieldChange): string =>
  stringify([{ op: 'replace', path: `/${field}`, value: jsonValue(value) }]) ?? ''
