import { invalid, missingField, unknownField } from './errors.ts'

/** A call's parameters, from the query or a JSON body; lists and objects in a query are JSON text. */
export class Params {
  private readonly values: ReadonlyMap<string, unknown>
  private readonly isQuery: boolean
  constructor(values: ReadonlyMap<string, unknown>, isQuery: boolean) {
    this.values = values
    this.isQuery = isQuery
  }

  /** @throws TikTokError 40002 for a parameter that the endpoint does not know */
  only(...names: readonly string[]): void {
    for (const name of this.values.keys()) if (!names.includes(name)) throw unknownField('Request', name)
  }

  has(name: string): boolean {
    return this.values.get(name) !== undefined && this.values.get(name) !== null
  }

  value(name: string): unknown {
    return this.values.get(name)
  }

  /** Ids are text in v1.3: a number could have lost its last digits. */
  text(name: string): string {
    const value = this.values.get(name)
    if (value === undefined || value === null || value === '') throw missingField(name)
    if (typeof value !== 'string') throw invalid(`${name}: Not a valid string.`)
    return value
  }

  /** A list of texts: JSON text in a query (repeated parameters and commas are not understood), a list in a body. */
  list(name: string): readonly string[] | undefined {
    const value = this.json(name)
    if (value === undefined) return undefined
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
      throw invalid(`${name}: Not a valid list of strings.`)
    return value
  }

  json(name: string): unknown {
    const value = this.values.get(name)
    if (value === undefined || value === null) return undefined
    if (!this.isQuery) return value
    try {
      return JSON.parse(String(value))
    } catch {
      throw invalid(`${name}: Not valid JSON.`)
    }
  }

  integer(name: string, least: number, most: number, byDefault: number): number {
    const value = this.values.get(name)
    if (value === undefined || value === null) return byDefault
    const number = Number(value)
    if (!Number.isInteger(number) || number < least || number > most)
      throw invalid(`${name}: Must be between ${least} and ${most}.`)
    return number
  }

  flag(name: string): boolean {
    const value = this.values.get(name)
    return value === true || value === 'true'
  }
}

/** @throws TikTokError 40002 for a body that is no JSON object */
export function readParams(query: string, body: string): Params {
  if (body === '') return new Params(new Map(new URLSearchParams(query)), true)
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return new Params(new Map(Object.entries(parsed)), false)
  } catch {
    // Falls through to the refusal below.
  }
  throw invalid('The request body is not a JSON object.')
}

/** An object of filters, each name known to the endpoint. */
export function filtersOf(params: Params, known: readonly string[]): Readonly<Record<string, unknown>> {
  const filtering = params.json('filtering')
  if (filtering === undefined) return {}
  if (typeof filtering !== 'object' || filtering === null || Array.isArray(filtering))
    throw invalid('filtering: Not a valid object.')
  for (const name of Object.keys(filtering)) if (!known.includes(name)) throw unknownField('filtering', name)
  return filtering as Readonly<Record<string, unknown>>
}

const IDS_MAX = 100

/** @throws TikTokError 40002 unless it is a list of 1 to 100 texts */
export function idsIn(filters: Readonly<Record<string, unknown>>, name: string): ReadonlySet<string> | undefined {
  const ids = filters[name]
  if (ids === undefined) return undefined
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > IDS_MAX || !ids.every((id) => typeof id === 'string'))
    throw invalid(`filtering.${name}: Must be 1 to ${IDS_MAX} strings.`)
  return new Set(ids as readonly string[])
}

export interface Page<T> {
  readonly list: readonly T[]
  readonly page_info: {
    readonly page: number
    readonly page_size: number
    readonly total_number: number
    readonly total_page: number
  }
}

/** The page that was asked for; one beyond the last is empty. */
export function pageOf<T, R>(items: readonly T[], params: Params, most: number, show: (item: T) => R): Page<R> {
  const page = params.integer('page', 1, Number.MAX_SAFE_INTEGER, 1)
  const page_size = params.integer('page_size', 1, most, 10)
  const start = (page - 1) * page_size
  return {
    list: items.slice(start, start + page_size).map(show),
    page_info: { page, page_size, total_number: items.length, total_page: Math.ceil(items.length / page_size) },
  }
}
