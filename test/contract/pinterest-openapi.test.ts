import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import { pinterestPlatform } from '../../lib/platforms/pinterest/platform.ts'
import { addDays, dateAt, timeZone } from '../../lib/units/calendar.ts'
import type { FaultPlan } from '../../playground/faults.ts'
import { PINTEREST_TWIN_CREDENTIALS, startPinterestTwin } from '../../playground/platforms/pinterest/server.ts'
import { ACCOUNT, budgetTo, eur, lever, memorySecrets, pause } from '../platforms/pinterest/stub.ts'
import { DeviceWorld, WORLD } from '../platforms/pinterest/world.ts'
import { type Description, type Exchanged, faultsOf } from './pinterest-openapi.ts'

/** Pinterest's own description: https://github.com/pinterest/api-description, v5/openapi.json; v5.23.0 was held against. */
const FILE = process.env.SLUICE_PINTEREST_OPENAPI
const NEEDED = 'set SLUICE_PINTEREST_OPENAPI to the path of v5/openapi.json of github.com/pinterest/api-description'
if (FILE === undefined) process.stderr.write(`left out: Pinterest's own description was not given, ${NEEDED}\n`)

const official = globalThis.fetch
afterEach(() => {
  globalThis.fetch = official
})

/** Every exchange of this process from now on, as it was on the wire. */
function recorded(): readonly Exchanged[] {
  const seen: Exchanged[] = []
  globalThis.fetch = async (input, init) => {
    const response = await official(input, init)
    seen.push({
      method: init?.method ?? 'GET',
      url: String(input),
      contentType: new Headers(init?.headers).get('content-type') ?? '',
      body: String(init?.body ?? ''),
      status: response.status,
      answer: await response.clone().text(),
    })
    return response
  }
  return seen
}

const rule = (more: Partial<ConversionRule> = {}): ConversionRule => ({
  action: 'purchase',
  clickWindowDays: 30,
  viewWindowDays: 1,
  basis: 'click',
  ...more,
})
const RULES = [
  ...['purchase', 'web-purchase', 'signup', 'custom', 'lead', 'page-visit', 'subscribe'].map((action) =>
    rule({ action }),
  ),
  rule({ clickWindowDays: 60, viewWindowDays: 0, basis: 'conversion' }),
]
const money = (one: LeverChange['lever'], micros: bigint): LeverChange => ({
  lever: one,
  from: { kind: 'money', amount: eur(1n) },
  to: { kind: 'money', amount: eur(micros) },
})
const CHANGES: readonly LeverChange[] = [
  budgetTo('1001', 12_000_000n),
  money(lever('lifetime-budget', 'budget', '1002'), 500_000_000n),
  budgetTo('31', 7_000_000n),
  money(lever('bid', 'ad-group', '32'), 300_000n),
  money(lever('target-cpa', 'ad-group', '33'), 9_000_000n),
  pause('campaign', '1004'),
  pause('ad-group', '31'),
  {
    lever: lever('bid-multiplier', 'campaign', '1005', { device: 'tablet' }),
    from: { kind: 'ratio', value: 1 },
    to: { kind: 'ratio', value: 0.5 },
  },
]

/** Everything that the adapter asks of Pinterest, once. */
async function everything(faults: FaultPlan): Promise<readonly string[]> {
  const world = new DeviceWorld(WORLD, () => ({
    spendMicros: 500_000n,
    impressions: 100,
    clicks: 5,
    claimsPerDay: [
      { action: 'purchase', touch: 'click', lagDays: 0, count: 2, valueMicros: 80_000_000n },
      { action: 'lead', touch: 'view', lagDays: 0, count: 1, valueMicros: 0n },
    ],
  }))
  const twin = await startPinterestTwin({ world, faults })
  const { accessToken: _, ...stored } = PINTEREST_TWIN_CREDENTIALS
  const { reader, writer } = pinterestPlatform({
    secrets: memorySecrets(stored).secrets,
    secretName: 'pinterest',
    clock: world,
    endpoint: twin.baseUrl,
  })
  const today = dateAt(world.now(), timeZone('UTC'))
  const run = async (one: () => Promise<unknown>): Promise<string> => one().then(String, String)
  try {
    const ran = [
      await run(() => reader.structure(ACCOUNT)),
      await run(() => reader.performance(ACCOUNT, { grain: 'day', from: addDays(today, -90), to: today }, RULES)),
      await run(() => reader.performance(ACCOUNT, { grain: 'hour', from: addDays(today, -8), to: today }, [])),
      await run(() =>
        reader.live(
          ACCOUNT,
          CHANGES.map((change) => change.lever),
        ),
      ),
      await run(() => reader.health!(ACCOUNT)),
      await run(() => reader.conversionActions!(ACCOUNT)),
    ]
    const results = await writer.apply(ACCOUNT, CHANGES)
    return [...ran, ...results.map(({ kind }) => kind)]
  } finally {
    await twin.close()
  }
}

