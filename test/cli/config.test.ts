import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clockAt } from '../../cli/config/clock.ts'
import { type Config, loadConfig, loadTables } from '../../cli/config/config.ts'
import { type Instant, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { configText } from './shop.ts'

const GOOD = configText({
  engine: 'http://127.0.0.1:8000',
  google: 'http://127.0.0.1:8001',
  meta: 'http://127.0.0.1:8002',
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function load(text: string): Promise<Config> {
  const file = join(folder, 'sluice.yaml')
  writeFileSync(file, text)
  return loadConfig(file)
}

describe('the configuration file', () => {
  test('has its paths beside itself, wherever the command runs', async () => {
    const config = await load(GOOD)
    expect(config.archive).toEqual({ folder: join(folder, 'archive') })
    expect(config.secrets).toEqual({ folder: join(folder, 'secrets') })
    expect(config.rates).toEqual({ file: join(folder, 'rates.csv') })
  })

  test('tells every problem at once, each with field, value and remedy', async () => {
    const wrong = `
tables: { prefix: Sluice, regoin: eu-central-1, endpoint: 8000 }
archive: { folder: a, bucket: some-bucket }
secrets: {}
connections:
  - { account: 'google-ads:123-456-7890', secret: google }
  - { account: 'meta:*', secret: meta }
  - { account: 'meta:*', secret: other }
`
    await expect(load(wrong)).rejects.toThrow('sluice.yaml cannot be used:')
    const { message } = await load(wrong).then(
      () => new Error('it was taken'),
      (error: Error) => error,
    )
    expect(message).toMatch(/- tables\.prefix: must be 2 to 41 lower-case letters.*\(found "Sluice"\)/)
    expect(message).toContain('- tables.regoin: unknown field, correct its spelling or remove it')
    expect(message).toContain('- tables.endpoint: must be text (found 8000)')
    expect(message).toContain('- archive: must have either folder or bucket')
    expect(message).toContain('- secrets: must have either folder, or manager: aws')
    expect(message).toMatch(/- connections\.0\.account: write it as platform:id.*\(found "google-ads:123-456-7890"\)/)
    expect(message).toContain('- connections.2.account: "meta:*" is there twice: keep one')
  })

  test('tells what is missing', async () => {
    await expect(load('tables: { prefix: sluice-dev }\n')).rejects.toThrow(
      /- archive: is missing, add it.*- connections: is missing/s,
    )
    await expect(load('')).rejects.toThrow('the file: is missing, add it as fields of its own')
    await expect(load('tables: [')).rejects.toThrow('not YAML')
  })

  test('does not repeat what looks like a credential', async () => {
    const leaked = GOOD.replace('secret: meta', "secret: 'EAAB0123456789'")
    const problem = load(leaked)
    await expect(problem).rejects.toThrow(
      'connections.1.secret: this looks like a credential: store it, and name it here',
    )
    await expect(problem).rejects.not.toThrow('EAAB0123456789')
  })

  test('gives the tables away with the rest in any state', async () => {
    const file = join(folder, 'half.yaml')
    writeFileSync(file, 'tables: { prefix: sluice-dev }\nconnections: 7\n')
    expect(await loadTables(file)).toEqual({ prefix: 'sluice-dev' })
  })
})

describe('the clock of a command', () => {
  const machine = { present: instant('2026-11-21T06:00:00Z'), now: () => machine.present }

  test('stands at the instant that was asked for where everything is pretended', async () => {
    const clock = clockAt('2026-10-05T02:00:00Z', await load(GOOD), machine)
    machine.present = (machine.present + MINUTE_MS) as Instant
    expect(clock.now()).toBe(instant('2026-10-05T02:00:00Z'))
  })

  test('passes beside real platforms, and is at most five minutes off there', async () => {
    const real = await load(GOOD.replace(/, endpoints: \{ api: [^}]*\}/g, ''))
    machine.present = instant('2026-11-21T06:00:00Z')
    const clock = clockAt('2026-11-21T06:05:00Z', real, machine)
    machine.present = instant('2026-11-21T06:01:00Z')
    expect(clock.now()).toBe(instant('2026-11-21T06:06:00Z'))
    expect(() => clockAt('2026-11-21T06:06:01Z', real, machine)).toThrow(
      '--at 2026-11-21T06:06:01Z is refused: connection google-ads:* leads to the platform itself',
    )
  })
})
