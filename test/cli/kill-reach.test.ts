import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Ended, GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

const COPY = '.sluice/policies/steady.yaml'
/** The steady policy without its Meta account. */
const GOOGLE_ONLY = policyText().replace(/ {2}- account: meta[\s\S]*?USD'\n/, '')
/** The steady policy that only counts brand campaigns. */
const BRAND_UNMANAGED = policyText().replace('class: brand }', 'class: brand, managed: false }')

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  const config = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
  shop.write('dead.yaml', config.replace(/endpoint: '[^']*'/, "endpoint: 'http://127.0.0.1:9'"))
})
afterAll(() => shop.close())

const campaigns = () =>
  shop.market.accounts.flatMap(({ platform, id, campaigns: all }) =>
    [...all.values()].map((campaign) => ({ platform, accountId: id, campaign })),
  )
const running = (): readonly string[] =>
  campaigns().flatMap(({ platform, campaign }) =>
    campaign.status === 'active' ? [`${platform} ${campaign.name}`] : [],
  )

/** Everything runs again, nothing is frozen, the tables and the folder know the same policy. */
beforeEach(async () => {
  shop.trouble(() => undefined)
  for (const { platform, accountId, campaign } of campaigns())
    if (campaign.status === 'paused')
      shop.market.apply(
        { platform, accountId, kind: 'status', level: 'campaign', id: campaign.id, status: 'active' },
        { kind: 'human', name: 'ann' },
      )
  await shop.sluice('unfreeze', 'everything', '--confirm', 'everything')
  shop.write('policy.yaml', policyText())
  await shop.sluice('policy', 'put', 'policy.yaml')
  expect(running().length).toBeGreaterThan(7)
})

const kill = (...args: readonly string[]): Promise<Ended> => shop.sluice('kill', ...args)

describe('what a kill knows to be ours', () => {
  test('is what the tables say too: an account that this folder has never heard of is paused', async () => {
    shop.write(COPY, GOOGLE_ONLY)
    const { code, out } = await kill('everything')
    expect({ code, running: running() }).toEqual({ code: 0, running: [] })
    expect(out).toMatch(new RegExp(`${META}: \\d+ paused`))
  })

  test('is, of one account, what either of the two says', async () => {
    shop.write(COPY, policyText().replace("{ name: '', class", "{ name: '', managed: false, class"))
    const { code, out } = await kill('google-ads')
    expect(code).toBe(0)
    expect(running().filter((name) => name.startsWith('google-ads'))).toEqual([])
    expect(out.match(new RegExp(`^${GOOGLE}: `, 'gm'))).toHaveLength(1)
  })

  test('is what the tables say where this folder has no copy', async () => {
    rmSync(join(shop.folder, COPY))
    expect((await kill('everything')).code).toBe(0)
    expect(running()).toEqual([])
  })

  test('is less with the tables down: what is connected and in no copy is named, and the kill is no success', async () => {
    shop.write(COPY, GOOGLE_ONLY)
    const { code, err, out } = await kill('everything', '--config', 'dead.yaml')
    expect(code).toBe(1)
    expect(err).toContain('known are the copies here, of steady')
    expect(err).toContain('meta:* is connected and named by no policy here: what is ours there RUNS ON')
    expect(out).toMatch(/NOT FROZEN/)
    expect(running().every((name) => name.startsWith('meta'))).toBe(true)
    expect(JSON.parse((await kill('everything', '--config', 'dead.yaml', '--json')).out).unknown).toEqual(['meta:*'])
  })

  test('is less with the tables down and a copy that cannot be read: the kill of the others is no success', async () => {
    shop.write('.sluice/policies/other.yaml', 'portfolio: [')
    const down = await kill('everything', '--config', 'dead.yaml', '--json')
    const up = await kill('everything')
    rmSync(join(shop.folder, '.sluice/policies/other.yaml'))
    expect({ down: down.code, up: up.code, running: running() }).toEqual({ down: 1, up: 0, running: [] })
    expect(JSON.parse(down.out).unknown).toEqual([expect.stringContaining('other.yaml is left out')])
  })

  test('is nothing without copies and tables: then it says, too, that nothing is frozen', async () => {
    rmSync(join(shop.folder, COPY))
    const { code, err } = await kill('everything', '--config', 'dead.yaml')
    expect(code).toBe(1)
    expect(err).toContain('nothing here says what is ours in everything')
    expect(err).toMatch(/NOT FROZEN: .*ECONNREFUSED/)
  })

  test('leaves out a scope that nobody knows, and says that it is frozen all the same', async () => {
    const { code, err } = await kill('meta:999')
    expect(code).toBe(1)
    expect(err).toContain('nothing here says what is ours in account/meta:999')
    expect(err).toContain('frozen: account/meta:999, until "sluice unfreeze account/meta:999"')
  })

  test('does not contain what the policy only counts: that runs on, is told of, and is paused with --every-campaign', async () => {
    shop.write('policy.yaml', BRAND_UNMANAGED)
    await shop.sluice('policy', 'put', 'policy.yaml')
    const brand = running().filter((name) => name.toLowerCase().includes('brand'))
    expect(brand.length).toBeGreaterThan(0)
    const { code, err } = await kill('everything')
    expect(code).toBe(0)
    expect(running()).toEqual(brand)
    expect(err).toMatch(/: \d+ that no policy calls ours run on; --every-campaign pauses them too/)
    expect((await kill('everything', '--every-campaign')).code).toBe(0)
    expect(running()).toEqual([])
  })
})

describe('a kill that did not do all it was asked', () => {
  test('is no success: each campaign that runs on is named', async () => {
    shop.trouble(({ platform, mutating }) => (platform === 'meta' && mutating ? 'drop-before' : undefined))
    const { code, err } = await kill('everything')
    expect(code).toBe(1)
    const left = running()
    expect(left.length).toBeGreaterThan(0)
    expect(err.match(/campaign \d+ RUNS ON: .*; pause it at the platform/g)).toHaveLength(left.length)
  })

  test('is no success where an account cannot be read', async () => {
    shop.trouble(({ platform }) => (platform === 'meta' ? 'unauthorised' : undefined))
    const { code, out } = await kill('everything')
    expect(code).toBe(1)
    expect(out).toContain(`${META}: NOTHING PAUSED: `)
  })

  test.each([GOOGLE, META])('is no success where %s has no such campaign', async (account) => {
    const { code, err } = await kill(`${account}/99999`)
    expect(code).toBe(1)
    expect(err).toContain(`${account} has no campaign 99999: correct its id; nothing was paused for it`)
    expect((await shop.sluice('unfreeze', `${account}/99999`, '--confirm', `campaign/${account}/99999`)).code).toBe(0)
  })
})

describe('kill --take-over', () => {
  test('of a file that is not there, or is no journal, is an error', async () => {
    shop.write('empty.log', 'nothing\n')
    for (const file of ['nosuch.log', 'empty.log']) {
      const { code, err } = await kill('--take-over', file)
      expect(code).toBe(1)
      expect(err).toContain(`${file} is not there, or has no line of a kill's journal`)
    }
  })

  test('with a scope is an error: it would pause nothing', async () => {
    const before = running()
    const { code, err } = await kill('everything', '--take-over', 'nosuch.log')
    expect(code).toBe(1)
    expect(err).toContain('--take-over pauses nothing and has no scope')
    expect(running()).toEqual(before)
  })
})
