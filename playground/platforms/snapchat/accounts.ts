import type { World, WorldAccount } from '../../world.ts'
import type { Fields } from './exact.ts'

export const TWIN_ORGANIZATION = '40d6719b-da09-410b-9185-0cc9c0dfed1d'
export const TWIN_APP = { id: '87947032-5fbd-46a7-ba60-073ca8efefbb', name: 'Pretend app' }
export const TWIN_USER = { id: '2f5dd7e6-fcd1-4324-8455-1ea4d96caaaa', email: 'sluice@pretend.example' }
const CREATED = '2024-03-01T09:00:00.000Z'

/** A way to pay, as the organization has it; unless told otherwise a credit card, which leaves the account unlimited. */
export interface FundingSource {
  readonly id: string
  readonly type: 'CREDIT_CARD' | 'LINE_OF_CREDIT' | 'COUPON' | 'PAYPAL'
  readonly status: 'ACTIVE' | 'REDEEMED' | 'SPENT' | 'EXPIRED' | 'DELETED'
  readonly currency?: string
  readonly availableCreditMicros?: bigint
}

export const CARD: FundingSource = { id: '6af02267-372a-41de-84f9-cddc024a183b', type: 'CREDIT_CARD', status: 'ACTIVE' }

function deliveryStatus({ status, spendCapMicros }: WorldAccount, spent: bigint): readonly string[] {
  if (status !== 'active') return ['INVALID_NOT_ACTIVE']
  return spendCapMicros !== undefined && spendCapMicros <= spent ? ['INVALID_REMAINING_AD_ACCOUNT_BUDGET'] : ['VALID']
}

export function renderAccount(account: WorldAccount, funding: readonly FundingSource[]): Fields {
  const { id, name, currency, zone, status, spendCapMicros } = account
  return {
    id,
    updated_at: CREATED,
    created_at: CREATED,
    name,
    type: 'PARTNER',
    status: status === 'active' ? 'ACTIVE' : 'INACTIVE',
    organization_id: TWIN_ORGANIZATION,
    funding_source_ids: funding.map((one) => one.id),
    currency,
    timezone: zone,
    advertiser_organization_id: TWIN_ORGANIZATION,
    billing_type: 'REVOLVING',
    delivery_status: deliveryStatus(account, account.spentMicros()),
    ...(spendCapMicros !== undefined && { lifetime_spend_cap_micro: spendCapMicros }),
  }
}

export const renderFunding = ({ id, type, status, currency, availableCreditMicros }: FundingSource): Fields => ({
  id,
  created_at: CREATED,
  updated_at: CREATED,
  organization_id: TWIN_ORGANIZATION,
  type,
  status,
  ...(currency !== undefined && { currency }),
  ...(availableCreditMicros !== undefined && { available_credit_micro: availableCreditMicros }),
})

export const snapAccounts = (world: World): readonly WorldAccount[] =>
  world.accounts.filter(({ platform }) => platform === 'snapchat')
