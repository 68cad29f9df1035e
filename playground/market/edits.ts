import { DAY_MS, type Instant } from '../../lib/units/calendar.ts'
import { unreachable } from '../../lib/units/unreachable.ts'
import type { EntityStatus, WorldActor, WorldChange, WorldEdit, WorldStrategy } from '../world.ts'
import type { AccountMarket } from './account-market.ts'
import type { BudgetState, CampaignState, LineState } from './entities.ts'

type Recorded = Omit<WorldChange, 'at' | 'actor'>

/**
 * Applies one edit to an account that has been settled to `at`, and records it.
 *
 * @throws RangeError when the entity does not exist or the value is negative
 */
export function applyEdit(account: AccountMarket, edit: WorldEdit, actor: WorldActor, at: Instant): void {
  for (const change of changesOf(account, edit, at)) account.changes.push({ at, actor, ...change })
}

function changesOf(account: AccountMarket, edit: WorldEdit, at: Instant): readonly Recorded[] {
  switch (edit.kind) {
    case 'budget':
      return [changeBudget(account, edit.budgetId, edit.amountMicros, at)]
    case 'status':
      return [changeStatus(account, edit.level, edit.id, edit.status, at)]
    case 'strategy':
      return changeStrategy(account, edit.level, edit.id, edit.strategy, at)
    case 'device-multiplier':
      return [changeDevice(account, edit.campaignId, edit.device, edit.factor)]
    case 'criterion-multiplier':
      return [changeCriterion(account, edit.campaignId, edit.criterionId, edit.factor)]
    case 'budget-schedule':
      return [addSchedule(account, edit, at)]
    case 'no-budget-schedule':
      return [removeSchedule(account, edit, at)]
    case 'spend-cap':
      return [changeSpendCap(account, edit.amountMicros)]
    default:
      return unreachable(edit)
  }
}

function atLeastZero(what: string, value: bigint | number): void {
  if (value < 0) throw new RangeError(`${what} must be ≥ 0, got ${value}`)
}

function budgetOf(account: AccountMarket, id: string): BudgetState {
  const budget = account.budgets.get(id)
  if (!budget) throw new RangeError(`account ${account.id} has no budget ${id}`)
  return budget
}

function campaignOf(account: AccountMarket, id: string): CampaignState {
  const campaign = account.campaigns.get(id)
  if (!campaign) throw new RangeError(`account ${account.id} has no campaign ${id}`)
  return campaign
}

function adGroupOf(account: AccountMarket, id: string): LineState {
  const line = account.lines.find((candidate) => candidate.id === id)
  if (!line) throw new RangeError(`account ${account.id} has no ad group ${id}`)
  return line
}

function changeBudget(account: AccountMarket, id: string, amountMicros: bigint, at: Instant): Recorded {
  atLeastZero(`amount of budget ${id}`, amountMicros)
  const budget = budgetOf(account, id)
  const from = budget.amountMicros
  budget.amountMicros = amountMicros
  account.noteAmount(budget, at)
  const before = Number(budget.amountAtDayStart)
  const isSignificant = Math.abs(Number(amountMicros) - before) > account.plan.learning.threshold * before
  if (isSignificant) for (const line of budget.lines) line.relearn(at)
  return { ...budgetEntity(budget), field: 'amount', from: String(from), to: String(amountMicros) }
}

function budgetEntity(budget: BudgetState): Pick<Recorded, 'entity' | 'campaignId'> {
  const campaigns = new Set(budget.lines.map(({ campaign }) => campaign.id))
  const [only] = campaigns
  return { entity: { kind: 'budget', id: budget.id }, ...(campaigns.size === 1 && only ? { campaignId: only } : {}) }
}

/** A pause of at least this long is a significant edit (https://www.facebook.com/business/help/316478108955072). */
const LONG_PAUSE_MS = 7 * DAY_MS

function changeStatus(
  account: AccountMarket,
  level: 'campaign' | 'ad-group',
  id: string,
  status: EntityStatus,
  at: Instant,
): Recorded {
  const target = level === 'campaign' ? campaignOf(account, id) : adGroupOf(account, id)
  const from = target.status
  target.status = status
  const lines = 'lines' in target ? target.lines : [target]
  for (const line of lines) notePause(line, from, status, at)
  const campaignId = 'lines' in target ? target.id : target.campaign.id
  return { entity: { kind: level, id }, campaignId, field: 'status', from, to: status }
}

function notePause(line: LineState, from: EntityStatus, to: EntityStatus, at: Instant): void {
  if (from === 'active' && to !== 'active') line.pausedSince = at
  if (to !== 'active' || line.pausedSince === undefined) return
  if (at - line.pausedSince >= LONG_PAUSE_MS) line.relearn(at)
  line.pausedSince = undefined
}

