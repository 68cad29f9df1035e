import { afterEach, describe, expect, test } from 'vitest'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import type { Heard, LimitedRequest } from '../../../lib/ports/limiter.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  ACCOUNT_JSON,
  adapterOn,
  adGroupJson,
  type Call,
  campaignJson,
  entitiesReply,
  type Stub,
  startStub,
  TOKEN,
} from './stub.ts'

const open: Stub[] = []
afterEach(() => {
  for (const stub of open.splice(0)) stub.close()
})
async function stubOn(answer: (call: Call) => Reply | undefined): Promise<Stub> {
  const stub = await startStub(answer)
  open.push(stub)
  return stub
}
const failureOf = (promise: Promise<unknown>): Promise<PlatformFailure> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      if (error instanceof PlatformError) return error.failure
      throw error
    },
  )
const structureOf = (stub: Stub) => adapterOn(stub.origin).reader.structure(ACCOUNT)
/** Campaign 1 and ad group 11, but for the answers that this gives. */
const except = (answer: (call: Call) => Reply | undefined) => (call: Call) =>
  answer(call) ?? entitiesReply([campaignJson('1')], [adGroupJson('11', '1')])(call)
const onCampaigns = (reply: Reply | ((call: Call) => Reply)) =>
  except((call) => (call.path.endsWith('/campaigns') ? (typeof reply === 'function' ? reply(call) : reply) : undefined))

describe('a list', () => {
  test('is read to its end, by its bookmarks, in pages of 250', async () => {
    const pages: Record<string, object> = {
      '': { items: [campaignJson('1')], bookmark: 'b1' },
      // An empty page is not the end.
      b1: { items: [], bookmark: 'b2' },
      b2: { items: [campaignJson('2')], bookmark: null },
    }
    const stub = await stubOn(onCampaigns(({ params }) => ({ json: pages[params.get('bookmark') ?? ''] })))
    expect((await structureOf(stub)).campaigns.map(({ id }) => id)).toEqual(['1', '2'])
    const asked = stub.calls.filter(({ path }) => path.endsWith('/campaigns'))
    expect(asked.map(({ params }) => params.get('page_size'))).toEqual(['250', '250', '250'])
    expect(asked[0]?.params.getAll('entity_statuses')).toEqual(['ACTIVE', 'PAUSED', 'ARCHIVED'])
  })

  test.each<[string, (call: Call) => Reply, string]>([
    [
      'that goes in circles',
      () => ({ json: { items: [], bookmark: 'again' } }),
      '/campaigns: paging: the same bookmark came twice',
    ],
    [
      'that has an entity twice',
      () => ({ json: { items: [campaignJson('1'), campaignJson('1')] } }),
      '/campaigns: 1 is listed twice',
    ],
    ['without items', () => ({ json: { bookmark: null } }), '/campaigns: items'],
    [
      'with a status that is not documented',
      () => ({ json: { items: [campaignJson('1', { status: 'X' })] } }),
      'status',
    ],
    ['that is cut in its middle of the JSON', () => ({ text: '{"items":[{"id":' }), 'HTTP 200: the answer is not JSON'],
    ['that is a redirect page', () => ({ status: 204, text: '' }), 'HTTP 204'],
  ])('%s is unreadable', async (_name, reply, message) => {
    const failure = await failureOf(structureOf(await stubOn(onCampaigns(reply))))
    expect(failure.kind).toBe('unreadable')
    expect(failure.detail).toContain(message)
  })

  test('whose ids exceed 2^53 keeps every digit', async () => {
    const ids = ['900719925474099301', '900719925474099303']
    const text = `{"items":[${ids.map((id) => JSON.stringify(campaignJson('7')).replace('"id":"7"', `"id":${id}`))}]}`
    const stub = await stubOn(
      except(({ path }) =>
        path.endsWith('/campaigns') ? { text } : path.endsWith('/ad_groups') ? { json: { items: [] } } : undefined,
      ),
    )
    expect((await structureOf(stub)).campaigns.map(({ id }) => id)).toEqual(ids)
  })

  test.each<[Reply, PlatformFailure['kind']]>([
    [{ status: 429, json: { code: 8, message: 'slow down' } }, 'rate-limited'],
    [{ status: 403, json: { code: 29, message: 'no' } }, 'unauthorised'],
    [{ status: 400, json: { code: 1, message: 'no' } }, 'rejected'],
    [{ status: 503, text: '<html>' }, 'transient'],
    [{ fault: 'drop' }, 'transient'],
    [{ fault: 'cut' }, 'transient'],
  ])('whose second page is %j fails as a whole', async (reply, kind) => {
    const first = { json: { items: [campaignJson('1')], bookmark: 'b1' } }
    const stub = await stubOn(onCampaigns(({ params }) => (params.get('bookmark') ? reply : first)))
    expect((await failureOf(structureOf(stub))).kind).toBe(kind)
  })

  test('that never ends waits no longer than its bound', async () => {
    const stub = await stubOn(onCampaigns({ fault: 'hang' }))
    const adapter = adapterOn(stub.origin, { requestTimeoutMs: 50 })
    expect(await failureOf(adapter.reader.structure(ACCOUNT))).toEqual({
      kind: 'transient',
      detail: 'no answer within 50 ms',
    })
  })
})

