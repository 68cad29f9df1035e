/** What DynamoDB keeps per table and dynalite does not: time to live and deletion protection. */
import { type Level, perform, type Store, type Table, validate, type WireObject } from './dynalite.ts'
import { asApiError, validationError } from './errors.ts'

const PREFIX = 'sluice-settings~'

interface Settings {
  /** Attribute that holds the expiry in epoch seconds; absent while time to live is off. */
  readonly ttlAttribute?: string
  readonly isProtected?: boolean
}

const settingsOf = (tableName: string, db: Level): Settings =>
  (db.getSync(PREFIX + tableName) as Settings | undefined) ?? {}

const write = (tableName: string, settings: Settings, db: Level): Promise<void> => db.put(PREFIX + tableName, settings)

/** Names of the tables whose items age, with the attribute that says when. */
export async function ttlTables(db: Level): Promise<readonly { tableName: string; attribute: string }[]> {
  const tables: { tableName: string; attribute: string }[] = []
  for await (const [key, value] of db.iterator({ gte: PREFIX, lt: `${PREFIX}\xff` })) {
    const { ttlAttribute: attribute } = value as Settings
    if (attribute !== undefined) tables.push({ tableName: key.slice(PREFIX.length), attribute })
  }
  return tables
}

/** Takes effect at once; in AWS it may take up to an hour. @throws ApiError ValidationException */
export async function updateTimeToLive(body: WireObject, store: Store): Promise<WireObject> {
  const specification = body.TimeToLiveSpecification as { Enabled?: unknown; AttributeName?: unknown } | undefined
  const { Enabled: enabled, AttributeName: attribute } = specification ?? {}
  if (typeof enabled !== 'boolean' || typeof attribute !== 'string' || attribute === '')
    throw validationError('TimeToLiveSpecification needs Enabled and AttributeName')
  const { TableName: tableName } = await definition(body, store)
  const { ttlAttribute, ...rest } = settingsOf(tableName, store.db)
  if (enabled === (ttlAttribute !== undefined))
    throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
  await write(tableName, { ...rest, ...(enabled && { ttlAttribute: attribute }) }, store.db)
  return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } }
}

export async function describeTimeToLive(body: WireObject, store: Store): Promise<WireObject> {
  const { TableName: tableName } = await definition(body, store)
  const { ttlAttribute } = settingsOf(tableName, store.db)
  const off = { TimeToLiveStatus: 'DISABLED' }
  const on = { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute }
  return { TimeToLiveDescription: ttlAttribute === undefined ? off : on }
}

export async function createTable(parameters: WireObject, isProtected: boolean, store: Store): Promise<WireObject> {
  const result = await perform('CreateTable', parameters, store)
  if (isProtected) await write(parameters.TableName as string, { isProtected }, store.db)
  return described(result, 'TableDescription', store.db)
}

export async function describeTable(parameters: WireObject, store: Store): Promise<WireObject> {
  return described(await perform('DescribeTable', parameters, store), 'Table', store.db)
}

/** Deletion protection is ours; whatever else the request changes is dynalite's. */
export async function updateTable(body: WireObject, store: Store): Promise<WireObject> {
  const { TableName: tableName } = await definition(body, store)
  const { DeletionProtectionEnabled: isProtected, ...rest } = body
  if (typeof isProtected === 'boolean')
    await write(tableName, { ...settingsOf(tableName, store.db), isProtected }, store.db)
  if (typeof isProtected !== 'boolean' || Object.keys(rest).length > 1) {
    const parameters = validate('UpdateTable', rest, store)
    return described(await perform('UpdateTable', parameters, store), 'TableDescription', store.db)
  }
  const { Table: table } = await describeTable({ TableName: tableName }, store)
  return { TableDescription: table }
}

/** @throws ApiError ValidationException while the table is protected */
export async function deleteTable(parameters: WireObject, store: Store): Promise<WireObject> {
  const tableName = parameters.TableName as string
  if (settingsOf(tableName, store.db).isProtected)
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
  const result = await perform('DeleteTable', parameters, store)
  await store.db.del(PREFIX + tableName)
  return described(result, 'TableDescription', store.db)
}

/** The table's definition whatever its status. @throws ApiError ResourceNotFoundException */
function definition(body: WireObject, store: Store): Promise<Table> {
  return new Promise((resolve, reject) => {
    store.getTable(String(body.TableName), false, (error, table) => {
      if (error || table === undefined) reject(asApiError(error))
      else resolve(table)
    })
  })
}

function described(result: WireObject, field: 'Table' | 'TableDescription', db: Level): WireObject {
  const table = result[field] as Table
  const { isProtected = false } = settingsOf(table.TableName, db)
  return { ...result, [field]: { ...table, DeletionProtectionEnabled: isProtected } }
}
