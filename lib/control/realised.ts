import { accountDays } from '../measure/breaks/account-days.ts'
import { brokenDates, type DataBreak } from '../measure/breaks/data-break.ts'
import { findBreaks } from '../measure/breaks/find-breaks.ts'
import { budgetDays } from '../measure/budget-days.ts'
import { learnLag } from '../measure/lag/development.ts'
import { type LagSource, lookedAt } from '../measure/lag/source.ts'
import type { Realised, RealisedAccount } from '../measure/score.ts'
import { accountKey } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import type { EntityHistory } from '../model/history.ts'
import type { PolicyAccount, PolicyVersion } from '../model/policy.ts'
import { addDays, dateAt } from '../units/calendar.ts'
import { freshEvidence } from './evidence.ts'
import { lagRevisions } from './lag-reading.ts'
import type { Loop } from './loop.ts'

const HISTORY_DAYS = 90

/** One account as it was last read. */
interface Reading {
  readonly days: RealisedAccount['days']
  readonly histories: readonly EntityHistory[]
  readonly source: LagSource
}

/** What the accounts of a policy have brought, counted by its rules; those that were never read whole are left out. */
export async function readRealised({ policy }: PolicyVersion, loop: Loop): Promise<Realised> {
  const readings: Reading[] = []
  // One after the other: each is many reads abreast already.
  for (const terms of policy.accounts) {
    const read = await readAccount(terms, loop)
    if (read) readings.push(read)
  }
  const first = learnLag(readings.map(({ source }) => source))
  const breaks = readings.map(({ histories, source: { account, rule, lastReadOn, ...looked } }, i) =>
    findBreaks(accountDays(account, rule, histories, lastReadOn, looked), first[i]!.count, policy.events),
  )
  const isBroken = breaks.some((found) => found.length > 0)
  // Days whose counts are broken say nothing of how counts arrive.
  const lags = isBroken ? learnLag(readings.map(({ source }, i) => without(source, breaks[i]!))) : first
  return new Map(
    readings.map(({ days, source }, i) => [
      source.account,
      {
        readOn: source.lastReadOn,
        days,
        development: lags[i]!.count,
        valueDevelopment: lags[i]!.value,
        breaks: breaks[i]!,
      },
    ]),
  )
}

const without = (source: LagSource, breaks: readonly DataBreak[]): LagSource => ({
  ...source,
  leaveOut: brokenDates(breaks, addDays(source.lastReadOn, -HISTORY_DAYS), HISTORY_DAYS),
})

async function readAccount({ account, conversions }: PolicyAccount, loop: Loop): Promise<Reading | undefined> {
  const [structure, status, histories, evidence] = await Promise.all([
    loop.facts.structure(account),
    loop.facts.pullStatus(account),
    loop.facts.histories(account),
    loop.facts.evidence(account),
  ])
  if (!structure || status?.historyAt === undefined) return undefined
  const rule = ruleKey(conversions)
  // As of the last reading of the days, not as of now: counts do not grow while nobody looks.
  const readOn = dateAt(status.historyAt, structure.zone)
  const { lagBuckets } = freshEvidence(evidence, rule, loop.clock.now())
  return {
    days: budgetDays({ structure, histories, today: readOn, status }, rule),
    histories,
    source: {
      account: accountKey(account),
      rule,
      revisions: await lagRevisions(histories, rule, account, loop),
      lastReadOn: readOn,
      ...lookedAt(status),
      ...(lagBuckets ? { buckets: lagBuckets } : {}),
    },
  }
}
