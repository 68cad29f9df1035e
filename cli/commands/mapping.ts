import { type AccountKey, type AccountRef, accountKey } from '../../lib/model/account.ts'
import { messageText } from '../../lib/model/foreign-text.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import {
  agreement,
  type Counted,
  type Difference,
  meant,
  mutualDifferences,
  ownDifferences,
} from './mapping-differences.ts'
import { versionsOf } from './versions.ts'

interface Mapping {
  readonly portfolio: string
  readonly accounts: readonly Counted[]
  readonly differences: readonly Difference[]
}

/**
 * What is counted as a conversion in each account, by the policy and by the platform, and where that differs.
 *
 * @returns failed when a counted action does not exist, or a platform could not be asked
 * @throws Error when there is no such portfolio or no policy
 */
export async function mapping(
  portfolio: string | undefined,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const versions = await versionsOf(portfolio, deployment.desk)
  const platforms = await deployment.platforms()
  const mappings = await Promise.all(versions.map((version) => mappingOf(version, platforms, deployment)))
  screen.print(mappings.map((one) => mappingText(one, screen.paint)).join('\n\n'))
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'mapping', portfolios: mappings.map(mappingJson) })
  const isBroken = mappings.some(
    ({ accounts, differences }) =>
      accounts.some(({ why }) => why !== undefined && !isImport(why)) ||
      differences.some(({ kind }) => kind === 'action-missing'),
  )
  return isBroken ? EXIT.failed : EXIT.done
}

const IMPORTED = 'imported from files: no platform is asked'
const isImport = (why: string): boolean => why === IMPORTED

async function mappingOf(
  { policy }: PolicyVersion,
  platforms: PlatformRegistry,
  { desk }: Deployment,
): Promise<Mapping> {
  const accounts = await Promise.all(
    policy.accounts.map(async ({ account, conversions }): Promise<Counted> => {
      const counted = { account: accountKey(account), rule: conversions }
      if ((await desk.facts.structure(account))?.source === 'import')
        return { ...counted, actions: undefined, why: IMPORTED }
      return { ...counted, ...(await actionsOf(account, platforms)) }
    }),
  )
  return {
    portfolio: policy.portfolio,
    accounts,
    differences: [...accounts.flatMap(ownDifferences), ...mutualDifferences(accounts)],
  }
}

async function actionsOf(account: AccountRef, platforms: PlatformRegistry): Promise<Pick<Counted, 'actions' | 'why'>> {
  try {
    const { conversionActions } = platforms(account.platform).reader
    if (!conversionActions) return { actions: undefined, why: 'its adapter does not list conversion actions' }
    return { actions: await conversionActions(account) }
  } catch (error) {
    return { actions: undefined, why: messageText(error instanceof Error ? error.message : String(error)) }
  }
}

function mappingText({ portfolio, accounts, differences }: Mapping, paint: Paint): string {
  const head = ['account', 'counted', 'click', 'view', 'put on', 'platform’s own', 'bid for', 'others there']
  const unasked = accounts.flatMap(({ account, why }) => (why === undefined ? [] : [`${account}: ${why}`]))
  return [
    paint.bold(`Portfolio ${portfolio}`),
    table(head, accounts.map(row)),
    ...unasked.map((line) => `  not compared: ${line}`),
    ...(differences.length === 0 ? [`  ${agreement(accounts)}`] : ['  Differences:']),
    ...differences.flatMap(({ says, means }) => [`  - ${says}`, `    ${paint.dim(means)}`]),
  ].join('\n')
}

const row = (counted: Counted): readonly string[] => {
  const { account, rule, actions } = counted
  const action = meant(counted)
  const others = (actions ?? []).filter((one) => one !== action).map((one) => one.action)
  return [
    account,
    rule.action,
    `${rule.clickWindowDays} d`,
    `${rule.viewWindowDays} d`,
    rule.basis,
    action
      ? `${first(action.clickWindowDays)} click, ${first(action.viewWindowDays)} view, ${action.basis}`
      : 'unknown',
    action?.isBidFor === undefined ? 'unknown' : action.isBidFor ? 'yes' : 'no',
    others.length === 0
      ? 'none'
      : `${others.slice(0, 3).join(', ')}${others.length > 3 ? `, ${others.length - 3} more` : ''}`,
  ]
}

const first = ([days]: readonly number[]): string => (days === undefined ? '?' : `${days} d`)

const mappingJson = ({ portfolio, accounts, differences }: Mapping) => ({
  portfolio,
  accounts: accounts.map((counted) => ({
    account: counted.account satisfies AccountKey,
    counted: counted.rule,
    platform: meant(counted) ?? null,
    actions: counted.actions ?? null,
    notCompared: counted.why ?? null,
  })),
  differences,
})
