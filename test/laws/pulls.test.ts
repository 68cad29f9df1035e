import { describe, expect, test } from 'vitest'
import { type AccountRef, accountKey, type CampaignId, parseAccountKey } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { AccountObservation, Observation } from '../../lib/model/observation.ts'
import type { PerformanceRow } from '../../lib/model/performance.ts'
import { dynamoFactStore } from '../../lib/store/fact-store.ts'
import { type AccountDate, addDays, daysBetween } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { planOf } from '../decide/samples.ts'
import { anObservation, TODAY } from '../measure/samples.ts'
import { embedded } from '../store/embedded.ts'
import { newAccount } from '../store/samples.ts'
import { byLever } from './markets.ts'

const engine = embedded()
const EUR = currency('EUR')
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const BUDGETS = [50, 80, 120]
const PULLED_DAYS = 16

/** What the platform shows of a day: conversions come in over days, a third of them after the first. */
function row(campaign: number, date: AccountDate, readOn: AccountDate): PerformanceRow {
  const age = daysBetween(date, readOn)
  const swing = 1 + Math.sin(daysBetween(addDays(TODAY, -40), date) * (1 + campaign)) / 6
  const conversions = (30 / (campaign + 1)) * swing * (1 - 0.5 ** age / 1.5)
  const units = (amount: number) => money(BigInt(Math.round(amount * 1e6)), EUR)
  return {
    campaign: `${campaign + 1}` as CampaignId,
    date,
    spend: units(BUDGETS[campaign]! * swing),
    impressions: 1000,
    clicks: 50,
    conversions: [{ rule: RULE, conversions, value: units(conversions * 40) }],
  }
}

interface Pull {
  readonly readOn: AccountDate
  readonly rows: readonly PerformanceRow[]
}

/** One a day, each of the ten days before it. */
const PULLS: readonly Pull[] = Array.from({ length: PULLED_DAYS }, (_, i) => {
  const readOn = addDays(TODAY, i - PULLED_DAYS + 1)
  const rows = Array.from({ length: 10 }, (_, k) => addDays(readOn, -k - 1)).flatMap((date) =>
    BUDGETS.map((_, campaign) => row(campaign, date, readOn)),
  )
  return { readOn, rows }
})

/** What is known once these pulls have been merged, as an observation of the account that the others have too. */
async function observed(pulls: readonly Pull[]): Promise<Observation> {
  const account: AccountRef = newAccount()
  const store = dynamoFactStore(engine.options)
  for (const { rows, readOn } of pulls) await store.mergeHistory(account, rows, readOn)
  const histories = await store.histories(account)
  const revisions = await Promise.all(histories.map(({ campaign }) => store.revisions(account, campaign)))
  const key = accountKey(parseAccountKey('google-ads:1'))
  const over: Partial<AccountObservation> = {
    histories: histories.map((one) => ({ ...one, account: key })),
    revisions,
  }
  const campaigns = BUDGETS.map((budget, i) => ({ id: `${i + 1}`, budget }))
  return anObservation({ accounts: [{ key, campaigns, over }], target: 260 })
}

const reversed = (pulls: readonly Pull[]): readonly Pull[] =>
  pulls.map((pull) => ({ ...pull, rows: pull.rows.toReversed() }))
/** A report that came in two parts, the second later on the same day, with the first part once more. */
const inParts = (pulls: readonly Pull[]): readonly Pull[] =>
  pulls.flatMap((pull) => {
    const part = pull.rows.filter(({ campaign }) => campaign === '2')
    return [{ ...pull, rows: part }, pull]
  })

/** The pull at a place is merged only after the one behind it. */
const aDayLate = (pulls: readonly Pull[], at: number): readonly Pull[] =>
  pulls.toSpliced(at, 2, pulls[at + 1]!, pulls[at]!)

describe('pulls', () => {
  test.each<[why: string, pulls: readonly Pull[]]>([
    ['made twice', PULLS.flatMap((pull) => [pull, pull])],
    ['whose rows come in another order', reversed(PULLS)],
    ['of which a part comes late on its day', inParts(PULLS)],
  ])('%s make the same plan, by name', async (_why, pulls) => {
    const [clean, other] = [await observed(PULLS), await observed(pulls)]
    expect(clean.accounts[0]!.revisions.flat().length).toBeGreaterThan(100)
    expect(planOf(other).id).toBe(planOf(clean).id)
  })

  test.each([
    ['a whole day late, behind the next', aDayLate(PULLS, 8)],
    ['two days late', aDayLate(aDayLate(PULLS, 8), 9)],
  ])('that come %s change nothing that the newer ones told', async (_when, pulls) => {
    // As if they had not come: the newer report knows each of their days, and more of it.
    const [missed, late] = [await observed(PULLS.toSpliced(8, 1)), await observed(pulls)]
    expect(planOf(late).id).toBe(planOf(missed).id)
  })

  test('of a day that was missed leave all but the same plan', async () => {
    // The next one reads back far enough; what is lost is one reading of how counts grow.
    const [clean, other] = [await observed(PULLS), await observed(PULLS.toSpliced(8, 1))]
    expect([...byLever(planOf(other)).keys()]).toEqual([...byLever(planOf(clean)).keys()])
    for (const [key, amount] of byLever(planOf(other)))
      if (Number.isFinite(Number(amount)))
        expect(Number(amount) / Number(byLever(planOf(clean)).get(key))).toBeCloseTo(1, 1)
  })

  test('that show other counts make another plan', async () => {
    const restated = PULLS.map((pull) => ({
      ...pull,
      rows: pull.rows.map((one) => ({
        ...one,
        conversions: one.conversions.map((count) => ({
          ...count,
          conversions: one.campaign === '1' ? count.conversions / 4 : count.conversions,
        })),
      })),
    }))
    expect(planOf(await observed(restated)).id).not.toBe(planOf(await observed(PULLS)).id)
  })
})
