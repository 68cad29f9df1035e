/** Rows in proto3 JSON. */
import { camel, type Field, type FieldValue, type Row } from './field.ts'

export type Json = { [key: string]: unknown }

interface Branch {
  readonly children: Map<string, Branch | Field>
}

const isField = (node: Branch | Field): node is Field => 'read' in node

/** `fieldMask` of an answer: the selected fields, in camel case. */
export const fieldMask = (fields: readonly string[]): string =>
  fields.map((name) => name.split('.').map(camel).join('.')).join(',')

/** A renderer of rows with these fields; an unset field, and a message of unset fields, is left out. */
export function renderer(fields: readonly Field[]): (row: Row) => Json {
  const root: Branch = { children: new Map() }
  for (const field of fields) plant(root, field.name.split('.').map(camel), field)
  return (row) => build(root, row) ?? {}
}

function plant(branch: Branch, path: readonly string[], field: Field): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    branch.children.set(key, field)
    return
  }
  const found = branch.children.get(key)
  const child = found && !isField(found) ? found : { children: new Map() }
  branch.children.set(key, child)
  plant(child, rest, field)
}

function build(branch: Branch, row: Row): Json | undefined {
  let json: Json | undefined
  for (const [key, node] of branch.children) {
    const value = isField(node) ? jsonValue(node, node.read(row)) : build(node, row)
    if (value === undefined) continue
    json ??= {}
    json[key] = value
  }
  return json
}

/** int64 as digits, float32 as the platform prints it, defaults without presence left out. */
export function jsonValue(field: Field, value: FieldValue): unknown {
  if (value === undefined) return undefined
  if (field.traits.has('repeated')) return (value as readonly unknown[]).length === 0 ? undefined : value
  if (field.traits.has('implicit') && isDefault(field, value)) return undefined
  if (field.type === 'INT64') return String(value)
  if (field.type === 'FLOAT') return printFloat(value as number)
  return value
}

const isDefault = (field: Field, value: FieldValue): boolean =>
  value === 0 || value === 0n || value === '' || value === false || (field.type === 'ENUM' && value === 'UNSPECIFIED')

/** A float32 with its nine digits: 1.1 reads back as 1.10000002. */
export const printFloat = (value: number): number => Number(Math.fround(value).toPrecision(9))
