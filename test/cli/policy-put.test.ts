import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

describe('storing a policy', () => {
  test('before the first pull says that it was not compared with the accounts', async () => {
    const { code, err } = await shop.sluice('policy', 'put', 'policy.yaml')
    expect(code).toBe(0)
    expect(err).toContain(`not compared with the accounts: account ${GOOGLE} has not been pulled yet`)
  })

  test('afterwards warns at once of what a plan would warn of: a group that no budget is in, a budget that is not there', async () => {
    await readyAt(shop, MORNING)
    const wrong = `${policyText()}groups:
  - { name: cinema, match: { name: cinema }, atMost: 100.00 EUR }
bounds:
  - { account: '${GOOGLE}', budget: '12345', atMost: 50.00 EUR }
`
    shop.write('policy.yaml', wrong)
    const warnings = [
      'groups: no budget is in "cinema", so that its limits do nothing: correct its match, or remove it',
      `bounds: ${GOOGLE} has no budget 12345: correct its id, or remove it`,
    ]
    const { code, out } = await shop.sluice('policy', 'put', 'policy.yaml', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out).warnings).toEqual(warnings)
    const { err } = await shop.sluice('policy', 'put', 'policy.yaml')
    for (const warning of warnings) expect(err).toContain(warning)
  })

  test('warns of nothing where all that it speaks of is there', async () => {
    await readyAt(shop, MORNING)
    const { out } = await shop.sluice('policy', 'put', 'policy.yaml', '--json')
    expect(JSON.parse(out)).toMatchObject({ stored: false, warnings: [] })
  })

  test('whose cap is in another currency than its account is refused, and nothing of it is stored', async () => {
    await readyAt(shop, MORNING)
    const before = JSON.parse((await shop.sluice('policy', 'put', 'policy.yaml', '--json')).out).version
    shop.write('policy.yaml', policyText().replace("dayCap: '10000.00 USD'", "dayCap: '10000.00 EUR'"))
    for (const _ of [1, 2]) {
      const { code, err } = await shop.sluice('policy', 'put', 'policy.yaml')
      expect(code).toBe(1)
      expect(err).toContain(`dayCap of ${META} is in EUR, but account ${META} is in USD: write it in USD`)
    }
    shop.write('policy.yaml', policyText())
    expect(JSON.parse((await shop.sluice('policy', 'put', 'policy.yaml', '--json')).out)).toMatchObject({
      previousVersion: before,
      stored: false,
    })
    expect(readFileSync(join(shop.folder, '.sluice', 'policies', 'steady.yaml'), 'utf8')).toBe(policyText())
    expect((await shop.sluice('pull')).code).toBe(0)
  })

  test('shows every limit on money that changes', async () => {
    await shop.sluice('policy', 'put', 'policy.yaml')
    const changed = `${policyText()
      .replace("dayCap: '10000.00 USD'", "dayCap: '99999.99 USD'")
      .replace("total: '115000.00 EUR'", "total: '110000.00 EUR'")}
groups: [{ name: cheap, match: { name: brand }, atMost: 100.00 EUR }]
caps: [{ name: google, match: { platform: google-ads }, dayCap: 12000.00 EUR }]
guardrails: { maxDailyBudget: 300.00 EUR }
bounds: [{ account: '${GOOGLE}', budget: '12345', atMost: 50.00 EUR }]
`
    shop.write('policy.yaml', changed)
    const { code, err } = await shop.sluice('policy', 'put', 'policy.yaml')
    expect(code).toBe(0)
    expect(err.split('\n').filter((line) => line.includes(' → '))).toEqual([
      `day cap of ${META}: 10000.00 USD → 99999.99 USD`,
      'total of the flight: 115000.00 EUR → 110000.00 EUR',
      'guardrails.maxDailyBudget: none → 300.00 EUR',
      'cap "google": none → 12000.00 EUR',
      'most of group "cheap": none → 100.00 EUR',
      `most of budget 12345 of ${GOOGLE}: none → 50.00 EUR`,
    ])
    shop.write('policy.yaml', policyText())
    const { out } = await shop.sluice('policy', 'put', 'policy.yaml', '--json')
    expect(JSON.parse(out).caps).toContainEqual({
      name: 'cap "google"',
      before: { micros: '12000000000', currency: 'EUR' },
      after: null,
    })
  })

  test('with a cap ten times what it was is stored only when somebody says so', async () => {
    await shop.sluice('policy', 'put', 'policy.yaml')
    shop.write('policy.yaml', policyText().replace("dayCap: '10000.00 USD'", "dayCap: '100000.00 USD'"))
    const refused = await shop.sluice('policy', 'put', 'policy.yaml')
    expect(refused.code).toBe(3)
    expect(refused.err).toContain(`day cap of ${META}: 10000.00 USD → 100000.00 USD`)
    expect(refused.err).toContain(`not stored: day cap of ${META} would be 10 times as large, or more`)
    const no = await shop.typing('no\n', 'policy', 'put', 'policy.yaml')
    expect(no.code).toBe(1)
    expect(no.err).toContain('not stored: the answer was "no"')
    expect((await shop.typing('yes\n', 'policy', 'put', 'policy.yaml')).code).toBe(0)
    shop.write('policy.yaml', policyText().replace("dayCap: '10000.00 USD'", "dayCap: '100000000.00 USD'"))
    expect((await shop.sluice('policy', 'put', 'policy.yaml')).code).toBe(3)
    expect((await shop.sluice('policy', 'put', 'policy.yaml', '--accept-caps')).code).toBe(0)
    expect((await shop.sluice('policy', 'put', 'policy.yaml')).code).toBe(0)
  })

  test('with a day cap beyond the whole flight is warned of, by a check too', async () => {
    shop.write('policy.yaml', policyText().replaceAll('0000.00 EUR', '00000000.00 EUR'))
    const tooMuch = 'is more than the whole flight may spend, 115000.00 EUR: is there a zero too many?'
    for (const verb of ['check', 'put']) {
      const { err } = await shop.sluice('policy', verb, 'policy.yaml')
      expect(err).toContain(`dayCap: 200000000.00 EUR ${tooMuch}`)
      expect(err).toContain(`dayCap of ${GOOGLE}: 100000000.00 EUR ${tooMuch}`)
      // In dollars it cannot be said.
      expect(err).not.toContain(`dayCap of ${META}`)
    }
  })
})
