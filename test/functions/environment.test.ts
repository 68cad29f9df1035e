import { describe, expect, test } from 'vitest'
import {
  archiveBucket,
  connections,
  queueUrls,
  tablePrefix,
  type Variables,
} from '../../functions/composition/environment.ts'

const variables = {
  SLUICE_TABLE_PREFIX: 'sluice-dev',
  SLUICE_ARCHIVE_BUCKET: 'sluice-dev-archive-1',
  SLUICE_QUEUE_URLS: '{"plan":"https://sqs.eu-west-1.amazonaws.com/1/plan.fifo"}',
  SLUICE_CONNECTIONS: '[{"account":"meta:*","secret":"sluice/meta/read"}]',
}

const readEnvironment = (all: Variables) => ({
  tablePrefix: tablePrefix(all),
  archiveBucket: archiveBucket(all),
  queueUrls: queueUrls(all),
  connections: connections(all),
})

test('the environment is read into names and addresses', () => {
  expect(readEnvironment(variables)).toEqual({
    tablePrefix: 'sluice-dev',
    archiveBucket: 'sluice-dev-archive-1',
    queueUrls: { plan: 'https://sqs.eu-west-1.amazonaws.com/1/plan.fifo' },
    connections: [{ account: 'meta:*', secret: 'sluice/meta/read' }],
  })
})

describe('an environment is refused', () => {
  const connected = (...ones: object[]) => ({ SLUICE_CONNECTIONS: JSON.stringify(ones) })
  test.each<[string, Record<string, string | undefined>, string]>([
    ['without the table prefix', { SLUICE_TABLE_PREFIX: undefined }, 'SLUICE_TABLE_PREFIX is missing'],
    ['with an empty bucket', { SLUICE_ARCHIVE_BUCKET: '' }, 'SLUICE_ARCHIVE_BUCKET is missing'],
    ['with queues that are not JSON', { SLUICE_QUEUE_URLS: '{plan' }, 'SLUICE_QUEUE_URLS is not JSON'],
    [
      'with a queue that there is not',
      { SLUICE_QUEUE_URLS: '{"learn":"https://x.test/"}' },
      'SLUICE_QUEUE_URLS is wrong',
    ],
    ['with a queue that has no address', { SLUICE_QUEUE_URLS: '{"plan":"plan"}' }, 'plan: Invalid URL'],
    ['with an account id with dashes', connected({ account: 'meta:1-2', secret: 's' }), '0.account: write it as'],
    ['without a secret', connected({ account: 'meta:1' }), '0.secret: '],
    [
      'with one account twice',
      connected({ account: 'meta:1', secret: 'a' }, { account: 'meta:1', secret: 'b' }),
      'twice',
    ],
    ['with an unknown field', connected({ account: 'meta:1', secret: 'a', token: 'b' }), 'token'],
  ])('%s', (_name, over, says) => {
    expect(() => readEnvironment({ ...variables, ...over })).toThrow(says)
    expect(() => readEnvironment({ ...variables, ...over })).toThrow('it is set by the CDK app')
  })
  test('with a credential in place of its name, which is not quoted', () => {
    const wrong = { ...variables, ...connected({ account: 'meta:1', secret: 'EAABsbCS1iHg' }) }
    expect(() => readEnvironment(wrong)).toThrow('looks like a credential')
    expect(() => readEnvironment(wrong)).not.toThrow('EAABsbCS1iHg')
  })
})
