/** Every answer of Google Ads that something is read from. */
import type * as z from 'zod'
import type { AccountId, AccountRef } from '../../lib/model/account.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { WriteResult } from '../../lib/model/failure.ts'
import type { Lever, LeverChange } from '../../lib/model/lever.ts'
import { readCustomer } from '../../lib/platforms/google-ads/account.ts'
import { readAnnouncements } from '../../lib/platforms/google-ads/announcements.ts'
import { readChanges } from '../../lib/platforms/google-ads/changes.ts'
import { readClickCells } from '../../lib/platforms/google-ads/click-cells.ts'
import { readConversionActions } from '../../lib/platforms/google-ads/conversion-actions.ts'
import { readConversionLag } from '../../lib/platforms/google-ads/conversion-lag.ts'
import { failedAnswer } from '../../lib/platforms/google-ads/failures.ts'
import { readForecasts } from '../../lib/platforms/google-ads/forecasts.ts'
import { readHealth } from '../../lib/platforms/google-ads/health.ts'
import { readLive } from '../../lib/platforms/google-ads/live.ts'
import { isOperation, type Operation, operationOf } from '../../lib/platforms/google-ads/operations.ts'
import { readPerformance } from '../../lib/platforms/google-ads/performance.ts'
import { type GoogleAdsRest, outcomeOf } from '../../lib/platforms/google-ads/rest.ts'
import { pageOf, parseJson, readAs } from '../../lib/platforms/google-ads/schema.ts'
import { readStructure } from '../../lib/platforms/google-ads/structure.ts'
import { readTargetForecasts } from '../../lib/platforms/google-ads/target-forecasts.ts'
import { credentialsOf } from '../../lib/platforms/google-ads/token.ts'
import { resultsOf } from '../../lib/platforms/google-ads/writer.ts'
import { accountDate, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import type { WorldSimulation, WorldTargetSimulation } from '../../playground/world.ts'
import { adapterAt } from '../platforms/google-ads/twin-stage.ts'
import { aCampaign, aWorld, CUSTOMER, START } from '../playground/google-ads/stub-world.ts'
import type { Target } from './fuzz.ts'
import { answerOf, CREATED, CREATIONS, doneIn } from './google-ads.writes.ts'
import {
  announcementsComplaint,
  changesComplaint,
  forecastsComplaint,
  healthComplaint,
  liveComplaint,
  reportComplaint,
  resultsComplaint,
  structureComplaint,
  tokenComplaint,
} from './oracle.ts'
import { answerTo, type Recorded, remembering, startRecorder, trimmed } from './record.ts'
import { writesComplaint } from './write-oracle.ts'

const ACCOUNT: AccountRef = accountRef('google-ads', CUSTOMER)
const OF = 'USD'
const ZONE = timeZone('America/New_York')
const SINCE = instant('2026-11-20T00:00:00Z')
const CLICK: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const RULES: readonly ConversionRule[] = [CLICK, { ...CLICK, basis: 'conversion' }]
const CUSTOMER_READ = { name: 'Shop', currency: currency(OF), zone: ZONE, status: 'ENABLED' }
const QUERY = { grain: 'day', from: accountDate('2026-11-18'), to: accountDate('2026-11-19') } as const
const HOURS = { ...QUERY, grain: 'hour' } as const
const clock = { now: () => START }

const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
  ...over,
})
const LEVERS: readonly Lever[] = [
  lever('daily-budget', 'budget', '501'),
  lever('daily-budget', 'budget', '503'),
  lever('status', 'campaign', '101'),
  lever('target-cpa', 'campaign', '101'),
  lever('target-roas', 'campaign', '102'),
  lever('bid-multiplier', 'campaign', '101', { device: 'mobile' }),
  lever('bid-multiplier', 'campaign', '106', { criterion: { dimension: 'place', id: '2276' } }),
  lever('status', 'ad-group', '1011'),
]

