import { Aws, Duration } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { prefixOf, type SluiceConfig } from '../config.ts'

/** Every turn starts on one of these; what is due is worked out at each. */
export const TICK_MINUTES = 15
/** Well below the period: after that the next tick does the same better. */
export const TICK_AGE_SECONDS_MAX = 600

/** Invokes the dispatch function at every quarter of an hour. */
export class Ticks extends Construct {
  readonly missed: Queue

  constructor(scope: Construct, id: string, config: SluiceConfig, dispatch: IFunction) {
    super(scope, id)
    this.missed = new Queue(this, 'missed', {
      queueName: `${prefixOf(config)}-ticks-dead`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    const role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: 'Lets the Scheduler invoke the Sluice function dispatch, and nothing else',
    })
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [dispatch.functionArn] }))
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.missed.queueArn] }))
    const schedule = new CfnSchedule(this, 'schedule', {
      name: `${prefixOf(config)}-ticks`,
      description: 'Sends the turns that are due',
      scheduleExpression: `cron(0/${TICK_MINUTES} * * * ? *)`,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: dispatch.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: TICK_AGE_SECONDS_MAX, maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: this.missed.queueArn },
      },
    })
    // The Scheduler checks that it may invoke when the schedule is made.
    schedule.node.addDependency(role)
  }
}
