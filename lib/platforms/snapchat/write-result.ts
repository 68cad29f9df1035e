import * as z from 'zod'
import type { WriteResult } from '../../model/failure.ts'
import type { Answer } from '../../wire/exchange.ts'
import { refused } from '../../wire/send-each.ts'
import { envelopeFailure, isSuccess, itemFailure, notTakenFailure, statusFailure } from './failures.ts'
import { schemaByName } from './schema.ts'
import type { Sent } from './sender.ts'

const itemSchema = z.looseObject({
  sub_request_status: z.string(),
  sub_request_error_reason: z.string().nullish().catch(undefined),
})
const entitySchema = z.object({ id: z.string() })

const unknown = (detail: string): WriteResult => ({ kind: 'unknown', detail })
const vague = unknown('the answer says neither success nor an error')

/**
 * What became of one entity's write. Only an explicit success of this very entity is `applied`, and only an error that
 * Snapchat gives instead of carrying a request out is `refused`; all else may have been carried out.
 */
export function writeResult({ answer, redact }: Sent, many: string, one: string, id: string): WriteResult {
  if (answer.kind === 'unsent')
    return refused({ kind: 'transient', detail: `the connection was refused: ${answer.detail}` })
  if (answer.kind === 'lost') return unknown(answer.detail)
  const failure = statusFailure(answer, redact)
  // Snapchat's own trouble can come in the middle of a write.
  if (failure?.kind === 'transient') return unknown(failure.detail)
  if (failure) return refused(failure)
  const items = answer.kind === 'answered' ? itemsOf(answer.json, many) : []
  const notTaken = notTakenFailure(answer, redact)
  if (notTaken && !items.some((item) => isSuccess(item.sub_request_status))) return refused(notTaken)
  if (answer.kind === 'garbled') return unknown(`HTTP ${answer.status}: the answer is not JSON`)
  if (items.length > 0) return itemResult(items, one, id, isDone(answer), redact)
  const said = envelopeFailure(answer.json, redact)
  return said ? refused(said) : vague
}

/** The request as a whole succeeded: an entity that did in one that did not is nothing to go by. */
const isDone = ({ status, json }: Extract<Answer, { kind: 'answered' }>): boolean =>
  status === 200 && isSuccess(wholeSchema.safeParse(json).data?.request_status)
const wholeSchema = z.looseObject({ request_status: z.string() })

type Item = z.output<typeof itemSchema>

const answerSchema = schemaByName((many) => z.looseObject({ [many]: z.array(itemSchema) }))

const itemsOf = (json: unknown, many: string): readonly Item[] => answerSchema(many).safeParse(json).data?.[many] ?? []

function itemResult(
  items: readonly Item[],
  one: string,
  id: string,
  isWholeDone: boolean,
  redact: Sent['redact'],
): WriteResult {
  const [item] = items
  if (!item || items.length !== 1) return unknown(`${items.length} entities are answered for instead of one`)
  const entity = entitySchema.safeParse(item[one]).data
  const state = item.sub_request_status
  if (isSuccess(state)) return isWholeDone && entity?.id === id ? { kind: 'applied' } : vague
  if (!['ERROR', 'FAILURE', 'FAILED'].includes(state.toUpperCase()) || (entity && entity.id !== id)) return vague
  return refused(itemFailure(item.sub_request_error_reason ?? undefined, redact))
}
