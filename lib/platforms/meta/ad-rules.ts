import * as z from 'zod'
import { type AccountId, type AccountRef, type CampaignId, portfolioId } from '../../model/account.ts'
import { hashOfText } from '../../model/canonical.ts'
import { PlatformError, type WriteResult } from '../../model/failure.ts'
import type { SpendStop, SpendStops, StandingStop, StoppedCampaign } from '../../model/spend-stop.ts'
import type { CurrencyCode, Money } from '../../units/money.ts'
import { failureOf, notSent, refused } from '../../wire/send-each.ts'
import type { Basics } from './account.ts'
import { namesCreated } from './budget-schedules.ts'
import type { Graph } from './graph.ts'
import { id, metaUnits, PAGE_SIZE } from './schema.ts'
import type { Params } from './sender.ts'
import { time } from './time.ts'
import { fromMetaUnits, toMetaUnitsUp } from './units.ts'
import { writeResult } from './writer.ts'

/*
 * Rules that Meta itself runs every half hour, whether Sluice works or not: each pauses a listed campaign once it has spent
 * more than a bound today. Amounts are in Meta's units, like budgets; `id` without a prefix is the list of objects that a
 * rule is about, and needs no `entity_type` beside it.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/ad-rules (as of 2026-02-04)
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/ad-rules/overview/evaluation-spec
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/ad-rules/guides/scheduled-based-rules
 */

const filterSchema = z.object({ field: z.string(), operator: z.string(), value: z.unknown() })
const ruleSchema = z.object({
  id,
  name: z.string().catch(''),
  status: z.string(),
  evaluation_spec: z.unknown(),
  execution_spec: z.unknown(),
  schedule_spec: z.unknown(),
})
type Rule = z.output<typeof ruleSchema>
const RULE_FIELDS = Object.keys(ruleSchema.shape).join(',')

const runSchema = z.object({
  timestamp: time,
  results: z
    .array(z.object({ object_id: id, object_type: z.string().optional() }))
    .nullish()
    .transform((results) => results ?? []),
})
const RUN_FIELDS = Object.keys(runSchema.shape).join(',')

/** Ours are known by their names, which say whose they are and, by a fingerprint, what we wrote into them. */
const NAME = /^Sluice ([a-z0-9][a-z0-9-]{0,63}): dead-man's switch\b(?: #([0-9a-f]{8})$)?/
const nameOf = (portfolio: string, fingerprint: string): string =>
  `Sluice ${portfolio}: dead-man's switch #${fingerprint}`

/** What a rule of ours says, and nothing else. */
interface Content {
  readonly campaigns: readonly string[]
  readonly units: bigint
}

const fingerprintOf = ({ campaigns, units }: Content): string =>
  hashOfText(`${units} ${campaigns.join(' ')}`).slice(0, 8)

const ENABLED = 'ENABLED'
const EVALUATION = 'SCHEDULE'
const PAUSE = { execution_type: 'PAUSE' } as const
const HALF_HOURLY = { schedule_type: 'SEMI_HOURLY' } as const

/** The rules of ours that stand, and the campaigns that they have paused. @throws PlatformError */
export async function readStops(graph: Graph, account: AccountRef, currency: CurrencyCode): Promise<SpendStops> {
  const rules = await graph.all(
    account.id,
    `act_${account.id}/adrules_library`,
    { fields: RULE_FIELDS, limit: PAGE_SIZE },
    ruleSchema,
  )
  const standing = rules.flatMap((rule) => ours(rule, currency) ?? [])
  // One of two that are the same would be removed as one too many.
  if (new Set(standing.map((rule) => rule.id)).size !== standing.length)
    throw new PlatformError({ kind: 'unreadable', detail: `act_${account.id}/adrules_library: a rule comes twice` })
  const stopped: StoppedCampaign[] = []
  for (const by of standing) stopped.push(...(await pausesOf(graph, account.id, by)))
  return { standing, stopped: stopped.toSorted((a, b) => a.at - b.at) }
}

function ours(rule: Rule, currency: CurrencyCode): StandingStop | undefined {
  const [, owner, fingerprint] = NAME.exec(rule.name) ?? []
  // Whoever switches it off for good deletes it; such a rule is only remembered.
  if (owner === undefined || rule.status === 'DELETED') return undefined
  const common = { id: rule.id, name: rule.name, portfolio: portfolioId(owner) }
  const content = contentOf(rule)
  if (typeof content === 'string') return { ...common, altered: content }
  if (rule.status !== ENABLED) return { ...common, altered: STATUSES[rule.status] ?? `it is ${rule.status}` }
  if (fingerprintOf(content) !== fingerprint)
    return { ...common, altered: 'its campaigns or its amount are not what was written' }
  const above = fromMetaUnits(content.units, currency)
  return { ...common, stop: { portfolio: common.portfolio, campaigns: content.campaigns as CampaignId[], above } }
}

const STATUSES: Readonly<Record<string, string>> = {
  DISABLED: 'it is switched off',
  HAS_ISSUES: 'Meta says that it has issues and does not run it',
}

const pausingSchema = z.object({ execution_type: z.literal(PAUSE.execution_type) })
const halfHourlySchema = z.object({ schedule_type: z.literal(HALF_HOURLY.schedule_type) })
const evaluationSchema = z.object({ evaluation_type: z.literal(EVALUATION), filters: z.array(filterSchema) })
const listed = z.array(id).transform((ids) => ids.toSorted())

