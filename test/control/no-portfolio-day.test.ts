import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, type Rig, type RigOptions, statusOf } from '../simulation/rig.ts'
import { budget, micros, only, PAUSING, quarter, RUNAWAY, spending } from './guard-stage.ts'

/** A portfolio whose second account is in dollars, on a day whose rate nobody has: its daily plan fails. */
async function unrated(options: RigOptions = {}) {
  let isKnown = true
  const stage = await spending(
    {},
    {
      currencies: { '2': 'USD' },
      rates: (from, to, date) => (isKnown ? ({ from, to, date, microsPerUnit: 900_000n } as never) : undefined),
      ...options,
    },
  )
  isKnown = false
  stage.wait(24 * HOUR_MS)
  await stage.run('pull')
  expect(await stage.run('plan').catch((error) => String(error))).toContain('MissingRate')
  return stage
}

const corrected = async (stage: Rig): Promise<void> => {
  await runTurn(stage.queued.findLast(({ stage: of }) => of === 'plan')!, stage.worker('planner'))
  await stage.run('act')
}

describe('while the portfolio’s day is not open for want of another account’s rate', () => {
  test('the guard cuts to the floor, and half an hour later pauses', async () => {
    const stage = await unrated(PAUSING)
    stage.spent = RUNAWAY
    await quarter(stage)
    await stage.run('act')
    expect(budget(stage, '10')).toBe(micros(50))
    for (let i = 0; i < 2; i++) await quarter(stage)
    await stage.run('act')
    expect((await only(stage)).acts.map(({ step }) => step)).toEqual(['floor', 'pause'])
    expect(stage.ads.valueOf(statusOf(A, '10'))).toEqual({ kind: 'status', status: 'paused' })
  })

  test('an edit outside the caps is cut back', async () => {
    const stage = await unrated()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros(10_000))
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    await corrected(stage)
    expect(budget(stage, '10')).toBe(micros(120))
  })

  test('an edit in the other account is cut back too: its own currency needs no rate', async () => {
    const stage = await unrated({ policy: { guardrails: { maxDailyBudget: '500 EUR' } } })
    await stage.run('pull', B)
    stage.wait(MINUTE_MS)
    // 600 USD are more than 500 EUR at the rate of the day before, and its haircut.
    stage.ads.human(B, '20', micros(600))
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull', B)
    await runTurn(stage.queued.findLast(({ stage: of }) => of === 'plan')!, stage.worker('planner'))
    await stage.run('act', B)
    expect(stage.ads.micros(B, '20')).toBe(micros(120))
  })

  test('nothing is raised, and no day is opened on part of the money', async () => {
    const stage = await unrated()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros(10_000))
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    await corrected(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['10'])
    await expect(stage.portfolioExposure()).rejects.toThrow()
  })
})

test('from the portfolio’s midnight to its daily decision the guard cuts all the same', async () => {
  // Both accounts keep New York’s days: it is an evening there when the portfolio’s day begins in Berlin.
  const zones = { '1': 'America/New_York', '2': 'America/New_York' }
  const stage = await spending(RUNAWAY, { zones, start: instant('2026-06-02T21:00:00Z') })
  stage.wait(HOUR_MS + 15 * MINUTE_MS)
  await quarter(stage)
  await stage.run('act')
  expect(budget(stage, '10')).toBe(micros(50))
})

describe('an edit above the largest budget that the policy allows, in another currency', () => {
  const edited = async (rates: RigOptions['rates'], wait: number) => {
    const stage = await spending(
      {},
      {
        currencies: { '2': 'USD' },
        rates: (from, to, date) => rates?.(from, to, date),
        policy: { guardrails: { maxDailyBudget: '250 EUR' } },
      },
    )
    stage.wait(wait)
    stage.ads.human(B, '21', micros(600))
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull', B)
    return (await stage.loop.facts.drifts(B, 0 as Instant)).at(-1)
  }
  const half = (from: string, to: string, date: string) => ({ from, to, date, microsPerUnit: 500_000n }) as never

  test('is cut back while the portfolio’s day is not open, at the rate of the day before', async () => {
    // 23:30 in Berlin, 18 hours after the rig's morning, and an hour on: the new day has no rate yet.
    expect(await edited(half, 18 * HOUR_MS + 10 * MINUTE_MS)).toMatchObject({ resolution: 'cut-back' })
  })

  test('is cut back at the rate that was known last, however old', async () => {
    const stale = (from: string, to: string) => half(from, to, '2026-06-01')
    expect(await edited(stale, 5 * 24 * HOUR_MS)).toMatchObject({ resolution: 'cut-back' })
    expect(await edited(stale, 20 * 24 * HOUR_MS)).toMatchObject({ resolution: 'cut-back' })
  })
})
