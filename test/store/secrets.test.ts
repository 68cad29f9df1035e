import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { awsSecrets } from '../../lib/store/aws-secrets.ts'
import { fileSecrets } from '../../lib/store/file-secrets.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'
import { NOON } from './samples.ts'
import { startSecretsManager } from './secrets-manager.ts'

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

describe('replacing secrets in files', () => {
  let folder: string
  const file = () => join(folder, 'pinterest.json')
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'))
    await writeFile(file(), '{"token":"first"}')
    await writeFile(join(folder, 'all.json'), '{"pinterest":{"token":"first"},"meta":{"token":"other"}}')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('puts the new text in the place of the one that was read, and leaves nothing beside it', async () => {
    await chmod(file(), 0o640)
    const secrets = fileSecrets(folder)
    expect(await secrets.replace!('pinterest', '{"token":"first"}', '{"token":"second"}')).toBe(true)
    expect(await secrets.read('pinterest')).toBe('{"token":"second"}')
    expect((await stat(file())).mode & 0o777).toBe(0o640)
    expect((await readdir(folder)).toSorted()).toEqual(['all.json', 'pinterest.json'])
  })

  test('changes one secret of a file that holds several', async () => {
    const secrets = fileSecrets(join(folder, 'all.json'))
    expect(await secrets.replace!('pinterest', '{"token":"first"}', '{"token":"second"}')).toBe(true)
    expect(JSON.parse(await readFile(join(folder, 'all.json'), 'utf8'))).toEqual({
      pinterest: { token: 'second' },
      meta: { token: 'other' },
    })
  })

  test('refuses when the text has changed since it was read', async () => {
    const secrets = fileSecrets(folder)
    await writeFile(file(), '{"token":"by-hand"}')
    expect(await secrets.replace!('pinterest', '{"token":"first"}', '{"token":"second"}')).toBe(false)
    expect(await readFile(file(), 'utf8')).toBe('{"token":"by-hand"}')
  })

  test('of twenty who replace the same text at a time, one succeeds', async () => {
    const replaced = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        fileSecrets(folder).replace!('pinterest', '{"token":"first"}', `{"token":"by-${n}"}`),
      ),
    )
    expect(replaced.filter(Boolean)).toHaveLength(1)
    expect(await fileSecrets(folder).read('pinterest')).toBe(`{"token":"by-${replaced.indexOf(true)}"}`)
  })

  test('passes over the lock of a process that is gone, and waits for one that lives', async () => {
    const secrets = fileSecrets(folder)
    // Above the largest process id that Linux gives.
    await writeFile(`${file()}.lock`, '4194305')
    expect(await secrets.replace!('pinterest', '{"token":"first"}', '{"token":"second"}')).toBe(true)
    await writeFile(`${file()}.lock`, String(process.pid))
    await expect(secrets.replace!('pinterest', '{"token":"second"}', '{"token":"third"}')).rejects.toThrow(
      /secret "pinterest" cannot be replaced: another process holds .*pinterest\.json\.lock/,
    )
  })

  test('refuses a text that is no JSON object, without quoting it', async () => {
    const failed = await fileSecrets(folder).replace!('pinterest', '{"token":"first"}', OBVIOUS_FAKE).catch(String)
    expect(failed).toContain('secret "pinterest" is not a JSON object')
    expect(failed).not.toContain(OBVIOUS_FAKE)
  })
})

describe('replacing secrets in Secrets Manager', () => {
  const FIRST = '{"token":"first"}'
  const SECOND = '{"token":"second"}'
  let manager: Awaited<ReturnType<typeof startSecretsManager>>
  const secrets = () => awsSecrets({ client: manager.client, clock: { now: () => NOON } })
  beforeEach(async () => {
    manager = await startSecretsManager(FIRST)
  })
  afterEach(() => manager.close())

  test('moves the label of the current version to the new one', async () => {
    expect(await secrets().replace!('pinterest', FIRST, SECOND)).toBe(true)
    expect(manager.current()).toBe(SECOND)
  })

  test('forgets what is in memory', async () => {
    const store = secrets()
    await store.read('pinterest')
    await store.replace!('pinterest', FIRST, SECOND)
    expect(await store.read('pinterest')).toBe(SECOND)
  })

  test('refuses when the text is another than the one that was read, and stores nothing', async () => {
    expect(await secrets().replace!('pinterest', '{"token":"older"}', SECOND)).toBe(false)
    expect(manager.actions).toEqual(['GetSecretValue'])
  })

  test('refuses when another moves the label between the look and the move', async () => {
    manager.before('UpdateSecretVersionStage', () => manager.setCurrent('{"token":"by-another"}'))
    expect(await secrets().replace!('pinterest', FIRST, SECOND)).toBe(false)
    expect(manager.current()).toBe('{"token":"by-another"}')
  })

  test('of two that replace the same text at a time, one succeeds', async () => {
    const [a, b] = await Promise.all([
      secrets().replace!('pinterest', FIRST, '{"token":"a"}'),
      secrets().replace!('pinterest', FIRST, '{"token":"b"}'),
    ])
    expect([a, b].filter(Boolean)).toHaveLength(1)
    expect(manager.current()).toBe(a ? '{"token":"a"}' : '{"token":"b"}')
  })

  test('says that it succeeded when the answer to the move was lost', async () => {
    manager.loseAnswer('UpdateSecretVersionStage')
    expect(await secrets().replace!('pinterest', FIRST, SECOND)).toBe(true)
  })

  test('fails by name, and without any content, when it may not write', async () => {
    manager.refuse('PutSecretValue', 'AccessDeniedException')
    const failed = await secrets().replace!('pinterest', FIRST, SECOND).catch(String)
    expect(failed).toBe('Error: secret "pinterest" cannot be replaced: AccessDeniedException')
    expect(manager.current()).toBe(FIRST)
  })

  test('fails when the label could not be moved and nobody else moved it', async () => {
    manager.refuse('UpdateSecretVersionStage', 'AccessDeniedException')
    await expect(secrets().replace!('pinterest', FIRST, SECOND)).rejects.toThrow(
      'secret "pinterest" cannot be replaced: AccessDeniedException',
    )
    expect(manager.current()).toBe(FIRST)
  })
})
