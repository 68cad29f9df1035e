import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTokens, type Tokens } from '../../../lib/platforms/pinterest/tokens.ts'
import { awsSecrets } from '../../../lib/store/aws-secrets.ts'
import {
  PINTEREST_TWIN_CREDENTIALS,
  type PinterestTwin,
  startPinterestTwin,
} from '../../../playground/platforms/pinterest/server.ts'
import { StubWorld } from '../../playground/stub-world.ts'
import { startSecretsManager } from '../../store/secrets-manager.ts'

const { appId, appSecret, refreshToken } = PINTEREST_TWIN_CREDENTIALS
const SECRET = JSON.stringify({ appId, appSecret, refreshToken })

let twin: PinterestTwin
let world: StubWorld
let manager: Awaited<ReturnType<typeof startSecretsManager>>
beforeEach(async () => {
  world = new StubWorld([])
  twin = await startPinterestTwin({ world })
  manager = await startSecretsManager(SECRET)
})
afterEach(async () => {
  await twin.close()
  await manager.close()
})

/** A Lambda of its own: with its own cache, and nothing in common with the others but the secret. */
function lambda(worker: string): Tokens {
  const secrets = awsSecrets({ client: manager.client, clock: world })
  const sleep = () => new Promise((resolve) => setTimeout(resolve, 5))
  const shared = { secretName: 'pinterest', clock: world, origin: twin.baseUrl, timeoutMs: 5_000, sleep }
  return openTokens({ ...shared, secrets, worker })
}

test('of five functions that share a secret one renews, and all use what it stored', async () => {
  const functions = ['a', 'b', 'c', 'd', 'e'].map(lambda)
  // Each has the old secret in its cache.
  await Promise.all(functions.map((one) => one.secret()))
  const bearers = await Promise.all(functions.map((one) => one.current()))
  expect(new Set(bearers.map(({ accessToken }) => accessToken))).toEqual(new Set(['pina_PRETENDaccess1']))
  expect(twin.requests.tokens).toBe(1)
  expect(JSON.parse(manager.current())).toMatchObject({ refreshToken: 'pinr.PRETENDrefresh1' })
  expect(manager.current()).not.toContain('renewing')
})

test('a function that has the old token in its cache goes on with it, and past the cache once it is refused', async () => {
  const [a, b] = [lambda('a'), lambda('b')]
  const first = await a.current()
  const old = await b.current()
  expect(old.accessToken).toBe(first.accessToken)
  twin.expireAccessTokens()
  a.refused(first)
  const renewed = await a.current()
  // In b's cache, which is good for five minutes.
  expect((await b.current()).accessToken).toBe(old.accessToken)
  b.refused(old)
  expect((await b.current()).accessToken).toBe(renewed.accessToken)
  expect(twin.requests.tokens).toBe(2)
})

test('a function whose answers from Secrets Manager are lost after each move has stored all the same', async () => {
  manager.before('UpdateSecretVersionStage', () => manager.loseAnswer('UpdateSecretVersionStage'))
  expect((await lambda('a').current()).accessToken).toBe('pina_PRETENDaccess1')
  expect(JSON.parse(manager.current())).toMatchObject({ accessToken: 'pina_PRETENDaccess1' })
})

test('a role that may not write the secret never uses the refresh token up', async () => {
  manager.refuse('PutSecretValue', 'AccessDeniedException')
  await expect(lambda('a').current()).rejects.toThrow(
    'tokens are not renewed: secret "pinterest" cannot be replaced: AccessDeniedException',
  )
  expect(twin.requests.tokens).toBe(0)
})
