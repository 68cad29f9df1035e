import type { AccountRef, PlatformId } from '../../lib/model/account.ts'
import type { AdPlatform, PlatformReader, PlatformRegistry, PlatformWriter } from '../../lib/ports/platform.ts'
import { cleanPlatform } from './clean-platform.ts'
import { type Connection, connectionFor, connectionsOf } from './connections.ts'

/** Makes a platform's adapter for one set of credentials. */
export type PlatformMaker = (connection: Connection) => AdPlatform

/**
 * Adapters by platform, made when first asked for. Where accounts of one platform have secrets of their own, each call
 * goes to the adapter of its account.
 *
 * @throws RangeError from the registry for a platform without a maker, and for one without any connection
 */
export function platformRegistry(
  connections: readonly Connection[],
  makers: Readonly<Record<string, PlatformMaker>>,
): PlatformRegistry {
  const made = new Map<PlatformId, AdPlatform>()
  return (platform) => {
    const known = made.get(platform)
    if (known) return known
    const make = makers[platform]
    if (!make)
      throw new RangeError(`no adapter for platform "${platform}" here: there is ${Object.keys(makers).join(', ')}`)
    const fresh = cleanPlatform(byAccount(platform, connectionsOf(connections, platform), make))
    made.set(platform, fresh)
    return fresh
  }
}

function byAccount(platform: PlatformId, connections: readonly Connection[], make: PlatformMaker): AdPlatform {
  const [first] = connections
  if (!first) throw new RangeError(`no connection for platform "${platform}": add ${platform}:* to the connections`)
  const adapters = new Map<Connection, AdPlatform>([[first, make(first)]])
  const of = (account: AccountRef): AdPlatform => {
    const connection = connectionFor(connections, account)
    const adapter = adapters.get(connection) ?? make(connection)
    adapters.set(connection, adapter)
    return adapter
  }
  return {
    id: platform,
    // What a platform honours does not depend on whose account it is.
    capabilities: adapters.get(first)!.capabilities,
    reader: {
      structure: async (account, what) => of(account).reader.structure(account, what),
      performance: async (account, query, rules) => of(account).reader.performance(account, query, rules),
      changes: async (account, since) => of(account).reader.changes(account, since),
      live: async (account, ...what) => of(account).reader.live(account, ...what),
      announcements: async (account) => of(account).reader.announcements(account),
      ...optional(adapters.get(first)!.reader, (account) => of(account).reader),
    },
    writer: {
      apply: async (account, ...what) => of(account).writer.apply(account, ...what),
      announce: async (account, announcement) => of(account).writer.announce(account, announcement),
      ...optionalWrites(adapters.get(first)!.writer, (account) => of(account).writer),
    },
  }
}

type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]: T[K] }

/** What only some platforms can be asked: adapters of one platform can all be asked the same. */
function optional(one: PlatformReader, of: (account: AccountRef) => PlatformReader): Optional<PlatformReader> {
  // All of them, or it does not compile: one that is left out here is never asked, and nobody is told.
  const every: Required<Optional<PlatformReader>> = {
    health: async (account) => of(account).health!(account),
    conversionActions: async (account) => of(account).conversionActions!(account),
    conversionLag: async (account, rules) => of(account).conversionLag!(account, rules),
    forecasts: async (account) => of(account).forecasts!(account),
    targetForecasts: async (account) => of(account).targetForecasts!(account),
    cells: async (account, rules, from, to) => of(account).cells!(account, rules, from, to),
    spendStops: async (account, use) => of(account).spendStops!(account, use),
  }
  return thoseOf(one, every)
}

/** The same of what only some can be told. */
function optionalWrites(one: PlatformWriter, of: (account: AccountRef) => PlatformWriter): Optional<PlatformWriter> {
  const every: Required<Optional<PlatformWriter>> = {
    withdraw: async (account, schedule) => of(account).withdraw!(account, schedule),
    keepStop: async (account, stop, id) => of(account).keepStop!(account, stop, id),
    removeStop: async (account, id) => of(account).removeStop!(account, id),
  }
  return thoseOf(one, every)
}

const thoseOf = <T extends object>(one: Partial<T>, every: T): Partial<T> =>
  Object.fromEntries(Object.entries(every).filter(([name]) => one[name as keyof T] !== undefined)) as Partial<T>
