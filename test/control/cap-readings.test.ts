import { describe, expect, test } from 'vitest'
import { spentUnderCaps, worstDays } from '../../lib/control/cap-readings.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import type { IntradaySpend } from '../../lib/model/history.ts'
import { dateAt, HOUR_MS, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { A, B, EUR, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

const USD = currency('USD')
/** A dollar is half a euro. */
const rates = (from: string, to: string, date: unknown) => ({ from, to, date, microsPerUnit: 500_000n }) as never
const NO_CAP = { cap: 100_000, portfolioCap: 100_000 }

async function ready(options: RigOptions = {}): Promise<Rig> {
  const stage = await rig(options)
  await stage.ready()
  return stage
}

describe('what caps over more than one account have spent', () => {
  type Spent = Readonly<Record<string, readonly (bigint | undefined)[]>>
  async function withSpend(stage: Rig, account: AccountRef, spent: Spent, more: Partial<IntradaySpend> = {}) {
    const { zone } = (await stage.loop.facts.structure(account))!
    await stage.loop.facts.putIntraday({
      ...{ account: accountKey(account), date: dateAt(stage.now(), zone), currency: EUR, readAt: stage.now() },
      spendMicrosByHour: new Map(Object.entries(spent)),
      ...more,
    })
  }
  const spentBy = async (stage: Rig, account = A) =>
    spentUnderCaps(stage.policy, (await stage.loop.facts.structure(account))!, stage.loop)
  const micros = (units: number): bigint => euros(units).micros

  test('is counted to the micro over hours, ad groups and accounts; an hour that was not reported is nothing', async () => {
    const stage = await ready({ portfolioCap: 100 })
    await withSpend(stage, A, { '10': [undefined, 1n, micros(60)], '11/7': [micros(30)] })
    await withSpend(stage, B, { '20/1': [micros(40)], '20/2': [2n] })
    expect(await spentBy(stage)).toEqual([
      { name: 'portfolio "eu"', cap: euros(100), spent: money(130_000_003n, EUR), campaigns: ['10', '11', '12'] },
    ])
    expect((await spentBy(stage, B))[0]!.campaigns).toEqual(['20', '21'])
  })

  test('is looked at from the share of the cap on that the policy says, to the micro', async () => {
    const share = { policy: { breakers: { runawaySpend: { share: 0.9 } } }, portfolioCap: 100 }
    const stage = await ready(share)
    await withSpend(stage, A, { '10': [micros(90)] })
    expect(await spentBy(stage)).toMatchObject([{ spent: euros(90) }])
    await withSpend(stage, A, { '10': [micros(90) - 1n] })
    expect(await spentBy(stage)).toEqual([])
    expect(await spentBy(await ready({ portfolioCap: undefined }))).toEqual([])
  })

  test('is asked for once for all accounts, and what it is made of only near a cap', async () => {
    const readsUnder = async (portfolioCap: number): Promise<readonly string[]> => {
      const stage = await ready({ portfolioCap })
      await withSpend(stage, A, { '10': [micros(60)] })
      await withSpend(stage, B, { '20': [micros(40)] })
      const structure = (await stage.loop.facts.structure(A))!
      const reads: string[] = []
      const facts = new Proxy(stage.loop.facts, {
        get: (target, name: keyof Loop['facts']) => {
          reads.push(name)
          return target[name]
        },
      })
      await spentUnderCaps(stage.policy, structure, { ...stage.loop, facts })
      return reads
    }
    expect(await readsUnder(1_000)).toEqual(['intradayTotals'])
    expect((await readsUnder(100)).toSorted()).toEqual([
      ...['intraday', 'intraday', 'intradayTotals', 'structure', 'structure'],
    ])
  })

  test('is of the campaigns that each counts', async () => {
    const caps = [
      { name: 'ten', match: { name: 'campaign 10' }, dayCap: '50 EUR' },
      { name: 'second', match: { account: 'scripted:2' }, dayCap: '50 EUR' },
    ]
    const stage = await ready({ ...NO_CAP, policy: { caps } })
    await withSpend(stage, A, { '10/5': [micros(60)], '11': [micros(7)], '99': [micros(1)] })
    await withSpend(stage, B, { '20': [micros(8)] })
    expect(await spentBy(stage)).toMatchObject([
      { name: 'cap "ten"', spent: euros(60), campaigns: ['10'] },
      { name: 'cap "second"', spent: euros(8), campaigns: [] },
    ])
  })

  test('is of each account’s own day: one may be ahead of the portfolio’s, or behind', async () => {
    for (const [zone, start] of [
      ['Pacific/Auckland', '2026-06-02T20:00:00Z'],
      ['America/Los_Angeles', '2026-06-02T04:00:00Z'],
    ] as const) {
      const stage = await ready({ portfolioCap: 100, zones: { '2': zone }, start: instant(start) })
      const day = dateAt(stage.now(), timeZone(zone))
      expect(day).not.toBe(dateAt(stage.now(), stage.policy.policy.zone))
      await withSpend(stage, B, { '20': [micros(101)] })
      expect(await spentBy(stage)).toMatchObject([{ spent: euros(101) }])
    }
  })

  test('is of the newest day that is known, and nothing where that is over', async () => {
    const stage = await ready({ portfolioCap: 100 })
    await withSpend(stage, A, { '10': [micros(500)] })
    stage.wait(24 * HOUR_MS)
    expect(await spentBy(stage)).toMatchObject([{ spent: euros(0) }])
    await withSpend(stage, A, { '10': [micros(110)] })
    expect(await spentBy(stage)).toMatchObject([{ spent: euros(110) }])
  })

  test('is in the portfolio’s currency, rounded up; what has no rate is not known', async () => {
    const options = { portfolioCap: 100, currencies: { '2': 'USD' }, policy: { guardrails: { rateHaircut: 0 } } }
    const stage = await ready({ ...options, rates })
    await withSpend(stage, A, { '10': [micros(100)] })
    await withSpend(stage, B, { '20': [5n] }, { currency: USD })
    expect(await spentBy(stage)).toMatchObject([{ spent: money(100_000_003n, EUR) }])
    await withSpend(stage, B, { '20': [5n] }, { currency: currency('JPY') })
    expect(await spentBy(stage)).toMatchObject([{ spent: euros(100) }])
  })

  test('leaves out an account that was never read', async () => {
    const stage = await ready({ portfolioCap: 100 })
    await withSpend(stage, A, { '10': [micros(110)] })
    await withSpend(stage, B, { '20': [micros(50)] })
    const { facts } = stage.loop
    const structure: Loop['facts']['structure'] = async (of) => (of.id === B.id ? undefined : facts.structure(of))
    const of = (await facts.structure(A))!
    const known = await spentUnderCaps(stage.policy, of, { ...stage.loop, facts: { ...facts, structure } })
    expect(known).toMatchObject([{ spent: euros(110) }])
  })
})

describe('caps that the budgets as they stand are above at worst', () => {
  async function worstOf(stage: Rig, account = A, loop: Loop = stage.loop) {
    const structure = (await stage.loop.facts.structure(account))!
    const levers = [...(await stage.loop.money.allLevers(account)).values()]
    return worstDays(stage.policy, [stage.policy], structure, levers, loop)
  }
  /** The portfolio’s day is taken for charged with all that its cap allows, and more. */
  const charged = ({ loop }: Rig): Loop => ({ ...loop, money: { ...loop.money, portfolioDay: async () => undefined } })

  test('are told of from a micro above on, by how much', async () => {
    // 100, 200 and 300 at twice.
    expect(await worstOf(await ready({ cap: 1200 }))).toEqual([])
    expect(await worstOf(await ready({ cap: 1199.99 }))).toEqual([
      { worst: euros(1200), cap: euros(1199.99), excess: euros(0.01) },
    ])
    expect(await worstOf(await ready({ cap: undefined }))).toEqual([])
  })

  test('over more than one account are told of by the first of them alone, from a micro above on', async () => {
    const within = await ready({ ...NO_CAP, portfolioCap: 1800 })
    expect(await worstOf(within, A, charged(within))).toEqual([])
    const above = await ready({ ...NO_CAP, portfolioCap: 1799.99 })
    expect(await worstOf(above, A, charged(above))).toEqual([
      { name: 'portfolio "eu"', worst: euros(1800), cap: euros(1799.99), excess: euros(0.01) },
    ])
    expect(await worstOf(above, B, charged(above))).toEqual([])
  })

  test('are told of in the account’s currency too', async () => {
    const currencies = { '1': 'USD' }
    const options = { cap: 100_000, currencies, rates, policy: { guardrails: { rateHaircut: 0 } } }
    // 1,200 dollars are 600 euros; 600 of the other account.
    const stage = await ready({ ...options, portfolioCap: 1150 })
    expect(await worstOf(stage)).toEqual([
      { name: 'portfolio "eu"', worst: euros(1200), cap: euros(1150), excess: money(100_000_000n, USD) },
    ])
    expect(await worstOf(stage, A, charged(stage))).toEqual([])
  })

  test('reads no other account while the day is charged with no more than its cap', async () => {
    const stage = await ready({ ...NO_CAP, portfolioCap: 1800 })
    const unread: Loop['money']['allLevers'] = async () => {
      throw new Error('nothing is to be read')
    }
    const loop = { ...stage.loop, money: { ...stage.loop.money, allLevers: unread } }
    const structure = (await stage.loop.facts.structure(A))!
    expect(await worstDays(stage.policy, [stage.policy], structure, [], loop)).toEqual([])
  })
})
