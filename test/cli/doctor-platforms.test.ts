/** What doctor says of each of the five platforms, as it is and broken in every way that a user meets first. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finding } from '../../cli/commands/doctor-findings.ts'
import { startTwins, type Twins } from '../../cli/demo/twins.ts'
import { main } from '../../cli/main.ts'
import type { Connection } from '../../functions/composition/connections.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import type { Fault } from '../../playground/faults.ts'
import type { WorldPlatform } from '../../playground/world.ts'
import { uuid } from '../playground/snapchat/client.ts'
import { NOON, StubWorld } from '../playground/stub-world.ts'

const IDS: Readonly<Record<WorldPlatform, string>> = {
  'google-ads': '5550001111',
  meta: '1001',
  tiktok: '7001',
  snapchat: uuid(1),
  pinterest: '549000000001',
}
const PLATFORMS = Object.keys(IDS) as readonly WorldPlatform[]
const nameOf = (platform: WorldPlatform): string => `${platform}:${IDS[platform]}`

let fault: Fault | undefined
let twins: Twins
let folder: string
let engine: Awaited<ReturnType<typeof startEmbeddedDynamoDb>>

async function open(status: 'active' | 'suspended' = 'active'): Promise<void> {
  const zone = (platform: WorldPlatform) => (platform === 'pinterest' ? { zone: 'UTC' } : {})
  // Pinterest tells of an account that is suspended by its campaigns alone.
  const campaigns = (platform: WorldPlatform) => (platform === 'pinterest' ? [{ id: '11', budget: 9_000_000n }] : [])
  const world = new StubWorld(
    PLATFORMS.map((platform) => ({
      ...{ platform, id: IDS[platform], status, campaigns: campaigns(platform) },
      ...zone(platform),
    })),
  )
  fault = undefined
  twins = await startTwins(world, () => fault)
  folder = mkdtempSync(join(tmpdir(), 'sluice-doctor-'))
  mkdirSync(join(folder, 'secrets'))
  engine = await startEmbeddedDynamoDb({ clock: () => NOON })
  for (const { secret } of twins.connections) store(secret, await twins.secrets.read(secret))
  configure()
}
beforeEach(() => open())
afterEach(close)
async function close(): Promise<void> {
  await twins.close()
  await engine.close()
  rmSync(folder, { recursive: true })
}

const fileOf = (secret: string): string => secret.replace('/', '-')
const store = (secret: string, text: string): void =>
  writeFileSync(join(folder, 'secrets', `${fileOf(secret)}.json`), text)

/** Accounts that the configuration names are asked for without a policy. */
function configure(change: (connection: Connection) => Connection = (one) => one): void {
  const connections = twins.connections.map((one) => {
    const platform = one.account.replace(':*', '') as WorldPlatform
    return change({ ...one, account: nameOf(platform), secret: fileOf(one.secret) })
  })
  const rest = { archive: { folder: 'archive' }, secrets: { folder: 'secrets' } }
  const tables = { prefix: 'sluice-test', endpoint: engine.endpoint }
  writeFileSync(join(folder, 'sluice.yaml'), JSON.stringify({ tables, ...rest, connections }))
}

async function doctor() {
  const out: string[] = []
  const code = await main(['doctor', '--json'], {
    cwd: folder,
    env: { NO_COLOR: '1' },
    stdin: Object.assign(Readable.from(['']), { isTTY: false }),
    stdout: { isTTY: false, write: (text) => out.push(text) },
    stderr: { isTTY: false, write: () => true },
    clock: { now: () => NOON },
  })
  const { findings } = JSON.parse(out.join('')) as { readonly findings: readonly Finding[] }
  const of = (platform: WorldPlatform, check: Finding['check']) =>
    findings.filter((one) => one.subject === nameOf(platform) && one.check === check)
  return { code, of, connections: PLATFORMS.map((platform) => of(platform, 'connection')[0]) }
}

test('every part of a connection is told of on all five, and what is not known is called that', async () => {
  const { code, of } = await doctor()
  expect(code).toBe(0)
  for (const platform of PLATFORMS)
    for (const check of ['connection', 'token', 'scopes', 'version', 'clock', 'limits', 'writes'] as const)
      expect([platform, check, of(platform, check)[0]?.level]).toEqual([platform, check, 'ok'])
})

test('an account that is suspended is told as a blocker of writes', async () => {
  await close()
  await open('suspended')
  const { of } = await doctor()
  const blocked = PLATFORMS.filter((platform) => of(platform, 'writes').some(({ level }) => level !== 'ok'))
  expect(blocked).toEqual(PLATFORMS)
})

describe('a connection that does not answer fails, and ends in 1', () => {
  test('where nobody listens', async () => {
    const endpoints = { api: 'http://127.0.0.1:9', token: 'http://127.0.0.1:9' }
    configure((one) => ({ ...one, endpoints: 'token' in (one.endpoints ?? {}) ? endpoints : { api: endpoints.api } }))
    const { code, connections } = await doctor()
    expect(code).toBe(1)
    expect(connections.map((one) => one?.level)).toEqual(PLATFORMS.map(() => 'failure'))
    for (const one of connections) expect(one?.remedy).toContain('see that the platform can be reached from here')
  })

  test('where the platform is down', async () => {
    fault = 'unavailable'
    const { code, connections } = await doctor()
    expect([code, ...connections.map((one) => one?.level)]).toEqual([1, ...PLATFORMS.map(() => 'failure')])
  })

  test('where the token has expired or was revoked', async () => {
    fault = 'unauthorised'
    const { code, connections } = await doctor()
    expect(code).toBe(1)
    for (const [nth, one] of connections.entries())
      expect([PLATFORMS[nth], one?.level, one?.says]).toEqual([
        PLATFORMS[nth],
        'failure',
        expect.stringMatching(/^unauthorised/),
      ])
  })

  test('where the secret lacks fields, which are named and not blotted out', async () => {
    for (const { secret } of twins.connections) store(secret, '{}')
    const { code, connections } = await doctor()
    expect(code).toBe(1)
    for (const one of connections) {
      expect(one?.says).toMatch(/(accessToken|refreshToken) \(missing\)/)
      expect(one?.says).not.toContain('[redacted]')
    }
  })

  test('where the version is none that the adapter speaks', async () => {
    configure((one) => ({ ...one, apiVersion: 'v0' }))
    const { code, connections } = await doctor()
    expect(code).toBe(1)
    expect(connections.map((one) => one?.level)).toEqual(PLATFORMS.map(() => 'failure'))
    expect(connections[2]?.says).toContain('apiVersion "v0" is unknown, use v1.3 or leave it out')
    expect(connections[3]?.says).toContain('apiVersion "v0" is unknown, use v1 or leave it out')
  })
})

test('one that is only throttled answers: a warning, and 0', async () => {
  fault = 'rate-limited'
  const { code, connections } = await doctor()
  expect([code, ...connections.map((one) => one?.level)]).toEqual([0, ...PLATFORMS.map(() => 'warning')])
})
