import { type AccountRef, accountKey } from '../model/account.ts'
import { hashOf } from '../model/canonical.ts'
import type { ChangeDecision, PlanId, PlanTerms } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { HOUR_MS, later } from '../units/calendar.ts'
import { zero } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import type { Loop } from './loop.ts'

/** A cut that nobody could push in so long is decided anew, on what is spent by then. */
const EXPIRES_MS = HOUR_MS

/**
 * Stores an approved plan of the guard's own decisions, and asks for it to be acted on at once.
 *
 * @param rates of the portfolio's day
 * @param by whose approval it is: the policy's, or a person's
 */
export async function storeGuardPlan(
  decisions: readonly ChangeDecision[],
  { version, policy }: PolicyVersion,
  rates: readonly ExchangeRate[],
  by: string,
  loop: Loop,
  expiresMs = EXPIRES_MS,
): Promise<PlanId> {
  const at = loop.clock.now()
  const none = zero(policy.baseCurrency)
  const terms: PlanTerms = {
    portfolio: policy.portfolio,
    mode: policy.mode,
    madeAt: at,
    expiresAt: later(at, expiresMs),
    policyVersion: version,
    // What it rests on stands in the alert that it is for: there is nothing to make it again from.
    inputsHash: hashOf({ decisions, policyVersion: version, at }),
    rates,
    dayTarget: none,
    marginalReturn: 0,
    netGrowth: none,
    occasion: 'guard',
    proposedCaps: [],
  }
  const id = hashOf({ terms, decisions }).slice(0, 24) as PlanId
  await loop.plans.put({ id, ...terms, decisions }, { kind: 'approved', by, at })
  const accounts = new Set(decisions.map(({ change }) => accountKey(change.lever.account)))
  await loop.queue.send([...accounts].map((key) => ({ stage: 'act', key, turn: later(at, 1), attempt: 0 })))
  return id
}

/**
 * `open`: it may still be pushed. `done`: something of it was sent, or tried. `lost`: nothing was, and nothing will be:
 * another plan replaced it, its time ran out, or all of it was dropped.
 */
export async function planStands(id: PlanId, account: AccountRef, loop: Loop): Promise<'open' | 'done' | 'lost'> {
  const header = await loop.plans.header(id)
  if (!header) return 'lost'
  const progress = await loop.plans.progress(id)
  const isThrough = header.accounts.every((one) => (progress?.cursors[one.account] ?? 0) >= one.chunks.length)
  if (isThrough) return (await loop.money.intents(account, id)).length > 0 ? 'done' : 'lost'
  return header.approval.kind === 'approved' && loop.clock.now() < header.expiresAt ? 'open' : 'lost'
}
