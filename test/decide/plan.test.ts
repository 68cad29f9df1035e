import { describe, expect, test } from 'vitest'
import type { CampaignId } from '../../lib/model/account.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { decisionLever, type Plan } from '../../lib/model/plan.ts'
import { HOUR_MS } from '../../lib/units/calendar.ts'
import { type AccountSpec, anObservation, type CampaignSpec, NOW, type ObservationSpec } from '../measure/samples.ts'
import { changesOf, decisionOn, euros, planOf, standsAt } from './samples.ts'

const google = (...campaigns: readonly CampaignSpec[]): AccountSpec => ({ key: 'google-ads:1', campaigns })
/** Three campaigns that bring 50, 10 and 5 conversions for 100 euros. */
const THREE: readonly CampaignSpec[] = [
  { id: '1', budget: 50, rate: 0.5 },
  { id: '2', budget: 50, rate: 0.1 },
  { id: '3', budget: 50, rate: 0.05 },
]
const spendAfter = (plan: Plan, ids: readonly string[], account?: string): number =>
  ids.reduce((sum, id) => sum + standsAt(plan, id, account), 0)
/** The same decision on every lever, whatever the order of decisions. */
const byLever = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(
    plan.decisions
      .map((d): [string, string] => [
        leverKey(decisionLever(d)),
        d.kind === 'hold' ? d.reason : `${d.change.to.kind === 'money' ? d.change.to.amount.micros : ''}`,
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

describe('a plan', () => {
  const observation = anObservation({ accounts: [google(...THREE)], target: 150 })
  const plan = planOf(observation)

  test('moves money from where it brings least to where it brings most', () => {
    expect(standsAt(plan, '1')).toBe(60)
    expect(standsAt(plan, '3')).toBeLessThan(50)
  })

  test('has one decision for every lever', () => {
    const levers = plan.decisions.map((d) => leverKey(decisionLever(d)))
    expect(new Set(levers).size).toBe(levers.length)
    expect(levers).toHaveLength(3)
  })

  test('does not spend more than the day is to spend, deliveries counted', () => {
    // Budgets deliver 1.0 to 1.02 of themselves here.
    expect(spendAfter(plan, ['1', '2', '3'])).toBeLessThanOrEqual(150)
    expect(spendAfter(plan, ['1', '2', '3'])).toBeGreaterThan(140)
  })

  test('says what it was made from, by which terms, and until when it holds', () => {
    expect(plan).toMatchObject({
      portfolio: 'eu',
      mode: 'auto',
      madeAt: NOW,
      expiresAt: NOW + 26 * HOUR_MS,
      inputsHash: 'inputs',
      occasion: 'daily',
    })
    expect(plan.policyVersion).toBe(observation.policy.version)
    // A tenth of what remains, give or take what this day of the week is thought to bring more than others.
    expect(plan.dayTarget.micros).toBeGreaterThan((150_000_000n * 85n) / 100n)
    expect(plan.dayTarget.micros).toBeLessThan((150_000_000n * 115n) / 100n)
    expect(plan.rates).toEqual(observation.rates)
  })

  test('says why in a sentence that names the change and what stopped it', () => {
    const decision = decisionOn(plan, '1')
    expect(decision).toMatchObject({
      kind: 'change',
      why: expect.stringMatching(
        /^\+20\.0 % to 60\.00 EUR: the next money brings .* conversions per 1,000 EUR here, more than the .* \(stopped by: at most 20 % up in one decision\)\.$/,
      ),
    })
  })

  test('expects more of a raise and less of a cut, with intervals around what it expects', () => {
    for (const { change, expected } of changesOf(plan)) {
      const raised =
        change.to.kind === 'money' &&
        change.from.kind === 'money' &&
        change.to.amount.micros > change.from.amount.micros
      expect(Math.sign(expected.mean)).toBe(raised ? 1 : -1)
      expect(expected.low).toBeLessThan(expected.mean)
      expect(expected.high).toBeGreaterThan(expected.mean)
    }
  })

  test('states by how much its raises exceed its cuts', () => {
    const growth = ['1', '2', '3'].reduce((sum, id) => sum + standsAt(plan, id) - 50, 0)
    expect(Number(plan.netGrowth.micros) / 1e6).toBeCloseTo(Math.max(0, growth), 6)
  })
})

describe('the same inputs', () => {
  const spec: ObservationSpec = {
    accounts: [
      google(...THREE),
      {
        key: 'meta:2',
        campaigns: [
          { id: '4', budget: 40, rate: 0.2 },
          { id: '5', budget: 40, rate: 0.02 },
        ],
      },
    ],
    target: 230,
  }

  test('give the same plan, by name and by content', () => {
    expect(planOf(anObservation(spec))).toEqual(planOf(anObservation(spec)))
  })

  test('give the same decisions in any order of accounts, campaigns, budgets and days', () => {
    const seen = anObservation(spec)
    const shuffled: Observation = {
      ...seen,
      rates: seen.rates.toReversed(),
      accounts: seen.accounts.toReversed().map((account) => ({
        ...account,
        histories: account.histories.toReversed().map((history) => ({ ...history, days: history.days.toReversed() })),
        structure: {
          ...account.structure,
          campaigns: account.structure.campaigns.toReversed(),
          budgets: account.structure.budgets.toReversed(),
        },
      })),
    }
    expect(byLever(planOf(shuffled))).toEqual(byLever(planOf(seen)))
  })

  test('give another name when anything that is decided differs', () => {
    const one = planOf(anObservation(spec))
    expect(planOf(anObservation({ ...spec, target: 200 })).id).not.toBe(one.id)
  })
})

describe('money', () => {
  const spec = (k: number, code = 'EUR', rate = 1): AccountSpec => ({
    key: 'google-ads:1',
    currency: code,
    rate,
    campaigns: THREE.map((one) => ({ ...one, budget: one.budget * k, rate: one.rate! / k, worth: 50 * k })),
  })

  test('all of it ten times as large makes ten times as large a plan', () => {
    const one = planOf(anObservation({ accounts: [spec(10)], target: 1500 }))
    const ten = planOf(anObservation({ accounts: [spec(100)], target: 15_000 }))
    for (const { id } of THREE) expect(standsAt(ten, id) / standsAt(one, id)).toBeCloseTo(10, 3)
    for (const [i, decision] of changesOf(one).entries()) {
      expect(changesOf(ten)[i]?.binding.map(({ name }) => name)).toEqual(decision.binding.map(({ name }) => name))
      expect(changesOf(ten)[i]!.expected.mean / decision.expected.mean).toBeCloseTo(1, 3)
    }
  })

  test('small budgets are bound by what binds large ones: a limit is not near because the currency is coarse', () => {
    const small = planOf(anObservation({ accounts: [spec(0.04)], target: 6 }))
    const large = planOf(anObservation({ accounts: [spec(40)], target: 6000 }))
    const names = (plan: Plan, id: string) => {
      const decision = decisionOn(plan, id)
      return decision.kind === 'change' ? decision.binding.map(({ name }) => name) : decision.reason
    }
    for (const { id } of THREE) expect(names(small, id)).toEqual(names(large, id))
  })

  test.each(['conversions', 'value'] as const)('in another currency makes the same plan, for a goal of %s', (kind) => {
    const other: AccountSpec = {
      key: 'meta:2',
      campaigns: [
        { id: '4', budget: 60, rate: 0.2 },
        { id: '5', budget: 60, rate: 0.02 },
      ],
    }
    const policy = { goal: { kind }, guardrails: { maxChangesPerPlan: 3 } }
    const euro = planOf(anObservation({ accounts: [spec(1), other], target: 270, policy }))
    const yen = planOf(anObservation({ accounts: [spec(100, 'JPY', 0.01), other], target: 270, policy }))
    for (const { id } of THREE) expect(standsAt(yen, id) / standsAt(euro, id)).toBeCloseTo(100, 1)
    for (const id of ['4', '5']) expect(standsAt(yen, id, 'meta:2')).toBeCloseTo(standsAt(euro, id, 'meta:2'), 1)
    expect(yen.marginalReturn / euro.marginalReturn).toBeCloseTo(1, 3)
    const effects = (plan: Plan) =>
      changesOf(plan)
        .map(({ expected }) => expected.mean)
        .sort((a, b) => a - b)
    for (const [i, mean] of effects(euro).entries()) expect(effects(yen)[i]! / mean).toBeCloseTo(1, 2)
  })
})

describe('fewer conversions', () => {
  test.each([0.9, 0.7, 0.4, 0.1])('by a factor of %d never raise a budget', (factor) => {
    const plan = (rate: number): Plan =>
      planOf(anObservation({ accounts: [google({ id: '1', budget: 50, rate }, ...THREE.slice(1))], target: 150 }))
    for (const rate of [0.5, 0.2, 0.1, 0.06])
      expect(standsAt(plan(rate * factor), '1')).toBeLessThanOrEqual(standsAt(plan(rate), '1'))
  })
})

describe('what has nothing to do with a portfolio', () => {
  test('changes nothing: an account with none of its campaigns', () => {
    const policy = {
      members: [
        { name: 'Campaign', class: 'prospecting' },
        { name: 'Brand', class: 'brand' },
      ],
    }
    const own = google(...THREE, { id: '7', budget: 30, rate: 1, campaign: { name: 'Brand' } })
    const stranger: AccountSpec = {
      key: 'meta:9',
      campaigns: [{ id: '9', budget: 5000, rate: 3, campaign: { name: 'Not ours' } }],
    }
    const alone = planOf(anObservation({ accounts: [own], target: 180, policy }))
    const seen = anObservation({ accounts: [own, stranger], target: 180, policy })
    // What a stranger spends is none of the flight's.
    const beside = planOf({
      ...seen,
      policy: {
        ...seen.policy,
        policy: {
          ...seen.policy.policy,
          flight: anObservation({ accounts: [own], target: 180, policy }).policy.policy.flight,
        },
      },
      flightSpentMicros: new Map(
        [...seen.flightSpentMicros].map(([key, micros]) => [key, key === 'meta:9' ? 0n : micros]),
      ),
    })
    expect(byLever(beside)).toEqual(byLever(alone))
  })
})

describe('money that is spoken for', () => {
  const withTarget = (target: number, ...campaigns: readonly CampaignSpec[]) =>
    anObservation({ accounts: [google(...campaigns)], target })

  test('a held budget that runs keeps its spend: the others get what is left', () => {
    const held: CampaignSpec = { id: '4', budget: 40, rate: 0.1, campaign: { learning: 'learning' } }
    const plan = planOf(withTarget(150, ...THREE, held))
    expect(spendAfter(plan, ['1', '2', '3'])).toBeLessThanOrEqual(120)
    expect(decisionOn(plan, '1')).toMatchObject({ kind: 'change' })
  })

  test('a budget whose limits contradict each other keeps its spend too', () => {
    const impossible: CampaignSpec = { id: '4', budget: 40, rate: 0.1 }
    const observation = anObservation({
      accounts: [google(...THREE, impossible)],
      target: 160,
      policy: {
        bounds: [{ account: 'google-ads:1', budget: '94', atLeast: '45 EUR' }],
        guardrails: { maxDailyBudget: '44 EUR' },
      },
    })
    const plan = planOf(observation)
    expect(decisionOn(plan, '4')).toMatchObject({ kind: 'hold', reason: 'guardrail' })
    // 120 of 160 are left, the least that three budgets of 50 may be cut to: nothing is raised.
    expect(spendAfter(plan, ['1', '2', '3'])).toBeLessThanOrEqual(130)
  })

  test('a paused budget spends nothing: its money goes to the others', () => {
    const paused: CampaignSpec = { id: '4', budget: 400, rate: 0.1, campaign: { status: 'paused' } }
    expect(byLever(planOf(withTarget(150, ...THREE, paused))).get('google-ads:1/daily-budget/budget/91')).toBe(
      byLever(planOf(withTarget(150, ...THREE))).get('google-ads:1/daily-budget/budget/91'),
    )
  })

  test('a shared budget moves once, for all that it feeds', () => {
    const observation = withTarget(
      150,
      {
        id: '1',
        budget: 50,
        rate: 0.5,
        holder: { owner: 'shared', campaigns: ['1', '8'] as unknown as readonly CampaignId[] },
      },
      ...THREE.slice(1),
    )
    const [account] = observation.accounts
    const eight = { ...account!.structure.campaigns[0]!, id: '8' as CampaignId, name: 'Campaign 8' }
    const seen = {
      ...observation,
      accounts: [
        { ...account!, structure: { ...account!.structure, campaigns: [...account!.structure.campaigns, eight] } },
      ],
    }
    const plan = planOf(seen)
    expect(plan.decisions).toHaveLength(3)
    expect(standsAt(plan, '1')).toBe(60)
  })
})

describe('caps', () => {
  test('without them nothing moves, and caps are proposed: what the day may cost at worst, and a quarter more', () => {
    const observation = anObservation({
      accounts: [{ ...google(...THREE), terms: { dayCap: undefined } }],
      target: 150,
      policy: { dayCap: undefined },
    })
    const plan = planOf(observation)
    expect(changesOf(plan)).toEqual([])
    // 150 × 2 × 1.25
    expect(plan.proposedCaps).toEqual([
      { scope: 'account google-ads:1', dayCap: euros(375) },
      { scope: 'portfolio eu', dayCap: euros(375) },
    ])
  })

  test('proposed, count a lifetime budget once with all it holds: it may go in one day, and in no more', () => {
    const observation = anObservation({
      accounts: [{ ...google(...THREE), terms: { dayCap: undefined } }],
      target: 150,
    })
    const [account] = observation.accounts
    const [first, ...others] = account!.structure.budgets
    const budgets = [{ ...first!, period: 'lifetime' as const }, ...others]
    const seen = { ...observation, accounts: [{ ...account!, structure: { ...account!.structure, budgets } }] }
    // (100 × 2 + 50) × 1.25 = 312.5, up to a whole unit.
    expect(planOf(seen).proposedCaps).toEqual([{ scope: 'account google-ads:1', dayCap: euros(313) }])
  })

  test('are not proposed where the policy gives them', () => {
    expect(planOf(anObservation({ accounts: [google(...THREE)], target: 150 })).proposedCaps).toEqual([])
  })

  test('stop raises where there is no room for them, and force no cut', () => {
    const plan = (dayCap: string) =>
      planOf(anObservation({ accounts: [{ ...google(...THREE), terms: { dayCap } }], target: 200 }))
    // 150 × 2 is what the day costs at worst as it stands.
    for (const { id } of THREE) expect(standsAt(plan('300 EUR'), id)).toBe(50)
    const room = plan('310 EUR')
    expect(spendAfter(room, ['1', '2', '3'])).toBeGreaterThan(154)
    expect(spendAfter(room, ['1', '2', '3'])).toBeLessThanOrEqual(155)
  })

  test('of the portfolio stop raises on every account', () => {
    const accounts = [google(...THREE), { key: 'meta:2', campaigns: [{ id: '4', budget: 50, rate: 0.4 }] }]
    const plan = planOf(anObservation({ accounts, target: 300, policy: { dayCap: '400 EUR' } }))
    expect(spendAfter(plan, ['1', '2', '3']) + standsAt(plan, '4', 'meta:2')).toBeLessThanOrEqual(200)
  })

  test('count paused budgets for nothing, for they cannot spend', () => {
    const paused: CampaignSpec = { id: '4', budget: 400, campaign: { status: 'paused' } }
    const plan = planOf(
      anObservation({
        accounts: [{ ...google(...THREE, paused), terms: { dayCap: '400 EUR' } }],
        target: 200,
        policy: { dayCap: '400 EUR' },
      }),
    )
    expect(standsAt(plan, '1')).toBe(60)
  })
})

describe('the limit on changes', () => {
  test('makes the ones that matter most, and holds the rest', () => {
    const plan = planOf(
      anObservation({ accounts: [google(...THREE)], target: 200, policy: { guardrails: { maxChangesPerPlan: 2 } } }),
    )
    expect([...byLever(plan).values()]).toEqual(['60000000', '60000000', 'change-limit'])
  })

  test('never keeps a raise without the cuts that pay for it', () => {
    for (const maxChangesPerPlan of [0, 1, 2, 3]) {
      const plan = planOf(
        anObservation({ accounts: [google(...THREE)], target: 150, policy: { guardrails: { maxChangesPerPlan } } }),
      )
      expect(spendAfter(plan, ['1', '2', '3'])).toBeLessThanOrEqual(150)
    }
  })
})

describe('a deadband of nothing', () => {
  test('makes no change that changes nothing', () => {
    const observation = anObservation({
      accounts: [google(...THREE)],
      target: 150,
      policy: { guardrails: { deadband: 0, maxStepUp: 0, maxStepDown: 0 } },
    })
    expect(changesOf(planOf(observation))).toEqual([])
  })
})
