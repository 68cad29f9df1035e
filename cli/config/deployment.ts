import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectsOf, loadAdapters } from '../../functions/composition/adapters.ts'
import { capabilitiesOf } from '../../functions/composition/capabilities.ts'
import { LAMBDAS } from '../../functions/composition/lambdas.ts'
import type { Limiters, OpenLimiters } from '../../functions/composition/limiters.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { LimitStore } from '../../lib/ports/limiter.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import type { ExchangeRates } from '../../lib/ports/rates.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { fileRates } from '../../lib/store/file-rates.ts'
import { fileSecrets } from '../../lib/store/file-secrets.ts'
import { folderArchive } from '../../lib/store/folder-archive.ts'
import { dynamoLimitStore } from '../../lib/store/limit-store.ts'
import type { StoreOptions } from '../../lib/store/link.ts'
import { localRatesFile } from '../../lib/store/rates-file.ts'
import type { RatesFile } from '../../lib/store/rates-update.ts'
import { type DynamoStores, dynamoStores } from '../../lib/store/stores.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import type { Screen } from '../terminal/screen.ts'
import { isAllPretend } from './clock.ts'
import type { Config, Reach } from './config.ts'
import { fileJournal, journalFile } from './journal.ts'
import { ensureTables, tablesClient } from './tables.ts'

/** The stores and services that a configuration names, and how to make a loop of them. */
export interface Deployment extends DynamoStores {
  readonly config: Config
  readonly clock: Clock
  /** For what an operator does with whole tables. */
  readonly tables: StoreOptions
  /** Where what is used of the platforms' request limits is written down. */
  readonly limits: LimitStore
  /** A loop that reads and decides, with no way to a platform. */
  readonly desk: Loop
  /** Loops for turns: with the platforms, and a worker of its own each. */
  loops(queue: Loop['queue'], extras?: Partial<Loop>): Promise<(worker: string) => Loop>
  /** @throws RangeError naming a connection that cannot be used */
  platforms(): Promise<PlatformRegistry>
  /** Gives back what was leased of the platforms' request limits and not used: the next command does not wait for it. */
  close(): Promise<void>
}

/** Nobody ends a command as Lambda would: its turns may take as long as the longest function's, and send nothing after. */
const TIMING = { ...DEFAULT_TIMING, runLimitMs: LAMBDAS.pull.runLimitMs }

/**
 * @param clock of the command
 * @param say is told when tables were created on this machine, and warned of what is in the journal and cannot be read
 * @param machine the machine's clock
 * @throws Error that says what to do when the tables cannot be used
 */
export async function openDeployment(
  config: Config,
  clock: Clock,
  say: Pick<Screen, 'tell' | 'warn'>,
  machine: Clock = clock,
): Promise<Deployment> {
  const client = tablesClient(config.tables)
  try {
    await ensureTables(client, config.tables, say.tell)
  } catch (error) {
    client.destroy()
    throw error
  }
  const tables = { client, prefix: config.tables.prefix }
  const stores = dynamoStores(tables)
  // What a pretend platform was asked, or was asked at a pretend time, is none of the others' business.
  const limits = clock === machine && !isAllPretend(config) ? dynamoLimitStore(tables) : memoryLimits()
  const reach = reachOf(config, { clock, machine }, limits)
  // Two commands at the same time must not take each other's claims for their own.
  const process = `${hostname()}/${randomUUID().slice(0, 8)}`
  const shared = {
    ...stores,
    clock,
    archive: await archiveOf(config),
    rates: await ratesOf(config, clock),
    timing: TIMING,
    journal: fileJournal(journalFile(config.file), say.warn),
  }
  return {
    ...stores,
    config,
    clock,
    tables,
    limits,
    desk: {
      ...shared,
      platforms: capabilitiesOf(await loadAdapters(config.adapters ?? {})),
      worker: process,
      queue: { send: refuse },
    },
    async loops(queue, extras = {}) {
      const platforms = await reach.platforms()
      return (worker) => ({
        ...shared,
        platforms,
        worker: `${process}/${worker}`,
        queue,
        ...extras,
      })
    },
    platforms: reach.platforms,
    async close() {
      await reach.giveBack()
      client.destroy()
    },
  }
}

