import type { ImportedAccount } from '../../lib/imports/import-account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { reportComplaint, structureComplaint } from './oracle.ts'

/** What is wrong with an account that was read from files. @param to the last day that was over */
export function importComplaint(
  { structure, rows, currency }: ImportedAccount,
  to: string,
  rule: ConversionRule,
): string | undefined {
  const query = { from: accountDate('1900-01-01'), to: accountDate(to), grain: 'day' as const, rules: [rule] }
  const report = { account: structure.account, query, rows, accountSpend: new Map() }
  return (
    structureComplaint(structure) ??
    reportComplaint(report as unknown as Parameters<typeof reportComplaint>[0], currency, [rule]) ??
    ownersComplaint({ structure, rows })
  )
}

/** Every figure is of a campaign that is listed, and every budget of those that draw from it. */
function ownersComplaint({ structure, rows }: Pick<ImportedAccount, 'structure' | 'rows'>): string | undefined {
  const campaigns = new Set(structure.campaigns.map(({ id }) => id))
  const ofGroup = new Map(structure.adGroups.map(({ id, campaign }) => [id, campaign]))
  const budgets = new Map(structure.budgets.map((one) => [one.id, one]))
  for (const { campaign, adGroup } of rows) {
    if (!campaigns.has(campaign)) return `figures are of campaign ${campaign}, which is not listed`
    if (adGroup !== undefined && ofGroup.get(adGroup) !== campaign)
      return `figures of ad group ${adGroup} are of campaign ${campaign}, and it is listed under ${ofGroup.get(adGroup)}`
  }
  for (const { id, budget } of structure.campaigns) {
    const holder = budget === undefined ? undefined : budgets.get(budget)
    if (holder && (holder.owner === 'ad-group' || !holder.campaigns.includes(id)))
      return `budget ${holder.id} of campaign ${id} is another's`
  }
  return undefined
}
