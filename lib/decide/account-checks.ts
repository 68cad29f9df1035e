import { policyAccount } from '../measure/budget-days.ts'
import { spansText, unknownSpend } from '../measure/flight-spend.ts'
import type { FreezeScope } from '../model/freeze.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import { addDays, daysBetween, isoInstant, MINUTE_MS } from '../units/calendar.ts'
import { toDecimal } from '../units/money.ts'
import { type Check, type Hold, hold } from './check.ts'

/** An account as a whole, and the scopes whose freezes count for what is asked about. */
export interface Touch {
  readonly observation: Observation
  readonly account: AccountObservation
  readonly scopes: readonly FreezeScope[]
}

/** Why nothing on this account may move at all. */
export const accountChecks: readonly Check<Touch>[] = [
  [
    'outside-flight',
    ({ observation: { today, policy } }) => {
      const { from, to } = policy.policy.flight
      return today < from || today > to ? hold('outside-flight', `the flight runs from ${from} to ${to}`) : undefined
    },
  ],
  [
    'observe-only',
    ({ observation: { policy } }) =>
      policy.policy.mode === 'observe' ? hold('observe-only', 'the portfolio only observes') : undefined,
  ],
  [
    'frozen',
    ({ observation, scopes }) => {
      const freeze = observation.freezes.find(({ scope }) => scopes.includes(scope))
      return freeze && hold('frozen', `${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`)
    },
  ],
  [
    'account-blocked',
    ({ account }) => {
      const [blocker] = account.structure.blockers
      return blocker && hold('account-blocked', `${blocker.code}: ${blocker.detail}`)
    },
  ],
  [
    'no-caps',
    ({ observation, account }) => {
      const { dayCap } = policyAccount(observation, account)
      if (dayCap === undefined) return hold('no-caps', `account ${account.account} has no dayCap in the policy yet`)
      const { currency } = account.structure
      if (dayCap.currency !== currency)
        return hold('no-caps', `the dayCap of ${account.account} is in ${dayCap.currency}: write it in ${currency}`)
      return observation.policy.policy.dayCap === undefined
        ? hold('no-caps', 'the portfolio has no dayCap in the policy yet')
        : undefined
    },
  ],
  ['stale-data', ({ observation, account }) => staleness(observation, account)],
  ['unreconciled-data', ({ observation, account }) => unreconciled(observation, account)],
]

/** The last of them: whether what was read is anything to decide by. */
export const CHECKS_OF_READINGS = 2

/** Yesterday, and a day for the hours after midnight in which it has not been read yet. */
const HISTORY_MAX_AGE_DAYS = 2

function staleness(observation: Observation, account: AccountObservation): Hold | undefined {
  const { now, policy } = observation
  const { status, today } = account
  const { structureMaxAgeMinutes, spendMaxAgeMinutes } = policy.policy.freshness
  if (now - status.structureAt > structureMaxAgeMinutes * MINUTE_MS)
    return hold('stale-data', `the account was last read at ${isoInstant(status.structureAt)}`)
  if (now - status.spendAt > spendMaxAgeMinutes * MINUTE_MS)
    return hold('stale-data', `spend was last read at ${isoInstant(status.spendAt)}`)
  if (status.historyTo === undefined) return hold('stale-data', 'history has not been read yet')
  return daysBetween(status.historyTo, today) > HISTORY_MAX_AGE_DAYS
    ? hold('stale-data', `history was last read to ${status.historyTo}`)
    : unknownDays(observation, account)
}

/** What any account has spent of the flight without being known would be spent again, by whichever account. */
export function unknownDays({ accounts, policy }: Observation, asked?: AccountObservation): Hold | undefined {
  for (const one of asked ? [asked, ...accounts] : accounts) {
    const spans = unknownSpend(one, policy.policy)
    if (spans.length > 0)
      return hold(
        'stale-data',
        `history: spend of ${one.account} on ${spansText(spans)} is not known: import it, with lines of zeros where nothing ran`,
      )
  }
  return undefined
}

/** The account's spend by date, in micros. */
export const spendByDate = perObject(({ histories }: AccountObservation): ReadonlyMap<string, bigint> => {
  const spend = new Map<string, bigint>()
  for (const { days } of histories)
    for (const { date, spendMicros } of days) spend.set(date, (spend.get(date) ?? 0n) + spendMicros)
  return spend
})

/** Whether some day of the last week has spend that no campaign accounts for. */
function unreconciled({ policy }: Observation, account: AccountObservation): Hold | undefined {
  const limit = policy.policy.freshness.maxUnexplainedSpendShare
  const spend = spendByDate(account)
  const weekAgo = addDays(account.today, -7)
  const recent = [...account.status.unexplainedMicros].filter(([date]) => weekAgo <= date && date < account.today)
  for (const [date, gap] of recent) {
    const explained = Number(spend.get(date) ?? 0n)
    const missing = Math.abs(Number(gap))
    if (missing > limit * (explained + missing))
      return hold(
        'unreconciled-data',
        `${toDecimal({ micros: gap, currency: account.structure.currency }, 2)} ${account.structure.currency} of ${date} belong to no campaign that was reported`,
      )
  }
  return undefined
}
