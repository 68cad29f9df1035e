import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { later } from '../../lib/units/calendar.ts'
import { clientFor } from '../store/embedded.ts'
import { MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
})
afterAll(() => shop.close())

const exported = (): string => readFileSync(join(shop.folder, 'audit.jsonl'), 'utf8')
/** The same deployment with tables that nobody has written to. */
const into = (prefix: string): readonly string[] => {
  const text = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8').replace('sluice-test', prefix)
  shop.write(`${prefix}.yaml`, text)
  return ['--config', `${prefix}.yaml`]
}

test('audit verify says of each chain where it stands, and that the state is its fold', async () => {
  const { code, out, err } = await shop.sluice('audit', 'verify')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^google-ads:4155550101: \d+ records, \d+ items, stands at \d+ [0-9a-f]{64}$/m)
  expect(out).toMatch(/^portfolio\/steady: 1 records, 2 items, stands at 1 [0-9a-f]{64}$/m)
  expect(out).toMatch(/Intact, and the state is the fold of the log\.\n$/)
  const json = await shop.sluice('audit', 'verify', '--chain', 'portfolio/steady', '--from', '1', '--json')
  expect(JSON.parse(json.out)).toMatchObject({
    command: 'audit verify',
    intact: true,
    checks: [{ records: 1, items: 0 }],
  })
})

test('audit verify fails where the tables were written to past the log, and says what to do', async () => {
  const text = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
  const endpoint = /endpoint: '([^']+)'/.exec(text)![1]!
  const client = clientFor(endpoint)
  await shop.sluice('freeze', 'google-ads', '--reason', 'a drill')
  const Key = { pk: { S: 'FREEZES' }, sk: { S: 'platform/google-ads' } }
  await client.send(new DeleteItemCommand({ TableName: 'sluice-test-control', Key }))
  client.destroy()
  const { code, err } = await shop.sluice('audit', 'verify')
  expect(code).toBe(1)
  expect(err).toMatch(/^freeze platform\/google-ads is missing in the tables; record 1 of chain freezes wrote it$/m)
  expect(err).toMatch(/^ {2}What to do: something wrote it past the log/m)
  // Set again, it is what the newest record says.
  await shop.sluice('freeze', 'google-ads', '--reason', 'a drill')
  expect((await shop.sluice('audit', 'verify')).code).toBe(0)
})

test('audit export writes what verifies as a file, and restore puts it into empty tables, frozen', async () => {
  const { code, out } = await shop.sluice('audit', 'export', 'audit.jsonl')
  expect([code, out]).toEqual([0, expect.stringMatching(/audit\.jsonl: 4 chains, \d+ records, sound\.\n$/)])
  expect((await shop.sluice('audit', 'verify', '--file', 'audit.jsonl')).out).toMatch(
    /^Intact: 4 chains, \d+ records\.$/m,
  )

  const restored = await shop.sluice('restore', 'audit.jsonl', ...into('sluice-again'))
  expect([restored.code, restored.out]).toEqual([
    0,
    expect.stringMatching(/^Restored \d+ records and \d+ items\. Everything is frozen\.$/m),
  ])
  expect(restored.out).toMatch(/Intact, and the state is the fold of the log\.\n$/)
  const status = await shop.sluice('status', '--json', ...into('sluice-again'))
  expect(status.out).toContain('restored from an export of the audit')

  const again = await shop.sluice('restore', 'audit.jsonl', ...into('sluice-again'))
  expect([again.code, again.err]).toEqual([1, expect.stringMatching(/the tables are not empty: restore into new ones/)])
})

test('an export is for its owner alone, and never takes the place of an older one', async () => {
  const before = exported()
  const again = await shop.sluice('audit', 'export', 'audit.jsonl')
  expect([again.code, again.err]).toEqual([1, expect.stringMatching(/audit\.jsonl is there already: name another/)])
  expect(exported()).toBe(before)
  expect(statSync(join(shop.folder, 'audit.jsonl')).mode & 0o777).toBe(0o600)
})

test('what was mistyped is told from what is wrong with the log', async () => {
  const typed = async (...args: string[]) => {
    const { code, err } = await shop.sluice(...args)
    expect([args, code]).toEqual([args, 1])
    expect(err).not.toContain('What to do')
    return err
  }
  expect(await typed('audit', 'verify', '--chain', 'portfolio/steadi')).toMatch(
    /--chain portfolio\/steadi: there are freezes, google-ads:4155550101, .*portfolio\/steady/,
  )
  expect(await typed('audit', 'verify', '--chain', 'portfolio/steady', '--from', '99')).toMatch(
    /--from 99: chain portfolio\/steady ends with record 1/,
  )
  expect(await typed('audit', 'verify', '--from', '2')).toMatch(/--from counts the records of one chain: name it/)
  expect(await typed('restore', 'nosuch.jsonl')).toMatch(/nosuch\.jsonl cannot be read: name a file of/)
  expect(await typed('audit', 'verify', '--file', 'nosuch.jsonl')).toMatch(/nosuch\.jsonl cannot be read/)
})

test('a damaged export is refused with its line, by verify and by restore, which writes nothing', async () => {
  const lines = exported().split('\n')
  shop.write('damaged.jsonl', lines.toSpliced(-4, 1).join('\n'))
  const verified = await shop.sluice('audit', 'verify', '--file', 'damaged.jsonl')
  expect([verified.code, verified.err]).toEqual([
    1,
    expect.stringMatching(/^line \d+: the head of chain portfolio\/steady comes where chain \(none\) ends$/m),
  ])
  const damaged = await shop.sluice('restore', 'damaged.jsonl', ...into('sluice-third'))
  expect([damaged.code, damaged.err]).toEqual([1, expect.stringMatching(/^line \d+: .*\n.*\nNothing was written\.$/m)])
  // The engine keeps request tokens across tables: two restores at the same instant would be one request to it.
  shop.market.advanceTo(later(MORNING, 60_000))
  const whole = await shop.sluice('restore', 'audit.jsonl', ...into('sluice-third'))
  expect([whole.code, whole.err]).toEqual([0, expect.stringContaining('sluice unfreeze everything')])
})