function changeStrategy(
  account: AccountMarket,
  level: 'campaign' | 'ad-group',
  id: string,
  strategy: WorldStrategy,
  at: Instant,
): readonly Recorded[] {
  atLeastZero('target CPA', strategy.targetCpaMicros ?? 0n)
  atLeastZero('target ROAS', strategy.targetRoas ?? 0)
  atLeastZero('bid', strategy.bidMicros ?? 0n)
  const target = level === 'campaign' ? campaignOf(account, id) : adGroupOf(account, id)
  const before = target.strategy ?? account.lines.find((line) => line.id === id)!.campaign.strategy
  target.strategy = strategy
  const lines = 'lines' in target ? target.lines : [target]
  for (const line of lines) {
    account.limitByTarget(line)
    if (isSignificantTarget(before, strategy, account.plan.learning.threshold)) line.relearn(at)
  }
  const campaignId = 'lines' in target ? target.id : target.campaign.id
  const entity = { kind: level, id } as const
  return differences(before, strategy).map((difference) => ({ entity, campaignId, ...difference }))
}

function isSignificantTarget(from: WorldStrategy, to: WorldStrategy, threshold: number): boolean {
  if (from.kind !== to.kind) return true
  const relative = (a: number | bigint | undefined, b: number | bigint | undefined): number =>
    a === b ? 0 : Math.abs(Number(b ?? 0) / Number(a ?? 0) - 1)
  return (
    relative(from.targetCpaMicros, to.targetCpaMicros) > threshold ||
    relative(from.targetRoas, to.targetRoas) > threshold
  )
}

function differences(from: WorldStrategy, to: WorldStrategy): readonly Pick<Recorded, 'field' | 'from' | 'to'>[] {
  const rows = [
    { field: 'strategy', from: from.kind, to: to.kind },
    { field: 'target-cpa', from: from.targetCpaMicros, to: to.targetCpaMicros },
    { field: 'target-roas', from: from.targetRoas, to: to.targetRoas },
    { field: 'bid', from: from.bidMicros, to: to.bidMicros },
  ] as const
  return rows
    .filter((row) => row.from !== row.to)
    .map((row) => ({ field: row.field, from: String(row.from ?? ''), to: String(row.to ?? '') }))
}

function changeDevice(
  account: AccountMarket,
  campaignId: string,
  device: Parameters<CampaignState['deviceMultipliers']['set']>[0],
  factor: number,
): Recorded {
  atLeastZero('device multiplier', factor)
  const campaign = campaignOf(account, campaignId)
  const from = campaign.deviceMultipliers.get(device) ?? 1
  if (factor === 1) campaign.deviceMultipliers.delete(device)
  else campaign.deviceMultipliers.set(device, factor)
  const entity = { kind: 'campaign', id: campaignId } as const
  return { entity, campaignId, field: 'device-multiplier', from: `${device} ${from}`, to: `${device} ${factor}` }
}

function changeCriterion(account: AccountMarket, campaignId: string, id: string, factor: number): Recorded {
  atLeastZero('criterion multiplier', factor)
  const campaign = campaignOf(account, campaignId)
  const criterion = campaign.criteria.get(id)
  if (!criterion) throw new RangeError(`campaign ${campaignId} has no criterion ${id}`)
  campaign.criteria.set(id, { ...criterion, multiplier: factor })
  const entity = { kind: 'campaign', id: campaignId } as const
  const from = `${id} ${criterion.multiplier}`
  return { entity, campaignId, field: 'criterion-multiplier', from, to: `${id} ${factor}` }
}

function addSchedule(
  account: AccountMarket,
  { budgetId, schedule }: Extract<WorldEdit, { kind: 'budget-schedule' }>,
  at: Instant,
): Recorded {
  const { change, from, to } = schedule
  atLeastZero('scheduled budget', change.kind === 'absolute' ? change.amountMicros : change.factor)
  if (to <= from) throw new RangeError(`schedule ${schedule.id} must end after it starts`)
  const budget = budgetOf(account, budgetId)
  budget.schedules = [...budget.schedules.filter(({ id }) => id !== schedule.id), schedule]
  account.noteAmount(budget, at)
  const text = change.kind === 'absolute' ? String(change.amountMicros) : `×${change.factor}`
  return { ...budgetEntity(budget), field: 'schedule', from: '', to: text }
}

function removeSchedule(
  account: AccountMarket,
  { budgetId, scheduleId }: Extract<WorldEdit, { kind: 'no-budget-schedule' }>,
  at: Instant,
): Recorded {
  const budget = budgetOf(account, budgetId)
  const kept = budget.schedules.filter(({ id }) => id !== scheduleId)
  if (kept.length === budget.schedules.length) throw new RangeError(`budget ${budgetId} has no schedule ${scheduleId}`)
  budget.schedules = kept
  account.noteAmount(budget, at)
  return { ...budgetEntity(budget), field: 'schedule', from: scheduleId, to: '' }
}

function changeSpendCap(account: AccountMarket, amountMicros: bigint): Recorded {
  atLeastZero('spend cap', amountMicros)
  const from = account.spendCapMicros
  account.spendCapMicros = amountMicros
  const entity = { kind: 'account', id: account.id } as const
  return { entity, field: 'spend-cap', from: from === undefined ? '' : String(from), to: String(amountMicros) }
}
