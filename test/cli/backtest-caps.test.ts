import { expect, test } from 'vitest'
import { withWideCaps } from '../../cli/commands/backtest-caps.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { backtest } from '../../lib/decide/breakers/backtest.ts'
import type { RecordedHours } from '../../lib/decide/breakers/past-spend.ts'
import type { Recorded } from '../../lib/decide/breakers/past-views.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { Policy } from '../../lib/model/policy.ts'
import { type AccountDate, addDays, dates, timeZone } from '../../lib/units/calendar.ts'
import { aView, HATS, history, hourly, NOW, policyWith, SHOES, TODAY } from '../decide/breakers/views.ts'

const YESTERDAY = addDays(TODAY, -1)
const conversions = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' }
const policyOf = (more: object): Policy =>
  policyWith({
    accounts: [
      { account: 'meta:1', conversions },
      { account: 'meta:2', conversions },
    ],
    ...more,
  })
const desk = { clock: { now: () => NOW } } as Partial<Loop> as Loop

/** An account whose one campaign spends so much an hour, on days of which the hours are known or not. */
function accountOf(
  policy: Policy,
  id: string,
  of: typeof SHOES,
  units: number,
  more: Partial<Recorded> = {},
): Recorded {
  const { structure } = aView()
  const hours = dates(addDays(TODAY, -10), YESTERDAY).map((date): [AccountDate, RecordedHours] => [
    date,
    { spend: new Map([[of, hourly(units)]]), until: 24 },
  ])
  return {
    policy,
    structure: {
      ...structure,
      account: accountRef('meta', id),
      campaigns: structure.campaigns.filter((one) => one.id === of),
    },
    histories: [history(of, { spend: 24 * units })],
    hours: new Map(hours),
    ...{ changes: [], orders: [], served: [], cap: undefined, visible: { today: 1, yesterday: 1 } },
    ...more,
  }
}

async function runaway(policy: Policy, other: Partial<Recorded> = {}) {
  const all = [accountOf(policy, '1', SHOES, 10), accountOf(policy, '2', HATS, 12, other)]
  const [one] = await withWideCaps({ version: 'v1', policy } as never, all, desk)
  const { trips, judged } = backtest(one!, YESTERDAY, YESTERDAY)
  const own = trips.filter(({ trip }) => trip.rule === 'runawaySpend')
  return { own: own.map(({ trip, hour }) => [hour, trip.what]), judged: judged.get('runawaySpend') }
}

test('the portfolio’s cap is tried over all of its accounts, hour by hour', async () => {
  // 22 an hour: 440 when twenty hours are over.
  const { own, judged } = await runaway(policyOf({ dayCap: '440 EUR' }))
  expect(own).toEqual([[20, 'What portfolio "eu" counts has spent 440.00 EUR today of 440.00 EUR, which is past it.']])
  expect(judged).toEqual({ days: 1, byHour: 1 })
})

test('of an account whose hours are not known the day is taken evenly', async () => {
  const { own } = await runaway(policyOf({ dayCap: '440 EUR' }), { hours: new Map() })
  expect(own.map(([hour]) => hour)).toEqual([20])
})

test('an account in another zone has its own day then', async () => {
  // At five in the morning in Berlin it is eleven in New York, of the evening before.
  const { structure } = accountOf(policyOf({}), '2', HATS, 12)
  const west = { structure: { ...structure, zone: timeZone('America/New_York') } }
  // 5 x 10 and 23 x 12 are 326; an hour earlier, 4 x 10 and 22 x 12 are 304.
  const { own } = await runaway(policyOf({ dayCap: '320 EUR' }), west)
  expect(own.map(([hour]) => hour)).toEqual([5])
})

test('a shared cap counts what it selects', async () => {
  const caps = [{ name: 'hats', match: { name: 'hats' }, dayCap: '120 EUR' }]
  // Only the other account has hats: its spend is no matter of this one's campaigns.
  expect((await runaway(policyOf({ caps }))).own).toEqual([])
  const shoes = [{ name: 'shoes', match: { name: 'shoes' }, dayCap: '120 EUR' }]
  expect((await runaway(policyOf({ caps: shoes }))).own.map(([hour]) => hour)).toEqual([12])
})

test('without such a cap, and without one of the account, the rule cannot be judged', async () => {
  expect((await runaway(policyOf({}))).judged).toEqual({ days: 0, byHour: 0 })
})