describe.skipIf(FILE === undefined)(`Pinterest's own description (${FILE ?? `not given: ${NEEDED}`})`, () => {
  const description = (): Description => JSON.parse(readFileSync(FILE ?? '', 'utf8'))

  test('is kept to by every request of the adapter and every answer of its twin', async () => {
    const seen = recorded()
    const ran = await everything(() => undefined)
    expect(ran.filter((one) => one.includes('Error'))).toEqual([])
    expect(ran.slice(6)).toEqual(CHANGES.map(() => 'applied'))
    const spec = description()
    expect(seen.flatMap((one) => faultsOf(spec, one))).toEqual([])
    const paths = new Set(seen.map(({ method, url }) => `${method} ${new URL(url).pathname.replace(ACCOUNT.id, '…')}`))
    expect([...paths].toSorted()).toEqual([
      'GET /v5/ad_accounts/…',
      'GET /v5/ad_accounts/…/ad_groups',
      'GET /v5/ad_accounts/…/ad_groups/analytics',
      'GET /v5/ad_accounts/…/analytics',
      'GET /v5/ad_accounts/…/campaigns',
      'PATCH /v5/ad_accounts/…/ad_groups',
      'PATCH /v5/ad_accounts/…/campaigns',
      'POST /v5/oauth/token',
    ])
    expect(seen.length).toBeGreaterThan(20)
  })

  test.each(['unavailable', 'rate-limited', 'unauthorised'] as const)(
    'is kept to by answers that are %s',
    async (fault) => {
      const seen = recorded()
      await everything(({ path }) => (path.endsWith('/token') ? undefined : fault))
      const spec = description()
      expect(seen.flatMap((one) => faultsOf(spec, one))).toEqual([])
      expect(seen.filter(({ status }) => status >= 400).length).toBeGreaterThan(5)
    },
  )

  test('is kept to by what the twin answers about single entities, the list of accounts, and to nonsense', async () => {
    const twin = await startPinterestTwin({ world: new DeviceWorld(WORLD) })
    const seen = recorded()
    const headers = { authorization: `Bearer ${PINTEREST_TWIN_CREDENTIALS.accessToken}` }
    const account = `/v5/ad_accounts/${ACCOUNT.id}`
    for (const path of [
      '/v5/ad_accounts',
      `${account}/campaigns/1001`,
      `${account}/ad_groups/31`,
      `${account}/campaigns/9`,
    ])
      await fetch(`${twin.baseUrl}${path}`, { headers })
    const body = JSON.stringify([
      { id: '31', budget_in_micro_currency: -1 },
      { id: '31', bid_multiplier: 2 },
    ])
    const json = { ...headers, 'content-type': 'application/json' }
    await fetch(`${twin.baseUrl}${account}/ad_groups`, { method: 'PATCH', headers: json, body })
    await twin.close()
    const spec = description()
    expect(seen.flatMap((one) => faultsOf(spec, one))).toEqual([])
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 404, 200])
  })
})

describe('the check against a description', () => {
  const id = { type: 'string', pattern: '^\\d+$', maxLength: 4 }
  const thing = {
    allOf: [
      { type: 'object', properties: { id, state: { type: 'string', enum: ['ON', 'OFF'] } } },
      { type: 'object', properties: { amount: { type: 'integer', nullable: true, minimum: 0 } }, required: ['id'] },
    ],
  }
  const SMALL: Description = {
    components: { schemas: { Thing: thing } },
    paths: {
      '/things/{thing_id}': {
        get: {
          parameters: [
            { name: 'thing_id', in: 'path', required: true, schema: id },
            { name: 'ids', in: 'query', schema: { type: 'array', items: id, maxItems: 2 } },
            { name: 'from', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
          ],
          responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
        },
        patch: {
          parameters: [{ name: 'thing_id', in: 'path', required: true, schema: id }],
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'array', minItems: 1, items: { $ref: '#/components/schemas/Thing' } },
              },
            },
          },
          responses: { default: { content: { 'application/json': { schema: { type: 'object' } } } } },
        },
      },
    },
  }
  const got = (url: string, answer: unknown, status = 200): Exchanged => ({
    method: 'GET',
    url,
    contentType: '',
    body: '',
    status,
    answer: JSON.stringify(answer),
  })
  const patched = (body: unknown): Exchanged => ({
    ...got('/v5/things/1', {}),
    method: 'PATCH',
    contentType: 'application/json',
    body: JSON.stringify(body),
  })
  const GOOD = '/v5/things/1?from=2026-11-21&ids=1&ids=2'

  test('finds nothing where there is nothing', () => {
    expect(faultsOf(SMALL, got(GOOD, { id: '1', state: 'ON', amount: null }))).toEqual([])
    expect(faultsOf(SMALL, patched([{ id: '1', amount: 5 }]))).toEqual([])
  })

  test.each<[string, Exchanged, string]>([
    ['a path', got('/v5/other', {}), 'not in the description'],
    ['an unknown parameter', got(`${GOOD}&x=1`, { id: '1' }), 'unknown x'],
    ['a missing parameter', got('/v5/things/1', { id: '1' }), 'from is missing'],
    ['a parameter of another kind', got('/v5/things/1?from=today', { id: '1' }), 'is no date'],
    ['too many elements', got(`${GOOD}&ids=3`, { id: '1' }), 'more than 2 items'],
    ['an id that is too long', got('/v5/things/12345?from=2026-11-21', { id: '1' }), 'is longer than 4'],
    ['an answer without what is required', got(GOOD, {}), 'id is missing'],
    ['an answer with a member that is not described', got(GOOD, { id: '1', more: 1 }), 'unknown more'],
    ['an answer of another type', got(GOOD, { id: 1 }), 'is no string'],
    ['a word that is not in an enum', got(GOOD, { id: '1', state: 'MAYBE' }), 'is not in the enum'],
    ['a number out of range', got(GOOD, { id: '1', amount: -1 }), '-1 is out of range'],
    ['a part of a number', got(GOOD, { id: '1', amount: 0.5 }), 'is no integer'],
    ['a null that is not allowed', got(GOOD, { id: '1', state: null }), 'is no string'],
    ['a status that is not described', got(GOOD, {}, 500), 'no such answer'],
    ['an empty body', patched([]), 'fewer than 1 items'],
    ['a body whose item is wrong', patched([{ amount: 1 }]), 'body[0]: id is missing'],
  ])('finds %s', (_name, exchanged, fault) => {
    expect(faultsOf(SMALL, exchanged).join('\n')).toContain(fault)
  })
})
