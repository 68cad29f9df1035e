import { describe, expect, test } from 'vitest'
import { accountKey } from '../../lib/model/account.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, euros, rig } from '../simulation/rig.ts'
import { alerts, budget, micros, only, quarter, RUNAWAY, spending } from './guard-stage.ts'

const shared = (dayCap: string, match: object = {}) => ({ policy: { caps: [{ name: 'all search', match, dayCap }] } })

describe('spend beyond a cap over more than one account', () => {
  test('of the portfolio is told, and cut to the floor like that beyond the account’s own', async () => {
    const stage = await spending(RUNAWAY, { cap: 100_000, portfolioCap: 2500 })
    await quarter(stage)
    await stage.run('act')
    expect(await only(stage)).toMatchObject({
      rule: 'runawaySpend',
      what: 'What portfolio "eu" counts has spent 3000.00 EUR today of 2500.00 EUR, which is past it.',
    })
    expect([budget(stage, '10'), budget(stage, '11')]).toEqual([micros(50), micros(200)])
  })

  test('of a shared cap is told, where it counts the account', async () => {
    const stage = await spending(RUNAWAY, { cap: 100_000, portfolioCap: 100_000, ...shared('2500 EUR') })
    await quarter(stage)
    expect((await only(stage)).what).toContain('What cap "all search" counts has spent 3000.00 EUR today of 2500.00')
    const other = await spending(RUNAWAY, {
      ...{ cap: 100_000, portfolioCap: 100_000 },
      ...shared('2500 EUR', { account: accountKey(B) }),
    })
    await quarter(other)
    expect(await alerts(other)).toEqual([])
  })

  test('is counted over all accounts, each in its own currency', async () => {
    // 3,000 EUR, and as many dollars in the other account at a half: 4,500, of which the one account says nothing.
    const stage = await spending(RUNAWAY, {
      ...{ cap: 100_000, portfolioCap: 4_400, currencies: { '2': 'USD' } },
      rates: (from, to, date) => ({ from, to, date, microsPerUnit: 500_000n }) as never,
      policy: { guardrails: { rateHaircut: 0 } },
    })
    await quarter(stage)
    expect(await alerts(stage)).toEqual([])
    const [day] = await stage.loop.facts.intradays(A, ['2026-06-02' as never])
    const spent = new Map([['20', [euros(3000).micros]]])
    await stage.loop.facts.putIntraday({
      ...day!,
      account: accountKey(B),
      currency: 'USD' as never,
      spendMicrosByHour: spent,
    })
    await quarter(stage)
    expect((await only(stage)).what).toContain('has spent 4500.00 EUR today of 4400.00 EUR')
  })

  test('is no matter of a day that is over', async () => {
    const stage = await spending(RUNAWAY, { cap: 100_000, portfolioCap: 2500 })
    await quarter(stage)
    stage.spent = {}
    stage.wait(24 * HOUR_MS)
    await stage.ready()
    for (let i = 0; i < 3; i++) await quarter(stage)
    expect((await only(stage)).state).toBe('resolved')
  })
})

describe('budgets that are above a cap at worst as they stand', () => {
  const own = async (how: 'new' | 'started') => {
    const stage = await rig({ portfolioCap: 100_000 })
    const account = stage.ads.accounts.get(accountKey(A))!
    const campaign = how === 'new' ? '15' : '12'
    if (how === 'started') {
      account.campaigns.set('12', 'paused')
      account.budgets.get('12')!.micros = micros(3_000)
    }
    await stage.ready()
    account.campaigns.set(campaign, 'active')
    if (how === 'new')
      account.budgets.set('15', {
        ...{ id: '15', micros: micros(10_000), period: 'daily', status: 'active', campaigns: ['15'] },
      })
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    await stage.run('guard')
    return only(stage)
  }

  test.each([
    // 600 beside it, and a day may cost twice its budget.
    ['new', '21200.00'],
    // 100 and 200 beside it.
    ['started', '6600.00'],
  ] as const)('are told of: a %s campaign', async (how, worst) => {
    expect(await own(how)).toMatchObject({
      ...{ rule: 'outsideCaps', subject: { kind: 'account' }, state: 'open' },
      what: `The budgets of the account may cost ${worst} EUR a day at worst, as they stand, and the cap is 2000.00 EUR.`,
    })
  })

  test('are told of once where somebody has typed one too large: by its own alert', async () => {
    const stage = await rig()
    await stage.ready()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros(10_000))
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    await stage.run('guard')
    expect((await only(stage)).subject).toMatchObject({ kind: 'campaign' })
  })

  test('are told of by the first account of a portfolio that is above its cap, or a shared one', async () => {
    // Five budgets of 900 in all, twice over.
    const stage = await rig({ cap: 100_000, portfolioCap: 1_799, ...shared('700 EUR', { account: accountKey(B) }) })
    await stage.ready()
    stage.wait(15 * MINUTE_MS)
    await stage.run('guard', A)
    await stage.run('guard', B)
    expect(await alerts(stage, B)).toEqual([])
    expect((await only(stage)).what).toBe(
      'The budgets that portfolio "eu" counts may cost 1800.00 EUR a day at worst, as they stand, and the cap is 1799.00 EUR.',
    )
  })

  test('is over when they fit', async () => {
    const stage = await rig({ cap: 100_000, portfolioCap: 1_799 })
    await stage.ready()
    await quarter(stage)
    stage.ads.human(A, '10', micros(90))
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    for (let i = 0; i < 3; i++) await quarter(stage)
    expect((await only(stage)).state).toBe('resolved')
  })
})
