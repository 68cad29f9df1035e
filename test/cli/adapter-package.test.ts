/**
 * A platform that Sluice knows nothing of, brought by a package that lies outside of this repository: it is named in the
 * configuration, and pulled, planned, pushed and verified like any other.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { main } from '../../cli/main.ts'
import { HOUR_MS, type Instant, instant, later } from '../../lib/units/calendar.ts'
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'

const PACKAGE = fileURLToPath(new URL('../fixtures/adapter-package/index.mjs', import.meta.url))
/** 08:00 in Berlin. */
const MORNING = instant('2026-10-05T06:00:00Z')

interface Reddit {
  readonly campaigns: ReadonlyMap<string, { readonly goalValue: bigint }>
  readonly sent: readonly (readonly [string, bigint])[]
  readonly connections: readonly string[]
}

const POLICY = `
portfolio: communities
owner: growth
mode: approve
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-10-05, to: 2026-11-01, total: '11200.00 EUR' }
dayCap: '2000.00 EUR'
accounts:
  - account: reddit:t2_acme
    conversions: { action: purchase, clickWindowDays: 7, basis: click }
    dayCap: '2000.00 EUR'
members:
  - { name: '', class: prospecting }
`

let now: Instant
let folder: string
let engine: EmbeddedDynamoDb

/** A command in the folder, with nobody at the terminal. */
async function sluice(...args: readonly string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, {
    cwd: folder,
    env: { NO_COLOR: '1' },
    stdin: Object.assign(Readable.from(['']), { isTTY: false }),
    stdout: { isTTY: false, write: (text) => out.push(text) },
    stderr: { isTTY: false, write: (text) => err.push(text) },
    clock: { now: () => now },
  })
  return { code, out: out.join(''), err: err.join('') }
}

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

const configure = (adapter: string): void =>
  write(
    'sluice.yaml',
    `
tables: { prefix: sluice-test, endpoint: '${engine.endpoint}' }
archive: { folder: archive }
secrets: { folder: secrets }
adapters: { reddit: '${adapter}' }
connections:
  - { account: 'reddit:*', secret: reddit }
`,
  )

const installed = (): string => join(folder, 'node_modules/@acme/sluice-reddit')

