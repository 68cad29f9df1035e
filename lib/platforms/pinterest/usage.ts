import { type Instant, later, SECOND_MS } from '../../units/calendar.ts'

/** What the last answer of a kind said about its limit. */
export interface CallUsage {
  readonly usedShare: number
  readonly resetsAt: Instant
  readonly clearAfterMs: number
}

const number = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(name)
  // Several windows come as `300, 300;w=60`: the first is the one that counts.
  const match = text === null ? null : /^\s*(\d{1,9})\b/.exec(text)
  return match ? Number(match[1]) : undefined
}

/**
 * How much of a limit is used, where an answer has `x-ratelimit-limit`, `-remaining` and `-reset` (seconds); Pinterest
 * documents that there are such headers, and not on which answers.
 */
export function usageIn(headers: Headers, at: Instant): CallUsage | undefined {
  const limit = number(headers, 'x-ratelimit-limit')
  const remaining = number(headers, 'x-ratelimit-remaining')
  const reset = number(headers, 'x-ratelimit-reset')
  if (!limit || remaining === undefined || reset === undefined || remaining > limit) return undefined
  const clearAfterMs = reset * SECOND_MS
  return { usedShare: 1 - remaining / limit, resetsAt: later(at, clearAfterMs), clearAfterMs }
}
