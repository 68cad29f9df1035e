import type { KillTarget } from '../../lib/control/kill.ts'
import { type AccountRef, accountKey, parseAccountKey } from '../../lib/model/account.ts'
import type { FreezeScope } from '../../lib/model/freeze.ts'
import { memberOf } from '../../lib/model/membership.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure, Campaign } from '../../lib/model/structure.ts'
import { dateAt } from '../../lib/units/calendar.ts'
import type { Reach } from '../config/config.ts'

/** What is to be paused, as far as these policies and connections say. Empty where nothing says it. */
export function targetsOf(
  scope: FreezeScope,
  versions: readonly PolicyVersion[],
  { connections }: Pick<Reach, 'connections'>,
  everyCampaign: boolean,
): readonly KillTarget[] {
  const [kind, account = '', campaign = ''] = scope.split('/')
  if (kind === 'campaign') return [{ kind: 'campaigns', account: parseAccountKey(account), ids: [campaign] }]
  const policies = versions.map(({ policy }) => policy)
  const connected = connections.flatMap((one) => (isPattern(one.account) ? [] : [parseAccountKey(one.account)]))
  const named = kind === 'account' ? [parseAccountKey(account)] : []
  const known = [...accountsOf(policies), ...(everyCampaign ? [...connected, ...named] : [])]
  const meant = new Map(known.filter((one) => isIn(scope, one)).map((one) => [accountKey(one), one]))
  return [...meant.values()].map((one) => ({
    kind: 'account',
    account: one,
    chosen: chosenBy(policies, one, everyCampaign),
  }))
}

/** Connections in the scope of which no policy names an account: whether something of ours runs there nobody knows here. */
export function unknownIn(
  scope: FreezeScope,
  versions: readonly PolicyVersion[],
  { connections }: Pick<Reach, 'connections'>,
): readonly string[] {
  const known = accountsOf(versions.map(({ policy }) => policy))
  const covers = (pattern: string): boolean =>
    known.some((account) => accountKey(account) === pattern || `${account.platform}:*` === pattern)
  return connections
    .map(({ account }) => account)
    .filter((pattern) => scope === 'everything' || scope === `platform/${pattern.split(':')[0]}`)
    .filter((pattern) => !covers(pattern))
}

const isPattern = (account: string): boolean => account.endsWith(':*')

const accountsOf = (policies: readonly Policy[]): readonly AccountRef[] =>
  policies.flatMap((policy) => policy.accounts.map(({ account }) => account))

const isIn = (scope: FreezeScope, account: AccountRef): boolean =>
  scope === 'everything' || scope === `platform/${account.platform}` || scope === `account/${accountKey(account)}`

/** What a policy only counts (`managed: false`) is not ours to pause. */
const chosenBy =
  (policies: readonly Policy[], account: AccountRef, everyCampaign: boolean) =>
  (campaign: Campaign, { zone, readAt }: AccountStructure): boolean =>
    everyCampaign ||
    policies.some((policy) => memberOf(policy, account, campaign, dateAt(readAt, zone))?.managed === true)
