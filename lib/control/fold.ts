import type { AuditEntry, AuditRecord } from '../model/audit.ts'

/** What the audit says the ledgers must hold: micros by day, each in its own currency. */
export interface Folded {
  /** Of the account whose chain it is, by account date. */
  readonly account: ReadonlyMap<string, DayFold>
  /** By `portfolio/date`; from the account's chain only what its pushes added. */
  readonly portfolios: ReadonlyMap<string, DayFold>
}

export interface DayFold {
  readonly exposureMicros: bigint
  readonly capMicros: bigint | undefined
  /** The day's worst case was above its cap at some point because a push of ours raised it. Must never be. */
  readonly brokenByUs: boolean
}

const EMPTY: DayFold = { exposureMicros: 0n, capMicros: undefined, brokenByUs: false }

/**
 * State as the fold of the log: replays a chain's records in order. The ledgers in the store must equal it.
 *
 * @param records of one chain, from its beginning
 */
export function fold(records: Iterable<AuditRecord>): Folded {
  const account = new Map<string, DayFold>()
  const portfolios = new Map<string, DayFold>()
  for (const { entries, chain } of records) for (const entry of entries) foldEntry(entry, chain, account, portfolios)
  return { account, portfolios }
}

function foldEntry(
  entry: AuditEntry,
  chain: string,
  account: Map<string, DayFold>,
  portfolios: Map<string, DayFold>,
): void {
  const isPortfolio = chain.startsWith('portfolio/')
  const days = isPortfolio ? portfolios : account
  const dayKey = (date: string): string => (isPortfolio ? `${chain.slice('portfolio/'.length)}/${date}` : date)
  switch (entry.kind) {
    case 'day-opened': {
      // What other chains added to the day before is kept: chains are folded one after another.
      const before = days.get(dayKey(entry.date)) ?? EMPTY
      days.set(dayKey(entry.date), {
        ...before,
        exposureMicros: before.exposureMicros + BigInt(entry.exposureMicros),
        capMicros: capOf(entry),
      })
      return
    }
    case 'cap-set':
      days.set(dayKey(entry.date), { ...(days.get(dayKey(entry.date)) ?? EMPTY), capMicros: capOf(entry) })
      return
    case 'reserved':
    case 'settled':
    case 'observed':
      if (unchanged(account.get(entry.date), BigInt(entry.deltaMicros))) return
      account.set(
        entry.date,
        grown(account.get(entry.date) ?? EMPTY, BigInt(entry.deltaMicros), entry.kind === 'reserved'),
      )
      return
    case 'portfolio-exposure': {
      const key = `${entry.portfolio}/${entry.date}`
      portfolios.set(key, grown(portfolios.get(key) ?? EMPTY, BigInt(entry.deltaMicros), false))
      return
    }
    case 'announcement':
    case 'spend-stop':
    case 'freeze':
    case 'unfreeze':
    case 'alert':
    case 'audit-check':
    case 'plan':
    case 'policy':
      return
  }
}

const capOf = ({ capMicros }: { readonly capMicros?: string }): bigint | undefined =>
  capMicros === undefined ? undefined : BigInt(capMicros)

/** A settlement after midnight that changes nothing does not open the new day. */
const unchanged = (day: DayFold | undefined, delta: bigint): boolean => day === undefined && delta === 0n

function grown(day: DayFold, delta: bigint, byUs: boolean): DayFold {
  const exposureMicros = day.exposureMicros + delta
  const over = byUs && delta > 0n && (day.capMicros === undefined || exposureMicros > day.capMicros)
  return { ...day, exposureMicros, brokenByUs: day.brokenByUs || over }
}
