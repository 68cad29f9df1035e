import { describe, expect, test } from 'vitest'
import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import type { IntentRecord } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { Approval, Plan, PlanId, PlanProgress } from '../../lib/model/plan.ts'
import type { MoneyCommit, MoneyStore } from '../../lib/ports/store.ts'
import { verifyChain } from '../../lib/store/audit-chain.ts'
import { dynamoAuditStore } from '../../lib/store/audit-store.ts'
import { dynamoMoneyStore } from '../../lib/store/money-store.ts'
import { dynamoPlanStore } from '../../lib/store/plan-store.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { money } from '../../lib/units/money.ts'
import { clientFor, embedded, PREFIX } from './embedded.ts'
import { lossyProxy } from './lossy-proxy.ts'
import {
  dailyBudget,
  EUR,
  euros,
  leverState,
  moneyValue,
  NOON,
  newAccount,
  opening,
  PORTFOLIO,
  sampleIntent,
  TODAY,
} from './samples.ts'

const engine = embedded()

/** An account whose day is open at 100 of 200 EUR and whose one lever stands at 50 EUR. */
async function openedAccount(store: MoneyStore, cap = '200') {
  const account = newAccount()
  const lever = dailyBudget(account, '7')
  const commit = { ...opening(account, '100', cap), levers: [{ next: leverState(lever, 1, '50'), expected: 0 }] }
  expect(await store.commit(commit)).toEqual({ kind: 'committed' })
  return { account, lever, commit }
}

/** Reserves a raise of the lever from 50 to 70 EUR, which counts double. */
function reservation({ account, lever }: Awaited<ReturnType<typeof openedAccount>>, plan = 'p1'): MoneyCommit {
  const intent = sampleIntent(lever, plan, '50', '70')
  const pending = {
    intent: intent.id,
    to: moneyValue('70'),
    leaseUntil: intent.leaseUntil,
    highBefore: moneyValue('50'),
  }
  return {
    ...opening(account),
    token: `reserve ${intent.id}`,
    levers: [{ next: { ...leverState(lever, 2, '50'), pending }, expected: 1 }],
    intents: [{ intent }],
    accountDay: {
      next: { account, date: TODAY, exposure: euros('140'), cap: euros('200'), version: 2 },
      expected: 1,
    },
    entries: [
      {
        kind: 'reserved',
        intent: intent.id,
        lever: leverKey(lever),
        from: '50 EUR',
        to: '70 EUR',
        date: TODAY,
        deltaMicros: '40000000',
      },
    ],
  }
}

function withoutDay({ accountDay: _day, ...commit }: MoneyCommit): MoneyCommit {
  return commit
}

const settlement = (reserved: MoneyCommit, outcome: IntentRecord['outcome']): MoneyCommit => ({
  ...withoutDay(reserved),
  token: `settle ${reserved.token}`,
  levers: [],
  intents: reserved.intents.map(({ intent }) => ({ intent, settledAt: NOON, ...(outcome && { outcome }) })),
  entries: [
    {
      kind: 'settled',
      intent: 'i',
      lever: 'l',
      outcome: outcome?.kind ?? '',
      detail: '',
      known: '70 EUR',
      date: TODAY,
      deltaMicros: '0',
    },
  ],
})
const VERIFIED: IntentRecord['outcome'] = { kind: 'applied', readback: { kind: 'verified', value: moneyValue('70') } }

describe('what is committed', () => {
  test('is read back as it was written, lever, intent, ledgers and progress', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const plan = `plan-${opened.account.id}` as PlanId
    const portfolioDay = {
      portfolio: PORTFOLIO,
      date: TODAY,
      exposure: euros('140'),
      cap: euros('900'),
      rates: [{ from: EUR, to: EUR, date: TODAY, microsPerUnit: 1_000_000n }],
      version: 1,
    }
    const progress: PlanProgress = {
      plan,
      version: 1,
      cursors: { [accountKey(opened.account)]: 1 },
      openCuts: {},
      freed: euros('0'),
      raised: euros('20'),
    }
    const commit: MoneyCommit = {
      ...reservation(opened, plan),
      portfolioDay: { next: portfolioDay, expected: 0 },
      progress: { next: progress, expected: 0 },
    }
    expect(await store.commit(commit)).toEqual({ kind: 'committed' })

    expect(await store.accountDay(opened.account, TODAY)).toEqual(commit.accountDay?.next)
    expect(await store.portfolioDay(PORTFOLIO, TODAY)).toEqual(portfolioDay)
    const key = leverKey(opened.lever)
    expect(await store.levers(opened.account, [key])).toEqual(new Map([[key, commit.levers[0]?.next]]))
    expect(await store.allLevers(opened.account)).toEqual(new Map([[key, commit.levers[0]?.next]]))
    expect(await store.intents(opened.account, plan)).toEqual(commit.intents)
    expect(await store.intent(opened.account, commit.intents[0]!.intent.id)).toEqual(commit.intents[0])
  })

  test('keeps micros beyond 2^53 exact', async () => {
    const store = dynamoMoneyStore(engine.options)
    const account = newAccount()
    const exposure = money(9_007_199_254_740_993_000_001n, EUR)
    const opened = opening(account)
    await store.commit({
      ...opened,
      accountDay: { next: { account, date: TODAY, exposure, version: 1 }, expected: 0 },
    })
    expect(await store.accountDay(account, TODAY)).toEqual({ account, date: TODAY, exposure, version: 1 })
  })

  test('is recorded in the chain of the account, whose head moves with it', async () => {
    const store = dynamoMoneyStore(engine.options)
    const audit = dynamoAuditStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    await store.commit(reserved)
    const chain = accountKey(opened.account)
    const records = await Array.fromAsync(audit.records(chain))
    expect(records.map(({ sequence, entries }) => [sequence, entries])).toEqual([
      [1, opened.commit.entries],
      [2, reserved.entries],
    ])
    expect(verifyChain(records, await audit.head(chain)).kind).toBe('intact')
  })
})

