import { CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda'
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { ARCHIVE_BUCKET, ORDERS_SECRET, TABLE_PREFIX } from '../../functions/composition/environment.ts'
import { RATES_KEY } from '../../functions/composition/s3-rates.ts'
import { ORDERS_PREFIX } from '../../functions/orders-handlers.ts'
import { prefixOf, type SluiceConfig } from '../config.ts'
import { AUDIT_DENIED, TABLE_ACTIONS } from '../permissions.ts'
import { StageFunction } from './stage-function.ts'
import type { Tables } from './tables.ts'

export interface OrdersProps {
  readonly config: SluiceConfig
  readonly tables: Tables
  readonly bucket: Bucket
  /** ARN of the secret that requests are signed with; without it there is no address to send any to. */
  readonly secretArn?: string
}

/** As long as orders are kept in the tables. */
const KEPT_DAYS = 400
/** A file that cannot be taken is tried so long: its rates, or the tables, may be back by then. */
const DROP_AGE = Duration.hours(6)

/** How the shop's orders come in: files that are put into the bucket, and signed requests where a secret is named. */
export class Orders extends Construct {
  readonly functions: readonly StageFunction[]

  constructor(scope: Construct, id: string, props: OrdersProps) {
    super(scope, id)
    this.functions = [this.drop(props), ...(props.secretArn === undefined ? [] : [this.http(props, props.secretArn)])]
  }

  private drop(props: OrdersProps): StageFunction {
    const { config, bucket } = props
    const made = this.function('orders-drop', props, {})
    made.allow(['s3:GetObject'], [bucket.arnForObjects(`${ORDERS_PREFIX}*`)])
    made.lambda.configureAsyncInvoke({ maxEventAge: DROP_AGE, retryAttempts: 2 })
    // What they told is in the tables by then, for as long.
    bucket.addLifecycleRule({ prefix: ORDERS_PREFIX, expiration: Duration.days(KEPT_DAYS) })
    // The bucket tells the event bus, which needs no function of CDK's own with rights over every bucket.
    const plain = bucket.node.defaultChild as CfnBucket
    plain.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    new Rule(this, 'created', {
      ruleName: `${prefixOf(config)}-orders`,
      description: 'Files of orders that were put into the archive bucket',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: ORDERS_PREFIX }] } },
      },
      targets: [new LambdaFunction(made.lambda)],
    })
    return made
  }

  private http(props: OrdersProps, secretArn: string): StageFunction {
    const made = this.function('orders-http', props, { [ORDERS_SECRET]: props.config.orders?.secret ?? '' })
    made.allow(['secretsmanager:GetSecretValue'], [secretArn])
    // The signature is the authentication: shops have no AWS credentials.
    const { url } = made.lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE })
    new CfnOutput(Stack.of(this), 'OrdersUrl', {
      // Without the slash that AWS puts at its end: the documented call writes one before the portfolio.
      value: `https://${Fn.select(2, Fn.split('/', url))}`,
      description: 'Signed orders are sent to <this>/<portfolio>',
    })
    return made
  }

  private function(
    name: 'orders-drop' | 'orders-http',
    { config, tables, bucket }: OrdersProps,
    environment: Readonly<Record<string, string>>,
  ): StageFunction {
    const { control, facts, audit } = tables.byName
    const made = new StageFunction(this, name, config, {
      [TABLE_PREFIX]: prefixOf(config),
      [ARCHIVE_BUCKET]: bucket.bucketName,
      ...environment,
    })
    // Policies tell zone and currency; orders and their days are facts. Nothing that moves money is in reach.
    made.allow(TABLE_ACTIONS.read, [control.tableArn])
    made.allow(TABLE_ACTIONS.write, [facts.tableArn])
    made.deny(AUDIT_DENIED, [audit.tableArn])
    made.allow(['s3:GetObject'], [bucket.arnForObjects(RATES_KEY)])
    return made
  }
}
