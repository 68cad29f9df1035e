import * as z from 'zod'
import { type AccountId, type AccountRef, sameAccount } from '../../model/account.ts'
import type { WriteResult } from '../../model/failure.ts'
import type { Lever } from '../../model/lever.ts'
import type { Announcement, BudgetSchedule } from '../../ports/platform.ts'
import { DAY_MS, type Instant, isoInstant, later, SECOND_MS } from '../../units/calendar.ts'
import { add, type CurrencyCode, compare, equal, type Money, subtract, times } from '../../units/money.ts'
import { unreachable } from '../../units/unreachable.ts'
import { failureOf, notSent, refused } from '../../wire/send-each.ts'
import type { AccountBasics } from './account.ts'
import type { Graph } from './graph.ts'
import { readLive } from './live.ts'
import { AD_SET_STATUSES, CAMPAIGN_STATUSES, id, metaUnits, PAGE_SIZE } from './schema.ts'
import { ownBudget } from './structure.ts'
import { time } from './time.ts'
import { fromMetaUnits, toMetaUnits } from './units.ts'
import { writeResult } from './writer.ts'

/**
 * Fields as Meta's own client libraries list them; the reference page leaves the recurrence out.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/ad-campaign-group/budget_schedules */
const periodSchema = z.object({
  id,
  budget_value: metaUnits,
  budget_value_type: z.enum(['ABSOLUTE', 'MULTIPLIER']),
  time_start: time,
  time_end: time,
  recurrence_type: z.string().optional(),
})
type Period = z.output<typeof periodSchema>
const PERIOD_FIELDS = Object.keys(periodSchema.shape).join(',')

const scheduledSchema = z.object({
  id,
  daily_budget: metaUnits.optional(),
  lifetime_budget: metaUnits.optional(),
  is_budget_schedule_enabled: z.boolean().optional(),
})
type Scheduled = z.output<typeof scheduledSchema>

/** Where budgets and their schedules are read, and in which currency. */
export interface Place {
  readonly graph: Graph
  readonly account: AccountRef
  readonly currency: CurrencyCode
}

/** Every budget schedule of the account that is switched on, each as the level that the budget is raised to. */
export async function readAnnouncements(place: Place): Promise<readonly Announcement[]> {
  const { graph, account } = place
  const list = (edge: string, statuses: string) =>
    graph.all(
      account.id,
      `act_${account.id}/${edge}`,
      { fields: Object.keys(scheduledSchema.shape).join(','), effective_status: statuses, limit: PAGE_SIZE },
      scheduledSchema,
    )
  const [campaigns, adSets] = await Promise.all([list('campaigns', CAMPAIGN_STATUSES), list('adsets', AD_SET_STATUSES)])
  const announced: Announcement[] = []
  for (const holder of [...campaigns, ...adSets].filter((of) => of.is_budget_schedule_enabled))
    announced.push(...(await schedulesOf(place, holder)))
  return announced
}

async function schedulesOf(place: Place, holder: Scheduled): Promise<readonly Announcement[]> {
  const own = ownBudget(holder)
  if (!own) return []
  const { graph, account, currency } = place
  const base = fromMetaUnits(own.units, currency)
  const kind = own.period === 'daily' ? 'daily-budget' : 'lifetime-budget'
  const lever: Lever = { account, kind, entity: 'budget', id: holder.id }
  const periods = await readPeriods(graph, account.id, holder.id)
  return periods.map((period) => ({
    kind: 'budget-schedule',
    // Meta keeps no names: its id is the only one that there is.
    name: period.id,
    from: period.time_start,
    to: endOf(period),
    budget: lever,
    amount: levelOf(period, base),
    over: base,
    ...(period.budget_value_type === 'MULTIPLIER' ? { share: Number(period.budget_value) / 100 } : {}),
  }))
}

/** One that comes again every week or month is taken to be in force for ever: when it is over is not documented. */
const FOR_EVER_MS = 3_650 * DAY_MS
const endOf = ({ time_start, time_end, recurrence_type = ONCE }: Period): Instant =>
  recurrence_type === ONCE ? time_end : later(time_start, FOR_EVER_MS)
const ONCE = 'ONE_TIME'

const readPeriods = (graph: Graph, account: AccountId, holder: string): Promise<readonly Period[]> =>
  graph.all(account, `${holder}/budget_schedules`, { fields: PERIOD_FIELDS, limit: PAGE_SIZE }, periodSchema)

/** Meta documents both kinds of value as an increase over the base; a multiplier of 140 as 140 %. */
const levelOf = ({ budget_value: value, budget_value_type: type }: Period, base: Money): Money =>
  add(base, type === 'ABSOLUTE' ? fromMetaUnits(value, base.currency) : times(base, Number(value) / 100, 'up'))

/** Creates an announcement, where Meta has such a thing and does not have it already. Does not throw. */
export async function announce(
  graph: Graph,
  basics: (account: AccountId) => Promise<AccountBasics>,
  account: AccountRef,
  announcement: Announcement,
): Promise<WriteResult> {
  switch (announcement.kind) {
    case 'seasonality':
      return notSent(
        'not-offered',
        'Meta takes no seasonality adjustments: raise budgets or targets for the days instead',
      )
    case 'data-exclusion':
      return notSent('not-offered', 'Meta takes no data exclusions: it learns from what it was sent')
    case 'budget-schedule':
      try {
        const { currency } = await basics(account.id)
        return await schedule({ graph, account, currency }, announcement)
      } catch (error) {
        return refused(failureOf(error))
      }
    default:
      return unreachable(announcement)
  }
}

