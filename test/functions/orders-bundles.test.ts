import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entryOf, esbuildSettings, ROOT } from '../../cdk/esbuild-settings.ts'
import { ARCHIVE_BUCKET, ORDERS_SECRET, TABLE_PREFIX } from '../../functions/composition/environment.ts'
import { ORDERS_LAMBDAS } from '../../functions/composition/lambdas.ts'

const names = Object.keys(ORDERS_LAMBDAS)
const folder = mkdtempSync(join(tmpdir(), 'sluice-orders-'))
const files = new Map<string, readonly string[]>()

beforeAll(async () => {
  for (const name of names) {
    const { metafile } = await build({
      ...esbuildSettings,
      absWorkingDir: ROOT,
      entryPoints: [entryOf(name)],
      outfile: join(folder, `${name}.mjs`),
      metafile: true,
      logLevel: 'error',
    })
    files.set(name, Object.keys(metafile.inputs))
  }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(names)('the bundle of %s', (name) => {
  test('holds no way to a platform, and nothing that moves money', () => {
    const held = files.get(name) ?? []
    expect(held.filter((file) => /^lib\/(platforms|decide)\/|lib\/store\/money-|client-sqs/.test(file))).toEqual([])
    expect(held).toContain('lib/store/order-book.ts')
  })
  test('holds nothing of the playground, the tests or the command line', () => {
    expect((files.get(name) ?? []).filter((file) => /^(playground|test|cli|cdk)\//.test(file))).toEqual([])
  })
  test('loads with what the deployment tells it', async () => {
    const told = {
      AWS_REGION: 'eu-west-1',
      [TABLE_PREFIX]: 'sluice-test',
      [ARCHIVE_BUCKET]: 'sluice-test-archive',
      [ORDERS_SECRET]: 'sluice/orders',
    }
    const before = { ...process.env }
    Object.assign(process.env, told)
    try {
      const { handler } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href)
      expect(handler).toBeTypeOf('function')
    } finally {
      process.env = before
    }
  })
})
