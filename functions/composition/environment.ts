import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import { type Connection, connectionsSchema, secretName } from './connections.ts'
import { QUEUES, type QueueName } from './routes.ts'

/**
 * What a function is told by its environment: names and addresses, never a credential. Each is read by the functions
 * that need it.
 *
 * Every reader throws an Error that names the variable and what is wrong with it, and not its value: somebody may have
 * put a secret there.
 */
export type Variables = Readonly<Record<string, string | undefined>>

export const TABLE_PREFIX = 'SLUICE_TABLE_PREFIX'
export const ARCHIVE_BUCKET = 'SLUICE_ARCHIVE_BUCKET'
export const QUEUE_URLS = 'SLUICE_QUEUE_URLS'
export const CONNECTIONS = 'SLUICE_CONNECTIONS'
export const ORDERS_SECRET = 'SLUICE_ORDERS_SECRET'
export const ADAPTERS = 'SLUICE_ADAPTERS'
/** Beside a function's code. */
export const ADAPTER_FOLDER = 'adapters'

/** What the physical names of the tables start with, such as `sluice-prod`. */
export const tablePrefix = (variables: Variables): string =>
  read(variables, TABLE_PREFIX, z.string().regex(/^[a-z][a-z0-9-]{1,40}$/))

export const archiveBucket = (variables: Variables): string =>
  read(variables, ARCHIVE_BUCKET, z.string().min(3).max(63))

/** Name of the secret that requests with orders are signed with. */
export const ordersSecret = (variables: Variables): string => read(variables, ORDERS_SECRET, secretName)

/** The queues that this function may send to. */
export const queueUrls = (variables: Variables): Partial<Readonly<Record<QueueName, string>>> =>
  readJson(variables, QUEUE_URLS, z.partialRecord(z.enum(QUEUES), z.url()))

export const connections = (variables: Variables): readonly Connection[] =>
  readJson(variables, CONNECTIONS, connectionsSchema)

/** Adapter packages by platform, as addresses to import; none where the deployment names none. */
export function adapterFiles(variables: Variables): Readonly<Record<string, string>> {
  if (variables[ADAPTERS] === undefined) return {}
  const files = readJson(
    variables,
    ADAPTERS,
    z.record(z.string(), z.string().regex(new RegExp(`^${ADAPTER_FOLDER}/[a-z0-9-]+\\.mjs$`))),
  )
  const root = variables.LAMBDA_TASK_ROOT ?? '.'
  return Object.fromEntries(
    Object.entries(files).map(([platform, file]) => [platform, pathToFileURL(resolve(root, file)).href]),
  )
}

const REMEDY = 'it is set by the CDK app, so deploy again; by hand, see docs/architecture.md'

function read<T>(variables: Variables, name: string, schema: z.ZodType<T>): T {
  const text = variables[name]
  if (text === undefined || text === '') throw new Error(`environment variable ${name} is missing: ${REMEDY}`)
  return checked(name, text, schema)
}

function readJson<T>(variables: Variables, name: string, schema: z.ZodType<T>): T {
  const text = read(variables, name, z.string())
  try {
    return checked(name, JSON.parse(text), schema)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`environment variable ${name} is not JSON: ${REMEDY}`)
    throw error
  }
}

function checked<T>(name: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  throw new Error(`environment variable ${name} is wrong (${faults.join('; ')}): ${REMEDY}`)
}
