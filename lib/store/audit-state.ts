/** State as the fold of the log: which item each record left, and how an item that is not so differs from it. */
import type { AuditRecord, AuditWrite } from '../model/audit.ts'
import { canonicalJson, hashOfText } from '../model/canonical.ts'
import { attributesIn, type Item, type Key, textIn } from './attributes.ts'

/** What the log says of one item: enough to see that it is as it should be, and which record to ask why not. */
export interface Expected extends Key {
  readonly digest: string
  /** Items that several chains write count their writes; others have none. */
  readonly version: number | undefined
  /** Epoch seconds after which it may be gone. */
  readonly expiresAt: number | undefined
  readonly chain: string
  readonly sequence: number
}

export type Fold = Map<string, Expected>

export const foldKey = ({ pk, sk }: Key): string => `${pk}\n${sk}`
export const keyOf = (item: Item): Key => ({ pk: textIn(item, 'pk'), sk: textIn(item, 'sk') })
export function keyIn(key: string): Key {
  const [pk = '', sk = ''] = key.split('\n')
  return { pk, sk }
}

/**
 * Adds a record's writes. Records of one chain come in their order; of chains that write the same item (a portfolio's day
 * is raised from every account of it), the higher version is the later.
 */
export function foldRecord(fold: Fold, { chain, sequence, writes = [] }: AuditRecord): void {
  for (const write of writes) {
    const key = foldKey(write)
    if (!write.item) {
      fold.delete(key)
      continue
    }
    const version = write.item.version === undefined ? undefined : Number(write.item.version)
    const before = fold.get(key)
    if (before && (before.version ?? 0) > (version ?? 0)) continue
    const expiresAt = write.item.expiresAt === undefined ? undefined : Number(write.item.expiresAt)
    const { pk, sk } = write
    fold.set(key, { pk, sk, digest: digestOf(write.item), version, expiresAt, chain, sequence })
  }
}

type Values = NonNullable<AuditWrite['item']>

/** 96 bits of the SHA-256 of the attributes, however DynamoDB writes its numbers. */
const digestOf = (item: Values): string =>
  Buffer.from(hashOfText(canonicalJson(normal(item))), 'hex')
    .toString('base64')
    .slice(0, 16)

export const digestOfItem = (item: Item): string => digestOf(attributesIn(item))

const normal = (item: Values): Record<string, string | boolean> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]))

/** Text apart from numbers that look like it. */
const plain = (value: Values[string]): string | boolean =>
  typeof value === 'boolean' ? value : typeof value === 'string' ? `"${value}` : String(value)

export interface AttributeDifference {
  readonly attribute: string
  /** As text; `nothing` where it is not there. */
  readonly state: string
  readonly log: string
}

/** Figures come before the record that they were taken from, which says the same at length. */
const LAST_NAMED = new Set(['asOf', 'record', 'policy', 'approval', 'schemaVersion'])
const SHOWN_MAX = 120

export function attributeDifferences(state: Values, log: Values): readonly AttributeDifference[] {
  const [inState, inLog] = [normal(state), normal(log)]
  const names = new Set([...Object.keys(inState), ...Object.keys(inLog)])
  const differing = [...names].filter((name) => inState[name] !== inLog[name])
  const rank = (name: string): number => (LAST_NAMED.has(name) ? 1 : 0)
  return differing
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((attribute) => ({ attribute, state: shown(state[attribute]), log: shown(log[attribute]) }))
}

function shown(value: Values[string] | undefined): string {
  if (value === undefined) return 'nothing'
  const text = String(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

/** An item in a person's words: `lever meta:1/daily-budget/budget/10`, `ledger of meta:1, 2026-06-02`. */
export function itemName({ pk, sk }: Key): string {
  const [of = '', ...owner] = pk.split('#')
  const name = owner.join('#')
  const [kind = '', ...rest] = sk.split('#')
  const id = rest.join('#')
  if (of === 'ACCOUNT' && kind === 'LEVER') return `lever ${name}/${id}`
  if (of === 'FREEZES') return `freeze ${sk}`
  if (of === 'PORTFOLIOS') return `current policy of portfolio ${sk}`
  if (of === 'PLAN') return `${kind.toLowerCase()} of plan ${name}`
  return `${kind.toLowerCase()} of ${name}${id ? `, ${id}` : ''}`
}

/** Whether an item of the control table is one that only audited transactions write. */
export function isFolded({ pk, sk }: Key): boolean {
  if (pk === 'FREEZES' || pk === 'PORTFOLIOS') return true
  if (pk.startsWith('ACCOUNT#')) return /^(LEVER|LEDGER|INTENT)#/.test(sk)
  if (pk.startsWith('PORTFOLIO#')) return /^(POLICY|LEDGER|PLAN)#/.test(sk)
  return pk.startsWith('PLAN#') && (sk === 'HEADER' || sk === 'PROGRESS')
}
