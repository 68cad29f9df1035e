import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { GOOGLE, META, MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
let plan: string
/** Where the budgets stood before the plan. */
let before: ReadonlyMap<string, bigint>

beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  before = shop.budgets()
  plan = JSON.parse((await shop.sluice('plan', '--json')).out).plans[0].id
  await shop.sluice('apply', plan, '--auto-approve')
  wait()
  await shop.sluice('pull')
})
afterAll(() => shop.close())

const wait = (minutes = 5): void => shop.market.advanceTo(later(shop.market.now(), minutes * MINUTE_MS))

/** A budget of Google's that the plan has moved. */
const movedBudget = (): string =>
  [...shop.budgets()]
    .find(([key, micros]) => key.startsWith(GOOGLE) && before.get(key) !== micros)![0]
    .split('/')
    .at(-1)!

const typeAtPlatform = (budgetId: string, units: number): void =>
  shop.market.apply(
    {
      platform: 'google-ads',
      accountId: GOOGLE.split(':')[1]!,
      kind: 'budget',
      budgetId,
      amountMicros: BigInt(units) * 1_000_000n,
    },
    { kind: 'human', name: 'jo@shop.example' },
  )

/** One after the other, on one world. */
describe('rollback', () => {
  test('with --dry-run shows what would go back and what cannot, and changes nothing anywhere', async () => {
    const [requests, budgets] = [shop.requests().mutating, shop.budgets()]
    const { code, out } = await shop.sluice('rollback', plan, '--dry-run')
    expect(code).toBe(0)
    expect(out).toContain(`Rollback of plan ${plan}`)
    expect(out).toContain('What a rollback does not undo:')
    expect(out).toMatch(/the day may still cost [\d.]+ EUR more at worst than at the values before/)
    expect({ requests: shop.requests().mutating, budgets: shop.budgets() }).toEqual({ requests, budgets })

    const json = JSON.parse((await shop.sluice('rollback', plan, '--dry-run', '--json')).out)
    expect(json).toMatchObject({ command: 'rollback', of: plan, result: 'dry-run', moved: [], back: [] })
    expect(json.draft).toMatchObject({ occasion: 'rollback' })
    expect(json.notUndone.map(({ account }: { account: string }) => account).toSorted()).toEqual([GOOGLE, META])
    const { lastPlan } = JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0]
    expect(lastPlan.id).toBe(plan)
  })

  test('asks first', async () => {
    const requests = shop.requests().mutating
    const { code, err } = await shop.typing('no\n', 'rollback', plan)
    expect(code).toBe(1)
    expect(err).toContain('not applied: the answer was "no"')
    expect(shop.requests().mutating).toBe(requests)
  })

  test('of what is no plan, or none of these tables, says where ids are found', async () => {
    expect((await shop.sluice('rollback', 'plan.json')).err).toContain('"plan.json" is not the id of a plan')
    const unknown = await shop.sluice('rollback', '0123456789abcdef01234567')
    expect(unknown.err).toContain('plan 0123456789abcdef01234567 is not in these tables')
  })

  test('under a freeze changes nothing and says what is frozen', async () => {
    await shop.sluice('freeze', 'everything', '--reason', 'audit')
    const requests = shop.requests().mutating
    const { code, out, err } = await shop.sluice('rollback', plan, '--auto-approve')
    expect(code).toBe(3)
    expect(out).toContain('everything is frozen by')
    expect(err).toContain('not rolled back: nothing is left that could be')
    expect(shop.requests().mutating).toBe(requests)
    await shop.sluice('unfreeze', 'everything', '--confirm', 'everything')
  })

  test('sets every budget of both accounts back to what it stood at, and its own rollback sets it forth again', async () => {
    const applied = shop.budgets()
    expect(applied).not.toEqual(before)
    const { code, out, err } = await shop.sluice('rollback', plan, '--auto-approve')
    expect(code, err).toBe(0)
    expect(out).toMatch(/^Result: \d+ verified$/m)
    expect(shop.budgets()).toEqual(before)

    wait()
    await shop.sluice('pull')
    const rolled = JSON.parse((await shop.sluice('status', '--json')).out).portfolios[0].lastPlan.id
    const again = await shop.sluice('rollback', rolled, '--auto-approve', '--json')
    expect(again.code, again.err).toBe(0)
    expect(shop.budgets()).toEqual(applied)
    // What the tests below take back.
    plan = JSON.parse(again.out).plan
    wait()
    await shop.sluice('pull')
  })

  test('refuses where somebody has moved a lever since, with its value then and now and what to do', async () => {
    const budget = movedBudget()
    typeAtPlatform(budget, 150)
    wait()
    await shop.sluice('pull')
    const requests = shop.requests().mutating
    const { code, err } = await shop.sluice('rollback', plan, '--auto-approve')
    expect(code).toBe(3)
    expect(err).toMatch(
      /! google-ads:4155550101 .* left at [\d.]+ EUR, now 150\.00 EUR, by jo@shop\.example, at 2026-10-05T06:\d\d:\d\d\S*: set it at the platform, or leave it out with --rest/,
    )
    expect(err).toContain('not rolled back: 1 of its levers has moved since')
    expect(shop.requests().mutating).toBe(requests)
  })

  test('with --rest takes back the others, and leaves what somebody has moved', async () => {
    const [moved] = [...shop.budgets()].find(([, micros]) => micros === 150_000_000n)!
    // Meta takes four edits of a budget in an hour, the last of which is kept for a cut.
    wait(60)
    await shop.sluice('pull')
    const { code, out } = await shop.sluice('rollback', plan, '--rest', '--auto-approve', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      command: 'rollback',
      of: plan,
      result: 'applied',
      moved: [{ now: '150.00 EUR' }],
    })
    expect(shop.budgets()).toEqual(new Map([...before, [moved, 150_000_000n]]))
  })
})
