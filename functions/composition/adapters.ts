import * as z from 'zod'
import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import { OWN_PLATFORMS } from '../../lib/model/platform-names.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { adapterFiles, type Variables } from './environment.ts'
import type { Connect } from './platform-lambda.ts'

/** Raised when the ports change so that adapters of before no longer fit. */
export const ADAPTER_CONTRACT = 1

/** What an adapter package exports as `adapter`. docs/adding-a-platform.md walks through writing one. */
export interface AdapterPackage {
  readonly contract: typeof ADAPTER_CONTRACT
  /** The name that accounts of the platform have before the colon. */
  readonly platform: string
  /** Without anything that talks to the platform: planning has no credentials. */
  readonly capabilities: PlatformCapabilities
  readonly connect: Connect
}

const fn = z.custom((value) => typeof value === 'function', 'must be a function')
const share = z.number().min(0)

const capabilitiesSchema = z.looseObject({
  honours: fn,
  normalise: fn,
  minimumDailyBudget: fn,
  overDeliveryFactor: z.number().min(1),
  cutFloorOfSpend: share,
  raiseFloorOfSpend: z.boolean().optional(),
  // Infinity where no limit is known, which is no finite number to zod.
  budgetEditsPerHour: z.custom((value) => typeof value === 'number' && value > 0, 'must be a number above 0'),
  restatementDays: z.int().min(0).max(365),
  hourlyConversions: z.boolean(),
  learningSafeStep: share,
})

const adapterSchema = z.looseObject({
  contract: z.literal(ADAPTER_CONTRACT, `must be ${ADAPTER_CONTRACT}, the contract of this Sluice`),
  platform: z.string(),
  capabilities: capabilitiesSchema,
  connect: fn,
})

const platformSchema = z.looseObject({
  reader: z.looseObject({ structure: fn, performance: fn, changes: fn, live: fn, announcements: fn }),
  writer: z.looseObject({ apply: fn, announce: fn }),
})

/**
 * The adapter that a module exports, once its shape is known to be right.
 *
 * @param platform under which the configuration names it
 * @param from what the configuration names, for messages
 * @throws RangeError that names every member that is wrong
 */
export function checkedAdapter(exported: unknown, platform: string, from: string): AdapterPackage {
  const wrong = (what: string): never => {
    throw new RangeError(`the adapter of ${platform}, ${from}: ${what}`)
  }
  if (OWN_PLATFORMS.some((own) => own === platform))
    wrong(`${platform} has an adapter of Sluice's own, which cannot be replaced: take it out of "adapters"`)
  const { adapter } = (exported ?? {}) as { readonly adapter?: unknown }
  if (adapter === undefined) wrong('must export a constant "adapter", see docs/adding-a-platform.md')
  const parsed = adapterSchema.safeParse(adapter)
  if (!parsed.success) wrong(problems('adapter', parsed.error))
  const found = adapter as AdapterPackage
  if (found.platform !== platform) wrong(`adapter.platform is "${found.platform}": name it so in the configuration`)
  return { ...found, connect: checkedConnect(found, from) }
}

/** What it makes is looked at when it is made: an adapter that lacks a method must not fail in the middle of a turn. */
const checkedConnect =
  ({ platform, capabilities, connect }: AdapterPackage, from: string): Connect =>
  (...given) => {
    const make = connect(...given)
    return (connection) => {
      const made: AdPlatform = make(connection)
      const parsed = platformSchema.safeParse(made)
      if (!parsed.success)
        throw new RangeError(`the adapter of ${platform}, ${from}: ${problems('what connect makes', parsed.error)}`)
      return { ...made, capabilities }
    }
  }

const problems = (what: string, { issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`).join('; ')

/** Adapters by platform. One that cannot be had is told when its platform is asked for: the others work without it. */
export type Adapters = Readonly<Record<string, AdapterPackage | Error>>

/**
 * Loads what the operator has named, and nothing else.
 *
 * @param urls by platform, what to import
 */
export async function loadAdapters(urls: Readonly<Record<string, string>>): Promise<Adapters> {
  const loaded = await Promise.all(
    Object.entries(urls).map(async ([platform, url]) => [platform, await adapterAt(platform, url)] as const),
  )
  return Object.fromEntries(loaded)
}

async function adapterAt(platform: string, url: string): Promise<AdapterPackage | Error> {
  try {
    return checkedAdapter(await import(url), platform, url)
  } catch (error) {
    if (error instanceof RangeError) return error
    const reason = error instanceof Error ? error.message : String(error)
    return new Error(`the adapter of ${platform} cannot be loaded from ${url}: ${reason}`)
  }
}

/** Those of a function lie beside its own code. */
export const lambdaAdapters = (variables: Variables): Promise<Adapters> => loadAdapters(adapterFiles(variables))

/** How each of them is connected with. */
export const connectsOf = (adapters: Adapters): Readonly<Record<string, Connect>> =>
  Object.fromEntries(
    Object.entries(adapters).map(([platform, adapter]): [string, Connect] => [
      platform,
      (...given) =>
        (connection) => {
          if (adapter instanceof Error) throw adapter
          return adapter.connect(...given)(connection)
        },
    ]),
  )
