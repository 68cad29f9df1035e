import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { main } from '../../cli/main.ts'
import { accountDate, addDays, type Instant, instant } from '../../lib/units/calendar.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import type { Ended } from './shop.ts'

export const NOW = instant('2026-11-21T08:00:00Z')
export const ACCOUNT = 'google-ads:1234567890'
/** The account, whose only primary conversion action is the policy's. */
export const OF_ACCOUNT = ['--account', ACCOUNT, '--column', 'conversions=Conversions'] as const

/** Tables and a folder on this machine, and no platform at all. */
export interface ImportDesk {
  readonly folder: string
  /** What sluice.yaml holds: no connection. */
  readonly config: string
  readonly engine: Awaited<ReturnType<typeof startEmbeddedDynamoDb>>
  sluice(...args: readonly string[]): Promise<Ended>
  /** A file that was saved at an instant. */
  write(name: string, content: string | Uint8Array, at?: Instant): void
  close(): Promise<void>
}

export async function openImportDesk(clock: { now: Instant } = { now: NOW }): Promise<ImportDesk> {
  const engine = await startEmbeddedDynamoDb({ clock: () => clock.now })
  const folder = mkdtempSync(join(tmpdir(), 'sluice-import-'))
  const write: ImportDesk['write'] = (name, content, at = clock.now) => {
    writeFileSync(join(folder, name), content)
    utimesSync(join(folder, name), at / 1000, at / 1000)
  }
  write('sluice.yaml', configText(engine.endpoint))
  return {
    folder,
    config: configText(engine.endpoint),
    engine,
    write,
    async sluice(...args) {
      const out: string[] = []
      const err: string[] = []
      const code = await main(args, {
        cwd: folder,
        env: { NO_COLOR: '1' },
        stdin: Object.assign(Readable.from(['']), { isTTY: false }),
        stdout: { isTTY: false, write: (text) => out.push(text) },
        stderr: { isTTY: false, write: (text) => err.push(text) },
        clock: { now: () => clock.now },
      })
      return { code, out: out.join(''), err: err.join('') }
    },
    async close() {
      await engine.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const configText = (endpoint: string): string => `
tables: { prefix: sluice-import, region: eu-central-1, endpoint: ${endpoint} }
archive: { folder: archive }
secrets: { folder: secrets }
connections: []
`

export const policyText = ({ mode = 'shadow', account = ACCOUNT, extra = '' } = {}): string => `
portfolio: eu
owner: growth
mode: ${mode}
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-11-01, to: 2026-12-20, total: 60000.00 EUR }
dayCap: 4000.00 EUR
accounts:
  - account: ${account}
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 4000.00 EUR
members:
  - { name: "", class: prospecting }
${extra}`

/** Four campaigns of which two convert three times as well, forty days to yesterday, as Google's English screen has them. */
export function googleDownload({ days = 40, through = '2026-11-20' } = {}): string {
  const campaigns = [1, 2, 3, 4].map((n) => ({ id: `20${n}`, name: `Shoes, "no. ${n}"`, rate: n % 2 === 0 ? 30 : 10 }))
  const lines = campaigns.flatMap(({ id, name, rate }, index) =>
    Array.from({ length: days }, (_, back) => {
      const date = addDays(accountDate(through), back - days + 1)
      // Spend moves from day to day, so that there is something to learn from.
      const spend = 240 + ((back * 7 + index * 13) % 11) * 6
      const conversions = (spend * rate) / 1000
      const quoted = `"${name.replaceAll('"', '""')}"`
      return `Enabled,${quoted},${id},${date},EUR,300.00,Daily,Search,${spend}.50,"1,200",96,${conversions.toFixed(2)},${(conversions * 80).toFixed(2)},8.00%`
    }),
  )
  const header =
    'Campaign state,Campaign,Campaign ID,Day,Currency code,Budget,Budget type,Campaign type,Cost,Impr.,Clicks,Conversions,Conv. value,CTR'
  const cells = lines.map((line) => Number(/Search,([\d.]+),/.exec(line)?.[1]))
  const total = cells.reduce((a, b) => a + b, 0)
  return `Campaign report\n"October 12, 2026 - November 20, 2026"\n${header}\n${lines.join('\n')}\nTotal: Campaigns, --, --, --,EUR, --, --, --,"${total.toLocaleString('en-US', { minimumFractionDigits: 2 })}", --, --, --, --, --\n`
}

/** What a platform's screen calls what is needed: id, name, status, budget, its period, day, currency, spend … */
export interface Screen {
  readonly account: string
  readonly headings: readonly string[]
  readonly active: string
  readonly idOf: (n: number) => string
}

/** The same four campaigns as another platform's screen shows them, by the columns that its headings name in this order. */
export function downloadOf({ headings, active, idOf }: Screen, days = 40): string {
  const lines = [1, 2, 3, 4].flatMap((n) =>
    Array.from({ length: days }, (_, back) => {
      const date = addDays(accountDate('2026-11-20'), back - days + 1)
      const spend = 240 + ((back * 7 + n * 13) % 11) * 6
      const conversions = Math.round((spend * (n % 2 === 0 ? 30 : 10)) / 1000)
      return [
        idOf(n),
        `Shoes ${n}`,
        active,
        '300.00',
        'Daily',
        date,
        'EUR',
        `${spend}.50`,
        12000 + back,
        96,
        conversions,
        conversions * 80,
      ]
    }),
  )
  return [headings, ...lines].map((cells) => cells.join(',')).join('\n')
}
