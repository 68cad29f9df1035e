import * as z from 'zod'
import { type AccountId, type AccountRef, sameAccount } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Lever, LeverValue, LiveLever } from '../../model/lever.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { Graph } from './graph.ts'
import { adSetSchema, id, metaUnits } from './schema.ts'
import { strategyOf } from './strategy.ts'
import { ownBudget, statusOf } from './structure.ts'
import { fromMetaUnits } from './units.ts'

/** Fields that campaigns and ad sets both have, so that one request can ask for either. */
const commonSchema = z.object({
  id,
  account_id: id.optional(),
  status: z.string(),
  effective_status: z.string(),
  bid_strategy: z.string().optional(),
  daily_budget: metaUnits.optional(),
  lifetime_budget: metaUnits.optional(),
})
type Common = z.output<typeof commonSchema>
const bidsSchema = adSetSchema
  .pick({
    id: true,
    campaign_id: true,
    bid_strategy: true,
    bid_amount: true,
    bid_constraints: true,
    effective_status: true,
    optimization_goal: true,
  })
  .extend({ account_id: id.optional() })
type Bids = z.output<typeof bidsSchema>

const COMMON_FIELDS = Object.keys(commonSchema.shape).join(',')
const BIDS_FIELDS = Object.keys(bidsSchema.shape).join(',')
/** Graph's own limit of ids in one request. */
const IDS_PER_CALL = 50
/** Graph fails the whole request for one id that is gone or hidden. */
const GONE = new Set(['100/33', '803'])

/** The present value of each lever, in order; `undefined` where the object is gone or has no such lever any more. */
export async function readLive(
  graph: Graph,
  account: AccountRef,
  levers: readonly Lever[],
  currency: CurrencyCode,
): Promise<readonly LiveLever[]> {
  const stranger = levers.find((lever) => !sameAccount(lever.account, account))
  if (stranger) throw rejected(`lever ${stranger.id} belongs to account ${stranger.account.id}, not to ${account.id}`)
  const adSets = await readMany(graph, account.id, idsOf(levers.filter(isBidLever)), BIDS_FIELDS, bidsSchema)
  const governed = [...adSets.values()].filter((adSet) => adSet.bid_strategy === undefined)
  const wanted = [...idsOf(levers.filter(isCommonLever)), ...governed.map((adSet) => adSet.campaign_id)]
  const common = await readMany(graph, account.id, [...new Set(wanted)], COMMON_FIELDS, commonSchema)
  return levers.map((lever) => ({ lever, value: presentValue(lever, common, adSets, currency) }))
}

const rejected = (detail: string) => new PlatformError({ kind: 'rejected', code: 'wrong-account', detail })

const idsOf = (levers: readonly Lever[]): readonly string[] => [...new Set(levers.map((lever) => lever.id))]

const isBidLever = ({ kind, entity }: Lever): boolean =>
  entity === 'ad-group' && (kind === 'target-cpa' || kind === 'target-roas' || kind === 'bid')

const isCommonLever = ({ kind, entity }: Lever): boolean =>
  kind === 'status'
    ? entity === 'campaign' || entity === 'ad-group'
    : entity === 'budget' && (kind === 'daily-budget' || kind === 'lifetime-budget')

function presentValue(
  lever: Lever,
  common: ReadonlyMap<string, Common>,
  adSets: ReadonlyMap<string, Bids>,
  currency: CurrencyCode,
): LeverValue | undefined {
  const found = isBidLever(lever) ? adSets.get(lever.id) : isCommonLever(lever) ? common.get(lever.id) : undefined
  // An archived object accepts no change but its name.
  if (!found || statusOf(found.effective_status) === 'removed') return undefined
  if ('campaign_id' in found) {
    const strategy = found.bid_strategy ?? common.get(found.campaign_id)?.bid_strategy
    return bidValue(lever, found, strategy, currency)
  }
  return lever.kind === 'status' ? statusValue(found) : budgetValue(lever, found, currency)
}

function bidValue(
  { kind }: Lever,
  bids: Bids,
  metaStrategy: string | undefined,
  currency: CurrencyCode,
): LeverValue | undefined {
  const { targetCpa, targetRoas, bid } = strategyOf(metaStrategy, bids, currency)
  if (kind === 'target-roas') return targetRoas === undefined ? undefined : { kind: 'ratio', value: targetRoas }
  const amount = kind === 'target-cpa' ? targetCpa : bid
  return amount && { kind: 'money', amount }
}

function budgetValue({ kind }: Lever, of: Common, currency: CurrencyCode): LeverValue | undefined {
  const own = ownBudget(of)
  if (!own || `${own.period}-budget` !== kind) return undefined
  return { kind: 'money', amount: fromMetaUnits(own.units, currency) }
}

/** The status that was set, which is what a lever sets: not the effective one, which follows the campaign's. */
function statusValue({ status }: Common): LeverValue | undefined {
  if (status === 'ACTIVE') return { kind: 'status', status: 'active' }
  return status === 'PAUSED' ? { kind: 'status', status: 'paused' } : undefined
}

/** Objects by id. Those that are gone, hidden or another account's are not in the map. */
async function readMany<T extends { readonly account_id?: string | undefined }>(
  graph: Graph,
  account: AccountId,
  ids: readonly string[],
  fields: string,
  schema: z.ZodType<T>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>()
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const answers = await readSome(graph, account, ids.slice(start, start + IDS_PER_CALL), fields)
    for (const [key, json] of answers) {
      const object = readAs(schema, json, key)
      if (object.account_id === undefined || object.account_id === account) found.set(key, object)
    }
  }
  return found
}

const byId = z.record(z.string(), z.unknown())

/** One request, or, where it failed for an id that is gone, the same again for either half. */
async function readSome(
  graph: Graph,
  account: AccountId,
  ids: readonly string[],
  fields: string,
): Promise<readonly (readonly [string, unknown])[]> {
  try {
    return Object.entries(await graph.get(account, '', { ids: ids.join(','), fields }, byId))
  } catch (error) {
    if (!isGone(error)) throw error
    if (ids.length === 1) return []
    const middle = Math.ceil(ids.length / 2)
    const first = await readSome(graph, account, ids.slice(0, middle), fields)
    return [...first, ...(await readSome(graph, account, ids.slice(middle), fields))]
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof PlatformError && error.failure.kind === 'rejected' && GONE.has(error.failure.code)
