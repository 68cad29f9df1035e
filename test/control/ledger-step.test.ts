import { describe, expect, test } from 'vitest'
import { inBase, portfolioDayOf, withExposure } from '../../lib/control/ledger-step.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../../lib/model/ledger.ts'
import { currency, money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { budgetLeverOf, euros } from '../decide/samples.ts'
import { TODAY } from '../measure/samples.ts'
import { PORTFOLIO, rig } from '../simulation/rig.ts'

const USD = currency('USD')
const dollars = (micros: bigint) => money(micros, USD)
const entries: readonly AuditEntry[] = [
  { ...{ kind: 'settled', intent: 'i' as never, lever: 'l' as never, outcome: 'verified', detail: 'as told' } },
] as never
const account: AccountDayLedger = {
  ...{ account: budgetLeverOf('1').account, date: TODAY, exposure: dollars(100n), cap: dollars(900n), version: 3 },
}
/** A dollar is 0.9 euros. */
const portfolio: PortfolioDayLedger = {
  ...{ portfolio: 'eu' as never, date: TODAY, exposure: euros(200), version: 7 },
  rates: [
    identityRate(euros(0).currency, TODAY),
    { ...identityRate(USD, TODAY), to: euros(0).currency, microsPerUnit: 900_000n },
  ],
}

describe('the ledger part of a commit', () => {
  test('is the next version of both days, and the portfolio’s share in the audit', () => {
    expect(withExposure(account, portfolio, dollars(10n), entries)).toEqual({
      accountDay: { next: { ...account, exposure: dollars(110n), version: 4 }, expected: 3 },
      portfolioDay: {
        next: { ...portfolio, exposure: money(200_000_009n, euros(0).currency), version: 8 },
        expected: 7,
      },
      entries: [...entries, { kind: 'portfolio-exposure', portfolio: 'eu', date: TODAY, deltaMicros: '9' }],
    })
  })

  test('is of the account alone where the portfolio’s day is not open', () => {
    expect(withExposure(account, undefined, dollars(-10n), entries)).toEqual({
      accountDay: { next: { ...account, exposure: dollars(90n), version: 4 }, expected: 3 },
      entries,
    })
  })

  test('is none where the account’s day is not open, where nothing is known of it, and where it does not change', () => {
    expect(withExposure(undefined, portfolio, dollars(10n), entries)).toEqual({ entries })
    expect(withExposure(account, portfolio, undefined, entries)).toEqual({ entries })
    expect(withExposure(account, portfolio, dollars(0n), entries)).toEqual({ entries })
  })
})

describe('an amount in the portfolio’s currency', () => {
  test('is rounded up at the rate of its day: a release gives back no more than was reserved', () => {
    // 0.9 of a micro, and back.
    expect(inBase(dollars(1n), portfolio)).toEqual(money(1n, euros(0).currency))
    expect(inBase(dollars(-1n), portfolio)).toEqual(money(0n, euros(0).currency))
  })

  test('is not guessed at without a rate', () => {
    expect(() => inBase(money(1n, currency('JPY')), portfolio)).toThrow('no rate from JPY')
  })
})

test('the portfolio’s day is that of its own date, where there is a portfolio and the day is open', async () => {
  const stage = await rig()
  expect(await portfolioDayOf(stage.policy, stage.loop)).toBeUndefined()
  await stage.ready()
  expect(await portfolioDayOf(stage.policy, stage.loop)).toMatchObject({ portfolio: PORTFOLIO, date: '2026-06-02' })
  expect(await portfolioDayOf(undefined, stage.loop)).toBeUndefined()
})
