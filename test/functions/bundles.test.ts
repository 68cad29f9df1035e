import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build, type Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entryOf, esbuildSettings, ROOT } from '../../cdk/esbuild-settings.ts'
import { ARCHIVE_BUCKET, CONNECTIONS, QUEUE_URLS, TABLE_PREFIX } from '../../functions/composition/environment.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { QUEUES, SERVED_PLATFORMS } from '../../functions/composition/routes.ts'

const names = Object.keys(LAMBDAS) as LambdaName[]
const forGoogle = (name: LambdaName): boolean => name.endsWith('-google-ads')
const folder = mkdtempSync(join(tmpdir(), 'sluice-bundles-'))
afterAll(() => rmSync(folder, { recursive: true }))
/** Files in each bundle, relative to the repository. */
let files: Readonly<Record<string, readonly string[]>>

beforeAll(async () => {
  const { metafile } = await build({
    ...esbuildSettings,
    absWorkingDir: ROOT,
    entryPoints: names.map(entryOf),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    logLevel: 'error',
  })
  const bundles = Object.values<Metafile['outputs'][string]>(metafile.outputs)
  files = Object.fromEntries(bundles.map(({ entryPoint = '', inputs }) => [entryPoint, Object.keys(inputs)]))
}, 60_000)

const filesOf = (name: LambdaName): readonly string[] => files[`functions/${name}.ts`]!
const within = (name: LambdaName, pattern: RegExp): readonly string[] =>
  filesOf(name).filter((file) => pattern.test(file))

describe('the bundle of', () => {
  test.each(names.filter((name) => !forGoogle(name)))("%s holds nothing of Google's client library", (name) => {
    expect(within(name, /node_modules\/(google-|@grpc|@google)/)).toEqual([])
  })
  test.each(names.filter((name) => name !== 'plan' && !forGoogle(name)))(
    '%s holds nothing of the Google Ads adapter',
    (name) => {
      expect(within(name, /lib\/platforms\/google-ads/)).toEqual([])
    },
  )
  test.each(names.filter(forGoogle))('%s holds the Google Ads adapter and no other', (name) => {
    expect(within(name, /lib\/platforms\/google-ads\/platform\.ts/)).toHaveLength(1)
    expect(within(name, /lib\/platforms\/(?!google-ads)/)).toEqual([])
  })
  test('plan knows what platforms honour and holds nothing that talks to them', () => {
    expect(within('plan', /lib\/platforms\/.*\/capabilities\.ts/)).toHaveLength(SERVED_PLATFORMS.length)
    expect(within('plan', /lib\/platforms\/.*\/(http|rest|token|platform|graph|exchange|credentials)\.ts/)).toEqual([])
    expect(within('plan', /client-secrets-manager/)).toEqual([])
  })
  test('score holds nothing of any adapter and no way to a secret', () => {
    expect(within('score', /lib\/platforms\//)).toEqual([])
    expect(within('score', /client-secrets-manager|client-s3/)).toEqual([])
  })
  test.each(names)('%s holds nothing of the playground, the tests or the command line', (name) => {
    expect(within(name, /^(playground|test|cli|cdk)\//)).toEqual([])
  })
})

describe('a bundle, loaded by itself', () => {
  const environment = {
    AWS_REGION: 'eu-west-1',
    [TABLE_PREFIX]: 'sluice-test',
    [ARCHIVE_BUCKET]: 'sluice-test-archive',
    [QUEUE_URLS]: '{}',
    [CONNECTIONS]: '[{"account":"meta:*","secret":"s"},{"account":"google-ads:*","secret":"s"}]',
  }
  /** What a process prints that imports the bundle of a function and runs `script` on its handler. */
  async function output(name: LambdaName, script: string, env: Record<string, string> = environment): Promise<string> {
    const url = JSON.stringify(pathToFileURL(join(folder, `${name}.mjs`)).href)
    // An uncaught error comes with its line of minified code, which a busy pipe cuts before the message.
    const code = `const { handler } = await import(${url}).catch(({ message }) => {
      console.log(message)
      process.exit()
    }); ${script}; process.exit()`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env })
    return stdout
  }

  test.each(QUEUES)('%s takes a record and refuses what is no message of its own', async (name) => {
    const record = { messageId: 'm-1', body: '{"stage":"learn"}', attributes: { ApproximateReceiveCount: '1' } }
    const call = `console.log(JSON.stringify(await handler(${JSON.stringify({ Records: [record] })}, { awsRequestId: 'r' })))`
    const [line = '', answer] = (await output(name, call)).trim().split('\n')
    expect(JSON.parse(line)).toMatchObject({ level: 'error', event: 'refused', queue: name, errorName: 'BadMessage' })
    expect(answer).toBe('{"batchItemFailures":[{"itemIdentifier":"m-1"}]}')
  })
  test('dispatch has a handler', async () => {
    expect(await output('dispatch', 'console.log(typeof handler)')).toBe('function\n')
  })
  test('does not start without its environment, and says what is missing', async () => {
    expect(await output('pull', '', { AWS_REGION: 'eu-west-1' })).toContain('SLUICE_CONNECTIONS is missing')
  })
})
