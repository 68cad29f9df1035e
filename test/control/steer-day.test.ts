import { describe, expect, test } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { accountKey } from '../../lib/model/account.ts'
import {
  type AccountDate,
  accountDate,
  addDays,
  HOUR_MS,
  hourAt,
  later,
  startOfDay,
  timeZone,
} from '../../lib/units/calendar.ts'
import { money } from '../../lib/units/money.ts'
import { liveUntil } from '../simulation/days.ts'
import { broken } from '../simulation/invariants.ts'
import { PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const BERLIN = timeZone('Europe/Berlin')

/** Every budget is spent evenly over the day, times the day's pace. */
function spendByHour({ ads }: Rig, paceOf: (date: AccountDate) => number): void {
  const { reader } = ads.platform
  const { performance } = reader
  Object.assign(reader, {
    performance: async (...asked: Parameters<typeof performance>) => {
      const [account, { grain, from }] = asked
      const report = await performance(...asked)
      if (grain === 'day') return report
      const { budgets, currency, zone } = ads.accounts.get(accountKey(account))!
      const start = startOfDay(from, zone)
      const hours = Math.floor((report.readAt - start) / HOUR_MS)
      const rows = report.rows.flatMap((row) =>
        Array.from({ length: hours }, (_, i) => ({
          ...row,
          hour: hourAt(later(start, i * HOUR_MS), zone),
          spend: money(BigInt(Math.round((Number(budgets.get(row.campaign)!.micros) * paceOf(from)) / 24)), currency),
        })),
      )
      return { ...report, rows }
    },
  })
}

/** Four days on their path and one that is spent 1.8 times as fast, lived through to its end. */
async function livedTo(last: AccountDate, steerWithinDay: 'cut' | 'leave' = 'cut'): Promise<Rig> {
  const first = addDays(last, -4)
  const stage = await rig({
    start: later(startOfDay(first, BERLIN), HOUR_MS),
    policy: {
      // 900 a day stand, and are what each of the 20 days is to spend.
      flight: { from: first, to: addDays(first, 19), total: '18000 EUR' },
      exploration: { maxCost: 0 },
      guardrails: { steerWithinDay },
    },
  })
  spendByHour(stage, (date) => (date === last ? 1.8 : 1))
  await stage.ready()
  await liveUntil(stage, later(startOfDay(addDays(last, 1), BERLIN), HOUR_MS))
  return stage
}

/** Plans of the day's corrections that cut for it. */
async function steeredOn(stage: Rig, date: AccountDate) {
  const plans = await stage.loop.plans.between(
    PORTFOLIO,
    startOfDay(date, BERLIN),
    startOfDay(addDays(date, 1), BERLIN),
  )
  const corrections = plans.filter(({ occasion }) => occasion === 'correction')
  return Promise.all(
    corrections.map(async (header) => ({ header, decisions: await stage.loop.plans.decisions(header) })),
  )
}

describe('a day whose spend runs ahead', () => {
  test.each([
    ['an ordinary day', '2026-06-05'],
    ['a day of 25 hours', '2026-10-25'],
    ['the day after it', '2026-10-26'],
    ['a day of 23 hours', '2026-03-29'],
    ['the day after it', '2026-03-30'],
  ])('is cut once, and days on their path are not touched: %s, %s', async (_why, text) => {
    const last = accountDate(text)
    const stage = await livedTo(last)
    for (const date of [-4, -3, -2, -1].map((ago) => addDays(last, ago)))
      expect(await steeredOn(stage, date)).toEqual([])
    const steered = await steeredOn(stage, last)
    const cuts = steered.flatMap(({ decisions }) => decisions.filter(({ kind }) => kind === 'change'))
    expect(cuts.length).toBeGreaterThan(0)
    for (const cut of cuts) expect(cut).toMatchObject({ kind: 'change', binding: [{ name: 'day-ahead' }] })
    for (const { header } of steered) expect(header.expiresAt).toBe(startOfDay(addDays(last, 1), BERLIN))
    // What was pushed from the sixth hour on: each budget once at most, and only down.
    const writes = stage.ads.writes.filter(({ at }) => at >= later(startOfDay(last, BERLIN), 5 * HOUR_MS))
    expect(writes).toHaveLength(cuts.length)
    expect(new Set(writes.map(({ account, budget }) => `${account}/${budget}`)).size).toBe(writes.length)
    for (const { from, to } of writes) {
      expect(to).toBeLessThan(from)
      expect(to * 100n).toBeGreaterThanOrEqual(from * 80n)
    }
    expect(await broken(stage)).toEqual([])
  })

  test('is left as it is where the policy says so', async () => {
    const last = accountDate('2026-06-05')
    const stage = await livedTo(last, 'leave')
    expect(await steeredOn(stage, last)).toEqual([])
    expect(stage.ads.writes.filter(({ at }) => at >= later(startOfDay(last, BERLIN), 5 * HOUR_MS))).toEqual([])
  })
})

test('hours are read for corrections where the policy steers within the day, and for nothing else', async () => {
  const stage = await rig({ policy: { guardrails: { steerWithinDay: 'cut' } } })
  await stage.ready()
  const asked: AccountDate[] = []
  const { intraday, intradays } = stage.loop.facts
  const facts = {
    ...stage.loop.facts,
    intraday: async (...terms: Parameters<typeof intraday>) => {
      asked.push(terms[1])
      return intraday(...terms)
    },
    intradays: async (...terms: Parameters<typeof intradays>) => {
      asked.push(...terms[1])
      return intradays(...terms)
    },
  }
  const look = async (occasion: 'daily' | 'correction') => {
    asked.length = 0
    const { accounts } = await observe(stage.policy, occasion, { ...stage.loop, facts })
    return { hours: accounts.map(({ hours }) => hours?.past.length), reads: asked.length }
  }
  // Today's of both accounts; for a correction also the week before it, of which nothing is known yet.
  expect(await look('daily')).toEqual({ hours: [undefined, undefined], reads: 2 })
  expect(await look('correction')).toEqual({ hours: [0, 0], reads: 16 })
  await stage.setPolicy({ guardrails: { steerWithinDay: 'leave' } })
  expect(await look('correction')).toEqual({ hours: [undefined, undefined], reads: 2 })
})
