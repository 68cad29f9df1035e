import { afterEach, describe, expect, test } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../../../lib/units/calendar.ts'
import type { SnapchatTwinOptions } from '../../../playground/platforms/snapchat/server.ts'
import { StubWorld } from '../stub-world.ts'
import { ACCOUNT_ID, newToken, type SnapClient, startSnap, uuid } from './client.ts'
import { SPEC } from './two-levels.ts'

let snap: SnapClient
let world: StubWorld
afterEach(() => snap.twin.close())
async function start(options: Partial<SnapchatTwinOptions> = {}) {
  world = new StubWorld([SPEC])
  snap = await startSnap({ world, ...options })
}

describe('tokens', () => {
  test('the refresh token gives an access token for as long as expires_in says, and stays the same', async () => {
    await start({ tokenLifeMs: 1_800 * SECOND_MS })
    const { status, body } = await newToken(snap.twin)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 1_800, scope: 'snapchat-marketing-api' })
    expect((await newToken(snap.twin)).body.refresh_token).toBe(body.refresh_token)
    expect((await snap.as(body.access_token)).status).toBe(200)
    world.pass(1_800 * SECOND_MS)
    expect((await snap.as(body.access_token)).status).toBe(401)
  })

  test.each([
    [{ refresh_token: 'another' }, 400, 'invalid_grant'],
    [{ client_secret: 'another' }, 401, 'invalid_client'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('%o is refused', async (over, status, error) => {
    await start()
    expect(await newToken(snap.twin, over)).toMatchObject({ status, body: { error } })
  })

  test('no token, and a token that it never gave, are 401 with WWW-Authenticate', async () => {
    await start()
    for (const token of [undefined, '0.stranger']) {
      const { status, headers } = await snap.as(token)
      expect(status).toBe(401)
      expect(headers.get('www-authenticate')).toContain('invalid_token')
    }
  })
})

describe('limits', () => {
  test('a token has ten requests a second on average, told as 429 and no header', async () => {
    await start({ enforcesRates: true })
    for (let nth = 0; nth < 100; nth++) expect((await snap.get('me')).status).toBe(200)
    const { status, headers } = await snap.get('me')
    expect(status).toBe(429)
    expect([...headers.keys()].filter((name) => /retry|limit/.test(name))).toEqual([])
    world.pass(10 * SECOND_MS)
    expect((await snap.get('me')).status).toBe(200)
  })

  test('a platform that is down or throttling says so', async () => {
    await start()
    world.condition = () => 'down'
    expect((await snap.get('me')).status).toBe(503)
    world.condition = () => 'throttling'
    expect((await snap.get('me')).status).toBe(429)
  })
})

describe('what is not there', () => {
  test('an entity that does not exist is 404 with E3003, in an envelope', async () => {
    await start()
    const { status, body } = await snap.get(`campaigns/${uuid(99)}`)
    expect(status).toBe(404)
    expect(body).toMatchObject({ request_status: 'ERROR', error_code: 'E3003', request_id: expect.any(String) })
    expect(body.debug_message).toContain(uuid(99))
  })

  test.each([
    `adaccounts/${ACCOUNT_ID}/experiments`,
    `campaigns/${uuid(11)}/adsquads/${uuid(21)}`,
    'organizations/another/fundingsources',
  ])('%s is no resource', async (path) => {
    await start()
    expect((await snap.get(path)).status).toBe(404)
  })

  test('a parameter that it does not know is refused', async () => {
    await start()
    const { status, body } = await snap.get(`adaccounts/${ACCOUNT_ID}/campaigns`, { since: 'yesterday' })
    expect([status, body.error_code]).toEqual([400, 'E1001'])
  })

  test('its own bugs are 500 with their stack', async () => {
    await start()
    world.facts = () => {
      throw new Error('no facts today')
    }
    const day = {
      granularity: 'DAY',
      start_time: '2026-11-20T00:00:00.000+01:00',
      end_time: '2026-11-21T00:00:00.000+01:00',
    }
    const { status, text } = await snap.get(`adaccounts/${ACCOUNT_ID}/stats`, day)
    expect(status).toBe(500)
    expect(text).toContain('no facts today')
  })
})

test('an hour is what a token lasts unless told otherwise', async () => {
  await start()
  expect((await newToken(snap.twin)).body.expires_in).toBe(HOUR_MS / SECOND_MS)
})
