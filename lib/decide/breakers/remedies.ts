import type { CampaignId } from '../../model/account.ts'
import { sameAccount } from '../../model/account.ts'
import type { AlertId } from '../../model/alert.ts'
import { breakersOf } from '../../model/breakers.ts'
import type { PlatformCapabilities } from '../../model/capability.ts'
import { type FreezeScope, scopesOf } from '../../model/freeze.ts'
import { type GuardrailName, type PackedVerdict, packGuardrails } from '../../model/guardrail.ts'
import { type Lever, leverKey } from '../../model/lever.ts'
import type { LeverState } from '../../model/lever-state.ts'
import { budgetMembership, canSpend, memberOf } from '../../model/membership.ts'
import type { ChangeDecision } from '../../model/plan.ts'
import type { BudgetHolder, Campaign } from '../../model/structure.ts'
import { fromMainUnits, larger, type Money, smaller, times } from '../../units/money.ts'
import { convertBack, type ExchangeRate } from '../../units/rates.ts'
import { UNITS } from '../effect.ts'
import { roundedUp } from '../guardrails.ts'
import { amountText } from '../words.ts'
import { spentToday } from './figures.ts'
import type { GuardView } from './view.ts'

/** Spend goes on between the reading and the push: this much more is allowed for. */
const SPEND_MARGIN = 1.05

export interface Remedy {
  readonly alert: AlertId
  readonly campaigns: readonly CampaignId[]
  readonly view: GuardView
  readonly capabilities: PlatformCapabilities
  /** Scopes that are frozen: nothing is pushed there, so nothing is planned either. */
  readonly frozen: ReadonlySet<FreezeScope>
}

/**
 * Cuts of every managed daily budget that feeds these campaigns, down to the floor: a share of what it stood at when the
 * day began, so that a second cut of the day goes no deeper; and no less than policy and platform let it be.
 *
 * @param rate from the account's currency to the base currency, in which the policy's least budget is; undefined: unknown
 */
export const floorCuts = (remedy: Remedy, rate: ExchangeRate | undefined): readonly ChangeDecision[] =>
  budgetsOf(remedy).flatMap((budget) => floorCut(remedy, budget, rate) ?? [])

/** Pauses of those of these campaigns that are managed and run. */
export const pauses = (remedy: Remedy): readonly ChangeDecision[] =>
  movable(remedy).flatMap((campaign): readonly ChangeDecision[] => {
    const lever = statusOf(remedy, campaign.id)
    if (remedy.capabilities.honours(lever, remedy.view.structure).kind !== 'honoured') return []
    const change = {
      lever,
      from: { kind: 'status', status: 'active' },
      to: { kind: 'status', status: 'paused' },
    } as const
    return [decisionOf(remedy, change, campaign.name, `Paused by the guard, alert ${remedy.alert}.`)]
  })

export const statusOf = ({ view }: Pick<Remedy, 'view'>, campaign: CampaignId): Lever => ({
  account: view.structure.account,
  kind: 'status',
  entity: 'campaign',
  id: campaign,
})

/** Running campaigns that may be touched: managed, in no test of the platform, not frozen, with nothing pending. */
function movable({ campaigns, view, frozen }: Remedy): readonly Campaign[] {
  const { structure, policy, today } = view
  const asked = new Set(campaigns)
  return structure.campaigns.filter(
    (campaign) =>
      asked.has(campaign.id) &&
      campaign.status === 'active' &&
      memberOf(policy, structure.account, campaign, today)?.managed === true &&
      !isInTest(view, [campaign.id]) &&
      scopesOf(structure.account, [campaign.id]).every((scope) => !frozen.has(scope)) &&
      !stateOf(view, statusOf({ view }, campaign.id))?.pending,
  )
}

/** Budgets of these campaigns: all that they feed must be movable, since a budget moves as one. */
export function budgetsOf(remedy: Remedy): readonly BudgetHolder[] {
  const { view, campaigns, frozen } = remedy
  const { structure, policy, today } = view
  const asked = new Set<string>(campaigns)
  return structure.budgets.filter(
    (budget) =>
      budget.period === 'daily' &&
      budget.campaigns.some((id) => asked.has(id)) &&
      canSpend(structure, budget) &&
      budgetMembership(policy, structure, budget, today)?.managed === true &&
      !isInTest(view, budget.campaigns) &&
      scopesOf(structure.account, budget.campaigns).every((scope) => !frozen.has(scope)),
  )
}

const isInTest = ({ structure, today }: GuardView, ids: readonly string[]): boolean =>
  structure.experiments.some(
    ({ campaigns, to }) => campaigns.some((id) => ids.includes(id)) && (to === undefined || today <= to),
  )

const stateOf = ({ levers }: GuardView, lever: Lever): LeverState | undefined =>
  levers.find((one) => leverKey(one.lever) === leverKey(lever))

