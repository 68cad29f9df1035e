import type { WireObject } from './dynalite.ts'
import { asApiError, serializationError, unknownOperation } from './errors.ts'
import type { Answer } from './operations.ts'

const TARGET = /^DynamoDB_20120810\.(\w+)$/

/** Status and body of an HTTP answer, however it travels. */
export interface WireAnswer {
  readonly status: number
  readonly body: unknown
}

/**
 * Answers the text of one request in DynamoDB's JSON protocol; refusals are answers too.
 *
 * @param target the header `x-amz-target`, which names the operation
 */
export async function answerWire(target: unknown, bytes: Buffer, answer: Answer): Promise<WireAnswer> {
  try {
    const operation = TARGET.exec(String(target))?.[1]
    if (operation === undefined) throw unknownOperation()
    return { status: 200, body: await answer({ operation, body: parse(bytes), bodyBytes: bytes.length }) }
  } catch (cause) {
    return asApiError(cause)
  }
}

function parse(bytes: Buffer): WireObject {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString())
  } catch {
    throw serializationError()
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw serializationError()
  return body as WireObject
}
