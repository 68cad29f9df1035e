/**
 * Every key in the three tables. docs/data-model.md describes them for readers outside; a change here is a change there.
 */
import type { AccountKey, AccountRef, AdGroupId, CampaignId, PortfolioId } from '../model/account.ts'
import { accountKey } from '../model/account.ts'
import type { AlertId } from '../model/alert.ts'
import type { FreezeScope } from '../model/freeze.ts'
import type { IntentId } from '../model/intent.ts'
import type { LeverKey } from '../model/lever.ts'
import type { PlanId } from '../model/plan.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import type { Key } from './attributes.ts'

/** Sorts after every character that follows a prefix in a key of ours. */
export const LAST = '~'

/** Always with milliseconds, so that text order is time order. */
export const sortableInstant = (at: Instant): string => new Date(at).toISOString()
/** Chunk and record numbers, padded so that text order is number order. */
const padded = (index: number, width: number): string => index.toString().padStart(width, '0')

export const accountPk = (account: AccountRef): string => `ACCOUNT#${accountKey(account)}`
export const portfolioPk = (portfolio: PortfolioId): string => `PORTFOLIO#${portfolio}`
export const planPk = (plan: PlanId): string => `PLAN#${plan}`
export const chainPk = (chain: string): string => `CHAIN#${chain}`

// Control: policy
export const PORTFOLIOS_PK = 'PORTFOLIOS'
export const portfolioKey = (portfolio: PortfolioId): Key => ({ pk: PORTFOLIOS_PK, sk: portfolio })
export const policyKey = (portfolio: PortfolioId, version: string): Key => ({
  pk: portfolioPk(portfolio),
  sk: `POLICY#${version}`,
})

// Control: money
export const LEVER_PREFIX = 'LEVER#'
/** The part of a lever's key after its account. @throws RangeError when the lever is another account's */
function withinAccount(account: AccountRef, lever: LeverKey): string {
  const prefix = `${accountKey(account)}/`
  if (!lever.startsWith(prefix)) throw new RangeError(`lever ${lever} is not of account ${accountKey(account)}`)
  return lever.slice(prefix.length)
}
export const leverItemKey = (account: AccountRef, lever: LeverKey): Key => ({
  pk: accountPk(account),
  sk: `${LEVER_PREFIX}${withinAccount(account, lever)}`,
})
export const accountDayKey = (account: AccountRef, date: AccountDate): Key => ({
  pk: accountPk(account),
  sk: `LEDGER#${date}`,
})
export const portfolioDayKey = (portfolio: PortfolioId, date: AccountDate): Key => ({
  pk: portfolioPk(portfolio),
  sk: `LEDGER#${date}`,
})
export const INTENT_PREFIX = 'INTENT#'
export const intentPrefix = (plan: PlanId): string => `${INTENT_PREFIX}${plan}#`
/** @throws RangeError when the intent is not `plan/lever` with a lever of the account */
export function intentKey(account: AccountRef, id: IntentId): Key {
  const slash = id.indexOf('/')
  if (slash < 1) throw new RangeError(`intent "${id}" must be plan/lever`)
  const lever = withinAccount(account, id.slice(slash + 1) as LeverKey)
  return { pk: accountPk(account), sk: `${intentPrefix(id.slice(0, slash) as PlanId)}${lever}` }
}
export const COMMIT_PREFIX = 'COMMIT#'
export const commitKey = (token: string): Key => ({ pk: `${COMMIT_PREFIX}${token}`, sk: 'COMMIT' })

// Control: plans
export const headerKey = (plan: PlanId): Key => ({ pk: planPk(plan), sk: 'HEADER' })
export const progressKey = (plan: PlanId): Key => ({ pk: planPk(plan), sk: 'PROGRESS' })
export const CHUNK_PREFIX = 'CHUNK#'
export const HOLDS_PREFIX = 'HOLDS#'
export const chunkKey = (plan: PlanId, account: AccountKey, index: number): Key => ({
  pk: planPk(plan),
  sk: `${CHUNK_PREFIX}${account}#${padded(index, 4)}`,
})
export const holdsKey = (plan: PlanId, index: number): Key => ({
  pk: planPk(plan),
  sk: `${HOLDS_PREFIX}${padded(index, 4)}`,
})
export const PLAN_PREFIX = 'PLAN#'
export const planIndexKey = (portfolio: PortfolioId, madeAt: Instant, plan: PlanId): Key => ({
  pk: portfolioPk(portfolio),
  sk: `${PLAN_PREFIX}${sortableInstant(madeAt)}#${plan}`,
})

