/** The field catalogue says what the protos say that the published client ships. */
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, RESOURCES } from '../../../playground/platforms/google-ads/catalogue.ts'
import { ENUMS } from '../../../playground/platforms/google-ads/enums.ts'
import type { Field } from '../../../playground/platforms/google-ads/field.ts'

interface ProtoField {
  readonly type: string
  readonly rule?: 'repeated'
  readonly options?: { readonly proto3_optional?: boolean; readonly '(google.api.field_behavior)'?: string }
}
interface ProtoNode {
  readonly fields?: Readonly<Record<string, ProtoField>>
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>
  readonly nested?: Readonly<Record<string, ProtoNode>>
  readonly values?: Readonly<Record<string, number>>
}

const root = createRequire(import.meta.url)('google-ads-node/build/protos/protos.json') as ProtoNode
const V25 = 'google.ads.googleads.v25'

const nodeAt = (path: string): ProtoNode | undefined =>
  path.split('.').reduce<ProtoNode | undefined>((node, key) => node?.nested?.[key], root)

const pascal = (snake: string): string => snake.replace(/(^|_)([a-z])/g, (_, __, c: string) => c.toUpperCase())

const messageOf = (resource: string): string =>
  resource === 'metrics' || resource === 'segments'
    ? `${V25}.common.${pascal(resource)}`
    : `${V25}.resources.${pascal(resource)}`

interface Found {
  readonly field: ProtoField
  readonly owner: ProtoNode
  readonly name: string
}

/** The proto field that a catalogue name leads to, through nested messages. */
function protoOf({ name, resource }: Field): Found | undefined {
  const path = name.split('.').slice(1)
  let message = messageOf(resource)
  for (const [i, key] of path.entries()) {
    const owner = nodeAt(message)
    const field = owner?.fields?.[key]
    if (!owner || !field) return undefined
    if (i === path.length - 1) return { field, owner, name: key }
    message = absolute(field.type, message)
  }
  return undefined
}

/** Type names are written relative to where they are used. */
const absolute = (type: string, from: string): string => {
  for (let scope = from; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.'))))
    if (nodeAt(`${scope}.${type}`)) return `${scope}.${type}`
  return type
}

const TYPES: Readonly<Record<string, string>> = {
  int64: 'INT64',
  int32: 'INT32',
  double: 'DOUBLE',
  float: 'FLOAT',
  bool: 'BOOLEAN',
  string: 'STRING',
}

function typeOf(type: string): string {
  return TYPES[type] ?? (type.startsWith(`${V25}.enums.`) ? `ENUM:${type.split('.').at(-1)}` : 'MESSAGE')
}

/** Resource names and dates are strings on the wire. */
function catalogueType({ type, enumName }: Field): string {
  if (type === 'ENUM') return `ENUM:${enumName}`
  return type === 'RESOURCE_NAME' || type === 'DATE' ? 'STRING' : type
}

/** Explicit presence: marked optional, member of a oneof, or a message. */
function hasPresence({ field, owner, name }: Found): boolean {
  const inOneof = Object.values(owner.oneofs ?? {}).some((o) => o.oneof.includes(name))
  return inOneof || field.options?.proto3_optional === true || typeOf(field.type) === 'MESSAGE'
}

const fields = [...CATALOGUE.values()].map((field) => [field.name, field] as const)

describe('every field of the catalogue', () => {
  test.each(fields)('%s is in the protos with this type', (_, field) => {
    const found = protoOf(field)
    expect(found?.field.type).toBeDefined()
    expect(catalogueType(field)).toBe(typeOf(found?.field.type ?? ''))
    expect(field.traits.has('repeated')).toBe(found?.field.rule === 'repeated')
  })

  test.each(fields)('%s is left out by default exactly when it has no presence', (_, field) => {
    const found = protoOf(field)!
    if (field.traits.has('repeated')) return expect(field.traits.has('implicit')).toBe(false)
    expect(field.traits.has('implicit')).toBe(!hasPresence(found))
  })

  test.each(fields)('%s may be changed exactly when the protos say so', (_, field) => {
    const behaviour = protoOf(field)?.field.options?.['(google.api.field_behavior)']
    const isReport = field.category !== 'ATTRIBUTE'
    expect(field.traits.has('output')).toBe(!isReport && behaviour === 'OUTPUT_ONLY')
    expect(field.traits.has('immutable')).toBe(!isReport && behaviour === 'IMMUTABLE')
  })
})

test.each(Object.entries(ENUMS))('enum %s has the values of the protos', (name, values) => {
  const proto = nodeAt(`${V25}.enums.${name}Enum.${name}`)?.values
  expect([...values].toSorted()).toEqual(Object.keys(proto ?? {}).toSorted())
})

test('every resource that can be queried is a row of GoogleAdsRow', () => {
  const row = nodeAt(`${V25}.services.GoogleAdsRow`)?.fields ?? {}
  expect(Object.keys(RESOURCES).filter((name) => !row[name])).toEqual([])
})
