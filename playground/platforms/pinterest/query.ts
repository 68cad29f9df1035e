import { type AccountDate, accountDate } from '../../../lib/units/calendar.ts'
import { invalid } from './errors.ts'

/** Parameters of one request, each asked for by its kind; those that the endpoint does not have are refused. */
export class Query {
  readonly #params: URLSearchParams

  constructor(params: URLSearchParams, known: readonly string[]) {
    this.#params = params
    const unknown = [...params.keys()].find((name) => !known.includes(name))
    if (unknown !== undefined) throw invalid(`Unknown parameter ${unknown}.`)
  }

  text(name: string): string | undefined {
    const all = this.#params.getAll(name)
    if (all.length > 1) throw invalid(`Parameter ${name} is given more than once.`)
    return all[0]
  }

  /** A list comes as a parameter for each element. */
  list(name: string): readonly string[] | undefined {
    return this.#params.has(name) ? this.#params.getAll(name) : undefined
  }

  ids(name: string, most: number, longest: number): readonly string[] | undefined {
    const ids = this.list(name)
    if (!ids) return undefined
    if (ids.length > most) throw invalid(`Parameter ${name} takes at most ${most} ids, got ${ids.length}.`)
    const bad = ids.find((id) => !/^\d+$/.test(id) || id.length > longest)
    if (bad !== undefined) throw invalid(`Parameter ${name} has an id that is none: ${bad}.`)
    return ids
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name)
    const found = values.find((value) => value === text)
    if (text !== undefined && found === undefined)
      throw invalid(`Parameter ${name} must be one of ${values.join(', ')}.`)
    return found
  }

  someOf<T extends string>(name: string, values: readonly T[]): readonly T[] | undefined {
    return this.list(name)?.map((text) => {
      const found = values.find((value) => value === text)
      if (found === undefined) throw invalid(`Parameter ${name} must be of ${values.join(', ')}.`)
      return found
    })
  }

  integer(name: string, from: number, to: number): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d+$/.test(text) || Number(text) < from || Number(text) > to)
      throw invalid(`Parameter ${name} must be from ${from} to ${to}.`)
    return Number(text)
  }

  date(name: string): AccountDate {
    const text = this.text(name)
    try {
      return accountDate(text ?? '')
    } catch {
      throw invalid(`Parameter ${name} is required, written YYYY-MM-DD.`)
    }
  }
}