describe('a request', () => {
  test('carries the token in its header, and nowhere else', async () => {
    const stub = await stubOn(except(() => undefined))
    await structureOf(stub)
    for (const { authorization, params } of stub.calls) {
      expect(authorization).toBe(`Bearer ${TOKEN}`)
      expect(String(params)).not.toContain(TOKEN)
    }
  })

  test('is admitted by the limiter before it is sent, which hears what the answer said', async () => {
    const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': '30' }
    const stub = await stubOn(
      except(({ path }) =>
        path.endsWith('/ad_groups')
          ? { status: 429, json: { code: 8, message: '' } }
          : { json: path.endsWith('/campaigns') ? { items: [] } : ACCOUNT_JSON, headers },
      ),
    )
    const heard: [LimitedRequest, Heard][] = []
    const limiter = {
      admit: async () => {},
      heard: async (request: LimitedRequest, what: Heard) => void heard.push([request, what]),
    }
    await failureOf(adapterOn(stub.origin, { limiter }).reader.structure(ACCOUNT))
    expect(heard.at(0)).toEqual([
      { account: ACCOUNT.id, use: 'read', kind: 'ads_read' },
      { kind: 'usage', usedShare: 0.9, clearAfterMs: 30_000 },
    ])
    expect(heard.at(-1)?.[1]).toEqual({ kind: 'throttled', retryAfterMs: 60_000 })
  })

  test('that the limiter holds back is not sent', async () => {
    const stub = await stubOn(except(() => undefined))
    const admit = async () => {
      throw new PlatformError({ kind: 'rate-limited', retryAfterMs: 1, detail: 'not now' })
    }
    const adapter = adapterOn(stub.origin, { limiter: { admit, heard: async () => {} } })
    expect((await failureOf(adapter.reader.structure(ACCOUNT))).kind).toBe('rate-limited')
    expect(stub.calls).toEqual([])
  })

  test('of no message has a credential in it', async () => {
    const stub = await stubOn(
      onCampaigns({ status: 400, json: { code: 1, message: `bad ${TOKEN} pina_othertoken12345` } }),
    )
    expect((await failureOf(structureOf(stub))).detail).toBe('HTTP 400, 1: bad [redacted] [redacted]')
  })

  test('goes to Pinterest or to this machine, and nowhere else', () => {
    expect(() => adapterOn('https://example.com')).toThrow('Pinterest endpoint "https://example.com" must be')
    expect(() => adapterOn('http://127.0.0.1:1', { apiVersion: 'v4' })).toThrow('must be v5')
    expect(() => adapterOn('http://127.0.0.1:1', { requestTimeoutMs: 0 })).toThrow('must be positive')
  })
})

