import { type AccountRef, sameAccount } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Lever, LeverValue, LiveLever } from '../../model/lever.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import { adSquadBudget, campaignBudget, type OwnBudget } from './budgets.ts'
import type { Found, Places } from './places.ts'
import { strategyOf } from './strategy.ts'

/** The present value of each lever, in order; `undefined` where the object is gone or has no such lever any more. */
export async function readLive(
  places: Places,
  account: AccountRef,
  levers: readonly Lever[],
  currency: CurrencyCode,
  use: RequestUse = 'read',
): Promise<readonly LiveLever[]> {
  const stranger = levers.find((lever) => !sameAccount(lever.account, account))
  if (stranger) {
    const detail = `lever ${stranger.id} belongs to account ${stranger.account.id}, not to ${account.id}`
    throw new PlatformError({ kind: 'rejected', code: 'wrong-account', detail })
  }
  const found = await places.findAll(account.id, [...new Set(levers.map(({ id }) => id))], use)
  return levers.map((lever) => ({ lever, value: presentValue(lever, found.get(lever.id), currency) }))
}

function presentValue(lever: Lever, found: Found | undefined, currency: CurrencyCode): LeverValue | undefined {
  if (!found) return undefined
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return lever.entity === 'budget' ? budgetValue(lever, ownBudgetOf(found), currency) : undefined
    case 'status':
      return isOf(lever, found) ? statusValue(found) : undefined
    case 'target-cpa':
    case 'target-roas':
    case 'bid':
      return isOf(lever, found) && found.kind === 'adsquad' ? bidValue(lever, found, currency) : undefined
    default:
      return undefined
  }
}

const isOf = ({ entity }: Lever, { kind }: Found): boolean => entity === (kind === 'campaign' ? 'campaign' : 'ad-group')

/** Under smart budgets what an ad squad shows is Snapchat's own division. */
export function ownBudgetOf(found: Found): OwnBudget | undefined {
  if (found.kind === 'campaign') return campaignBudget(found.campaign)
  return found.above.isSmart ? undefined : adSquadBudget(found.adSquad)
}

const budgetValue = ({ kind }: Lever, own: OwnBudget | undefined, currency: CurrencyCode): LeverValue | undefined =>
  own && `${own.period}-budget` === kind ? { kind: 'money', amount: money(own.micros, currency) } : undefined

/** The status that was set, which is what a lever sets: not the effective one, which follows the campaign's. */
function statusValue(found: Found): LeverValue | undefined {
  const { status } = found.kind === 'campaign' ? found.campaign : found.adSquad
  if (status === 'ACTIVE') return { kind: 'status', status: 'active' }
  return status === 'PAUSED' ? { kind: 'status', status: 'paused' } : undefined
}

function bidValue(
  { kind }: Lever,
  { adSquad, above }: Extract<Found, { kind: 'adsquad' }>,
  currency: CurrencyCode,
): LeverValue | undefined {
  if (above.isSmart) return undefined
  const { targetCpa, targetRoas, bid } = strategyOf(adSquad, currency)
  if (kind === 'target-roas') return targetRoas === undefined ? undefined : { kind: 'ratio', value: targetRoas }
  const amount = kind === 'target-cpa' ? targetCpa : bid
  return amount && { kind: 'money', amount }
}
