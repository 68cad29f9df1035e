import { HOUR_MS, type Instant, instant } from '../../lib/units/calendar.ts'
import { fromDecimal } from '../../lib/units/money.ts'
import type { WorldActor, WorldEdit } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import type { BudgetState } from './entities.ts'
import type { Scenario, ScenarioEvent } from './schema.ts'

/** Something that a person or the platform does at a time of its own. What it does may depend on how things stand then. */
export interface Scheduled {
  readonly at: Instant
  readonly account: AccountMarket
  readonly actor: WorldActor
  /** Nothing, when there is nothing left to do. */
  readonly edit: () => WorldEdit | undefined
}

type BudgetEvent = Extract<ScenarioEvent, { kind: 'hand-edit' | 'automatic-raise' }>

const AUTOMATIC: WorldActor = { kind: 'automatic', name: 'automatically applied recommendation' }

/**
 * The scenario's edits in order of time.
 *
 * @param factor what initial budgets were multiplied by: amounts in the file are multiplied by it as well
 */
export function scheduledEdits(
  scenario: Scenario,
  accounts: readonly AccountMarket[],
  factor: number,
): readonly Scheduled[] {
  const accountOf = (id: string): AccountMarket => accounts.find((account) => account.id === id)!
  return scenario.events
    .flatMap((event): readonly Scheduled[] => {
      if (event.kind === 'hand-edit' || event.kind === 'automatic-raise')
        return budgetEdits(event, accountOf(event.account), factor)
      if (event.kind === 'pause') return pauses(event, accountOf(event.account))
      return []
    })
    .toSorted((a, b) => a.at - b.at)
}

function budgetEdits(event: BudgetEvent, account: AccountMarket, factor: number): readonly Scheduled[] {
  const budget = budgetNamed(account, event.budget)
  const actor: WorldActor = event.kind === 'hand-edit' ? { kind: 'human', name: event.who } : AUTOMATIC
  let before: bigint | undefined
  let after: bigint | undefined
  const set = (amountMicros: bigint): WorldEdit => ({
    platform: account.platform,
    accountId: account.id,
    kind: 'budget',
    budgetId: budget.id,
    amountMicros,
  })
  const change = (): WorldEdit => {
    before = budget.amountMicros
    after = editedAmount(event, account, budget, factor)
    return set(after)
  }
  // Somebody who put it right, or moved on from it, has been quicker.
  const putBack = (): WorldEdit | undefined =>
    before !== undefined && budget.amountMicros === after ? set(before) : undefined
  const at = instant(event.at)
  const made = { at, account, actor, edit: change }
  if (event.noticedAfterHours === undefined) return [made]
  const noticed = { kind: 'human', name: 'who' in event ? event.who : 'marketer@advertiser.example' } as const
  return [made, { at: (at + event.noticedAfterHours * HOUR_MS) as Instant, account, actor: noticed, edit: putBack }]
}

function editedAmount(event: BudgetEvent, account: AccountMarket, budget: BudgetState, factor: number): bigint {
  if (event.amount === undefined) return roundedToCents(Number(budget.amountMicros) * event.factor!)
  return roundedToCents(Number(fromDecimal(event.amount, account.currency).micros) * factor)
}

/** To 0.01 of the main unit, which every platform can hold for currencies that have hundredths. */
const roundedToCents = (micros: number): bigint => BigInt(Math.round(micros / 10_000)) * 10_000n

/** The budget of that name: a shared one, or the one of the campaign or ad group of that name. */
export function budgetNamed(account: AccountMarket, name: string): BudgetState {
  const campaign = [...account.campaigns.values()].find((candidate) => candidate.name === name)
  const own = campaign?.budgetId === undefined ? undefined : account.budgets.get(campaign.budgetId)
  const found = own ?? [...account.budgets.values()].find((budget) => budget.name === name)
  if (!found) throw new RangeError(`account ${account.id} has no budget named "${name}"`)
  return found
}

function pauses(event: Extract<ScenarioEvent, { kind: 'pause' }>, account: AccountMarket): readonly Scheduled[] {
  const campaign = [...account.campaigns.values()].find(({ name }) => name === event.campaign)
  if (!campaign) throw new RangeError(`account ${account.id} has no campaign named "${event.campaign}"`)
  const to = (at: string, status: 'paused' | 'active'): Scheduled => ({
    at: instant(at),
    account,
    actor: { kind: 'human', name: event.who },
    edit: () => ({
      platform: account.platform,
      accountId: account.id,
      kind: 'status',
      level: 'campaign',
      id: campaign.id,
      status,
    }),
  })
  return event.until === undefined ? [to(event.at, 'paused')] : [to(event.at, 'paused'), to(event.until, 'active')]
}
