import type { AccountId } from '../../model/account.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import type { Customer } from './account.ts'
import { knownUnit } from './currencies.ts'
import type { GoogleAdsRest } from './rest.ts'
import { type CampaignRow, currencyRow, QUERIES } from './structure-rows.ts'

function statusBlocker({ status }: Customer): readonly WriteBlocker[] {
  if (status === 'ENABLED') return []
  const detail = `customer.status is ${status}: put the account right in Google Ads before anything can be changed`
  return [{ code: `CUSTOMER_${status}`, detail }]
}

/** One undeclared campaign makes Google refuse every mutate of the account. */
function declarationBlocker(rows: readonly CampaignRow[]): readonly WriteBlocker[] {
  const missing = rows.filter(
    ({ campaign }) => campaign.status !== 'REMOVED' && campaign.missingEuPoliticalAdvertisingDeclaration,
  )
  if (missing.length === 0) return []
  const names = missing.slice(0, 3).map(({ campaign }) => campaign.name)
  const detail =
    `${missing.length} campaigns (${names.join(', ')}${missing.length > 3 ? ', …' : ''}) do not declare whether they ` +
    'contain EU political advertising: declare it in Google Ads, for the account or campaign by campaign'
  return [{ code: 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', detail }]
}

/** Amounts are rounded by our table; Google's live value says whether the table still holds. */
async function unitBlocker(rest: GoogleAdsRest, account: AccountId, customer: Customer) {
  const [row] = await rest.rows(account, QUERIES.billableUnit(customer.currency), currencyRow)
  const live = row?.currencyConstant.billableUnitMicros
  const known = knownUnit(customer.currency)
  if (known !== undefined && live && known % live === 0n) return []
  const detail =
    `the billable unit of ${customer.currency} is ${live ?? 'not listed'} at Google Ads and ${known ?? 'missing'} in ` +
    'currencies.ts: correct the table'
  return [{ code: 'BILLABLE_UNIT_MISMATCH', detail }]
}

/** What would make every write of the account fail. @throws PlatformError */
export const blockersOf = async (
  rest: GoogleAdsRest,
  account: AccountId,
  customer: Customer,
  campaigns: readonly CampaignRow[],
): Promise<readonly WriteBlocker[]> => [
  ...statusBlocker(customer),
  ...declarationBlocker(campaigns),
  ...(await unitBlocker(rest, account, customer)),
]
