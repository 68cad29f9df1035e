import { accountKey } from '../model/account.ts'
import type { IntentRecord, Outcome } from '../model/intent.ts'
import { leverKey } from '../model/lever.ts'
import type { PlanId } from '../model/plan.ts'
import type { CommitResult, LedgerDay, MoneyCommit, MoneyStore } from '../ports/store.ts'
import { isoInstant } from '../units/calendar.ts'
import { transactAudited } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { ABSENT, atVersion, type Condition, condition } from './expressions.ts'
import {
  accountDayKey,
  accountPk,
  commitKey,
  headerKey,
  intentKey,
  intentPrefix,
  LEVER_PREFIX,
  leverItemKey,
  portfolioDayKey,
  progressKey,
} from './keys.ts'
import { checkCommit, isUnrepeatable } from './money-checks.ts'
import {
  accountDayAttributes,
  intentAttributes,
  leverAttributes,
  portfolioDayAttributes,
  progressAttributes,
  readAccountDay,
  readIntent,
  readLever,
  readPortfolioDay,
} from './money-items.ts'
import type { WholeAction } from './transaction.ts'

export function dynamoMoneyStore(backing: Backing): MoneyStore {
  const db = database(backing)
  return {
    async accountDay(account, date) {
      const item = await db.get('control', accountDayKey(account, date))
      return item && readAccountDay(item, { account, date })
    },
    async portfolioDay(portfolio, date) {
      const item = await db.get('control', portfolioDayKey(portfolio, date))
      return item && readPortfolioDay(item, { portfolio, date })
    },
    async levers(account, keys) {
      const wanted = [...new Set(keys)].map((key) => leverItemKey(account, key))
      return byKey((await db.getAll('control', wanted)).map(readLever))
    },
    async allLevers(account) {
      return byKey((await db.query('control', { pk: accountPk(account), prefix: LEVER_PREFIX })).map(readLever))
    },
    async intent(account, id) {
      const item = await db.get('control', intentKey(account, id))
      return item && readIntent(item)
    },
    async intents(account, plan) {
      const items = await db.query('control', { pk: accountPk(account), prefix: intentPrefix(plan) })
      return items.map(readIntent)
    },
    commit: (commit) => writeCommit(db, commit),
  }
}

const byKey = (states: readonly ReturnType<typeof readLever>[]) =>
  new Map(states.map((state) => [leverKey(state.lever), state]))

/** @throws RangeError for a commit that must never be written; see `checkCommit` */
async function writeCommit(db: Database, commit: MoneyCommit): Promise<CommitResult> {
  checkCommit(commit)
  const { token, chain, at, entries } = commit
  const actions = [
    ...commit.levers.map((lever) => leverAction(lever)),
    ...commit.intents.map((record) => intentAction(record, commit)),
    ...ledgerActions(commit),
    ...(commit.approved === undefined ? [] : [approvedStill(commit.approved)]),
    ...(commit.unopened ?? []).map(unopenedStill),
    ...(isUnrepeatable(commit) ? [] : [marker(commit)]),
  ]
  return transactAudited(db, { token, chain, at, actions, entries })
}

const leverAction = ({ next, expected }: MoneyCommit['levers'][number]): WholeAction => ({
  kind: 'put',
  name: `lever ${leverKey(next.lever)}`,
  table: 'control',
  key: leverItemKey(next.lever.account, leverKey(next.lever)),
  attributes: leverAttributes(next),
  when: atVersion(expected),
})

const intentAction = (record: IntentRecord, { at }: MoneyCommit): WholeAction => ({
  kind: 'put',
  name: `intent ${record.intent.id}`,
  table: 'control',
  key: intentKey(record.intent.change.lever.account, record.intent.id),
  attributes: intentAttributes(record, at),
  when: intentCondition(record.outcome),
})

/** Outcomes of what was never sent: the intent need not have been stored before, because there was nothing to lose. */
const NOT_SENT = new Set<Outcome['kind']>(['drifted', 'already-there', 'frozen', 'shadowed'])

function intentCondition(outcome: Outcome | undefined): Condition {
  if (!outcome) return ABSENT
  return NOT_SENT.has(outcome.kind)
    ? condition('attribute_not_exists(#pk) OR #isSettled = :no', { no: false })
    : condition('#isSettled = :no', { no: false })
}

function ledgerActions({ at, accountDay, portfolioDay, progress }: MoneyCommit): readonly WholeAction[] {
  const put = { kind: 'put', table: 'control' } as const
  const actions: WholeAction[] = []
  if (accountDay) {
    const { account, date } = accountDay.next
    actions.push({
      ...put,
      name: `account-day ${accountKey(account)} ${date}`,
      key: accountDayKey(account, date),
      attributes: accountDayAttributes(accountDay.next, at),
      when: atVersion(accountDay.expected),
    })
  }
  if (portfolioDay) {
    const { portfolio, date } = portfolioDay.next
    actions.push({
      ...put,
      name: `portfolio-day ${portfolio} ${date}`,
      key: portfolioDayKey(portfolio, date),
      attributes: portfolioDayAttributes(portfolioDay.next, at),
      when: atVersion(portfolioDay.expected),
    })
  }
  if (progress)
    actions.push({
      ...put,
      name: `progress ${progress.next.plan}`,
      key: progressKey(progress.next.plan),
      attributes: progressAttributes(progress.next, at),
      when: atVersion(progress.expected),
    })
  return actions
}

const approvedStill = (plan: PlanId): WholeAction => ({
  kind: 'check',
  name: `plan ${plan}`,
  table: 'control',
  key: headerKey(plan),
  when: condition('#approvalKind = :approved', { approved: 'approved' }),
})

const unopenedStill = (day: LedgerDay): WholeAction => ({
  kind: 'check',
  name: `day ${day.date} of ${'account' in day ? accountKey(day.account) : day.portfolio}`,
  table: 'control',
  key: 'account' in day ? accountDayKey(day.account, day.date) : portfolioDayKey(day.portfolio, day.date),
  when: ABSENT,
})

/** A commit of audit entries alone has nothing else that would stop its second coming. */
const marker = ({ token, at }: MoneyCommit): WholeAction => ({
  kind: 'put',
  name: `commit ${token}`,
  table: 'control',
  key: commitKey(token),
  attributes: { asOf: isoInstant(at), expiresAt: expiresAfter(at, KEPT_DAYS.record), schemaVersion: 1 },
  when: ABSENT,
})
