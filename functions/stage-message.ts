import * as z from 'zod'
import { parseAccountKey, portfolioId } from '../lib/model/account.ts'
import type { StageMessage } from '../lib/model/turn.ts'
import type { Instant } from '../lib/units/calendar.ts'
import { isPortfolioStage, type QueueName, routes } from './composition/routes.ts'

/** A message that can never be run, however often it is delivered; it ends among the dead letters. */
export class BadMessage extends Error {
  constructor(detail: string) {
    super(`${detail}; it will go to the dead letters, look there for who sent it`)
    this.name = 'BadMessage'
  }
}

const schema = z.strictObject({
  stage: z.enum(['pull', 'plan', 'act', 'verify', 'guard', 'score']),
  key: z.string(),
  turn: z
    .int()
    .nonnegative()
    .transform((ms) => ms as Instant),
  attempt: z.int().nonnegative(),
})

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's own message quotes the body.
    throw new BadMessage(`the message body is not JSON (${body.length} characters)`)
  }
}

/** By our own names for things only: names of fields that are not ours are whatever somebody sent. */
const faultText = ({ code, path, message }: z.core.$ZodIssue): string =>
  `${path.join('.') || 'body'}: ${code === 'unrecognized_keys' ? 'it has fields that no message has' : message}`

/** Throws where the key is not one of the stage: a portfolio's for plan and score, an account's for all else. */
function checkKey({ stage, key }: StageMessage): void {
  try {
    if (isPortfolioStage(stage)) portfolioId(key)
    else parseAccountKey(key)
  } catch {
    // What the check says quotes the key, and whoever sent this may have put anything there.
    const wanted = isPortfolioStage(stage) ? "a portfolio's" : 'platform:id, of an account'
    throw new BadMessage(
      `the message's key (${key.length} characters) does not fit stage ${stage}: it must be ${wanted}`,
    )
  }
}

/**
 * The message in a body that arrived on `queue`.
 * @throws BadMessage that names the field, or the queue where the message belongs
 */
export function parseStageMessage(body: string, queue: QueueName): StageMessage {
  const parsed = schema.safeParse(parseJson(body))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(faultText)
    throw new BadMessage(`the message is malformed (${faults.join('; ')})`)
  }
  checkKey(parsed.data)
  const home = routes(parsed.data)
  if (home !== queue) throw new BadMessage(`a message for queue ${home} arrived on queue ${queue}`)
  return parsed.data
}
