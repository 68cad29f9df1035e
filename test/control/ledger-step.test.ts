import { describe, expect, test } from 'vitest'
import { inBase, portfolioDayOf, withExposure } from '../../lib/control/ledger-step.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../../lib/model/ledger.ts'
import { addDays, instant } from '../../lib/units/calendar.ts'
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

const version = { policy: { portfolio: 'eu', zone: 'Asia/Tokyo' } } as never
/** Half past five in the afternoon in Berlin is half past midnight in Tokyo. */
const now = instant(`${TODAY}T15:30:00Z`)
const on = { account: account.account, date: TODAY, now, version }
const exposureOf = (...args: Parameters<typeof withExposure>) => {
  const { unopened: _, ...rest } = withExposure(...args)
  return rest
}

describe('the ledger part of a commit', () => {
  test('is the next version of both days, and the portfolio’s share in the audit', () => {
    expect(exposureOf({ ...on, ledger: account, portfolio }, dollars(10n), entries)).toEqual({
      accountDay: { next: { ...account, exposure: dollars(110n), version: 4 }, expected: 3 },
      portfolioDay: {
        next: { ...portfolio, exposure: money(200_000_009n, euros(0).currency), version: 8 },
        expected: 7,
      },
      entries: [...entries, { kind: 'portfolio-exposure', portfolio: 'eu', date: TODAY, deltaMicros: '9' }],
    })
  })

  test('is of the account alone where the portfolio’s day is not open', () => {
    expect(exposureOf({ ...on, ledger: account, portfolio: undefined }, dollars(-10n), entries)).toEqual({
      accountDay: { next: { ...account, exposure: dollars(90n), version: 4 }, expected: 3 },
      entries,
    })
  })

  test('is none where the account’s day is not open, where nothing is known of it, and where it does not change', () => {
    expect(exposureOf({ ...on, ledger: undefined, portfolio }, dollars(10n), entries)).toEqual({ entries })
    expect(exposureOf({ ...on, ledger: account, portfolio }, undefined, entries)).toEqual({ entries })
    expect(exposureOf({ ...on, ledger: account, portfolio }, dollars(0n), entries)).toEqual({ entries })
  })
})

describe('a commit holds only while', () => {
  const unopened = (days: Partial<Parameters<typeof withExposure>[0]>) =>
    withExposure({ ...on, ledger: account, portfolio, ...days }, dollars(0n), entries).unopened
  const TOMORROW = addDays(TODAY, 1)

  test('the days after those that it counts on are not open: who opens them counts what stands then', () => {
    expect(unopened({})).toEqual([
      { account: account.account, date: TOMORROW },
      { portfolio: 'eu', date: TOMORROW },
    ])
  })

  test('a day that it has found closed is still closed: else it would count nowhere', () => {
    expect(unopened({ ledger: undefined, portfolio: undefined })).toEqual([
      { account: account.account, date: TODAY },
      { portfolio: 'eu', date: TOMORROW },
    ])
    expect(unopened({ portfolio: undefined, now: instant(`${TODAY}T14:30:00Z`) })).toContainEqual({
      ...{ portfolio: 'eu', date: TODAY },
    })
  })

  test('what belongs to no portfolio asks for none', () => {
    expect(unopened({ version: undefined, portfolio: undefined })).toEqual([
      { account: account.account, date: TOMORROW },
    ])
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
