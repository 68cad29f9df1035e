/**
 * The three tables, defined once: CDK builds them in AWS from this, the embedded engine builds them locally from this.
 *
 * Every table has the same key shape (`pk`, `sk`, both strings) and the same TTL attribute; what differs is who may
 * write. See docs/data-model.md for the keys inside.
 */
export type TableName = 'control' | 'facts' | 'audit'

export interface TableDefinition {
  readonly name: TableName
  readonly purpose: string
  readonly partitionKey: 'pk'
  readonly sortKey: 'sk'
  /** Epoch seconds after which DynamoDB may delete the item; only set on items whose data ages. */
  readonly ttlAttribute: 'expiresAt'
}

const keys = { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'expiresAt' } as const

export const TABLES: readonly TableDefinition[] = [
  { name: 'control', purpose: 'policy, plans, scores, intents, ledger, freezes, claims, lever state', ...keys },
  {
    name: 'facts',
    purpose: 'structure, performance, change events, drift, platform evidence, orders of the shop',
    ...keys,
  },
  { name: 'audit', purpose: 'append-only, hash-chained record of every money-relevant act', ...keys },
]

/** Physical name of a table in one deployment, such as `sluice-prod-control`. */
export const physicalName = (prefix: string, name: TableName): string => `${prefix}-${name}`
