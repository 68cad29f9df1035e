import type { AccountRef } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Lever, LeverValue, LiveLever } from '../../model/lever.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { money } from '../../units/money.ts'
import { type Customer, ownAccount } from './account.ts'
import { asFloat32 } from './amounts.ts'
import { isLifetime } from './budgets.ts'
import { type CriterionNow, criterionId, dimensionOf } from './criteria.ts'
import { deviceOf } from './devices.ts'
import { type Now, readNow, type Wanted } from './lever-rows.ts'
import type { GoogleAdsRest } from './rest.ts'
import { type Targets, targetPlace } from './strategies.ts'

const ids = (levers: readonly Lever[], of: (lever: Lever) => boolean) => levers.filter(of).map(({ id }) => id)

const wantedBy = (levers: readonly Lever[]): Wanted => ({
  budgets: ids(levers, ({ entity }) => entity === 'budget'),
  campaigns: ids(levers, ({ entity }) => entity === 'campaign'),
  strategies: ids(levers, ({ entity }) => entity === 'portfolio-strategy'),
  adGroups: ids(levers, ({ entity }) => entity === 'ad-group'),
  ...criteriaOf(levers),
})

/** What is wanted to know how the multipliers among these levers stand. */
export const criteriaOf = (levers: readonly Lever[]): Pick<Wanted, 'devices' | 'criteria'> => ({
  devices: ids(levers, ({ entity, kind, device }) => entity === 'campaign' && kind === 'bid-multiplier' && !!device),
  criteria: levers.flatMap(({ criterion }) => criterion?.id ?? []),
})

const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })

function budgetValue({ kind, id }: Lever, now: Now, currency: CurrencyCode): LeverValue | undefined {
  const budget = now.budgets.get(id)
  if (budget?.status !== 'ENABLED' || isLifetime(budget) !== (kind === 'lifetime-budget')) return undefined
  const amount = kind === 'lifetime-budget' ? budget.totalAmountMicros : budget.amountMicros
  return amount === undefined ? undefined : { kind: 'money', amount: money(amount, currency) }
}

function statusValue(status: string | undefined): LeverValue | undefined {
  if (status === 'ENABLED') return { kind: 'status', status: 'active' }
  return status === 'PAUSED' ? { kind: 'status', status: 'paused' } : undefined
}

function targetValue(kind: Lever['kind'], type: string, of: Targets, currency: CurrencyCode): LeverValue | undefined {
  const place = targetPlace(type, of)
  if (place?.kind !== kind || place.value === undefined) return undefined
  return typeof place.value === 'number' ? ratio(place.value) : { kind: 'money', amount: money(place.value, currency) }
}

function campaignTarget({ kind, id }: Lever, now: Now, currency: CurrencyCode): LeverValue | undefined {
  const campaign = now.campaigns.get(id)
  // Under a portfolio strategy the target is the portfolio's lever.
  if (!campaign || campaign.status === 'REMOVED' || campaign.biddingStrategy !== undefined) return undefined
  return targetValue(kind, campaign.biddingStrategyType, campaign, currency)
}

function adGroupTarget({ kind, id }: Lever, now: Now, currency: CurrencyCode): LeverValue | undefined {
  const adGroup = now.adGroups.get(id)
  if (!adGroup || adGroup.status === 'REMOVED') return undefined
  if (kind === 'target-roas') return adGroup.targetRoas ? ratio(adGroup.targetRoas) : undefined
  return adGroup.targetCpaMicros ? { kind: 'money', amount: money(adGroup.targetCpaMicros, currency) } : undefined
}

function portfolioTarget({ kind, id }: Lever, now: Now, currency: CurrencyCode): LeverValue | undefined {
  const strategy = now.strategies.get(id)
  return strategy && strategy.status !== 'REMOVED' ? targetValue(kind, strategy.type, strategy, currency) : undefined
}

/** The criterion that a multiplier is the modifier of, where the campaign has it. */
export const criterionFor = ({ id, device, criterion }: Lever, now: Now): CriterionNow | undefined =>
  now.criteria
    .get(id)
    ?.map(({ campaignCriterion }) => campaignCriterion)
    .find((one) =>
      criterion
        ? criterionId(one.resourceName) === criterion.id && dimensionOf(one.type) === criterion.dimension
        : deviceOf(one.device?.type) === device,
    )

/**
 * A device that has no criterion stands at 1, unchanged, as does any criterion without a modifier; a place, part of the
 * week or audience that the campaign does not list has none.
 */
function multiplierValue(lever: Lever, now: Now): LeverValue | undefined {
  const campaign = now.campaigns.get(lever.id)
  const found = criterionFor(lever, now)
  if (campaign === undefined || campaign.status === 'REMOVED' || (!found && lever.device === undefined))
    return undefined
  return ratio(asFloat32(found?.bidModifier ?? 1))
}

function liveValue(lever: Lever, now: Now, currency: CurrencyCode): LeverValue | undefined {
  switch (`${lever.entity}/${lever.kind}`) {
    case 'budget/daily-budget':
    case 'budget/lifetime-budget':
      return budgetValue(lever, now, currency)
    case 'campaign/status':
      return statusValue(now.campaigns.get(lever.id)?.status)
    case 'ad-group/status':
      return statusValue(now.adGroups.get(lever.id)?.status)
    case 'campaign/target-cpa':
    case 'campaign/target-roas':
      return campaignTarget(lever, now, currency)
    case 'ad-group/target-cpa':
    case 'ad-group/target-roas':
      return adGroupTarget(lever, now, currency)
    case 'portfolio-strategy/target-cpa':
    case 'portfolio-strategy/target-roas':
      return portfolioTarget(lever, now, currency)
    case 'campaign/bid-multiplier':
      return multiplierValue(lever, now)
    default:
      return undefined
  }
}

/** The present values of these levers, in order: one query for each kind of entity among them. @throws PlatformError */
export async function readLive(
  rest: GoogleAdsRest,
  account: AccountRef,
  { currency }: Customer,
  levers: readonly Lever[],
): Promise<readonly LiveLever[]> {
  const id = ownAccount(account)
  const foreign = levers.find((lever) => lever.account.id !== id || lever.account.platform !== account.platform)
  if (foreign) {
    const detail = `lever ${foreign.kind} of ${foreign.account.platform}:${foreign.account.id} is not of ${id}`
    throw new PlatformError({ kind: 'rejected', code: 'WRONG_ACCOUNT', detail })
  }
  const now = await readNow(rest, id, wantedBy(levers))
  return levers.map((lever) => ({ lever, value: liveValue(lever, now, currency) }))
}
