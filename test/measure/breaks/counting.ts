import { type AccountDays, BREAK_DAYS } from '../../../lib/measure/breaks/account-days.ts'
import type { Development } from '../../../lib/measure/lag/development.ts'
import { learnLag } from '../../../lib/measure/lag/development.ts'
import type { AccountKey } from '../../../lib/model/account.ts'
import { addDays, dayOfWeek } from '../../../lib/units/calendar.ts'
import { dice, poisson } from '../dice.ts'
import { normal } from '../lag/market.ts'
import { RULE, TODAY } from '../samples.ts'

/** An account whose clicks, rates and counting are known. Days are counted from the oldest, 0, to yesterday, 89. */
export interface AccountSpec {
  readonly seed: number
  readonly campaigns: number
  /** Mean clicks per campaign and day, before each campaign's own size. */
  readonly clicks?: number
  /** Conversions per click. */
  readonly rate?: number
  /** Standard deviations of the logarithm: day of an account, daily step of a campaign's rate. */
  readonly daySd?: number
  readonly drift?: number
  /** Factors by day (and campaign): on clicks, on conversions per click, on what is counted of the conversions. */
  readonly traffic?: (day: number, campaign: number) => number
  readonly demand?: (day: number, campaign: number) => number
  readonly counted?: (day: number, campaign: number) => number
}

export const DEVELOPMENT: Development = learnLag([
  { account: 'google-ads:1' as AccountKey, rule: RULE, revisions: [], lastReadOn: TODAY },
])[0]!.count

export const FIRST = addDays(TODAY, -BREAK_DAYS)
export const dateOf = (day: number) => addDays(FIRST, day)

const one = (): number => 1
/** Clicks and conversions per click by weekday, Monday first. */
const WEEKDAY_CLICKS = [1.1, 1.1, 1.05, 1.05, 1, 0.75, 0.8]
const WEEKDAY_RATE = [1, 1, 1, 1, 0.95, 0.85, 0.95]

/** Poisson; above what the multiplying generator bears, a rounded normal. */
function count(mean: number, roll: () => number): number {
  if (mean === 0) return 0
  return mean > 200 ? Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(roll))) : poisson(mean, roll)
}

export function counting(spec: AccountSpec): AccountDays {
  const { campaigns, clicks: meanClicks = 200, rate = 0.04, daySd = 0.08, drift = 0.03 } = spec
  const { traffic = one, demand = one, counted = one } = spec
  const roll = dice(spec.seed)
  const cells = campaigns * BREAK_DAYS
  const found: AccountDays = {
    account: 'google-ads:1' as AccountKey,
    rule: RULE,
    firstDate: FIRST,
    days: BREAK_DAYS,
    campaigns,
    clicks: new Float64Array(cells),
    spend: new Float64Array(cells),
    conversions: new Float64Array(cells),
  }
  const dayFactor = Array.from({ length: BREAK_DAYS }, () => Math.exp(daySd * normal(roll)))
  for (let campaign = 0; campaign < campaigns; campaign++) {
    const size = Math.exp(0.7 * normal(roll))
    const own = rate * Math.exp(0.5 * normal(roll))
    let level = 0
    for (let day = 0; day < BREAK_DAYS; day++) {
      level = 0.97 * level + drift * normal(roll)
      const weekday = dayOfWeek(dateOf(day)) - 1
      const clicks = count(meanClicks * size * WEEKDAY_CLICKS[weekday]! * traffic(day, campaign), roll)
      const perClick = own * Math.exp(level) * WEEKDAY_RATE[weekday]! * dayFactor[day]! * demand(day, campaign)
      const visible = DEVELOPMENT.visible[Math.min(60, BREAK_DAYS - day)]!
      const at = campaign * BREAK_DAYS + day
      found.clicks[at] = clicks
      found.spend[at] = clicks * 0.8 * Math.exp(0.05 * normal(roll))
      found.conversions[at] = count(clicks * perClick * visible * counted(day, campaign), roll)
    }
  }
  return found
}