/** Shared budgets, device modifiers, listed places, a running experiment, an account budget, a history, simulations. */
function world() {
  const base = aWorld()
  const [account] = base.accounts
  if (!account) throw new Error('the stub world has no account')
  const place = { id: '2276', dimension: 'place', name: 'Germany', multiplier: 1.2, worth: 1, share: 0.5 } as const
  const manual = aCampaign({ id: '106', budgetId: '501', strategy: { kind: 'manual-cpc' }, criteria: [place] })
  const at = instant('2026-11-20T14:00:00Z')
  const [from, to] = [accountDate('2026-11-01'), accountDate('2026-11-30')]
  const points = [40, 80].map((units) => ({
    budgetMicros: BigInt(units) * 1_000_000n,
    spendMicros: BigInt(units) * 6_300_000n,
    impressions: 100,
    clicks: 10,
    conversions: units * 0.7,
    valueMicros: 0n,
  }))
  const simulation: WorldSimulation = { campaignId: '101', from, to, points }
  const target: WorldTargetSimulation = {
    campaignId: '101',
    kind: 'target-cpa',
    from,
    to,
    points: points.map(({ budgetMicros, ...rest }) => ({
      ...rest,
      target: Number(budgetMicros) / 2,
      requiredBudgetMicros: budgetMicros,
    })),
  }
  const roas = {
    ...target,
    campaignId: '102',
    kind: 'target-roas',
    points: target.points.map((one, i) => ({ ...one, target: 2 + i })),
  } as const
  return {
    spec: {
      ...account.spec,
      campaigns: [...account.spec.campaigns, manual],
      spendCapMicros: 1_000_000_000n,
      experiments: [{ id: '900', name: 'Broad match', from, to, baseCampaignId: '103', armCampaignIds: ['104'] }],
      changes: [
        {
          at,
          actor: { kind: 'human', name: 'kim@example.com' },
          entity: { kind: 'budget', id: '501' },
          field: 'amount',
          from: '40000000',
          to: '50000000',
        },
      ],
    } as const,
    simulations: () => [simulation],
    targetSimulations: () => [target, roas],
  }
}

const keyOf = (body: string): string | undefined => {
  if (!body.startsWith('{')) return 'token'
  const { query, mutateOperations } = JSON.parse(body) as { query?: string; mutateOperations?: unknown }
  return mutateOperations ? 'mutate' : query
}
/** Queries that name what an answer named differ in that alone. */
const beginOf = (query: string): string => query.split(' WHERE ')[0] ?? query

const NO_ROWS = { fieldMask: 'nothing' }
const rowsIn = remembering((row: z.ZodType, answer) => readAs(pageOf(row), answer, 'answer').results ?? [])
const restOf = (document: unknown): GoogleAdsRest => {
  const rows = async <T>(_: AccountId, query: string, row: z.ZodType<T>): Promise<readonly T[]> =>
    rowsIn(row, answerTo(document, query, beginOf) ?? NO_ROWS) as readonly T[]
  const rest: GoogleAdsRest = {
    rows,
    as: () => rest,
    async *pages(account, query, row) {
      yield await rows(account, query, row)
    },
    mutate: async () => {
      throw new Error('nothing is written here')
    },
  }
  return rest
}

const READS = {
  structure: (rest: GoogleAdsRest) => readStructure(rest, clock, ACCOUNT, true),
  customer: (rest: GoogleAdsRest) => readCustomer(rest, CUSTOMER as AccountId),
  days: (rest: GoogleAdsRest) => readPerformance(rest, clock, ACCOUNT, CUSTOMER_READ, QUERY, RULES),
  hours: (rest: GoogleAdsRest) => readPerformance(rest, clock, ACCOUNT, CUSTOMER_READ, HOURS, [CLICK]),
  live: (rest: GoogleAdsRest) => readLive(rest, ACCOUNT, CUSTOMER_READ, LEVERS),
  changes: (rest: GoogleAdsRest) => readChanges(rest, clock, ACCOUNT, CUSTOMER_READ, SINCE, new Set()),
  announcements: (rest: GoogleAdsRest) => readAnnouncements(rest, ACCOUNT, CUSTOMER_READ),
  lag: (rest: GoogleAdsRest) => readConversionLag(rest, clock, ACCOUNT, CUSTOMER_READ, [CLICK]),
  forecasts: (rest: GoogleAdsRest) => readForecasts(rest, ACCOUNT),
  targets: (rest: GoogleAdsRest) => readTargetForecasts(rest, ACCOUNT),
  cells: (rest: GoogleAdsRest) => readClickCells(rest, ACCOUNT, [CLICK], QUERY.from, QUERY.to),
  actions: (rest: GoogleAdsRest) => readConversionActions(rest, CUSTOMER as AccountId),
}
type Read = keyof typeof READS

type Documents = Readonly<Record<Read | 'health' | 'writes' | 'creations' | 'failures' | 'tokens', readonly unknown[]>>

