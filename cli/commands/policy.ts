import { readFile } from 'node:fs/promises'
import type { Loop } from '../../lib/control/loop.ts'
import { ImplausibleRate, MissingRate, NotPulled } from '../../lib/control/observe.ts'
import { makePlan } from '../../lib/control/plan.ts'
import { checkCurrencies } from '../../lib/control/portfolios.ts'
import { mayPush } from '../../lib/control/store-import.ts'
import { amountText } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import { PolicyFileError, readPolicy } from '../../lib/model/policy-file.ts'
import { compare, toDecimal } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'
import { keepPolicy } from '../config/standby.ts'
import type { Screen } from '../terminal/screen.ts'
import { Blocked, EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { capChanges, capsJson, confirmCaps } from './policy-caps.ts'

/** @throws PolicyFileError with every problem of the file */
export async function policyCheck(file: string, screen: Screen): Promise<ExitCode> {
  const version = await load(file)
  screen.print(describe(version, file))
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'policy check', ...summary(version) })
  remark(version.policy, screen)
  return EXIT.done
}

export interface PutOptions {
  readonly by: string
  /** Do not ask about limits that grow much. */
  readonly acceptCaps?: boolean | undefined
}

/**
 * Checks the file against itself and the accounts, shows what it changes in caps, stores it and makes it the portfolio's
 * current policy. What is refused is not stored.
 *
 * @throws PolicyFileError; PolicyCurrency; Blocked; Error where a cap that grows much is not wanted
 */
export async function policyPut(
  file: string,
  { by, acceptCaps = false }: PutOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const version = await load(file)
  const { portfolio, mode } = version.policy
  const { policies } = deployment.desk
  await checkImported(version, deployment)
  await checkMoney(version, deployment.desk)
  const accountsSay = await sayingOf(version, deployment.desk)
  const before = await policies.current(portfolio)
  const caps = capChanges(before?.policy, version.policy)
  await confirmCaps(caps, acceptCaps, screen)
  // For "sluice kill", which may find the tables down. Kept before it is stored: too much is better than nothing.
  await keepPolicy(deployment.config.file, portfolio, await readFile(file, 'utf8')).catch((error: unknown) =>
    screen.warn(`no copy is kept for "sluice kill": ${error instanceof Error ? error.message : String(error)}`),
  )
  await policies.put(version, by, deployment.clock.now())
  const isSame = before?.version === version.version
  screen.print(describe(version, file))
  screen.print(
    isSame ? 'Stored before: nothing changed.' : `Stored by ${by}${before ? `, in place of ${before.version}` : ''}.`,
  )
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'policy put',
    ...summary(version),
    previousVersion: before?.version ?? null,
    stored: !isSame,
    caps: capsJson(caps),
    ...('unknown' in accountsSay ? { notCompared: accountsSay.unknown } : { warnings: accountsSay.warnings }),
  })
  if (before && before.policy.mode !== mode) screen.warn(`mode: ${before.policy.mode} → ${mode}`)
  if (mode === 'auto') screen.warn('mode auto: the daily decisions are pushed without asking anybody')
  remark(version.policy, screen)
  if ('unknown' in accountsSay) screen.tell(`not compared with the accounts: ${accountsSay.unknown}`)
  else for (const warning of accountsSay.warnings) screen.warn(warning)
  return EXIT.done
}

/** @throws PolicyCurrency for a cap or bound in another currency than that of an account that has been read */
async function checkMoney(version: PolicyVersion, { facts }: Loop): Promise<void> {
  for (const { account } of version.policy.accounts) {
    const structure = await facts.structure(account)
    if (structure) checkCurrencies([version], structure)
  }
}

/** What a plan of today would warn of, were it made: groups and budgets that are not there, minimums out of reach. */
async function sayingOf(
  version: PolicyVersion,
  desk: Loop,
): Promise<{ readonly warnings: readonly string[] } | { readonly unknown: string }> {
  // Nobody asks for these inputs again.
  const archive: Loop['archive'] = { ...desk.archive, put: async () => '' }
  try {
    const { plan } = await makePlan(version, 'daily', { ...desk, archive })
    return { warnings: plan.pace?.warnings ?? [] }
  } catch (error) {
    if (!(error instanceof NotPulled || error instanceof MissingRate || error instanceof ImplausibleRate)) throw error
    return { unknown: error.message }
  }
}

