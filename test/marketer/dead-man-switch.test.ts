import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dateAt, HOUR_MS, type Instant, later, MINUTE_MS, timeZone } from '../../lib/units/calendar.ts'
import { META_TWIN_CREDENTIALS } from '../../playground/platforms/meta/server.ts'
import { META, MORNING, openShop, policyText, readyAt, type Shop } from '../cli/shop.ts'

/*
 * Meta may cost 1,200 dollars a day at most. Sluice is down for an afternoon, and somebody types 5,000 for 500. What pauses
 * the campaign is the rule at Meta.
 */
const ACCOUNT = META.split(':')[1]!
const policyOf = (mode: string, deadManSwitch: string, cap = 1_200): string =>
  policyText({ mode }).replace("'10000.00 USD'", `'${cap}.00 USD'\n    deadManSwitch: ${deadManSwitch}`)

const meta = (shop: Shop) => shop.market.account('meta', ACCOUNT)!
const advantage = (shop: Shop) => [...meta(shop).campaigns.values()].find(({ name }) => name.startsWith('Advantage'))!

async function run(shop: Shop, ms = 15 * MINUTE_MS): Promise<void> {
  shop.market.advanceTo(later(shop.market.now(), ms))
  const { code, err } = await shop.sluice('run', '--quiet')
  // 2: a person is told of an alert.
  expect([0, 2], err).toContain(code)
}

async function said(shop: Shop, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await shop.sluice(...args)
  expect(args[0] === 'alerts' ? [0, 2] : [0], err).toContain(code)
  return out
}

/** Ads Manager's screen of rules. */
async function rules(
  shop: Shop,
): Promise<readonly { readonly id: string; readonly name: string; readonly status: string }[]> {
  const answer = await graph(shop, 'GET', `act_${ACCOUNT}/adrules_library`, { fields: 'id,name,status' })
  return ((await answer.json()) as { data: { id: string; name: string; status: string }[] }).data
}

function graph(shop: Shop, method: 'GET' | 'POST', path: string, params: Record<string, string>): Promise<Response> {
  const [, base] = /'meta:\*'.*api: '([^']+)'/.exec(readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')) ?? []
  const query = new URLSearchParams({ ...params, access_token: META_TWIN_CREDENTIALS.accessToken })
  const url = `${base}/v25.0/${path}`
  return method === 'GET' ? fetch(`${url}?${query}`) : fetch(url, { method, body: query })
}

/** Somebody sets the daily budget at Meta, in dollars. */
const type = (shop: Shop, dollars: number): void =>
  shop.market.apply(
    {
      platform: 'meta',
      accountId: ACCOUNT,
      kind: 'budget',
      budgetId: advantage(shop).budgetId!,
      amountMicros: BigInt(dollars) * 1_000_000n,
    },
    { kind: 'human', name: 'jo@shop.example' },
  )

/** Dollars that Meta reports of today. */
function spent(shop: Shop, id: string): number {
  const { zone } = meta(shop)
  const today = dateAt(shop.market.now(), timeZone(zone))
  const query = { platform: 'meta', accountId: ACCOUNT, level: 'campaign', grain: 'day', basis: 'conversion' } as const
  const found = shop.market.facts({ ...query, from: today, to: today }).find((one) => one.id === id)
  return Number(found?.spendMicros ?? 0n) / 1e6
}

