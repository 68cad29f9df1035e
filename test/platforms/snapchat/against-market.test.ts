import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AccountRef, accountRef } from '../../../lib/model/account.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { addDays, DAY_MS, dateAt, later } from '../../../lib/units/calendar.ts'
import { sum } from '../../../lib/units/money.ts'
import { createMarket } from '../../../playground/market/market.ts'
import { loadScenario } from '../../../playground/market/read-scenario.ts'
import {
  SNAPCHAT_TWIN_CREDENTIALS,
  type SnapchatTwin,
  startSnapchatTwin,
} from '../../../playground/platforms/snapchat/server.ts'
import { adapterOn } from './stub.ts'

/** The market of the demonstration, a day after its start, with its history. */
const market = createMarket(loadScenario('demo'), { seed: 7 })
let twin: SnapchatTwin
let platform: AdPlatform
let account: AccountRef
let structure: AccountStructure

beforeAll(async () => {
  market.advanceTo(later(market.start, DAY_MS))
  twin = await startSnapchatTwin({ world: market })
  const secrets = { read: async () => JSON.stringify(SNAPCHAT_TWIN_CREDENTIALS) }
  platform = adapterOn(twin.baseUrl, { secrets, clock: market })
  account = accountRef('snapchat', market.accounts.find((one) => one.platform === 'snapchat')?.id ?? '')
  structure = await platform.reader.structure(account)
})
afterAll(() => twin.close())

test('there are budgets, each at least what Snapchat accepts', () => {
  expect(structure.budgets.length).toBeGreaterThan(0)
  const { micros: least } = platform.capabilities.minimumDailyBudget(structure.currency)
  expect(structure.budgets.filter(({ amount }) => amount.micros < least)).toEqual([])
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
  expect(accountSpend.size).toBe(90)
  const parts = [...accountSpend].map(([date]) => {
    const spends = rows.filter((row) => row.date === date).map(({ spend }) => spend)
    return [date, sum(spends, structure.currency)] as const
  })
  expect(parts).toEqual([...accountSpend])
  expect(sum(accountSpend.values(), structure.currency).micros).toBeGreaterThan(0n)
})