/**
 * The platforms, all that are asked for counted by the same limiters, and how these are done with. Requests are counted by the
 * machine's clock: one that stands at an instant would let no more through than a limit has room for in a second.
 */
function reachOf(
  config: Config,
  { clock, machine }: { readonly clock: Clock; readonly machine: Clock },
  limits: LimitStore,
) {
  let limiters: OpenLimiters | undefined
  return {
    async platforms(): Promise<PlatformRegistry> {
      limiters ??= await limitersOn(limits, machine)
      return platformsOf(config, clock, limiters)
    },
    giveBack: async () => limiters?.close(),
  }
}

const limitersOn = async (store: LimitStore, clock: Clock): Promise<OpenLimiters> =>
  (await import('../../functions/composition/limiters.ts')).openLimiters({ store, clock, sleep })

async function refuse(): Promise<void> {
  throw new Error('this command reads and decides; it has no queue to send to')
}

async function archiveOf({ archive, tables }: Config): Promise<Archive> {
  if (archive.folder !== undefined) return folderArchive(archive.folder)
  const { s3Archive } = await import('../../lib/store/s3-archive.ts')
  return s3Archive({ client: await s3(tables.region), bucket: archive.bucket ?? '' })
}

/** The file's; without one, those that lie in the archive bucket for the deployed functions; with neither, none. */
async function ratesOf({ rates, archive, tables }: Config, clock: Clock): Promise<ExchangeRates> {
  if (rates) return fileRates(rates.file)
  if (archive.bucket === undefined)
    return { rate: async (from, to, on) => (from === to ? identityRate(from, on) : undefined) }
  const { s3Rates } = await import('../../functions/composition/s3-rates.ts')
  return s3Rates({ client: await s3(tables.region), bucket: archive.bucket, clock })
}

/** Where fetched rates are put: the place that `ratesOf` reads. @throws Error where the configuration has none */
export async function ratesFileOf({ file, rates, archive, tables }: Config): Promise<RatesFile> {
  if (rates) return localRatesFile(rates.file)
  if (archive.bucket === undefined)
    throw new Error(`${file} says of no place for exchange rates: add "rates: { file: rates.csv }" to it`)
  const { s3RatesFile } = await import('../../functions/composition/s3-rates.ts')
  return s3RatesFile({ client: await s3(tables.region), bucket: archive.bucket })
}

async function s3(region: string | undefined) {
  const [{ S3Client }, { AWS_CLIENT }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../../functions/composition/aws.ts'),
  ])
  return new S3Client({ ...AWS_CLIENT, ...(region ? { region } : {}) })
}

/** @throws Error of the AWS client's where its region is missing */
export async function secretsOf({ secrets, tables }: Reach, clock: Clock): Promise<Secrets> {
  if (secrets.folder !== undefined) return fileSecrets(secrets.folder)
  const [{ SecretsManagerClient }, { AWS_CLIENT }, { awsSecrets }] = await Promise.all([
    import('@aws-sdk/client-secrets-manager'),
    import('../../functions/composition/aws.ts'),
    import('../../lib/store/aws-secrets.ts'),
  ])
  const region = tables?.region ? { region: tables.region } : {}
  return awsSecrets({ client: new SecretsManagerClient({ ...AWS_CLIENT, ...region }), clock })
}

/**
 * Loaded only by commands that talk to platforms.
 *
 * @param limiters by which requests are counted: by this command alone unless told otherwise, for what must work while the
 *   tables do not
 * @throws RangeError naming a connection that cannot be used
 */
export async function platformsOf(config: Reach, clock: Clock, limiters?: Limiters): Promise<PlatformRegistry> {
  const secrets = await secretsOf(config, clock)
  const [{ googleAds }, { SHARED_ADAPTERS }, { platformRegistry }, others, counted] = await Promise.all([
    import('../../functions/composition/google-ads.ts'),
    import('../../functions/composition/shared-adapters.ts'),
    import('../../functions/composition/registry.ts'),
    loadAdapters(config.adapters ?? {}),
    limiters ?? limitersOn(memoryLimits(), clock),
  ])
  const connects = { ...connectsOf(others), 'google-ads': googleAds, ...SHARED_ADAPTERS }
  const makers = Object.entries(connects).map(([name, connect]) => [name, connect(secrets, clock, counted)] as const)
  return platformRegistry(config.connections, Object.fromEntries(makers))
}