describe('a conflict', () => {
  test('names the lever that somebody else wrote first, and nothing is applied', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    const stale = { ...reserved, levers: [{ next: leverState(opened.lever, 8, '50'), expected: 7 }] }
    expect(await store.commit(stale)).toEqual({ kind: 'conflict', on: [`lever ${leverKey(opened.lever)}`] })
    expect((await store.accountDay(opened.account, TODAY))?.version).toBe(1)
    expect(await store.intent(opened.account, reserved.intents[0]!.intent.id)).toBeUndefined()
    expect((await dynamoAuditStore(engine.options).head(accountKey(opened.account)))?.sequence).toBe(1)
  })

  test('is what the same commit meets when it is sent again after its success', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    expect(await store.commit(reserved)).toEqual({ kind: 'committed' })
    const again = await store.commit(reserved)
    expect(again).toEqual({
      kind: 'conflict',
      on: [
        `lever ${leverKey(opened.lever)}`,
        `intent ${reserved.intents[0]?.intent.id}`,
        `account-day ${accountKey(opened.account)} ${TODAY}`,
      ],
    })
    expect((await store.accountDay(opened.account, TODAY))?.exposure).toEqual(euros('140'))
  })

  test('is what a repeated commit of audit entries alone meets', async () => {
    const store = dynamoMoneyStore(engine.options)
    const entries = [{ kind: 'plan', plan: 'p9', approval: 'approved', by: 'ann' }] as const
    const commit: MoneyCommit = {
      token: 'approve p9',
      chain: 'portfolio/entries-only',
      at: NOON,
      levers: [],
      intents: [],
      entries,
    }
    expect(await store.commit(commit)).toEqual({ kind: 'committed' })
    expect(await store.commit(commit)).toEqual({ kind: 'conflict', on: ['commit approve p9'] })
  })

  test('on the chain alone is tried again: 4 commits of one account at a time all end up in it', async () => {
    const store = dynamoMoneyStore(engine.options)
    const { account } = await openedAccount(store)
    const commits = ['1', '2', '3', '4'].map((id) => ({
      ...withoutDay(opening(account)),
      token: `seen ${id}`,
      levers: [{ next: leverState(dailyBudget(account, id), 1, '10'), expected: 0 }],
    }))
    const results = await Promise.all(commits.map((commit) => store.commit(commit)))
    expect(results.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed', 'committed'])
    const records = await Array.fromAsync(dynamoAuditStore(engine.options).records(accountKey(account)))
    expect(records.length).toBe(5)
    expect(verifyChain(records).kind).toBe('intact')
  })
})

describe('an intent', () => {
  test('cannot be written twice', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    await store.commit(reserved)
    const again = { ...withoutDay(reserved), levers: [], token: 'another', entries: opened.commit.entries }
    expect(await store.commit(again)).toEqual({ kind: 'conflict', on: [`intent ${reserved.intents[0]?.intent.id}`] })
  })

  test('is settled once: unknown may be followed by a settled outcome, and that by nothing', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    await store.commit(reserved)
    const unknown = { ...settlement(reserved, { kind: 'unknown', detail: 'timed out' }), token: 'u' }
    expect((await store.commit(unknown)).kind).toBe('committed')
    expect((await store.commit(settlement(reserved, VERIFIED))).kind).toBe('committed')
    expect(await store.commit({ ...settlement(reserved, { kind: 'shadowed' }), token: 's' })).toEqual({
      kind: 'conflict',
      on: [`intent ${reserved.intents[0]?.intent.id}`],
    })
  })

  test('that was accepted and not read back yet may still be settled', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const reserved = reservation(opened)
    await store.commit(reserved)
    const unread = settlement(reserved, { kind: 'applied', readback: { kind: 'not-read', detail: 'the read failed' } })
    expect((await store.commit({ ...unread, token: 'unread' })).kind).toBe('committed')
    expect((await store.commit(settlement(reserved, VERIFIED))).kind).toBe('committed')
  })

  test('that was sent cannot be settled without having been written before', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    expect((await store.commit(settlement(reservation(opened), VERIFIED))).kind).toBe('conflict')
  })

  test('that was never sent may be written with its outcome at once', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    expect((await store.commit(settlement(reservation(opened), { kind: 'shadowed' }))).kind).toBe('committed')
  })
})

