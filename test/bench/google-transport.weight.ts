/** What loading a client, and reading a long report with it, takes: fresh processes, one after the other. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import { build } from 'esbuild'
import { esbuildSettings, ROOT } from '../../cdk/esbuild-settings.ts'
import type { RowsFigures } from './google-transport.rows.ts'
import { REPORT, reportServer } from './google-transport.servers.ts'
import { number, table } from './table.ts'

/** Odd, for a middle one. */
const ROUNDS = 3
const run = promisify(execFile)

interface Loaded {
  readonly ms: number
  readonly cpuMs: number
  readonly rssMb: number
}

const loadOnce = async (specifier: string): Promise<Loaded> => {
  const script = `
    const from = performance.now()
    await import(${JSON.stringify(specifier)})
    const ms = performance.now() - from
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 }))
    process.exit()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT })
  return JSON.parse(stdout) as Loaded
}

const rowsOnce = async (client: string, base: string): Promise<RowsFigures> => {
  const module = fileURLToPath(new URL('google-transport.rows.ts', import.meta.url))
  const { stdout } = await run(process.execPath, [module, client, base])
  const figures = JSON.parse(stdout) as RowsFigures
  if (figures.rows !== REPORT.rows) throw new Error(`${client}: ${figures.rows} rows, expected ${REPORT.rows}`)
  return figures
}

/** Middle and range, in the unit given. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  return `${number(sorted[sorted.length >> 1]!)} (${number(sorted[0]!)} to ${number(sorted.at(-1)!)})`
}

/** Rounds go over all in turn, so that whatever else the machine does meets them alike. */
async function rounds<T>(
  names: readonly string[],
  once: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T[]>> {
  const all = new Map<string, T[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) for (const name of names) all.get(name)!.push(await once(name))
  return all
}

/** Bundled as a Lambda is. The package looks for its own folder, which an ES module has to be told. */
async function bundle(entry: string, folder: string, name: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`)
  const place = 'const __filename=import.meta.filename,__dirname=import.meta.dirname;'
  await build({
    ...esbuildSettings,
    absWorkingDir: ROOT,
    stdin: { contents: `export * from ${JSON.stringify(entry)}`, resolveDir: ROOT },
    outfile,
    banner: { js: `${esbuildSettings.banner.js}${place}` },
    logLevel: 'error',
  })
  return outfile
}

export async function printLoading(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-google-'))
  try {
    const ours = await bundle('./lib/platforms/google-ads/platform.ts', folder, 'own')
    const theirs = await bundle('google-ads-api', folder, 'package')
    const what: Readonly<Record<string, string>> = {
      'Node alone': 'node:path',
      'google-ads-api, installed': 'google-ads-api',
      'google-ads-api, bundled': pathToFileURL(theirs).href,
      'own adapter, bundled': pathToFileURL(ours).href,
    }
    const loaded = await rounds(Object.keys(what), (name) => loadOnce(what[name]!))
    const size = async (file: string) => {
      const code = await readFile(file)
      return [code.length, deflateRawSync(code, { level: 9 }).length].map((bytes) => number(bytes / 1_000))
    }
    const sizes: Readonly<Record<string, readonly string[]>> = {
      'google-ads-api, bundled': await size(theirs),
      'own adapter, bundled': await size(ours),
    }
    const rows = [...loaded].map(([name, all]) => [
      name,
      ...(sizes[name] ?? ['', '']),
      spread(all.map(({ ms }) => ms)),
      spread(all.map(({ cpuMs }) => cpuMs)),
      spread(all.map(({ rssMb }) => rssMb)),
    ])
    console.log(`\nLoading, ${ROUNDS} fresh processes each, middle and range; CPU and memory with Node's own start\n`)
    console.log(table(['', 'minified kB', 'zipped kB', 'import ms', 'CPU ms', 'MB resident'], rows))
  } finally {
    await rm(folder, { recursive: true })
  }
}

export async function printRows(): Promise<void> {
  const server = await reportServer()
  try {
    const read = await rounds(['package', 'disable_parsing', 'own'], (client) => rowsOnce(client, server.base))
    const rows = [...read].map(([client, all]) => [
      client,
      spread(all.map(({ cpuMs }) => cpuMs)),
      spread(all.map(({ rssMb }) => rssMb)),
    ])
    console.log(`\nReading ${number(REPORT.rows)} rows, ${ROUNDS} fresh processes each, loading not counted`)
    console.log('own: to the model’s own types, every field checked\n')
    console.log(table(['', 'CPU ms', 'MB resident'], rows))
  } finally {
    await server.close()
  }
}
