/*
 * The stores' ports in maps, for benchmarks: what the stages ask for and no more. Commits are checked for versions as the
 * real store checks them; audit chains are not kept, and plans only for as long as they are open.
 */
import { type AccountRef, accountKey } from '../../../lib/model/account.ts'
import type { IntradaySpend, Revision } from '../../../lib/model/history.ts'
import type { IntentRecord } from '../../../lib/model/intent.ts'
import { leverKey } from '../../../lib/model/lever.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { OrderDay } from '../../../lib/model/orders.ts'
import type { PlanHeader } from '../../../lib/model/plan.ts'
import type { PolicyVersion } from '../../../lib/model/policy.ts'
import type {
  CommitResult,
  FactStore,
  MoneyCommit,
  MoneyStore,
  OrderStore,
  PlanStore,
  Versioned,
} from '../../../lib/ports/store.ts'
import { HISTORY_DAYS, type KnownHistory, mergeDays, openRevisions } from '../../../lib/store/history-merge.ts'
import { totalOf } from '../../../lib/store/intraday-items.ts'
import { chunksOfPlan, headerOf, type StoredChunk } from '../../../lib/store/plan-chunks.ts'
import type { DynamoStores } from '../../../lib/store/stores.ts'
import { type AccountDate, daysBetween } from '../../../lib/units/calendar.ts'

export function benchStores(): DynamoStores {
  const policies = new Map<string, PolicyVersion>()
  return {
    ...plansAndMoney(),
    facts: factStore(),
    orders: orderStore(),
    policies: {
      portfolios: async () => [...policies.values()].map(({ policy }) => policy.portfolio),
      current: async (portfolio) => policies.get(portfolio),
      all: async () => [...policies.values()],
      version: async () => undefined,
      put: async (version) => void policies.set(version.policy.portfolio, version),
    },
    alerts: { all: async () => [], put: async () => true },
    freezes: { active: async () => [], all: async () => [], freeze: async () => {}, unfreeze: async () => {} },
    scores: { put: async () => true, recent: async () => [] },
    claims: { claim: async () => 'claimed', finish: async () => {}, release: async () => {} },
    audit: { records: async function* () {}, head: async () => undefined },
  }
}

/** Plans that are kept: the present one, and those before it that may still be asked for. */
const PLANS_KEPT = 4

/** What the money path writes, by key. */
interface Records {
  readonly versioned: Map<string, { readonly version: number }>
  readonly levers: Map<string, Map<string, LeverState>>
  readonly intents: Map<string, IntentRecord>
}

function plansAndMoney(): { plans: PlanStore; money: MoneyStore } {
  const records: Records = { versioned: new Map(), levers: new Map(), intents: new Map() }
  const read = <T>(key: string): T | undefined => records.versioned.get(key) as T | undefined
  const forget = (plan: string): void => {
    records.versioned.delete(`progress ${plan}`)
    for (const [id, { intent }] of records.intents) if (intent.plan === plan) records.intents.delete(id)
  }
  return { money: moneyStore(records, read), plans: planStore(read, forget) }
}

const leversOf = ({ levers }: Records, account: AccountRef): Map<string, LeverState> => {
  const key = accountKey(account)
  const own = levers.get(key) ?? new Map<string, LeverState>()
  levers.set(key, own)
  return own
}

type Keyed = readonly [string, Versioned<{ readonly version: number }>]

const keyed = ({ accountDay, portfolioDay, progress }: MoneyCommit): readonly Keyed[] => [
  ...(accountDay ? [[`day ${accountKey(accountDay.next.account)} ${accountDay.next.date}`, accountDay] as const] : []),
  ...(portfolioDay ? [[`day ${portfolioDay.next.portfolio} ${portfolioDay.next.date}`, portfolioDay] as const] : []),
  ...(progress ? [[`progress ${progress.next.plan}`, progress] as const] : []),
]

function commitTo(records: Records, one: MoneyCommit): CommitResult {
  const staleRecords = keyed(one).filter(
    ([key, { expected }]) => (records.versioned.get(key)?.version ?? 0) !== expected,
  )
  const staleLevers = one.levers.filter(({ next, expected }) => {
    const known = leversOf(records, next.lever.account).get(leverKey(next.lever))
    return (known?.version ?? 0) !== expected
  })
  const on = [...staleRecords.map(([key]) => key), ...staleLevers.map(({ next }) => leverKey(next.lever))]
  if (on.length > 0) return { kind: 'conflict', on }
  for (const [key, { next }] of keyed(one)) records.versioned.set(key, next)
  for (const { next } of one.levers) leversOf(records, next.lever.account).set(leverKey(next.lever), next)
  for (const record of one.intents) records.intents.set(record.intent.id, record)
  return { kind: 'committed' }
}

const moneyStore = (records: Records, read: <T>(key: string) => T | undefined): MoneyStore => ({
  accountDay: async (account, date) => read(`day ${accountKey(account)} ${date}`),
  portfolioDay: async (portfolio, date) => read(`day ${portfolio} ${date}`),
  levers: async (account, keys) => {
    const own = leversOf(records, account)
    return new Map(
      keys.flatMap((key) => {
        const state = own.get(key)
        return state ? [[key, state]] : []
      }),
    )
  },
  allLevers: async (account) =>
    new Map(leversOf(records, account)) as unknown as Awaited<ReturnType<MoneyStore['allLevers']>>,
  intent: async (_, id) => records.intents.get(id),
  intents: async (_, plan) => [...records.intents.values()].filter(({ intent }) => intent.plan === plan),
  commit: async (one) => commitTo(records, one),
})