/** Filters that Meta adds of itself where a rule has none, as far as they let whatever runs be paused. */
const isImplied = (key: string, value: unknown): boolean =>
  (key === 'effective_status IN' && Array.isArray(value) && value.includes('ACTIVE')) ||
  (key === 'entity_type EQUAL' && value === 'CAMPAIGN') ||
  key === 'attribution_window EQUAL'

/** What the rule says, where it is one that Sluice could have written; else what is strange about it. */
function contentOf({ evaluation_spec, execution_spec, schedule_spec }: Rule): Content | string {
  if (!pausingSchema.safeParse(execution_spec).success) return 'it does something else than to pause'
  if (!halfHourlySchema.safeParse(schedule_spec).success) return 'it does not run every half hour'
  const evaluation = evaluationSchema.safeParse(evaluation_spec)
  if (!evaluation.success) return 'its conditions are of another kind'
  const filters = new Map(evaluation.data.filters.map((one) => [`${one.field} ${one.operator}`, one.value]))
  // All of them hold, of which only one was written: the other may keep the rule from ever running.
  if (filters.size !== evaluation.data.filters.length) return 'it has a condition twice'
  const campaigns = listed.safeParse(filters.get('id IN'))
  const units = metaUnits.safeParse(filters.get('spent GREATER_THAN'))
  const [strange] = [...filters].find(([key, value]) => !WRITTEN.has(key) && !isImplied(key, value)) ?? []
  if (strange !== undefined) return `it has another condition, on ${strange}`
  if (!campaigns.success || !units.success || filters.get('time_preset EQUAL') !== TODAY)
    return 'its conditions were changed'
  return { campaigns: campaigns.data, units: units.data }
}

const TODAY = 'TODAY'
const WRITTEN = new Set(['id IN', 'time_preset EQUAL', 'spent GREATER_THAN'])

async function pausesOf(graph: Graph, account: AccountId, by: StandingStop): Promise<readonly StoppedCampaign[]> {
  const runs = await graph.all(
    account,
    `${by.id}/history`,
    { fields: RUN_FIELDS, action: 'PAUSED', hide_no_changes: 'true', limit: PAGE_SIZE },
    runSchema,
  )
  const { name, portfolio } = by
  return runs.flatMap(({ timestamp, results }) =>
    results.map((one) => ({ campaign: one.object_id as CampaignId, at: timestamp, by: { name, portfolio } })),
  )
}

/** Writes a rule, in place of the one of that id where one is given. Does not throw. */
export async function keepStop(
  graph: Graph,
  basics: Basics,
  account: AccountRef,
  stop: SpendStop,
  rule?: string,
): Promise<WriteResult> {
  try {
    const { currency } = await basics(account.id, 'write')
    const fault = faultOf(stop, currency, rule)
    if (fault) return notSent('not-honoured', fault)
    const params = paramsOf(stop)
    return rule === undefined
      ? writeResult(await graph.send(account.id, `act_${account.id}/adrules_library`, params), namesCreated)
      : writeResult(await graph.send(account.id, rule, params))
  } catch (error) {
    return refused(failureOf(error))
  }
}

function faultOf({ campaigns, above }: SpendStop, currency: CurrencyCode, rule: string | undefined) {
  const strange = [...campaigns, ...(rule === undefined ? [] : [rule])].find((one) => !ID.test(one))
  if (strange !== undefined) return `"${strange}" is not an id of Meta's`
  if (campaigns.length === 0) return 'a rule without campaigns would be about all of them'
  if (above.currency !== currency) return `the account is in ${currency}, and the amount in ${above.currency}`
  return above.micros > 0n ? undefined : `${above.micros} micros is no bound: it would pause whatever runs`
}

const ID = /^\d{1,20}$/

/** All of it each time: Meta takes what an update leaves out of a specification for gone. */
function paramsOf({ portfolio, campaigns, above }: SpendStop): Params {
  const content = { campaigns: campaigns.toSorted(), units: toMetaUnitsUp(above) }
  const filters = [
    { field: 'id', value: content.campaigns, operator: 'IN' },
    { field: 'time_preset', value: TODAY, operator: 'EQUAL' },
    { field: 'spent', value: Number(content.units), operator: 'GREATER_THAN' },
  ]
  return {
    name: nameOf(portfolio, fingerprintOf(content)),
    evaluation_spec: JSON.stringify({ evaluation_type: EVALUATION, filters }),
    execution_spec: JSON.stringify(PAUSE),
    schedule_spec: JSON.stringify(HALF_HOURLY),
    status: ENABLED,
  }
}

/** Does not throw; one that is gone already is refused by Meta, which is as good. */
export async function removeStop(graph: Graph, account: AccountRef, rule: string): Promise<WriteResult> {
  if (!ID.test(rule)) return notSent('bad-id', `"${rule}" is not an id of Meta's`)
  try {
    return writeResult(await graph.remove(account.id, rule))
  } catch (error) {
    return refused(failureOf(error))
  }
}

/** A bound as Meta stores it. */
export const storedBound = (amount: Money): Money => fromMetaUnits(toMetaUnitsUp(amount), amount.currency)
