/** Every answer of Pinterest that something is read from. */
import { accountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { Lever } from '../../lib/model/lever.ts'
import { type Api, openApi } from '../../lib/platforms/pinterest/api.ts'
import { readConversionActions } from '../../lib/platforms/pinterest/conversion-actions.ts'
import { errorIn, failureOfItem } from '../../lib/platforms/pinterest/failures.ts'
import { readHealth } from '../../lib/platforms/pinterest/health.ts'
import { readLive } from '../../lib/platforms/pinterest/live.ts'
import { outcomesOf } from '../../lib/platforms/pinterest/outcome.ts'
import { readPerformance } from '../../lib/platforms/pinterest/performance.ts'
import { pinterestPlatform } from '../../lib/platforms/pinterest/platform.ts'
import { renewedSecret } from '../../lib/platforms/pinterest/secret.ts'
import { accountShapes } from '../../lib/platforms/pinterest/shape.ts'
import { readStructure } from '../../lib/platforms/pinterest/structure.ts'
import { currency } from '../../lib/units/money.ts'
import { PINTEREST_TWIN_CREDENTIALS, startPinterestTwin } from '../../playground/platforms/pinterest/server.ts'
import type { Asked } from '../contract/platforms/proxy.ts'
import { DeviceWorld, WORLD } from '../platforms/pinterest/world.ts'
import { HOURLY } from '../platforms/tiktok/families.ts'
import { NOON } from '../playground/stub-world.ts'
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
import { pinterestDone, writesComplaint } from './write-oracle.ts'

const ID = WORLD[0]?.id ?? ''
const ACCOUNT = accountRef('pinterest', ID)
const OF = 'EUR'
const EUR = currency(OF)
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 1, basis: 'click' }
const clock = { now: () => NOON }
const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
  ...over,
})
const LEVERS: readonly Lever[] = [
  lever('daily-budget', 'budget', '1001'),
  lever('daily-budget', 'budget', '31'),
  lever('lifetime-budget', 'budget', '1002'),
  lever('status', 'campaign', '1001'),
  lever('status', 'ad-group', '12'),
  lever('target-cpa', 'ad-group', '33'),
  lever('bid', 'ad-group', '32'),
  lever('bid-multiplier', 'campaign', '1001', { device: 'mobile' }),
]

const NAMES = ['granularity', 'start_date', 'columns', 'campaign_ids', 'ad_group_ids', 'entity_statuses', 'bookmark']
const keyOf = (path: string, of: (name: string) => string | null | undefined): string =>
  [path, ...NAMES.map((name) => of(name)?.slice(0, 40) ?? '')].join(' ')
const askedKey = ({ path }: Asked): string => {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  return keyOf(pathname.replace(`/v5/ad_accounts/${ID}`, ''), (name) => searchParams.get(name))
}
const beginOf = (key: string): string => key.split(' ')[0] ?? key
const firstOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]

const USAGE = new Map()
const SECRET = { appId: '1', appSecret: 's', refreshToken: 'r' }
const TOKENS = {
  current: async () => ({ accessToken: 'a', redact: (text: string) => text }),
  refused: () => {},
  secret: async () => SECRET,
}
const apiOf = (document: unknown): Api =>
  openApi(
    { tokens: TOKENS as never, clock, origin: 'http://127.0.0.1:1', version: 'v5', timeoutMs: 1 },
    {
      submit: async ({ path, query = {} }) =>
        sentOf(
          answerTo(
            document,
            keyOf(path, (name) => firstOf(query[name])),
            beginOf,
          ),
        ),
      usage: USAGE,
      clocks: () => undefined,
    },
  )

/** Three campaigns hold every kind of budget and bid that there is. */
async function record(): Promise<Documents> {
  const campaigns = WORLD[0]?.campaigns.slice(0, 3) ?? []
  const spec = WORLD.map((account) => ({ ...account, campaigns }))
  const world = new DeviceWorld(spec, () => HOURLY)
  const twin = await startPinterestTwin({ world })
  const recorder = await startRecorder(twin.baseUrl, askedKey, readText)
  const fresh = () =>
    pinterestPlatform({
      secrets: { read: async () => JSON.stringify(PINTEREST_TWIN_CREDENTIALS), replace: async () => false },
      secretName: 'pinterest',
      clock,
      endpoint: recorder.baseUrl,
    })
  try {
    return await recordReads(recorder, fresh, ACCOUNT, [RULE], LEVERS, NOON, few)
  } finally {
    await recorder.close()
    await twin.close()
  }
}

