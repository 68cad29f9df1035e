/** Answers of Meta about what stands beside campaigns: the token, what was counted, and the rules that Meta runs itself. */
import { accountRef, type CampaignId, portfolioId } from '../../lib/model/account.ts'
import { readStops } from '../../lib/platforms/meta/ad-rules.ts'
import { readConversionActions } from '../../lib/platforms/meta/conversion-actions.ts'
import { DEFAULT_ACTION_TYPES } from '../../lib/platforms/meta/conversions.ts'
import type { Graph } from '../../lib/platforms/meta/graph.ts'
import { readHealth } from '../../lib/platforms/meta/health.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { NOON } from '../playground/stub-world.ts'
import type { Target } from './fuzz.ts'
import { actionsComplaint, healthComplaint, stopsComplaint } from './oracle.ts'
import type { Recorded } from './record.ts'
import { sentOf, targetOf } from './wire.ts'

const ACCOUNT = accountRef('meta', '1001')
const OF = currency('EUR')
const BASICS = { currency: OF, zone: timeZone('Europe/Berlin') }
const clock = { now: () => NOON }

export interface BesideDocuments {
  readonly health: readonly Recorded[]
  readonly actions: readonly Recorded[]
  readonly stops: readonly Recorded[]
}

/** The token as Meta's documents describe the answer: `body` is text on the wire, and changed here as the document that it is. */
const INSPECTED = {
  code: 200,
  body: {
    data: {
      is_valid: true,
      expires_at: 1_798_000_000,
      data_access_expires_at: 1_799_000_000,
      issued_at: 1_793_000_000,
      scopes: ['ads_management', 'ads_read'],
    },
  },
}
const INSPECTION = 'inspected'
const asWire = (item: unknown): unknown => {
  if (typeof item !== 'object' || item === null || !('body' in item)) return item
  const { body } = item
  return { ...item, body: typeof body === 'string' ? body : JSON.stringify(body) }
}
export const inspectedIn = (document: unknown) => {
  const items = (document as Recorded)[INSPECTION]
  return sentOf(Array.isArray(items) ? items.map(asWire) : items)
}

/** As Meta tells of a run that has paused something. */
const HISTORY = {
  data: [
    { timestamp: '2026-11-21T10:00:00+0000', results: [{ object_id: '12', object_type: 'CAMPAIGN' }] },
    { timestamp: 1_795_200_000, results: [{ object_id: 11, object_type: 'CAMPAIGN' }] },
    { timestamp: '2026-11-20T10:00:00+0000', results: null },
  ],
}

/** @param taken the answers to one read, recorded */
export async function recordBeside(
  { reader, writer }: AdPlatform,
  taken: (read: Promise<unknown>) => Promise<readonly Recorded[]>,
): Promise<BesideDocuments> {
  for (const [name, campaigns] of [
    ['eu-shop', ['11', '12']],
    ['us-shop', ['13']],
  ] as const)
    await writer.keepStop?.(ACCOUNT, {
      portfolio: portfolioId(name),
      campaigns: campaigns as unknown as readonly CampaignId[],
      above: money(3_000_000_000n, OF),
    })
  const health = await taken(Promise.resolve(reader.health?.(ACCOUNT)))
  const stops = await taken(Promise.resolve(reader.spendStops?.(ACCOUNT)))
  return {
    health: health.map((answers) => ({ ...answers, [INSPECTION]: [INSPECTED] })),
    actions: await taken(Promise.resolve(reader.conversionActions?.(ACCOUNT))),
    stops: stops.map((answers) =>
      Object.fromEntries(Object.entries(answers).map(([key, had]) => [key, key.includes('/history') ? HISTORY : had])),
    ),
  }
}

/** A condition that stands there twice makes a rule another than the one that was written: all of them must hold. */
function doubledCondition(document: unknown, id: string): boolean {
  for (const [key, answer] of Object.entries(document as Recorded)) {
    if (!key.includes('adrules_library')) continue
    const rules = answer as {
      data: { id: unknown; evaluation_spec: { filters: { field: string; operator: string }[] } }[]
    }
    const filters = rules.data.find((rule) => String(rule.id) === id)?.evaluation_spec.filters ?? []
    if (new Set(filters.map(({ field, operator }) => `${field} ${operator}`)).size !== filters.length) return true
  }
  return false
}

export const besideTargets = (
  { health, actions, stops }: BesideDocuments,
  graphOf: (document: unknown) => Graph,
): readonly Target<never>[] =>
  [
    targetOf(
      'meta health',
      health,
      (document) => readHealth({ graph: graphOf(document), clock, version: 'v25.0' }, ACCOUNT),
      healthComplaint,
    ),
    targetOf(
      'meta conversion actions',
      actions,
      (document) =>
        readConversionActions(
          { graph: graphOf(document), clock, actionTypes: DEFAULT_ACTION_TYPES, basics: BASICS },
          ACCOUNT,
        ),
      actionsComplaint,
    ),
    targetOf(
      'meta rules',
      stops,
      (document) => readStops(graphOf(document), ACCOUNT, OF),
      (read, document) =>
        stopsComplaint(read, OF) ??
        (read.standing.some(({ id, stop }) => stop !== undefined && doubledCondition(document, id))
          ? 'a rule has a condition twice, and is taken for as it was written'
          : undefined),
    ),
  ] as unknown as readonly Target<never>[]