// Control: scores
export const SCORE_PREFIX = 'SCORE#'
export const scoreKey = (portfolio: PortfolioId, from: AccountDate, plan: PlanId): Key => ({
  pk: portfolioPk(portfolio),
  sk: `${SCORE_PREFIX}${from}#${plan}`,
})

// Control: freezes, alerts, claims, request limits, chain heads
export const FREEZES_PK = 'FREEZES'
export const freezeKey = (scope: FreezeScope): Key => ({ pk: FREEZES_PK, sk: scope })
export const ALERT_PREFIX = 'ALERT#'
export const alertKey = (account: AccountRef, firstAt: Instant, id: AlertId): Key => ({
  pk: accountPk(account),
  sk: `${ALERT_PREFIX}${sortableInstant(firstAt)}#${id}`,
})
export const claimKey = (key: string): Key => ({ pk: `CLAIM#${key}`, sk: 'CLAIM' })
export const limitsKey = (scope: string): Key => ({ pk: `LIMITS#${scope}`, sk: 'LIMITS' })
export const chainHeadKey = (chain: string): Key => ({ pk: chainPk(chain), sk: 'HEAD' })
/** As far as the chain was compared with the state. */
export const checkpointKey = (chain: string): Key => ({ pk: chainPk(chain), sk: 'CHECK' })

// Audit
export const recordKey = (chain: string, sequence: number): Key => ({ pk: chainPk(chain), sk: padded(sequence, 12) })

// Facts
export const structureKey = (account: AccountRef): Key => ({ pk: accountPk(account), sk: 'STRUCTURE' })
export const intradayKey = (account: AccountRef, date: AccountDate): Key => ({
  pk: accountPk(account),
  sk: `INTRADAY#${date}`,
})
export const partPrefix = ({ sk }: Key, generation: string): string => `${sk}#${generation}#`
export const partKey = (head: Key, generation: string, list: string, index: number): Key => ({
  pk: head.pk,
  sk: `${partPrefix(head, generation)}${list}#${padded(index, 4)}`,
})
export const HISTORY_PREFIX = 'HISTORY#'
const entityText = (campaign: CampaignId, adGroup?: AdGroupId): string =>
  adGroup === undefined ? campaign : `${campaign}#${adGroup}`
export const historyKey = (account: AccountRef, campaign: CampaignId, adGroup?: AdGroupId): Key => ({
  pk: accountPk(account),
  sk: `${HISTORY_PREFIX}${entityText(campaign, adGroup)}`,
})
export const revisionPrefix = (campaign: CampaignId): string => `REVISION#${campaign}#`
export const revisionKey = (
  account: AccountRef,
  campaign: CampaignId,
  readOn: AccountDate,
  adGroup?: AdGroupId,
): Key => ({
  pk: accountPk(account),
  sk: `${revisionPrefix(campaign)}${readOn}${adGroup === undefined ? '' : `#${adGroup}`}`,
})
export const CHANGE_PREFIX = 'CHANGE#'
export const changeKey = (account: AccountRef, at: Instant, hash: string): Key => ({
  pk: accountPk(account),
  sk: `${CHANGE_PREFIX}${sortableInstant(at)}#${hash}`,
})
export const DRIFT_PREFIX = 'DRIFT#'
export const driftKey = (account: AccountRef, seenAt: Instant, lever: LeverKey): Key => ({
  pk: accountPk(account),
  sk: `${DRIFT_PREFIX}${sortableInstant(seenAt)}#${withinAccount(account, lever)}`,
})
export const evidenceKey = (account: AccountRef): Key => ({ pk: accountPk(account), sk: 'EVIDENCE' })
export const ORDERS_PREFIX = 'ORDERS#'
export const orderDayKey = (portfolio: PortfolioId, date: AccountDate): Key => ({
  pk: portfolioPk(portfolio),
  sk: `${ORDERS_PREFIX}${date}`,
})
export const shopOrderKey = (portfolio: PortfolioId, id: string): Key => ({
  pk: `SHOP#${portfolio}#${id}`,
  sk: 'ORDER',
})
export const pullKey = (account: AccountRef): Key => ({ pk: accountPk(account), sk: 'PULL' })