export const leverOf = ({ view }: Pick<Remedy, 'view'>, budget: BudgetHolder): Lever => ({
  account: view.structure.account,
  kind: 'daily-budget',
  entity: 'budget',
  id: budget.id,
})

function floorCut(remedy: Remedy, budget: BudgetHolder, rate: ExchangeRate | undefined): ChangeDecision | undefined {
  const { view, capabilities } = remedy
  const lever = leverOf(remedy, budget)
  const state = stateOf(view, lever)
  if (!state || state.pending || state.known.kind !== 'money') return undefined
  if (capabilities.honours(lever, view.structure).kind !== 'honoured') return undefined
  const from = state.known.amount
  const floors = floorsOf(remedy, budget, state, from, rate)
  const to = roundedUp(floors.map(({ atLeast }) => atLeast).reduce(larger), capabilities)
  const { deadband } = view.policy.guardrails
  // A deadband of 0 lets every move through, and where it stands is no move.
  if (to.micros >= from.micros || to.micros > times(from, 1 - deadband, 'down').micros) return undefined
  const change = { lever, from: { kind: 'money', amount: from }, to: { kind: 'money', amount: to } } as const
  const why = `Cut from ${amountText(from)} to ${amountText(to)} by the guard, alert ${remedy.alert}.`
  const limits = floors.flatMap(({ name, atLeast }): readonly PackedVerdict[] =>
    name ? [{ name, verdict: roundedUp(atLeast, capabilities).micros < to.micros ? 'pass' : 'clamp', atLeast }] : [],
  )
  return decisionOf(remedy, change, budget.name, why, [{ name: 'unsupported-budget', verdict: 'pass' }, ...limits])
}

/** What the budget is cut to is the largest of them, in the account's currency; the policy's floor has no name. */
function floorsOf(
  { view, capabilities }: Remedy,
  budget: BudgetHolder,
  state: LeverState,
  from: Money,
  rate: ExchangeRate | undefined,
): readonly { readonly name?: GuardrailName; readonly atLeast: Money }[] {
  const { policy, structure, today } = view
  const { currency } = budget.amount
  const began = state.day === today && state.dayStart?.kind === 'money' ? state.dayStart.amount : from
  // Of what may have been read wrong, what it was is what it stood at.
  const start = state.doubted?.was.kind === 'money' ? smaller(began, state.doubted.was.amount) : began
  const spent = budget.campaigns.reduce((sum, id) => sum + spentToday(view, id), 0)
  const bound = policy.bounds.find((one) => one.budget === budget.id && sameAccount(one.account, structure.account))
  const { minDailyBudget } = policy.guardrails
  const { cutFloorOfSpend } = capabilities
  return [
    { atLeast: times(start, breakersOf(policy).floor, 'up') },
    { name: 'platform-minimum', atLeast: capabilities.minimumDailyBudget(currency, budget.owner) },
    ...(cutFloorOfSpend > 0
      ? [
          {
            name: 'spent-today',
            atLeast: fromMainUnits(spent * cutFloorOfSpend * SPEND_MARGIN, currency, 'up'),
          } as const,
        ]
      : []),
    ...(bound?.atLeast ? [{ name: 'bounds', atLeast: bound.atLeast } as const] : []),
    ...(minDailyBudget && rate ? [{ name: 'minimum', atLeast: convertBack(minDailyBudget, rate, 'up') } as const] : []),
  ]
}

/** Guardrails that have let through whatever is decided here: what they stand against is not decided about at all. */
const ASKED: readonly GuardrailName[] = [
  'observe-only',
  'frozen',
  'not-managed',
  'paused',
  'in-experiment',
  'not-honoured',
  'pending-outcome',
]

function decisionOf(
  { view, alert }: Remedy,
  change: ChangeDecision['change'],
  name: string,
  why: string,
  limits: readonly PackedVerdict[] = [],
): ChangeDecision {
  const { policy, structure, today } = view
  const budget = structure.budgets.find(({ id }) => change.lever.entity === 'budget' && id === change.lever.id)
  const campaign = structure.campaigns.find(({ id }) => id === (budget ? budget.campaigns[0] : change.lever.id))
  return {
    kind: 'change',
    change,
    name,
    class: (campaign && memberOf(policy, structure.account, campaign, today)?.class) ?? 'opaque',
    // What it brings is not the question: it stops a loss.
    expected: { unit: UNITS[policy.goal.kind], mean: 0, low: 0, high: 0 },
    binding: [{ name: 'breaker', detail: `alert ${alert}` }],
    why,
    maturity: 1,
    alert,
    guardrails: packGuardrails([...ASKED.map((one) => ({ name: one, verdict: 'pass' }) as const), ...limits]),
  }
}
