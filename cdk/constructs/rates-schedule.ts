import { Aws } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { prefixOf, type SluiceConfig } from '../config.ts'

/** How often the rates are asked for on a day: the later ones make good what the first did not get. */
export const RATES_RUNS_A_DAY = 3

/** Invokes the rates function on weekday afternoons: the bank sets its rates at about four o'clock there. */
export class RatesSchedule extends Construct {
  constructor(scope: Construct, id: string, config: SluiceConfig, rates: IFunction, missed: IQueue) {
    super(scope, id)
    const role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: 'Lets the Scheduler invoke the Sluice function rates, and nothing else',
    })
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [rates.functionArn] }))
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [missed.queueArn] }))
    const schedule = new CfnSchedule(this, 'schedule', {
      name: `${prefixOf(config)}-rates`,
      description: 'Fetches the exchange rates of the day',
      scheduleExpression: 'cron(30 16,17,18 ? * MON-FRI *)',
      scheduleExpressionTimezone: 'Europe/Berlin',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: rates.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: 1_800, maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: missed.queueArn },
      },
    })
    // The Scheduler checks that it may invoke when the schedule is made.
    schedule.node.addDependency(role)
  }
}