const amount = (micros: bigint) => ({ kind: 'money', amount: money(micros, currency(OF)) }) as const
const budgetTo = (id: string, micros: bigint): LeverChange => ({
  lever: lever('daily-budget', 'budget', id),
  from: amount(50_000_000n),
  to: amount(micros),
})
/** Both accepted; one of two refused, for an amount that is no multiple of a cent; all refused. */
const PUSHES: readonly (readonly LeverChange[])[] = [
  [budgetTo('501', 60_000_000n), budgetTo('502', 70_000_000n)],
  [budgetTo('501', 61_000_000n), budgetTo('502', 70_000_001n)],
  [budgetTo('501', 61_000_001n), budgetTo('502', 70_000_001n)],
]
const OPERATIONS: readonly Operation[] = (PUSHES[0] ?? []).flatMap((change) => {
  const empty = {
    budgets: new Map(),
    campaigns: new Map(),
    strategies: new Map(),
    adGroups: new Map(),
    criteria: new Map(),
  }
  const planned = operationOf(change, { account: ACCOUNT.id, currency: currency(OF), now: empty })
  return isOperation(planned) ? [planned] : []
})

const onlyCustomer = (answers: Recorded): Recorded =>
  Object.fromEntries(Object.entries(answers).filter(([query]) => query.endsWith(' FROM customer')))

async function record(): Promise<Documents> {
  const { spec, ...more } = world()
  const stub = Object.assign(aWorld(spec), more)
  const twin = await startGoogleAdsTwin({ world: stub })
  const recorder = await startRecorder(twin.baseUrl, ({ body }) => keyOf(body), parseJson)
  const { reader, writer } = adapterAt(
    { ...twin, baseUrl: recorder.baseUrl, tokenUrl: `${recorder.baseUrl}/token` },
    stub,
  )
  const sale = { name: 'sale', from: SINCE, to: instant('2026-11-22T00:00:00Z'), campaigns: ['101'] }
  await writer.announce(ACCOUNT, { kind: 'seasonality', ...sale, conversionRateFactor: 1.4 })
  await writer.announce(ACCOUNT, { kind: 'data-exclusion', ...sale, name: 'outage' })
  const tokens = [recorder.take().token]
  const taken = async (read: Promise<unknown> | undefined): Promise<readonly Recorded[]> => {
    await read
    const answers = recorder.take()
    if (Object.keys(answers).length === 0) throw new Error('nothing was recorded')
    return [trimmed(answers, 4) as Recorded]
  }
  const { from, to } = QUERY
  try {
    const structure = await taken(reader.structure(ACCOUNT, { criteria: true }))
    const writes: unknown[] = []
    for (const push of PUSHES) {
      await writer.apply(ACCOUNT, push)
      writes.push({ status: 200, body: recorder.take().mutate })
    }
    return {
      structure,
      customer: structure.map(onlyCustomer),
      health: structure.map((answers) => ({ ...onlyCustomer(answers), token: tokens[0] })),
      days: await taken(reader.performance(ACCOUNT, QUERY, RULES)),
      hours: await taken(reader.performance(ACCOUNT, HOURS, [CLICK])),
      live: await taken(reader.live(ACCOUNT, LEVERS)),
      changes: await taken(reader.changes(ACCOUNT, SINCE)),
      announcements: await taken(reader.announcements(ACCOUNT)),
      lag: await taken(reader.conversionLag?.(ACCOUNT, [CLICK])),
      forecasts: await taken(reader.forecasts?.(ACCOUNT)),
      targets: await taken(reader.targetForecasts?.(ACCOUNT)),
      cells: await taken(reader.cells?.(ACCOUNT, [CLICK], from, to)),
      actions: await taken(reader.conversionActions?.(ACCOUNT)),
      writes,
      creations: CREATED,
      failures: FAILURES,
      tokens,
    }
  } finally {
    await recorder.close()
    await twin.close()
  }
}

/** As https://developers.google.com/google-ads/api/docs/best-practices/error-types has them. */
const failure = (errorCode: object, more: object = {}) => ({
  error: {
    code: 429,
    message: 'Request contains an invalid argument.',
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
        errors: [
          {
            errorCode,
            message: 'Too many requests.',
            location: { fieldPathElements: [{ fieldName: 'mutate_operations', index: 0 }] },
            ...more,
          },
        ],
        requestId: 'r',
      },
    ],
  },
})
const FAILURES: readonly unknown[] = [
  {
    status: 429,
    body: failure(
      { quotaError: 'RESOURCE_TEMPORARILY_EXHAUSTED' },
      { details: { quotaErrorDetails: { rateScope: 'ACCOUNT', rateName: 'n', retryDelay: '30s' } } },
    ),
  },
  { status: 401, body: failure({ authenticationError: 'OAUTH_TOKEN_EXPIRED' }) },
  { status: 500, body: [failure({ internalError: 'INTERNAL_ERROR' })] },
]

