import { afterAll, beforeAll, expect, test } from 'vitest'
import { instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { GOOGLE, openShop, policyText, readyAt, type Shop } from '../cli/shop.ts'

/*
 * No budget may be more than 3,000. Somebody types 10,000 at the platform; another day, 2,500. Nobody looks at Sluice: it runs
 * every quarter of an hour by itself.
 */
let shop: Shop
let budget: string
const ACCOUNT = GOOGLE.split(':')[1]!
/** 15:00 in Berlin: the day's decision is long made. */
const AFTERNOON = instant('2026-10-05T13:00:00Z')

const type = (units: number): void =>
  shop.market.apply(
    {
      platform: 'google-ads',
      accountId: ACCOUNT,
      kind: 'budget',
      budgetId: budget,
      amountMicros: BigInt(units) * 1_000_000n,
    },
    { kind: 'human', name: 'jo@shop.example' },
  )
const stands = (): number => Number(shop.budgets().get(`${GOOGLE}/${budget}`)) / 1e6

/** The next tick of the schedule. */
async function nextQuarter(): Promise<void> {
  shop.market.advanceTo(later(shop.market.now(), 15 * MINUTE_MS))
  const { code, err } = await shop.sluice('run', '--quiet')
  // 2: a person is told of an alert.
  expect([0, 2], err).toContain(code)
}

beforeAll(async () => {
  shop = await openShop()
  budget = [...shop.market.account('google-ads', ACCOUNT)!.budgets.keys()][0]!
  type(2_600)
  const policy = `${policyText({ mode: 'auto' }).replaceAll('0000.00', '00000.00')}guardrails: { maxDailyBudget: '3000.00 EUR' }\n`
  await readyAt(shop, AFTERNOON, policy)
  await nextQuarter()
})
afterAll(() => shop.close())

test('10,000 are back at the cap at the next quarter of an hour, and the alert names who it was and the worst case', async () => {
  type(10_000)
  await nextQuarter()
  expect(stands()).toBe(3_000)
  const { out } = await shop.sluice('alerts')
  expect(out).toContain('stands at 10000.00 EUR, set by jo@shop.example')
  // Google may spend twice a budget in a day.
  expect(out).toContain('at worst today costs 20000.00 EUR on this budget')
})

test('2,500 are kept', async () => {
  type(2_500)
  for (let i = 0; i < 4; i += 1) await nextQuarter()
  expect(stands()).toBe(2_500)
})
