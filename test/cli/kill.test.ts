import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scopeOf } from '../../cli/commands/freeze.ts'
import { later, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { EntityStatus } from '../../playground/world.ts'
import { GOOGLE, META, MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  const config = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
  shop.write('dead.yaml', config.replace(/endpoint: '[^']*'/, "endpoint: 'http://127.0.0.1:9'"))
})
afterAll(() => shop.close())

const wait = (minutes = 5): void => shop.market.advanceTo(later(shop.market.now(), minutes * MINUTE_MS))
const statuses = (): readonly (readonly [string, EntityStatus])[] =>
  shop.market.accounts.flatMap(({ platform, id, campaigns }) =>
    [...campaigns.values()].map((one) => [`${platform}:${id}/${one.id}`, one.status] as const),
  )
const running = (): readonly string[] => statuses().flatMap(([key, status]) => (status === 'active' ? [key] : []))
const journal = (): string => readFileSync(join(shop.folder, '.sluice', 'kill-journal.log'), 'utf8')

describe('a scope', () => {
  const SNAP = 'snapchat:8adc3db7-8148-4fbf-999c-8d2266369d74'
  test.each([
    [undefined, 'everything'],
    ['everything', 'everything'],
    ['google-ads', 'platform/google-ads'],
    ['meta:123', 'account/meta:123'],
    ['meta:123/456', 'campaign/meta:123/456'],
    [SNAP, `account/${SNAP}`],
    [`${SNAP}/00c1e000-1111`, `campaign/${SNAP}/00c1e000-1111`],
    [`account/${SNAP}`, `account/${SNAP}`],
  ])('%s is %s', (typed, scope) => {
    expect(scopeOf(typed)).toBe(scope)
  })
  test.each(['Meta', 'meta:', 'meta:act_12', 'meta:12/', 'meta/12', 'meta:12/3/4'])('%s is none', (typed) => {
    expect(() => scopeOf(typed)).toThrow(/must be everything, platform\/meta, account\/meta:123/)
  })
})

/** One after the other, on one world. */
describe('kill', () => {
  test('with --dry-run says how many it would pause, and pauses none', async () => {
    const before = { running: running(), requests: shop.requests().mutating }
    const { code, out } = await shop.sluice('kill', 'everything', '--dry-run')
    expect(code).toBe(0)
    expect(out).toMatch(/google-ads:4155550101: would pause \d+/)
    expect(out).toContain('not tried: a dry run')
    expect({ running: running(), requests: shop.requests().mutating }).toEqual(before)
  })

  test('wants to be told what to pause, and pauses nothing that no policy calls ours', async () => {
    expect((await shop.sluice('kill')).err).toContain('say what to pause: everything, a platform')
    const stranger = await shop.sluice('kill', 'meta:999')
    expect(stranger.code).toBe(1)
    expect(stranger.err).toContain('nothing here says what is ours in account/meta:999: name its policy with --policy')
  })

  test('of one campaign pauses that one, freezes it too, and needs no policy', async () => {
    const [key] = running().filter((one) => one.startsWith(META))
    const { code, out } = await shop.sluice('kill', key!, '--reason', 'wrong link')
    expect(code).toBe(0)
    expect(out).toContain(`${META}: 1 paused`)
    expect(out).toContain(`frozen: campaign/${key}, until "sluice unfreeze campaign/${key}"`)
    expect(statuses()).toContainEqual([key, 'paused'])
    await shop.sluice('unfreeze', `campaign/${key}`, '--confirm', `campaign/${key}`)
  })

  test('works with the tables down: everything of ours is paused, a line each in the journal and the log', async () => {
    const before = running()
    expect(before.length).toBeGreaterThan(5)
    const { code, out, err } = await shop.sluice('kill', 'everything', '--config', 'dead.yaml', '--reason', 'fire')
    expect(code).toBe(0)
    expect(running()).toEqual([])
    expect(out).toMatch(/NOT FROZEN: .*ECONNREFUSED/)
    for (const key of before) {
      const [account, campaign] = key.split('/')
      const line = new RegExp(`^sluice-kill/1 \\S+ ${account} campaign/${campaign} pause by ".*" because "fire"$`, 'm')
      expect(journal()).toMatch(line)
      expect(err).toMatch(line)
    }
  })

  test('is taken over by the next pull: nothing is drift, and nothing is started again by what runs after it', async () => {
    wait()
    expect((await shop.sluice('pull')).code).toBe(0)
    const plan = JSON.parse((await shop.sluice('plan', '--json')).out).plans[0]
    expect(plan.drifts).toEqual([])
    expect(plan.changes).toEqual([])
    wait()
    await shop.sluice('run')
    wait(60)
    await shop.sluice('run')
    expect(running()).toEqual([])
    const { plans } = JSON.parse((await shop.sluice('plan', '--json')).out)
    expect(plans[0].drifts).toEqual([])
    // Nobody is told of campaigns that do not spend because they were killed.
    expect((await shop.sluice('alerts')).out).not.toContain('open')
  })

  test('is pressed again without harm: there is nothing left to pause', async () => {
    const { code, out } = await shop.sluice('kill', 'everything', '--json', '--config', 'dead.yaml')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      command: 'kill',
      scope: 'everything',
      accounts: [
        { account: GOOGLE, paused: [], running: [], failure: null },
        { account: META, paused: [], running: [], failure: null },
      ],
    })
  })

  test('takes over the journal of another machine, or a log, each line once', async () => {
    const line = (id: string) =>
      `2026-10-05 app | sluice-kill/1 2026-10-05T07:30:00.000Z ${META} campaign/${id} pause by "ann" because "x" (1)`
    shop.write('other.log', `${line('1')}\nnothing\n${line('2')}\nsluice-kill/1 2026-10-05T07:3`)
    const first = await shop.sluice('kill', '--take-over', 'other.log')
    expect(first.code).toBe(1)
    expect(first.out).toContain('2 pauses of')
    expect(first.err).toContain('line 4 of')
    expect((await shop.sluice('kill', '--take-over', 'other.log')).out).toContain('0 pauses of')
    expect(journal()).toContain(`${META} campaign/2 pause by "ann" because "x"\n`)
  })

  test('says once which line of the journal a pull cannot read', async () => {
    appendFileSync(join(shop.folder, '.sluice', 'kill-journal.log'), 'sluice-kill/1 2026-10-05T07:3\n')
    wait()
    const { code, err } = await shop.sluice('pull', '--quiet')
    expect(code).toBe(0)
    const line = journal().split('\n').length - 1
    expect(err.match(/kill-journal\.log cannot be read: correct it, or look at the platform/g)).toHaveLength(1)
    expect(err).toContain(`line ${line} of `)
  })
})
