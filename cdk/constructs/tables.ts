import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { physicalName, TABLES, type TableName } from '../../lib/store/tables.ts'
import { isProduction, prefixOf, type SluiceConfig } from '../config.ts'

/** The three tables, from the one definition that the embedded engine is built from as well. */
export class Tables extends Construct {
  readonly byName: Readonly<Record<TableName, TableV2>>

  constructor(scope: Construct, id: string, config: SluiceConfig) {
    super(scope, id)
    const made = new Map<TableName, TableV2>()
    for (const definition of TABLES) {
      const table = new TableV2(this, definition.name, {
        tableName: physicalName(prefixOf(config), definition.name),
        partitionKey: { name: definition.partitionKey, type: AttributeType.STRING },
        sortKey: { name: definition.sortKey, type: AttributeType.STRING },
        timeToLiveAttribute: definition.ttlAttribute,
        billing: Billing.onDemand(),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: isProduction(config),
        removalPolicy: isProduction(config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      })
      made.set(definition.name, table)
    }
    this.byName = { control: made.get('control')!, facts: made.get('facts')!, audit: made.get('audit')! }
  }
}
