/** Every answer of Snapchat that something is read from. */
import { accountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { Lever } from '../../lib/model/lever.ts'
import { accountIndexes } from '../../lib/platforms/snapchat/account-index.ts'
import { type Api, openApi } from '../../lib/platforms/snapchat/api.ts'
import { readChanges } from '../../lib/platforms/snapchat/changes.ts'
import { readConversionActions } from '../../lib/platforms/snapchat/conversion-actions.ts'
import { envelopeFailure } from '../../lib/platforms/snapchat/failures.ts'
import { fullObjectBody } from '../../lib/platforms/snapchat/full-object.ts'
import { readHealth } from '../../lib/platforms/snapchat/health.ts'
import { readLive } from '../../lib/platforms/snapchat/live.ts'
import { readPerformance } from '../../lib/platforms/snapchat/performance.ts'
import { entityPlaces } from '../../lib/platforms/snapchat/places.ts'
import { snapchatPlatform } from '../../lib/platforms/snapchat/platform.ts'
import { readStructure } from '../../lib/platforms/snapchat/structure.ts'
import { granted } from '../../lib/platforms/snapchat/token.ts'
import { writeResult } from '../../lib/platforms/snapchat/write-result.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { SNAPCHAT_TWIN_CREDENTIALS, startSnapchatTwin } from '../../playground/platforms/snapchat/server.ts'
import type { Asked } from '../contract/platforms/proxy.ts'
import { uuid } from '../playground/snapchat/client.ts'
import { HOURLY, SPEC } from '../playground/snapchat/two-levels.ts'
import { NOON, StubWorld } from '../playground/stub-world.ts'
import type { Target } from './fuzz.ts'
import {
  actionsComplaint,
  changesComplaint,
  healthComplaint,
  liveComplaint,
  reportComplaint,
  resultsComplaint,
  structureComplaint,
  tokenComplaint,
} from './oracle.ts'
import { answerTo, type Recorded, startRecorder, trimmed } from './record.ts'
import { asText, replacedComplaint, SNAPCHAT_GRANT, SNAPCHAT_OBJECTS, sameFields, textOf, written } from './texts.ts'
import { DAYS, type Documents, HOURS, readText, recordReads, sentOf, targetOf } from './wire.ts'
import { snapchatDone, writesComplaint } from './write-oracle.ts'

const ACCOUNT = accountRef('snapchat', uuid(1))
const OF = 'EUR'
const BASICS = { currency: currency(OF), zone: timeZone('Europe/Berlin') }
const SINCE = instant('2026-11-20T00:00:00Z')
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 28, viewWindowDays: 1, basis: 'conversion' }
const clock = { now: () => NOON }
const lever = (kind: Lever['kind'], entity: Lever['entity'], n: number): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id: uuid(n),
})
const LEVERS: readonly Lever[] = [
  lever('daily-budget', 'budget', 12),
  lever('daily-budget', 'budget', 21),
  lever('status', 'campaign', 11),
  lever('status', 'ad-group', 22),
  lever('target-cpa', 'ad-group', 21),
]

const NAMES = ['breakdown', 'granularity', 'start_time', 'fields', 'cursor']
const keyOf = (path: string, of: (name: string) => string | null | undefined): string =>
  [path, ...NAMES.map((name) => of(name)?.slice(0, 60) ?? '')].join(' ')
const askedKey = ({ path }: Asked): string => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  return keyOf(pathname.replace('/v1/', ''), (name) => searchParams.get(name))
}
/** An entity is asked for by its id, which a changed answer may have changed. */
const beginOf = (key: string): string => key.replaceAll(/[0-9a-f-]{36}/g, '')

const EMPTY = { request_status: 'SUCCESS', request_id: 'r' }
const TOKEN = { text: 't', issuedAt: NOON, expiresAt: NOON, scopes: undefined, redact: (text: string) => text }
const apiOf = (document: unknown): Api =>
  openApi({
    submit: async ({ path, query = {} }) =>
      sentOf(
        answerTo(
          document,
          keyOf(path, (name) => query[name]),
          beginOf,
        ) ?? EMPTY,
      ),
    token: async () => TOKEN,
    origin: 'http://127.0.0.1:1',
  })

async function record(): Promise<Documents> {
  const world = new StubWorld([SPEC], () => HOURLY)
  const edit = { platform: 'snapchat', accountId: ACCOUNT.id, kind: 'budget' } as const
  world.apply(
    { ...edit, budgetId: `b${uuid(12)}`, amountMicros: 110_000_000n },
    { kind: 'human', name: 'kim@example.com' },
  )
  const twin = await startSnapchatTwin({ world })
  const recorder = await startRecorder(twin.baseUrl, askedKey, readText)
  const fresh = () =>
    snapchatPlatform({
      secrets: { read: async () => JSON.stringify(SNAPCHAT_TWIN_CREDENTIALS) },
      secretName: 'snapchat',
      clock,
      endpoints: { api: recorder.baseUrl, token: twin.tokenUrl },
    })
  try {
    return await recordReads(recorder, fresh, ACCOUNT, [RULE], LEVERS, SINCE, (all) => trimmed(all, 4) as Recorded)
  } finally {
    await recorder.close()
    await twin.close()
  }
}

