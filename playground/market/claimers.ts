import type { AccountMarket } from './account-market.ts'
import { CLASS_CLAIM_WEIGHT } from './defaults.ts'
import type { LineState } from './entities.ts'

/** Most of what an account can claim of orders that it did not cause. */
const MOST = 0.9

/**
 * Who of an account's ad groups would claim an order that somebody else, or nobody, caused. Summed up once after each
 * step of the account, because every order asks.
 */
export class Claimers {
  readonly #account: AccountMarket
  #asOf = -1
  #spendRate = 0
  readonly #ofOthers: Float64Array
  readonly #ofOrganic: Float64Array

  constructor(account: AccountMarket) {
    this.#account = account
    this.#ofOthers = new Float64Array(account.lines.length)
    this.#ofOrganic = new Float64Array(account.lines.length)
  }

  #refresh(): void {
    if (this.#asOf === this.#account.settled) return
    this.#asOf = this.#account.settled
    this.#spendRate = 0
    let others = 0
    let organic = 0
    for (const [i, line] of this.#account.lines.entries()) {
      this.#spendRate += line.spendRate
      others += line.spendRate * CLASS_CLAIM_WEIGHT[line.campaign.class]
      organic += organicShare(line)
      this.#ofOthers[i] = others
      this.#ofOrganic[i] = organic
    }
  }

  /** How much of its usual spend the account still spends: 0 to 1. */
  presence(usualSpendRate: number): number {
    this.#refresh()
    if (usualSpendRate <= 0) return this.#spendRate > 0 ? 1 : 0
    return Math.min(1, this.#spendRate / usualSpendRate)
  }

  /** Main units per day that the account spends just now. */
  get spendRate(): number {
    this.#refresh()
    return this.#spendRate
  }

  /** Probability that the account claims an order that would have come anyway. */
  get organicShare(): number {
    this.#refresh()
    return Math.min(MOST, this.#ofOrganic.at(-1) ?? 0)
  }

  /** @param u uniform in (0, 1) */
  ofOthers(u: number): LineState {
    this.#refresh()
    return pick(this.#account.lines, this.#ofOthers, u)
  }

  /** @param u uniform in (0, 1) */
  ofOrganic(u: number): LineState {
    this.#refresh()
    return pick(this.#account.lines, this.#ofOrganic, u)
  }
}

/** Share of organic orders that a line reaches at its present spend. */
function organicShare({ campaign, spendRate }: LineState): number {
  if (spendRate <= 0) return 0
  const { share, halfway } = campaign.plan.organicClaim
  const perLine = campaign.lines.length
  return share / perLine / (1 + halfway / perLine / spendRate)
}

function pick(lines: readonly LineState[], cumulative: Float64Array, u: number): LineState {
  const sought = u * (cumulative.at(-1) ?? 0)
  let low = 0
  let high = lines.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > sought) high = middle
    else low = middle + 1
  }
  return lines[low]!
}
