import { worstCaseOf } from '../../lib/control/exposure.ts'
import { fold } from '../../lib/control/fold.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AuditRecord } from '../../lib/model/audit.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { verifyChain } from '../../lib/store/audit-chain.ts'
import { type AccountDate, accountDate, dateAt } from '../../lib/units/calendar.ts'
import { type Rig, statusOf } from './rig.ts'

/**
 * What must hold after anything, in words; empty when all of it does. Judged from the audit, the stores and the
 * platform's own record of what took effect, none of which knows of the others.
 */
export async function broken(rig: Rig): Promise<readonly string[]> {
  const found: string[] = []
  const { loop, ads } = rig
  const all: AuditRecord[] = []
  for (const own of ads.accounts.values()) {
    const chain = accountKey(own.account)
    const records = await Array.fromAsync(loop.audit.records(chain))
    all.push(...records)
    const verified = verifyChain(records, await loop.audit.head(chain))
    if (verified.kind === 'broken') found.push(`chain ${chain}: ${verified.problem}`)
    for (const [date, day] of fold(records).account) {
      const ledger = await loop.money.accountDay(own.account, accountDate(date))
      if (ledger?.exposure.micros !== day.exposureMicros)
        found.push(`${chain} ${date}: ledger ${ledger?.exposure.micros}, audit ${day.exposureMicros}`)
      if (day.brokenByUs) found.push(`${chain} ${date}: a push of ours broke the cap`)
      found.push(...seenMoreThanCounted(rig, chain, accountDate(date), day.exposureMicros))
    }
    // The day's ledger is the sum of what the records say, which are written one by one.
    const today = dateAt(rig.now(), own.zone)
    const ledger = await loop.money.accountDay(own.account, today)
    const states = [...(await loop.money.allLevers(own.account)).values()]
    const sum = worstCaseOf(states, today, 2, own.currency).micros
    if (ledger && ledger.exposure.micros !== sum)
      found.push(`${chain} ${today}: ledger ${ledger.exposure.micros}, records ${sum}`)
  }
  const { portfolio } = rig.policy.policy
  const own = await Array.fromAsync(loop.audit.records(`portfolio/${portfolio}`))
  const verified = verifyChain(own, await loop.audit.head(`portfolio/${portfolio}`))
  if (verified.kind === 'broken') found.push(`portfolio chain: ${verified.problem}`)
  for (const [key, day] of fold([...own, ...all]).portfolios) {
    const ledger = await loop.money.portfolioDay(portfolio, accountDate(key.slice(portfolio.length + 1)))
    if (ledger?.exposure.micros !== day.exposureMicros)
      found.push(`portfolio ${key}: ledger ${ledger?.exposure.micros}, audit ${day.exposureMicros}`)
  }
  found.push(...(await pushes(rig, all)))
  return found
}

/**
 * Daily budgets that stood at something on the day that the ledger never counted: every value that we set, and every one
 * that a pull of the day found. What a person set and took back between two looks nobody can have seen.
 */
function seenMoreThanCounted(
  { ads, pulls }: Rig,
  chain: string,
  date: AccountDate,
  exposureMicros: bigint,
): readonly string[] {
  const own = ads.accounts.get(chain)!
  const looks = pulls.filter((one) => one.account === chain && dateAt(one.at, own.zone) === date)
  let worst = 0n
  for (const budget of own.budgets.values()) {
    if (budget.status !== 'active' || budget.period !== 'daily') continue
    // What was paused on an earlier day and not started since cannot spend.
    const stopped = (id: string): boolean =>
      own.campaigns.get(id) !== 'active' &&
      ads.settings.some((one) => one.lever === leverKey(statusOf(own.account, id)) && dateAt(one.at, own.zone) < date)
    if (budget.campaigns.every(stopped)) continue
    const writes = ads.writes.filter((one) => one.account === chain && one.budget === budget.id)
    const stoodAt = (at: number): bigint =>
      writes.findLast((one) => one.at < at)?.to ?? writes[0]?.from ?? budget.micros
    const ours = writes.filter((one) => one.by === 'sluice' && dateAt(one.at, own.zone) === date)
    // A look at the very instant of a write may have come before it.
    const clear = looks.filter(({ at }) => writes.every((one) => one.at !== at))
    worst += 2n * highest([0n, ...ours.map(({ to }) => to), ...clear.map(({ at }) => stoodAt(at))])
  }
  return worst > exposureMicros ? [`${chain} ${date}: stood at ${worst} at worst, counted ${exposureMicros}`] : []
}

// biome-ignore lint/complexity/useMathMinMax: Math.max does not take bigints
const highest = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (a > b ? a : b))

/** Every change that was sent was written down before, is sent once, and is settled or still pending. */
async function pushes({ ads, loop }: Rig, records: readonly AuditRecord[]): Promise<readonly string[]> {
  const reserved = new Map<string, number>()
  for (const { entries } of records)
    for (const entry of entries)
      if (entry.kind === 'reserved') reserved.set(entry.lever, (reserved.get(entry.lever) ?? 0) + 1)
  // What is paused past the tables is written down in the journal.
  for (const { account } of ads.accounts.values())
    for (const { lever } of (await loop.journal?.pauses(account)) ?? [])
      reserved.set(leverKey(lever), (reserved.get(leverKey(lever)) ?? 0) + 1)
  const found: string[] = []
  const sent = new Map<string, number>()
  for (const { change } of ads.sent) {
    const key = leverKey(change.lever)
    sent.set(key, (sent.get(key) ?? 0) + 1)
  }
  for (const [lever, times] of sent)
    if (times > (reserved.get(lever) ?? 0))
      found.push(`${lever}: sent ${times}×, written down ${reserved.get(lever) ?? 0}×`)
  for (const own of ads.accounts.values())
    for (const state of (await loop.money.allLevers(own.account)).values())
      if (state.pending && !(await loop.money.intent(own.account, state.pending.intent)))
        found.push(`${state.lever.id} waits for an intent that nobody knows`)
  return found
}
