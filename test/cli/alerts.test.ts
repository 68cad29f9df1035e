import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

test('without alerts says so, and in JSON lists none', async () => {
  await readyAt(shop, MORNING)
  const { code, out } = await shop.sluice('alerts')
  expect(code).toBe(0)
  // Google tells of both.
  const untold = 'whether single ads were let through: it trips where the campaign does not serve at all'
  expect(out).toBe(
    `As of 2026-10-05T06:00:00Z\nNo alerts: every breaker that is on is quiet.\nNot told by ${META}, for notServing: ${untold}.\n`,
  )
  expect(JSON.parse((await shop.sluice('alerts', '--json')).out)).toMatchObject({
    ...{ command: 'alerts', alerts: [] },
    untold: [{ account: META, rule: 'notServing', what: untold }],
  })
})

test('what a platform does not tell is no matter where the breaker is off', async () => {
  await readyAt(shop, MORNING, `${policyText()}\nbreakers: { notServing: { action: off } }\n`)
  expect((await shop.sluice('alerts')).out).not.toContain('Not told')
})

test('what the guard noticed in a run is shown with its price and taken up by a person', async () => {
  // Shadow: it tells what it would do. A cap of 10 is spent by breakfast.
  const capped = policyText({ mode: 'shadow' }).replaceAll("'10000.00 USD'", "'10.00 USD'")
  await readyAt(shop, MORNING, capped)
  shop.market.advanceTo(later(MORNING, 12 * HOUR_MS))
  const run = await shop.sluice('run', '--quiet')
  const { code, out } = await shop.sluice('alerts')
  expect({ run: run.code, alerts: code }).toEqual({ run: 2, alerts: 2 })
  expect(out).toContain(` · runawaySpend · open · steady · ${META} · since 2026-10-05T18:00:00Z`)
  expect(out).toMatch(/each hour of waiting: \d+\.\d\d USD spent too much/)
  expect(out).toContain('not done: the portfolio is in shadow: the policy would floor')
  const id = /^([0-9a-f]{8}) · runawaySpend/m.exec(out)![1]!
  expect(run.err).toMatch(new RegExp(`^alert ${id}, runawaySpend: .*10\\.00 USD`, 'm'))
  for (const [other] of out.matchAll(/^[0-9a-f]{8}(?= · .* · open · )/gm))
    if (other !== id) await shop.sluice('snooze', other)
  expect((await shop.sluice('acknowledge', id, '--note', 'agency is on it')).out).toMatch(
    new RegExp(`^Alert ${id} is acknowledged by .+\\.\n$`),
  )
  expect(await shop.sluice('resume', id)).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing is paused for it'),
  })
  expect((await shop.sluice('resolve', id)).code).toBe(0)
  const after = await shop.sluice('alerts')
  expect(after.code).toBe(0)
  expect(after.out).not.toContain(id)
  for (const verb of ['acknowledge', 'snooze'])
    expect(await shop.sluice(verb, id)).toMatchObject({ code: 1, err: expect.stringContaining(`alert ${id} is over`) })
  expect((await shop.sluice('alerts', '--all')).out).toContain(`${id} · runawaySpend · resolved by`)
  // Told once: the next run says nothing of it.
  expect(await shop.sluice('run', '--quiet')).toMatchObject({ code: 0, err: '' })
})

test('an alert that is not there is refused with what to do', async () => {
  await readyAt(shop, MORNING)
  expect(await shop.sluice('acknowledge', '00000000')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no alert 00000000: "sluice alerts --all" lists'),
  })
  expect((await shop.sluice('snooze', 'x')).err).toContain('must be eight of 0-9 and a-f')
})

test('backtest says for every breaker what it could be asked of, and why not, before anything is switched on', async () => {
  await readyAt(shop, MORNING)
  const { code, out } = await shop.sluice('backtest', '--days', '14')
  expect(code).toBe(0)
  // Read for the first time this morning: whole days alone are known, and none of what was done on them.
  expect(out).toMatch(/priceJump +alert +14 +\d+/)
  expect(out).toContain('priceJump: on 14 of 14 days it could only be asked at the day’s end (no clicks by the hour)')
  expect(out).toMatch(/spendVelocity +alert +0 +— +— +— +—\n/)
  for (const note of [
    'spendVelocity: no hourly history of the day and of three days before it: it cannot be tested.',
    'divergence: the audit log of the account has nothing of these days: it cannot be tested.',
    'notServing: no plan was made on these days, or its inputs are not kept: it cannot be tested.',
    'claimsAboveOrders: the orders of the days before are not known: it cannot be tested.',
  ])
    expect(out).toContain(`  ${note}\n`)
  expect((await shop.sluice('backtest', '--rule', 'nothing')).err).toContain(
    'there is no breaker nothing: there is runawaySpend',
  )
})

test('what the hours and the audit log have recorded is asked hour by hour on the day after', async () => {
  await readyAt(shop, MORNING)
  await shop.sluice('plan')
  for (const hours of [2, 4, 12, 26]) {
    shop.market.advanceTo(later(MORNING, hours * HOUR_MS))
    await shop.sluice('run', '--quiet')
  }
  const { out } = await shop.sluice('backtest', '--days', '2', '--json')
  const [first] = JSON.parse(out).accounts
  const of = (rule: string) => first.breakers.find((one: { rule: string }) => one.rule === rule)
  // A report by the hour and its clicks are kept of yesterday; the log began then.
  expect(of('priceJump')).toMatchObject({ daysJudged: 2, daysByHour: 1 })
  expect(of('runawaySpend')).toMatchObject({ daysJudged: 2, daysByHour: 1, notKnown: 0 })
  expect(of('divergence')).toMatchObject({ daysJudged: 1, daysByHour: 1, saved: { micros: '0' } })
  // The day's plan was made in the morning, and its inputs are kept.
  expect(of('notServing')).toMatchObject({ daysJudged: 1, daysByHour: 1 })
  expect(of('claimsAboveOrders')).toMatchObject({ daysJudged: 0, saved: null, keptBack: null })
})
