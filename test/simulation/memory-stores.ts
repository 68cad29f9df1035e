import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import { type Alert, alertEntry } from '../../lib/model/alert.ts'
import type { AuditEntry, AuditRecord } from '../../lib/model/audit.ts'
import { canonicalJson } from '../../lib/model/canonical.ts'
import type { IntradaySpend, Revision } from '../../lib/model/history.ts'
import { isSettled } from '../../lib/model/intent.ts'
import { type LeverKey, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { OrderDay } from '../../lib/model/orders.ts'
import type { Approval, PlanHeader } from '../../lib/model/plan.ts'
import type { Score } from '../../lib/model/score.ts'
import type {
  AlertStore,
  ClaimResult,
  ClaimStore,
  CommitResult,
  FactStore,
  FreezeStore,
  MoneyCommit,
  MoneyStore,
  OrderStore,
  PlanStore,
  PolicyStore,
  ScoreStore,
  Versioned,
} from '../../lib/ports/store.ts'
import { nextRecord } from '../../lib/store/audit-chain.ts'
import { type KnownHistory, mergeDays, openRevisions } from '../../lib/store/history-merge.ts'
import { totalOf } from '../../lib/store/intraday-items.ts'
import { checkCommit, isUnrepeatable } from '../../lib/store/money-checks.ts'
import { chunksOfPlan, headerOf } from '../../lib/store/plan-chunks.ts'
import { campaignRevisions } from '../../lib/store/revisions.ts'
import type { DynamoStores } from '../../lib/store/stores.ts'
import type { AccountDate } from '../../lib/units/calendar.ts'

export interface MemoryStoresOptions {
  /** Whether restatements are kept, so that lags are learned from them; without, all go by the prior. */
  readonly revisions?: boolean
  /** False: links of the audit have no hashes, for millions of turns of which nobody looks at the chain. */
  readonly hashed?: boolean
}

/**
 * The stores as their ports describe them, in maps: what the real ones promise, without what they cost. The same tests
 * run against the real ones where that matters, so that this is no more than a faster way to ask the same questions.
 */
export function memoryStores({ revisions = false, hashed = true }: MemoryStoresOptions = {}): DynamoStores {
  const chains = new Map<string, AuditRecord[]>()
  const append = (chain: string, at: MoneyCommit['at'], entries: readonly AuditEntry[]): void => {
    const records = chains.get(chain) ?? []
    chains.set(chain, records)
    records.push(
      hashed
        ? nextRecord(chain, records.at(-1), at, entries)
        : { chain, sequence: records.length + 1, at, entries, previousHash: '', hash: '' },
    )
  }
  return {
    ...plansAndMoney(append),
    scores: scoreStore(),
    orders: orderStore(),
    policies: policyStore(append),
    facts: factStore(revisions),
    freezes: freezeStore(),
    alerts: alertStore(append),
    claims: claimStore(),
    audit: {
      records: async function* (chain) {
        yield* chains.get(chain) ?? []
      },
      head: async (chain) => chains.get(chain)?.at(-1),
    },
  }
}

type Append = (chain: string, at: MoneyCommit['at'], entries: readonly AuditEntry[]) => void

function plansAndMoney(append: Append): { plans: PlanStore; money: MoneyStore } {
  const records = new Map<string, { version: number; value: unknown }>()
  const levers = new Map<string, Map<LeverKey, LeverState>>()
  const intents = new Map<string, MoneyCommit['intents'][number]>()
  const intentsOf = new Map<string, Set<string>>()
  const tokens = new Set<string>()
  const plans = new Map<string, StoredPlan>()
  const read = <T>(key: string): T | undefined => records.get(key)?.value as T | undefined

  const parts = (commit: MoneyCommit): readonly { key: string; item: Versioned<{ version: number }> }[] => [
    ...commit.levers.map((item) => ({ key: `lever ${leverKey(item.next.lever)}`, item })),
    ...(commit.accountDay
      ? [
          {
            key: `day ${accountKey(commit.accountDay.next.account)} ${commit.accountDay.next.date}`,
            item: commit.accountDay,
          },
        ]
      : []),
    ...(commit.portfolioDay
      ? [
          {
            key: `day ${commit.portfolioDay.next.portfolio} ${commit.portfolioDay.next.date}`,
            item: commit.portfolioDay,
          },
        ]
      : []),
    ...(commit.progress ? [{ key: `progress ${commit.progress.next.plan}`, item: commit.progress }] : []),
  ]

  function conflicts(commit: MoneyCommit): readonly string[] {
    const stale = parts(commit).filter(({ key, item }) => (records.get(key)?.version ?? 0) !== item.expected)
    const closed = commit.intents.filter(({ intent, outcome }) => {
      const stored = intents.get(intent.id)
      if (!outcome) return stored !== undefined
      if (!stored) return !['drifted', 'already-there', 'frozen', 'shadowed'].includes(outcome.kind)
      return isSettled(stored.outcome)
    })
    const { approved, unopened = [] } = commit
    const opened = unopened
      .map((day) => `day ${'account' in day ? accountKey(day.account) : day.portfolio} ${day.date}`)
      .filter((key) => records.has(key))
    const isOpen = approved === undefined || plans.get(approved)?.header.approval.kind === 'approved'
    const again = !isUnrepeatable(commit) && tokens.has(commit.token) ? ['token'] : []
    return [
      ...stale.map(({ key }) => key),
      ...closed.map(({ intent }) => `intent ${intent.id}`),
      ...again,
      ...opened,
      ...(isOpen ? [] : [`plan ${approved}`]),
    ]
  }

  async function commit(one: MoneyCommit): Promise<CommitResult> {
    checkCommit(one)
    const on = conflicts(one)
    if (on.length > 0) return { kind: 'conflict', on }
    for (const { key, item } of parts(one)) records.set(key, { version: item.next.version, value: item.next })
    for (const { next } of one.levers) keepLever(next)
    for (const record of one.intents) keepIntent(record)
    tokens.add(one.token)
    append(one.chain, one.at, one.entries)
    return { kind: 'committed' }
  }

  function keepIntent(record: MoneyCommit['intents'][number]): void {
    const { id, plan } = record.intent
    const own = intentsOf.get(plan) ?? new Set()
    intentsOf.set(plan, own.add(id))
    intents.set(id, record)
  }

  function keepLever(state: LeverState): void {
    const account = accountKey(state.lever.account)
    const own = levers.get(account) ?? new Map<LeverKey, LeverState>()
    levers.set(account, own.set(leverKey(state.lever), state))
  }

  return {
    money: {
      accountDay: async (account, date) => read(`day ${accountKey(account)} ${date}`),
      portfolioDay: async (portfolio, date) => read(`day ${portfolio} ${date}`),
      levers: async (account, keys) => {
        const own = levers.get(accountKey(account))
        return new Map(
          keys.flatMap((key) => {
            const state = own?.get(key)
            return state ? [[key, state]] : []
          }),
        )
      },
      allLevers: async (account) => new Map(levers.get(accountKey(account))),
      intent: async (_, id) => intents.get(id),
      intents: async (_, plan) => [...(intentsOf.get(plan) ?? [])].map((id) => intents.get(id)!),
      commit,
    },
    plans: planStore(plans, read, append),
  }
}

interface StoredPlan {
  header: PlanHeader
  readonly plan: Parameters<PlanStore['put']>[0]
  readonly chunks: ReturnType<typeof chunksOfPlan>
}

function planStore(plans: Map<string, StoredPlan>, read: <T>(key: string) => T | undefined, append: Append): PlanStore {
  const byPortfolio = new Map<string, StoredPlan[]>()
  /** Newest first; of the same instant what was stored first. */
  const all = (portfolio: string): StoredPlan[] => byPortfolio.get(portfolio) ?? []
  const audit = ({ id, portfolio, madeAt }: PlanHeader, approval: Approval): void =>
    append(`portfolio/${portfolio}`, 'at' in approval ? approval.at : madeAt, [
      { kind: 'plan', plan: id, approval: approval.kind, by: 'by' in approval ? approval.by : 'nobody yet' },
    ])
  const headersOf = (stored: readonly StoredPlan[]): readonly PlanHeader[] => stored.map(({ header }) => header)
  return {
    async put(plan, approval) {
      const stored = plans.get(plan.id)
      if (stored) return stored.header
      const chunks = chunksOfPlan(plan)
      const next = { header: headerOf(plan, approval, chunks), plan, chunks }
      plans.set(plan.id, next)
      const own = all(plan.portfolio)
      byPortfolio.set(plan.portfolio, own)
      const older = own.findIndex(({ plan: { madeAt } }) => madeAt < plan.madeAt)
      own.splice(older < 0 ? own.length : older, 0, next)
      audit(next.header, approval)
      return next.header
    },
    header: async (id) => plans.get(id)?.header,
    latest: async (portfolio) => all(portfolio)[0]?.header,
    recent: async (portfolio, limit) => headersOf(all(portfolio).slice(0, limit)),
    async between(portfolio, from, to) {
      const own = all(portfolio)
      const older = own.findIndex(({ plan: { madeAt } }) => madeAt < from)
      return headersOf(own.slice(0, older < 0 ? own.length : older).filter(({ plan: { madeAt } }) => madeAt <= to))
    },
    async chunk({ id }, account, index) {
      const found = plans.get(id)!.chunks.find(({ chunk }) => chunk.account === account && chunk.index === index)
      if (!found) throw new Error(`plan ${id} has no chunk ${index} for account ${account}`)
      return found.chunk
    },
    decisions: async ({ id }) => plans.get(id)?.plan.decisions ?? [],
    async decide(id, seen, next) {
      const stored = plans.get(id)
      if (!stored) return false
      const { approval } = stored.header
      if (approval !== seen && canonicalJson(approval) !== canonicalJson(seen)) return false
      stored.header = { ...stored.header, approval: next }
      audit(stored.header, next)
      return true
    },
    progress: async (id) => read(`progress ${id}`),
  }
}

function scoreStore(): ScoreStore {
  const scores = new Map<string, Score>()
  return {
    async put(score) {
      const key = `${score.portfolio}/${score.from}#${score.plan}`
      if (scores.has(key)) return false
      scores.set(key, score)
      return true
    },
    recent: async (portfolio, limit) =>
      [...scores]
        .filter(([, score]) => score.portfolio === portfolio)
        .toSorted(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, limit)
        .map(([, score]) => score),
  }
}

function policyStore(append: Append): PolicyStore {
  const current = new Map<string, Awaited<ReturnType<PolicyStore['current']>> & object>()
  const versions: typeof current = new Map()
  return {
    portfolios: async () => [...current.values()].map(({ policy }) => policy.portfolio).toSorted(),
    current: async (portfolio) => current.get(portfolio),
    all: async () => [...current.values()].toSorted((a, b) => (a.policy.portfolio < b.policy.portfolio ? -1 : 1)),
    version: async (portfolio, version) => versions.get(`${portfolio}/${version}`),
    async put(version, by, at) {
      if (current.get(version.policy.portfolio)?.version === version.version) return
      current.set(version.policy.portfolio, version)
      versions.set(`${version.policy.portfolio}/${version.version}`, version)
      const { portfolio, mode } = version.policy
      append(`portfolio/${portfolio}`, at, [{ kind: 'policy', version: version.version, mode, by }])
    },
  }
}

function factStore(keepsRevisions: boolean): FactStore {
  const kept = new Map<string, unknown>()
  const histories = new Map<string, Map<string, KnownHistory>>()
  const over = new Map<string, readonly Revision[]>()
  const get = <T>(key: string): T | undefined => kept.get(key) as T | undefined
  const intradays = (account: AccountRef, dates: readonly AccountDate[]): readonly IntradaySpend[] =>
    dates.flatMap((date) => get<IntradaySpend>(`intraday ${accountKey(account)} ${date}`) ?? [])
  return {
    putStructure: async (structure) => void kept.set(`structure ${accountKey(structure.account)}`, structure),
    structure: async (account) => get(`structure ${accountKey(account)}`),
    putIntraday: async (spend) => void kept.set(`intraday ${spend.account} ${spend.date}`, spend),
    intraday: async (account, date) => get(`intraday ${accountKey(account)} ${date}`),
    intradays: async (account, dates) => intradays(account, dates),
    intradayTotals: async (accounts, dates) => accounts.flatMap((account) => intradays(account, dates)).map(totalOf),
    mergeHistory: async (account, rows, readOn) => {
      const own = histories.get(accountKey(account)) ?? new Map<string, KnownHistory>()
      histories.set(accountKey(account), own)
      const merges = [...Map.groupBy(rows, ({ campaign }) => campaign)].map(
        ([campaign, group]) => [campaign, mergeDays(own.get(campaign), group, readOn)] as const,
      )
      for (const [campaign, merge] of merges) {
        if (!merge) continue
        own.set(campaign, merge.next)
        const key = `${accountKey(account)}/${campaign}`
        if (merge.over) over.set(key, [...(over.get(key) ?? []), ...merge.over.revisions])
      }
      return merges.reduce((total, [, merge]) => total + (merge?.changedDays ?? 0), 0)
    },
    histories: async (account) =>
      [...(histories.get(accountKey(account))?.values() ?? [])].map(({ campaign, currency, days }) => ({
        account: accountKey(account),
        campaign,
        currency,
        days,
      })),
    revisions: async (account, campaign) => {
      if (!keepsRevisions) return []
      const open = histories.get(accountKey(account))?.get(campaign)
      const all = [...(over.get(`${accountKey(account)}/${campaign}`) ?? []), ...(open ? openRevisions(open) : [])]
      return campaignRevisions([{ entity: '', revisions: all }])
    },
    putChanges: async (account, events) =>
      void kept.set(`changes ${accountKey(account)}`, [
        ...(get<object[]>(`changes ${accountKey(account)}`) ?? []),
        ...events,
      ]),
    changes: async (account) => get(`changes ${accountKey(account)}`) ?? [],
    putDrifts: async (drifts) => void kept.set('drifts', [...(get<object[]>('drifts') ?? []), ...drifts]),
    drifts: async (account) =>
      (get<Awaited<ReturnType<FactStore['drifts']>>>('drifts') ?? []).filter(
        ({ lever }) => accountKey(lever.account) === accountKey(account),
      ),
    putPullStatus: async (status) => void kept.set(`status ${status.account}`, status),
    pullStatus: async (account) => get(`status ${accountKey(account)}`),
    putEvidence: async (evidence) => void kept.set(`evidence ${evidence.account}`, evidence),
    evidence: async (account) => get(`evidence ${accountKey(account)}`),
  }
}

function orderStore(): OrderStore {
  const kept = new Map<string, Map<string, OrderDay>>()
  return {
    put: async (portfolio, days) => {
      const own = kept.get(portfolio) ?? new Map<string, OrderDay>()
      kept.set(portfolio, own)
      for (const day of days) own.set(day.date, day)
    },
    since: async (portfolio, from) =>
      [...(kept.get(portfolio)?.values() ?? [])]
        .filter(({ date }) => date >= from)
        .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  }
}

function freezeStore(): FreezeStore {
  const frozen = new Map<string, Awaited<ReturnType<FreezeStore['all']>>[number]>()
  return {
    active: async (scopes) => [...frozen.values()].filter(({ scope }) => scopes.includes(scope)),
    all: async () => [...frozen.values()],
    freeze: async (freeze) => void frozen.set(freeze.scope, freeze),
    unfreeze: async (scope) => void frozen.delete(scope),
  }
}

function alertStore(append: Append): AlertStore {
  const alerts = new Map<string, Alert>()
  return {
    all: async (account) =>
      [...alerts.values()]
        .filter((one) => accountKey(one.account) === accountKey(account))
        .toSorted((a, b) => b.firstAt - a.firstAt),
    async put({ next, expected }) {
      if ((alerts.get(next.id)?.version ?? 0) !== expected) return false
      alerts.set(next.id, next)
      append('alerts', next.at, [alertEntry(next)])
      return true
    },
  }
}

function claimStore(): ClaimStore {
  const claims = new Map<string, { worker?: string; until: number; doneTurn: number; doneAttempt: number }>()
  return {
    async claim(key, turn, attempt, worker, now, until): Promise<ClaimResult> {
      const held = claims.get(key) ?? { until: 0, doneTurn: -1, doneAttempt: -1 }
      if (turn < held.doneTurn || (turn === held.doneTurn && attempt <= held.doneAttempt)) return 'done'
      if (held.worker !== undefined && held.worker !== worker && held.until > now) return 'elsewhere'
      claims.set(key, { ...held, worker, until })
      return 'claimed'
    },
    async finish(key, turn, attempt, worker) {
      if (claims.get(key)?.worker === worker) claims.set(key, { until: 0, doneTurn: turn, doneAttempt: attempt })
    },
    async release(key, worker) {
      const held = claims.get(key)
      if (held?.worker !== worker) return
      const { worker: _, ...free } = held
      claims.set(key, free)
    },
  }
}
