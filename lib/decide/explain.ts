import { isLimitedByBudget } from '../measure/delivery.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import type { BindingGuardrail, LimitedBy } from '../model/plan.ts'
import type { Goal } from '../model/policy.ts'
import { campaignsFedBy } from '../model/structure-index.ts'
import type { CurrencyCode, Money } from '../units/money.ts'
import type { BudgetQuestion } from './holds.ts'
import type { Limit } from './interval.ts'
import { amountText, changeText, numberText } from './words.ts'

/** Limits that the value sits at, give or take what the platform's rounding took, and a thousandth. */
export function bindingAt(
  limits: readonly Limit[],
  to: Money,
  rounding: bigint,
  worthPerUnit: number,
): readonly BindingGuardrail[] {
  const tolerance = Math.max(Math.abs(Number(rounding)), Number(to.micros) / 1000)
  const near = (limit: Money | undefined): boolean =>
    limit !== undefined && Math.abs(Number(limit.micros - to.micros)) <= tolerance
  return limits
    .filter(({ atLeast, atMost }) => near(atLeast) || near(atMost))
    .map(({ name, detail, atMost }) => ({
      name,
      detail,
      ...(near(atMost) ? { worthPerUnit: Math.max(0, worthPerUnit) } : {}),
    }))
}

/** What keeps a budget's campaigns from bringing more. */
export function limitedBy({ account, budget }: BudgetQuestion, estimate: BudgetEstimate): LimitedBy {
  if (isLimitedByBudget(estimate)) return 'budget'
  const strategies = campaignsFedBy(account.structure, budget).map(({ strategy }) => strategy)
  if (strategies.some(({ targetCpa, targetRoas }) => targetCpa !== undefined || targetRoas !== undefined))
    return 'target'
  return strategies.some(({ bid }) => bid !== undefined) ? 'bid' : 'audience'
}

/** Marginal returns, objective per main unit of the base currency. */
export interface Marginals {
  /** Of the next money where the budget stands. */
  readonly here: number
  /** Where the portfolio's money runs out. */
  readonly elsewhere: number
  /** That the policy asks of the last money here; 0: anything. */
  readonly asked: number
}

export function sentence(
  goal: Goal,
  base: CurrencyCode,
  from: Money,
  to: Money,
  marginals: Marginals,
  binding: readonly BindingGuardrail[],
  varied: boolean,
): string {
  const outcome = (n: number): string =>
    goal.kind === 'conversions'
      ? `${numberText(1000 * n)} conversions per 1,000 ${base}`
      : `${numberText(n)} ${base} of ${goal.kind === 'profit' ? 'margin' : 'value'} per ${base}`
  const [limit] = binding
  const stopped = limit ? ` (stopped by: ${limit.detail})` : ''
  const learning = varied ? ' Part of it is ventured to learn how it responds.' : ''
  return `${changeText(from, to)} to ${amountText(to)}: ${reason(to.micros > from.micros, marginals, outcome)}${stopped}.${learning}`
}

/** Returns closer to each other than this are alike: they are read off tables and differences. */
const ALIKE = 2e-3

function reason(raised: boolean, { here, elsewhere, asked }: Marginals, outcome: (n: number) => string): string {
  if (!raised && here < asked && elsewhere <= asked)
    return `the last money brings only ${outcome(here)} here, and the policy asks it to bring ${outcome(asked)}`
  if (elsewhere > 0 && Math.abs(here - elsewhere) <= ALIKE * elsewhere)
    return `money brings ${outcome(here)} here, as much as where the portfolio's money runs out`
  if (raised && elsewhere === 0)
    return `there is money left for the day, and the next of it brings ${outcome(here)} here`
  if (raised && here >= elsewhere)
    return `the next money brings ${outcome(here)} here, more than the ${outcome(elsewhere)} where the portfolio's money runs out`
  if (raised)
    return `the next money brings ${outcome(here)} here, against ${outcome(elsewhere)} where the portfolio's money runs out: a limit, or the wish to learn, asks for more`
  if (here < elsewhere)
    return `the last money brings only ${outcome(here)} here, against ${outcome(elsewhere)} where it goes instead`
  return `a limit lies below what it stands at, though its last money brings ${outcome(here)}`
}
