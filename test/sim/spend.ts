import { type AccountDate, dateAt, dayElapsed, dayNumber, type Instant } from '../../lib/units/calendar.ts'
import { factorOf, type TrueAccount } from './platforms.ts'

/** Spend of a campaign's day as it has gone out: micros by blocks of six hours, and how much of the day is in them. */
export interface SpentDay {
  readonly blocks: bigint[]
  /** 0 to 1. */
  to: number
}

export const BLOCK_HOURS = 6
const BLOCKS = 24 / BLOCK_HOURS
/** One account day in so many runs away as a whole, and one day in so many of a campaign by itself. */
const RUNAWAY_ACCOUNT = 1 / 12
const RUNAWAY_CAMPAIGN = 1 / 10

/** A share in [0, 1) that belongs to a campaign or an account, and a date. */
function shareOf(id: string, date: AccountDate): number {
  const mixed = Math.imul(Number(id) * 31 + dayNumber(date), 0x9e3779b1)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296
}

/** Percent of its budget at which a campaign spends on a date: near it, or nearly as much as its platform ever spends. */
function paceOf(own: TrueAccount, campaign: string, date: AccountDate): number {
  const top = Math.floor(98 * factorOf(own.account))
  if (shareOf(`${own.account.id}77`, date) < RUNAWAY_ACCOUNT) return top
  const share = shareOf(campaign, date)
  return share < RUNAWAY_CAMPAIGN ? top : 60 + Math.floor(share * 55)
}

/** Where an account's day stands: its date, and how much of it is over. */
export interface DayClock {
  readonly today: AccountDate
  readonly elapsed: number
}

export const clockOf = ({ zone }: TrueAccount, now: Instant): DayClock => ({
  today: dateAt(now, zone),
  elapsed: dayElapsed(now, zone),
})

/**
 * What a campaign has spent of a date by now: since it was asked last at the pace of the day and by the budget that stands
 * now, so that it never falls, and a cut takes back nothing. What is paused spends nothing.
 *
 * @param budget its share of the budget that feeds it
 */
export function spentBy(
  own: TrueAccount,
  campaign: string,
  date: AccountDate,
  budget: bigint,
  clock: DayClock,
): SpentDay['blocks'] {
  const key = `${campaign} ${date}`
  const day = own.days.get(key) ?? { blocks: new Array<bigint>(BLOCKS).fill(0n), to: 0 }
  own.days.set(key, day)
  if (day.to === 1) return day.blocks
  const to = date < clock.today ? 1 : date > clock.today ? 0 : clock.elapsed
  if (to <= day.to) return day.blocks
  if (own.campaigns.get(campaign) === 'active') {
    const full = Number(budget) * (paceOf(own, campaign, date) / 100)
    for (let block = Math.floor(day.to * BLOCKS); block < BLOCKS && block < to * BLOCKS; block++) {
      const share = Math.min(to, (block + 1) / BLOCKS) - Math.max(day.to, block / BLOCKS)
      day.blocks[block] = day.blocks[block]! + BigInt(Math.floor(full * share))
    }
  }
  day.to = to
  own.spend.set(key, total(day.blocks))
  return day.blocks
}

export const total = (blocks: readonly bigint[]): bigint => blocks.reduce((sum, micros) => sum + micros, 0n)

/** What the account has spent of a date as far as anybody has asked. */
export function spentSoFar(own: TrueAccount, date: AccountDate): bigint {
  let micros = 0n
  for (const campaign of own.campaigns.keys()) micros += own.spend.get(`${campaign} ${date}`) ?? 0n
  return micros
}
