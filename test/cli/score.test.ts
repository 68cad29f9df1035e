import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { budgetDays } from '../../lib/measure/budget-days.ts'
import { parseAccountKey, portfolioId } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import type { Decision, PlanId, Prediction } from '../../lib/model/plan.ts'
import { type DynamoStores, dynamoStores } from '../../lib/store/stores.ts'
import { accountDate, addDays, DAY_MS, instant, later } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { clientFor } from '../store/embedded.ts'
import { META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

const STEADY = portfolioId('steady')
const ACCOUNT = parseAccountKey(META)
const FROM = accountDate('2026-09-15')
const DAYS = 7
const TODAY = accountDate('2026-10-05')

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

async function withStores<T>(work: (stores: DynamoStores) => Promise<T>): Promise<T> {
  const endpoint = /endpoint: '([^']*)'/.exec(readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8'))?.[1]
  const client = clientFor(endpoint!)
  try {
    return await work(dynamoStores({ client, prefix: 'sluice-test' }))
  } finally {
    client.destroy()
  }
}

/**
 * A plan of 15 September for three of Meta's budgets, made with hindsight: one prediction is what came, one half of it, and
 * one for twice the spend.
 */
const withHindsight = (from = FROM): Promise<void> =>
  withStores(async (stores) => {
    const [structure, histories] = [await stores.facts.structure(ACCOUNT), await stores.facts.histories(ACCOUNT)]
    const days = budgetDays({ structure: structure!, histories, today: TODAY }, 'purchase|7c|0v|mixed')
    const busiest = [...days].toSorted(([, a], [, b]) => b.length - a.length).slice(0, 3)
    const decisions = busiest.map(([budget, all], i): Decision => {
      const window = all.filter(({ date }) => from <= date && date < addDays(from, DAYS))
      const spend = window.reduce((sum, one) => sum + one.spend, 0) * (i === 2 ? 2 : 1)
      const mean = (window.reduce((sum, one) => sum + one.conversions, 0) || 200) * (i === 1 ? 0.5 : 1)
      const prediction: Prediction = {
        from,
        days: DAYS,
        spend,
        conversions: { mean, low: 0.8 * mean, high: 1.2 * mean },
      }
      const lever = { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: budget } as const
      return { kind: 'hold', lever, name: budget, value: undefined, reason: 'within-deadband', detail: '', prediction }
    })
    const madeAt = instant(`${from}T00:30:00Z`)
    const zero = money(0n, currency('EUR'))
    const terms = {
      portfolio: STEADY,
      mode: 'approve',
      madeAt,
      expiresAt: later(madeAt, DAY_MS),
      policyVersion: (await stores.policies.current(STEADY))!.version,
      inputsHash: 'none',
      rates: [],
      dayTarget: zero,
      marginalReturn: 0,
      netGrowth: zero,
      occasion: 'daily',
      proposedCaps: [],
      decisions,
    } as const
    await stores.plans.put({ ...terms, id: hashOf(terms) as PlanId }, { kind: 'pending' })
  })

test('score shows how predictions turned out, and status the coverage of their intervals', async () => {
  await readyAt(shop, MORNING)
  await withHindsight()
  expect((await shop.sluice('status')).out).toContain('scores     nothing is scored yet: "sluice score" does it now')
  const { code, out, err } = await shop.sluice('score')
  expect({ code, err }).toEqual({ code: 0, err: 'steady: 1 plan scored now\n' })
  const line =
    '80 % intervals covered 50 % of 2 predictions for 2026-09-15 to 2026-09-21; not checked: 1 spent-otherwise'
  expect(out).toContain(`Portfolio steady: ${line}\n`)
  expect(out).toMatch(/^ {2}2026-09-15 to 2026-09-21 +2 +50 % +\d+\.\d +\d+\.\d +\d+\.\d\d +1 spent-otherwise$/m)
  expect((await shop.sluice('status')).out).toContain(`  scores     ${line}\n`)
})

test('run scores where that is due', async () => {
  await readyAt(shop, MORNING)
  await withHindsight()
  const { code, out } = await shop.sluice('run')
  expect(code).toBe(0)
  expect(out).toMatch(/^score +steady +ran +scored 1, checked 2, covered 1$/m)
  expect((await shop.sluice('run')).out).toMatch(/^score +steady +skipped +done before$/m)
})

test('a second time scores nothing over, and --json says so', async () => {
  await readyAt(shop, MORNING)
  await withHindsight()
  const first = JSON.parse((await shop.sluice('score', '--portfolio', 'steady', '--json')).out)
  expect(first).toMatchObject({
    schemaVersion: 1,
    command: 'score',
    portfolios: [
      {
        portfolio: 'steady',
        scoredNow: 1,
        firstOn: null,
        coverage: { from: '2026-09-15', to: '2026-09-21', checked: 2, covered: 1, coveredShare: 0.5 },
        scores: [{ madeAt: '2026-09-15T00:30:00Z', checked: 2, unchecked: { 'spent-otherwise': 1 } }],
      },
    ],
  })
  const [again] = JSON.parse((await shop.sluice('score', '--json')).out).portfolios
  expect(again).toEqual({ ...first.portfolios[0], scoredNow: 0 })
  const [portfolio] = JSON.parse((await shop.sluice('status', '--json')).out).portfolios
  expect(portfolio).toMatchObject({ scores: first.portfolios[0].coverage, firstScoreOn: null })
})

test('before anything is old enough both say when it will be', async () => {
  await readyAt(shop, MORNING)
  const nothing = 'nothing is old enough to be scored yet'
  const none = `${nothing}: no plan predicts anything so far`
  expect((await shop.sluice('score')).out).toBe(`Portfolio steady: ${none}\n`)
  // Where conversions are put on the day on which they happened, a day is complete enough when it is over.
  await withHindsight(accountDate('2026-09-30'))
  const first = `${nothing}: first on 2026-10-07`
  expect((await shop.sluice('score')).out).toBe(`Portfolio steady: ${first}\n`)
  const { out } = await shop.sluice('status')
  expect(out).toContain(`  scores     ${first}\n`)
  const [portfolio] = JSON.parse((await shop.sluice('status', '--json')).out).portfolios
  expect(portfolio).toMatchObject({ scores: null, firstScoreOn: '2026-10-07' })
})

test('score of a portfolio that is not there names those that are', async () => {
  shop.write('policy.yaml', policyText())
  await shop.sluice('policy', 'put', 'policy.yaml')
  const { code, err } = await shop.sluice('score', '--portfolio', 'other')
  expect(code).toBe(1)
  expect(err).toContain('there is no portfolio other: there is steady')
})
