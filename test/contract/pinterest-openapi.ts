/** As much of OpenAPI 3.0 as Pinterest's published description of its ad endpoints uses. */
type Json = Readonly<Record<string, unknown>>

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly format?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | { readonly $ref?: string }
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> }
}
interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly explode?: boolean
  readonly schema: Schema
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly [part: string]: unknown
}

/** One request and its answer, as they were on the wire. */
export interface Exchanged {
  readonly method: string
  /** With the query, and with the `/v5` that the description's server has. */
  readonly url: string
  readonly contentType: string
  readonly body: string
  readonly status: number
  readonly answer: string
}

/** Everything in which a request or its answer is not as described; empty when there is nothing. */
export function faultsOf(description: Description, exchanged: Exchanged): readonly string[] {
  const url = new URL(exchanged.url, 'http://any')
  const where = `${exchanged.method} ${url.pathname}`
  const found = operationOf(description, exchanged.method, url.pathname.replace(/^\/v5/, ''))
  if (!found) return [`${where}: not in the description`]
  const check = new Checker(description)
  check.parameters(found.operation, url.searchParams, found.inPath, where)
  check.body(found.operation, exchanged, `${where} body`)
  check.answer(found.operation, exchanged, `${where} ${exchanged.status}`)
  return check.faults
}

interface Found {
  readonly operation: Operation
  readonly inPath: Readonly<Record<string, string>>
}

function operationOf({ paths }: Description, method: string, path: string): Found | undefined {
  // A path without a variable in a place comes before one with it.
  const templates = Object.keys(paths).toSorted((a, b) => a.split('{').length - b.split('{').length)
  for (const template of templates) {
    const pattern = new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const match = pattern.exec(path)
    const operation = paths[template]?.[method.toLowerCase()]
    if (match && operation) return { operation, inPath: { ...match.groups } }
  }
  return undefined
}

class Checker {
  readonly faults: string[] = []
  readonly #root: Description

  constructor(root: Description) {
    this.#root = root
  }

