/** Every answer of TikTok that something is read from. */
import { accountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { Lever } from '../../lib/model/lever.ts'
import { type Api, openApi } from '../../lib/platforms/tiktok/api.ts'
import { readConversionActions } from '../../lib/platforms/tiktok/conversion-actions.ts'
import { envelopeOf, tiktokFailure } from '../../lib/platforms/tiktok/failures.ts'
import { readHealth } from '../../lib/platforms/tiktok/health.ts'
import { listingsOf } from '../../lib/platforms/tiktok/listing.ts'
import { readLive } from '../../lib/platforms/tiktok/live.ts'
import { METRIC_PAIRS } from '../../lib/platforms/tiktok/metrics.ts'
import { openKnown } from '../../lib/platforms/tiktok/objects.ts'
import { readPerformance } from '../../lib/platforms/tiktok/performance.ts'
import { tiktokPlatform } from '../../lib/platforms/tiktok/platform.ts'
import { itemResults, writeResult } from '../../lib/platforms/tiktok/results.ts'
import { readStructure } from '../../lib/platforms/tiktok/structure.ts'
import { timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { startTikTokTwin, TIKTOK_TWIN_CREDENTIALS } from '../../playground/platforms/tiktok/server.ts'
import type { Asked } from '../contract/platforms/proxy.ts'
import { HOURLY, SPEC } from '../platforms/tiktok/families.ts'
import { NOON, StubWorld } from '../playground/stub-world.ts'
import type { Target } from './fuzz.ts'
import {
  actionsComplaint,
  healthComplaint,
  liveComplaint,
  reportComplaint,
  resultsComplaint,
  structureComplaint,
} from './oracle.ts'
import { answerTo, type Recorded, startRecorder, trimmed } from './record.ts'
import { DAYS, type Documents, HOURS, readText, recordReads, sentOf, targetOf } from './wire.ts'
import { tiktokDone, tiktokListedDone, writesComplaint } from './write-oracle.ts'

const ACCOUNT = accountRef('tiktok', '7001')
const OF = 'EUR'
const EUR = currency(OF)
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'impression' }
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
  lever('daily-budget', 'budget', '15'),
  lever('status', 'campaign', '12'),
  lever('status', 'ad-group', '24'),
  lever('target-cpa', 'ad-group', '21'),
  lever('target-roas', 'ad-group', '24'),
]

const NAMES = ['data_level', 'report_type', 'filtering', 'dimensions', 'start_date', 'page']
const keyOf = (path: string, of: (name: string) => string | null): string =>
  [path, ...NAMES.map((name) => of(name) ?? '')].join(' ')
const askedKey = ({ path }: Asked): string => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  return keyOf(pathname.replace('/open_api/v1.3/', ''), (name) => searchParams.get(name))
}
const beginOf = (key: string): string => key.split(' ')[0] ?? key
const asText = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)

const CREDENTIALS = { accessToken: 'a', issuedAt: undefined, redact: (text: string) => text }
const OPTIONS = {
  secrets: { read: async () => '' },
  secretName: 'tiktok',
  clock,
  origin: 'http://127.0.0.1:1',
  timeoutMs: 1,
}
const apiOf = (document: unknown): Api =>
  openApi(OPTIONS, {
    submit: async ({ path, query = {} }) =>
      sentOf(
        answerTo(
          document,
          keyOf(path, (name) => asText(query[name])),
          beginOf,
        ),
      ),
    credentials: async () => CREDENTIALS,
    clocks: () => undefined,
  })

/** The first few of each list, and as many are said to be there. */
function small(answers: Recorded): Recorded {
  const few = trimmed(answers, 3) as Recorded
  for (const answer of Object.values(few)) recount(answer)
  return few
}
function recount(answer: unknown): void {
  const data = (answer as { data?: { list?: unknown[]; page_info?: { total_number: number } } }).data
  if (data?.list && data.page_info) data.page_info.total_number = data.list.length
}

async function record(): Promise<Documents> {
  const world = new StubWorld([SPEC], () => HOURLY)
  const twin = await startTikTokTwin({ world })
  const recorder = await startRecorder(twin.baseUrl, askedKey, readText)
  const fresh = () =>
    tiktokPlatform({
      secrets: { read: async () => JSON.stringify(TIKTOK_TWIN_CREDENTIALS) },
      secretName: 'tiktok',
      clock,
      endpoint: recorder.baseUrl,
    })
  try {
    return await recordReads(recorder, fresh, ACCOUNT, [RULE], LEVERS, NOON, small)
  } finally {
    await recorder.close()
    await twin.close()
  }
}

