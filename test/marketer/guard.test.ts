import { expect, test } from 'vitest'
import { instant } from '../../lib/units/calendar.ts'
import { asMarketer, type Marketer } from './marketer.ts'

const GOOGLE = '4155550132'
const POLICY = `
portfolio: flash-sale
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-09-07, to: 2026-09-20, total: 11000.00 EUR }
dayCap: 6000.00 EUR
accounts:
  - account: google-ads:${GOOGLE}
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 3500.00 EUR
  - account: meta:112233445566132
    conversions: { action: purchase, clickWindowDays: 7, basis: mixed }
    dayCap: 3000.00 USD
members:
  - { name: brand, class: brand }
  - { class: prospecting }
breakers:
  spendVelocity: { action: pause, factor: 2 }
`
/** Midnights, the daily decision, and the hours in which the campaign is looked at. */
const TICKS = [4, 10, 12, 14, 15, 20]

/** Somebody multiplies a budget in the platform's own screens. */
function multiplied({ market }: Marketer, name: string, by: bigint): void {
  const account = market.accounts.find(({ id }) => id === GOOGLE)!
  const { id, amountMicros } = [...account.budgets.values()].find((one) => one.name === name)!
  market.apply(
    { platform: 'google-ads', accountId: GOOGLE, kind: 'budget', budgetId: id, amountMicros: by * amountMicros },
    { kind: 'human', name: 'anna@shop.example' },
  )
}

test('a budget that somebody multiplies by four is noticed, told once with its price, and cut to the floor before anything is paused', async () => {
  await asMarketer({ scenario: 'flash-sale', seed: 3, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
    await marketer.until(instant('2026-09-12T11:00:00Z'))
    // Days without anything to tell.
    expect(await marketer.alerts()).toEqual([])
    const before = Number(marketer.budget('Search hats'))
    multiplied(marketer, 'Search hats', 4n)
    await marketer.until(instant('2026-09-12T16:00:00Z'))
    const [alert, ...others] = await marketer.alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({ rule: 'spendVelocity', subject: { name: 'Search hats' } })
    expect(alert!.waiting).toMatchObject({ kind: 'overspent', perHour: { currency: 'EUR' } })
    expect(Number(alert!.waiting.perHour.micros)).toBeGreaterThan(0)
    expect(alert!.toldAt).toBe(alert!.firstAt)
    expect(alert!.acts[0]).toMatchObject({ step: 'floor' })
    expect(Number(marketer.budget('Search hats'))).toBeLessThan(4 * before)
    expect(marketer.lost).toEqual([])
  })
})
