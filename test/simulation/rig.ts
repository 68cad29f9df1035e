import { memoryArchive } from '../../cli/demo/memory-archive.ts'
import { dailyPlanTurn } from '../../lib/control/dispatch.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { observe } from '../../lib/control/observe.ts'
import { storePlan } from '../../lib/control/plan.ts'
import { openPortfolioDay } from '../../lib/control/portfolio-day.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { growthInBase } from '../../lib/decide/net-growth.ts'
import { type AccountRef, accountKey, accountRef, portfolioId } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import { type Lever, type LeverChange, leverKey } from '../../lib/model/lever.ts'
import type { EventMark, LeverState } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { ChangeDecision, PlanHeader, PlanId } from '../../lib/model/plan.ts'
import type { Mode, PolicyVersion } from '../../lib/model/policy.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import type { Stage, StageMessage } from '../../lib/model/turn.ts'
import type { Archive } from '../../lib/ports/store.ts'
import type { DynamoStores } from '../../lib/store/stores.ts'
import { type AccountDate, DAY_MS, dateAt, type Instant, instant, later } from '../../lib/units/calendar.ts'
import { add, currency, larger, type Money, money, zero } from '../../lib/units/money.ts'
import { type ExchangeRate, identityRate } from '../../lib/units/rates.ts'
import { type VirtualClock, virtualClock } from '../../playground/runner/virtual-clock.ts'
import { memoryStores } from './memory-stores.ts'
import { PLATFORM, type ScriptedPlatform, scriptedPlatform } from './scripted-platform.ts'

/** 06:00 in Berlin: the account's day is young, and the portfolio's decision is due. */
export const MORNING = instant('2026-06-02T04:00:00Z')
export const EUR = currency('EUR')
export const PORTFOLIO = portfolioId('eu')
export const A = accountRef(PLATFORM, '1')
export const B = accountRef(PLATFORM, '2')

export const euros = (units: number): Money => money(BigInt(Math.round(units * 1e6)), EUR)
export const daily = (account: AccountRef, id: string): Lever => ({
  account,
  kind: 'daily-budget',
  entity: 'budget',
  id,
})

export interface RigOptions {
  /** Budgets by account, in main units: `{ A: { 10: 100 } }`. Budget 10 feeds campaign 10. */
  readonly budgets?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly mode?: Mode
  /** Most that each account's day may cost, in main units; absent: none. */
  readonly cap?: number | undefined
  readonly portfolioCap?: number | undefined
  /** Merged into the policy file. */
  readonly policy?: object
  readonly stores?: DynamoStores
  readonly start?: Instant
  /** Instead of a start: one that others go by, too. */
  readonly clock?: VirtualClock
  readonly archive?: Archive
  readonly currencies?: Readonly<Record<string, string>>
  readonly zones?: Readonly<Record<string, string>>
  readonly rates?: (from: string, to: string, on: AccountDate) => ExchangeRate | undefined
}

export interface Rig {
  readonly ads: ScriptedPlatform
  readonly loop: Loop
  /** Every pull that was completed, by when it had looked. */
  readonly pulls: { readonly account: string; readonly at: Instant }[]
  /** What the stages announced. */
  readonly queued: StageMessage[]
  readonly policy: PolicyVersion
  /** What the policy was read from. */
  readonly written: object
  now(): Instant
  /** Moves the clock on. */
  wait(ms: number): void
  worker(name: string): Loop
  /** One turn of a stage, now; of plan, the daily decision of the day. */
  run(stage: Stage, account?: AccountRef): ReturnType<typeof runTurn>
  /** Pulls both accounts and opens the portfolio's day. */
  ready(): Promise<void>
  /** Stores a plan of these moves, as of now, approved: `[account, budget, to]` in main units. */
  plan(moves: readonly Move[], options?: PlanOptions): Promise<PlanHeader>
  state(account: AccountRef, budget: string): Promise<LeverState>
  exposure(account: AccountRef): Promise<bigint>
  portfolioExposure(): Promise<bigint>
  setPolicy(change: object): Promise<PolicyVersion>
}