describe('the dead-man’s switch', () => {
  let shop: Shop
  let pausedAt: Instant
  beforeAll(async () => {
    shop = await openShop()
    await readyAt(shop, MORNING, policyOf('auto', 'on'))
  })
  afterAll(() => shop.close())

  test('stands at Meta once Sluice has run, is written once, and is in the status and the audit', async () => {
    await run(shop)
    const standing = await rules(shop)
    expect(standing).toMatchObject([
      { name: expect.stringMatching(/^Sluice steady: dead-man's switch #/), status: 'ENABLED' },
    ])
    // The next pull is an hour later.
    await run(shop, HOUR_MS)
    expect(await rules(shop)).toEqual(standing)
    expect(await said(shop, 'status')).toContain(
      `dead-man’s switch of ${META}: pauses each of 5 campaigns above 1200.00 USD a day`,
    )
    await said(shop, 'audit', 'export', 'audit.jsonl')
    const audit = readFileSync(join(shop.folder, 'audit.jsonl'), 'utf8')
    expect(audit.match(/"kind":"spend-stop"/g)).toHaveLength(2)
  })

  test('pauses within half an hour what spends more than the account may, while nothing of Sluice runs', async () => {
    const { id } = advantage(shop)
    type(shop, 5_000)
    let over: Instant | undefined
    while (advantage(shop).status === 'active') {
      shop.market.advanceTo(later(shop.market.now(), 5 * MINUTE_MS))
      if (over === undefined && spent(shop, id) > 1_200) over = shop.market.now()
    }
    pausedAt = shop.market.now()
    expect(spent(shop, id)).toBeGreaterThan(1_200)
    expect(pausedAt - over!).toBeLessThanOrEqual(30 * MINUTE_MS)
    expect([...meta(shop).campaigns.values()].filter(({ status }) => status === 'paused')).toHaveLength(1)
  })

  test('is told with its name when Sluice is back, and the campaign stays paused', async () => {
    await run(shop, 3 * HOUR_MS)
    const alerts = await said(shop, 'alerts')
    expect(alerts).toMatch(/The platform paused "Advantage 1" at .* by the rule "Sluice steady: dead-man's switch #/)
    expect(alerts).toContain('more than the whole account may, at 1200.00 USD')
    await run(shop)
    expect(advantage(shop).status).toBe('paused')
  })

  test('is not started again by the next day’s decisions, and is by a person', async () => {
    for (let i = 0; i < 3; i += 1) await run(shop, 8 * HOUR_MS)
    expect(advantage(shop).status).toBe('paused')
    // There is no room under the cap: the person puts the budget right and raises the cap, which the rule follows.
    const { alerts } = JSON.parse(await said(shop, 'alerts', '--json')) as { alerts: { id: string; rule: string }[] }
    const { id } = alerts.find(({ rule }) => rule === 'deadManSwitch')!
    expect((await shop.sluice('resume', id)).err).toContain('has no room for that')
    type(shop, 200)
    shop.write('policy.yaml', policyOf('auto', 'on', 6_000))
    await said(shop, 'policy', 'put', 'policy.yaml')
    await run(shop, HOUR_MS)
    await run(shop, HOUR_MS)
    expect(await said(shop, 'status')).toContain('above 6000.00 USD a day')
    const { out, err } = await shop.sluice('resume', id)
    expect(advantage(shop).status, out + err).toBe('active')
    await run(shop)
    expect(advantage(shop).status).toBe('active')
  })

  test('is told and put back where somebody switches it off at Meta', async () => {
    const [{ id } = { id: '' }] = await rules(shop)
    await graph(shop, 'POST', id, { status: 'DISABLED' })
    await run(shop, HOUR_MS)
    expect(await rules(shop)).toMatchObject([{ id, status: 'ENABLED' }])
    expect(await said(shop, 'alerts')).toContain('Somebody has changed the dead-man’s switch at the platform')
    expect(await said(shop, 'alerts')).toContain('it is switched off')
  })

  test('is left as it stands under a freeze, and removed when the policy switches it off', async () => {
    shop.write('policy.yaml', policyOf('auto', 'off'))
    await said(shop, 'policy', 'put', 'policy.yaml')
    await said(shop, 'freeze', META, '--reason', 'looking')
    await run(shop, HOUR_MS)
    expect(await rules(shop)).toHaveLength(1)
    await shop.typing(`account/${META}\n`, 'unfreeze', META, '--reason', 'looked')
    await run(shop, HOUR_MS)
    expect(await rules(shop)).toEqual([])
    await run(shop, HOUR_MS)
    expect(await said(shop, 'status')).not.toContain('dead-man’s switch')
  })
})

describe('a portfolio in shadow', () => {
  test('writes no rule, whatever its policy says, and says so', async () => {
    const shop = await openShop()
    try {
      await readyAt(shop, MORNING, policyOf('shadow', 'on'))
      await run(shop)
      await run(shop, HOUR_MS)
      expect(await rules(shop)).toEqual([])
      expect(shop.requests().mutating).toBe(0)
      expect(await said(shop, 'status')).toContain('in mode shadow nothing is written')
    } finally {
      await shop.close()
    }
  })
})