const SECRET = { clientId: 'id', clientSecret: 'pass', refreshToken: 'refresh', developerToken: 'developer' }

const tokenIn = (answer: unknown) =>
  credentialsOf(SECRET, { status: 200, headers: {}, body: JSON.stringify(answer) ?? '' }, START)
const tokensOf = (document: unknown) => {
  const credentials = async () => tokenIn((document as Recorded).token)
  return { credentials, renewed: credentials, forget: () => {} }
}

export async function googleAdsParsers(): Promise<readonly Target<never>[]> {
  const documents = await record()
  const target = <T>(
    name: keyof Documents,
    parse: (document: unknown) => T | Promise<T>,
    complaint: Target<T>['complaint'],
    rootDepth = 1,
  ): Target<T> => ({
    name: `google-ads ${name}`,
    documents: documents[name],
    rootDepth,
    read: parseJson,
    parse,
    complaint,
  })
  const reading = <K extends Read>(
    name: K,
    complaint: (value: Awaited<ReturnType<(typeof READS)[K]>>) => string | undefined,
  ) =>
    target(
      name,
      (document) => READS[name](restOf(document)) as Promise<Awaited<ReturnType<(typeof READS)[K]>>>,
      complaint,
    )
  const points = (all: readonly { readonly points: readonly object[] }[]) =>
    forecastsComplaint(all as Parameters<typeof forecastsComplaint>[0])
  return [
    reading('structure', structureComplaint),
    reading('customer', ({ currency: of }) => (/^[A-Z]{3}$/.test(of) ? undefined : `currency ${of}`)),
    target(
      'health',
      (document) => readHealth({ rest: restOf(document), tokens: tokensOf(document), clock, version: 'v25' }, ACCOUNT),
      healthComplaint,
    ),
    reading('days', (report) => reportComplaint(report, OF, RULES)),
    reading('hours', (report) => reportComplaint(report, OF, [CLICK])),
    reading('live', (read) => liveComplaint(read, LEVERS, OF)),
    reading('changes', (all) => changesComplaint(all, SINCE)),
    reading('announcements', (all) => announcementsComplaint(all, OF)),
    reading('lag', (byRule) => {
      const odd = [...byRule.values()].flat().find(({ conversions }) => !Number.isFinite(conversions))
      return odd && `a bucket has ${odd.conversions}`
    }),
    reading('forecasts', points),
    reading('targets', points),
    reading('cells', (byRule) => {
      const odd = [...byRule.values()]
        .flat()
        .find(
          (one) =>
            !(one.clicks >= 0 && one.conversions >= 0 && Number.isFinite(one.clicks + one.conversions + one.value)),
        )
      return odd && `a cell has ${odd.clicks} clicks, ${odd.conversions} conversions, ${odd.value}`
    }),
    reading('actions', (all) => {
      const odd = all.find(
        ({ action, clickWindowDays }) => typeof action !== 'string' || clickWindowDays.some((days) => !(days >= 0)),
      )
      return odd && `an action is ${odd.action}`
    }),
    target(
      'writes',
      (document): readonly WriteResult[] => resultsOf(OPERATIONS, outcomeOf(answerOf(document))),
      (results, document) => writesComplaint(results, doneIn(document, OPERATIONS)),
      1,
    ),
    target(
      'creations',
      (document): readonly WriteResult[] => resultsOf(CREATIONS, outcomeOf(answerOf(document))),
      (results, document) => writesComplaint(results, doneIn(document, CREATIONS)),
      1,
    ),
    target(
      'failures',
      (document) => failedAnswer(answerOf(document)),
      ({ failure: of }) => resultsComplaint([{ kind: 'refused', failure: of }], 1),
    ),
    target(
      'tokens',
      tokenIn,
      ({ accessToken, usableUntil, granted }) =>
        accessToken === '' ? 'a token is empty' : tokenComplaint('x', START, Math.ceil(usableUntil), granted),
      0,
    ),
  ] as unknown as readonly Target<never>[]
}
