import { observe } from '../../lib/control/observe.ts'
import { openPortfolioDay } from '../../lib/control/portfolio-day.ts'
import { netGrowth } from '../../lib/decide/net-growth.ts'
import { portfolioId } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import { isBudget } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, PlanId, PlanTerms } from '../../lib/model/plan.ts'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { times, zero } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'

/** Stores a plan that cuts every budget by a twentieth, for a person to apply. @returns its id and how much it changes */
export async function storeDrillPlan({ desk }: Deployment): Promise<{ id: PlanId; changes: number }> {
  const version = await desk.policies.current(portfolioId('drill'))
  if (!version) throw new Error('the drill has no policy')
  const observation = await observe(version, 'correction', desk)
  const decisions = observation.accounts.flatMap(({ levers }) =>
    levers.filter(({ lever }) => isBudget(lever)).map(cutOf),
  )
  const { portfolio, mode, baseCurrency } = version.policy
  const terms: PlanTerms = {
    portfolio,
    mode,
    madeAt: observation.now,
    expiresAt: later(observation.now, HOUR_MS),
    policyVersion: version.version,
    inputsHash: 'none',
    rates: observation.rates,
    dayTarget: zero(baseCurrency),
    marginalReturn: 0,
    netGrowth: netGrowth(decisions, observation),
    occasion: 'correction',
    proposedCaps: [],
  }
  await openPortfolioDay(observation, desk)
  const id = hashOf({ terms, decisions }).slice(0, 24) as PlanId
  await desk.plans.put({ id, ...terms, decisions }, { kind: 'pending' })
  return { id, changes: decisions.length }
}

const CENT = 10_000n

function cutOf({ lever, known }: LeverState): ChangeDecision {
  if (known.kind !== 'money') throw new Error('a budget is an amount')
  const less = times(known.amount, 0.95, 'down')
  const amount = { ...less, micros: (less.micros / CENT) * CENT }
  return {
    kind: 'change',
    change: { lever, from: known, to: { kind: 'money', amount } },
    name: `budget ${lever.id}`,
    class: 'prospecting',
    expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
    binding: [],
    why: 'A drill cuts every budget by a twentieth.',
    maturity: 1,
  }
}
