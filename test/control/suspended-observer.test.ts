import { expect, test, vi } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { openPortfolioDay } from '../../lib/control/portfolio-day.ts'
import { portfolioId } from '../../lib/model/account.ts'
import { accountDate, HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, PORTFOLIO, rig } from '../simulation/rig.ts'

const AFTERNOON = instant('2026-06-02T15:00:00Z')

test('a worker that is suspended beyond midnight while it reads observes all of it as of when it began', async () => {
  const stage = await rig({ start: AFTERNOON })
  await stage.ready()
  const version = await stage.loop.policies.current(portfolioId(PORTFOLIO))
  vi.spyOn(stage.loop.facts, 'evidence').mockImplementationOnce(async () => {
    stage.wait(8 * HOUR_MS)
    return undefined
  })
  const { now, today, accounts } = await observe(version!, 'daily', stage.loop)
  expect(now).toBe(AFTERNOON)
  expect([today, ...accounts.map((one) => one.today)]).toEqual(['2026-06-02', '2026-06-02', '2026-06-02'])
})

test('a worker that is suspended beyond midnight counts the portfolio’s budgets by the day that it is then', async () => {
  const stage = await rig({ start: AFTERNOON })
  await stage.ready()
  for (const micros of [120_000_000n, 100_000_000n]) {
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros)
    stage.wait(MINUTE_MS)
    await stage.run('pull')
  }
  const version = await stage.loop.policies.current(portfolioId(PORTFOLIO))
  const observation = await observe(version!, 'daily', stage.loop)
  const { exposure } = (await stage.loop.money.portfolioDay(portfolioId(PORTFOLIO), observation.today))!
  // The 120 that stood there for a while are of the day before: 20 less, at the factor of 2.
  stage.wait(8 * HOUR_MS)
  await openPortfolioDay({ ...observation, today: accountDate('2026-06-03') }, stage.loop)
  expect(exposure.micros - (await stage.portfolioExposure())).toBe(40_000_000n)
})
