import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccountRef, accountRef } from '../../../lib/model/account.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { addDays, DAY_MS, dateAt, later } from '../../../lib/units/calendar.ts'
import { sum } from '../../../lib/units/money.ts'
import { createMarket } from '../../../playground/market/market.ts'
import { loadScenario } from '../../../playground/market/read-scenario.ts'
import {
  startTikTokTwin,
  TIKTOK_TWIN_CREDENTIALS,
  type TikTokTwin,
} from '../../../playground/platforms/tiktok/server.ts'
import { adapterOn } from './stub.ts'

/** A market with TikTok in it, a day after its start, with its history of at least 90 days. */
const market = createMarket(loadScenario('demo'), { seed: 7 })
let twin: TikTokTwin
let platform: AdPlatform
let account: AccountRef
let structure: AccountStructure

beforeAll(async () => {
  market.advanceTo(later(market.start, DAY_MS))
  twin = await startTikTokTwin({ world: market })
  const secret = JSON.stringify(TIKTOK_TWIN_CREDENTIALS)
  platform = adapterOn(twin.baseUrl, { secrets: { read: async () => secret }, clock: market })
  account = accountRef('tiktok', market.accounts.find((a) => a.platform === 'tiktok')?.id ?? '')
  structure = await platform.reader.structure(account)
})
afterAll(() => twin.close())

test('campaigns, budgets and families are those of the market', () => {
  const own = market.account('tiktok', account.id)
  expect(structure.currency).toBe(own?.currency)
  expect(new Set(structure.campaigns.map(({ id }) => id))).toEqual(new Set(own?.campaigns.keys()))
  expect(structure.budgets).toHaveLength(own?.budgets.size ?? 0)
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
