import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

describe('plan', () => {
  test('shows a grouped diff, a summary and the next command, exits 2, and asks the platforms nothing', async () => {
    await readyAt(shop, MORNING)
    const sent = shop.requests()
    const { code, out, err } = await shop.sluice('plan', '--out', 'plan.json')
    expect(code).toBe(2)
    // The first change of the plan, worked out from its figures.
    const { name, from, to, binding } = JSON.parse((await shop.sluice('plan', '--json')).out).plans[0].changes[0]
    const [before, after] = [Number(from.micros) / 1e6, Number(to.micros) / 1e6]
    const share = (100 * (after - before)) / before
    const change = `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(1)} %`
    const limits =
      binding.length > 0 ? `  limited by: ${binding.map((one: { name: string }) => one.name).join(', ')}` : ''
    expect(out).toContain(
      `  ~ ${GOOGLE} ${name}  dailyBudget  ${before.toFixed(2)} → ${after.toFixed(2)} EUR (${change})${limits}\n`,
    )
    expect(out).toMatch(/^Plan: \d+ change, \d+ hold; net [+−]\d+\.\d\d EUR\/day$/m)
    expect(out.indexOf(GOOGLE)).toBeLessThan(out.indexOf(META))
    expect(err).toContain('Next: sluice apply plan.json')
    expect(existsSync(join(shop.folder, 'plan.json'))).toBe(true)
    expect(shop.requests()).toEqual(sent)
  })

  test('stores a plan that waits for a person, also where the policy would push by itself', async () => {
    await readyAt(shop, MORNING, policyText({ mode: 'auto' }))
    const { plans } = JSON.parse((await shop.sluice('plan', '--json')).out)
    expect(plans[0]).toMatchObject({ portfolio: 'steady', mode: 'auto', approval: 'pending' })
    const before = shop.requests().mutating
    shop.market.advanceTo(later(MORNING, HOUR_MS))
    expect((await shop.sluice('run')).code).toBe(0)
    expect(shop.requests().mutating).toBe(before)
  })

  test('is blocked without caps, proposes some, and exits 3', async () => {
    await readyAt(shop, MORNING, policyText({ caps: false }))
    const { code, out, err } = await shop.sluice('plan')
    expect(code).toBe(3)
    // Seven budgets of 2,650 EUR in all; Google may spend twice a budget in a day, and a quarter more is left as room.
    expect(out).toContain(`account ${GOOGLE}  dayCap: "6625.00 EUR"`)
    expect(out).toMatch(/no-caps +15/)
    expect(err).toContain('write the caps into the policy file')
    const applied = await shop.sluice('apply', '--auto-approve')
    expect(applied.code).toBe(3)
    expect(applied.err).toMatch(/plan \w+ changes nothing: account google-ads:\d+ has no dayCap in the policy yet/)
  })

  test('is blocked by a freeze and says whose', async () => {
    await readyAt(shop, MORNING)
    await shop.sluice('freeze', '--reason', 'wrong prices')
    const { code, err } = await shop.sluice('plan')
    expect(code).toBe(3)
    expect(err).toContain('everything is frozen by')
    expect(err).toContain('wrong prices')
  })

  test('--all lists every lever that is held', async () => {
    await readyAt(shop, MORNING)
    expect((await shop.sluice('plan')).out).not.toContain('  = ')
    const { out } = await shop.sluice('plan', '--all')
    expect(out).toMatch(new RegExp(`^ {2}= ${GOOGLE} .* {2}dailyBudget {2}[\\d.]+ EUR {2}within-deadband: `, 'm'))
  })

  test('shows where the flight lands and what limits the portfolio; status shows the landing too', async () => {
    await readyAt(shop, MORNING)
    expect((await shop.sluice('status')).out).toContain('pace       unknown until the first daily plan')
    expect(JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0].pace).toBeNull()
    const [plan] = JSON.parse((await shop.sluice('plan', '--json')).out).plans
    // Twenty-eight days for 115,000 EUR, of which nothing is spent yet: 4,107.142857… a day.
    expect(plan.pace).toMatchObject({ daysLeft: 28, requiredPerDay: { micros: '4107142857', currency: 'EUR' } })
    expect(plan.limits.map(({ name }: { name: string }) => name)).toContain('day-target')
    expect(plan.changes.every((one: { limitedBy: string | null }) => one.limitedBy !== null)).toBe(true)
    const { out } = await shop.sluice('status')
    expect(out).toContain('0.00 EUR of 115000.00 EUR spent, 28 days left, 4107.14 EUR a day needed')
    expect(out).toMatch(/^ {2}landing {4}\d+\.\d\d EUR \(80 %: \d+\.\d\d EUR to \d+\.\d\d EUR\)$/m)
    const { pace } = JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0]
    expect(pace).toMatchObject({ asOf: plan.madeAt, landing: plan.pace.landing })
  })

  test('shows first what somebody changed outside', async () => {
    await readyAt(shop, MORNING)
    const google = shop.market.accounts[0]!
    const [id] = [...google.budgets].find(([, { amountMicros }]) => amountMicros === 184_000_000n)!
    shop.market.advanceTo(later(MORNING, HOUR_MS))
    shop.market.apply(
      { platform: 'google-ads', accountId: google.id, kind: 'budget', budgetId: id, amountMicros: 190_000_000n },
      { kind: 'human', name: 'jo@shop.example' },
    )
    await shop.sluice('pull')
    const { out } = await shop.sluice('plan')
    expect(out).toContain(
      `  ! ${GOOGLE} Search 2  dailyBudget  184.00 EUR → 190.00 EUR  by jo@shop.example, at 2026-10-05T07:00:00Z: adopt`,
    )
    expect(out.indexOf('Changed outside')).toBeLessThan(out.indexOf('  ~ '))
  })

  test('is refused when the accounts were pushed to since they were read', async () => {
    await readyAt(shop, MORNING)
    await shop.sluice('plan')
    await shop.sluice('apply', '--auto-approve')
    const { code, err } = await shop.sluice('plan')
    expect(code).toBe(1)
    expect(err).toContain(`${GOOGLE} was pushed to since it was last read: run "sluice pull ${GOOGLE}" first`)
  })
})
