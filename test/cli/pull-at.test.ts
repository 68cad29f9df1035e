import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { startTwins } from '../../cli/demo/twins.ts'
import { main } from '../../cli/main.ts'
import { DAY_MS, isoInstant, later } from '../../lib/units/calendar.ts'
import { startEmbeddedDynamoDb } from '../../playground/dynamodb/engine.ts'
import { noFaults } from '../../playground/faults.ts'
import { NOON, StubWorld } from '../playground/stub-world.ts'

const ACCOUNTS = ['7001', '7002']
const POLICY = `
portfolio: pretend
owner: growth
mode: observe
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-11-01, to: 2026-12-31, total: '100000.00 EUR' }
accounts:
${ACCOUNTS.map((id) => `  - { account: 'tiktok:${id}', conversions: { action: purchase, clickWindowDays: 7, viewWindowDays: 1, basis: impression } }`).join('\n')}
members:
${ACCOUNTS.map((id) => `  - { account: 'tiktok:${id}', id: '${id}1', class: prospecting }`).join('\n')}
`

test('pretend platforms are read at another time, however many requests a second they allow', async () => {
  const world = new StubWorld(
    ACCOUNTS.map((id) => ({
      ...{ platform: 'tiktok', id, campaigns: [{ id: `${id}1`, budget: 50_000_000n }] },
    })),
  )
  const twins = await startTwins(world, noFaults)
  const engine = await startEmbeddedDynamoDb({ clock: () => NOON })
  const folder = mkdtempSync(join(tmpdir(), 'sluice-at-'))
  // The machine's clock goes on by a quarter of a second with every look, and is a month ahead.
  let looks = 0
  const machine = () => {
    looks += 1
    return later(NOON, 30 * DAY_MS + 250 * looks)
  }
  const sluice = async (...args: readonly string[]) => {
    const out: string[] = []
    const code = await main(args, {
      cwd: folder,
      env: { NO_COLOR: '1' },
      stdin: Object.assign(Readable.from(['']), { isTTY: false }),
      stdout: { isTTY: false, write: (text) => out.push(text) },
      stderr: { isTTY: false, write: (text) => out.push(text) },
      clock: { now: machine },
    })
    return `${code}\n${out.join('')}`
  }
  try {
    mkdirSync(join(folder, 'secrets'))
    const [{ secret, ...connection }] = twins.connections as [(typeof twins.connections)[number]]
    writeFileSync(join(folder, 'secrets', 'tiktok.json'), await twins.secrets.read(secret))
    const tables = { prefix: 'sluice-test', endpoint: engine.endpoint }
    const rest = { archive: { folder: 'archive' }, secrets: { folder: 'secrets' } }
    const connections = [{ ...connection, secret: 'tiktok' }]
    writeFileSync(join(folder, 'sluice.yaml'), JSON.stringify({ tables, ...rest, connections }))
    writeFileSync(join(folder, 'policy.yaml'), POLICY)
    expect(await sluice('policy', 'put', 'policy.yaml')).toMatch(/^0\n/)
    const told = await sluice('pull', '--at', isoInstant(NOON))
    expect(told).toMatch(/^0\n/)
    expect(told.match(/ran {8}campaigns 1/g)).toHaveLength(2)
  } finally {
    await twins.close()
    await engine.close()
    rmSync(folder, { recursive: true })
  }
})