export type Move = readonly [account: AccountRef, budget: string, to: number]
export interface PlanOptions {
  readonly mode?: Mode
  readonly occasion?: Observation['occasion']
  readonly policyVersion?: string
  readonly expiresInMs?: number
  /** Units that each move starts from, where they are not what the record knows. */
  readonly from?: number
  /** Moves of other levers, after those of budgets. */
  readonly settings?: readonly LeverChange[]
  /** The mark that those carry. */
  readonly event?: EventMark
}

export const statusOf = (account: AccountRef, campaign: string): Lever => ({
  account,
  kind: 'status',
  entity: 'campaign',
  id: campaign,
})
export const targetOf = (account: AccountRef, campaign: string): Lever => ({
  account,
  kind: 'target-cpa',
  entity: 'campaign',
  id: campaign,
})

const FULL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '1': { '10': 100, '11': 200, '12': 300 },
  '2': { '20': 100, '21': 200 },
}

export async function rig(options: RigOptions = {}): Promise<Rig> {
  const clock = options.clock ?? virtualClock(options.start ?? MORNING)
  const ads = scriptedPlatform(clock)
  const accounts = Object.entries(options.budgets ?? FULL).map(([id, budgets]) => {
    const account = accountRef(PLATFORM, id)
    const opened = ads.open(account, {
      ...(options.currencies?.[id] ? { currency: options.currencies[id] } : {}),
      ...(options.zones?.[id] ? { zone: options.zones[id] } : {}),
    })
    for (const [budget, units] of Object.entries(budgets)) {
      opened.budgets.set(budget, {
        id: budget,
        micros: euros(units).micros,
        period: 'daily',
        status: 'active',
        campaigns: [budget],
      })
      opened.campaigns.set(budget, 'active')
    }
    return opened
  })
  const cap = 'cap' in options ? options.cap : 2000
  const portfolioCap = 'portfolioCap' in options ? options.portfolioCap : 5000
  const written = {
    portfolio: PORTFOLIO,
    owner: 'growth',
    mode: options.mode ?? 'auto',
    baseCurrency: 'EUR',
    zone: 'Europe/Berlin',
    goal: { kind: 'conversions' },
    flight: { from: '2026-06-01', to: '2026-06-30', total: '30000 EUR' },
    ...(portfolioCap === undefined ? {} : { dayCap: `${portfolioCap} EUR` }),
    accounts: accounts.map(({ account, currency: code }) => ({
      account: accountKey(account),
      conversions: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' },
      ...(cap === undefined ? {} : { dayCap: `${cap} ${code}` }),
    })),
    members: [{ name: 'campaign', class: 'prospecting' }],
    ...options.policy,
  }
  const given = options.stores ?? memoryStores()
  const pulls: { account: string; at: Instant }[] = []
  const stores: DynamoStores = {
    ...given,
    facts: {
      ...given.facts,
      putPullStatus: async (status) => {
        await given.facts.putPullStatus(status)
        pulls.push({ account: status.account, at: status.structureAt })
      },
    },
  }
  const queued: StageMessage[] = []
  let version = policyFrom(written, 'the test policy')
  const loop: Loop = {
    ...stores,
    clock,
    platforms: () => ads.platform,
    archive: options.archive ?? memoryArchive(),
    rates: {
      rate: async (from, to, on) => (from === to ? identityRate(from, on) : options.rates?.(from, to, on)),
    },
    queue: { send: async (messages) => void queued.push(...messages) },
    timing: DEFAULT_TIMING,
    worker: 'worker-0',
  }
  await stores.policies.put(version, 'test', clock.now())
  let workers = 0
  const worker = (name: string): Loop => ({ ...loop, worker: name })

  const state = async (account: AccountRef, budget: string): Promise<LeverState> => {
    const key = leverKey(daily(account, budget))
    return (await loop.money.allLevers(account)).get(key)!
  }

  async function plan(moves: readonly Move[], made: PlanOptions = {}): Promise<PlanHeader> {
    const observation = await observe(version, made.occasion ?? 'daily', loop)
    const moved = await Promise.all(moves.map((move) => changeOf(move, made, state)))
    const changes = [...moved, ...(made.settings ?? []).map((one) => marked(decisionOf(one), made.event))]
    const growth = changes.reduce((total, { change }) => add(total, growthInBase(change, observation.rates)), zero(EUR))
    const terms = {
      portfolio: version.policy.portfolio,
      mode: made.mode ?? version.policy.mode,
      madeAt: clock.now(),
      expiresAt: later(clock.now(), made.expiresInMs ?? DAY_MS),
      policyVersion: made.policyVersion ?? version.version,
      inputsHash: 'none',
      rates: observation.rates,
      dayTarget: euros(1000),
      marginalReturn: 0,
      netGrowth: larger(growth, zero(EUR)),
      occasion: made.occasion ?? 'daily',
      proposedCaps: [],
    } as const
    const id = hashOf({ terms, changes }).slice(0, 24) as PlanId
    await storePlan({ id, ...terms, decisions: changes }, loop)
    return (await loop.plans.header(id))!
  }

  return {
    ads,
    loop,
    pulls,
    queued,
    written,
    get policy() {
      return version
    },
    now: () => clock.now(),
    wait: (ms) => clock.set(later(clock.now(), ms)),
    worker,
    run: (stage, account = A) => {
      workers += 1
      const turn = stage === 'plan' ? dailyPlanTurn(version.policy, clock.now()) : clock.now()
      const key = stage === 'plan' || stage === 'score' ? version.policy.portfolio : accountKey(account)
      return runTurn({ stage, key, turn, attempt: 0 }, worker(`worker-${workers}`))
    },
    async ready() {
      for (const { account } of accounts) await runTurn(pullOf(account, clock.now()), worker('puller'))
      await openPortfolioDay(await observe(version, 'daily', loop), loop)
    },
    plan,
    state,
    exposure: async (account) => {
      const { zone } = ads.accounts.get(accountKey(account))!
      return (await loop.money.accountDay(account, dateAt(clock.now(), zone)))!.exposure.micros
    },
    portfolioExposure: async () => {
      const day = await loop.money.portfolioDay(version.policy.portfolio, dateAt(clock.now(), version.policy.zone))
      return day!.exposure.micros
    },
    async setPolicy(change) {
      version = policyFrom({ ...written, ...change }, 'the changed policy')
      await stores.policies.put(version, 'test', clock.now())
      return version
    },
  }
}

const pullOf = (account: AccountRef, turn: Instant): StageMessage => ({
  stage: 'pull',
  key: accountKey(account),
  turn,
  attempt: 0,
})

async function changeOf(
  [account, budget, to]: Move,
  { from }: PlanOptions,
  state: Rig['state'],
): Promise<ChangeDecision> {
  const { known } = await state(account, budget)
  if (known.kind !== 'money') throw new Error('a budget is an amount')
  const of = known.amount.currency
  return decisionOf({
    lever: daily(account, budget),
    from: from === undefined ? known : { kind: 'money', amount: money(euros(from).micros, of) },
    to: { kind: 'money', amount: money(euros(to).micros, of) },
  })
}

const marked = (decision: ChangeDecision, event: EventMark | undefined): ChangeDecision =>
  event ? { ...decision, event } : decision

const decisionOf = (change: LeverChange): ChangeDecision => ({
  kind: 'change',
  change,
  name: `${change.lever.entity} ${change.lever.id}`,
  class: 'prospecting',
  expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
  binding: [],
  why: 'because the test says so',
  maturity: 1,
})
