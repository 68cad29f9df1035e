import { afterEach, describe, expect, test } from 'vitest'
import { PlatformError } from '../../../lib/model/failure.ts'
import type { Reply } from '../stub-server.ts'
import { ACCOUNT, adapterOn, type Call, graphError, type Stub, startStub, TOKEN } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const account = { json: { name: 'A', currency: 'USD', timezone_name: 'UTC', account_status: 1 } }
const campaign = (id: string) => ({
  id,
  name: `c${id}`,
  status: 'ACTIVE',
  effective_status: 'ACTIVE',
  daily_budget: '2000',
})
const isCampaigns = (call: Call) => call.path.endsWith('/act_1001/campaigns')

/** An account whose list of campaigns is answered as told. */
async function withCampaigns(answer: (call: Call) => Reply) {
  stub = await startStub((call) => {
    if (call.path === '/v25.0/act_1001') return account
    return isCampaigns(call) ? answer(call) : undefined
  })
  return adapterOn(stub.origin).reader
}
const failureOf = async (read: Promise<unknown>) => {
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof PlatformError)) throw new Error(`expected a PlatformError, got ${String(error)}`)
  return error.failure
}

describe('paging', () => {
  test('goes on after an empty page that has a next one', async () => {
    const pages: Record<string, object> = {
      '': { data: [], paging: { cursors: { after: 'A' }, next: `http://elsewhere/` } },
      A: { data: [campaign('1')], paging: { cursors: { after: 'B' }, next: 'http://elsewhere/' } },
      B: { data: [campaign('2')], paging: { cursors: { after: 'C' } } },
    }
    const reader = await withCampaigns((call) => ({ json: pages[call.params.get('after') ?? ''] }))
    const { campaigns } = await reader.structure(ACCOUNT)
    expect(campaigns.map(({ id }) => id)).toEqual(['1', '2'])
  })

  test('repeats the whole query on each page', async () => {
    const reader = await withCampaigns((call) =>
      call.params.has('after')
        ? { json: { data: [] } }
        : { json: { data: [], paging: { cursors: { after: 'A' }, next: 'x' } } },
    )
    await reader.structure(ACCOUNT)
    const [first, second] = stub.calls.filter(isCampaigns)
    expect(second?.params.get('fields')).toBe(first?.params.get('fields'))
    expect(second?.params.get('effective_status')).toBe('["ACTIVE","PAUSED","ARCHIVED","IN_PROCESS","WITH_ISSUES"]')
  })

  test('follows a next link without cursors on our own host, without the token that Meta repeats in it', async () => {
    const reader = await withCampaigns((call) =>
      call.params.get('page') === '2'
        ? { json: { data: [campaign('2')] } }
        : {
            json: {
              data: [campaign('1')],
              paging: { next: `${stub.origin}${call.path}?page=2&access_token=${TOKEN}` },
            },
          },
    )
    const { campaigns } = await reader.structure(ACCOUNT)
    expect(campaigns.map(({ id }) => id)).toEqual(['1', '2'])
    expect(stub.calls.some((call) => call.url.includes(TOKEN))).toBe(false)
  })

  test('refuses a next link to a foreign host', async () => {
    let wasAsked = false
    const foreign = await startStub(() => {
      wasAsked = true
      return { json: { data: [] } }
    })
    const reader = await withCampaigns((call) => ({
      json: { data: [], paging: { next: `${foreign.origin}${call.path}?page=2` } },
    }))
    const failure = await failureOf(reader.structure(ACCOUNT))
    foreign.close()
    expect(failure).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('leads away') })
    expect(wasAsked).toBe(false)
  })

  test('fails when the same page comes twice', async () => {
    const reader = await withCampaigns(() => ({ json: { data: [], paging: { cursors: { after: 'A' }, next: 'x' } } }))
    expect(await failureOf(reader.structure(ACCOUNT))).toMatchObject({ kind: 'unreadable' })
  })

  test('fails when a later page fails: half a list is no list', async () => {
    const reader = await withCampaigns((call) =>
      call.params.has('after')
        ? { status: 500, json: graphError(2) }
        : { json: { data: [campaign('1')], paging: { cursors: { after: 'A' }, next: 'x' } } },
    )
    expect(await failureOf(reader.structure(ACCOUNT))).toMatchObject({ kind: 'transient' })
  })
})

