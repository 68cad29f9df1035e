import type { AccountKey } from '../../lib/model/account.ts'
import type { ConversionAction } from '../../lib/model/conversion-action.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'

/** What is counted in an account by its policy's rule, and what its platform has. */
export interface Counted {
  readonly account: AccountKey
  readonly rule: ConversionRule
  /** Undefined where the platform was not asked, or did not answer. */
  readonly actions: readonly ConversionAction[] | undefined
  readonly why?: string
}

export interface Difference {
  readonly kind:
    | 'action-missing'
    | 'not-bid-for'
    | 'window-not-offered'
    | 'window-not-bid-by'
    | 'basis-not-offered'
    | 'actions-differ'
    | 'click-windows-differ'
    | 'view-windows-differ'
    | 'bases-differ'
  readonly accounts: readonly AccountKey[]
  readonly says: string
  /** What it does to the figures. */
  readonly means: string
}

/** The action that a rule means; several may go by one name, of which what is bid for is likelier. */
export function meant({ rule, actions }: Counted): ConversionAction | undefined {
  const found = actions?.filter(({ action, name, id }) => [action, name, id].includes(rule.action)) ?? []
  return found.find(({ isBidFor }) => isBidFor) ?? found[0]
}

/** What is said where there is no difference: not of accounts whose platforms told nothing to compare with. */
export function agreement(accounts: readonly Counted[]): string {
  const compared = accounts.filter(({ actions }) => actions !== undefined)
  if (compared.length === accounts.length) return 'No differences.'
  if (compared.length > 0) return 'No differences in what was compared.'
  const nothing = 'Nothing was compared with a platform.'
  return accounts.length > 1 ? `${nothing} Between the accounts there are no differences.` : nothing
}

/** Where one account's rule and its platform differ. */
export function ownDifferences(counted: Counted): readonly Difference[] {
  const { account, rule, actions } = counted
  if (!actions) return []
  const action = meant(counted)
  const one = (kind: Difference['kind'], says: string, means: string): Difference => ({
    kind,
    accounts: [account],
    says: `${account}: ${says}`,
    means,
  })
  if (!action) {
    const known = actions.map((each) => each.action).slice(0, 8)
    return [
      one(
        'action-missing',
        `"${rule.action}" is not among its conversion actions (${known.join(', ') || 'there are none'})`,
        'nothing is counted there, so that every campaign looks worthless: name one of these in the policy',
      ),
    ]
  }
  return [
    ...(action.isBidFor === false
      ? [
          one(
            'not-bid-for',
            `"${rule.action}" is counted, and the platform does not bid for it`,
            'money is moved by one action while the platform looks for people who do another: what is counted follows by chance only',
          ),
        ]
      : []),
    ...windowDifferences('click', rule.clickWindowDays, action.clickWindowDays, one),
    ...windowDifferences('view', rule.viewWindowDays, action.viewWindowDays, one),
    ...(isBasisOffered(rule.basis, action.basis)
      ? []
      : [
          one(
            'basis-not-offered',
            `counts by ${rule.basis}, and the platform counts by ${action.basis}`,
            'conversions lie on other days than the policy takes them to lie on: pulls are refused, or delays are estimated wrongly',
          ),
        ]),
  ]
}

/** Google Ads can report by the day of the conversion as well as by that of the click. */
const isBasisOffered = (wanted: ConversionRule['basis'], offered: ConversionAction['basis']): boolean =>
  wanted === offered || (wanted === 'conversion' && offered === 'click')

function windowDifferences(
  kind: 'click' | 'view',
  wanted: number,
  offered: readonly number[],
  one: (kind: Difference['kind'], says: string, means: string) => Difference,
): readonly Difference[] {
  const [own] = offered
  if (own === undefined || own === wanted) return []
  if (!offered.includes(wanted))
    return [
      one(
        'window-not-offered',
        `counts ${wanted} days after a ${kind}, and the platform counts ${offered.join(', ')}`,
        'pulls are refused until one of the two is changed',
      ),
    ]
  return [
    one(
      'window-not-bid-by',
      `counts ${wanted} days after a ${kind}, and the platform's own setting is ${own}`,
      wanted < own
        ? 'the platform bids for conversions that are not counted here: it looks dearer than on its own screens'
        : 'conversions are counted here that the platform does not bid for: it looks cheaper than on its own screens',
    ),
  ]
}

/** Where the rules of accounts that compete for one budget differ from each other. */
export function mutualDifferences(all: readonly Counted[]): readonly Difference[] {
  return [
    ...differing(all, 'actions-differ', ({ action }) => `"${action}"`, 'counted actions differ', ACTIONS_MEAN),
    ...differing(
      all,
      'click-windows-differ',
      ({ clickWindowDays }) => daysText(clickWindowDays),
      'windows after a click differ',
      'the longer one counts sales that come late and sales that would have come anyway: its accounts look cheaper by that',
    ),
    ...differing(
      all,
      'view-windows-differ',
      ({ viewWindowDays }) => daysText(viewWindowDays),
      'windows after a view differ',
      'a sale after a mere view is the weakest evidence that there is: accounts that count them look cheaper by that',
    ),
    ...differing(
      all,
      'bases-differ',
      ({ basis }) => basis,
      'days that conversions are put on differ',
      'what is put on the day of the click still grows for weeks, what is put on the day of the conversion does not: compare finished days only',
    ),
  ]
}

const ACTIONS_MEAN =
  'each platform has its own names; see that they stand for the same thing, or cheap actions are bought in the place of dear ones'

const daysText = (days: number): string => (days === 0 ? 'none' : `${days} ${days === 1 ? 'day' : 'days'}`)

function differing(
  all: readonly Counted[],
  kind: Difference['kind'],
  by: (rule: ConversionRule) => string,
  what: string,
  means: string,
): readonly Difference[] {
  const groups = Map.groupBy(all, ({ rule }) => by(rule))
  if (groups.size < 2) return []
  const parts = [...groups].map(([value, ones]) => `${value} (${ones.map(({ account }) => account).join(', ')})`)
  return [{ kind, accounts: all.map(({ account }) => account), says: `${what}: ${parts.join('; ')}`, means }]
}
