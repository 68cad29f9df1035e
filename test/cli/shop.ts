import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { main } from '../../cli/main.ts'
import { type Instant, instant, later } from '../../lib/units/calendar.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { type FaultPlan, noFaults } from '../../playground/faults.ts'
import { createMarket, type Market } from '../../playground/market/market.ts'
import { readScenario } from '../../playground/market/read-scenario.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { META_TWIN_CREDENTIALS, startMetaTwin } from '../../playground/platforms/meta/server.ts'

export const GOOGLE = 'google-ads:4155550101'
export const META = 'meta:112233445566778'
/** 08:00 in Berlin and 02:00 in New York: a daily plan may be pushed to both accounts. */
export const MORNING = instant('2026-10-05T06:00:00Z')
/** 20:00 in Berlin, 14:00 in New York: too late in both days. */
export const EVENING = instant('2026-10-05T18:00:00Z')

/** Enough history to plan from, and no more: each test has a world of its own. */
const SCENARIO = readScenario('{ "extends": "steady", "name": "shop", "history": { "days": 35 } }', 'shop.json')

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The steady scenario's two accounts behind their twins, an engine, and a folder with everything that a command reads. */
export interface Shop {
  readonly market: Market
  readonly folder: string
  /** A command in that folder, with nobody at the terminal, at the market's present. */
  sluice(...args: readonly string[]): Promise<Ended>
  /** The same with a person who types these lines. */
  typing(lines: string, ...args: readonly string[]): Promise<Ended>
  write(name: string, text: string): void
  /** Requests that the platforms received, those that change something apart. */
  requests(): { readonly all: number; readonly mutating: number }
  /** From now on the platforms' requests go wrong by this plan. */
  trouble(faults: FaultPlan): void
  /** Every daily budget as the platforms hold it, in micros. */
  budgets(): ReadonlyMap<string, bigint>
  close(): Promise<void>
}

/** @param tickMs by so much the clock of the commands goes on whenever it is read */
export async function openShop({ tickMs = 0 } = {}): Promise<Shop> {
  let reads = 0
  const market = createMarket(SCENARIO, { seed: 1 })
  const counted = { all: 0, mutating: 0 }
  const weather: { faults: FaultPlan } = { faults: noFaults }
  const faults: FaultPlan = (call) => {
    counted.all += 1
    if (call.mutating) counted.mutating += 1
    return weather.faults(call)
  }
  const engine = await startEmbeddedDynamoDb({ clock: () => market.now() })
  const google = await startGoogleAdsTwin({ world: market, faults })
  const meta = await startMetaTwin({ world: market, faults })
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'secrets'))
  write('secrets/google.json', JSON.stringify(GOOGLE_TWIN_CREDENTIALS))
  write('secrets/meta.json', JSON.stringify(META_TWIN_CREDENTIALS))
  write('rates.csv', 'date,from,to,rate\n2026-10-04,USD,EUR,0.92\n')
  write('policy.yaml', policyText())
  write('sluice.yaml', configText({ engine: engine.endpoint, google: google.baseUrl, meta: meta.baseUrl }))
  const run = async (typed: string | undefined, args: readonly string[]): Promise<Ended> => {
    const out: string[] = []
    const err: string[] = []
    const isTTY = typed !== undefined
    const code = await main(args, {
      cwd: folder,
      env: { NO_COLOR: '1' },
      stdin: Object.assign(Readable.from([typed ?? '']), { isTTY }),
      stdout: { isTTY, write: (text) => out.push(text) },
      stderr: { isTTY, write: (text) => err.push(text) },
      clock: {
        now: () => {
          reads += 1
          return later(market.now(), tickMs * reads)
        },
      },
    })
    return { code, out: out.join(''), err: err.join('') }
  }
  return {
    market,
    folder,
    sluice: (...args) => run(undefined, args),
    typing: (lines, ...args) => run(lines, args),
    write,
    requests: () => ({ ...counted }),
    trouble: (plan) => {
      weather.faults = plan
    },
    budgets: () =>
      new Map(
        market.accounts.flatMap(({ platform, id, budgets }) =>
          [...budgets].map(([key, { amountMicros }]): [string, bigint] => [`${platform}:${id}/${key}`, amountMicros]),
        ),
      ),
    close: async () => {
      await Promise.all([google.close(), meta.close()])
      await engine.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Reads the accounts and stores a policy, so that a plan can be made at `at`. */
export async function readyAt(shop: Shop, at: Instant, policy = policyText()): Promise<void> {
  shop.market.advanceTo(at)
  shop.write('policy.yaml', policy)
  for (const args of [['policy', 'put', 'policy.yaml'], ['pull']]) {
    const { code, err } = await shop.sluice(...args)
    if (code !== 0) throw new Error(err)
  }
}

interface Addresses {
  readonly engine: string
  readonly google: string
  readonly meta: string
}

export const configText = ({ engine, google, meta }: Addresses): string => `
tables: { prefix: sluice-test, endpoint: '${engine}' }
archive: { folder: archive }
secrets: { folder: secrets }
rates: { file: rates.csv }
connections:
  - { account: 'google-ads:*', secret: google, endpoints: { api: '${google}', token: '${google}/token' } }
  - { account: 'meta:*', secret: meta, endpoints: { api: '${meta}' } }
`

/** Caps far above what the accounts can spend, unless they are left out. */
export const policyText = ({ mode = 'approve', caps = true, baseCurrency = 'EUR' } = {}): string => `
portfolio: steady
owner: growth
mode: ${mode}
baseCurrency: ${baseCurrency}
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-10-05, to: 2026-11-01, total: '115000.00 ${baseCurrency}' }
${caps ? `dayCap: '20000.00 ${baseCurrency}'` : ''}
accounts:
  - account: ${GOOGLE}
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    ${caps ? "dayCap: '10000.00 EUR'" : ''}
  - account: ${META}
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    ${caps ? "dayCap: '10000.00 USD'" : ''}
members:
  - { name: brand, class: brand }
  - { name: performance max, class: opaque }
  - { name: advantage, class: opaque }
  - { name: retargeting, class: retargeting }
  - { name: '', class: prospecting }
`
