import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { instant } from '../../lib/units/calendar.ts'
import { GOOGLE, META, MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const planId = async (): Promise<string> => JSON.parse((await shop.sluice('plan', '--json')).out).plans[0].id
const lastPlan = async () => JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0].lastPlan
const of = (account: string, budgets = shop.budgets()) => [...budgets].filter(([key]) => key.startsWith(account))

/** A plan that is pushed to Google, and waits for Meta’s midnight to be over. */
async function halfPushed(): Promise<string> {
  await readyAt(shop, instant('2026-10-05T00:00:00Z'))
  // The day’s decision, which would replace a plan that was made before it.
  await shop.sluice('run')
  // 05:50 in Berlin, ten minutes to midnight in New York.
  shop.market.advanceTo(instant('2026-10-05T03:50:00Z'))
  await shop.sluice('pull')
  const plan = await planId()
  expect((await shop.sluice('apply', plan, '--auto-approve')).err).toContain('not all of it is pushed yet')
  return plan
}

describe('reject', () => {
  test('of a plan that waits: it cannot be applied any more, and a new one can', async () => {
    await readyAt(shop, MORNING)
    expect((await shop.sluice('reject', 'plan.json')).err).toContain('"plan.json" is not the id of a plan')
    const plan = await planId()
    const { code, err } = await shop.sluice('reject', plan)
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining(`plan ${plan} is rejected: nothing of it will be pushed; "sluice plan steady"`),
    })
    expect(await lastPlan()).toMatchObject({ id: plan, approval: 'rejected' })
    const applied = await shop.sluice('apply', plan, '--auto-approve')
    expect(applied).toMatchObject({ code: 1, err: expect.stringMatching(/was rejected by \S+/) })
    expect((await shop.sluice('reject', plan)).err).toMatch(/nothing more of plan .* has rejected it already/)
    expect(shop.requests().mutating).toBe(0)

    shop.market.advanceTo(instant('2026-10-05T06:05:00Z'))
    const next = await planId()
    expect(next).not.toBe(plan)
    expect((await shop.sluice('apply', next, '--auto-approve')).code).toBe(0)
    expect((await shop.sluice('reject', next)).err).toContain('all of it has been gone through')
  })
})

describe('rollback', () => {
  test('of a plan that is half pushed stops it first, and then takes back what was pushed', async () => {
    const before = shop.budgets()
    const plan = await halfPushed()
    const moved = shop.budgets()
    expect(of(GOOGLE)).not.toEqual(of(GOOGLE, before))
    const dry = await shop.sluice('rollback', plan, '--dry-run')
    expect(dry.err).toMatch(new RegExp(`first the rest of plan ${plan} would be rejected: \\d+ changes not pushed yet`))
    expect((await lastPlan()).approval).toBe('approved')

    // Who says no to the changes back has stopped the plan all the same.
    shop.market.advanceTo(instant('2026-10-05T03:51:00Z'))
    const refused = await shop.typing('no\n', 'rollback', plan)
    expect(refused.err).toMatch(
      new RegExp(`the rest of plan ${plan} is rejected: \\d+ changes will not be pushed any more`),
    )
    expect(await lastPlan()).toMatchObject({ id: expect.not.stringMatching(plan), approval: 'pending' })
    expect(shop.budgets()).toEqual(moved)

    shop.market.advanceTo(instant('2026-10-05T03:52:00Z'))
    const { code, err } = await shop.sluice('rollback', plan, '--auto-approve')
    expect(code, err).toBe(0)
    expect(of(GOOGLE)).toEqual(of(GOOGLE, before))
    shop.market.advanceTo(instant('2026-10-05T04:30:00Z'))
    await shop.sluice('run')
    expect(of(META)).toEqual(of(META, before))
  })

  test('of a plan that was not begun stops it, and that is all', async () => {
    await readyAt(shop, MORNING)
    const plan = await planId()
    expect((await shop.sluice('rollback', plan, '--dry-run')).code).toBe(0)
    expect((await lastPlan()).approval).toBe('pending')
    const { code, err } = await shop.sluice('rollback', plan)
    expect(code).toBe(0)
    expect(err).toContain(`the rest of plan ${plan} is rejected`)
    expect(err).toContain('has changed nothing on a platform: there is nothing else to roll back')
    expect((await lastPlan()).approval).toBe('rejected')
    expect((await shop.sluice('rollback', plan)).err).toContain('there is nothing to roll back')
  })

  test('near an account’s midnight says from when on, and promises no --now; then it is finished from there', async () => {
    await readyAt(shop, MORNING)
    const before = shop.budgets()
    const plan = await planId()
    await shop.sluice('apply', plan, '--auto-approve')
    const applied = shop.budgets()
    // Ten minutes to midnight in Berlin, ten to six in New York.
    shop.market.advanceTo(instant('2026-10-05T21:50:00Z'))
    await shop.sluice('pull')
    const late = await shop.sluice('rollback', plan, '--auto-approve')
    expect(late.err).toContain(
      `${GOOGLE} is not pushed to at this time of its day: the minutes around its midnight are kept free; pull and try "sluice rollback ${plan}" again from 2026-10-05T22:30:00Z on`,
    )
    expect(late.err).not.toContain('--now')
    expect(of(GOOGLE)).toEqual(of(GOOGLE, applied))
    expect(of(META)).not.toEqual(of(META, applied))

    shop.market.advanceTo(instant('2026-10-05T22:30:00Z'))
    await shop.sluice('pull')
    const again = await shop.sluice('rollback', plan, '--auto-approve')
    expect(again.code, again.err).toBe(0)
    // On a new day raises go no further than a day may: what was raised is back, what was cut is on its way.
    const short = of(GOOGLE).filter(([key, micros]) => micros !== before.get(key))
    expect(short).not.toEqual([])
    for (const [key, micros] of short) expect(micros).toBeLessThan(before.get(key)!)
    // A day later the same rollback goes on from there.
    shop.market.advanceTo(instant('2026-10-06T22:35:00Z'))
    await shop.sluice('pull')
    const third = await shop.sluice('rollback', plan, '--auto-approve')
    expect(third.err).not.toContain('moved since')
    expect(of(GOOGLE).filter(([key, micros]) => micros !== before.get(key)).length).toBeLessThan(short.length)
  })
})
