/** Every answer of Meta that something is read from. */
import { accountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import type { Lever } from '../../lib/model/lever.ts'
import { readChanges } from '../../lib/platforms/meta/activities.ts'
import { namesCreated, readAnnouncements } from '../../lib/platforms/meta/budget-schedules.ts'
import { DEFAULT_ACTION_TYPES } from '../../lib/platforms/meta/conversions.ts'
import { graphError, metaFailure } from '../../lib/platforms/meta/failures.ts'
import { type Graph, openGraph } from '../../lib/platforms/meta/graph.ts'
import { rowSchema } from '../../lib/platforms/meta/insight-row.ts'
import { readPerformance } from '../../lib/platforms/meta/insights.ts'
import { readLive } from '../../lib/platforms/meta/live.ts'
import { metaPlatform } from '../../lib/platforms/meta/platform.ts'
import { orderReport } from '../../lib/platforms/meta/report-run.ts'
import { accountShapes } from '../../lib/platforms/meta/shape.ts'
import { readStructure } from '../../lib/platforms/meta/structure.ts'
import { usageOf } from '../../lib/platforms/meta/usage.ts'
import { writeResult } from '../../lib/platforms/meta/writer.ts'
import { accountDate, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { parseExactJson } from '../../lib/wire/exact-json.ts'
import { META_TWIN_CREDENTIALS, startMetaTwin } from '../../playground/platforms/meta/server.ts'
import type { Asked } from '../contract/platforms/proxy.ts'
import { HOURLY, SPEC } from '../platforms/meta/two-levels.ts'
import { NOON, StubWorld } from '../playground/stub-world.ts'
import type { Target } from './fuzz.ts'
import { type BesideDocuments, besideTargets, inspectedIn, recordBeside } from './meta.rules.ts'
import {
  announcementsComplaint,
  changesComplaint,
  liveComplaint,
  reportComplaint,
  resultsComplaint,
  structureComplaint,
} from './oracle.ts'
import { answerTo, type Recorded, startRecorder, trimmed } from './record.ts'
import { metaCreated, metaDone, writesComplaint } from './write-oracle.ts'

const ACCOUNT = accountRef('meta', '1001')
const OF = 'EUR'
const BASICS = { currency: currency(OF), zone: timeZone('Europe/Berlin') }
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' }
const QUERY = { grain: 'day', from: accountDate('2026-11-18'), to: accountDate('2026-11-19') } as const
const HOURS = { ...QUERY, to: QUERY.from, grain: 'hour' } as const
const SINCE = instant('2026-11-20T00:00:00Z')
const clock = { now: () => NOON }
const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
})
const LEVERS: readonly Lever[] = [
  lever('daily-budget', 'budget', '11'),
  lever('daily-budget', 'budget', '23'),
  lever('lifetime-budget', 'budget', '13'),
  lever('status', 'campaign', '12'),
  lever('status', 'ad-group', '24'),
  lever('target-cpa', 'ad-group', '21'),
  lever('target-roas', 'ad-group', '24'),
]

