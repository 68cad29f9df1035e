import { type AccountRef, accountKey } from '../model/account.ts'
import { hashOf } from '../model/canonical.ts'
import { isSettled, type Outcome } from '../model/intent.ts'
import type { ChangeDecision, PlanId, PlanTerms } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { HOUR_MS, later } from '../units/calendar.ts'
import { zero } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import { failureText } from './failure-text.ts'
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

/** What has come of a plan: `open`, it may still be pushed or be under way; `done`, some of it stands; `lost`, nothing does. */
export type Standing =
  | { readonly kind: 'open' }
  | { readonly kind: 'done'; readonly of: string }
  | { readonly kind: 'lost'; readonly why: string }

const UNSENT = 'another plan replaced it, its time ran out, or it was dropped: the audit says which'

export async function planStands(id: PlanId, account: AccountRef, loop: Loop): Promise<Standing> {
  const header = await loop.plans.header(id)
  if (!header) return { kind: 'lost', why: UNSENT }
  const progress = await loop.plans.progress(id)
  const isThrough = header.accounts.every((one) => (progress?.cursors[one.account] ?? 0) >= one.chunks.length)
  if (!isThrough && header.approval.kind === 'approved' && loop.clock.now() < header.expiresAt) return { kind: 'open' }
  const records = await loop.money.intents(account, id)
  const standing = records.filter(({ outcome }) => standsOrMay(outcome))
  if (standing.some(({ outcome }) => !isSettled(outcome))) return { kind: 'open' }
  const of = header.counts.cuts + header.counts.raises
  if (standing.length > 0) return { kind: 'done', of: `${standing.length} of ${of}` }
  return { kind: 'lost', why: records.map(({ outcome }) => notSentText(outcome)).find((why) => why) ?? UNSENT }
}

const standsOrMay = (outcome: Outcome | undefined): boolean =>
  !isSettled(outcome) || outcome?.kind === 'already-there' || (outcome?.kind === 'applied' && isVerified(outcome))

const isVerified = ({ readback }: Extract<Outcome, { kind: 'applied' }>): boolean => readback.kind === 'verified'

function notSentText(outcome: Outcome | undefined): string | undefined {
  switch (outcome?.kind) {
    case 'refused':
      return `the platform refused it (${failureText(outcome.failure)})`
    case 'applied':
      return 'the platform stored another value'
    case 'drifted':
      return 'somebody had moved it meanwhile'
    case 'frozen':
      return outcome.freeze
    default:
      return undefined
  }
}
