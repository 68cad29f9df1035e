import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, instant, later } from '../../lib/units/calendar.ts'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const lines = (out: string): readonly Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('run', () => {
  test('reads, decides, pushes and verifies in one turn, at the instant that it is told', async () => {
    const at = instant('2026-10-05T04:45:00Z')
    shop.market.advanceTo(at)
    shop.write('policy.yaml', policyText({ mode: 'auto' }))
    await shop.sluice('policy', 'put', 'policy.yaml')
    const { code, out } = await shop.sluice('run', '--at', '2026-10-05T04:45:00Z', '--json')
    expect(code).toBe(0)
    const turns = lines(out)
    expect(turns.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['verify', 'pull', 'plan', 'act', 'verify']))
    expect(turns.find(({ stage }) => stage === 'plan')).toMatchObject({
      schemaVersion: 1,
      kind: 'turn',
      key: 'steady',
      // The decision of 5 October is due at 01:30 in Berlin.
      turn: '2026-10-04T23:30:00Z',
      result: 'ran',
    })
    expect(turns.at(-1)).toMatchObject({ kind: 'end', at: '2026-10-05T04:45:00Z', failed: 0 })
    expect(shop.requests().mutating).toBeGreaterThan(0)
  })

  test('a second time at the same instant does nothing over', async () => {
    await readyAt(shop, MORNING)
    await shop.sluice('run')
    const before = shop.requests()
    const { code, out } = await shop.sluice('run')
    expect(code).toBe(0)
    expect(out).not.toContain(' ran ')
    expect(shop.requests()).toEqual(before)
  })

  test('names what failed and exits 1, and the other account has its turn', async () => {
    await readyAt(shop, MORNING)
    shop.write('secrets/meta.json', '{"accessToken":')
    shop.market.advanceTo(later(MORNING, HOUR_MS))
    const { code, out, err } = await shop.sluice('run')
    expect(code).toBe(1)
    expect(err).toContain(`failed: pull of ${META}: unauthorised: secret "meta" is not a JSON object`)
    expect(out).toMatch(new RegExp(`^pull +${GOOGLE} +ran`, 'm'))
  })

  test('with no policy has nothing to do, and says what to do', async () => {
    const { code, err } = await shop.sluice('run')
    expect(code).toBe(0)
    expect(err).toContain('nothing is due: no policy is stored yet')
  })
})

describe('status', () => {
  test('of an account that was never read shows unknown and never 0', async () => {
    await shop.sluice('policy', 'put', 'policy.yaml')
    const { code, out } = await shop.sluice('status')
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^ {2}${GOOGLE} +unknown +unknown +never +unknown +unknown +unknown +no$`, 'm'))
    const { portfolios } = JSON.parse((await shop.sluice('status', '--json')).out)
    expect(portfolios[0]).toMatchObject({ pacing: null, today: null, lastPlan: null })
    expect(portfolios[0].accounts[0]).toEqual({
      account: GOOGLE,
      name: null,
      currency: null,
      zone: null,
      pulledAt: null,
      pullAgeMinutes: null,
      today: null,
      pendingIntents: null,
      frozenBy: [],
      deadManSwitch: null,
    })
  })

  test('shows pacing, the ledger of the day, freezes and the last plan', async () => {
    await readyAt(shop, later(MORNING, 48 * HOUR_MS))
    await shop.sluice('plan')
    await shop.sluice('apply', '--auto-approve')
    await shop.sluice('freeze', META, '--reason', 'audit')
    shop.market.advanceTo(later(MORNING, 49.5 * HOUR_MS))
    const { out } = await shop.sluice('status')
    // Two of 28 days have ended: 115,000 × 2 / 28.
    expect(out).toMatch(/pacing {5}\d+\.\d\d EUR spent of 8214\.29 EUR planned through 2026-10-06 \(\d+\.\d %\)/)
    expect(out).toMatch(
      /last plan {2}\w+ of 2026-10-07T06:00:00Z, approved: \d+ cuts, \d+ raises, \d+ holds; gone through/,
    )
    expect(out).toMatch(
      new RegExp(`${GOOGLE} +Steady Search +EUR +1\\.5 h ago +\\d+\\.\\d\\d EUR +10000.00 EUR +0 +no$`, 'm'),
    )
    expect(out).toMatch(new RegExp(`${META} .*account/${META}$`, 'm'))
    expect(out).toContain(`Frozen: account/${META}, by`)
  })

  test('does not know the pacing while an account is read only in part', async () => {
    await readyAt(shop, MORNING)
    shop.market.advanceTo(later(MORNING, 48 * HOUR_MS))
    const { out } = await shop.sluice('status')
    expect(out).toContain(`pacing     unknown: ${GOOGLE} was read through 2026-10-04 only`)
  })
})