beforeEach(async () => {
  now = MORNING
  folder = mkdtempSync(join(tmpdir(), 'sluice-adapter-'))
  engine = await startEmbeddedDynamoDb({ clock: () => now })
  mkdirSync(join(folder, 'secrets'))
  write('secrets/reddit.json', '{"token":"pretend-reddit-token"}')
  write('policy.yaml', POLICY)
  mkdirSync(join(folder, 'node_modules/@acme'), { recursive: true })
  cpSync(join(PACKAGE, '..'), installed(), { recursive: true })
})
afterEach(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

test('a platform from an installed package is pulled, planned, pushed and verified', async () => {
  configure('@acme/sluice-reddit')
  const { reddit } = (await import(pathToFileURL(join(installed(), 'index.mjs')).href)) as { readonly reddit: Reddit }
  expect(await sluice('policy', 'put', 'policy.yaml')).toMatchObject({ code: 0 })
  expect(await sluice('pull')).toMatchObject({ code: 0 })

  const planned = await sluice('plan', '--out', 'plan.json')
  expect(planned.code).toBe(2)
  expect(planned.out).toContain('Communities: gardening')
  const applied = await sluice('apply', 'plan.json', '--auto-approve', '--json')
  expect(applied.code).toBe(0)
  expect(reddit.sent).toHaveLength(2)

  // The better campaign is raised by as much as one step may be, the worse one cut; in whole cents.
  const budget = (id: string): number => Number(reddit.campaigns.get(id)!.goalValue) / 1e6
  expect(budget('t3_better')).toBeGreaterThan(200)
  expect(budget('t3_better')).toBeLessThanOrEqual(240)
  expect(budget('t3_worse')).toBeLessThan(200)
  expect(reddit.sent.every(([, micros]) => micros % 10_000n === 0n)).toBe(true)

  now = later(now, HOUR_MS)
  const turns = (await sluice('run', '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(turns).toContainEqual(expect.objectContaining({ stage: 'verify', key: 'reddit:t2_acme', result: 'ran' }))
  expect(turns.at(-1)).toMatchObject({ kind: 'end', failed: 0 })
  expect(await sluice('audit', 'verify')).toMatchObject({ code: 0 })
  expect(new Set(reddit.connections)).toEqual(new Set(['reddit:*']))
})

describe('doctor, of a platform whose adapter tells nothing of its connection', () => {
  interface Told {
    readonly failures: number
    readonly findings: readonly {
      readonly subject: string
      readonly check: string
      readonly level: string
      readonly says: string
    }[]
  }
  const asked = async () => {
    configure('@acme/sluice-reddit')
    await sluice('policy', 'put', 'policy.yaml')
    const { code, out } = await sluice('doctor', '--json')
    const { failures, findings } = JSON.parse(out) as Told
    return { code, failures, found: findings.filter(({ subject }) => subject === 'reddit:t2_acme') }
  }

  test('reads the account, says what is not known, and that nothing blocks writes', async () => {
    const { code, found } = await asked()
    expect(code).toBe(0)
    expect(found.map(({ level, check }) => `${level} ${check}`)).toEqual([
      'ok connection',
      'warning connection',
      'ok writes',
      'warning pull',
    ])
    expect(found[1]?.says).toContain('tells nothing of the token')
  })
  test('fails where the account cannot be read', async () => {
    write('secrets/reddit.json', '{"token":"another"}')
    const { code, failures, found } = await asked()
    expect([code, failures]).toEqual([1, 1])
    expect(found[0]).toMatchObject({ level: 'failure', check: 'connection' })
    expect(found[0]?.says).toContain('the pretend Reddit refuses this token')
  })
})

describe('an adapter is refused', () => {
  const put = async (adapter = './mine.mjs') => {
    configure(adapter)
    await sluice('policy', 'put', 'policy.yaml')
    return sluice('pull')
  }
  const GOOD = `
const f = () => {}
const capabilities = { honours: f, normalise: f, minimumDailyBudget: f, overDeliveryFactor: 1, cutFloorOfSpend: 0,
  budgetEditsPerHour: Infinity, restatementDays: 28, hourlyConversions: false, learningSafeStep: 0.2 }
const reader = { structure: f, performance: f, changes: f, live: f, announcements: f }
const writer = { apply: f, announce: f }
const connect = () => () => ({ id: 'reddit', capabilities, reader, writer })
`
  let copies = 0
  /** Each under a name of its own: a module is loaded once. */
  const file = (text: string): string => {
    copies += 1
    write(`mine-${copies}.mjs`, text)
    return `./mine-${copies}.mjs`
  }

  test('that is not installed, and is named with what is to be imported', async () => {
    const { code, err } = await put('@acme/not-there')
    expect(code).toBe(1)
    expect(err).toContain('the adapter of reddit cannot be loaded from @acme/not-there')
  })
  test('that is no adapter', async () => {
    const { err } = await put(file('export const something = 1'))
    expect(err).toMatch(/the adapter of reddit, file:.*mine-\d+\.mjs: must export a constant "adapter"/)
  })
  test('of another contract', async () => {
    const { err } = await put(
      file(`${GOOD} export const adapter = { contract: 2, platform: 'reddit', capabilities, connect }`),
    )
    expect(err).toContain('adapter.contract: must be 1, the contract of this Sluice')
  })
  test('for each member of its capabilities that is missing or out of its range', async () => {
    const { err } = await put(
      file(
        `${GOOD} export const adapter = { contract: 1, platform: 'reddit', connect,
          capabilities: { ...capabilities, honours: 'yes', overDeliveryFactor: 0.5, restatementDays: undefined } }`,
      ),
    )
    expect(err).toContain('adapter.capabilities.honours: must be a function')
    expect(err).toContain('adapter.capabilities.overDeliveryFactor')
    expect(err).toContain('adapter.capabilities.restatementDays')
  })
  test('of another platform than it is named for', async () => {
    const { err } = await put(
      file(`${GOOD} export const adapter = { contract: 1, platform: 'digg', capabilities, connect }`),
    )
    expect(err).toContain('adapter.platform is "digg": name it so in the configuration')
  })
  test('that makes something without a method of the port, before anything is asked of it', async () => {
    const { err } = await put(
      file(`${GOOD} delete reader.live
        export const adapter = { contract: 1, platform: 'reddit', capabilities, connect }`),
    )
    expect(err).toContain('what connect makes.reader.live: must be a function')
  })
  test('in the place of one of Sluice’s own', async () => {
    configure('./mine.mjs')
    write(
      'sluice.yaml',
      `
tables: { prefix: sluice-test, endpoint: '${engine.endpoint}' }
archive: { folder: archive }
secrets: { folder: secrets }
adapters: { meta: '${file(`${GOOD} export const adapter = { contract: 1, platform: 'meta', capabilities, connect }`)}' }
connections: [{ account: 'meta:*', secret: reddit }]
`,
    )
    write('policy.yaml', POLICY.replace('reddit:t2_acme', 'meta:1001'))
    expect((await sluice('policy', 'put', 'policy.yaml')).code).toBe(0)
    const { err } = await sluice('pull')
    // Meta's own adapter is asked, which knows no such secret.
    expect(err).toContain('pull of meta:1001: unauthorised: secret reddit is not as expected')
  })
  test('without harm to commands that do not need its platform', async () => {
    configure('@acme/not-there')
    expect((await sluice('status')).code).toBe(0)
  })
})
