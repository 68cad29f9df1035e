import type { Instant } from '../../../lib/units/calendar.ts'
import { badParameter, oneOf, refused } from './errors.ts'
import type { Params } from './params.ts'

/*
 * Ad rules as their pages in the Marketing API document them (read 2026-11-22): specifications are JSON, filters are joined
 * by AND, `id` without a prefix lists the objects, amounts are in API units. This twin runs rules that pause campaigns on a
 * schedule by what they spent, and says so of all others that it would have to run; what is switched off is only kept.
 */
export interface Filter {
  readonly field: string
  readonly operator: string
  readonly value: unknown
}

export const RULE_STATUSES = ['ENABLED', 'DISABLED', 'DELETED'] as const
export type RuleStatus = (typeof RULE_STATUSES)[number]

export interface RuleSpec {
  readonly name: string
  readonly status: RuleStatus
  readonly evaluation: { readonly evaluation_type: string; readonly filters: readonly Filter[] }
  readonly execution: Readonly<Record<string, unknown>>
  readonly schedule: Readonly<Record<string, unknown>>
}

export interface AdRule extends RuleSpec {
  readonly id: string
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export interface AdRuleRun {
  readonly at: Instant
  readonly rule: string
  /** Ids of campaigns. */
  readonly paused: readonly string[]
}

const EVALUATIONS = ['SCHEDULE', 'TRIGGER'] as const
const EXECUTIONS = [
  ...['NOTIFICATION', 'PAUSE', 'UNPAUSE', 'CHANGE_BUDGET', 'CHANGE_CAMPAIGN_BUDGET', 'CHANGE_BID', 'ROTATE'],
  ...['REBALANCE_BUDGET', 'PING_ENDPOINT'],
] as const
const SCHEDULES = ['DAILY', 'HOURLY', 'SEMI_HOURLY', 'CUSTOM'] as const
const OPERATORS = [
  ...['GREATER_THAN', 'LESS_THAN', 'EQUAL', 'NOT_EQUAL', 'IN_RANGE', 'NOT_IN_RANGE', 'IN', 'NOT_IN'],
  ...['CONTAIN', 'NOT_CONTAIN', 'ANY', 'ALL', 'NONE'],
] as const
/** Fields that are about figures: they need the days that are meant. */
const FIGURES = /^(campaign\.|adset\.)?(spent|impressions|clicks|reach|cpc|cpm|ctr|results|frequency)$/

function objectIn(params: Params, name: string): Readonly<Record<string, unknown>> {
  const value = params.json(name)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badParameter(`param ${name} must be an object.`)
  return value as Readonly<Record<string, unknown>>
}

/**
 * All of a rule, as a creation needs it, or what an update says of it over what it was: a specification is replaced whole.
 *
 * @throws GraphError
 */
export function readRule(params: Params, before?: RuleSpec): RuleSpec {
  const name = params.text('name') ?? before?.name
  if (!name) throw badParameter('The parameter name is required')
  const status = params.text('status') ?? before?.status ?? 'ENABLED'
  const known = RULE_STATUSES.find((one) => one === status)
  if (!known) throw oneOf('status', RULE_STATUSES)
  const part = (field: 'evaluation_spec' | 'execution_spec' | 'schedule_spec') =>
    before === undefined || params.has(field) ? objectIn(params, field) : undefined
  const evaluation = part('evaluation_spec')
  const spec: RuleSpec = {
    name,
    status: known,
    evaluation: evaluation ? readEvaluation(evaluation) : before!.evaluation,
    execution: part('execution_spec') ?? before!.execution,
    schedule: part('schedule_spec') ?? before!.schedule,
  }
  checkWords(spec)
  return spec
}

function readEvaluation(spec: Readonly<Record<string, unknown>>): RuleSpec['evaluation'] {
  const { evaluation_type: type, filters } = spec
  if (!EVALUATIONS.some((one) => one === type)) throw oneOf('evaluation_spec[evaluation_type]', EVALUATIONS)
  if (!Array.isArray(filters)) throw badParameter('param evaluation_spec[filters] must be an array.')
  const read = filters.map((one: unknown, at): Filter => {
    const { field, operator, value } = (one ?? {}) as Partial<Filter>
    const where = `evaluation_spec[filters][${at}]`
    if (typeof field !== 'string' || value === undefined)
      throw badParameter(`param ${where} must have field and value.`)
    if (!OPERATORS.some((known) => known === operator)) throw oneOf(`${where}[operator]`, OPERATORS)
    return { field, operator: operator as string, value }
  })
  checkFilters(read)
  return { evaluation_type: type as string, filters: read }
}

function checkFilters(filters: readonly Filter[]): void {
  const has = (field: string): boolean => filters.some((one) => one.field === field)
  if (!has('entity_type') && !has('id'))
    throw refused('Invalid Rule', 'Your rule must have an entity_type filter, or an id filter without a prefix.')
  if (filters.some(({ field }) => FIGURES.test(field)) && !has('time_preset'))
    throw refused('Invalid Rule', 'A rule with a filter of insights must have a time_preset filter.')
  const spent = filters.find(({ field }) => field === 'spent')
  if (spent && !/^\d{1,15}$/.test(String(spent.value)))
    throw refused('Invalid Rule', 'The value of spent must be a whole amount in the smallest unit of the currency.')
}

function checkWords({ execution, schedule, evaluation }: RuleSpec): void {
  if (!EXECUTIONS.some((one) => one === execution.execution_type))
    throw oneOf('execution_spec[execution_type]', EXECUTIONS)
  if (evaluation.evaluation_type === 'SCHEDULE' && !SCHEDULES.some((one) => one === schedule.schedule_type))
    throw oneOf('schedule_spec[schedule_type]', SCHEDULES)
}

/** What of a rule is run here; undefined: nothing, because it is none that this twin knows how to run. */
export interface RunnableRule {
  readonly ids: readonly string[] | undefined
  readonly aboveUnits: bigint
}

/** @throws RangeError where the twin is asked to run what it cannot: a pretence that does nothing would be a lie */
export function runnable({ name, evaluation, execution, schedule }: RuleSpec): RunnableRule {
  const values = new Map(evaluation.filters.map(({ field, operator, value }) => [`${field} ${operator}`, value]))
  const known = new Set([
    'id IN',
    'entity_type EQUAL',
    'time_preset EQUAL',
    'spent GREATER_THAN',
    'effective_status IN',
  ])
  const isKnown =
    evaluation.evaluation_type === 'SCHEDULE' &&
    execution.execution_type === 'PAUSE' &&
    schedule.schedule_type === 'SEMI_HOURLY' &&
    values.get('time_preset EQUAL') === 'TODAY' &&
    (values.get('entity_type EQUAL') ?? 'CAMPAIGN') === 'CAMPAIGN' &&
    values.has('spent GREATER_THAN') &&
    [...values.keys()].every((key) => known.has(key))
  if (!isKnown)
    throw new RangeError(`the pretend Meta runs rules that pause campaigns by today's spend, and "${name}" is another`)
  const ids = values.get('id IN')
  return {
    ids: Array.isArray(ids) ? ids.map(String) : undefined,
    aboveUnits: BigInt(String(values.get('spent GREATER_THAN'))),
  }
}
