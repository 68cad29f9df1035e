import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bundlingOf } from '../../cdk/bundling.ts'
import { readConfig } from '../../cdk/config.ts'
import { lambdaAdapters } from '../../functions/composition/adapters.ts'
import { capabilitiesOf } from '../../functions/composition/capabilities.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { platformId } from '../../lib/model/account.ts'
import { templateOf, text } from './template.ts'

const FILE = './test/fixtures/adapter-package/index.mjs'
const REDDIT = { account: 'reddit:*', readSecret: 'sluice/reddit/read', writeSecret: 'sluice/reddit/write' }
const CARRYING = ['pull', 'plan', 'act', 'verify', 'guard']
const folder = mkdtempSync(join(tmpdir(), 'sluice-adapters-'))
afterAll(() => rmSync(folder, { recursive: true }))

const config = (adapters: object, connections: readonly object[] = [REDDIT]) =>
  readConfig({ stage: 'dev', connections, adapters })

describe('an adapter package in the configuration', () => {
  test('makes connections of its platform possible', () => {
    expect(config({ reddit: FILE }).adapters).toEqual({ reddit: FILE })
    expect(() => config({})).toThrow(
      'connections.0.account: the platform must be one of google-ads, meta, tiktok, snapchat, pinterest, or named under adapters',
    )
  })
  test('cannot replace one of Sluice’s own', () => {
    expect(() => config({ reddit: FILE, meta: FILE })).toThrow('adapters.meta: Sluice has an adapter of its own for it')
  })
})

describe('a deployment with an adapter package', () => {
  const template = templateOf('dev', [REDDIT], undefined, { adapters: { reddit: FILE } })
  const environmentOf = (name: string): Readonly<Record<string, unknown>> => {
    const found = template.findResources('AWS::Lambda::Function', {
      Properties: { FunctionName: `sluice-dev-${name}` },
    })
    return Object.values(found)[0]!.Properties.Environment.Variables
  }
  test.each(Object.keys(LAMBDAS))('tells %s of it exactly if it talks to its platform, or plans for it', (name) => {
    const told = environmentOf(name).SLUICE_ADAPTERS
    expect(told === undefined ? undefined : text(told)).toBe(
      CARRYING.includes(name) ? '{"reddit":"adapters/reddit.mjs"}' : undefined,
    )
  })
  test('lets the shared functions read its secrets', () => {
    expect(environmentOf('pull').SLUICE_CONNECTIONS).toBe('[{"account":"reddit:*","secret":"sluice/reddit/read"}]')
    expect(environmentOf('act').SLUICE_CONNECTIONS).toBe('[{"account":"reddit:*","secret":"sluice/reddit/write"}]')
  })
  test.each(Object.keys(LAMBDAS) as LambdaName[])('bundles it beside %s exactly if that carries it', (name) => {
    expect(bundlingOf(name, { reddit: FILE }).commandHooks !== undefined).toBe(CARRYING.includes(name))
    expect(bundlingOf(name).commandHooks).toBeUndefined()
  })
  test('puts a file beside the code that the function loads when it starts', async () => {
    const [command = ''] = bundlingOf('plan', { reddit: FILE }).commandHooks!.afterBundling('', folder)
    execFileSync('bash', ['-c', command])
    expect(readFileSync(join(folder, 'adapters/reddit.mjs'), 'utf8').length).toBeGreaterThan(1_000)
    const variables = { SLUICE_ADAPTERS: '{"reddit":"adapters/reddit.mjs"}', LAMBDA_TASK_ROOT: folder }
    const { capabilities } = capabilitiesOf(await lambdaAdapters(variables))(platformId('reddit'))
    expect(capabilities.overDeliveryFactor).toBe(1.2)
  })
  test('loads nothing from elsewhere', async () => {
    await expect(async () => lambdaAdapters({ SLUICE_ADAPTERS: '{"reddit":"/tmp/evil.mjs"}' })).rejects.toThrow(
      'environment variable SLUICE_ADAPTERS is wrong',
    )
  })
})