describe('a commit is refused outright', () => {
  const refused = async (change: (commit: MoneyCommit) => MoneyCommit, message: string) => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    await expect(store.commit(change(reservation(opened)))).rejects.toThrow(message)
    expect((await store.accountDay(opened.account, TODAY))?.version).toBe(1)
  }
  const day = (commit: MoneyCommit, exposure: string, cap?: string): MoneyCommit => {
    const { cap: _cap, ...next } = { ...commit.accountDay!.next, exposure: euros(exposure) }
    return { ...commit, accountDay: { next: cap ? { ...next, cap: euros(cap) } : next, expected: 1 } }
  }

  test('when a reservation would carry the account day over its cap, by a micro', () =>
    refused((commit) => day(commit, '200.000001', '200'), 'would exceed the cap of 200000000 EUR'))

  test('when a reservation raises an account day that has no cap', () =>
    refused((commit) => day(commit, '140'), 'has no cap on 2026-11-21: nothing may be raised'))

  test('when a reservation raises without the ledger', () => refused(withoutDay, 'needs the account-day ledger'))

  test('when a reservation would carry the portfolio over its cap', () =>
    refused(
      (commit) => ({
        ...commit,
        portfolioDay: {
          next: {
            portfolio: PORTFOLIO,
            date: TODAY,
            exposure: euros('11'),
            cap: euros('10'),
            rates: [],
            version: 1,
          },
          expected: 0,
        },
      }),
      'portfolio eu on 2026-11-21',
    ))

  test('when a version would be skipped', () =>
    refused(
      (commit) => ({ ...commit, accountDay: { ...commit.accountDay!, expected: 0 } }),
      'version 2 cannot follow 0: the next is 1',
    ))

  test('when it has 26 levers', () =>
    refused(
      (commit) => ({
        ...commit,
        levers: Array.from({ length: 26 }, (_, i) => ({
          next: leverState(dailyBudget(commit.accountDay!.next.account, `${i}`), 1, '1'),
          expected: 0,
        })),
      }),
      'moves 26 levers: at most 25',
    ))

  test('when a lever is of another account than the chain', () =>
    refused(
      (commit) => ({
        ...commit,
        levers: [{ next: leverState(dailyBudget(newAccount(), '1'), 1, '1'), expected: 0 }],
      }),
      'cannot record what was done to account',
    ))
})

test('what others did may carry a day over its cap, and is recorded as it is', async () => {
  const store = dynamoMoneyStore(engine.options)
  const { account } = await openedAccount(store)
  const commit: MoneyCommit = {
    ...opening(account),
    token: 'observed',
    accountDay: {
      next: { account, date: TODAY, exposure: euros('5000'), cap: euros('200'), version: 2 },
      expected: 1,
    },
    entries: [
      {
        kind: 'observed',
        lever: 'l',
        from: '50 EUR',
        to: '2500 EUR',
        resolution: 'cut-back',
        date: TODAY,
        deltaMicros: '4900000000',
      },
    ],
  }
  expect(await store.commit(commit)).toEqual({ kind: 'committed' })
})

test('a commit of 25 levers with 25 intents fits one transaction', async () => {
  const store = dynamoMoneyStore(engine.options)
  const account = newAccount()
  const levers = Array.from({ length: 25 }, (_, i) => dailyBudget(account, `${100 + i}`))
  const commit: MoneyCommit = {
    ...opening(account),
    levers: levers.map((lever) => ({ next: leverState(lever, 1, '1'), expected: 0 })),
    intents: levers.map((lever) => ({ intent: sampleIntent(lever, 'full', '1', '2') })),
  }
  expect(await store.commit(commit)).toEqual({ kind: 'committed' })
  expect((await store.intents(account, 'full' as PlanId)).length).toBe(25)
  expect((await store.levers(account, levers.map(leverKey))).size).toBe(25)
})

