import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { awsSecrets } from '../../lib/store/aws-secrets.ts'
import { fileSecrets } from '../../lib/store/file-secrets.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'
import { NOON } from './samples.ts'

const OBVIOUS_FAKE = 'not-a-real-token'

describe('secrets in files', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'))
    await mkdir(join(folder, 'sluice'))
    await writeFile(join(folder, 'sluice', 'meta.json'), `{"token":"${OBVIOUS_FAKE}"}`)
    await writeFile(join(folder, 'broken.json'), `{"token":"${OBVIOUS_FAKE}"`)
    await writeFile(join(folder, 'all.json'), `{"google":{"token":"${OBVIOUS_FAKE}"},"text":"${OBVIOUS_FAKE}"}`)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('are read by name from a folder', async () => {
    expect(await fileSecrets(folder).read('sluice/meta')).toBe(`{"token":"${OBVIOUS_FAKE}"}`)
  })

  test('are read by name from one file', async () => {
    expect(await fileSecrets(join(folder, 'all.json')).read('google')).toBe(`{"token":"${OBVIOUS_FAKE}"}`)
  })

  test.each([
    ['a missing file', '', 'tiktok', 'secret "tiktok" cannot be read from'],
    ['a missing member', 'all.json', 'tiktok', 'secret "tiktok" is not in'],
    ['broken JSON', '', 'broken', 'secret "broken" is not a JSON object'],
    ['text that is no object', 'all.json', 'text', 'secret "text" is not a JSON object'],
    ['a way out of the folder', '', '../../etc/passwd', 'must be letters, digits'],
  ])('name what is wrong with %s, and never what is in it', async (_name, path, name, message) => {
    const failed = await fileSecrets(join(folder, path)).read(name).catch(String)
    expect(failed).toContain(message)
    expect(failed).not.toContain(OBVIOUS_FAKE)
  })
})

describe('secrets in Secrets Manager', () => {
  let server: Server
  let client: SecretsManagerClient
  let now: Instant = NOON
  let requests = 0
  let answer: { status: number; body: Record<string, string> } = { status: 200, body: {} }
  const secrets = () => awsSecrets({ client, clock: { now: () => now } })

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1
      request.resume()
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer.body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    client = new SecretsManagerClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    })
  })
  afterAll(async () => {
    client.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  beforeEach(() => {
    now = NOON
    requests = 0
    answer = { status: 200, body: { SecretString: '{"token":"first"}' } }
  })

  test('are asked for again after 300 seconds, and not before', async () => {
    const store = secrets()
    await store.read('meta')
    answer = { status: 200, body: { SecretString: '{"token":"second"}' } }
    now = later(NOON, 299_999)
    expect(await store.read('meta')).toBe('{"token":"first"}')
    now = later(NOON, 300_000)
    expect(await store.read('meta')).toBe('{"token":"second"}')
    expect(requests).toBe(2)
  })

  test('are asked for at once when a fresh one is wanted, and that one is kept', async () => {
    const store = secrets()
    await store.read('meta')
    answer = { status: 200, body: { SecretString: '{"token":"second"}' } }
    expect(await store.read('meta', true)).toBe('{"token":"second"}')
    expect(await store.read('meta')).toBe('{"token":"second"}')
  })

  test('are asked for once by those who ask at a time', async () => {
    const store = secrets()
    await Promise.all([store.read('meta'), store.read('meta'), store.read('meta')])
    expect(requests).toBe(1)
  })

  test('that could not be read are named, and asked for again next time', async () => {
    const store = secrets()
    answer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no such secret' } }
    await expect(store.read('meta')).rejects.toThrow('secret "meta" cannot be read: ResourceNotFoundException')
    answer = { status: 200, body: { SecretString: '{"token":"first"}' } }
    expect(await store.read('meta')).toBe('{"token":"first"}')
  })

  test('that are no JSON are named without their content', async () => {
    answer = { status: 200, body: { SecretString: OBVIOUS_FAKE } }
    const failed = await secrets().read('meta').catch(String)
    expect(failed).toBe('Error: secret "meta" is not a JSON object: store it as {"key": "value"}')
  })
})
