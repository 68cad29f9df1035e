import { type AccountRef, accountKey } from '../model/account.ts'
import type { PortfolioDayLedger } from '../model/ledger.ts'
import { isBudget, isCut, type Lever, type LeverChange } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { Policy, PolicyVersion, Selection, SharedCap } from '../model/policy.ts'
import { countsBudget, fedCampaigns } from '../model/selection.ts'
import type { AccountStructure } from '../model/structure.ts'
import { type AccountDate, dateAt } from '../units/calendar.ts'
import { add, compare, type Money, zero } from '../units/money.ts'
import { worstCaseOf } from './exposure.ts'
import { inBase } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { overDeliveryFactor } from './portfolios.ts'

/** A shared cap, what the budgets that it counts may cost today at worst, and which of an account's levers those are. */
export interface OpenCap {
  readonly cap: SharedCap
  readonly exposure: Money
  counts(lever: Lever): boolean
}

/**
 * The policy's shared caps as they stand, from the records of every budget that they count, at the rates pinned for the
 * portfolio's day. Read after the portfolio's day: whatever moves meanwhile moves its version, and the commit that rests
 * on this is refused.
 */
export async function openCaps(
  changes: readonly LeverChange[],
  version: PolicyVersion,
  day: PortfolioDayLedger,
  loop: Loop,
): Promise<readonly OpenCap[]> {
  const { policy } = version
  if (policy.caps.length === 0 || !changes.some((one) => isBudget(one.lever) && !isCut(one))) return []
  const policies = await loop.policies.all()
  const accounts = await Promise.all(policy.accounts.map(({ account }) => countedIn(account, policies, loop)))
  const known = accounts.filter((one) => one !== undefined)
  return policy.caps.map((cap) => {
    const exposure = known.reduce(
      (sum, one) => add(sum, inBase(exposureUnder(cap, policy, one), day)),
      zero(policy.baseCurrency),
    )
    return {
      cap,
      exposure,
      counts: (lever) =>
        known.some(
          (one) => accountKey(one.structure.account) === accountKey(lever.account) && counts(cap, policy, one)(lever),
        ),
    }
  })
}

interface Counted {
  readonly structure: AccountStructure
  readonly states: readonly LeverState[]
  readonly date: AccountDate
  readonly factor: number
}

async function countedIn(
  account: AccountRef,
  policies: readonly PolicyVersion[],
  loop: Loop,
): Promise<Counted | undefined> {
  const structure = await loop.facts.structure(account)
  if (!structure) return undefined
  const states = [...(await loop.money.allLevers(account)).values()].filter(({ lever }) => isBudget(lever))
  const { capabilities } = loop.platforms(account.platform)
  const factor = overDeliveryFactor(policies, account, capabilities.overDeliveryFactor)
  return { structure, states, date: dateAt(loop.clock.now(), structure.zone), factor }
}

const exposureUnder = (cap: SharedCap, policy: Policy, one: Counted): Money => {
  const isCounted = counts(cap, policy, one)
  const own = one.states.filter(({ lever }) => isCounted(lever))
  return worstCaseOf(own, one.date, one.factor, one.structure.currency)
}

/** A budget that the account no longer has may have spent today: it counts, unless the cap is about other accounts. */
function counts({ match }: SharedCap, policy: Policy, { structure, date }: Counted): (lever: Lever) => boolean {
  const { account } = structure
  const byId = new Map<string, AccountStructure['budgets'][number]>(structure.budgets.map((one) => [one.id, one]))
  return ({ id }) => {
    const budget = byId.get(id)
    if (!budget) return isAbout(match, account)
    return countsBudget(match, account, fedCampaigns(policy, structure, budget, date))
  }
}

const isAbout = ({ platform, account: of }: Selection, account: AccountRef): boolean =>
  (platform === undefined || platform === account.platform) &&
  (of === undefined || accountKey(of) === accountKey(account))

/** The shared cap that a change would break, in words; `before`: what was granted before it in the same chunk. */
export function brokenSharedCap(
  { lever }: LeverChange,
  delta: Money,
  caps: readonly OpenCap[],
  before: readonly { readonly lever: Lever; readonly delta: Money }[],
  day: PortfolioDayLedger,
): string | undefined {
  const broken = caps.find(({ cap, exposure, counts: isCounted }) => {
    if (!isCounted(lever)) return false
    const granted = before
      .filter((one) => isCounted(one.lever))
      .reduce((sum, one) => add(sum, inBase(one.delta, day)), exposure)
    return compare(add(granted, inBase(delta, day)), cap.dayCap) > 0
  })
  return broken && `what cap "${broken.cap.name}" counts would cost more than it at worst`
}
