/** proto3 JSON to the plain objects that protobuf messages are made from, where the two differ. */
import { FAILURE_TYPE } from './failure.ts'
import { snake } from './field.ts'
import type { Json } from './render.ts'

const MASKS = new Set(['fieldMask', 'changedFields', 'updateMask'])

/** `google.protobuf.FieldMask` out of its JSON form. */
const maskOf = (text: string) => ({ paths: text.split(',').map((path) => path.split('.').map(snake).join('.')) })

/** `google.protobuf.Duration` out of its JSON form, `30s`. */
const durationOf = (text: string) => ({ seconds: text.replace(/s$/, '') })

/**
 * Field names in snake case, masks and durations as messages; enum names and int64 digits stay, the codec takes them.
 *
 * @param encodeFailure encoder of the one message that answers carry as `google.protobuf.Any`
 */
export function messageOf(value: unknown, encodeFailure: (failure: object) => Buffer): unknown {
  if (Array.isArray(value)) return value.map((v) => messageOf(v, encodeFailure))
  if (typeof value !== 'object' || value === null) return value
  if ('@type' in value) {
    const { '@type': _, ...failure } = value
    const encoded = encodeFailure(messageOf(failure, encodeFailure) as object)
    return { type_url: `type.googleapis.com/${FAILURE_TYPE}`, value: encoded }
  }
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, v]) => [snake(key), fieldOf(key, v, encodeFailure)]),
  )
}

function fieldOf(key: string, value: unknown, encodeFailure: (failure: object) => Buffer): unknown {
  if (typeof value === 'string' && MASKS.has(key)) return maskOf(value)
  if (typeof value === 'string' && key === 'retryDelay') return durationOf(value)
  return messageOf(value, encodeFailure)
}
