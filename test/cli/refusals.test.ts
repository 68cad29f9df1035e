import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { GOOGLE, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await readyAt(shop, MORNING)
  await shop.sluice('plan', '--out', 'plan.json')
})
afterAll(() => shop.close())

/** Runs a command that must be refused, and must leave the platforms alone. */
async function refused(...args: readonly string[]): Promise<string> {
  const before = { requests: shop.requests(), budgets: shop.budgets() }
  const { code, out, err } = await shop.sluice(...args)
  expect(code).toBe(1)
  expect(out).toBe('')
  expect({ requests: shop.requests(), budgets: shop.budgets() }).toEqual(before)
  return err
}

describe('a plan that no longer is what was approved', () => {
  test('whose file was edited', async () => {
    const text = readFileSync(join(shop.folder, 'plan.json'), 'utf8')
    shop.write('edited.json', text.replace(/"to":\{"amount":([^}]*)"\$n":"\d+/, '"to":{"amount":$1"$n":"920800000'))
    expect(await refused('apply', 'edited.json', '--auto-approve')).toMatch(
      /edited\.json was changed after the plan was made: its content is [0-9a-f]{24}, not [0-9a-f]{24}; make a new one/,
    )
  })
  test('that these tables do not know', async () => {
    expect(await refused('apply', '0123456789abcdef01234567', '--auto-approve')).toContain(
      'plan 0123456789abcdef01234567 is not in these tables',
    )
  })
  test('whose file is something else', async () => {
    expect(await refused('apply', 'policy.yaml', '--auto-approve')).toContain('policy.yaml is not a plan')
    expect(await refused('apply', 'nowhere.json', '--auto-approve')).toContain('cannot be read (ENOENT)')
  })
  test('whose policy changed', async () => {
    shop.write('other.yaml', policyText().replace('owner: growth', 'owner: brand team'))
    await shop.sluice('policy', 'put', 'other.yaml')
    expect(await refused('apply', 'plan.json', '--auto-approve')).toMatch(
      /the policy of portfolio steady changed since plan \w+ was made \(then \w+, now \w+\): make a new one with "sluice plan steady"/,
    )
    await shop.sluice('policy', 'put', 'policy.yaml')
  })
  test('that a newer one replaced', async () => {
    shop.market.advanceTo(later(MORNING, HOUR_MS))
    await shop.sluice('pull')
    await shop.sluice('plan')
    await shop.sluice('apply', '--auto-approve')
    expect(await refused('apply', 'plan.json', '--auto-approve')).toMatch(
      /plan \w+ was replaced by plan \w+: apply that/,
    )
  })
  test('that expired', async () => {
    await shop.sluice('pull')
    shop.market.advanceTo(later(MORNING, 2 * HOUR_MS))
    await shop.sluice('pull')
    const { plans } = JSON.parse((await shop.sluice('plan', '--json')).out)
    shop.market.advanceTo(later(MORNING, 29 * HOUR_MS))
    await shop.sluice('pull')
    // Plans of this policy hold for 26 hours.
    expect(await refused('apply', plans[0].id, '--auto-approve')).toContain('expired at 2026-10-06T10:00:00Z')
  })
})

describe('what cannot be planned', () => {
  test('without an exchange rate', async () => {
    const rates = readFileSync(join(shop.folder, 'rates.csv'), 'utf8')
    shop.write('rates.csv', 'date,from,to,rate\n2026-10-04,GBP,EUR,1.15\n')
    expect(await refused('plan')).toContain(
      `exchange rate USD→EUR for 2026-10-06: there is none; fetch the bank's with "sluice rates fetch"`,
    )
    shop.write('rates.csv', 'date,from,to,rate\n2026-09-20,USD,EUR,0.92\n')
    expect(await refused('plan')).toContain('the newest is of 2026-09-20, 16 days old where maxRateAgeDays allows 5')
    shop.write('rates.csv', rates)
  })
  test('for a portfolio that is not there', async () => {
    expect(await refused('plan', 'other')).toContain('there is no portfolio other: there is steady')
  })
})

describe('bad input', () => {
  test.each([
    ['google-ads:415-555-0101', 'account id "415-555-0101" must be digits'],
    ['meta:act_112233445566778', 'account id "act_112233445566778" must be digits'],
    ['meta', 'account id "" must be digits'],
    ['google-ads:999', 'no policy names account google-ads:999'],
  ])('pull %s', async (account, message) => {
    expect(await refused('pull', account)).toContain(message)
  })
  test('an instant that is none', async () => {
    expect(await refused('run', '--at', 'tomorrow')).toContain('--at "tomorrow" must be now, or an instant')
  })
  test('another time than that of real platforms', async () => {
    const config = readFileSync(join(shop.folder, 'sluice.yaml'), 'utf8')
    shop.write('real.yaml', config.replace(/, endpoints: \{ api: '[^']*' \}/, ''))
    expect(await refused('run', '--config', 'real.yaml', '--at', '2026-10-05T02:00:00Z')).toContain(
      '--at 2026-10-05T02:00:00Z is refused: connection meta:* leads to the platform itself',
    )
  })
  test('a policy with wrong fields: all at once, with field and value', async () => {
    shop.write(
      'wrong.yaml',
      policyText().replace('mode: approve', 'mode: full').replace('zone: Europe', 'zone: Atlantis'),
    )
    const message = await refused('policy', 'put', 'wrong.yaml')
    expect(message).toContain('wrong.yaml cannot be used:')
    expect(message).toMatch(/- mode: .*\(found "full"\)/)
    expect(message).toMatch(/- zone: .*Atlantis\/Berlin/)
  })
  test.each([
    ['Euro', /baseCurrency: .*"Euro"/],
    ['XEU', /baseCurrency: there is no currency "XEU"/],
    ['ZZZ', /baseCurrency: there is no currency "ZZZ": use an ISO 4217 code/],
  ])('a policy in %s', async (baseCurrency, message) => {
    shop.write('currency.yaml', policyText({ baseCurrency }))
    expect(await refused('policy', 'check', 'currency.yaml')).toMatch(message)
    expect(await refused('policy', 'put', 'currency.yaml')).toMatch(message)
  })
  test('a policy file that is not there', async () => {
    expect(await refused('policy', 'check', 'none.yaml')).toContain('none.yaml cannot be read: ENOENT')
  })
})

describe('an expired token', () => {
  test('fails the pull of its account by name, and the other account is read', async () => {
    shop.write('secrets/meta.json', JSON.stringify({ accessToken: 'EAAexpired', appId: '1', appSecret: 'x' }))
    shop.market.advanceTo(later(MORNING, 30 * HOUR_MS))
    const { code, out, err } = await shop.sluice('pull')
    expect(code).toBe(1)
    expect(err).toMatch(/failed: pull of meta:112233445566778: unauthorised/)
    expect(err).not.toContain('EAAexpired')
    expect(out).toMatch(new RegExp(`^pull +${GOOGLE} +ran`, 'm'))
  })
})