const envelope = (code: number, message: string, data: unknown = {}) => ({ code, message, request_id: 'r', data })
const WRITES: readonly unknown[] = [
  envelope(0, 'OK', { campaign_id: '11' }),
  envelope(20001, 'Partial success'),
  envelope(40002, 'budget: too low'),
  envelope(40100, 'Too many requests, QPM limit'),
  envelope(40132, 'Too many edits of one value'),
  envelope(50000, 'System error'),
]
const STATUSES: readonly unknown[] = [
  envelope(0, 'OK', { adgroup_ids: ['24', '25'], status: 'DISABLE' }),
  envelope(20001, 'Partial success', {
    adgroup_ids: ['24'],
    error_list: [{ adgroup_id: '25', error_message: 'The ad group does not exist' }],
  }),
]
/** Code 0 with errors beside it, which TikTok should not send; changed ones lack whose they are. */
const WITH_ERRORS: readonly unknown[] = [
  envelope(0, 'OK', { error_list: [{ adgroup_id: '25', error_message: 'The ad group does not exist' }] }),
]
const OF_CAMPAIGN: readonly unknown[] = [
  envelope(0, 'OK', { campaign_ids: ['12'], status: 'DISABLE' }),
  envelope(20001, 'Partial success', { error_list: [{ campaign_id: '12', error_message: 'It is deleted' }] }),
]
const PAUSED_CAMPAIGN: readonly Lever[] = [lever('status', 'campaign', '12')]
const PAUSED: readonly Lever[] = [lever('status', 'ad-group', '24'), lever('status', 'ad-group', '25')]

const onlyReports = (answers: Recorded): Recorded =>
  Object.fromEntries(Object.entries(answers).filter(([key]) => key.startsWith('report/')))

export async function tiktokParsers(): Promise<readonly Target<never>[]> {
  const recorded = await record()
  // Listings are changed with the structure: here they are read once.
  const listing = await listingsOf(apiOf(recorded.days[0]), clock).read(ACCOUNT.id)
  const zone = timeZone('Europe/Berlin')
  const reporting = (document: unknown) => ({
    api: apiOf(document),
    clock,
    basics: { of: async () => ({ currency: EUR, zone }), remember: () => {} },
    listings: { read: async () => listing, recent: async () => listing },
    pairs: METRIC_PAIRS,
  })
  const structure = (document: unknown) => {
    const api = apiOf(document)
    return readStructure(api, listingsOf(api, clock), clock, ACCOUNT)
  }
  return [
    targetOf('tiktok structure', recorded.structure, structure, structureComplaint),
    targetOf(
      'tiktok days',
      recorded.days.map(onlyReports),
      (document) => readPerformance(reporting(document), ACCOUNT, DAYS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'tiktok hours',
      recorded.hours.map(onlyReports),
      (document) => readPerformance(reporting(document), ACCOUNT, HOURS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'tiktok live',
      recorded.live,
      (document) => readLive(apiOf(document), openKnown(), ACCOUNT, LEVERS, EUR, 'read'),
      (read) => liveComplaint(read, LEVERS, OF),
    ),
    targetOf(
      'tiktok conversion actions',
      recorded.actions,
      (document) => readConversionActions(listingsOf(apiOf(document), clock), ACCOUNT.id, METRIC_PAIRS),
      actionsComplaint,
    ),
    targetOf(
      'tiktok health',
      recorded.health,
      (document) => readHealth(apiOf(document), clock, ACCOUNT),
      healthComplaint,
    ),
    targetOf(
      'tiktok writes',
      WRITES,
      (json) => writeResult(sentOf(json)),
      (result, json) => writesComplaint([result], tiktokDone(json)),
      0,
    ),
    targetOf(
      'tiktok changes of status',
      [...STATUSES, ...WITH_ERRORS],
      (json) => itemResults(sentOf(json), PAUSED),
      (results, json) => writesComplaint(results, tiktokListedDone(json, 'adgroup_id', ['24', '25'])),
      0,
    ),
    targetOf(
      'tiktok change of the status of a campaign',
      OF_CAMPAIGN,
      (json) => itemResults(sentOf(json), PAUSED_CAMPAIGN),
      (results, json) => writesComplaint(results, tiktokListedDone(json, 'campaign_id', ['12'])),
      0,
    ),
    targetOf(
      'tiktok errors',
      WRITES,
      (json) => {
        const found = envelopeOf(json)
        return found && tiktokFailure(found, (text) => text)
      },
      (failure) => failure && resultsComplaint([{ kind: 'refused', failure }], 1),
      0,
    ),
  ] as unknown as readonly Target<never>[]
}
