import { type Connection, connectionFor } from '../../functions/composition/connections.ts'
import { type AccountRef, accountKey, parseAccountKey } from '../../lib/model/account.ts'
import { messageText } from '../../lib/model/foreign-text.ts'
import type { Policy } from '../../lib/model/policy.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { PlatformReader, PlatformRegistry } from '../../lib/ports/platform.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { type Deployment, openDeployment, platformsOf, secretsOf } from '../config/deployment.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import {
  type Finding,
  failureFinding,
  healthFindings,
  pullFinding,
  rateFinding,
  untoldFindings,
  type Wanted,
} from './doctor-findings.ts'
import { countedFindings } from './doctor-limits.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { ratesStanding } from './rates-standing.ts'

/**
 * Looks at everything that Sluice stands on, changes nothing, and says what to do about what is amiss. Each part is looked
 * at by itself: tables that cannot be reached keep no connection from being looked at.
 *
 * @returns failed when something keeps Sluice from working; done with warnings
 * @throws Error when the configuration itself cannot be read
 */
export async function doctor(configFile: string, clock: Clock, screen: Screen): Promise<ExitCode> {
  const config = await loadConfig(configFile)
  const opened = await openDeployment(config, clock, screen).catch((error: unknown) => error)
  const deployment = opened instanceof Error ? undefined : (opened as Deployment)
  try {
    const findings = [
      tablesFinding(config, opened),
      ...(await secretFindings(config, clock)),
      ...(await accountFindings(config, clock, deployment)),
      ...(deployment ? await rateFindings(deployment) : []),
    ]
    return told(findings, screen)
  } finally {
    await deployment?.close()
  }
}

function tablesFinding({ tables }: Config, opened: unknown): Finding {
  const about = { subject: 'tables', check: 'tables' } as const
  const where = `${tables.prefix}-control, -facts and -audit`
  if (!(opened instanceof Error)) return { ...about, level: 'ok', says: `${where} answer` }
  const remedy = 'start "sluice engine", or see that the AWS credentials of this shell may use the tables'
  return { ...about, level: 'failure', says: messageText(opened.message), remedy }
}

async function secretFindings(config: Config, clock: Clock): Promise<readonly Finding[]> {
  const secrets = await secretsOf(config, clock)
  const names = [...new Set(config.connections.map(({ secret }) => secret))]
  return Promise.all(
    names.map(async (name): Promise<Finding> => {
      const about = { subject: `secret ${name}`, check: 'secret' } as const
      try {
        await secrets.read(name)
        return { ...about, level: 'ok', says: 'can be read' }
      } catch (error) {
        const says = messageText(error instanceof Error ? error.message : 'cannot be read')
        return { ...about, level: 'failure', says, remedy: 'store it as JSON, and see that it may be read from here' }
      }
    }),
  )
}

/** Accounts that policies name, and those that have connections of their own. */
async function accountFindings(
  config: Config,
  clock: Clock,
  deployment: Deployment | undefined,
): Promise<readonly Finding[]> {
  const policies = deployment ? (await deployment.desk.policies.all()).map(({ policy }) => policy) : []
  const named = [
    ...policies.flatMap(({ accounts }) => accounts.map(({ account }) => account)),
    ...config.connections
      .filter(({ account }) => !account.endsWith(':*'))
      .map(({ account }) => parseAccountKey(account)),
  ]
  const accounts = new Map(named.map((account) => [accountKey(account), account]))
  const platforms = await (deployment?.platforms() ?? platformsOf(config, clock))
  const found = await Promise.all(
    [...accounts.values()].map((account) =>
      accountFinding(account, { config, clock, deployment, policies, platforms }),
    ),
  )
  return [...found.flat(), ...config.connections.flatMap((connection) => unaskedFinding(connection, accounts.keys()))]
}

