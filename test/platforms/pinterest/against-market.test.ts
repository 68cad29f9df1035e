import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccountRef, accountRef } from '../../../lib/model/account.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { addDays, DAY_MS, dateAt, later } from '../../../lib/units/calendar.ts'
import { add, sum, times } from '../../../lib/units/money.ts'
import { createMarket } from '../../../playground/market/market.ts'
import { loadScenario } from '../../../playground/market/read-scenario.ts'
import {
  PINTEREST_TWIN_CREDENTIALS,
  type PinterestTwin,
  startPinterestTwin,
} from '../../../playground/platforms/pinterest/server.ts'
import { adapterOn, memorySecrets } from './stub.ts'

/** A market with Pinterest in it, a day after its start, with its history of at least 90 days. */
const market = createMarket(loadScenario('demo'), { seed: 7 })
let twin: PinterestTwin
let platform: AdPlatform
let account: AccountRef
let structure: AccountStructure

beforeAll(async () => {
  market.advanceTo(later(market.start, DAY_MS))
  twin = await startPinterestTwin({ world: market })
  const { secrets } = memorySecrets(PINTEREST_TWIN_CREDENTIALS)
  platform = adapterOn(twin.baseUrl, { secrets, clock: market })
  account = accountRef('pinterest', market.accounts.find((a) => a.platform === 'pinterest')?.id ?? '')
  structure = await platform.reader.structure(account)
})
afterAll(() => twin.close())

test('campaigns and budgets are those of the market', () => {
  const own = market.account('pinterest', account.id)
  expect(structure.currency).toBe(own?.currency)
  expect(new Set(structure.campaigns.map(({ id }) => id))).toEqual(new Set(own?.campaigns.keys()))
  expect(structure.budgets).toHaveLength(own?.budgets.size ?? 0)
  expect(structure.budgets.length).toBeGreaterThan(0)
})

test('the live budgets are those of the structure', async () => {
  const levers = structure.budgets.map(
    ({ id, period }) => ({ account, kind: `${period}-budget`, entity: 'budget', id }) as const,
  )
  const live = await platform.reader.live(account, levers)
  expect(live.map(({ value }) => value)).toEqual(structure.budgets.map(({ amount }) => ({ kind: 'money', amount })))
})

test('over 90 days the parts add up to the account, to the micro', async () => {
  const to = dateAt(market.now(), structure.zone)
  const query = { grain: 'day', from: addDays(to, -89), to } as const
  const { rows, accountSpend } = await platform.reader.performance(account, query, [])
  const parts = [...accountSpend].map(([date, total]) => {
    const spends = rows.filter((row) => row.date === date).map(({ spend }) => spend)
    return { date, total: sum(spends, total.currency) }
  })
  expect(parts).toEqual([...accountSpend].map(([date, total]) => ({ date, total })))
  expect(accountSpend.size).toBeGreaterThan(80)
})

test('budgets and device multipliers reach the market, and read back', async () => {
  const [budget] = structure.budgets
  const campaign = structure.campaigns.find(
    ({ strategy }) => strategy.kind === 'max-conversions' || strategy.kind === 'max-value',
  )
  if (!budget || !campaign) throw new Error('the scenario has no such campaign')
  const { amount } = budget
  const raised = platform.capabilities.normalise('daily-budget', {
    kind: 'money',
    amount: add(amount, times(amount, 0.1, 'down')),
  })
  const money = { account, kind: `${budget.period}-budget`, entity: 'budget', id: budget.id } as const
  const device = { account, kind: 'bid-multiplier', entity: 'campaign', id: campaign.id, device: 'mobile' } as const
  const results = await platform.writer.apply(account, [
    { lever: money, from: { kind: 'money', amount }, to: raised },
    { lever: device, from: { kind: 'ratio', value: 1 }, to: { kind: 'ratio', value: 0.8 } },
  ])
  expect(results).toEqual([{ kind: 'applied' }, { kind: 'applied' }])
  expect((await platform.reader.live(account, [money, device])).map(({ value }) => value)).toEqual([
    raised,
    { kind: 'ratio', value: 0.8 },
  ])
  expect(market.account('pinterest', account.id)?.campaigns.get(campaign.id)?.deviceMultipliers.get('mobile')).toBe(0.8)
})
