import { afterEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import { PlatformError } from '../../../lib/model/failure.ts'
import { instant } from '../../../lib/units/calendar.ts'
import {
  META_TWIN_CREDENTIALS,
  type MetaTwin,
  type MetaTwinOptions,
  startMetaTwin,
} from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, StubWorld } from '../../playground/stub-world.ts'
import { adapterOn, startStub } from './stub.ts'
import { HOURLY, SPEC } from './two-levels.ts'

const ACCOUNT = accountRef('meta', '1001')
let twin: MetaTwin
let world: StubWorld
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function adapter(options: Partial<MetaTwinOptions> = {}, spec: AccountSpec = SPEC, over: object = {}) {
  world = new StubWorld([spec], () => HOURLY)
  twin = await startMetaTwin({ world, ...options })
  closers.push(() => twin.close())
  const secret = JSON.stringify(META_TWIN_CREDENTIALS)
  return adapterOn(twin.baseUrl, {
    secrets: { read: async () => secret },
    clock: world,
    requestTimeoutMs: 2_000,
    ...over,
  })
}

const failureOf = async (asked: Promise<unknown>) => {
  const error = await asked.catch((one: unknown) => one)
  if (!(error instanceof PlatformError)) throw new Error('no PlatformError was thrown')
  return error.failure
}

describe('the health of a connection to Meta', () => {
  test('names version, token, scopes, clock, quota and blockers', async () => {
    const { reader } = await adapter()
    const health = await reader.health!(ACCOUNT)
    expect(health).toMatchObject({
      apiVersion: 'v25.0',
      token: { kind: 'lasts' },
      scopes: { granted: ['ads_management', 'ads_read'], missing: [] },
      blockers: [],
    })
    // No end of v25.0 is announced.
    expect(health).not.toHaveProperty('apiVersionEndsOn')
    expect(Math.abs(health.clock!.theirs - world.now())).toBeLessThan(1_000)
    // One read of 9,000 points: 0.01 %.
    expect(health.limits).toMatchObject([{ usedShare: 0.0001 }])
  })
  test('tells when the version in use has ended', async () => {
    const { reader } = await adapter({}, SPEC, { apiVersion: 'v24.0' })
    expect((await reader.health!(ACCOUNT)).apiVersionEndsOn).toBe('2026-10-06')
  })
  test('tells when a token ends, and when it was issued', async () => {
    const at = (text: string) => instant(text) / 1_000
    const token = { expiresAt: at('2026-12-01T00:00:00Z'), issuedAt: at('2026-10-02T00:00:00Z') }
    const { reader } = await adapter({ token })
    expect((await reader.health!(ACCOUNT)).token).toEqual({
      kind: 'expires',
      expiresAt: instant('2026-12-01T00:00:00Z'),
      issuedAt: instant('2026-10-02T00:00:00Z'),
    })
  })
  test('tells what a token that may only read lacks', async () => {
    const { reader } = await adapter({ token: { scopes: ['ads_read'] } })
    expect((await reader.health!(ACCOUNT)).scopes).toEqual({ granted: ['ads_read'], missing: ['ads_management'] })
  })
  test('tells what blocks every write', async () => {
    const { reader } = await adapter({}, { ...SPEC, status: 'suspended' })
    expect((await reader.health!(ACCOUNT)).blockers.map(({ code }) => code)).toEqual(['account_status 2'])
  })
  test('says that nothing is known of the token where Meta does not let it be inspected', async () => {
    const stub = await startStub(({ method }) =>
      method === 'POST'
        ? { json: [{ code: 400, body: '{"error":{"code":100,"message":"You must provide an app access token"}}' }] }
        : { json: { id: 'act_1001', name: 'S', currency: 'EUR', timezone_name: 'Europe/Berlin', account_status: 1 } },
    )
    closers.push(() => stub.close())
    const health = await adapterOn(stub.origin).reader.health!(ACCOUNT)
    expect(health.token).toEqual({ kind: 'unknown' })
    expect(health).not.toHaveProperty('scopes')
  })
  // Milliseconds in place of seconds, what is no date, and what is before 1970.
  test.each([
    ['expires_at', 1_795_000_000_000],
    ['expires_at', 9_000_000_000_000],
    ['data_access_expires_at', 9_000_000_000_000],
    ['issued_at', 9_000_000_000_000],
    ['expires_at', -1],
  ])('is unreadable where %s is %d, which is no date of this era', async (field, second) => {
    const body = JSON.stringify({ data: { is_valid: true, expires_at: 0, [field]: second } })
    const stub = await startStub(({ method }) =>
      method === 'POST'
        ? { json: [{ code: 200, body }] }
        : { json: { id: 'act_1001', name: 'S', currency: 'EUR', timezone_name: 'Europe/Berlin', account_status: 1 } },
    )
    closers.push(() => stub.close())
    expect(await failureOf(adapterOn(stub.origin).reader.health!(ACCOUNT))).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining(field),
    })
  })
  test('never has the token in an address', async () => {
    const addresses: string[] = []
    const stub = await startStub(({ method, url }) => {
      addresses.push(url)
      return method === 'POST'
        ? { json: [{ code: 200, body: '{"data":{"is_valid":true,"expires_at":0,"scopes":["ads_management"]}}' }] }
        : { json: { id: 'act_1001', name: 'S', currency: 'EUR', timezone_name: 'Europe/Berlin', account_status: 1 } }
    })
    closers.push(() => stub.close())
    expect((await adapterOn(stub.origin).reader.health!(ACCOUNT)).token).toEqual({ kind: 'lasts' })
    expect(addresses).toHaveLength(2)
    expect(addresses.join(' ')).not.toContain('EAA')
    expect(addresses.join(' ')).not.toContain('debug_token')
  })
  test('fails where the token is refused', async () => {
    const { reader } = await adapter({ credentials: { ...META_TWIN_CREDENTIALS, accessToken: 'EAAPRETENDanother' } })
    expect((await failureOf(reader.health!(ACCOUNT))).kind).toBe('unauthorised')
  })
})

test('conversion actions are what was counted lately, by the names that rules have, with the usual setting first', async () => {
  const { reader } = await adapter()
  const found = await reader.conversionActions!(ACCOUNT)
  const windows = { clickWindowDays: [7, 0, 1, 28], viewWindowDays: [1, 0], basis: 'mixed' }
  expect(found).toContainEqual({ action: 'purchase', name: 'omni_purchase', ...windows, isBidFor: true })
  expect(found).toContainEqual({
    action: 'offsite_conversion.fb_pixel_purchase',
    name: 'offsite_conversion.fb_pixel_purchase',
    ...windows,
    isBidFor: true,
  })
  // A rule cannot mean Meta's own `purchase`: that name stands for omni_purchase. And a click is no conversion.
  expect(found.map(({ name }) => name)).not.toContain('purchase')
  expect(found.map(({ name }) => name)).not.toContain('link_click')
})
