import { describe, expect, test } from 'vitest'
import type { Connection } from '../../functions/composition/connections.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { accountRef, platformId } from '../../lib/model/account.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'

const SINCE = instant('2026-11-21T06:00:00Z')
const meta = platformId('meta')

/** A registry over adapters that note which secret is used for which account. */
function aRegistry(connections: readonly Connection[]) {
  const made: string[] = []
  const calls: string[] = []
  const make = ({ secret }: Connection) => {
    made.push(secret)
    const changes = async ({ id }: { id: string }) => {
      calls.push(`${id} with ${secret}`)
      return []
    }
    return { id: meta, reader: { changes }, writer: {}, capabilities: { restatementDays: 28 } } as unknown as AdPlatform
  }
  return { made, calls, platforms: platformRegistry(connections, { meta: make }) }
}

describe('the platform registry', () => {
  const all: Connection = { account: 'meta:*', secret: 'for-all' }
  const own: Connection = { account: 'meta:7', secret: 'for-seven' }

  test("reaches an account with its own connection, and all others with the platform's", async () => {
    const { calls, platforms } = aRegistry([all, own])
    for (const id of ['7', '8']) await platforms(meta).reader.changes(accountRef('meta', id), SINCE)
    expect(calls).toEqual(['7 with for-seven', '8 with for-all'])
  })
  test('makes one adapter for each connection, when it is first needed', async () => {
    const { made, platforms } = aRegistry([all, own])
    expect(made).toEqual([])
    for (const id of ['8', '7', '9', '7']) await platforms(meta).reader.changes(accountRef('meta', id), SINCE)
    expect(made).toEqual(['for-all', 'for-seven'])
  })
  test('asks what only some platforms can be asked of those that can, each account by its own connection', async () => {
    const asked: string[] = []
    const make = ({ secret }: Connection) =>
      ({
        reader: {
          forecasts: async ({ id }: { id: string }) => void asked.push(`forecasts of ${id} with ${secret}`),
          targetForecasts: async ({ id }: { id: string }) => void asked.push(`targets of ${id} with ${secret}`),
          cells: async ({ id }: { id: string }) => void asked.push(`cells of ${id} with ${secret}`),
          conversionLag: async ({ id }: { id: string }) => void asked.push(`lags of ${id} with ${secret}`),
        },
        writer: {},
      }) as unknown as AdPlatform
    const { reader } = platformRegistry([all, own], { meta: make })(meta)
    await reader.forecasts?.(accountRef('meta', '7'))
    await reader.targetForecasts?.(accountRef('meta', '8'))
    await reader.conversionLag?.(accountRef('meta', '8'), [])
    await reader.cells?.(accountRef('meta', '7'), [], accountDate('2026-11-01'), accountDate('2026-11-20'))
    expect(asked).toEqual([
      'forecasts of 7 with for-seven',
      'targets of 8 with for-all',
      'lags of 8 with for-all',
      'cells of 7 with for-seven',
    ])
    const silent = aRegistry([all]).platforms(meta).reader
    for (const name of ['forecasts', 'targetForecasts', 'conversionLag', 'cells'] as const)
      expect(silent).not.toHaveProperty(name)
  })
  test('tells what only some platforms can be told: a schedule is taken back by the account’s own connection', async () => {
    const told: string[] = []
    const make = ({ secret }: Connection) =>
      ({
        reader: {},
        writer: {
          withdraw: async (_: unknown, schedule: string) => {
            told.push(`${schedule} with ${secret}`)
            return { kind: 'applied' }
          },
        },
      }) as unknown as AdPlatform
    await platformRegistry([all, own], { meta: make })(meta).writer.withdraw?.(accountRef('meta', '7'), 'a schedule')
    expect(told).toEqual(['a schedule with for-seven'])
    expect(aRegistry([all]).platforms(meta).writer).not.toHaveProperty('withdraw')
  })
  test('keeps rules at the platform by the account’s own connection, where it has such', async () => {
    const told: string[] = []
    const make = ({ secret }: Connection) =>
      ({
        reader: {
          spendStops: async (_: unknown, use: string) => {
            told.push(`read for ${use} with ${secret}`)
            return { standing: [], stopped: [] }
          },
        },
        writer: {
          keepStop: async (_: unknown, stop: unknown, id: string) => {
            told.push(`${stop} as ${id} with ${secret}`)
            return { kind: 'applied' }
          },
          removeStop: async (_: unknown, id: string) => {
            told.push(`no ${id} with ${secret}`)
            return { kind: 'applied' }
          },
        },
      }) as unknown as AdPlatform
    const { reader, writer } = platformRegistry([all, own], { meta: make })(meta)
    const account = accountRef('meta', '7')
    await reader.spendStops?.(account, 'write')
    await writer.keepStop?.(account, 'a rule' as never, '9')
    await writer.removeStop?.(account, '9')
    expect(told).toEqual(['read for write with for-seven', 'a rule as 9 with for-seven', 'no 9 with for-seven'])
    const silent = aRegistry([all]).platforms(meta)
    expect({ ...silent.reader, ...silent.writer }).not.toHaveProperty('spendStops')
    expect(silent.writer).not.toHaveProperty('keepStop')
  })
  test('gives what the platform honours', () => {
    expect(aRegistry([all]).platforms(meta).capabilities.restatementDays).toBe(28)
  })
  test('refuses an account that nothing connects to, and says what to add', async () => {
    const { platforms } = aRegistry([own])
    await expect(platforms(meta).reader.changes(accountRef('meta', '8'), SINCE)).rejects.toThrow(
      'no connection for meta:8: add it, or meta:*, to the connections',
    )
  })
  test('refuses a platform without any connection', () => {
    expect(() => aRegistry([]).platforms(meta)).toThrow('no connection for platform "meta"')
  })
  test('refuses a platform that this function has no adapter for', () => {
    expect(() => aRegistry([all]).platforms(platformId('google-ads'))).toThrow(
      'no adapter for platform "google-ads" here',
    )
  })
})
