import type { Loop } from '../../lib/control/loop.ts'
import { backtest as backtestOf } from '../../lib/decide/breakers/backtest.ts'
import type { Recorded } from '../../lib/decide/breakers/past-views.ts'
import { accountKey } from '../../lib/model/account.ts'
import { BREAKERS, type BreakerName } from '../../lib/model/breakers.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { type AccountDate, addDays, dateAt } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { withWideCaps } from './backtest-caps.ts'
import { recordedOf } from './backtest-recorded.ts'
import { type Tried, triedJson, triedText } from './backtest-view.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface BacktestOptions {
  readonly rule?: string | undefined
  readonly days: number
}

/** Shows for each breaker when it would have tripped on what was recorded, and what that would have cost or saved. Changes nothing. */
export async function backtest(
  portfolio: string | undefined,
  { rule, days }: BacktestOptions,
  { desk }: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const rules = rulesAsked(rule)
  const policies = (await desk.policies.all()).filter(
    ({ policy }) => portfolio === undefined || policy.portfolio === portfolio,
  )
  if (policies.length === 0)
    throw new Error(
      portfolio === undefined
        ? 'no policy is stored yet: store one with "sluice policy put policy.yaml"'
        : `there is no portfolio ${portfolio}: see "sluice status"`,
    )
  const tried: Tried[] = []
  for (const version of policies) tried.push(...(await tryPortfolio(version, policies, days, desk, screen)))
  for (const one of tried) screen.print(triedText(one, rules))
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'backtest',
    days,
    accounts: tried.map((one) => triedJson(one, rules)),
  })
  return EXIT.done
}

/** @throws Error when there is no such rule */
function rulesAsked(rule: string | undefined): readonly BreakerName[] {
  if (rule === undefined) return BREAKERS
  const found = BREAKERS.find((name) => name === rule)
  if (!found) throw new Error(`there is no breaker ${rule}: there is ${BREAKERS.join(', ')}`)
  return [found]
}

async function tryPortfolio(
  version: PolicyVersion,
  policies: readonly PolicyVersion[],
  days: number,
  desk: Loop,
  screen: Screen,
): Promise<readonly Tried[]> {
  const recorded: Recorded[] = []
  for (const { account } of version.policy.accounts) {
    const structure = await desk.facts.structure(account)
    if (!structure) screen.warn(`${accountKey(account)} has not been pulled yet: nothing is recorded of it`)
    else recorded.push(await recordedOf(version, policies, structure, firstDay(structure, days, desk), desk))
  }
  return (await withWideCaps(version, recorded, desk)).map((one) => {
    const { account, currency } = one.structure
    const from = firstDay(one.structure, days, desk)
    return {
      ...{ version, days, account: accountKey(account), currency, isToldChanges: one.changes.length > 0 },
      result: backtestOf(one, from, addDays(from, days - 1)),
    }
  })
}

/** So many days back from yesterday. */
const firstDay = ({ zone }: AccountStructure, days: number, { clock }: Loop): AccountDate =>
  addDays(dateAt(clock.now(), zone), -days)