const answered = (state: string, more: object = {}) => ({
  request_status: 'SUCCESS',
  request_id: 'r',
  campaigns: [{ sub_request_status: state, ...more }],
})
const WRITES: readonly unknown[] = [
  answered('SUCCESS', { campaign: { id: uuid(12), name: 'Campaign', daily_budget_micro: 100_000_000 } }),
  answered('ERROR', { sub_request_error_reason: 'The budget is below the minimum (E1101)' }),
  {
    request_status: 'ERROR',
    request_id: 'r',
    debug_message: 'Invalid',
    display_message: 'Invalid',
    error_code: 'E1001',
  },
]
const BUDGET = 'daily_budget_micro'
const onlyStats = (answers: Recorded): Recorded =>
  Object.fromEntries(Object.entries(answers).filter(([key]) => key.includes('/stats ')))

export async function snapchatParsers(): Promise<readonly Target<never>[]> {
  const recorded = await record()
  // Listings are changed with the structure: here they are read once.
  const listing = apiOf(recorded.days[0])
  const indexes = accountIndexes(listing, clock)
  await indexes.of(ACCOUNT.id)
  const reporting = (document: unknown) => ({ api: apiOf(document), clock, basics: async () => BASICS, indexes })
  return [
    targetOf(
      'snapchat structure',
      recorded.structure,
      async (document) => (await readStructure(apiOf(document), clock, ACCOUNT)).structure,
      structureComplaint,
    ),
    targetOf(
      'snapchat days',
      recorded.days.map(onlyStats),
      (document) => readPerformance(reporting(document), ACCOUNT, DAYS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'snapchat hours',
      recorded.hours.map(onlyStats),
      (document) => readPerformance(reporting(document), ACCOUNT, HOURS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'snapchat live',
      recorded.live,
      (document) => readLive(entityPlaces(apiOf(document)), ACCOUNT, LEVERS, BASICS.currency),
      (read) => liveComplaint(read, LEVERS, OF),
    ),
    targetOf(
      'snapchat live by lists',
      recorded.structure,
      (document) => readLive(entityPlaces(apiOf(document), 1), ACCOUNT, LEVERS, BASICS.currency),
      (read) => liveComplaint(read, LEVERS, OF),
    ),
    targetOf(
      'snapchat changes',
      recorded.changes,
      (document) => {
        const api = apiOf(document)
        return readChanges(
          { api, indexes: accountIndexes(api, clock), ours: new Set() },
          ACCOUNT,
          SINCE,
          BASICS.currency,
        )
      },
      (all) => (all === 'unreviewed' ? undefined : changesComplaint(all, SINCE)),
    ),
    targetOf(
      'snapchat conversion actions',
      recorded.actions,
      (document) => readConversionActions(apiOf(document), ACCOUNT),
      actionsComplaint,
    ),
    targetOf(
      'snapchat health',
      recorded.health,
      (document) => readHealth(apiOf(document), clock, ACCOUNT),
      healthComplaint,
    ),
    targetOf(
      'snapchat writes',
      WRITES,
      (json) => writeResult(sentOf(json), 'campaigns', 'campaign', uuid(12)),
      (result, json) => writesComplaint([result], snapchatDone(json, uuid(12))),
      0,
    ),
    targetOf(
      'snapchat errors',
      WRITES,
      (json) => envelopeFailure(json, (text) => text),
      (failure) => failure && resultsComplaint([{ kind: 'refused', failure }], 1),
      0,
    ),
    {
      ...targetOf(
        'snapchat tokens',
        [SNAPCHAT_GRANT],
        (pairs) => {
          const text = textOf(pairs, written)
          return granted({ clientSecret: 's', refreshToken: 'r' }, { json: readText(text), text }, NOON)
        },
        ({ text, issuedAt, expiresAt, scopes }, pairs) =>
          sameFields(pairs) ?? tokenComplaint(text, issuedAt, expiresAt, scopes),
        0,
      ),
      read: asText,
    },
    {
      ...targetOf(
        'snapchat objects as they are put back',
        SNAPCHAT_OBJECTS,
        (document) =>
          fullObjectBody(textOf(document, JSON.stringify), 'campaigns', 'campaign', uuid(12), {
            field: BUDGET,
            value: 123_000_000n,
          }),
        (body, document) => replacedComplaint(body, document, uuid(12), BUDGET, 123_000_000),
        0,
      ),
      read: asText,
    },
  ] as unknown as readonly Target<never>[]
}