test('a commit whose answer was lost is applied once and reported committed', async () => {
  const proxy = await lossyProxy(engine.endpoint)
  const client = clientFor(proxy.endpoint)
  try {
    const store = dynamoMoneyStore({ client, prefix: PREFIX })
    const opened = await openedAccount(store)
    const sentBefore = proxy.seen.get('TransactWriteItems') ?? 0
    proxy.lose('TransactWriteItems', 1)
    expect(await store.commit(reservation(opened))).toEqual({ kind: 'committed' })
    expect((proxy.seen.get('TransactWriteItems') ?? 0) - sentBefore).toBe(2)
    expect(await store.accountDay(opened.account, TODAY)).toMatchObject({ exposure: euros('140'), version: 2 })
    expect((await dynamoAuditStore(engine.options).head(accountKey(opened.account)))?.sequence).toBe(2)
  } finally {
    client.destroy()
    await proxy.close()
  }
})

describe('a reservation of a plan', () => {
  const APPROVED: Approval = { kind: 'approved', by: 'ann', at: NOON }
  const planCalled = (id: string): Plan => ({
    ...{ id: id as PlanId, portfolio: PORTFOLIO, mode: 'auto', madeAt: NOON, expiresAt: NOON, policyVersion: 'v1' },
    ...{ inputsHash: '0', rates: [], dayTarget: euros('0'), marginalReturn: 0, netGrowth: euros('0') },
    ...{ occasion: 'daily', proposedCaps: [], decisions: [] },
  })

  test.each<{ name: string; approval: Approval; later?: Approval; on?: string }>([
    { name: 'is written while it is approved', approval: APPROVED },
    { name: 'is none while nobody has approved it', approval: { kind: 'pending' }, on: 'plan waits' },
    {
      name: 'is none once it is rejected',
      approval: APPROVED,
      later: { kind: 'rejected', by: 'ann', at: NOON },
      on: 'plan waits',
    },
  ])('$name', async ({ name, approval, later, on }) => {
    const [store, plans] = [dynamoMoneyStore(engine.options), dynamoPlanStore(engine.options)]
    const opened = await openedAccount(store)
    const id = on ? `${on.slice(5)}-${name.length}` : `stands-${name.length}`
    await plans.put(planCalled(id), approval)
    if (later) expect(await plans.decide(id as PlanId, approval, later)).toBe(true)
    const commit = { ...reservation(opened, id), approved: id as PlanId }
    const result = await store.commit(commit)
    expect(result).toEqual(on ? { kind: 'conflict', on: [`plan ${id}`] } : { kind: 'committed' })
    expect(await store.intents(opened.account, id as PlanId)).toHaveLength(on ? 0 : 1)
    // The look at the approval leaves nothing in the log.
    const records = await Array.fromAsync(dynamoAuditStore(engine.options).records(accountKey(opened.account)))
    expect(records.flatMap(({ writes = [] }) => writes).filter(({ pk }) => pk.startsWith('PLAN#'))).toEqual([])
  })

  const day = { date: addDays(TODAY, 1), exposure: euros('1'), version: 1 }
  test.each<{ whose: string; next: (account: AccountRef) => Pick<MoneyCommit, 'accountDay' | 'portfolioDay'> }>([
    { whose: 'account', next: (account) => ({ accountDay: { next: { ...day, account }, expected: 0 } }) },
    {
      whose: 'portfolio',
      next: () => ({ portfolioDay: { next: { ...day, portfolio: PORTFOLIO, rates: [] }, expected: 0 } }),
    },
  ])('is none once the next day of its $whose is open', async ({ whose, next }) => {
    const store = dynamoMoneyStore(engine.options)
    const held = ({ account }: { readonly account: AccountRef }) => ({
      unopened: [whose === 'account' ? { account, date: day.date } : { portfolio: PORTFOLIO, date: day.date }],
    })
    const early = await openedAccount(store)
    expect(await store.commit({ ...reservation(early, `early-${whose}`), ...held(early) })).toEqual({
      kind: 'committed',
    })
    const late = await openedAccount(store)
    const opened = { ...opening(late.account), accountDay: undefined, ...next(late.account), token: `open ${whose}` }
    expect(await store.commit(opened as MoneyCommit)).toEqual({ kind: 'committed' })
    const name = `day ${day.date} of ${whose === 'account' ? accountKey(late.account) : PORTFOLIO}`
    expect(await store.commit({ ...reservation(late, `late-${whose}`), ...held(late) })).toEqual({
      kind: 'conflict',
      on: [name],
    })
  })

  test('of which there is no plan at all is none', async () => {
    const store = dynamoMoneyStore(engine.options)
    const opened = await openedAccount(store)
    const result = await store.commit({ ...reservation(opened, 'ghost'), approved: 'ghost' as PlanId })
    expect(result).toEqual({ kind: 'conflict', on: ['plan ghost'] })
  })
})
