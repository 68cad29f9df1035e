/** Real answers to feed parsers with: what a twin says while an adapter reads from it, by what was asked. */
import { type Asked, startProxy } from '../contract/platforms/proxy.ts'

export type Recorded = Readonly<Record<string, unknown>>

export interface Recorder {
  /** The adapter talks to this. */
  readonly baseUrl: string
  /** Every answer since the last call, parsed, the last one where something was asked twice. */
  take(): Recorded
  close(): Promise<void>
}

/** @param keyOf what was asked, as the parsers' stand-in will ask for it; `undefined`: not recorded */
export async function startRecorder(
  twinUrl: string,
  keyOf: (asked: Asked) => string | undefined,
  read: (text: string) => unknown,
): Promise<Recorder> {
  let answers: Record<string, unknown> = {}
  const proxy = await startProxy(twinUrl, (asked, body) => {
    const key = keyOf(asked)
    if (key !== undefined) answers[key] = read(body)
    return undefined
  })
  return {
    baseUrl: proxy.baseUrl,
    take: () => {
      const taken = answers
      answers = {}
      return taken
    },
    close: proxy.close,
  }
}

/** The recorded answer to what is asked; where that depends on what a changed answer said, the one to the same begin. */
export function answerTo(document: unknown, key: string, beginOf: (key: string) => string): unknown {
  const answers = document as Recorded
  if (Object.hasOwn(answers, key)) return answers[key]
  const begin = beginOf(key)
  const like = Object.keys(answers).find((other) => beginOf(other) === begin)
  return like === undefined ? undefined : answers[like]
}

/** The first few of every list: what is small is fed fast, and changed in more of its parts. */
export function trimmed(document: unknown, most: number): unknown {
  if (Array.isArray(document)) return document.slice(0, most).map((one) => trimmed(one, most))
  if (typeof document !== 'object' || document === null) return document
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, trimmed(value, most)]))
}

/**
 * A parser of one answer that remembers what it made of each: a changed document shares all answers but one with the
 * document that it was made of, and these are read once and not for every input.
 */
export function remembering<S extends object, T>(parse: (schema: S, answer: unknown) => T): typeof parse {
  const known = new WeakMap<S, WeakMap<object, T>>()
  return (schema, answer) => {
    if (typeof answer !== 'object' || answer === null) return parse(schema, answer)
    const own = known.get(schema) ?? new WeakMap<object, T>()
    known.set(schema, own)
    const found = own.get(answer)
    if (found !== undefined) return found
    const made = parse(schema, answer)
    own.set(answer, made)
    return made
  }
}