describe('how the connection stands', () => {
  // 2027-01-20T11:00:00Z and 2026-12-21T11:00:00Z.
  const SECRET = {
    appId: '1',
    appSecret: 's',
    refreshToken: 'pinr.health0123456',
    refreshTokenExpiresAt: 1_800_442_800,
    accessToken: TOKEN,
    accessTokenExpiresAt: 1_797_850_800,
    scope: 'ads:read,user_accounts:read',
  }
  const health = async (secret: object, answer: (call: Call) => Reply | undefined) => {
    const stub = await stubOn(except(answer))
    const secrets = { read: async () => JSON.stringify(secret) }
    return adapterOn(stub.origin, { secrets }).reader.health!(ACCOUNT)
  }

  test('is told by the tokens’ dates, the scopes, the clock and the account', async () => {
    const found = await health(SECRET, ({ path }) =>
      path === `/v5/ad_accounts/${ACCOUNT.id}`
        ? {
            json: { ...ACCOUNT_JSON, permissions: ['ANALYST'] },
            headers: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '25', 'x-ratelimit-reset': '30' },
          }
        : undefined,
    )
    expect(found).toMatchObject({
      apiVersion: 'v5',
      token: {
        kind: 'expires',
        expiresAt: 1_800_442_800_000,
        issuedAt: 1_795_258_800_000,
        accessUntil: 1_797_850_800_000,
      },
      scopes: { granted: ['ads:read', 'user_accounts:read'], missing: ['ads:write'] },
      blockers: [{ code: 'permissions' }, { code: 'scope' }],
    })
    expect(found.limits).toEqual([{ name: 'ads_read', usedShare: 0.75, resetsAt: 1_795_262_430_000 }])
    expect(found.clock?.ours).toBe(1_795_262_400_000)
    expect(found.clock?.theirs).toBeGreaterThan(0)
  })

  test('is not known of what no renewal has told yet', async () => {
    const found = await health({ appId: '1', appSecret: 's', refreshToken: 'r', accessToken: TOKEN }, () => undefined)
    expect(found.token).toEqual({ kind: 'unknown' })
    expect(found).not.toHaveProperty('scopes')
    expect(found.blockers).toEqual([])
  })
})

test('conversion actions come with the windows that they can be counted by, Pinterest’s own first', async () => {
  const bidFor = adGroupJson('11', '1', {
    optimization_goal_metadata: {
      conversion_tag_v3_goal_metadata: {
        conversion_event: 'CHECKOUT',
        attribution_windows: { click_window_days: 7, view_window_days: 0 },
      },
    },
  })
  const stub = await stubOn(entitiesReply([campaignJson('1')], [bidFor]))
  const actions = await adapterOn(stub.origin).reader.conversionActions!(ACCOUNT)
  expect(actions.find(({ action }) => action === 'purchase')).toEqual({
    action: 'purchase',
    name: 'Checkouts',
    clickWindowDays: [7, 0, 1, 14, 30, 60],
    viewWindowDays: [0, 1, 7, 14, 30, 60],
    basis: 'click',
    isBidFor: true,
  })
  expect(actions.find(({ action }) => action === 'signup')).toMatchObject({
    clickWindowDays: [30, 0, 1, 7, 14, 60],
    viewWindowDays: [1, 0, 7, 14, 30, 60],
    isBidFor: false,
  })
})

test('changes are unreviewed, and nothing is announced', async () => {
  const { reader, writer } = adapterOn('http://127.0.0.1:1')
  expect(await reader.changes(ACCOUNT, 0 as never)).toBe('unreviewed')
  expect(await reader.announcements(ACCOUNT)).toEqual([])
  const announced = await writer.announce(ACCOUNT, {
    kind: 'data-exclusion',
    name: 'x',
    from: 0 as never,
    to: 1 as never,
    campaigns: [],
  })
  expect(announced).toMatchObject({ kind: 'refused', failure: { kind: 'rejected', code: 'not-honoured' } })
})
