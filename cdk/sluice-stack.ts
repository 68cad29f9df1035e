import { ArnFormat, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Connection } from '../functions/composition/connections.ts'
import {
  ADAPTERS,
  ARCHIVE_BUCKET,
  CONNECTIONS,
  QUEUE_URLS,
  TABLE_PREFIX,
} from '../functions/composition/environment.ts'
import type { LambdaName } from '../functions/composition/lambdas.ts'
import { type Lane, laneOf, QUEUES, type QueueName } from '../functions/composition/routes.ts'
import { RATES_KEY } from '../functions/composition/s3-rates.ts'
import { adapterFile, carriesAdapters } from './bundling.ts'
import { type ConnectionConfig, prefixOf, type SluiceConfig } from './config.ts'
import { Alarms } from './constructs/alarms.ts'
import { Archive } from './constructs/archive.ts'
import { Orders } from './constructs/orders.ts'
import { RatesSchedule } from './constructs/rates-schedule.ts'
import { StageFunction } from './constructs/stage-function.ts'
import { StageQueue } from './constructs/stage-queue.ts'
import { Tables } from './constructs/tables.ts'
import { TICK_AGE_SECONDS_MAX, Ticks } from './constructs/ticks.ts'
import {
  AUDIT_APPEND,
  AUDIT_DENIED,
  AUDIT_READ,
  INPUTS_PREFIX,
  PERMISSIONS,
  RENEWED_SECRETS,
  SECRET_REPLACE,
  type SecretKind,
  TABLE_ACTIONS,
} from './permissions.ts'

export interface SluiceStackProps extends StackProps {
  readonly config: SluiceConfig
}

/**
 * Messages of one queue that are worked on at a time. It bounds what a queue may cost and how hard a platform is asked;
 * reserved concurrency is left alone, because it would be taken from everything else in the AWS account.
 */
const CONCURRENCY = 10
/** Lambda refuses an environment of more than 4 KB; the rest of it needs less than half. */
const CONNECTIONS_BYTES_MAX = 2_048

/** Queues whose turns look at every account every quarter of an hour. */
const WATCHING = ['guard', 'verify', 'guard-google-ads', 'verify-google-ads'] as const satisfies readonly QueueName[]

/** All of Sluice in one account and region. */
export class SluiceStack extends Stack {
  private readonly config: SluiceConfig
  private readonly tables: Tables
  private readonly archive: Archive
  private readonly queues: Readonly<Record<QueueName, StageQueue>>

  constructor(scope: Construct, id: string, { config, ...props }: SluiceStackProps) {
    super(scope, id, props)
    this.config = config
    this.tables = new Tables(this, 'tables', config)
    this.archive = new Archive(this, 'archive', config)
    new CfnOutput(this, 'ArchiveBucketName', {
      value: this.archive.bucket.bucketName,
      description:
        'Exchange rates lie in rates/rates.csv here; those that the European Central Bank has not are added there by hand',
    })
    const queues = QUEUES.map((name) => [name, new StageQueue(this, name, config)] as const)
    this.queues = Object.fromEntries(queues) as Record<QueueName, StageQueue>

    const dispatch = this.addFunction('dispatch')
    dispatch.lambda.configureAsyncInvoke({ maxEventAge: Duration.seconds(TICK_AGE_SECONDS_MAX), retryAttempts: 1 })
    const { missed } = new Ticks(this, 'ticks', config, dispatch.lambda)
    const rates = this.addFunction('rates')
    // The next run of the afternoon is the retry, and its alarm counts runs.
    rates.lambda.configureAsyncInvoke({ maxEventAge: Duration.hours(1), retryAttempts: 0 })
    new RatesSchedule(this, 'rates-schedule', config, rates.lambda, missed)
    const workers = QUEUES.map((name) => [name, this.addWorker(name)] as const)
    const alarms = this.addAlarms(dispatch, missed, Object.fromEntries(workers) as Record<QueueName, StageFunction>)
    alarms.onErrors('rates', rates.lambda)
    alarms.onRates(rates.logGroup)
    if (config.orders) this.addOrders(config.orders, alarms)
  }

  private addOrders({ secret }: NonNullable<SluiceConfig['orders']>, alarms: Alarms): void {
    const { functions } = new Orders(this, 'orders', {
      config: this.config,
      tables: this.tables,
      bucket: this.archive.bucket,
      ...(secret === undefined ? {} : { secretArn: this.secretArn(secret) }),
    })
    for (const { node, lambda } of functions) alarms.onErrors(node.id, lambda)
  }

  private addAlarms(
    dispatch: StageFunction,
    missed: IQueue,
    workers: Readonly<Record<QueueName, StageFunction>>,
  ): Alarms {
    const alarms = new Alarms(this, 'alarms', this.config)
    const logs = QUEUES.map((name) => workers[name].logGroup)
    // Pulls tell of budgets outside the caps, the guard of all else.
    alarms.onAlertsTold(logs)
    alarms.onFailedTurns(logs)
    alarms.onErrors('dispatch', dispatch.lambda)
    alarms.onDeadLetters('ticks', missed)
    for (const name of QUEUES) {
      alarms.onErrors(name, workers[name].lambda)
      alarms.onDeadLetters(name, this.queues[name].deadLetters)
    }
    for (const name of this.watching()) alarms.onSilence(name, workers[name].logGroup)
    return alarms
  }