/** A connection for all accounts of a platform is only known by its accounts. */
function unaskedFinding({ account }: Connection, asked: Iterable<string>): readonly Finding[] {
  const platform = account.replace(/\*$/, '')
  if (!account.endsWith(':*') || [...asked].some((key) => key.startsWith(platform))) return []
  const says = 'no policy names an account of it, so that nothing was asked'
  const remedy = 'store a policy with "sluice policy put", or name one account in the connections'
  return [{ level: 'warning', subject: account, check: 'connection', says, remedy }]
}

interface Surroundings {
  readonly config: Config
  readonly clock: Clock
  readonly deployment: Deployment | undefined
  readonly policies: readonly Policy[]
  readonly platforms: PlatformRegistry
}

async function accountFinding(account: AccountRef, around: Surroundings): Promise<readonly Finding[]> {
  const { clock, deployment, platforms, config } = around
  const subject = accountKey(account)
  const now = clock.now()
  const facts = deployment?.desk.facts
  if ((await facts?.structure(account))?.source === 'import')
    return [{ level: 'ok', subject, check: 'connection', says: 'was imported from files, and is read-only' }]
  const pulled = facts ? [pullFinding(subject, (await facts.pullStatus(account))?.structureAt, now)] : []
  try {
    const { secret } = connectionFor(config.connections, account)
    const wanted = { subject, secret, isPushed: isPushed(account, around), now }
    const findings = await readFindings(platforms(account.platform).reader, account, wanted).catch((error: unknown) => [
      failureFinding(error, wanted),
    ])
    // What keeps this from being told, tables or an access level that nobody knows, is told of by itself.
    const counted = deployment
      ? await countedFindings(deployment.limits, config.connections, account, now).catch(() => [])
      : []
    return [...findings, ...counted, ...pulled]
  } catch (error) {
    return [failureFinding(error, { subject, secret: 'of its connection' }), ...pulled]
  }
}

/** An adapter that tells nothing of its connection is asked for what every one can be asked for. */
const readFindings = async (
  reader: PlatformReader,
  account: AccountRef,
  wanted: Wanted,
): Promise<readonly Finding[]> =>
  reader.health
    ? healthFindings(await reader.health(account), wanted)
    : untoldFindings(await reader.structure(account), wanted)

const isPushed = (account: AccountRef, { policies }: Surroundings): boolean =>
  policies.some(
    ({ mode, accounts }) =>
      (mode === 'approve' || mode === 'auto') &&
      accounts.some((one) => accountKey(one.account) === accountKey(account)),
  )

async function rateFindings(deployment: Deployment): Promise<readonly Finding[]> {
  try {
    return (await ratesStanding(deployment)).map(rateFinding)
  } catch (error) {
    const says = messageText(error instanceof Error ? error.message : String(error))
    const remedy = 'run "sluice rates fetch", or put the rates file right'
    return [{ level: 'failure', subject: 'rates', check: 'rates', says, remedy }]
  }
}

function told(findings: readonly Finding[], screen: Screen): ExitCode {
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length
  const [failures, warnings] = [count('failure'), count('warning')]
  screen.print(doctorText(findings, screen.paint))
  screen.print(`\n${summary(failures, 'failure')}, ${summary(warnings, 'warning')}.`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'doctor', failures, warnings, findings })
  return failures > 0 ? EXIT.failed : EXIT.done
}

const summary = (n: number, one: string): string => `${n === 0 ? 'no' : n} ${one}${n === 1 ? '' : 's'}`

const MARKS = { ok: 'ok      ', warning: 'warning ', failure: 'FAILS   ' } as const

export function doctorText(findings: readonly Finding[], paint: Paint): string {
  const bySubject = Map.groupBy(findings, ({ subject }) => subject)
  return [...bySubject]
    .flatMap(([subject, ones]) => [paint.bold(subject), ...ones.flatMap((one) => lines(one, paint))])
    .join('\n')
}

function lines({ level, check, says, remedy }: Finding, paint: Paint): readonly string[] {
  const mark = level === 'ok' ? paint.good(MARKS[level]) : paint.bad(MARKS[level])
  return [`  ${mark}${check.padEnd(12)}${says}`, ...(remedy === undefined ? [] : [`${' '.repeat(22)}→ ${remedy}`])]
}
