import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freeze } from '../../cli/commands/freeze.ts'
import { screenOf } from '../../cli/terminal/screen.ts'
import { instant } from '../../lib/units/calendar.ts'
import { META, MORNING, openShop, readyAt, type Shop } from './shop.ts'

describe('a freeze', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.close())

  test('before the first policy takes every name', async () => {
    expect((await shop.sluice('freeze', 'mta')).code).toBe(0)
  })

  test('of a name that nothing has is made, and warned of: it stopped nothing', async () => {
    await readyAt(shop, MORNING)
    const pushed = `nothing that is pushed was stopped. Pushed to are google-ads:4155550101, ${META}`
    for (const [typed, scope, why] of [
      ['mta', 'platform/mta', `no policy names an account in platform/mta: ${pushed}`],
      ['metaa:12', 'account/metaa:12', `no policy names an account in account/metaa:12: ${pushed}`],
      [`${META}/99999`, `campaign/${META}/99999`, `${META} has no campaign 99999, as it was read last`],
    ] as const) {
      const { code, out, err } = await shop.sluice('freeze', typed)
      expect(code).toBe(1)
      expect(out).toContain(`Frozen: ${scope}`)
      expect(err).toContain(`! ${why}`)
      expect((await shop.sluice('unfreeze', scope, '--confirm', scope)).out).toContain(`Unfrozen: ${scope}.`)
    }
  })

  test('of a platform, an account and a campaign that are there is all right', async () => {
    const [campaign] = shop.market.account('meta', META.slice(5))!.campaigns.keys()
    for (const scope of ['meta', META, `${META}/${campaign}`]) {
      const { code, out } = await shop.sluice('freeze', scope, '--json')
      expect(code).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ command: 'freeze', warning: null })
    }
  })
})

describe('with tables that take a connection and never answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-hang-'))
  const config = join(folder, 'sluice.yaml')
  const silent = createServer()
  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    writeFileSync(config, `tables: { prefix: sluice-hang, endpoint: 'http://127.0.0.1:${address.port}' }\n`)
  })
  afterAll(() => {
    silent.close()
    rmSync(folder, { recursive: true })
  })

  test('a freeze says in time that nothing is frozen, and what else to press', async () => {
    const stream = { write: () => true }
    const surroundings = { cwd: folder, env: {}, stdin: Readable.from(['']), stdout: stream, stderr: stream }
    const clock = { now: () => instant('2026-10-05T06:00:00Z') }
    const screen = screenOf({ ...surroundings, clock }, {})
    await expect(freeze('meta:123', { config, by: 'ann', clock, patienceMs: 50 }, screen)).rejects.toThrow(
      'NOT FROZEN: the tables did not answer within 50 ms; press again, or pause at the platforms, without the tables: sluice kill meta:123',
    )
  })
})
