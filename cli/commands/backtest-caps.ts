import { countsCampaign, type Wide, wideCaps } from '../../lib/control/cap-readings.ts'
import { lastKnownRate } from '../../lib/control/known-rates.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { spentUntil } from '../../lib/decide/breakers/past-spend.ts'
import type { Recorded } from '../../lib/decide/breakers/past-views.ts'
import type { CapSpend } from '../../lib/decide/breakers/view.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import {
  type AccountDate,
  dateAt,
  endOfDay,
  type Instant,
  later,
  startOfDay,
  wallClock,
} from '../../lib/units/calendar.ts'
import { add, type CurrencyCode, type Money, money, zero } from '../../lib/units/money.ts'
import { convert, type ExchangeRate } from '../../lib/units/rates.ts'

const HOURS = 24

/** With what the caps over all of these accounts had spent then, at the rates known last. */
export async function withWideCaps(
  version: PolicyVersion,
  all: readonly Recorded[],
  desk: Loop,
): Promise<readonly Recorded[]> {
  const { policy } = version
  const wide = wideCaps(policy)
  if (wide.length === 0) return all
  const rates = new Map<CurrencyCode, ExchangeRate | undefined>()
  for (const { structure } of all) rates.set(structure.currency, await lastKnownRate(structure.currency, version, desk))
  // Every account asks for the same hours.
  const known = new Map<string, Money>()
  const spentOf = (cap: Wide, at: Instant): Money => {
    const key = `${at} ${cap.name}`
    const spent = known.get(key) ?? spentBy(cap, at)
    known.set(key, spent)
    return spent
  }
  const spentBy = (cap: Wide, at: Instant): Money =>
    all.reduce((sum, one) => {
      const rate = rates.get(one.structure.currency)
      return rate ? add(sum, convert(spentUnder(cap, one, at), rate, 'up')) : sum
    }, zero(policy.baseCurrency))
  return all.map((one) => ({
    ...one,
    caps: (date, hour) => {
      const at = instantOf(one, date, hour)
      return wide.map((cap) => ({
        ...{ name: cap.name, cap: cap.cap, spent: spentOf(cap, at) },
        campaigns: countedBy(cap, one, date),
      }))
    },
  }))
}

const instantOf = ({ structure: { zone } }: Recorded, date: AccountDate, hour: number): Instant => {
  const [start, end] = [startOfDay(date, zone), endOfDay(date, zone)]
  return later(start, ((end - start) * hour) / HOURS)
}

const countedBy = (cap: Wide, { policy, structure }: Recorded, date: AccountDate): CapSpend['campaigns'] =>
  structure.campaigns.filter((one) => countsCampaign(cap, policy, structure, one, date)).map(({ id }) => id)

/** Of the account's own day at that instant; at its very end, of the day that ends. */
function spentUnder(cap: Wide, one: Recorded, at: Instant): Money {
  const { zone, currency } = one.structure
  const before = later(at, -1)
  const date = dateAt(before, zone)
  const spent = spentUntil(one.histories, one.hours, date, Math.ceil(wallClock(before, zone)))
  const micros = countedBy(cap, one, date).reduce((sum, id) => sum + (spent.get(id) ?? 0n), 0n)
  return money(micros, currency)
}
