import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { AuditCheck } from '../../lib/model/audit.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { type AuditLine, lineText } from '../../lib/store/audit-text.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { later } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { A, MORNING, type Rig, type RigOptions, rig } from '../simulation/rig.ts'
import type { Embedded } from './embedded.ts'

export const CHAIN = 'scripted:1'
export const LEVER = ['ACCOUNT#scripted:1', 'LEVER#daily-budget/budget/10'] as const
let tables = 0

export interface AuditStage {
  readonly stage: Rig
  readonly options: { readonly client: Embedded['options']['client']; readonly prefix: string }
  /** Changes attributes of an item of the control table past the stores. */
  tamper(pk: string, sk: string, change: (item: Record<string, object>) => void): Promise<void>
  remove(table: string, pk: string, sk: string): Promise<void>
}

/** A morning of the loop on tables of its own: a policy, pulls, one plan pushed, one freeze. */
export async function auditStage(engine: Embedded, more: RigOptions = {}): Promise<AuditStage> {
  tables += 1
  const options = { client: engine.options.client, prefix: `audit-${tables}` }
  await createTables(options.client, options.prefix)
  const stage = await rig({
    stores: dynamoStores(options),
    start: later(MORNING, tables),
    budgets: { '1': { '10': 100, '11': 200 } },
    ...more,
    policy: { owner: options.prefix, ...more.policy },
  })
  await stage.ready()
  await stage.plan([[A, '10', 110]])
  await stage.run('act')
  const scope = freezeScope('platform/meta')
  await stage.loop.freezes.freeze({ scope, reason: 'a drill', by: 'ann', at: stage.now() })
  const named = (table: string): string => `${options.prefix}-${table}`
  const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } })
  return {
    stage,
    options,
    async tamper(pk, sk, change) {
      const { Item = {} } = await options.client.send(
        new GetItemCommand({ TableName: named('control'), Key: key(pk, sk) }),
      )
      change(Item as Record<string, object>)
      await options.client.send(new PutItemCommand({ TableName: named('control'), Item: { ...Item, ...key(pk, sk) } }))
    },
    remove: async (table, pk, sk) =>
      void (await options.client.send(new DeleteItemCommand({ TableName: named(table), Key: key(pk, sk) }))),
  }
}

export const findingsOf = (checks: readonly AuditCheck[]) => checks.flatMap(({ findings }) => findings)
export const problemsOf = (checks: readonly AuditCheck[]) => findingsOf(checks).map(({ problem }) => problem)
export const textOf = async (lines: AsyncIterable<AuditLine>): Promise<string[]> =>
  (await Array.fromAsync(lines)).map(lineText)
export async function* stream(lines: readonly string[]): AsyncIterable<string> {
  yield* lines
}
