import { Annotations, Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { logText } from '../../functions/composition/log.ts'
import { QUEUES } from '../../functions/composition/routes.ts'
import { CONNECTIONS, resourcesOf, stackOf, templateOf } from './template.ts'

const EMAIL = 'oncall@example.com'
const prod = templateOf('prod', CONNECTIONS, EMAIL)
const functions = Object.keys(LAMBDAS) as LambdaName[]
const WATCHING = ['guard', 'verify', 'guard-google-ads', 'verify-google-ads']

const alarmsOf = (template = prod) =>
  Object.values(resourcesOf(template))
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties as Readonly<Record<string, unknown> & { AlarmName: string }>)

/** Metric filters that make up a metric, by the log that they read. */
const filtersOf = (metric: string) =>
  Object.values(prod.findResources('AWS::Logs::MetricFilter')).filter(
    ({ Properties }) => Properties.MetricTransformations[0].MetricName === metric,
  )

describe('a person is told', () => {
  test('by one topic, of every alarm', () => {
    prod.resourceCountIs('AWS::SNS::Topic', 1)
    const [topic] = Object.keys(prod.findResources('AWS::SNS::Topic'))
    for (const { AlarmActions } of alarmsOf()) expect(AlarmActions).toEqual([{ Ref: topic }])
  })
  test('by e-mail, where an address is given', () => {
    prod.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: EMAIL })
    Annotations.fromStack(stackOf('prod', CONNECTIONS, EMAIL)).hasNoWarning('*', Match.anyValue())
  })
  test('not at all without one, and the deploy says so', () => {
    const template = templateOf('dev')
    template.resourceCountIs('AWS::SNS::Topic', 1)
    template.resourceCountIs('AWS::SNS::Subscription', 0)
    template.hasOutput('AlarmTopicArn', { Description: Match.stringLikeRegexp('NOBODY is told') })
    Annotations.fromStack(stackOf('dev')).hasWarning('*', Match.stringLikeRegexp('nobody is told.*-c alarmEmail='))
  })
})

describe('alarms', () => {
  test('on alerts count summary.told of every turn, pulls too, and ring from the first', () => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'sluice-prod-alerts-told',
      Namespace: 'sluice/prod',
      MetricName: 'AlertsTold',
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    })
    const filters = filtersOf('AlertsTold')
    expect(filters).toHaveLength(QUEUES.length)
    for (const { Properties } of filters)
      expect(Properties).toMatchObject({
        FilterPattern: '{ $.event = "turn" && $.summary.told > 0 }',
        MetricTransformations: [{ MetricNamespace: 'sluice/prod', MetricValue: '$.summary.told' }],
      })
  })
  test('read the fields that a log line has', () => {
    const line = JSON.parse(
      logText({ level: 'info', event: 'turn', result: 'ran', summary: { open: 2, told: 1, acted: 0 } }),
    )
    expect(line).toMatchObject({ level: 'info', event: 'turn', result: 'ran', summary: { told: 1 } })
  })
  test('on failed turns count what is caught and logged, which Lambda takes for success', () => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'sluice-prod-turns-failed',
      MetricName: 'TurnsFailed',
      Period: 3600,
      Threshold: 3,
    })
    expect(filtersOf('TurnsFailed').map(({ Properties }) => Properties.FilterPattern)).toEqual(
      QUEUES.map(() => '{ $.level = "error" }'),
    )
  })
  test.each(functions)('on errors of the function %s ring at three in an hour', (name) => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `sluice-prod-${name}-errors`,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: Match.anyValue() }],
      Period: 3600,
      Threshold: 3,
    })
  })
  test('on exchange rates ring when all three runs of an afternoon failed or left a rate out', () => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'sluice-prod-rates-failed',
      MetricName: 'RatesFailed',
      Statistic: 'Sum',
      // 15:30 to 17:30 in winter and 14:30 to 16:30 in summer, UTC: within one of the day's four quarters.
      Period: 21_600,
      Threshold: 3,
    })
    expect(filtersOf('RatesFailed')).toMatchObject([
      { Properties: { FilterPattern: '{ $.event = "rates" && $.level = "error" }' } },
    ])
  })
  test.each([...QUEUES, 'ticks'])('on dead letters of %s ring from the first', (name) => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `sluice-prod-${name}-dead-letters`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('dead|missed'), 'QueueName'] } },
      ],
      Statistic: 'Maximum',
      Threshold: 1,
    })
  })
  test.each(WATCHING)('on silence of %s ring after two hours without a turn that ran, no data included', (name) => {
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `sluice-prod-${name}-silent`,
      MetricName: `TurnsRan-${name}`,
      // Eight quarters of an hour.
      Period: 900,
      EvaluationPeriods: 8,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    })
    expect(filtersOf(`TurnsRan-${name}`)).toMatchObject([
      { Properties: { FilterPattern: '{ $.event = "turn" && $.result = "ran" }' } },
    ])
  })
  test('on silence are not made for a platform that is not connected', () => {
    const onlyMeta = templateOf('prod', [CONNECTIONS[1]!])
    const silent = alarmsOf(onlyMeta).map(({ AlarmName }) => AlarmName)
    expect(silent.filter((name) => name.endsWith('-silent'))).toEqual([
      'sluice-prod-guard-silent',
      'sluice-prod-verify-silent',
    ])
  })
})
