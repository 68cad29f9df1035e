import { describe, expect, test } from 'vitest'
import type { DataBreak } from '../../lib/measure/breaks/data-break.ts'
import { learnLag } from '../../lib/measure/lag/development.ts'
import { lagSources } from '../../lib/measure/lag/source.ts'
import { POOL_CONVERSIONS, pointsOf, poolRates, type Series, seriesOf } from '../../lib/measure/series.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { addDays, dayOfWeek } from '../../lib/units/calendar.ts'
import { type AccountSpec, anObservation, type CampaignSpec, RULE, TODAY } from './samples.ts'

const google = (...campaigns: readonly CampaignSpec[]): AccountSpec => ({ key: 'google-ads:1', campaigns })
const STEADY: CampaignSpec = { id: '1', budget: 100, days: () => ({ spend: 100, conversions: 10, value: 500 }) }

function series(observation: Observation, breaks: readonly DataBreak[] = []): readonly Series[] {
  const lags = learnLag(lagSources(observation))
  return observation.accounts.flatMap((account, i) => seriesOf(observation, account, lags[i]!, breaks))
}
const broken = (kind: DataBreak['kind'], from: number, to?: number, factor = 1): DataBreak => ({
  ...{ account: 'google-ads:1' as DataBreak['account'], rule: RULE, kind, from: addDays(TODAY, -from) },
  ...(to === undefined ? {} : { to: addDays(TODAY, -to) }),
  ...{ factor, factorSd: 0.1, ongoing: false, detail: '' },
})
const agesOf = ({ usable }: Series): readonly number[] => usable.map(({ ageDays }) => ageDays)
const exposureAt = (one: Series, age: number): number => one.usable.find(({ ageDays }) => ageDays === age)!.exposure

describe('the days that something is learned from', () => {
  const plain = series(anObservation({ accounts: [google(STEADY)] }))[0]!

  test('are all that were reported', () => {
    expect(agesOf(plain)).toHaveLength(28)
  })

  test('leave out an outage, and keep its spend', () => {
    const [one] = series(anObservation({ accounts: [google(STEADY)] }), [broken('outage', 5, 3)])
    expect(agesOf(one!)).not.toContain(4)
    expect(agesOf(one!)).toHaveLength(25)
    expect(one!.days).toHaveLength(28)
  })

  test('leave out an event of which the policy says so', () => {
    const event = { name: 'fair', from: addDays(TODAY, -9), to: addDays(TODAY, -8), expectedUplift: 2 }
    const usable = (excludeFromLearning: boolean): Series =>
      series(anObservation({ accounts: [google(STEADY)], policy: { events: [{ ...event, excludeFromLearning }] } }))[0]!
    expect(agesOf(usable(true))).not.toContain(9)
    expect(agesOf(usable(false))).toContain(9)
    // Twice the demand was announced: its conversions speak for half as many.
    expect(exposureAt(usable(false), 9) / exposureAt(plain, 9)).toBeCloseTo(2, 9)
    expect(exposureAt(usable(false), 20) / exposureAt(plain, 20)).toBeCloseTo(1, 9)
  })

  test('count by today’s rule: before one that counts a fifth less, days are expected to show a quarter more', () => {
    const [one] = series(anObservation({ accounts: [google(STEADY)] }), [broken('level-shift', 10, undefined, 0.8)])
    expect(exposureAt(one!, 15) / exposureAt(plain, 15)).toBeCloseTo(1 / 0.8, 9)
    expect(exposureAt(one!, 5) / exposureAt(plain, 5)).toBeCloseTo(1, 9)
  })

  test('are expected to show less of themselves while they are young', () => {
    expect(exposureAt(plain, 1)).toBeLessThan(exposureAt(plain, 5))
    expect(exposureAt(plain, 5)).toBeLessThan(exposureAt(plain, 25))
  })
})

