import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GOOGLE, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

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
})
