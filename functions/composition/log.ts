import { messageText, nameText } from '../../lib/model/foreign-text.ts'
import type { Stage } from '../../lib/model/turn.ts'

/** All that a log line may hold. What is not listed here cannot be logged: no bodies, no names, no credentials. */
export interface LogLine {
  readonly level: 'info' | 'error'
  readonly event: 'turn' | 'refused' | 'dispatch' | 'rates' | 'orders'
  readonly queue?: string
  readonly stage?: Stage
  readonly key?: string
  /** ISO 8601. */
  readonly turn?: string
  readonly attempt?: number
  readonly requestId?: string
  readonly messageId?: string
  readonly receives?: number
  readonly result?: 'ran' | 'skipped' | 'elsewhere' | 'failed'
  readonly why?: string
  readonly summary?: Readonly<Record<string, number | string>>
  /** Messages sent, by queue. */
  readonly sent?: Readonly<Record<string, number>>
  readonly durationMs?: number
  readonly errorName?: string
  readonly errorMessage?: string
}

export type Log = (line: LogLine) => void

/**
 * Name and message of whatever was thrown: on one line, cut to 500 characters, without anything that looks like a
 * credential or an e-mail address. Never its stack or its cause.
 */
export function errorFields(error: unknown): { readonly errorName: string; readonly errorMessage: string } {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: 'not an Error was thrown' }
  return { errorName: nameText(name), errorMessage: messageText(message) }
}

const FIELDS = [
  'level',
  'event',
  'queue',
  'stage',
  'key',
  'turn',
  'attempt',
  'requestId',
  'messageId',
  'receives',
  'result',
  'why',
  'summary',
  'sent',
  'durationMs',
  'errorName',
  'errorMessage',
] as const satisfies readonly (keyof LogLine)[]

/** One line of JSON with the listed fields only, in the listed order, whatever else the object may carry at run time. */
export const logText = (line: LogLine): string => JSON.stringify(line, [...FIELDS, ...keysWithin(line)])

/** Names inside the two open records, which JSON's allow-list would drop as well. */
const keysWithin = ({ summary = {}, sent = {} }: LogLine): readonly string[] => [
  ...Object.keys(summary),
  ...Object.keys(sent),
]

export const stdoutLog: Log = (line) => {
  process.stdout.write(`${logText(line)}\n`)
}
