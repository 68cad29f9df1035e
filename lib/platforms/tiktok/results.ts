import * as z from 'zod'
import type { WriteResult } from '../../model/failure.ts'
import type { Lever } from '../../model/lever.ts'
import { refused } from '../../wire/send-each.ts'
import { type Envelope, envelopeOf, mayHaveWritten, OK, PARTIAL, tiktokFailure } from './failures.ts'
import { id } from './schema.ts'
import type { Sent } from './sender.ts'

const unknown = (detail: string): WriteResult => ({ kind: 'unknown', detail })
const APPLIED: WriteResult = { kind: 'applied' }

type Judged = { readonly result: WriteResult } | { readonly envelope: Envelope }

/**
 * What an answer to a write says of the whole of it. Only an error that TikTok gives instead of carrying a request out is
 * `refused`; what has no answer of the API may have been carried out.
 */
function judged({ answer, redact }: Sent): Judged {
  if (answer.kind === 'unsent')
    return { result: refused({ kind: 'transient', detail: `the connection was refused: ${answer.detail}` }) }
  if (answer.kind === 'lost') return { result: unknown(answer.detail) }
  if (answer.status >= 500) return { result: unknown(`HTTP ${answer.status}`) }
  const envelope = answer.kind === 'answered' ? envelopeOf(answer.json) : undefined
  if (!envelope) return { result: unknown(`HTTP ${answer.status}: the answer is not the API's`) }
  if (envelope.code === OK || envelope.code === PARTIAL) return { envelope }
  const failure = tiktokFailure(envelope, redact)
  return { result: mayHaveWritten(envelope) ? unknown(failure.detail) : refused(failure) }
}

const errorsSchema = z.object({ error_list: z.array(z.unknown()).nullish() })

/** Of a request with one object in it: a partial success says nothing certain of it, nor does code 0 beside an error. */
export function writeResult(sent: Sent): WriteResult {
  const all = judged(sent)
  if ('result' in all) return all.result
  const { code, data } = all.envelope
  if (code !== OK) return unknown('a partial success of one change')
  const { error_list } = errorsSchema.catch({}).parse(data)
  return error_list && error_list.length > 0 ? unknown('code 0 beside an error') : APPLIED
}

const MESSAGE_MAX = 200
const statusesSchema = z.object({
  campaign_ids: z.array(id).optional(),
  adgroup_ids: z.array(id).optional(),
  error_list: z
    .array(
      z.object({
        adgroup_id: id.optional(),
        campaign_id: id.optional(),
        error_message: z.string().catch(''),
      }),
    )
    .nullish(),
})

/**
 * Of a request with several objects in it, each by itself: named as changed, named with its error, or not named. An error
 * that is of none of them may be of any, so that then none is `applied`; code 0 alone says that all were changed where it
 * comes with neither a list of them nor an error.
 */
export function itemResults(sent: Sent, levers: readonly Lever[]): readonly WriteResult[] {
  const all = judged(sent)
  if ('result' in all) return levers.map(() => all.result)
  const { code, data } = all.envelope
  const read = statusesSchema.safeParse(data)
  if (!read.success) return levers.map(() => unknown('the answer does not say which were changed'))
  const { campaign_ids, adgroup_ids, error_list } = read.data
  const errors = new Map((error_list ?? []).map((one) => [one.adgroup_id ?? one.campaign_id, one.error_message]))
  const asked = new Set<string | undefined>(levers.map(({ id }) => id))
  const isAnybodys = [...errors.keys()].some((id) => !asked.has(id))
  const changed = adgroup_ids ?? campaign_ids
  return levers.map(({ id }) => {
    const error = errors.get(id)
    if (error !== undefined) return refused(itemFailure(error, sent))
    if (isAnybodys) return unknown('the answer has an error that does not say whose it is')
    const isDone = changed ? changed.includes(id) : code === OK && errors.size === 0
    return isDone ? APPLIED : unknown('the answer does not name it')
  })
}

const itemFailure = (message: string, { redact }: Sent) =>
  ({ kind: 'rejected', code: String(PARTIAL), detail: `${PARTIAL}: ${redact(message).slice(0, MESSAGE_MAX)}` }) as const
