import type { AccountRef } from '../model/account.ts'
import { type IntentRecord, isSettled, type Outcome } from '../model/intent.ts'
import { type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { useOf } from '../model/request-limits.ts'
import type { Instant } from '../units/calendar.ts'
import { auditAccount, isAuditDue } from './audit.ts'
import { lookForEdits } from './look.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { compareReadback } from './push.ts'
import { type Settlement, settle } from './settle.ts'
import { steeringOf } from './steering.ts'
import type { Summary } from './summary.ts'

/** Intents settled in one transaction. */
const CHUNK = 25

/**
 * A turn of verify: settles what is open, looks for edits, and on the hour compares the state with the log, also where the
 * platform does not answer.
 */
export async function verifyTurn(account: AccountRef, turn: Instant, loop: Loop): Promise<Summary> {
  let audited: Summary = {}
  let settled: Summary
  try {
    settled = { ...(await verifyAccount(account, loop)), ...(await lookForEdits(account, loop)) }
  } finally {
    if (isAuditDue(turn)) audited = await auditAccount(account, loop)
  }
  return { ...settled, ...audited }
}

/**
 * Settles by reading what earlier pushes left unknown: the platform shows the new value, so it was applied; it still shows
 * the old one after the lease, so it was not; it shows a third, so somebody else was there. Never sends anything.
 */
export async function verifyAccount(account: AccountRef, loop: Loop): Promise<Summary> {
  const states = await loop.money.allLevers(account)
  const pending = [...states.values()].flatMap(({ pending: move }) => (move ? [move.intent] : []))
  if (pending.length === 0) return { pending: 0 }
  // Only now: most turns find nothing open, and an account's structure is its largest record.
  const structure = await loop.facts.structure(account)
  if (!structure) return { pending: 0 }
  const records = (await Promise.all(pending.map((id) => loop.money.intent(account, id)))).filter(
    (one) => one !== undefined,
  )
  const live = await loop.platforms(account.platform).reader.live(
    account,
    records.map(({ intent }) => intent.change.lever),
    useOf(records.map(({ intent }) => intent.change)),
  )
  const values = new Map(live.map(({ lever, value }) => [leverKey(lever), value]))
  const now = loop.clock.now()
  const { capabilities } = loop.platforms(account.platform)
  const settlements = records.flatMap((record): readonly Settlement[] => {
    const { lever, to } = record.intent.change
    const value = values.get(leverKey(lever))
    const verified = value && compareReadback(lever.kind, to, value, capabilities)
    const outcome: Outcome | undefined =
      verified?.kind === 'verified' ? { kind: 'applied', readback: verified } : settledByReading(record, value, now)
    return outcome ? [{ intent: record.intent, outcome, mayHaveApplied: true }] : []
  })
  await settleByPlan(settlements, await loop.policies.all(), structure, loop)
  return { pending: records.length, settled: settlements.length }
}

/** What a reading that does not show the new value says; undefined while it may still come. */
function settledByReading(
  { intent, outcome }: IntentRecord,
  value: LeverValue | undefined,
  now: Instant,
): Outcome | undefined {
  if (isSettled(outcome) || now < intent.leaseUntil) return undefined
  if (value && sameValue(value, intent.change.from))
    return { kind: 'refused', failure: { kind: 'transient', detail: 'no answer came, and it was not applied' } }
  return { kind: 'drifted', observed: value }
}

async function settleByPlan(
  settlements: readonly Settlement[],
  policies: readonly PolicyVersion[],
  structure: Parameters<typeof settle>[2],
  loop: Loop,
): Promise<void> {
  for (const group of Map.groupBy(settlements, ({ intent }) => intent.plan).values()) {
    const version = policies.find(({ policy }) => policy.portfolio === group[0]?.intent.portfolio)
    if (!version) throw new Error(`portfolio ${group[0]?.intent.portfolio} has open intents and no policy`)
    const { account } = structure
    const steering = steeringOf(version, policiesOf(policies, account), account, loop)
    for (let i = 0; i < group.length; i += CHUNK) await settle(group.slice(i, i + CHUNK), steering, structure, loop)
  }
}
