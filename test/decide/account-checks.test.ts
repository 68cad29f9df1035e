import { describe, expect, test } from 'vitest'
import { spendByDate } from '../../lib/decide/account-checks.ts'
import { reasonNotToFollowDate, reasonNotToTouch } from '../../lib/decide/holds.ts'
import type { PullStatus } from '../../lib/model/history.ts'
import type { AccountObservation, Observation } from '../../lib/model/observation.ts'
import { addDays, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'

interface Case {
  readonly policy?: Readonly<Record<string, unknown>>
  readonly terms?: Readonly<Record<string, unknown>>
  readonly over?: Partial<Observation>
  readonly account?: Partial<AccountObservation>
  readonly status?: Partial<PullStatus>
  /** Main units that were spent on every day. */
  readonly spend?: number
}

function seen({ policy = {}, terms = {}, over = {}, account = {}, status = {}, spend = 100 }: Case) {
  const campaigns = [{ id: '1', budget: 100, days: () => ({ spend, conversions: 1 }) }]
  const observation = anObservation({ accounts: [{ key: 'google-ads:1', campaigns, terms }], policy, over })
  const [one] = observation.accounts
  return { observation, account: { ...one!, ...account, status: { ...one!.status, ...status } } }
}
const asked = (of: Case, scopes: readonly string[] = []): string | undefined => {
  const { observation, account } = seen(of)
  return reasonNotToTouch(observation, account, scopes as never)?.detail
}

describe('why nothing on an account may move', () => {
  test('nothing stands against it in the usual course', () => {
    expect(asked({})).toBeUndefined()
  })

  test('outside the flight, whose first and last day belong to it', () => {
    const WHY = 'the flight runs from 2026-11-01 to 2026-11-30'
    const on = (today: string) => asked({ over: { today: today as never } })
    expect(on('2026-10-31')).toBe(WHY)
    expect(on('2026-11-01')).toBeUndefined()
    expect(on('2026-11-30')).toBeUndefined()
    expect(on('2026-12-01')).toBe(WHY)
  })

  test('while it only observes', () => {
    expect(asked({ policy: { mode: 'observe' } })).toBe('the portfolio only observes')
  })

  test('a freeze of one of its scopes, not of others', () => {
    const freezes = [{ scope: 'platform/meta', reason: 'stocktaking', by: 'ana', at: NOW }] as never
    expect(asked({ over: { freezes } }, ['everything', 'platform/meta'])).toBe(
      'platform/meta is frozen by ana: stocktaking',
    )
    expect(asked({ over: { freezes } }, ['everything', 'platform/google-ads'])).toBeUndefined()
  })

  test('what blocks the account at the platform', () => {
    const { account } = seen({})
    const structure = { ...account.structure, blockers: [{ code: 'billing', detail: 'no card' }] as never }
    expect(asked({ account: { structure } })).toBe('billing: no card')
  })

  test('without caps, or with one in another currency', () => {
    expect(asked({ terms: { dayCap: undefined } })).toBe('account google-ads:1 has no dayCap in the policy yet')
    expect(asked({ terms: { dayCap: '1 USD' } })).toBe('the dayCap of google-ads:1 is in USD: write it in EUR')
    expect(asked({ policy: { dayCap: undefined } })).toBe('the portfolio has no dayCap in the policy yet')
  })
})

describe('how old what was read may be', () => {
  const freshness = { structureMaxAgeMinutes: 90, spendMaxAgeMinutes: 120 }
  const aged = (status: Partial<PullStatus>) => asked({ policy: { freshness }, status })

  test('the account: as the policy says to the millisecond', () => {
    expect(aged({ structureAt: later(NOW, -90 * MINUTE_MS) })).toBeUndefined()
    expect(aged({ structureAt: later(NOW, -90 * MINUTE_MS - 1) })).toBe(
      'the account was last read at 2026-11-21T03:29:59.999Z',
    )
  })

  test('its spend likewise', () => {
    expect(aged({ spendAt: later(NOW, -120 * MINUTE_MS) })).toBeUndefined()
    expect(aged({ spendAt: later(NOW, -120 * MINUTE_MS - 1) })).toBe('spend was last read at 2026-11-21T02:59:59.999Z')
  })

  test('history: to the day before yesterday', () => {
    expect(aged({ historyTo: addDays(TODAY, -2) })).toBeUndefined()
    expect(aged({ historyTo: addDays(TODAY, -3) })).toBe('history was last read to 2026-11-18')
  })

  test('history that was never read is too old', () => {
    const { observation, account } = seen({})
    const { historyTo: _, ...status } = account.status
    expect(reasonNotToTouch(observation, { ...account, status }, [])?.detail).toBe('history has not been read yet')
  })

  const importedFor = (daysBack: number) => ({
    ...{ key: 'meta:1', structure: { source: 'import' as const } },
    campaigns: [
      { id: '2', budget: 100, days: (age: number) => (age <= daysBack ? { spend: 100, conversions: 1 } : undefined) },
    ],
  })

  test('days of the flight that no import tells of stand against everything in the portfolio', () => {
    const google = { key: 'google-ads:1', campaigns: [{ id: '1', budget: 100 }] }
    const why = (daysBack: number) => {
      const observation = anObservation({ accounts: [google, importedFor(daysBack)] })
      return observation.accounts.map((account) => reasonNotToTouch(observation, account, [])?.detail)
    }
    expect(why(20)).toEqual([undefined, undefined])
    const WHY =
      'history: spend of meta:1 on 2026-11-01 to 2026-11-12 is not known: import it, with lines of zeros where nothing ran'
    expect(why(8)).toEqual([WHY, WHY])
  })

  test('an account read from its platform has spent nothing on days that it does not report', () => {
    const { structure: _, ...read } = importedFor(8)
    const observation = anObservation({ accounts: [read] })
    expect(reasonNotToTouch(observation, observation.accounts[0]!, [])).toBeUndefined()
  })

  test('is no matter to what a date alone asks for', () => {
    const { observation, account } = seen({ status: { spendAt: later(NOW, -9_999 * MINUTE_MS) } })
    expect(reasonNotToFollowDate(observation, account, [])).toBeUndefined()
    const blocked = seen({ policy: { dayCap: undefined }, status: { spendAt: later(NOW, -9_999 * MINUTE_MS) } })
    expect(reasonNotToFollowDate(blocked.observation, blocked.account, [])?.reason).toBe('no-caps')
  })
})

describe('spend that no campaign accounts for', () => {
  /** 100 a day are explained; a twentieth of the day may be missing. */
  const gap = (daysAgo: number, units: number, spend = 100) =>
    asked({
      policy: { freshness: { maxUnexplainedSpendShare: 0.05 } },
      status: { unexplainedMicros: new Map([[addDays(TODAY, -daysAgo), BigInt(Math.round(units * 1e6))]]) },
      spend,
    })

  test('up to its share of the whole day is borne, and no more', () => {
    // 5 of 95 + 5 are a twentieth.
    expect(gap(1, 5, 95)).toBeUndefined()
    expect(gap(1, 5.01, 95)).toBe('5.01 EUR of 2026-11-20 belong to no campaign that was reported')
  })

  test('what was reported twice counts like what is missing', () => {
    expect(gap(1, -5, 95)).toBeUndefined()
    expect(gap(1, -5.01, 95)).toBe('-5.01 EUR of 2026-11-20 belong to no campaign that was reported')
  })

  test('within the last seven days before today', () => {
    expect(gap(7, 50)).toMatch(/^50\.00 EUR of 2026-11-14/)
    expect(gap(8, 50)).toBeUndefined()
    expect(gap(0, 50)).toBeUndefined()
  })

  test('all of a day of which nothing is explained', () => {
    expect(gap(1, 0.000001, 0)).toMatch(/of 2026-11-20 belong to no campaign/)
    expect(gap(1, 0, 0)).toBeUndefined()
  })

  test('of a day that nobody reported is all of it, to the micro', () => {
    const { observation, account } = seen({
      policy: { freshness: { maxUnexplainedSpendShare: 0.5 } },
      account: { histories: [] },
      status: { unexplainedMicros: new Map([[addDays(TODAY, -1), 1n]]) },
    })
    expect(reasonNotToTouch(observation, account, [])).toMatchObject({ reason: 'unreconciled-data' })
  })

  test('a day is what all campaigns spent, to the micro', () => {
    const { account } = seen({ spend: 0.000003 })
    expect(spendByDate(account).get(addDays(TODAY, -1))).toBe(3n)
    const { histories } = account
    expect(spendByDate({ ...account, histories: [...histories, ...histories] }).get(addDays(TODAY, -1))).toBe(6n)
  })

  test('a day is explained by all campaigns together', () => {
    const { observation, account } = seen({
      policy: { freshness: { maxUnexplainedSpendShare: 0.05 } },
      status: { unexplainedMicros: new Map([[addDays(TODAY, -1), 10_000_000n]]) },
      spend: 95,
    })
    expect(reasonNotToTouch(observation, account, [])).toBeDefined()
    const two = { ...account, histories: [...account.histories, ...account.histories] }
    expect(reasonNotToTouch(observation, two, [])).toBeUndefined()
  })
})
