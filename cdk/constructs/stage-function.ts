import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { LAMBDAS, type LambdaName, ORDERS_LAMBDAS, type OrdersLambdaName } from '../../functions/composition/lambdas.ts'
import { bundlingOf } from '../bundling.ts'
import { isProduction, prefixOf, type SluiceConfig } from '../config.ts'
import { entryOf, ROOT } from '../esbuild-settings.ts'

/** One Lambda function with a role and a log of its own; the role can do nothing but write that log until it is told. */
export class StageFunction extends Construct {
  readonly lambda: NodejsFunction
  readonly role: Role
  readonly logGroup: LogGroup

  constructor(
    scope: Construct,
    name: LambdaName | OrdersLambdaName,
    config: SluiceConfig,
    environment: Readonly<Record<string, string>>,
  ) {
    super(scope, name)
    const functionName = `${prefixOf(config)}-${name}`
    const { runLimitMs, memoryMb } = { ...LAMBDAS, ...ORDERS_LAMBDAS }[name]
    this.logGroup = new LogGroup(this, 'log', {
      logGroupName: `/sluice/${config.stage}/${name}`,
      retention: isProduction(config) ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
      removalPolicy: isProduction(config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the Sluice function ${name} may do`,
    })
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn])
    this.lambda = new NodejsFunction(this, 'function', {
      functionName,
      entry: entryOf(name),
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.millis(runLimitMs),
      memorySize: memoryMb,
      role: this.role,
      logGroup: this.logGroup,
      environment: { ...environment },
      bundling: bundlingOf(name, config.adapters),
      // Keeping connections alive is the SDK's default; the variable that CDK would set is of the SDK before.
      awsSdkConnectionReuse: false,
    })
  }

  allow(actions: readonly string[], resources: readonly string[]): void {
    this.state(Effect.ALLOW, actions, resources)
  }

  deny(actions: readonly string[], resources: readonly string[]): void {
    this.state(Effect.DENY, actions, resources)
  }

  private state(effect: Effect, actions: readonly string[], resources: readonly string[]): void {
    if (actions.length === 0 || resources.length === 0) return
    this.role.addToPolicy(new PolicyStatement({ effect, actions: [...actions], resources: [...resources] }))
  }
}
