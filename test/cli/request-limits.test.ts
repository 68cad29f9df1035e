import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../cli/config/config.ts'
import { tablesClient } from '../../cli/config/tables.ts'
import type { StoredBook } from '../../lib/ports/limiter.ts'
import { dynamoLimitStore } from '../../lib/store/limit-store.ts'
import { HOUR_MS, isoInstant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { META, MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  shop.market.advanceTo(later(MORNING, HOUR_MS))
})
afterEach(() => shop.close())

const SCOPES = ['google-ads', `meta#${META.split(':')[1]}`]

/** One connection that leads to a platform itself, of which no account is asked. */
const withRealConnection = (): void => {
  const written = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
  shop.write('sluice.yaml', `${written}  - { account: 'tiktok:*', secret: meta }\n`)
}

/** An application and an account whose use of requests can stand in the control table: those that do. */
async function written(): Promise<readonly string[]> {
  return (await books()).flatMap((book, i) => (book ? [SCOPES[i]!] : []))
}

async function books(): Promise<readonly (StoredBook | undefined)[]> {
  const { tables } = await loadConfig(join(shop.folder, 'sluice.yaml'))
  const client = tablesClient(tables)
  const store = dynamoLimitStore({ client, prefix: tables.prefix })
  const found = await Promise.all(SCOPES.map((scope) => store.read(scope)))
  client.destroy()
  return found
}

describe('what a command uses of the request limits', () => {
  test.each(['pull', 'run', 'mapping', 'doctor'])(
    'of real platforms is shared with all others: %s',
    async (command) => {
      withRealConnection()
      await shop.sluice(command)
      expect(await written()).toEqual(SCOPES)
    },
  )

  test('is no more than it asked, once it is over: what it had leased beside is given back', async () => {
    withRealConnection()
    const before = shop.requests().all
    await shop.sluice('run')
    const asked = shop.requests().all - before
    for (const stored of await books())
      for (const leases of Object.values(stored!.book.leases)) {
        const units = leases.reduce((sum, lease) => sum + lease.units, 0)
        // A write counts as three on Meta, and the shop counts no tokens that are asked for.
        expect(units).toBeLessThanOrEqual(3 * asked)
      }
  })

  test('is nobody else’s business where all connections are pretend', async () => {
    expect((await shop.sluice('run')).code).toBe(0)
    expect(await written()).toEqual([])
  })

  test('at another time than the machine’s is nobody else’s business either: it would count when it should not', async () => {
    withRealConnection()
    const { code } = await shop.sluice('pull', '--at', isoInstant(later(MORNING, HOUR_MS + 3 * MINUTE_MS)))
    expect(code).toBe(0)
    expect(await written()).toEqual([])
  })

  test('of a kill is not asked of a table, which may be what is down', async () => {
    withRealConnection()
    const before = shop.requests().all
    await shop.sluice('kill', 'everything', '--dry-run')
    expect(shop.requests().all).toBeGreaterThan(before)
    expect(await written()).toEqual([])
  })
})
