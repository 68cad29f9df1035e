import { expect, test, vi } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import { openPortfolioDay } from '../../lib/control/portfolio-day.ts'
import { portfolioId } from '../../lib/model/account.ts'
import { accountDate, HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
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

test('a worker that is suspended in the very write of a reservation reserves nothing once the next day is open', async () => {
  const stage = await rig()
  await stage.ready()
  await stage.plan([[A, '10', 120]])
  const { money } = stage.loop
  const commit = vi.spyOn(money, 'commit')
  commit.mockImplementationOnce(async (one) => {
    commit.mockRestore()
    stage.wait(23 * HOUR_MS)
    await stage.run('pull')
    return money.commit(one)
  })
  await expect(stage.run('act')).rejects.toThrow('2026-06-03 of portfolio eu is')
  expect(stage.ads.sent).toEqual([])
  expect((await stage.state(A, '10')).pending).toBeUndefined()
  expect(await broken(stage)).toEqual([])
})

test('what is reserved just while a pull counts the new day is counted in it all the same', async () => {
  const stage = await rig()
  await stage.ready()
  const header = await stage.plan([[A, '10', 120]])
  const { money } = stage.loop
  const commits: Parameters<typeof money.commit>[0][] = []
  const commit = vi.spyOn(money, 'commit').mockImplementation(async (one) => {
    commits.push(one)
    return { kind: 'conflict', on: ['held up'] }
  })
  await expect(stage.run('act')).rejects.toThrow('held up')
  commit.mockRestore()
  stage.wait(23 * HOUR_MS)
  const { allLevers } = money
  const read = vi.spyOn(money, 'allLevers')
  read.mockImplementation(async (account) => {
    const levers = await allLevers(account)
    // The second reading is the one that the new day is counted by: what was held up arrives right after it.
    if (read.mock.calls.length === 2) expect(await money.commit(commits[0]!)).toEqual({ kind: 'committed' })
    return levers
  })
  await stage.run('pull')
  read.mockRestore()
  expect((await stage.state(A, '10')).pending).toBeDefined()
  // 2 × (120 + 200 + 300).
  expect(await stage.exposure(A)).toBe(1_240_000_000n)
  expect(await stage.loop.money.intents(A, header.id)).toHaveLength(1)
})
