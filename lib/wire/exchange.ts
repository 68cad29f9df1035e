import { parseExactJson } from './exact-json.ts'

/** What came of sending one request, as far as can be known. */
export type Answer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: Headers
      readonly json: unknown
      /** As it came: with every digit of its numbers. */
      readonly text: string
    }
  /** An answer came whole, but it is not JSON. */
  | { readonly kind: 'garbled'; readonly status: number; readonly headers: Headers }
  /** The request never left: there was nobody to take the connection. */
  | { readonly kind: 'unsent'; readonly detail: string }
  /** It may have arrived and been carried out. */
  | { readonly kind: 'lost'; readonly detail: string }

/** A page of a report is a few MB at most; this is only a guard against an endless answer. */
const MAX_BYTES = 64 * 1024 * 1024
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Sends once, follows no redirect, waits at most `timeoutMs` for the whole answer. Does not throw. */
export async function exchange(url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const text = await boundedText(response)
    if (text === undefined) return { kind: 'lost', detail: `the answer is longer than ${MAX_BYTES} bytes` }
    const json = parseExactJson(text)
    if (json === undefined) return { kind: 'garbled', status: response.status, headers: response.headers }
    return { kind: 'answered', status: response.status, headers: response.headers, json, text }
  } catch (error) {
    return failed(error, timeoutMs)
  }
}

async function boundedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function failed(error: unknown, timeoutMs: number): Answer {
  if (error instanceof Error && error.name === 'TimeoutError')
    return { kind: 'lost', detail: `no answer within ${timeoutMs} ms` }
  // Codes only: a message could quote a header or an address.
  const codes = causeCodes(error)
  const detail = codes.length > 0 ? codes.join(', ') : 'the connection failed'
  const neverConnected = codes.length > 0 && codes.every((code) => NEVER_CONNECTED.has(code))
  return { kind: neverConnected ? 'unsent' : 'lost', detail }
}

/** System error codes below a failed fetch; several when a host name has several addresses. */
function causeCodes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const { cause } = error
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.flatMap(ownCode)
  return ownCode(cause)
}

const ownCode = (error: unknown): readonly string[] =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? [error.code] : []
