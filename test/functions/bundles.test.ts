import { build, type Metafile } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { entryOf, esbuildSettings, ROOT } from '../../cdk/esbuild-settings.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'

const names = Object.keys(LAMBDAS) as LambdaName[]
const forGoogle = (name: LambdaName): boolean => name.endsWith('-google-ads')
/** Files in each bundle, relative to the repository. */
let files: Readonly<Record<string, readonly string[]>>

beforeAll(async () => {
  const { metafile } = await build({
    ...esbuildSettings,
    absWorkingDir: ROOT,
    entryPoints: names.map(entryOf),
    outdir: 'never-written',
    write: false,
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
  test.each(names.filter(forGoogle))('%s holds the Google Ads adapter and not that of Meta', (name) => {
    expect(within(name, /lib\/platforms\/google-ads\/platform\.ts/)).toHaveLength(1)
    expect(within(name, /lib\/platforms\/meta/)).toEqual([])
  })
  test('plan knows what platforms honour and holds nothing that talks to them', () => {
    expect(within('plan', /lib\/platforms\/.*\/capabilities\.ts/)).toHaveLength(2)
    expect(within('plan', /lib\/platforms\/.*\/(http|rest|token|platform|graph|exchange|credentials)\.ts/)).toEqual([])
    expect(within('plan', /client-secrets-manager/)).toEqual([])
  })
  test.each(names)('%s holds nothing of the playground, the tests or the command line', (name) => {
    expect(within(name, /^(playground|test|cli|cdk)\//)).toEqual([])
  })
})
