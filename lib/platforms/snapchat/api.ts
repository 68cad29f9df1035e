import type * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../ports/limiter.ts'
import { API_VERSION } from './endpoints.ts'
import { type Listed, readEntities } from './envelope.ts'
import { NOT_FOUND, readFailure } from './failures.ts'
import type { Params, Sender, Sent, SnapRequest } from './sender.ts'

/** Where a read goes, and what is in its envelope. */
export interface Reading<T> {
  readonly account: AccountId
  readonly path: string
  readonly query?: Params
  /** Names of the list and of the entity in each of its items. */
  readonly many: string
  readonly one: string
  readonly schema: z.ZodType<T>
  readonly use?: RequestUse
}

/** Reads that are whole or throw PlatformError, and writes whose judging is left to the caller. */
export interface Api {
  /** Every entity, following the paging to its end. */
  all<T>(reading: Reading<T>): Promise<readonly T[]>
  /** The one entity that a path names; `undefined` when there is none. */
  one<T>(reading: Reading<T>): Promise<T | undefined>
  /** An answer to a read that is one, for what is beside its entities. */
  answer(request: Omit<SnapRequest, 'method' | 'use'> & { readonly use?: RequestUse }): Promise<AnsweredRead>
  send(request: SnapRequest): Promise<Sent>
  readonly sender: Sender
}

export interface AnsweredRead {
  readonly json: unknown
  /** As it came: numbers with every digit. */
  readonly text: string
  readonly headers: Headers
  readonly redact: Sent['redact']
}

/** 1,000 entities a page: two million. */
const MAX_PAGES = 2_000

export const LIST_LIMIT: Params = { limit: '1000' }

export function openApi(sender: Sender): Api {
  async function answer(request: Parameters<Api['answer']>[0]): Promise<AnsweredRead> {
    const sent = await sender.submit({ use: 'read', ...request, method: 'GET' })
    const failure = readFailure(sent.answer, sent.redact)
    if (failure) throw new PlatformError(failure)
    if (sent.answer.kind !== 'answered') throw unreadable(`${request.path}: no answer`)
    const { json, text, headers } = sent.answer
    return { json, text, headers, redact: sent.redact }
  }

  async function page<T>({ many, one, schema, ...request }: Reading<T>): Promise<Listed<T>> {
    const { json, redact } = await answer(request)
    return readEntities(json, many, one, schema, redact)
  }

  return {
    async all(reading) {
      const found: ReturnType<typeof reading.schema.parse>[] = []
      const seen = new Set<string>()
      let query: Params | undefined = reading.query ?? {}
      while (query) {
        const { entities, next } = await page({ ...reading, query })
        for (const entity of entities) found.push(entity)
        query = nextQuery(next, sender.origin, reading.path, seen)
      }
      return found
    },
    async one(reading) {
      try {
        const { entities } = await page(reading)
        if (entities.length !== 1) throw unreadable(`${reading.path}: ${entities.length} entities instead of one`)
        return entities[0]
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    answer,
    send: (request) => sender.submit(request),
    sender,
  }
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

export const isNotFound = (error: unknown): boolean =>
  error instanceof PlatformError && error.failure.kind === 'rejected' && error.failure.code === NOT_FOUND

/**
 * Parameters of the next page, on our own host and path whatever the link says; `undefined` at the end. An empty page with
 * a next one is not the end.
 *
 * @throws PlatformError when the link leads elsewhere, was had before, or there are too many
 */
export function nextQuery(
  next: string | undefined,
  origin: string,
  path: string,
  seen: Set<string>,
): Params | undefined {
  if (next === undefined) return undefined
  const target = URL.canParse(next) ? new URL(next) : undefined
  const own = new URL(`${origin}/${API_VERSION}/${path}`)
  if (target?.origin !== own.origin || target.pathname !== own.pathname)
    throw unreadable(`${path}: paging.next_link leads away from ${own.origin}${own.pathname}`)
  const query = Object.fromEntries(target.searchParams)
  const key = JSON.stringify(query)
  if (seen.has(key)) throw unreadable(`${path}: paging: the same page came twice`)
  if (seen.size >= MAX_PAGES) throw unreadable(`${path}: paging: more than ${MAX_PAGES} pages`)
  seen.add(key)
  return query
}