/**
 * Raises a budget to `amount` for a time. Meta is told the increase over the budget as it stands now, rounded down: it
 * documents the value as an increase, and were it a level after all, too little would be spent and not too much.
 */
async function schedule(place: Place, wanted: BudgetSchedule): Promise<WriteResult> {
  const { graph, account, currency } = place
  const fault = faultOf(wanted, account, currency)
  if (fault) return notSent('not-honoured', fault)
  const [live] = await readLive(graph, account, [wanted.budget], currency)
  if (live?.value?.kind !== 'money') return notSent('gone', `budget ${wanted.budget.id} is gone, or not a daily one`)
  if (!equal(live.value.amount, wanted.over))
    return notSent('moved', `the budget stands at ${live.value.amount.micros} micros, not at ${wanted.over.micros}`)
  const increase = subtract(wanted.amount, wanted.over)
  if (increase.micros <= 0n || toMetaUnits(increase) === 0n)
    return notSent('not-a-raise', `the amount is not above the budget of ${live.value.amount.micros} micros`)
  const periods = await readPeriods(graph, account.id, wanted.budget.id)
  const there = periods.find((one) => one.time_start < wanted.to && endOf(one) > wanted.from)
  const overlap = there && otherThan(there, live.value.amount, wanted.amount)
  if (overlap) return overlap
  const { is_budget_schedule_enabled: isOn } = await graph.get(
    account.id,
    wanted.budget.id,
    SWITCH_FIELDS,
    switchSchema,
  )
  if (!isOn && periods.some((one) => one !== there && endOf(one) > later(wanted.from, -DAY_MS)))
    return notSent(
      'switched-off',
      'other schedules of the budget are switched off, and would be switched on with this one',
    )
  if (!there) {
    const body = { ...windowOf(wanted), budget_value: String(toMetaUnits(increase)), budget_value_type: 'ABSOLUTE' }
    const created = await graph.send(account.id, `${wanted.budget.id}/budget_schedules`, body)
    const result = writeResult(created, namesCreated)
    if (result.kind !== 'applied') return result
  }
  return isOn ? { kind: 'applied' } : switchOn(place, wanted)
}

/** A schedule is in force where the budget's own switch for them is on, which writing one does not do. */
const switchSchema = scheduledSchema.pick({ id: true, is_budget_schedule_enabled: true })
const SWITCH_FIELDS = { fields: Object.keys(switchSchema.shape).join(',') }

/** What is written and not known to be switched on may be in force, now or soon. */
async function switchOn({ graph, account }: Place, { budget }: BudgetSchedule): Promise<WriteResult> {
  const sent = writeResult(await graph.send(account.id, budget.id, { is_budget_schedule_enabled: 'true' }))
  if (sent.kind === 'applied') return sent
  const why = sent.kind === 'unknown' ? sent.detail : sent.failure.detail
  return { kind: 'unknown', detail: `written, and not known to be switched on: ${why}` }
}

function faultOf({ budget, from, to, amount, over }: BudgetSchedule, account: AccountRef, currency: CurrencyCode) {
  if (!sameAccount(budget.account, account)) return `budget of account ${budget.account.id}`
  if (budget.kind !== 'daily-budget' || budget.entity !== 'budget') return 'only daily budgets can be scheduled'
  if (amount.currency !== currency || over.currency !== currency)
    return `the account is in ${currency}, and the amount in ${amount.currency}`
  return from < to ? undefined : `it ends (${isoInstant(to)}) before it begins (${isoInstant(from)})`
}

/** Whole seconds, inside the window asked for. */
const seconds = (at: Instant, round: (x: number) => number): string => String(round(at / SECOND_MS))
const windowOf = ({ from, to }: BudgetSchedule) => ({
  time_start: seconds(from, Math.ceil),
  time_end: seconds(to, Math.floor),
})

/** Takes a schedule back. Does not throw; one that is gone already is refused by Meta, which is as good. */
export async function withdraw(graph: Graph, account: AccountRef, schedule: string): Promise<WriteResult> {
  if (!/^\d{1,20}$/.test(schedule)) return notSent('bad-id', `"${schedule}" is not an id of Meta's`)
  try {
    return writeResult(await graph.remove(account.id, schedule))
  } catch (error) {
    return refused(failureOf(error))
  }
}

/** A second schedule over the same hours would add to the first: undefined where the first is what is wanted. */
function otherThan(there: Period, base: Money, wanted: Money): WriteResult | undefined {
  const level = levelOf(there, base)
  if (equal(level, fromMetaUnits(toMetaUnits(wanted), wanted.currency))) return undefined
  const relation = compare(level, wanted) > 0 ? 'higher' : 'lower'
  return notSent('overlaps', `schedule ${there.id} already raises the budget in that time, to a ${relation} amount`)
}

/** Meta answers a creation with the id of what it created, and with nothing else. */
export const namesCreated = (json: unknown): boolean => createdSchema.safeParse(json).success
const createdSchema = z.object({ id })
