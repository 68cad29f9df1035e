import { describe, expect, test } from 'vitest'
import { type Marginals, sentence } from '../../lib/decide/explain.ts'
import type { BindingGuardrail, LimitedBy } from '../../lib/model/plan.ts'
import type { Goal } from '../../lib/model/policy.ts'
import type { BidStrategy } from '../../lib/model/structure.ts'
import { currency } from '../../lib/units/money.ts'
import { type KnownMarket, planOfMarket } from './handmade.ts'
import { decisionOn, euros } from './samples.ts'

const EUR = currency('EUR')
const CONVERSIONS: Goal = { kind: 'conversions' }
const said = (
  to: number,
  marginals: Partial<Marginals>,
  {
    goal = CONVERSIONS,
    binding = [],
    varied = false,
  }: { goal?: Goal; binding?: BindingGuardrail[]; varied?: boolean } = {},
): string =>
  sentence(goal, EUR, euros(100), euros(to), { here: 0, elsewhere: 0, asked: 0, ...marginals }, binding, varied)

describe('why a budget is moved', () => {
  test.each<[why: string, to: number, marginals: Partial<Marginals>, wanted: string]>([
    [
      'up, because the next money brings more here',
      120,
      { here: 0.2, elsewhere: 0.05 },
      "+20.0 % to 120.00 EUR: the next money brings 200 conversions per 1,000 EUR here, more than the 50.0 conversions per 1,000 EUR where the portfolio's money runs out.",
    ],
    [
      'up, because there is money left',
      120,
      { here: 0.2 },
      '+20.0 % to 120.00 EUR: there is money left for the day, and the next of it brings 200 conversions per 1,000 EUR here.',
    ],
    [
      'up against its return, because a limit asks for it',
      120,
      { here: 0.02, elsewhere: 0.05 },
      "+20.0 % to 120.00 EUR: the next money brings 20.0 conversions per 1,000 EUR here, against 50.0 conversions per 1,000 EUR where the portfolio's money runs out: a limit, or the wish to learn, asks for more.",
    ],
    [
      'down, because the money brings more elsewhere',
      80,
      { here: 0.02, elsewhere: 0.05 },
      '−20.0 % to 80.00 EUR: the last money brings only 20.0 conversions per 1,000 EUR here, against 50.0 conversions per 1,000 EUR where it goes instead.',
    ],
    [
      'down, because it brings less than the policy asks',
      80,
      { here: 0.02, asked: 0.05 },
      '−20.0 % to 80.00 EUR: the last money brings only 20.0 conversions per 1,000 EUR here, and the policy asks it to bring 50.0 conversions per 1,000 EUR.',
    ],
    [
      'down, though it brings more than elsewhere, because a limit lies below',
      80,
      { here: 0.2, elsewhere: 0.05 },
      '−20.0 % to 80.00 EUR: a limit lies below what it stands at, though its last money brings 200 conversions per 1,000 EUR.',
    ],
    [
      'where it brings the same as anywhere, give or take what tables and differences are off by',
      120,
      { here: 0.04998, elsewhere: 0.05 },
      "+20.0 % to 120.00 EUR: money brings 50.0 conversions per 1,000 EUR here, as much as where the portfolio's money runs out.",
    ],
  ])('%s', (_why, to, marginals, wanted) => {
    expect(said(to, marginals)).toBe(wanted)
  })

  test('names what stopped it, the first of several', () => {
    const binding = [
      { name: 'step', detail: 'at most 20 % up in one decision' },
      { name: 'group', detail: 'group "a" gets at most this much' },
    ]
    expect(said(120, { here: 0.2, elsewhere: 0.1 }, { binding })).toMatch(
      / \(stopped by: at most 20 % up in one decision\)\.$/,
    )
  })

  test('says that it was varied on purpose, where it was', () => {
    expect(said(120, { here: 0.2, elsewhere: 0.1 }, { varied: true })).toMatch(/\. [^.]+ to learn how it responds\.$/)
  })

  test.each<[goal: Goal, unit: string]>([
    [{ kind: 'value' }, '2.00 EUR of value per EUR'],
    [{ kind: 'profit', margin: 0.4 }, '2.00 EUR of margin per EUR'],
  ])('for a goal of %o in its own unit', (goal, unit) => {
    expect(said(120, { here: 2, elsewhere: 1.2 }, { goal })).toContain(`the next money brings ${unit} here`)
  })
})

describe('what keeps a campaign from bringing more', () => {
  const limitedBy = (deliveryRatio: number | undefined, strategy: BidStrategy): LimitedBy | undefined => {
    const market: KnownMarket = {
      accounts: [
        { id: '1', budget: 100, level: 2, campaign: { strategy }, estimate: { deliveryRatio } },
        { id: '2', budget: 100, level: 10 },
      ],
      target: 210,
    }
    return decisionOn(planOfMarket(market), '1').limitedBy
  }

  test.each<[why: string, ratio: number | undefined, strategy: BidStrategy, wanted: LimitedBy]>([
    ['that spends its budget: the budget', 1, { kind: 'target-cpa', targetCpa: euros(10) }, 'budget'],
    ['that spends nine tenths of it: the budget still', 0.9, { kind: 'max-conversions' }, 'budget'],
    ['of which nothing is known: the budget, until it is known', undefined, { kind: 'max-conversions' }, 'budget'],
    [
      'that spends two fifths, with a target CPA: the target',
      0.4,
      { kind: 'target-cpa', targetCpa: euros(10) },
      'target',
    ],
    ['the same with a target ROAS', 0.4, { kind: 'target-roas', targetRoas: 3 }, 'target'],
    ['the same with a bid of its own: the bid', 0.4, { kind: 'manual-cpc', bid: euros(1) }, 'bid'],
    ['the same with none of them: its audience', 0.4, { kind: 'max-conversions' }, 'audience'],
  ])('%s', (_why, ratio, strategy, wanted) => {
    expect(limitedBy(ratio, strategy)).toBe(wanted)
  })

  test('a budget that does not limit is not raised, whatever its conversions cost', () => {
    const market: KnownMarket = {
      accounts: [
        {
          id: '1',
          budget: 100,
          level: 40,
          estimate: { deliveryRatio: 0.4, recentSpendPerDay: 40, deliverablePerDay: 40 },
        },
        { id: '2', budget: 100, level: 10 },
      ],
      target: 400,
    }
    const decision = decisionOn(planOfMarket(market), '1')
    expect(decision.kind === 'change' ? decision.change.to : decision.value).toMatchObject({ kind: 'money' })
    expect(decision).not.toMatchObject({ kind: 'change', why: expect.stringMatching(/^\+/) })
  })
})