/** @throws Blocked where a policy would let be pushed what was only read from files */
async function checkImported({ policy }: PolicyVersion, { desk }: Deployment): Promise<void> {
  if (!mayPush(policy.mode)) return
  for (const { account } of policy.accounts)
    if ((await desk.facts.pullStatus(account))?.source === 'import')
      throw new Blocked(
        `mode ${policy.mode} is refused: ${accountKey(account)} was imported from files, which is read-only; set mode: shadow or mode: observe, or connect the account and read it with "sluice pull ${accountKey(account)}"`,
      )
}

async function load(file: string): Promise<PolicyVersion> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`policy ${file} cannot be read: ${error.code}`)
  })
  const version = readPolicy(text, file)
  const unknown = unknownCurrencies(version.policy)
  if (unknown.length > 0) throw new PolicyFileError(file, unknown)
  return version
}

/** Three capitals are a currency's form; that there is such a currency is checked where a person can still correct it. */
function unknownCurrencies({ baseCurrency, accounts }: Policy): readonly string[] {
  const known = new Set(Intl.supportedValuesOf('currency'))
  const named: readonly (readonly [field: string, code: string | undefined])[] = [
    ['baseCurrency', baseCurrency],
    ...accounts.map(({ dayCap }, i) => [`accounts.${i}.dayCap`, dayCap?.currency] as const),
  ]
  return named
    .filter(([, code]) => code !== undefined && !known.has(code))
    .map(([field, code]) => `${field}: there is no currency "${code}": use an ISO 4217 code, such as EUR`)
}

function describe({ version, policy }: PolicyVersion, file: string): string {
  const { flight, baseCurrency, dayCap } = policy
  return [
    `${file} is a valid policy, version ${version}.`,
    `  portfolio ${policy.portfolio} · mode ${policy.mode} · owner ${policy.owner} · ${baseCurrency} · ${policy.zone}`,
    `  flight ${flight.from} to ${flight.to}, ${amountText(flight.total)} in all; day cap ${dayCap ? amountText(dayCap) : 'none'}`,
    ...policy.accounts.map(
      ({ account, dayCap: cap, conversions }) =>
        `  ${accountKey(account)}: ${conversions.action} within ${conversions.clickWindowDays} days; day cap ${cap ? amountText(cap) : 'none'}`,
    ),
  ].join('\n')
}

function remark({ dayCap, accounts, portfolio, flight }: Policy, screen: Screen): void {
  const caps = [
    ['', dayCap],
    ...accounts.map((one) => [` of ${accountKey(one.account)}`, one.dayCap] as const),
  ] as const
  for (const [whose, cap] of caps)
    if (cap && cap.currency === flight.total.currency && compare(cap, flight.total) > 0)
      screen.warn(
        `dayCap${whose}: ${amountText(cap)} is more than the whole flight may spend, ${amountText(flight.total)}: is there a zero too many?`,
      )
  const without = [
    ...(dayCap ? [] : [`portfolio ${portfolio}`]),
    ...accounts.filter((one) => one.dayCap === undefined).map(({ account }) => `account ${accountKey(account)}`),
  ]
  if (without.length > 0)
    screen.tell(`no day cap for ${without.join(', ')}: nothing is pushed; "sluice plan" proposes caps after a pull`)
}

const summary = ({ version, policy }: PolicyVersion) => ({
  portfolio: policy.portfolio,
  version,
  mode: policy.mode,
  owner: policy.owner,
  baseCurrency: policy.baseCurrency,
  flight: { from: policy.flight.from, to: policy.flight.to, total: toDecimal(policy.flight.total) },
  accounts: policy.accounts.map(({ account }) => accountKey(account)),
  hasCaps: policy.dayCap !== undefined && policy.accounts.every(({ dayCap }) => dayCap !== undefined),
})
