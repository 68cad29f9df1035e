import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { QUEUES } from '../../functions/composition/routes.ts'
import { TABLES } from '../../lib/store/tables.ts'
import { CONNECTIONS, resourcesOf, templateOf, text } from './template.ts'

const prod = templateOf('prod')
const dev = templateOf('dev')
const names = Object.keys(LAMBDAS) as LambdaName[]

describe('the tables', () => {
  test.each(TABLES.map(({ name }) => name))(
    '%s is on demand, restorable to any second and forgets what has aged',
    (name) => {
      prod.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
        TableName: `sluice-prod-${name}`,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
      })
    },
  )
  test('are kept in production, whatever becomes of the stack', () => {
    const tables = Object.values(prod.findResources('AWS::DynamoDB::GlobalTable'))
    expect(tables.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Retain', 'Retain', 'Retain'])
    expect(tables.map(({ Properties }) => Properties.Replicas[0].DeletionProtectionEnabled)).toEqual([true, true, true])
  })
  test('can be thrown away elsewhere', () => {
    const tables = Object.values(dev.findResources('AWS::DynamoDB::GlobalTable'))
    expect(tables.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete', 'Delete'])
  })
  test('are three', () => {
    prod.resourceCountIs('AWS::DynamoDB::GlobalTable', 3)
  })
})

describe('the archive', () => {
  test('is private, encrypted, versioned and kept in production', () => {
    prod.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    })
  })
  test('keeps the inputs of plans for two years, and the exchange rates for good', () => {
    const [bucket] = Object.values(prod.findResources('AWS::S3::Bucket'))
    const expiring = bucket!.Properties.LifecycleConfiguration.Rules.filter(
      (rule: object) => 'ExpirationInDays' in rule,
    )
    expect(expiring).toMatchObject([{ Prefix: 'inputs/', ExpirationInDays: 730 }])
  })
  test('answers over TLS only', () => {
    prod.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    })
  })
})

describe('the queues', () => {
  test.each(QUEUES)('%s is first in, first out, and puts a message aside after five deliveries', (name) => {
    prod.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `sluice-prod-${name}.fifo`,
      FifoQueue: true,
      ContentBasedDeduplication: false,
      RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
    })
    prod.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `sluice-prod-${name}-dead.fifo`,
      FifoQueue: true,
      MessageRetentionPeriod: 14 * 24 * 3600,
    })
  })
  test.each(QUEUES)('%s hides a message for six times as long as its function may run', (name) => {
    prod.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `sluice-prod-${name}.fifo`,
      VisibilityTimeout: (6 * LAMBDAS[name].runLimitMs) / 1000,
    })
  })
  test('are encrypted, every one', () => {
    const queues = Object.values(prod.findResources('AWS::SQS::Queue'))
    // Ten, their ten dead letters, and the missed ticks.
    expect(queues.map(({ Properties }) => Properties.SqsManagedSseEnabled)).toEqual(Array(21).fill(true))
  })
  test('give one message at a time and take back what failed', () => {
    const sources = Object.values(prod.findResources('AWS::Lambda::EventSourceMapping'))
    expect(sources).toHaveLength(QUEUES.length)
    for (const { Properties } of sources)
      expect(Properties).toMatchObject({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      })
  })
})

describe('the ticks', () => {
  test('come at every quarter of an hour, on the minute', () => {
    prod.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0/15 * * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    })
  })
  test('are given up before the next one comes', () => {
    prod.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 3 } }),
    })
    prod.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 600,
      MaximumRetryAttempts: 1,
    })
  })
  test('that were given up can be found', () => {
    prod.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: Match.objectLike({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ticksmissed'), 'Arn'] } },
      }),
    })
  })
})

describe('the schedule of exchange rates', () => {
  test('is weekday afternoons where the rates are set, summer time or not', () => {
    prod.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'sluice-prod-rates',
      ScheduleExpression: 'cron(30 16,17,18 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: Match.objectLike({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ticksmissed'), 'Arn'] } },
      }),
    })
  })
})

describe('the functions', () => {
  test.each(names)('%s runs on Node 24 for ARM, with its own limits, log and role', (name) => {
    prod.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: `sluice-prod-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: LAMBDAS[name].runLimitMs / 1000,
      MemorySize: LAMBDAS[name].memoryMb,
      Handler: 'index.handler',
    })
    prod.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: `/sluice/prod/${name}`, RetentionInDays: 90 })
  })
  test('are as many as there are entry points, and no helper functions beside them', () => {
    prod.resourceCountIs('AWS::Lambda::Function', names.length)
  })
  test('have at least a whole core where Google Ads is talked to', () => {
    const google = names.filter((name) => name.endsWith('-google-ads'))
    expect(google).toHaveLength(4)
    for (const name of google) expect(LAMBDAS[name].memoryMb).toBeGreaterThanOrEqual(1_769)
  })
  test('are told the queues that they may send to', () => {
    const environment = (name: LambdaName) => environmentOf(name).SLUICE_QUEUE_URLS
    expect(Object.keys(JSON.parse(environment('dispatch')!))).toEqual([...QUEUES])
    expect(Object.keys(JSON.parse(environment('act-google-ads')!))).toEqual(['act-google-ads'])
  })
  test('are told which secrets to read, and where they write with which', () => {
    expect(environmentOf('pull').SLUICE_CONNECTIONS).toBe('[{"account":"meta:*","secret":"sluice/meta/read"}]')
    expect(environmentOf('act').SLUICE_CONNECTIONS).toBe('[{"account":"meta:*","secret":"sluice/meta/write"}]')
  })
  test('that talk to no platform are told of no secret', () => {
    for (const name of ['dispatch', 'plan'] as const)
      expect(environmentOf(name)).not.toHaveProperty('SLUICE_CONNECTIONS')
  })
})

function environmentOf(name: LambdaName): Readonly<Record<string, string>> {
  const found = prod.findResources('AWS::Lambda::Function', { Properties: { FunctionName: `sluice-prod-${name}` } })
  const { Variables } = Object.values(found)[0]!.Properties.Environment
  return Object.fromEntries(Object.entries(Variables).map(([variable, value]) => [variable, text(value)]))
}

test('too many single accounts for an environment are refused with what to write instead', () => {
  const many = Array.from({ length: 60 }, (_, i) => ({ ...CONNECTIONS[1]!, account: `meta:${1_000 + i}` }))
  expect(() => templateOf('dev', many)).toThrow('use meta:* instead of single accounts')
})

test('nothing in the template looks like a credential', () => {
  const credential = /\b(EAA\w{8,}|ya29\.|1\/\/[\w-]{10,}|GOCSPX-|AKIA[A-Z0-9]{12,}|ghp_\w{20,})/
  expect(JSON.stringify(resourcesOf(prod))).not.toMatch(credential)
})