describe('answers that are none', () => {
  test.each<{ name: string; reply: Reply; kind: string }>([
    { name: 'a body cut short', reply: { json: { data: [campaign('1')] }, fault: 'cut' }, kind: 'transient' },
    { name: 'half a document that claims to be whole', reply: { text: '{"data":[{"id":"1"' }, kind: 'unreadable' },
    { name: 'a dropped connection', reply: { fault: 'drop' }, kind: 'transient' },
    { name: 'an HTML page', reply: { text: '<html>' }, kind: 'unreadable' },
    { name: 'an HTML page with status 502', reply: { status: 502, text: '<html>' }, kind: 'transient' },
    { name: 'an error with status 200', reply: { json: graphError(190, 463) }, kind: 'unauthorised' },
    { name: 'a list without data', reply: { json: {} }, kind: 'unreadable' },
  ])('$name is $kind', async ({ reply, kind }) => {
    const reader = await withCampaigns(() => reply)
    expect((await failureOf(reader.structure(ACCOUNT))).kind).toBe(kind)
  })

  test('a redirect is not followed: the token would go along', async () => {
    const elsewhere = await startStub(() => ({ json: { data: [] } }))
    const reader = await withCampaigns(() => ({ status: 302, headers: { location: `${elsewhere.origin}/` } }))
    const failure = await failureOf(reader.structure(ACCOUNT))
    elsewhere.close()
    expect(failure.kind).toBe('transient')
    expect(elsewhere.calls).toEqual([])
  })

  test('silence ends at the time bound', async () => {
    stub = await startStub(() => ({ fault: 'hang' }))
    const { reader } = adapterOn(stub.origin, { requestTimeoutMs: 100 })
    expect(await failureOf(reader.structure(ACCOUNT))).toMatchObject({
      kind: 'transient',
      detail: 'no answer within 100 ms',
    })
  })

  test('a field that is not as documented is named, and its value is not', async () => {
    const reader = await withCampaigns(() => ({ json: { data: [{ ...campaign('1'), daily_budget: 'secret-12.5' }] } }))
    const failure = await failureOf(reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('data.0: daily_budget') })
    expect(failure.detail).not.toContain('secret-12.5')
  })

  test('ids beyond 2^53 stay exact even as bare numbers', async () => {
    const reader = await withCampaigns(() => ({
      text: `{"data":[${JSON.stringify(campaign('0')).replace('"id":"0"', '"id":120210000000000123')}]}`,
    }))
    const { campaigns } = await reader.structure(ACCOUNT)
    expect(campaigns[0]?.id).toBe('120210000000000123')
  })
})

describe('credentials', () => {
  test('travel in a header, with the proof of the app secret, and never in an address', async () => {
    stub = await startStub(() => account)
    const secret = JSON.stringify({ accessToken: TOKEN, appId: '77', appSecret: 'shh' })
    const { reader } = adapterOn(stub.origin, { secrets: { read: async () => secret } })
    await reader.changes(ACCOUNT, 0 as never).catch(() => undefined)
    const [call] = stub.calls
    expect(call?.authorization).toBe(`Bearer ${TOKEN}`)
    expect(call?.url).not.toContain(TOKEN)
    // echo -n EAAtesttoken0123456789 | openssl dgst -sha256 -hmac shh
    expect(call?.params.get('appsecret_proof')).toBe('7282988cfe6f9153eb094512644113ba1b80ad521e11dc33b2e3aab557bcfff2')
  })

  test('are taken out of what Meta says about them', async () => {
    stub = await startStub(() => ({
      status: 400,
      json: { error: { message: `Malformed access token ${TOKEN}`, code: 190 } },
    }))
    const failure = await failureOf(adapterOn(stub.origin).reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unauthorised', detail: '190: Malformed access token [redacted]' })
  })

  test.each([
    { name: 'no JSON', secret: 'EAAnotjson', says: 'secret meta-token is not JSON' },
    { name: 'no token', secret: '{"appId":"1"}', says: 'accessToken' },
    {
      name: 'a token with a line end',
      secret: '{"accessToken":"EAAline\\nend"}',
      says: 'accessToken (must be printable',
    },
    { name: 'a number for a token', secret: '{"accessToken":12345678}', says: 'accessToken' },
  ])('$name is refused before anything is sent, naming the field and not the value', async ({ secret, says }) => {
    stub = await startStub(() => account)
    const { reader, writer } = adapterOn(stub.origin, { secrets: { read: async () => secret } })
    const failure = await failureOf(reader.structure(ACCOUNT))
    expect(failure).toMatchObject({ kind: 'unauthorised', detail: expect.stringContaining(says) })
    expect(failure.detail).not.toMatch(/EAA|12345678/)
    expect(await writer.announce(ACCOUNT, aSchedule)).toMatchObject({
      kind: 'refused',
      failure: { kind: 'unauthorised' },
    })
    expect(stub.calls).toEqual([])
  })

  test('are read past the cache after Meta refused them', async () => {
    const reads: boolean[] = []
    stub = await startStub(() => ({ status: 400, json: graphError(190, 463) }))
    const { reader } = adapterOn(stub.origin, {
      secrets: {
        read: async (_name, fresh = false) => {
          reads.push(fresh)
          return JSON.stringify({ accessToken: TOKEN })
        },
      },
    })
    await failureOf(reader.live(ACCOUNT, []))
    await failureOf(reader.live(ACCOUNT, []))
    expect(reads).toEqual([false, true])
  })
})

const aSchedule = {
  kind: 'budget-schedule',
  name: 'x',
  from: 0 as never,
  to: 1 as never,
  budget: { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: '1' },
  amount: { micros: 1n, currency: 'USD' as never },
  over: { micros: 1n, currency: 'USD' as never },
} as const

describe('quotas', () => {
  const nearlyFull = { 'x-ad-account-usage': JSON.stringify({ acc_id_util_pct: 96, reset_time_duration: 120 }) }

  test('the last seen share of the quota can be asked for', async () => {
    stub = await startStub(() => ({ ...account, headers: nearlyFull }))
    const platform = adapterOn(stub.origin)
    await platform.reader.live(ACCOUNT, [])
    expect(platform.usage.get(ACCOUNT.id)).toMatchObject({ utilisation: 0.96 })
  })

  test('a read is not even sent above 95 %', async () => {
    stub = await startStub(() => ({ ...account, headers: nearlyFull }))
    const { reader } = adapterOn(stub.origin)
    await reader.live(ACCOUNT, [])
    expect(await failureOf(reader.structure(ACCOUNT))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 120_000 })
    expect(stub.calls).toHaveLength(1)
  })
})