/** Lists stay whole: rows name ad groups, and these their campaigns. */
const few = (answers: Recorded): Recorded =>
  Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => [key, key.includes('/analytics') ? trimmed(answer, 4) : answer]),
  )
const onlyReports = (answers: Recorded): Recorded =>
  Object.fromEntries(Object.entries(answers).filter(([key]) => key.includes('/analytics ')))

const WRITTEN = ['1001', '1003']
const WRITES: readonly unknown[] = [
  {
    items: [
      { data: { id: '1001' }, exceptions: [] },
      { data: { id: '1003' }, exceptions: [] },
    ],
  },
  { items: [{ data: { id: '1001' } }, { exceptions: [{ code: 2, message: 'The budget is too low' }] }] },
  { code: 1, message: 'Invalid request' },
]
const GRANTS: readonly unknown[] = [
  {
    access_token: 'pina_another',
    refresh_token: 'pinr.another',
    token_type: 'bearer',
    expires_in: 2_592_000,
    refresh_token_expires_in: 5_184_000,
    scope: 'ads:read,ads:write',
  },
]

export async function pinterestParsers(): Promise<readonly Target<never>[]> {
  const recorded = await record()
  // Listings are changed with the structure: here they are read once.
  const shape = await accountShapes(apiOf(recorded.days[0]), clock, async () => EUR).of(ACCOUNT.id)
  const reporting = (document: unknown) => ({
    api: apiOf(document),
    clock,
    currency: async () => EUR,
    shape: async () => shape,
  })
  return [
    targetOf(
      'pinterest structure',
      recorded.structure,
      (document) => readStructure(apiOf(document), clock, ACCOUNT),
      structureComplaint,
    ),
    targetOf(
      'pinterest days',
      recorded.days.map(onlyReports),
      (document) => readPerformance(reporting(document), ACCOUNT, DAYS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'pinterest hours',
      recorded.hours.map(onlyReports),
      (document) => readPerformance(reporting(document), ACCOUNT, HOURS, [RULE]),
      (report) => reportComplaint(report, OF, [RULE]),
    ),
    targetOf(
      'pinterest live',
      recorded.live,
      (document) => readLive(apiOf(document), ACCOUNT, LEVERS, 'read', async () => EUR),
      (read) => liveComplaint(read, LEVERS, OF),
    ),
    targetOf(
      'pinterest conversion actions',
      recorded.actions,
      (document) => readConversionActions(apiOf(document), ACCOUNT.id),
      actionsComplaint,
    ),
    targetOf(
      'pinterest health',
      recorded.health,
      (document) => readHealth(apiOf(document), TOKENS as never, ACCOUNT.id),
      healthComplaint,
    ),
    targetOf(
      'pinterest writes',
      WRITES,
      (json) => outcomesOf(sentOf(json), WRITTEN),
      (results, json) => writesComplaint(results, pinterestDone(json, WRITTEN)),
      0,
    ),
    targetOf(
      'pinterest errors',
      [{ code: 2, message: 'Authentication failed.' }],
      (json) => {
        const error = errorIn(json)
        return error && failureOfItem(error, new Headers(), (text) => text)
      },
      (failure) => failure && resultsComplaint([{ kind: 'refused', failure }], 1),
      0,
    ),
    targetOf(
      'pinterest grants',
      GRANTS,
      (json) => renewedSecret(SECRET, json, NOON),
      (secret) => {
        if (!secret) return undefined
        const { refreshToken, accessToken, accessTokenExpiresAt: ends = 0, refreshTokenExpiresAt: last = 1 } = secret
        if (!refreshToken || !accessToken) return 'a token is empty'
        return [ends, last].every((at) => Number.isInteger(at) && at < 1e11)
          ? undefined
          : `a token ends at ${ends}, ${last}`
      },
      0,
    ),
  ] as unknown as readonly Target<never>[]
}