/** `act_1001/insights` and what tells one report from another. */
function keyOf(path: string, params: URLSearchParams): string {
  const told = ['level', 'breakdowns', 'ids', 'after', 'fields'].map((name) => params.get(name)?.slice(0, 60) ?? '')
  return [path, ...told].join(' ')
}
const askedKey = ({ path }: Asked): string => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  return keyOf(pathname.replace(/^\/v\d+\.\d+\//, ''), searchParams)
}
/** An object's own edge is asked for by its id, which a changed answer may have changed. */
const beginOf = (key: string): string => key.split(' ')[0]?.replace(/^\d+\//, '') ?? key

const HEADERS = new Headers()
const NOTHING = { data: [] }
const graphOf = (document: unknown): Graph =>
  openGraph(
    {
      secrets: { read: async () => '' },
      secretName: 'meta',
      clock,
      origin: 'http://127.0.0.1:1',
      version: 'v25.0',
      timeoutMs: 1,
    },
    {
      submit: async (_method, _account, path, params) => {
        const json = answerTo(document, keyOf(path, new URLSearchParams(params)), beginOf) ?? NOTHING
        return { answer: { kind: 'answered', status: 200, headers: HEADERS, json, text: '' }, redact: (text) => text }
      },
      inspectToken: async () => inspectedIn(document),
      usage: new Map(),
      appId: async () => undefined,
    },
  )

const insights = (graph: Graph) => ({
  graph,
  clock,
  basics: async () => BASICS,
  shape: accountShapes(graph, clock).of,
  polling: { sleep: async () => {}, everyMs: 1, attempts: 2 },
  actionTypes: DEFAULT_ACTION_TYPES,
})

const READS = {
  structure: (graph: Graph) => readStructure(graph, clock, ACCOUNT),
  days: (graph: Graph) => readPerformance(insights(graph), ACCOUNT, QUERY, [RULE]),
  hours: (graph: Graph) => readPerformance(insights(graph), ACCOUNT, HOURS, [RULE]),
  live: (graph: Graph) => readLive(graph, ACCOUNT, LEVERS, BASICS.currency),
  changes: (graph: Graph) => readChanges(graph, ACCOUNT, SINCE, BASICS.currency, new Set()),
  announcements: (graph: Graph) => readAnnouncements({ graph, account: ACCOUNT, currency: BASICS.currency }),
}
type Read = keyof typeof READS

/** A report that Meta prepares by itself, as its documents describe one. */
const RUN = {
  'act_1001/insights': { report_run_id: '9001' },
  '9001': { async_status: 'Job Completed', async_percent_completion: 100 },
  '9001/insights': {
    data: [
      {
        campaign_id: '11',
        spend: '12.34',
        impressions: '10',
        clicks: '1',
        date_start: '2026-11-18',
        date_stop: '2026-11-18',
      },
    ],
  },
}
const WRITES: readonly unknown[] = [
  { success: true },
  {
    error: {
      message: 'Invalid parameter',
      type: 'OAuthException',
      code: 100,
      error_subcode: 1885272,
      error_user_msg: 'Too low',
      fbtrace_id: 'A',
    },
  },
  {
    error: {
      message: '(#613) too many calls',
      type: 'OAuthException',
      code: 613,
      error_subcode: 1487632,
      is_transient: false,
      fbtrace_id: 'A',
    },
  },
  {
    error: {
      message: 'An unknown error occurred',
      type: 'OAuthException',
      code: 1,
      is_transient: true,
      fbtrace_id: 'A',
    },
  },
]
const USAGE: readonly unknown[] = [
  {
    'x-business-use-case-usage': {
      '1001': [
        { type: 'ads_insights', call_count: 20, total_cputime: 25, total_time: 30, estimated_time_to_regain_access: 5 },
      ],
    },
    'x-ad-account-usage': { acc_id_util_pct: 9.67, reset_time_duration: 100, ads_api_access_tier: 'standard_access' },
    'x-fb-ads-insights-throttle': { app_id_util_pct: 1, acc_id_util_pct: 2, ads_api_access_tier: 'standard_access' },
    'x-app-usage': { call_count: 28, total_time: 25, total_cputime: 24 },
  },
]

type Documents = Readonly<Record<Read, readonly unknown[]>> & { readonly beside: BesideDocuments }

async function record(): Promise<Documents> {
  const world = new StubWorld([SPEC], () => HOURLY)
  const twin = await startMetaTwin({ world })
  const recorder = await startRecorder(twin.baseUrl, askedKey, parseExactJson)
  const platform = metaPlatform({
    secrets: { read: async () => JSON.stringify(META_TWIN_CREDENTIALS) },
    secretName: 'meta',
    clock: world,
    endpoint: recorder.baseUrl,
  })
  const { reader, writer } = platform
  const taken = async (read: Promise<unknown>): Promise<readonly Recorded[]> => {
    recorder.take()
    await read
    return [trimmed(recorder.take(), 4) as Recorded]
  }
  const amount = (units: bigint) => money(units * 1_000_000n, BASICS.currency)
  const euros = (units: bigint) => ({ kind: 'money', amount: amount(units) }) as const
  await writer.apply(ACCOUNT, [{ lever: lever('daily-budget', 'budget', '11'), from: euros(100n), to: euros(120n) }])
  await writer.announce(ACCOUNT, {
    kind: 'budget-schedule',
    name: 'sale',
    from: instant('2026-11-27T00:00:00Z'),
    to: instant('2026-11-28T00:00:00Z'),
    budget: lever('daily-budget', 'budget', '11'),
    amount: amount(150n),
    over: amount(120n),
  })
  try {
    return {
      structure: await taken(reader.structure(ACCOUNT)),
      days: await shaped(() => reader.performance(ACCOUNT, QUERY, [RULE]), taken),
      hours: await shaped(() => reader.performance(ACCOUNT, HOURS, [RULE]), taken),
      live: await taken(reader.live(ACCOUNT, LEVERS)),
      changes: await taken(reader.changes(ACCOUNT, SINCE)),
      announcements: await taken(reader.announcements(ACCOUNT)),
      beside: await recordBeside(platform, taken),
    }
  } finally {
    await recorder.close()
    await twin.close()
  }
}

/** A report with the listing that tells at which level it is asked for, which the adapter has from its structure else. */
const SHAPE = {
  'act_1001/adsets     id,daily_budget,lifetime_budget': { data: [{ id: '23', daily_budget: '4000' }, { id: '21' }] },
}
const shaped = async (
  read: () => Promise<unknown>,
  taken: (read: Promise<unknown>) => Promise<readonly Recorded[]>,
): Promise<readonly Recorded[]> => (await taken(read())).map((answers) => ({ ...answers, ...SHAPE }))

const readText = (text: string): unknown => {
  const json = parseExactJson(text)
  if (json === undefined) throw new PlatformError({ kind: 'unreadable', detail: 'not JSON' })
  return json
}

export async function metaParsers(): Promise<readonly Target<never>[]> {
  const recorded = await record()
  const target = <T>(
    name: string,
    documents: readonly unknown[],
    parse: (document: unknown) => T | Promise<T>,
    complaint: Target<T>['complaint'],
    rootDepth = 1,
  ): Target<T> => ({ name: `meta ${name}`, documents, rootDepth, read: readText, parse, complaint })
  const reading = <K extends Read>(
    name: K,
    complaint: (value: Awaited<ReturnType<(typeof READS)[K]>>) => string | undefined,
  ) =>
    target(
      name,
      recorded[name],
      (document) => READS[name](graphOf(document)) as Promise<Awaited<ReturnType<(typeof READS)[K]>>>,
      complaint,
    )
  const sent = (json: unknown) => ({
    answer: { kind: 'answered', status: 200, headers: HEADERS, json, text: '' } as const,
    redact: (text: string) => text,
  })
  return [
    ...besideTargets(recorded.beside, graphOf),
    reading('structure', structureComplaint),
    reading('days', (report) => reportComplaint(report, OF, [RULE])),
    reading('hours', (report) => reportComplaint(report, OF, [RULE])),
    reading('live', (read) => liveComplaint(read, LEVERS, OF)),
    reading('changes', (all) => changesComplaint(all, SINCE)),
    reading('announcements', (all) => announcementsComplaint(all, OF)),
    target(
      'ordered reports',
      [RUN],
      (document) =>
        orderReport(graphOf(document), { sleep: async () => {}, everyMs: 1, attempts: 2 }, ACCOUNT.id, {}, rowSchema),
      (rows) =>
        rows.every(({ impressions, clicks }) => Number.isFinite(impressions + clicks)) ? undefined : 'a count is none',
    ),
    target(
      'writes',
      WRITES,
      (json) => writeResult(sent(json)),
      (result, json) => writesComplaint([result], metaDone(json)),
      0,
    ),
    target(
      'schedules',
      [{ id: '9101' }, ...WRITES],
      (json) => writeResult(sent(json), namesCreated),
      (result, json) => writesComplaint([result], metaCreated(json)),
      0,
    ),
    target(
      'errors',
      WRITES,
      (json) => {
        const error = graphError(json, (text) => text)
        return error && metaFailure(error, 1_000)
      },
      (failure) => failure && resultsComplaint([{ kind: 'refused', failure }], 1),
      0,
    ),
    target(
      'usage headers',
      USAGE,
      (document) => usageOf(headersOf(document), NOON),
      (usage) =>
        usage && !(Number.isFinite(usage.utilisation) && Number.isFinite(usage.clearAt) && usage.clearAt >= NOON)
          ? `used ${usage.utilisation}, clear at ${usage.clearAt}`
          : undefined,
    ),
  ] as unknown as readonly Target<never>[]
}

/** Only what Headers takes: HTTP lets no others through. */
function headersOf(document: unknown): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries((document ?? {}) as object)) {
    const text = JSON.stringify(value) ?? ''
    if (/^[a-z-]+$/.test(name) && /^[\x20-\x7e]*$/.test(text)) headers.set(name, text)
  }
  return headers
}
