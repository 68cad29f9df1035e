import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../lib/ports/clock.ts'
import { addDays, dateAt, type TimeZone, timeZone } from '../../lib/units/calendar.ts'
import { startDynamoDbInWorker } from '../../playground/dynamodb/in-worker.ts'
import { createMarket, type Market } from '../../playground/market/market.ts'
import { readScenario } from '../../playground/market/read-scenario.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { META_TWIN_CREDENTIALS, startMetaTwin } from '../../playground/platforms/meta/server.ts'
import { startSlowProxy } from '../../playground/slow-proxy.ts'
import { type Written, writtenBy } from './wire.ts'

export const GOOGLE = 'google-ads:4155550101'
export const META = 'meta:112233445566778'

/** A pretend world to press a button in: two accounts behind slow wires, tables, and a folder with a configuration. */
export interface Place {
  readonly folder: string
  readonly market: Market
  closeTables(): Promise<void>
  close(): Promise<void>
}

export interface PlaceOptions {
  readonly clock: Clock
  /** Campaigns, half of them on each platform, each with a budget of its own. */
  readonly campaigns: number
  readonly latencyMs: number
  /** Told of every request that changes something, when it arrives. */
  readonly onWrite: (written: Written) => void
}

export async function openPlace({ clock, campaigns, latencyMs, onWrite }: PlaceOptions): Promise<Place> {
  const zone = quietZone(clock)
  const market = createMarket(scenarioOf(clock, zone, campaigns), { seed: 1 })
  market.advanceTo(clock.now())
  const engine = await startDynamoDbInWorker({})
  const [google, meta] = await Promise.all([startGoogleAdsTwin({ world: market }), startMetaTwin({ world: market })])
  const onRequest = (path: string, body: string): void => {
    const written = writtenBy(path, body)
    if (written.budgets + written.pauses > 0) onWrite(written)
  }
  const [slowGoogle, slowMeta] = await Promise.all([
    startSlowProxy({ target: google.baseUrl, delayMs: latencyMs, onRequest }),
    startSlowProxy({ target: meta.baseUrl, delayMs: latencyMs, onRequest }),
  ])
  const folder = mkdtempSync(join(tmpdir(), 'sluice-drill-'))
  mkdirSync(join(folder, 'secrets'))
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  write('secrets/google.json', JSON.stringify(GOOGLE_TWIN_CREDENTIALS))
  write('secrets/meta.json', JSON.stringify(META_TWIN_CREDENTIALS))
  write('sluice.yaml', configText(engine.endpoint, slowGoogle.baseUrl, slowMeta.baseUrl))
  write('policy.yaml', policyText(clock, zone))
  let tables: Promise<void> | undefined
  const closeTables = (): Promise<void> => {
    tables ??= engine.close()
    return tables
  }
  return {
    folder,
    market,
    closeTables,
    close: async () => {
      await Promise.all([slowGoogle.close(), slowMeta.close(), google.close(), meta.close(), closeTables()])
      rmSync(folder, { recursive: true })
    },
  }
}

/** Far from midnight, when nothing is pushed, whatever the time is here. */
function quietZone(clock: Clock): TimeZone {
  const zone = timeZone('UTC')
  const hour = Math.floor((clock.now() % 86_400_000) / 3_600_000)
  return hour >= 4 && hour < 20 ? zone : timeZone('Asia/Tokyo')
}

function scenarioOf(clock: Clock, zone: TimeZone, campaigns: number): Scenario {
  const some = { name: 'Drill', class: 'prospecting', count: Math.ceil(campaigns / 2) }
  const account = { currency: 'EUR', zone }
  const accounts = [
    {
      ...account,
      platform: 'google-ads',
      id: GOOGLE.split(':')[1],
      name: 'Search',
      generate: [{ ...some, kind: 'search' }],
    },
    { ...account, platform: 'meta', id: META.split(':')[1], name: 'Social', generate: [{ ...some, kind: 'social' }] },
  ]
  const raw = {
    extends: 'steady',
    name: 'drill',
    start: addDays(dateAt(clock.now(), zone), -1),
    days: 4,
    history: { days: 1 },
    shop: { currency: 'EUR', zone },
    accounts,
  }
  return readScenario(JSON.stringify(raw), 'drill.json')
}

const configText = (tables: string, google: string, meta: string): string => `
tables: { prefix: sluice-drill, endpoint: '${tables}' }
archive: { folder: archive }
secrets: { folder: secrets }
connections:
  - { account: 'google-ads:*', secret: google, endpoints: { api: '${google}', token: '${google}/token' } }
  - { account: 'meta:*', secret: meta, endpoints: { api: '${meta}' } }
`

const policyText = (clock: Clock, zone: TimeZone): string => `
portfolio: drill
owner: drill
mode: approve
baseCurrency: EUR
zone: ${zone}
goal: { kind: conversions }
flight: { from: ${dateAt(clock.now(), zone)}, to: ${addDays(dateAt(clock.now(), zone), 20)}, total: '1000000.00 EUR' }
dayCap: '10000000.00 EUR'
accounts:
  - { account: ${GOOGLE}, conversions: { action: purchase, clickWindowDays: 30, basis: click }, dayCap: '5000000.00 EUR' }
  - { account: ${META}, conversions: { action: purchase, clickWindowDays: 7, basis: mixed }, dayCap: '5000000.00 EUR' }
members: [{ name: '', class: prospecting }]
`