  #resolved<T extends { readonly $ref?: string }>(one: T): T {
    if (one.$ref === undefined) return one
    let target: unknown = this.#root
    for (const key of one.$ref.slice(2).split('/')) target = (target as Json)[key]
    return this.#resolved(target as T)
  }

  parameters(
    operation: Operation,
    query: URLSearchParams,
    inPath: Readonly<Record<string, string>>,
    where: string,
  ): void {
    const all = (operation.parameters ?? []).map((one) => this.#resolved(one))
    for (const name of new Set(query.keys()))
      if (!all.some((one) => one.in === 'query' && one.name === name)) this.faults.push(`${where}: unknown ${name}`)
    for (const one of all) {
      const values = one.in === 'path' ? [inPath[one.name] ?? ''] : query.getAll(one.name)
      if (values.length > 0) this.schema(one.schema, this.#valueOf(one, values), `${where} ${one.name}`)
      else if (one.required) this.faults.push(`${where}: ${one.name} is missing`)
    }
  }

  #valueOf({ schema, explode }: Parameter, values: readonly string[]): unknown {
    const { type, items } = this.#resolved(schema)
    if (type !== 'array') return scalar(values.length === 1 ? (values[0] ?? '') : '', type)
    const each = explode === false ? values.flatMap((value) => value.split(',')) : values
    return each.map((value) => scalar(value, items && this.#resolved(items).type))
  }

  body({ requestBody }: Operation, { body, contentType }: Exchanged, where: string): void {
    if (!requestBody) {
      if (body !== '') this.faults.push(`${where}: there is none in the description`)
      return
    }
    const content = requestBody.content[contentType.split(';')[0] ?? '']
    if (!content) this.faults.push(`${where}: ${contentType} is not in the description`)
    else if (contentType.includes('form'))
      this.schema(content.schema, Object.fromEntries(new URLSearchParams(body)), where)
    else this.schema(content.schema, JSON.parse(body), where)
  }

  answer({ responses }: Operation, { status, answer }: Exchanged, where: string): void {
    const content = (responses[String(status)] ?? responses.default)?.content?.['application/json']
    if (content) this.schema(content.schema, JSON.parse(answer), where)
    else this.faults.push(`${where}: no such answer in the description`)
  }

  schema(given: Schema, value: unknown, where: string): void {
    const schema = this.#special(this.#resolved(given), value)
    if (value === null && this.#isNullable(schema)) return
    this.#keywords(schema, value, where)
    if (Array.isArray(value)) this.#array(schema, value, where)
    else if (typeof value === 'object' && value !== null) this.#object(schema, value as Json, where)
  }

  #isNullable(given: Schema): boolean {
    const schema = this.#resolved(given)
    if (schema.nullable || schema.enum?.includes(null)) return true
    return schema.type === undefined && (schema.allOf ?? []).some((part) => this.#isNullable(part))
  }

  /** The kind of it that a discriminator names. */
  #special(schema: Schema, value: unknown): Schema {
    const { discriminator } = schema
    if (!discriminator || typeof value !== 'object' || value === null) return schema
    const target = discriminator.mapping[String((value as Json)[discriminator.propertyName])]
    return target === undefined ? schema : this.#resolved({ $ref: target } as Schema)
  }

  #keywords(schema: Schema, value: unknown, where: string): void {
    const fault = (what: string) => this.faults.push(`${where}: ${what}`)
    if (schema.type !== undefined && !isOfType(value, schema.type)) fault(`is no ${schema.type}`)
    if (schema.enum && !schema.enum.includes(value)) fault(`${JSON.stringify(value)} is not in the enum`)
    if (typeof value === 'string') {
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
        fault(`does not fit ${schema.pattern}`)
      if (schema.maxLength !== undefined && value.length > schema.maxLength) fault(`is longer than ${schema.maxLength}`)
      if (schema.format === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) fault('is no date')
    }
    if (typeof value === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)))
      fault(`${value} is out of range`)
    this.#combined(schema, value, where)
  }

  /** What `allOf` has of properties is looked at together with the rest, in `#object`. */
  #combined({ allOf = [], oneOf, anyOf }: Schema, value: unknown, where: string): void {
    for (const part of allOf) if (value !== null) this.#keywords(this.#resolved(part), value, where)
    const choices = oneOf ?? anyOf
    if (choices && !choices.some((choice) => this.#fits(choice, value))) this.faults.push(`${where}: fits no choice`)
  }

  #fits(schema: Schema, value: unknown): boolean {
    const trial = new Checker(this.#root)
    trial.schema(schema, value, '')
    return trial.faults.length === 0
  }

  #array({ items, minItems, maxItems }: Schema, value: readonly unknown[], where: string): void {
    if (value.length < (minItems ?? 0)) this.faults.push(`${where}: fewer than ${minItems} items`)
    if (value.length > (maxItems ?? Number.POSITIVE_INFINITY)) this.faults.push(`${where}: more than ${maxItems} items`)
    if (items) for (const [index, item] of value.entries()) this.schema(items, item, `${where}[${index}]`)
  }

  /** Stricter than the description: where it does not allow more, a property that it does not have is a fault. */
  #object(schema: Schema, value: Json, where: string): void {
    const parts = this.#parts(schema)
    const others = parts.map((part) => part.additionalProperties).find((one) => one !== undefined)
    for (const name of new Set(parts.flatMap((part) => part.required ?? [])))
      if (!Object.hasOwn(value, name)) this.faults.push(`${where}: ${name} is missing`)
    for (const [name, member] of Object.entries(value)) {
      const declared = parts.flatMap((part) => part.properties?.[name] ?? [])
      for (const one of declared) this.schema(one, member, `${where}.${name}`)
      if (declared.length > 0 || others === true) continue
      if (typeof others === 'object') this.schema(others as Schema, member, `${where}.${name}`)
      else if (parts.some((part) => part.properties)) this.faults.push(`${where}: unknown ${name}`)
    }
  }

  #parts(given: Schema): readonly Schema[] {
    const schema = this.#resolved(given)
    return [schema, ...(schema.allOf ?? []).flatMap((part) => this.#parts(part))]
  }
}

function scalar(text: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}
