import { describe, expect, test } from 'vitest'
import type { Sighting } from '../../lib/control/sighting.ts'
import { widerCaps } from '../../lib/control/wider-caps.ts'
import { type Lever, leverKey } from '../../lib/model/lever.ts'
import { dateAt, type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { type ExchangeRate, identityRate } from '../../lib/units/rates.ts'
import { A, B, daily, EUR, euros, type Rig, type RigOptions, rig, targetOf } from '../simulation/rig.ts'

/** The rig's five budgets cost 900 together, and up to twice that a day: 1,800. */
async function typed(units: number, options: RigOptions): Promise<Rig> {
  const stage = await rig({ cap: 100_000, ...options })
  await stage.ready()
  stage.wait(MINUTE_MS)
  stage.ads.human(A, '10', euros(units).micros)
  stage.wait(15 * MINUTE_MS)
  await stage.run('pull')
  return stage
}

const drift = async (stage: Rig) => (await stage.loop.facts.drifts(A, 0 as Instant)).at(-1)

describe('an edit beyond a cap over more than one account', () => {
  test('is cut back where the portfolio’s day would cost more than its cap, and the alert says how much', async () => {
    // 100 to 400 adds 600 to 1,800.
    const stage = await typed(400, { portfolioCap: 2_000 })
    expect(await drift(stage)).toMatchObject({ resolution: 'cut-back' })
    // 200 are left, half of it as budget: 200. The usual room of a day is less, 120.
    expect((await stage.state(A, '10')).cutBackTo).toEqual({ kind: 'money', amount: euros(120) })
    const [alert] = await stage.loop.alerts.all(A)
    expect(alert?.what).toBe(
      'The budget of "campaign 10" stands at 400.00 EUR, set by anna@shop.example, above what the portfolio’s day cap leaves, whose day would cost 2400.00 EUR of 2000.00 EUR; at worst today costs 800.00 EUR on this budget.',
    )
  })

  test('is adopted where the portfolio’s cap has room for it', async () => {
    expect(await drift(await typed(400, { portfolioCap: 2_400 }))).toMatchObject({ resolution: 'adopt' })
  })

  test('is cut back where a shared cap counts it, in another account’s company', async () => {
    const caps = (dayCap: string, match: object = {}) => ({ policy: { caps: [{ name: 'all search', match, dayCap }] } })
    const stage = await typed(400, { portfolioCap: 100_000, ...caps('2399 EUR') })
    expect(await drift(stage)).toMatchObject({
      resolution: 'cut-back',
      detail: expect.stringContaining(
        'above what cap "all search" leaves, whose day would cost 2400.00 EUR of 2399.00',
      ),
    })
    expect(await drift(await typed(400, { portfolioCap: 100_000, ...caps('2400 EUR') }))).toMatchObject({
      resolution: 'adopt',
    })
    // It counts another account only.
    const other = await typed(400, { portfolioCap: 100_000, ...caps('700 EUR', { account: 'scripted:2' }) })
    expect(await drift(other)).toMatchObject({ resolution: 'adopt' })
  })

  test('counts what was edited before it in the same reading', async () => {
    const stage = await rig({ cap: 100_000, portfolioCap: 2_400 })
    await stage.ready()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', euros(300).micros)
    stage.ads.human(A, '11', euros(400).micros)
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    expect((await stage.state(A, '10')).cutBackTo).toBeUndefined()
    expect((await stage.state(A, '11')).cutBackTo).toBeDefined()
  })

  test('is held to them at the portfolio’s rate', async () => {
    const stage = await rig({
      ...{ cap: 100_000, portfolioCap: 2_000, currencies: { '2': 'USD' } },
      rates: (from, to, date) => ({ from, to, date, microsPerUnit: 500_000n }) as never,
      policy: { guardrails: { rateHaircut: 0 } },
    })
    await stage.ready()
    stage.wait(MINUTE_MS)
    // 1,200 EUR and 600 USD, which are 300 EUR, cost 1,500; 100 to 500 USD adds 800 USD, 400 EUR; to 650 it is 550.
    stage.ads.human(B, '20', euros(500).micros)
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull', B)
    expect((await stage.state(B, '20')).cutBackTo).toBeUndefined()
    stage.ads.human(B, '20', euros(650).micros)
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull', B)
    expect((await stage.state(B, '20')).cutBackTo).toBeDefined()
  })
})

describe('the caps over more than one account', () => {
  const worth = (units: number) => ({ kind: 'money', amount: euros(units) }) as const
  const sighted = (lever: Lever, units: number): Sighting => ({
    ...{ lever, value: worth(units), idle: false, portfolio: undefined },
  })
  /** What is asked about account A's budgets and a target, with 1,800 of the portfolio's 5,000 taken. */
  async function capsFor(sightings: readonly Sighting[], more: { readonly rates?: readonly ExchangeRate[] } = {}) {
    const stage = await rig({ policy: { caps: [{ name: 'search', match: {}, dayCap: '4000 EUR' }] } })
    await stage.ready()
    const target = { ...(await stage.state(A, '10')), lever: targetOf(A, '10') }
    const states = new Map(await stage.loop.money.allLevers(A)).set(leverKey(target.lever), target)
    const { policy } = stage.policy
    const day = await stage.loop.money.portfolioDay(policy.portfolio, dateAt(stage.now(), policy.zone))
    return widerCaps(sightings, states, stage.policy, { ...day!, ...more }, stage.loop)
  }
  const names = async (...sightings: readonly Sighting[]) =>
    (await capsFor(sightings)).of(daily(A, '10')).map(({ name }) => name)

  test('are looked at where somebody has raised a budget, and only there', async () => {
    const both = ['the portfolio’s day cap', 'cap "search"']
    expect(await names(sighted(daily(A, '10'), 110))).toEqual(both)
    expect(await names(sighted(daily(A, '11'), 190), sighted(daily(A, '10'), 110))).toEqual(both)
    expect(await names(sighted(daily(A, '11'), 190))).toEqual([])
    expect(await names(sighted(targetOf(A, '10'), 110))).toEqual([])
    // Nobody has raised what was never seen before.
    expect(await names(sighted(daily(A, '99'), 110))).toEqual([])
    expect(await names()).toEqual([])
  })

  test('count what was seen before in the same reading, in every currency that the day knows', async () => {
    const [USD, JPY] = [currency('USD'), currency('JPY')]
    const on = '2026-06-02' as never
    const rates = [identityRate(EUR, on), { ...identityRate(USD, on), to: EUR, microsPerUnit: 500_000n }]
    const caps = await capsFor([sighted(daily(A, '10'), 110)], { rates })
    const lever = daily(A, '11')
    caps.count(lever, euros(20))
    caps.count(lever, money(60_000_000n, USD))
    caps.count(lever, money(1n, JPY))
    // 20 and half of 60.
    expect(caps.of(lever).map(({ exposure }) => exposure)).toEqual([euros(1850), euros(1850)])
  })
})