interface KeptPlan {
  header: PlanHeader
  readonly plan: Parameters<PlanStore['put']>[0]
  readonly chunks: readonly StoredChunk[]
}

function planStore(read: <T>(key: string) => T | undefined, forget: (plan: string) => void): PlanStore {
  const kept = new Map<string, KeptPlan>()
  const newestFirst = (): readonly PlanHeader[] =>
    [...kept.values()].map(({ header }) => header).toSorted((a, b) => b.madeAt - a.madeAt)
  return {
    async put(plan, approval) {
      const stored = kept.get(plan.id)
      if (stored) return stored.header
      const chunks = chunksOfPlan(plan)
      const header = headerOf(plan, approval, chunks)
      kept.set(plan.id, { header, plan, chunks })
      for (const { id } of newestFirst().slice(PLANS_KEPT)) {
        kept.delete(id)
        forget(id)
      }
      return header
    },
    header: async (id) => kept.get(id)?.header,
    latest: async () => newestFirst()[0],
    recent: async (_, limit) => newestFirst().slice(0, limit),
    between: async (_, from, to) => newestFirst().filter(({ madeAt }) => from <= madeAt && madeAt <= to),
    async chunk({ id }, account, index) {
      const found = kept.get(id)?.chunks.find(({ chunk }) => chunk.account === account && chunk.index === index)
      if (!found) throw new Error(`plan ${id} has no chunk ${index} for account ${account}`)
      return found.chunk
    },
    decisions: async ({ id }) => kept.get(id)?.plan.decisions ?? [],
    async decide(id, seen, next) {
      const one = kept.get(id)
      if (!one || one.header.approval.kind !== seen.kind) return false
      one.header = { ...one.header, approval: next }
      return true
    },
    progress: async (id) => read(`progress ${id}`),
  }
}

interface KeptEntity {
  readonly history: KnownHistory
  /** By day, youngest age first: readings come in that order. */
  readonly revisions: Map<string, Revision[]>
}

function keepRevisions({ revisions }: KeptEntity, over: readonly Revision[], readOn: AccountDate): void {
  for (const one of over) {
    const own = revisions.get(one.date)
    if (own) own.push(one)
    else revisions.set(one.date, [one])
  }
  for (const date of revisions.keys())
    if (daysBetween(date as AccountDate, readOn) >= HISTORY_DAYS) revisions.delete(date)
}

function orderStore(): OrderStore {
  const days = new Map<AccountDate, OrderDay>()
  return {
    put: async (_, orders) => {
      for (const day of orders) days.set(day.date, day)
    },
    since: async (_, from) =>
      [...days.values()].filter(({ date }) => date >= from).toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  }
}

function factStore(): FactStore {
  const kept = new Map<string, unknown>()
  const entities = new Map<string, Map<string, KeptEntity>>()
  const get = <T>(key: string): T | undefined => kept.get(key) as T | undefined
  const intradays = (account: AccountRef, dates: readonly AccountDate[]): readonly IntradaySpend[] => {
    const found = get<IntradaySpend>(`intraday ${accountKey(account)}`)
    return found && dates.includes(found.date) ? [found] : []
  }
  return {
    putStructure: async (structure) => void kept.set(`structure ${accountKey(structure.account)}`, structure),
    structure: async (account) => get(`structure ${accountKey(account)}`),
    putIntraday: async (spend) => void kept.set(`intraday ${spend.account}`, spend),
    intraday: async (account, date) => {
      const found = get<Awaited<ReturnType<FactStore['intraday']>>>(`intraday ${accountKey(account)}`)
      return found?.date === date ? found : undefined
    },
    intradays: async (account, dates) => intradays(account, dates),
    intradayTotals: async (accounts, dates) => accounts.flatMap((account) => intradays(account, dates)).map(totalOf),
    mergeHistory: async (account, rows, readOn) => {
      const own = entities.get(accountKey(account)) ?? new Map<string, KeptEntity>()
      entities.set(accountKey(account), own)
      let changed = 0
      for (const [campaign, group] of Map.groupBy(rows, (row) => row.campaign)) {
        const known = own.get(campaign)
        const merge = mergeDays(known?.history, group, readOn)
        if (!merge) continue
        changed += merge.changedDays
        const next = { history: merge.next, revisions: known?.revisions ?? new Map<string, Revision[]>() }
        keepRevisions(next, merge.over?.revisions ?? [], readOn)
        own.set(campaign, next)
      }
      return changed
    },
    histories: async (account) =>
      [...(entities.get(accountKey(account))?.values() ?? [])].map(({ history: { campaign, currency, days } }) => ({
        account: accountKey(account),
        campaign,
        currency,
        days,
      })),
    revisions: async (account, campaign) => {
      const found = entities.get(accountKey(account))?.get(campaign)
      if (!found) return []
      const open = Map.groupBy(openRevisions(found.history), ({ date }) => date as string)
      const dates = [...new Set([...found.revisions.keys(), ...open.keys()])].toSorted()
      return dates.flatMap((date) => [...(found.revisions.get(date) ?? []), ...(open.get(date) ?? [])])
    },
    putEvidence: async () => {},
    evidence: async () => undefined,
    putChanges: async () => {},
    changes: async () => [],
    putDrifts: async () => {},
    drifts: async () => [],
    putPullStatus: async (status) => void kept.set(`status ${status.account}`, status),
    pullStatus: async (account) => get(`status ${accountKey(account)}`),
  }
}
