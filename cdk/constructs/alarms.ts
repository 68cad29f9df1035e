import { Annotations, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { QueueName } from '../../functions/composition/routes.ts'
import { prefixOf, type SluiceConfig } from '../config.ts'
import { RATES_RUNS_A_DAY } from './rates-schedule.ts'
import { TICK_MINUTES } from './ticks.ts'

/** Turns that fail are tried again: so many in an hour are not chance. */
const FAILURES_IN_AN_HOUR = 3
/** As often as there are turns; so many of these without one are two hours. */
const TURN = Duration.minutes(TICK_MINUTES)
const SILENT_TURNS = 120 / TICK_MINUTES

type Text = Readonly<Record<'name' | 'description', string>>

/**
 * What a person is told of by e-mail: alerts of the breakers, functions that fail, dead letters, and silence. All of it goes
 * to one topic, whose own policy already lets alarms of this AWS account publish.
 */
export class Alarms extends Construct {
  private readonly config: SluiceConfig
  private readonly topic: Topic

  constructor(scope: Construct, id: string, config: SluiceConfig) {
    super(scope, id)
    this.config = config
    this.topic = new Topic(this, 'topic', { topicName: `${prefixOf(config)}-alarms` })
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', {
      value: this.topic.topicArn,
      description: config.alarmEmail
        ? 'Alarms go here, and from here by e-mail'
        : 'Alarms go here, and NOBODY is told: subscribe to it, or set alarmEmail',
    })
    if (config.alarmEmail) this.topic.addSubscription(new EmailSubscription(config.alarmEmail))
    else
      Annotations.of(this).addWarningV2(
        'sluice:nobody-is-told',
        'alarms are made but nobody is told of them: set sluice.alarmEmail in cdk.json, or deploy with -c alarmEmail=you@example.com',
      )
  }

  /** Alerts that a person is to be told of, whichever turn tells them. */
  onAlertsTold(logs: readonly ILogGroup[]): void {
    const metric = this.counted('AlertsTold', logs, '{ $.event = "turn" && $.summary.told > 0 }', '$.summary.told')
    this.add(metric.with({ period: Duration.minutes(5) }), 1, {
      name: 'alerts-told',
      description: 'The guard has something to tell: npm run sluice -- alerts',
    })
  }

  /** What a turn ends with is caught and logged: Lambda counts it as a success. */
  onFailedTurns(logs: readonly ILogGroup[]): void {
    const metric = this.counted('TurnsFailed', logs, '{ $.level = "error" }', '1')
    this.add(metric.with({ period: Duration.hours(1) }), FAILURES_IN_AN_HOUR, {
      name: 'turns-failed',
      description: 'Turns fail: their errorMessage is in the logs of the functions',
    })
  }

  /** What Lambda itself ends: a function that does not start, is killed at its limit, or runs out of memory. */
  onErrors(name: string, lambda: IFunction): void {
    this.add(lambda.metricErrors({ period: Duration.hours(1) }), FAILURES_IN_AN_HOUR, {
      name: `${name}-errors`,
      description: `The function ${name} does not start, or is killed at its time or memory limit`,
    })
  }

  /**
   * Every run of an afternoon failed, or left the same rate out. A rate that was had at the third attempt is nobody's
   * concern; one that moved too far is left out by all of them.
   */
  onRates(log: ILogGroup): void {
    const metric = this.counted('RatesFailed', [log], '{ $.event = "rates" && $.level = "error" }', '1')
    this.add(metric.with({ period: Duration.hours(6) }), RATES_RUNS_A_DAY, {
      name: 'rates-failed',
      description: 'Exchange rates are not fetched, or one moved too far to be believed: npm run sluice -- rates fetch',
    })
  }

  onDeadLetters(name: string, deadLetters: IQueue): void {
    const metric = deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: Stats.MAXIMUM,
    })
    this.add(metric, 1, {
      name: `${name}-dead-letters`,
      description: `Messages were given up: look at them in the queue of dead letters of ${name}, and at its log`,
    })
  }

  /** No turn of this queue has run to its end for two hours: nobody looks at the money. */
  onSilence(queue: QueueName, log: ILogGroup): void {
    const metric = this.counted(`TurnsRan-${queue}`, [log], '{ $.event = "turn" && $.result = "ran" }', '1')
    this.add(
      metric.with({ period: TURN }),
      1,
      { name: `${queue}-silent`, description: `No turn of ${queue} has run for two hours: nobody looks at the money` },
      {
        evaluationPeriods: SILENT_TURNS,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      },
    )
  }

  /** A sum over lines of these logs, as one metric. */
  private counted(metricName: string, logs: readonly ILogGroup[], pattern: string, metricValue: string): Metric {
    const metricNamespace = `sluice/${this.config.stage}`
    for (const logGroup of logs)
      new MetricFilter(this, `${metricName}-${logGroup.node.path}`, {
        logGroup,
        filterPattern: FilterPattern.literal(pattern),
        metricNamespace,
        metricName,
        metricValue,
      })
    return new Metric({ namespace: metricNamespace, metricName, statistic: Stats.SUM })
  }

  private add(metric: IMetric, threshold: number, { name, description }: Text, more: Partial<CreateAlarmOptions> = {}) {
    new Alarm(this, name, {
      alarmName: `${prefixOf(this.config)}-${name}`,
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...more,
    }).addAlarmAction(new SnsAction(this.topic))
  }
}
