import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../cli/config/config.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import { type Ended, MORNING, openShop, readyAt, type Shop } from './shop.ts'

const SHIM = join(import.meta.dirname, '../../cli/sluice.mjs')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-outside-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The shim as a process of its own, with no terminal. */
function spawned(args: readonly string[], cwd = folder, node: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...node, SHIM, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: string[] = []
  const err: string[] = []
  child.stdout.on('data', (text) => out.push(String(text)))
  child.stderr.on('data', (text) => err.push(String(text)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, out: out.join(''), err: err.join('') }))
  })
}

describe('the program', () => {
  test('runs from any folder and tells its version', async () => {
    expect(await spawned(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' })
  })

  test('started on an older Node goes on with the pinned one', async () => {
    const pretence = join(folder, 'older.mjs')
    writeFileSync(
      pretence,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })\n",
    )
    expect(await spawned(['--version'], folder, ['--import', pretence])).toEqual({ code: 0, out: '0.1.0\n', err: '' })
  })

  test('suggests the command that was meant', async () => {
    const { code, out, err } = await spawned(['stauts'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain("unknown command 'stauts'")
    expect(err).toContain('(Did you mean status?)')
  })

  test('shows examples first in its help', async () => {
    const { code, out } = await spawned(['plan', '-h'])
    expect(code).toBe(0)
    expect(out).toMatch(/^Examples:\n {2}sluice plan\n/)
  })

  test('says where the configuration was looked for', async () => {
    const { code, err } = await spawned(['status'])
    expect(code).toBe(1)
    expect(err).toContain(`there is no configuration ${join(folder, 'sluice.yaml')}: write one with "sluice init"`)
  })
})

describe('against servers on this machine', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
    await readyAt(shop, MORNING)
  })
  afterAll(() => shop.close())
  const at = ['--at', isoInstant(MORNING)]

  test('data go to stdout, messages to stderr, no colours, and the exit code says that there are changes', async () => {
    const { code, out, err } = await spawned(['plan', '--out', 'plan.json', ...at], shop.folder)
    expect(code).toBe(2)
    expect(out).toMatch(/^Plan: \d+ change, \d+ hold/m)
    expect(err).toBe('Next: sluice apply plan.json\n')
    expect(`${out}${err}`).not.toContain('\u001b')
  })

  test('without a terminal nothing is asked, and with --json an error is data too', async () => {
    const { code, out, err } = await spawned(['apply', 'plan.json', '--json', ...at], shop.folder)
    expect(code).toBe(1)
    expect(err).toContain('sluice apply: nobody can be asked here')
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      command: 'apply',
      exitCode: 1,
      error: { message: expect.stringContaining('--auto-approve') },
    })
    expect(shop.requests().mutating).toBe(0)
  })

  test('the plan is applied', async () => {
    const { code, out } = await spawned(['apply', 'plan.json', '--auto-approve', '--quiet', ...at], shop.folder)
    expect(code).toBe(0)
    expect(out).toMatch(/^Result: \d+ verified$/m)
  })

  test('a tables endpoint that does not answer is named with the remedy', async () => {
    const config = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
    shop.write('dead.yaml', config.replace(/endpoint: '[^']*'/, "endpoint: 'http://127.0.0.1:9'"))
    const { code, err } = await spawned(['status', '--config', 'dead.yaml'], shop.folder)
    expect(code).toBe(1)
    expect(err).toContain(
      'nothing answers at tables.endpoint http://127.0.0.1:9: start it with "sluice engine --port 9"',
    )
  })

  test('freeze works with the rest of the configuration in ruins', async () => {
    const config = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
    shop.write('ruin.yaml', `${config.split('\n')[1]}\nconnections: none\n`)
    expect((await shop.sluice('status', '--config', 'ruin.yaml')).code).toBe(1)
    const { code, out } = await shop.sluice('freeze', '--config', 'ruin.yaml')
    expect(code).toBe(0)
    expect(out).toContain('Frozen: everything')
  })

  test('unfreeze wants the scope a second time', async () => {
    const alone = await shop.sluice('unfreeze')
    expect(alone.code).toBe(1)
    expect(alone.err).toContain('repeat the scope with --confirm everything')
    expect((await shop.typing('yes\n', 'unfreeze')).err).toContain('not unfrozen: "yes" is not everything')
    expect((await shop.typing('everything\n', 'unfreeze')).out).toContain('Unfrozen: everything')
    const again = await shop.sluice('unfreeze')
    expect(again.code).toBe(0)
    expect(again.err).toContain('everything is not frozen; nothing is')
  })
})

describe('init', () => {
  test('writes a configuration and a policy that pass their own checks, and never writes over them', async () => {
    const made = await spawned(['init', '--folder', 'fresh'])
    expect(made.code).toBe(0)
    const fresh = join(folder, 'fresh')
    expect((await loadConfig(join(fresh, 'sluice.yaml'))).connections).toHaveLength(2)
    expect((await spawned(['policy', 'check', 'policy.yaml'], fresh)).code).toBe(0)

    rmSync(join(fresh, 'sluice.yaml'))
    writeFileSync(join(fresh, 'policy.yaml'), 'mine')
    const again = await spawned(['init'], fresh)
    expect(again.code).toBe(1)
    expect(again.err).toContain('policy.yaml is there already and stays as it is')
    expect(readFileSync(join(fresh, 'policy.yaml'), 'utf8')).toBe('mine')
    expect(existsSync(join(fresh, 'sluice.yaml'))).toBe(false)
  })
})

describe('engine', () => {
  test('serves until it is interrupted, and keeps what was stored', async () => {
    const stored = async (commands: (endpoint: string) => Promise<void>): Promise<number | null> => {
      const child = spawn(process.execPath, [SHIM, 'engine', '--port', '0', '--folder', 'engine', '--json'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const line = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text))))
      await commands(JSON.parse(line).endpoint)
      child.kill('SIGTERM')
      return new Promise((resolve) => child.on('close', resolve))
    }
    const config = (endpoint: string): void =>
      writeFileSync(join(folder, 'tables.yaml'), `tables: { prefix: sluice-kept, endpoint: '${endpoint}' }\n`)
    const first = await stored(async (endpoint) => {
      config(endpoint)
      const { code, err } = await spawned(['freeze', 'meta', '--config', 'tables.yaml'])
      expect(code).toBe(0)
      expect(err).toContain(`created the tables sluice-kept-* at ${endpoint}`)
    })
    expect(first).toBe(0)
    await stored(async (endpoint) => {
      config(endpoint)
      const { err } = await spawned(['unfreeze', 'meta', '--config', 'tables.yaml'])
      expect(err).toContain('platform/meta was frozen at')
    })
  })
})
