import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, instant, later } from '../../lib/units/calendar.ts'
import { EVENING, GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

interface Receipts {
  readonly result: string
  readonly receipts: readonly { readonly account: string; readonly name: string; readonly outcome: string }[]
}
const receipts = (out: string): Receipts => JSON.parse(out)
const planId = async (): Promise<string> => JSON.parse((await shop.sluice('plan', '--json')).out).plans[0].id

describe('apply', () => {
  test('asks, applies exactly the plan, and shows what became of every lever', async () => {
    await readyAt(shop, MORNING)
    const { plans } = JSON.parse((await shop.sluice('plan', '--out', 'plan.json', '--json')).out)
    const { changes } = plans[0]
    const { code, out, err } = await shop.typing('yes\n', 'apply', 'plan.json')
    expect(err).toContain(`Apply ${changes.length} changes to 2 accounts? Only "yes" applies: `)
    expect(code).toBe(0)
    expect(out).toContain(`Result: ${changes.length} verified`)
    for (const { account, lever, to } of changes)
      expect(shop.budgets().get(`${account}/${lever.split('/').at(-1)}`)).toBe(BigInt(to.micros))
  })

  test('that is applied again sends nothing and shows the old receipts', async () => {
    await readyAt(shop, MORNING)
    await shop.sluice('plan', '--out', 'plan.json')
    const first = await shop.sluice('apply', 'plan.json', '--auto-approve', '--json')
    const before = { requests: shop.requests(), budgets: shop.budgets() }
    shop.market.advanceTo(later(MORNING, 48 * HOUR_MS))
    const again = await shop.sluice('apply', 'plan.json', '--auto-approve', '--json')
    expect(again.code).toBe(0)
    expect(again.err).toContain('was applied before: nothing is sent')
    expect(receipts(again.out)).toEqual({ ...receipts(first.out), result: 'already-applied', failures: undefined })
    expect({ requests: shop.requests(), budgets: shop.budgets() }).toEqual(before)
  })

  test('drops the lever that somebody moved meanwhile, and the rest proceeds', async () => {
    await readyAt(shop, MORNING)
    const { plans } = JSON.parse((await shop.sluice('plan', '--out', 'plan.json', '--json')).out)
    const changes: readonly { lever: string; from: { micros: string } }[] = plans[0].changes
    const moved = changes.find(({ lever }) => lever.startsWith(`${GOOGLE}/`))!
    const budgetId = moved.lever.split('/').at(-1)!
    shop.market.apply(
      { platform: 'google-ads', accountId: '4155550101', kind: 'budget', budgetId, amountMicros: 150_000_000n },
      { kind: 'human', name: 'jo@shop.example' },
    )
    const { code, out } = await shop.sluice('apply', 'plan.json', '--auto-approve')
    expect(code).toBe(0)
    expect(out).toContain(`drifted: it stands at 150 EUR, not at ${Number(moved.from.micros) / 1e6} EUR`)
    const [result] = /^Result: .*$/m.exec(out) ?? ['']
    expect(result).toContain(`${changes.length - 1} verified`)
    expect(result).toContain('1 drifted')
    expect(shop.budgets().get(`${GOOGLE}/${budgetId}`)).toBe(150_000_000n)
  })

  test('is told no: nothing is sent, and the plan still waits', async () => {
    await readyAt(shop, MORNING)
    const id = await planId()
    const { code, err } = await shop.typing('y\n', 'apply', id)
    expect(code).toBe(1)
    expect(err).toContain('not applied: the answer was "y"')
    expect(shop.requests().mutating).toBe(0)
    expect(JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0].lastPlan).toMatchObject({
      id,
      approval: 'pending',
    })
  })

  test.each([
    ['where nobody is at the terminal', (id: string) => shop.sluice('apply', id)],
    ['where it was told not to ask', (id: string) => shop.typing('yes\n', 'apply', id, '--no-input')],
  ])('%s wants --auto-approve', async (_, apply) => {
    await readyAt(shop, MORNING)
    const { code, err } = await apply(await planId())
    expect(code).toBe(1)
    expect(err).toContain('apply it with --auto-approve')
    expect(shop.requests().mutating).toBe(0)
  })

  test('late in the day of every account approves and pushes nothing, unless with --now', async () => {
    await readyAt(shop, EVENING)
    const id = await planId()
    const late = await shop.sluice('apply', id, '--auto-approve')
    expect(late.code).toBe(3)
    expect(late.err).toContain(
      `${GOOGLE} and ${META} is not pushed to at this time of its day: before its next morning another day’s plan takes over`,
    )
    expect(shop.requests().mutating).toBe(0)
    const [portfolio] = JSON.parse((await shop.sluice('status', '--json')).out).portfolios
    expect(portfolio.lastPlan).toMatchObject({ id, approval: 'pending' })
    const now = await shop.sluice('apply', id, '--auto-approve', '--now')
    expect(now.code).toBe(0)
    expect(now.out).toMatch(/Result: \d+ verified$/m)
  })

  test('keeps the minutes around an account’s midnight free, with --now too, and says when it goes on', async () => {
    await readyAt(shop, instant('2026-10-05T00:00:00Z'))
    // The day's decision, which would replace a plan that was made before it.
    await shop.sluice('run')
    // 05:50 in Berlin, ten minutes to midnight in New York.
    shop.market.advanceTo(instant('2026-10-05T03:50:00Z'))
    await shop.sluice('pull')
    const { code, out, err } = await shop.sluice('apply', await planId(), '--auto-approve', '--now')
    expect(code).toBe(3)
    expect(err).toContain(`${META} is not pushed to at this time of its day: it will be from 2026-10-05T04:30:00Z on`)
    expect(out).toMatch(new RegExp(`✓ ${GOOGLE} .* verified`))
    expect(out).toMatch(new RegExp(`… ${META} .* waiting`))

    shop.market.advanceTo(instant('2026-10-05T04:30:00Z'))
    expect((await shop.sluice('run')).out).toMatch(new RegExp(`^act +${META} +ran +plan \\w+, chunk 0`, 'm'))
  })

  test('--now keeps to what a day may rise by', async () => {
    await readyAt(shop, MORNING)
    await shop.sluice('plan')
    await shop.sluice('apply', '--auto-approve')
    shop.market.advanceTo(EVENING)
    await shop.sluice('pull')
    const id = await planId()
    const before = shop.requests()
    const { code, err } = await shop.sluice('apply', id, '--auto-approve', '--now')
    expect(code).toBe(3)
    // Decided for tomorrow, from where it stands now; today it rose by 20 % already.
    const [, began, most] = /began its day at ([\d.]+) \w+ and may not rise past ([\d.]+) \w+ today/.exec(err) ?? []
    expect(Number(most)).toBeCloseTo(1.2 * Number(began), 2)
    expect(shop.requests()).toEqual(before)
  })

  test('of a day that is not open says to pull first', async () => {
    await readyAt(shop, EVENING)
    const id = await planId()
    shop.market.advanceTo(later(EVENING, 12 * HOUR_MS))
    const { code, err } = await shop.sluice('apply', id, '--auto-approve')
    expect(code).toBe(3)
    expect(err).toContain(`the day 2026-10-06 of ${GOOGLE} is not open in the ledger: pull first`)
    expect(shop.requests().mutating).toBe(0)
  })

  test('in shadow records what would be done and pushes nothing', async () => {
    await readyAt(shop, MORNING, policyText({ mode: 'shadow' }))
    const { code, out, err } = await shop.sluice('apply', await planId())
    expect(code).toBe(3)
    expect(out).toMatch(/^Result: \d+ shadowed$/m)
    expect(err).toContain('nothing was pushed: portfolio steady is in shadow')
    expect(shop.requests().mutating).toBe(0)
  })

  test('under a freeze pushes nothing and leaves the plan to be applied later', async () => {
    await readyAt(shop, MORNING)
    const id = await planId()
    await shop.sluice('freeze', META, '--reason', 'audit')
    const frozen = await shop.sluice('apply', id, '--auto-approve')
    expect(frozen.code).toBe(3)
    expect(frozen.err).toContain(`account/${META} is frozen by`)
    expect(shop.requests().mutating).toBe(0)
    await shop.sluice('unfreeze', META, '--confirm', `account/${META}`)
    expect((await shop.sluice('apply', id, '--auto-approve')).code).toBe(0)
  })
})
