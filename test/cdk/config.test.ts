import { describe, expect, test } from 'vitest'
import { readConfig } from '../../cdk/config.ts'

const meta = { account: 'meta:*', readSecret: 'sluice/meta/read', writeSecret: 'sluice/meta/write' }
const context = { stage: 'dev', connections: [meta] }

describe('the deployment configuration', () => {
  test('is taken as it stands in cdk.json', () => {
    expect(readConfig(context)).toEqual(context)
  })
  test('takes its stage from the command line where one is given', () => {
    expect(readConfig(context, 'prod').stage).toBe('prod')
  })
  test('takes the address for alarms from the command line where one is given', () => {
    expect(readConfig({ ...context, alarmEmail: 'a@example.com' }, undefined, 'b@example.com').alarmEmail).toBe(
      'b@example.com',
    )
  })

  test.each<[string, unknown, string]>([
    ['missing', undefined, 'sluice: '],
    ['without connections', { stage: 'dev', connections: [] }, 'sluice.connections: name at least one account'],
    ['with a stage that a name cannot hold', { ...context, stage: 'Prod!' }, 'sluice.stage: write lower-case'],
    ['with an address that is none', { ...context, alarmEmail: 'on call' }, 'sluice.alarmEmail: write one address'],
    ['with an unknown field', { ...context, region: 'eu-west-1' }, 'region'],
    [
      'with an account id of a screen',
      { ...context, connections: [{ ...meta, account: 'meta:123-4' }] },
      'connections.0.account',
    ],
    [
      'with a platform of no adapter',
      { ...context, connections: [{ ...meta, account: 'reddit:*' }] },
      'one of google-ads, meta',
    ],
    ['with one account twice', { ...context, connections: [meta, meta] }, '"meta:*" is there twice'],
    [
      'with one secret for reading and writing',
      { ...context, connections: [{ ...meta, writeSecret: meta.readSecret }] },
      'sluice.connections.0.writeSecret: must be another secret',
    ],
    [
      'with a token in place of a name',
      { ...context, connections: [{ ...meta, readSecret: 'EAABsbCS1iHg' }] },
      'looks like a credential',
    ],
  ])('is refused when it is %s', (_name, wrong, says) => {
    expect(() => readConfig(wrong)).toThrow(says)
  })
})