  /** Queues that have turns at every tick: of platforms that are not connected there are none. */
  private watching(): readonly QueueName[] {
    return WATCHING.filter((name) => {
      const { secret } = PERMISSIONS[name]
      return secret !== undefined && connectionsOf(this.config, secret.lane).length > 0
    })
  }

  private addWorker(name: QueueName): StageFunction {
    const stageFunction = this.addFunction(name)
    const { lambda } = stageFunction
    const { queue } = this.queues[name]
    lambda.addEventSource(
      new SqsEventSource(queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: CONCURRENCY }),
    )
    return stageFunction
  }

  private addFunction(name: LambdaName): StageFunction {
    const stageFunction = new StageFunction(this, name, this.config, this.environmentOf(name))
    this.permit(name, stageFunction)
    return stageFunction
  }

  private environmentOf(name: LambdaName): Readonly<Record<string, string>> {
    const { sendsTo, secret, archives, keepsRates } = PERMISSIONS[name]
    const urls = Object.fromEntries(sendsTo.map((queue) => [queue, this.queues[queue].queue.queueUrl]))
    return {
      [TABLE_PREFIX]: prefixOf(this.config),
      [QUEUE_URLS]: this.toJsonString(urls),
      ...(secret ? { [CONNECTIONS]: connectionsText(this.config, secret) } : {}),
      ...(carriesAdapters(name) ? adaptersText(this.config) : {}),
      ...(archives || keepsRates ? { [ARCHIVE_BUCKET]: this.archive.bucket.bucketName } : {}),
    }
  }

  private permit(name: LambdaName, stageFunction: StageFunction): void {
    const { tables, appendsAudit, readsAudit, sendsTo, secret, archives, keepsRates } = PERMISSIONS[name]
    const { control, facts, audit } = this.tables.byName
    stageFunction.allow(TABLE_ACTIONS[tables.control], [control.tableArn])
    stageFunction.allow(TABLE_ACTIONS[tables.facts], [facts.tableArn])
    if (appendsAudit) stageFunction.allow(AUDIT_APPEND, [audit.tableArn])
    if (readsAudit) stageFunction.allow(AUDIT_READ, [audit.tableArn])
    stageFunction.deny(AUDIT_DENIED, [audit.tableArn])
    stageFunction.allow(
      ['sqs:SendMessage'],
      sendsTo.map((queue) => this.queues[queue].queue.queueArn),
    )
    if (secret) {
      const reached = connectionsOf(this.config, secret.lane)
      stageFunction.allow(['secretsmanager:GetSecretValue'], this.secretArns(reached, secret))
      const renewed = reached.filter(({ account }) => RENEWED_SECRETS.some((one) => account.startsWith(`${one}:`)))
      stageFunction.allow(SECRET_REPLACE, this.secretArns(renewed, secret))
    }
    if (archives) {
      const { bucket } = this.archive
      stageFunction.allow(['s3:PutObject'], [bucket.arnForObjects(`${INPUTS_PREFIX}*`)])
      stageFunction.allow(['s3:GetObject'], [bucket.arnForObjects(RATES_KEY)])
    }
    if (keepsRates)
      stageFunction.allow(['s3:GetObject', 's3:PutObject'], [this.archive.bucket.arnForObjects(RATES_KEY)])
  }

  private secretArns(connections: readonly ConnectionConfig[], { kind }: SecretKind): readonly string[] {
    const secrets = connections.map(({ readSecret, writeSecret }) => (kind === 'read' ? readSecret : writeSecret))
    return [...new Set(secrets)].map((secret) => this.secretArn(secret))
  }

  /** Secrets Manager ends every ARN with a dash and six characters of its own, which a name does not tell. */
  private secretArn(secret: string): string {
    if (secret.startsWith('arn:')) return secret
    return this.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${secret}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
  }
}

const connectionsOf = ({ connections }: SluiceConfig, lane: Lane): readonly ConnectionConfig[] =>
  connections.filter(({ account }) => laneOf(account) === lane)

/** Where each adapter package lies beside a function's code. */
function adaptersText({ adapters = {} }: SluiceConfig): Readonly<Record<string, string>> {
  const files = Object.keys(adapters).map((platform) => [platform, adapterFile(platform)])
  return files.length === 0 ? {} : { [ADAPTERS]: JSON.stringify(Object.fromEntries(files)) }
}

/** @throws Error when the connections do not fit a function's environment */
function connectionsText(config: SluiceConfig, { lane, kind }: SecretKind): string {
  const connections = connectionsOf(config, lane).map(
    ({ account, readSecret, writeSecret, apiVersion, application, accessLevel, ourActors }): Connection => ({
      account,
      secret: kind === 'read' ? readSecret : writeSecret,
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(application === undefined ? {} : { application }),
      ...(accessLevel === undefined ? {} : { accessLevel }),
      ...(ourActors === undefined ? {} : { ourActors }),
    }),
  )
  const text = JSON.stringify(connections)
  if (text.length > CONNECTIONS_BYTES_MAX) {
    const platforms = [...new Set(connections.map(({ account }) => account.split(':')[0]))]
    throw new Error(
      `the connections of ${platforms.join(', ')} take ${text.length} bytes: use ${platforms[0]}:* instead of single accounts`,
    )
  }
  return text
}
