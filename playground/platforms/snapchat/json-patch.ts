import { LosslessNumber } from 'lossless-json'
import { badPatch } from './errors.ts'
import { type Fields, isFields, sameJson } from './exact.ts'

/** An operation of RFC 6902, of those that change or test one place. */
interface Operation {
  readonly op: 'add' | 'replace' | 'remove' | 'test'
  readonly keys: readonly string[]
  readonly value: unknown
}

const OPS = ['add', 'replace', 'remove', 'test'] as const

/** @throws SnapError E1165 */
function operationIn(json: unknown): Operation {
  if (!isFields(json)) throw badPatch('an operation must be an object')
  const op = OPS.find((known) => known === json.op)
  if (!op) throw badPatch(`op must be one of ${OPS.join(', ')}`)
  const { path } = json
  if (typeof path !== 'string' || !path.startsWith('/')) throw badPatch('path must be a JSON pointer')
  if (op !== 'remove' && !('value' in json)) throw badPatch(`op ${op} needs a value`)
  const unknown = Object.keys(json).find((key) => !['op', 'path', 'value'].includes(key))
  if (unknown) throw badPatch(`unknown member ${unknown}`)
  const keys = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  return { op, keys, value: json.value }
}

function set(within: unknown, [key = '', ...deeper]: readonly string[], { op, value }: Operation): unknown {
  if (!isFields(within)) throw badPatch(`there is no ${key} to patch`)
  const has = key in within
  if (deeper.length > 0) {
    if (!has) throw badPatch(`there is no ${key}`)
    return { ...within, [key]: set(within[key], deeper, { op, keys: deeper, value }) }
  }
  if (op !== 'add' && !has) throw badPatch(`there is no ${key} to ${op}`)
  if (op === 'test' && !sameJson(within[key], value)) throw badPatch(`${key} is not what was tested for`)
  const { [key]: _, ...rest } = within
  if (op === 'remove') return rest
  return op === 'test' ? within : { ...within, [key]: value }
}

/**
 * The object after all of the operations, or none of them; and the fields at its top that they name.
 *
 * @throws SnapError E1165 for a document that is none, or an operation that does not fit the object
 */
export function patched(
  before: Fields,
  document: unknown,
): { readonly after: Fields; readonly touched: ReadonlySet<string> } {
  if (!Array.isArray(document) || document instanceof LosslessNumber || document.length === 0)
    throw badPatch('the body must be an array of operations')
  const operations = document.map(operationIn)
  const after = operations.reduce<unknown>((object, one) => set(object, one.keys, one), before)
  return {
    after: after as Fields,
    touched: new Set(operations.flatMap(({ op, keys }) => (op === 'test' ? [] : keys.slice(0, 1)))),
  }
}
