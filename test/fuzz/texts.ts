/** Answers of Snapchat that are read as text, because text tells what a parsed document no longer does: digits, and doubled keys. */
import { uuid } from '../playground/snapchat/client.ts'

/** What was changed as text stays the text that it is. */
class Text {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export const asText = (text: string): unknown => new Text(text)
export const textOf = (document: unknown, write: (document: unknown) => string | undefined): string =>
  document instanceof Text ? document.text : (write(document) ?? '')

/** A token's grant as pairs of key and value: doubled, or changed in its key, a pair becomes a doubled key. */
export const SNAPCHAT_GRANT: readonly (readonly [string, unknown])[] = [
  ['access_token', 'token-1'],
  ['token_type', 'Bearer'],
  ['expires_in', 1_800],
  ['expires_in', 1_800],
  ['scope', 'snapchat-marketing-api'],
]
type Pair = readonly [string, unknown]
const isPair = (pair: unknown): pair is Pair => Array.isArray(pair) && typeof pair[0] === 'string' && pair.length > 1

export const written = (pairs: unknown): string | undefined =>
  Array.isArray(pairs)
    ? `{${pairs.flatMap((pair) => (isPair(pair) ? [`${JSON.stringify(pair[0])}:${JSON.stringify(pair[1]) ?? 'null'}`] : [])).join(',')}}`
    : JSON.stringify(pairs)

/** What is wrong with having accepted them: one key, two values. */
export function sameFields(pairs: unknown): string | undefined {
  const seen = new Map<string, string>()
  for (const [key, value] of Array.isArray(pairs) ? pairs.filter(isPair) : []) {
    const text = JSON.stringify(value) ?? 'null'
    if ((seen.get(key) ?? text) !== text) return `${key} is there twice`
    seen.set(key, text)
  }
  return undefined
}

const campaign = {
  id: uuid(12),
  updated_at: '2026-11-20T10:00:00.000Z',
  name: 'Campaign',
  daily_budget_micro: 100_000_000,
  status: 'ACTIVE',
  lifetime_spend_cap_micro: null,
  regulations: { restricted_delivery_signals: false },
  delivery_status: ['VALID'],
  share: 0.1234567,
}
export const SNAPCHAT_OBJECTS: readonly unknown[] = [
  { request_status: 'SUCCESS', request_id: 'r', campaigns: [{ sub_request_status: 'SUCCESS', campaign }] },
]

interface Envelope {
  readonly campaigns: readonly { readonly campaign: Readonly<Record<string, unknown>> }[]
}

/** The body is the object that was read, in the same order, with the one field changed: what it leaves out is reset. */
export function replacedComplaint(
  body: string,
  document: unknown,
  id: string,
  field: string,
  value: number,
): string | undefined {
  const { campaigns } = JSON.parse(textOf(document, JSON.stringify)) as Envelope
  const before = campaigns[0]?.campaign
  if (campaigns.length !== 1 || before?.id !== id || !Object.hasOwn(before, field)) return 'it is another object'
  const wanted = JSON.stringify({ campaigns: [{ ...before, [field]: value }] })
  return body === wanted || JSON.stringify(JSON.parse(body)) === wanted
    ? undefined
    : `it is written ${body} and not ${wanted}`
}
