import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb'
import { AWS_CLIENT } from '../../functions/composition/aws.ts'
import { physicalName } from '../../lib/store/tables.ts'
import { isLoopback, type TablesConfig } from './config.ts'

/** Not a secret: the engine on this machine takes any, and the SDK will not send a request without. */
const PRETEND_CREDENTIALS = { accessKeyId: 'pretend', secretAccessKey: 'pretend' }

/** This machine's engine may be busy, and hang as well. */
const LOCAL_PATIENCE = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true } as const

/** Credentials come from the SDK's default chain, except on this machine, where none are needed. */
export function tablesClient({ endpoint, region }: TablesConfig): DynamoDBClient {
  if (endpoint !== undefined && isLoopback(endpoint))
    return new DynamoDBClient({
      endpoint,
      region: region ?? 'us-east-1',
      credentials: PRETEND_CREDENTIALS,
      requestHandler: LOCAL_PATIENCE,
    })
  return new DynamoDBClient({ ...AWS_CLIENT, ...(endpoint ? { endpoint } : {}), ...(region ? { region } : {}) })
}

/** What the tables answer. @throws Error where that takes longer than so many milliseconds; the request may arrive later */
export async function answered<T>(asked: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the tables did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Creates the tables where they are missing on this machine; elsewhere that is the deployment's business.
 *
 * @throws Error that says what to do when the tables are missing or cannot be reached
 */
export async function ensureTables(
  client: DynamoDBClient,
  { prefix, endpoint }: TablesConfig,
  tell: (text: string) => void,
): Promise<void> {
  try {
    await client.send(new DescribeTableCommand({ TableName: physicalName(prefix, 'control') }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw unreachable(error, endpoint)
    if (endpoint === undefined || !isLoopback(endpoint))
      throw new Error(
        `there are no tables ${prefix}-*: deploy them with "npx cdk deploy", or correct tables.prefix and tables.region`,
      )
    const { createTables } = await import('../../playground/dynamodb/create-tables.ts')
    await createTables(client, prefix)
    tell(`created the tables ${prefix}-* at ${endpoint}`)
  }
}

function unreachable(error: unknown, endpoint: string | undefined): unknown {
  const code = (error as { readonly code?: unknown }).code
  if (endpoint === undefined || (code !== 'ECONNREFUSED' && code !== 'ENOTFOUND')) return error
  const remedy = isLoopback(endpoint)
    ? `start it with "sluice engine --port ${URL.parse(endpoint)?.port ?? ''}"`
    : 'correct it'
  return new Error(`nothing answers at tables.endpoint ${endpoint}: ${remedy}`)
}
