import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import * as z from 'zod'
import { connectionsSchema } from '../../functions/composition/connections.ts'
import { adaptersSchema, adapterUrls } from './adapters.ts'
import { problemsOf } from './problems.ts'

export const CONFIG_FILE = 'sluice.yaml'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
export const isLoopback = (address: string): boolean => LOOPBACK.has(URL.parse(address)?.hostname ?? '')

const path = z.string().min(1, 'must be a path')
const tables = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be 2 to 41 lower-case letters, digits and dashes, such as sluice-dev'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, such as eu-central-1')
    .optional(),
  endpoint: z
    .string()
    .refine(isWebAddress, 'must be an http or https address, such as http://127.0.0.1:8000')
    .optional(),
})

const oneOf = (fields: Readonly<Record<string, unknown>>): boolean =>
  Object.values(fields).filter((value) => value !== undefined).length === 1

export const configSchema = z.strictObject({
  tables,
  archive: z
    .strictObject({ folder: path.optional(), bucket: z.string().min(3).max(63).optional() })
    .refine(oneOf, 'must have either folder or bucket'),
  secrets: z
    .strictObject({ folder: path.optional(), manager: z.literal('aws', 'must be aws').optional() })
    .refine(oneOf, 'must have either folder, or manager: aws'),
  rates: z.strictObject({ file: path }).optional(),
  /** Platforms that Sluice has no adapter of its own for. */
  adapters: adaptersSchema.optional(),
  /** An empty list while all that is looked at was imported from files. */
  connections: connectionsSchema,
})

type Written = z.output<typeof configSchema>

/** A checked configuration; paths are absolute. */
export interface Config extends Written {
  readonly file: string
}

export type TablesConfig = Written['tables']

/** Every problem of a configuration file at once. */
export class ConfigError extends Error {
  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** @throws ConfigError naming each field that is wrong; Error when there is no such file */
export async function loadConfig(file: string): Promise<Config> {
  const written = await readYaml(file)
  const parsed = configSchema.safeParse(written)
  if (!parsed.success) throw new ConfigError(file, problemsOf(parsed.error, written))
  const { archive, secrets, rates, adapters } = parsed.data
  const absolute = (given: string): string => resolve(dirname(file), given)
  return {
    ...parsed.data,
    file,
    archive: archive.folder === undefined ? archive : { folder: absolute(archive.folder) },
    secrets: secrets.folder === undefined ? secrets : { folder: absolute(secrets.folder) },
    ...(rates ? { rates: { file: absolute(rates.file) } } : {}),
    ...(adapters ? { adapters: adapterUrls(file, adapters) } : {}),
  }
}

/** Only where the tables are: what stops everything must work with the rest of the file in any state. */
export async function loadTables(file: string): Promise<TablesConfig> {
  const written = await readYaml(file)
  const parsed = z.object({ tables }).safeParse(written)
  if (!parsed.success) throw new ConfigError(file, problemsOf(parsed.error, written))
  return parsed.data.tables
}

/** What a kill needs: how the platforms are reached, and where the tables are if that can be read. */
export interface Reach extends Pick<Config, 'connections' | 'secrets' | 'adapters'> {
  readonly tables?: TablesConfig
}

const reachSchema = z.object({
  connections: configSchema.shape.connections,
  secrets: configSchema.shape.secrets,
  adapters: configSchema.shape.adapters.catch(undefined),
})

/** What stops the spending must work with the tables, the archive and the rates in any state. */
export async function loadReach(file: string): Promise<Reach> {
  const written = await readYaml(file)
  const parsed = reachSchema.safeParse(written)
  if (!parsed.success) throw new ConfigError(file, problemsOf(parsed.error, written))
  const { secrets, connections, adapters } = parsed.data
  const found = z.object({ tables }).safeParse(written)
  return {
    connections,
    secrets: secrets.folder === undefined ? secrets : { folder: resolve(dirname(file), secrets.folder) },
    ...(found.success ? { tables: found.data.tables } : {}),
    ...(adapters ? { adapters: adapterUrls(file, adapters) } : {}),
  }
}

async function readYaml(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `there is no configuration ${file}: write one with "sluice init", or name another with --config`
        : `${file} cannot be read: ${error.code}`,
    )
  })
  try {
    return parseYaml(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ConfigError(file, [`not YAML: ${error.message}`])
    throw error
  }
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol)
}
