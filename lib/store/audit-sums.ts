/**
 * What the changes of a day's ledger come to, by what the records say of each. A ledger that was changed past the log, and
 * that a commit has taken for true since, is what the last record says, but not what all of them add up to.
 */
import type { AuditEntry, AuditRecord } from '../model/audit.ts'
import { bigintIn, type Item } from './attributes.ts'
import { foldKey } from './audit-state.ts'

/** Micros by ledger. */
export type Sums = Map<string, bigint>

export function sumRecord(sums: Sums, { chain, entries }: AuditRecord): void {
  for (const entry of entries) {
    const change = changeIn(entry, chain)
    if (change) sums.set(change.key, (sums.get(change.key) ?? 0n) + change.micros)
  }
}

function changeIn(entry: AuditEntry, chain: string): { key: string; micros: bigint } | undefined {
  const own = chain.includes('/') ? `PORTFOLIO#${chain.slice(chain.indexOf('/') + 1)}` : `ACCOUNT#${chain}`
  switch (entry.kind) {
    case 'day-opened':
      return { key: ledgerKey(own, entry.date), micros: BigInt(entry.exposureMicros) }
    case 'reserved':
    case 'settled':
    case 'observed':
      return { key: ledgerKey(own, entry.date), micros: BigInt(entry.deltaMicros) }
    case 'portfolio-exposure':
      return { key: ledgerKey(`PORTFOLIO#${entry.portfolio}`, entry.date), micros: BigInt(entry.deltaMicros) }
    default:
      return undefined
  }
}

const ledgerKey = (pk: string, date: string): string => foldKey({ pk, sk: `LEDGER#${date}` })

/** Whether an item is a ledger that holds something else than its changes come to. */
export const isMiscounted = (sum: bigint | undefined, key: string, item: Item | undefined): boolean =>
  item !== undefined && key.includes('\nLEDGER#') && bigintIn(item, 'exposureMicros') !== (sum ?? 0n)

export const miscounted = (item: Item, sum: bigint): string =>
  `exposureMicros is ${bigintIn(item, 'exposureMicros')} in the tables, and all of its changes in the log come to ${sum}`

/** Of several chains together. */
export const sumOf = (all: readonly Sums[], key: string): bigint =>
  all.reduce((total, sums) => total + (sums.get(key) ?? 0n), 0n)
