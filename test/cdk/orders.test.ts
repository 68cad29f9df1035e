import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { CONNECTIONS, roleOf, statementsByRole, templateOf } from './template.ts'

const withSecret = templateOf('prod', CONNECTIONS, undefined, { orders: { secret: 'sluice/orders' } })
const dropOnly = templateOf('prod', CONNECTIONS, undefined, { orders: {} })
const without = templateOf('prod')

const allowedOf = (template: typeof withSecret, name: string) =>
  statementsByRole(template)
    .get(roleOf(template, `sluice-prod-${name}`))!
    .filter(({ effect, actions }) => effect === 'Allow' && !actions.some((action) => action.startsWith('logs:')))

describe('orders of the shop', () => {
  test('come in nowhere unless the deployment asks for it', () => {
    without.resourceCountIs('AWS::Lambda::Url', 0)
    without.resourceCountIs('AWS::Events::Rule', 0)
    expect(JSON.stringify(without.toJSON())).not.toContain('orders-')
  })

  test('come in by files alone where no secret is named', () => {
    dropOnly.resourceCountIs('AWS::Lambda::Url', 0)
    dropOnly.resourceCountIs('AWS::Events::Rule', 1)
  })

  test('in files wake the function for the prefix orders/ of the one bucket', () => {
    withSecret.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [{ Ref: Match.stringLikeRegexp('archivebucket') }] },
          object: { key: [{ prefix: 'orders/' }] },
        },
      },
    })
    withSecret.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    })
    withSecret.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 21_600,
      MaximumRetryAttempts: 2,
    })
  })

  test('in files are kept as long as what they told', () => {
    withSecret.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'orders/', ExpirationInDays: 400 })]),
      },
    })
  })

  test('in requests are let in by their signature: the address itself asks for none of AWS', () => {
    withSecret.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' })
  })

  test('in requests go to an address without the slash that AWS ends it with: the call adds one before the portfolio', () => {
    const { Value } = withSecret.findOutputs('OrdersUrl').OrdersUrl!
    // https://<id>.lambda-url.<region>.on.aws/, split at its slashes: the third part is the host.
    const host = { 'Fn::Select': [2, { 'Fn::Split': ['/', { 'Fn::GetAtt': [expect.any(String), 'FunctionUrl'] }] }] }
    expect(Value).toEqual({ 'Fn::Join': ['', ['https://', host]] })
  })

  test('are written by functions that reach facts, policies to read, rates to read, and nothing else', () => {
    const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query']
    const common = [
      [READ, /tablescontrol/],
      [[...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem'], /tablesfacts/],
      [['s3:GetObject'], /\/rates\/rates\.csv$/],
    ] as const
    const expected = (last: readonly [readonly string[], RegExp]) =>
      [...common, last].map(([actions, resource]) => ({
        effect: 'Allow',
        actions,
        resources: [expect.stringMatching(resource)],
      }))
    expect(allowedOf(withSecret, 'orders-drop')).toEqual(expected([['s3:GetObject'], /\/orders\/\*$/]))
    expect(allowedOf(withSecret, 'orders-http')).toEqual(
      expected([['secretsmanager:GetSecretValue'], /:secret:sluice\/orders-\?{6}$/]),
    )
  })

  test.each(['orders-drop', 'orders-http'])('that %s cannot take ring an alarm', (name) => {
    withSecret.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: `sluice-prod-${name}-errors` })
  })
})
