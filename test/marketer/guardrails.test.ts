import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer, type ShownPlan } from './marketer.ts'

const scenario = (name: string): string => fileURLToPath(new URL(`${name}.json`, import.meta.url))
/** 00:00, 01:00 and 03:00 in Berlin. */
const TICKS = [22, 23, 1]

const GOOGLE = 'google-ads:4155550151'
const META = 'meta:112233445566151'
const policy = (accounts: string): string => `
portfolio: guarded
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-07-06, to: 2026-07-31, total: 44000.00 EUR }
dayCap: 60000.00 EUR
accounts:
${accounts}
members:
  - { class: prospecting }
targets: steer
`
const account = (key: string, dayCap: string): string =>
  `  - account: ${key}\n    conversions: { action: purchase, clickWindowDays: ${key.startsWith('meta') ? '7, basis: mixed' : '30, basis: click'} }\n    dayCap: ${dayCap} EUR`

/** Levers that anything was reserved for: nothing is sent without. */
const written = async (marketer: Marketer): Promise<readonly string[]> =>
  (await marketer.audit()).flatMap(({ entry }) => (entry.kind === 'reserved' ? [entry.lever] : []))

const daily = (plans: readonly ShownPlan[]): readonly ShownPlan[] =>
  plans.filter(({ occasion }) => occasion === 'daily')

test('a lifetime budget with 20,000 left under a day cap of 5,000: the plan is blocked and names the exposure', async () => {
  const options = { scenario: scenario('lifetime'), seed: 3, policy: policy(account(META, '5000.00')), ticksAt: TICKS }
  await asMarketer(options, async (marketer) => {
    await marketer.until(later(marketer.market.start, DAY_MS + 3 * HOUR_MS))
    const plans = daily(await marketer.plans())
    expect(plans.length).toBeGreaterThan(0)
    for (const { changes, holds } of plans) {
      expect(changes).toEqual([])
      const free = holds.filter(({ name }) => name === 'Social free')
      expect(free.map(({ reason }) => reason)).toEqual(['over-cap'])
      expect(free[0]?.detail).toMatch(
        /^lifetime budgets of meta:\d+ may cost (19|20)\d{3}\.\d\d EUR today at worst, .*"Social launch" with .* left, and the account’s dayCap is 5000\.00 EUR/,
      )
      expect(free[0]?.guardrails).toContainEqual(expect.objectContaining({ name: 'over-cap', verdict: 'block' }))
    }
    expect(await written(marketer)).toEqual([])
    expect(marketer.lost).toEqual([])
  })
}, 120_000)

test('a Google experiment and a Meta split test run for 14 days: nothing of theirs is written to, and each hold names the test', async () => {
  const accounts = [account(GOOGLE, '20000.00'), account(META, '20000.00')].join('\n')
  const options = { scenario: scenario('running-tests'), seed: 3, policy: policy(accounts), ticksAt: TICKS }
  await asMarketer(options, async (marketer) => {
    const { market } = marketer
    await marketer.until(later(market.start, 14 * DAY_MS))
    const inTest = new Set(
      market.accounts.flatMap(({ experiments }) =>
        experiments.flatMap(({ baseCampaignId, armCampaignIds }) => [baseCampaignId, ...armCampaignIds]),
      ),
    )
    expect(inTest.size).toBe(4)
    const budgetsInTest = market.accounts.flatMap(({ budgets }) =>
      [...budgets.values()].filter(({ feeds }) => feeds.some((id) => inTest.has(id))).map(({ id }) => id),
    )
    const touched = (await written(marketer)).map((lever) => lever.split('/').at(3) ?? '')
    expect(touched.filter((id) => inTest.has(id) || budgetsInTest.includes(id))).toEqual([])
    // What is beside them is moved meanwhile.
    expect(touched.length).toBeGreaterThan(5)
    const plans = daily(await marketer.plans())
    expect(plans.length).toBeGreaterThanOrEqual(13)
    for (const { holds } of plans)
      for (const [name, test] of [
        ['Search tested', 'Landing page trial'],
        ['Social tested', 'Creative split'],
        ['Social tested B', 'Creative split'],
      ])
        expect(holds, name).toContainEqual(
          expect.objectContaining({
            name,
            reason: 'in-experiment',
            detail: `the platform is running the test "${test}" on it`,
          }),
        )
    expect(marketer.lost).toEqual([])
  })
}, 300_000)

test('a budget that is read as a hundred times its history, by nobody’s hand, is counted as that and back at what it was', async () => {
  const accounts = [account(GOOGLE, '200000.00'), account(META, '20000.00')].join('\n')
  const options = {
    ...{ scenario: scenario('running-tests'), seed: 3, ticksAt: TICKS },
    policy: policy(accounts).replace('dayCap: 60000.00', 'dayCap: 250000.00'),
  }
  await asMarketer(options, async (marketer) => {
    const { market } = marketer
    await marketer.until(later(market.start, DAY_MS + 12 * HOUR_MS))
    const before = Number(marketer.budget('Search cheap'))
    const budget = market.accounts
      .flatMap(({ budgets }) => [...budgets.values()])
      .find(({ name }) => name === 'Search cheap')!
    // Two zeros too many, of which the platform says nothing.
    Object.assign(budget, { amountMicros: budget.amountMicros * 100n })
    await marketer.until(later(market.start, 2 * DAY_MS + 4 * HOUR_MS))
    // What it was, or by now a step of the daily decision from there.
    expect(Number(marketer.budget('Search cheap'))).toBeLessThanOrEqual(1.2 * before)
    expect((await marketer.alerts()).map(({ rule }) => rule)).toContain('outsideCaps')
    const seen = (await marketer.audit()).flatMap(({ entry }) =>
      entry.kind === 'observed' && entry.lever.endsWith(`/${budget.id}`) && entry.resolution === 'cut-back'
        ? [entry]
        : [],
    )
    expect(seen).toHaveLength(1)
    expect(seen[0]).not.toHaveProperty('actor')
    expect(Number(seen[0]?.deltaMicros)).toBeGreaterThan(0)
  })
}, 120_000)
