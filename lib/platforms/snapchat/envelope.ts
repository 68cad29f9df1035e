import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import { readAs } from '../../wire/exact-json.ts'
import { envelopeFailure, isSuccess, itemFailure, type Redact } from './failures.ts'
import { schemaByName } from './schema.ts'

const itemSchema = z.looseObject({
  sub_request_status: z.string(),
  sub_request_error_reason: z.string().nullish(),
})
const pagingSchema = z.object({ next_link: z.string().nullish() }).nullish()

const envelopeSchema = schemaByName((many) =>
  z.object({ request_status: z.string(), paging: pagingSchema, [many]: z.array(itemSchema) }),
)

export interface Listed<T> {
  readonly entities: readonly T[]
  readonly next: string | undefined
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

/**
 * The entities of an envelope `{request_status, paging, [many]: [{sub_request_status, [one]: …}]}`.
 *
 * @throws PlatformError for an envelope that reports an error, an item that failed, a shape that is not as documented
 */
export function readEntities<T>(
  json: unknown,
  many: string,
  one: string,
  schema: z.ZodType<T>,
  redact: Redact,
): Listed<T> {
  const failure = envelopeFailure(json, redact)
  if (failure) throw new PlatformError(failure)
  const read = readAs(envelopeSchema(many), json, many) as {
    request_status: string
    paging?: { next_link?: string | null } | null
  }
  if (!isSuccess(read.request_status)) throw unreadable(`${many}: request_status is neither success nor an error`)
  const items = (read as Record<string, unknown>)[many] as readonly z.output<typeof itemSchema>[]
  return {
    entities: items.map((item, index) => entityIn(item, one, schema, `${many}.${index}`, redact)),
    next: read.paging?.next_link || undefined,
  }
}

function entityIn<T>(
  item: z.output<typeof itemSchema>,
  one: string,
  schema: z.ZodType<T>,
  what: string,
  redact: Redact,
): T {
  if (isSuccess(item.sub_request_status)) return readAs(schema, item[one], `${what}.${one}`)
  // A list of which one part failed is not whole.
  const { detail } = itemFailure(item.sub_request_error_reason ?? undefined, redact)
  throw new PlatformError({ kind: 'transient', detail: `${what}: ${item.sub_request_status.slice(0, 40)}: ${detail}` })
}
