import { badParameter } from './errors.ts'

/**
 * The parameters of one call, wherever they came from: Graph takes them from the query, a form body or a JSON body alike,
 * and lists and objects as JSON text or, in a JSON body, as they are.
 */
export class Params {
  private readonly values: ReadonlyMap<string, unknown>
  constructor(values: ReadonlyMap<string, unknown>) {
    this.values = values
  }

  has(name: string): boolean {
    return this.values.has(name)
  }

  names(): readonly string[] {
    return [...this.values.keys()]
  }

  with(name: string, value: unknown): Params {
    return new Params(new Map([...this.values, [name, value]]))
  }

  /** The value as text; objects and lists as JSON. */
  text(name: string): string | undefined {
    const value = this.values.get(name)
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' ? value : JSON.stringify(value)
  }

  /** The value itself, parsed where it came as JSON text. @throws GraphError when the text is not JSON */
  json(name: string): unknown {
    const value = this.values.get(name)
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      throw badParameter(`param ${name} must be valid JSON.`)
    }
  }

  /** A list, as JSON or as text with commas. */
  list(name: string): readonly string[] | undefined {
    const value = this.values.get(name)
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string' && !value.trimStart().startsWith('[')) return value.split(',').map((s) => s.trim())
    const parsed = this.json(name)
    if (!Array.isArray(parsed)) throw badParameter(`param ${name} must be an array.`)
    return parsed.map(String)
  }

  /** @throws GraphError unless the value is a whole number, not negative */
  integer(name: string): bigint | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d{1,18}$/.test(text)) throw badParameter(`param ${name} must be a non-negative integer.`)
    return BigInt(text)
  }
}

const fromForm = (text: string): readonly [string, unknown][] => [...new URLSearchParams(text)]

/** @throws GraphError when a JSON body is not an object */
function fromBody(body: string, contentType: string): readonly [string, unknown][] {
  if (body === '') return []
  if (!contentType.includes('json')) return fromForm(body)
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return Object.entries(parsed)
  } catch {
    // Falls through to the refusal below.
  }
  throw badParameter('The request body is not a JSON object.')
}

export const readParams = (query: string, body: string, contentType: string): Params =>
  new Params(new Map([...fromForm(query), ...fromBody(body, contentType)]))
