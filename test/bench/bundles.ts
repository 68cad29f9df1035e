/**
 * Size and cold import time of every Lambda bundle, made with the very settings that CDK deploys with, side by side in
 * one run. Zipped is what Lambda stores: the code deflated at level 9 (a zip's own headers are some 150 bytes more).
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { deflateRawSync } from 'node:zlib'
import { build } from 'esbuild'
import { entryOf, esbuildSettings, ROOT } from '../../cdk/esbuild-settings.ts'
import { ARCHIVE_BUCKET, CONNECTIONS, QUEUE_URLS, TABLE_PREFIX } from '../../functions/composition/environment.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { QUEUES } from '../../functions/composition/routes.ts'

/** Of a bundle that does not talk to Google. */
const ZIPPED_BYTES_MAX = 1_000_000
const IMPORT_MS_TARGET = 300
const ROUNDS = 7

export interface BundleFigures {
  readonly name: LambdaName
  readonly minifiedBytes: number
  readonly zippedBytes: number
  /** Wall time of `import`, median of fresh processes. */
  readonly importMs: number
  /** Processor time of the whole process up to the end of the import, Node's own start included; median. */
  readonly cpuMs: number
  readonly rssMb: number
}

const names = Object.keys(LAMBDAS) as LambdaName[]
const forGoogle = (name: LambdaName): boolean => name.endsWith('-google-ads')

/** Prints the figures. @throws Error when a bundle that does not talk to Google is larger than a megabyte zipped */
export async function run(): Promise<void> {
  const figures = await measureBundles()
  console.log(`Lambda bundles, ${ROUNDS} fresh processes each, Node ${process.version} on ${process.arch}\n`)
  console.log(row(['function', 'minified kB', 'zipped kB', 'import ms', 'CPU ms', 'memory MB']))
  for (const one of figures) console.log(row(cellsOf(one)))
  const others = figures.filter(({ name }) => !forGoogle(name))
  const slowest = Math.max(...others.map(({ importMs }) => importMs))
  const verdict = slowest <= IMPORT_MS_TARGET ? 'met' : 'missed'
  console.log(`\nWithout Google: slowest import ${slowest.toFixed(0)} ms, target ${IMPORT_MS_TARGET} ms ${verdict}`)
  const large = others.find(({ zippedBytes }) => zippedBytes > ZIPPED_BYTES_MAX)
  if (large) throw new Error(`bundle ${large.name} is ${large.zippedBytes} bytes zipped, more than ${ZIPPED_BYTES_MAX}`)
  console.log(`Without Google: every bundle is within ${ZIPPED_BYTES_MAX / 1_000} kB zipped`)
}

/** Rounds go over all bundles in turn, so that whatever else the machine does meets them alike. */
export async function measureBundles(): Promise<readonly BundleFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bundles-'))
  try {
    await build({
      ...esbuildSettings,
      absWorkingDir: ROOT,
      entryPoints: names.map(entryOf),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      logLevel: 'error',
    })
    const rounds = new Map<LambdaName, ImportFigures[]>(names.map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of names) rounds.get(name)!.push(await importOnce(join(folder, `${name}.mjs`)))
    return await Promise.all(names.map((name) => figuresOf(name, folder, rounds.get(name)!)))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function figuresOf(name: LambdaName, folder: string, imports: readonly ImportFigures[]): Promise<BundleFigures> {
  const code = await readFile(join(folder, `${name}.mjs`))
  return {
    name,
    minifiedBytes: code.length,
    zippedBytes: deflateRawSync(code, { level: 9 }).length,
    importMs: median(imports.map(({ ms }) => ms)),
    cpuMs: median(imports.map(({ cpu }) => cpu)),
    rssMb: median(imports.map(({ rss }) => rss)) / 2 ** 20,
  }
}

interface ImportFigures {
  readonly ms: number
  readonly cpu: number
  readonly rss: number
}

/** What the CDK app would tell the function; the handlers read it when they are imported. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  [TABLE_PREFIX]: 'sluice-bench',
  [ARCHIVE_BUCKET]: 'sluice-bench-archive',
  [QUEUE_URLS]: JSON.stringify(Object.fromEntries(QUEUES.map((name) => [name, `https://sqs.test/${name}.fifo`]))),
  [CONNECTIONS]: JSON.stringify(['google-ads:*', 'meta:*'].map((account) => ({ account, secret: 'sluice/bench' }))),
}

async function importOnce(file: string): Promise<ImportFigures> {
  const script = `
    const from = performance.now()
    const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)})
    const ms = performance.now() - from
    if (typeof handler !== 'function') throw new Error('no handler')
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, rss: process.memoryUsage.rss() }))
    process.exit()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: ENVIRONMENT,
  })
  return JSON.parse(stdout) as ImportFigures
}

/** The middle one; ROUNDS is odd. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const cellsOf = ({ name, minifiedBytes, zippedBytes, importMs, cpuMs, rssMb }: BundleFigures): readonly string[] => [
  name,
  (minifiedBytes / 1_000).toFixed(0),
  (zippedBytes / 1_000).toFixed(0),
  importMs.toFixed(0),
  cpuMs.toFixed(0),
  rssMb.toFixed(0),
]

const row = ([first = '', ...rest]: readonly string[]): string =>
  first.padEnd(20) + rest.map((cell) => cell.padStart(13)).join('')
