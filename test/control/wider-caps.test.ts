import { describe, expect, test } from 'vitest'
import type { Instant } from '../../lib/units/calendar.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

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