describe('the points of a curve', () => {
  test('carry their weekday in what is expected of them, and not in what was seen', () => {
    const [one] = series(anObservation({ accounts: [google(STEADY)] }))
    const weekdays = [1, 1, 1, 1, 1, 2, 1]
    const saturday = one!.usable.find(({ date }) => dayOfWeek(date) === 6)!
    const point = pointsOf(one!, weekdays).find(({ ageDays }) => ageDays === saturday.ageDays)!
    expect(point.exposure).toBeCloseTo(2 * saturday.exposure, 12)
    expect(point.conversions).toBe(10)
  })
})

describe('whose days they are', () => {
  test('those of campaigns that are in the portfolio', () => {
    const other: CampaignSpec = { ...STEADY, id: '2', campaign: { name: 'Elsewhere' } }
    const observation = anObservation({
      accounts: [google(STEADY, other)],
      policy: { members: [{ name: 'Campaign', class: 'prospecting' }] },
    })
    expect(series(observation).map(({ budget }) => budget.id)).toEqual(['91'])
  })

  test('removed ones too: what they spent is what the others came beside', () => {
    const removed: CampaignSpec = { ...STEADY, id: '2', campaign: { status: 'removed' }, holder: { status: 'removed' } }
    expect(series(anObservation({ accounts: [google(STEADY, removed)] }))).toHaveLength(2)
  })
})

describe('what an account brings for its money', () => {
  const rates = (...accounts: readonly AccountSpec[]) => {
    const all = series(anObservation({ accounts }))
    return all.map((one) => poolRates(all)(one))
  }

  test('is its own where it has seen much', () => {
    const [one] = rates(google({ ...STEADY, days: () => ({ spend: 100, conversions: 500, value: 500 }) }))
    expect(one!.valuePerConversion).toBeCloseTo(1, 3)
  })

  test('is pulled towards the others’ by 20 conversions', () => {
    const tiny = { ...STEADY, id: '2', days: (age: number) => (age === 20 ? { spend: 1, conversions: 0 } : undefined) }
    const [big, small] = rates(google(STEADY), { key: 'meta:2', campaigns: [tiny] })
    // No conversion for one euro says little: 20 of 20 + 1/10 at 0.1 a euro.
    expect(POOL_CONVERSIONS).toBe(20)
    expect(small!.conversionsPerUnit / big!.conversionsPerUnit).toBeGreaterThan(0.98)
    expect(small!.conversionsPerUnit / big!.conversionsPerUnit).toBeLessThan(1)
    expect(small!.valuePerConversion).toBeCloseTo(big!.valuePerConversion, 9)
  })

  test('is worth what stays of it: returns that are yet to come are taken off young days', () => {
    // 50 a conversion to the 14th day, 35 from then on: three tenths of the value go back, and no conversion.
    const returned = google({
      ...STEADY,
      days: (age) => ({ spend: 100, conversions: 10, value: age < 14 ? 500 : 350 }),
    })
    const [one] = series(anObservation({ accounts: [returned] }))
    const lag = {
      ...one!.lag,
      count: { ...one!.lag.count, visible: one!.lag.count.visible.map(() => 1) },
      value: { ...one!.lag.value, visible: one!.lag.value.visible.map((_, age) => (age < 14 ? 1 / 0.7 : 1)) },
    }
    expect(poolRates([{ ...one!, lag }])(one!).valuePerConversion).toBeCloseTo(35, 9)
  })

  test('is counted in its own currency', () => {
    const yen: AccountSpec = {
      ...{ key: 'meta:2', currency: 'JPY', rate: 0.01 },
      campaigns: [{ ...STEADY, id: '2', days: () => ({ spend: 10_000, conversions: 10, value: 50_000 }) }],
    }
    const [euro, other] = rates(google(STEADY), yen)
    expect(other!.conversionsPerUnit / euro!.conversionsPerUnit).toBeCloseTo(0.01, 6)
    expect(other!.valuePerConversion / euro!.valuePerConversion).toBeCloseTo(100, 3)
  })
})
