import type { AuditEntry } from '../model/audit.ts'
import type { PortfolioDayLedger } from '../model/ledger.ts'
import type { LeverState } from '../model/lever-state.ts'
import { budgetMembership } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { MoneyCommit } from '../ports/store.ts'
import { dateAt } from '../units/calendar.ts'
import { add, compare, larger, type Money, subtract, zero } from '../units/money.ts'
import { convert, type ExchangeRate, withHaircut } from '../units/rates.ts'
import { commitFresh } from './commit.ts'
import { worstCaseOf } from './exposure.ts'
import type { Loop } from './loop.ts'
import { overDeliveryFactor } from './portfolios.ts'

type Built = { readonly commit: Omit<MoneyCommit, 'token'> } | undefined
type StatesOf = (account: AccountObservation) => Promise<Iterable<LeverState>> | Iterable<LeverState>

/**
 * Opens the portfolio's day in the ledger at the worst case of its budgets as known, with the day's rates pinned, and a
 * haircut on each. If the day is open, it is counted again: the policy's cap takes over, and what the budgets may cost by
 * now is counted where it is not. An edit that is seen just while the day is opened is counted by neither of the two: who
 * saw it found no day, and who opened it had read the budget before.
 */
export async function openPortfolioDay(observation: Observation, loop: Loop): Promise<void> {
  const { portfolio } = observation.policy.policy
  const what = `opening portfolio ${portfolio} ${observation.today}`
  const opened = await commitFresh(loop, what, async () => {
    const open = await dayOf(observation, loop)
    return open ? countedAgain(observation, open, ({ levers }) => levers, loop) : firstCount(observation, loop)
  })
  if (opened?.commit.portfolioDay?.expected !== 0) return
  await commitFresh(loop, what, async () => {
    const open = await dayOf(observation, loop)
    return open && countedAgain(observation, open, afresh(loop), loop)
  })
}

const dayOf = ({ policy, today }: Observation, loop: Loop): Promise<PortfolioDayLedger | undefined> =>
  loop.money.portfolioDay(policy.policy.portfolio, today)

const afresh =
  (loop: Loop): StatesOf =>
  async ({ structure }) =>
    (await loop.money.allLevers(structure.account)).values()

const commonOf = ({ policy }: Observation, loop: Loop) =>
  ({ chain: `portfolio/${policy.policy.portfolio}`, at: loop.clock.now(), levers: [], intents: [] }) as const

const capPart = (dayCap: Money | undefined) => (dayCap ? { cap: dayCap } : {})
const capText = (dayCap: Money | undefined) => (dayCap ? { capMicros: dayCap.micros.toString() } : {})

async function firstCount(observation: Observation, loop: Loop): Promise<Built> {
  const { policy, today: date, rates, accounts } = observation
  const { portfolio, dayCap, guardrails } = policy.policy
  const pinned = rates.map((rate) => withHaircut(rate, guardrails.rateHaircut))
  const missing = accounts.find(({ structure }) => !pinned.some(({ from }) => from === structure.currency))
  if (missing) throw new Error(`no exchange rate from ${missing.structure.currency} for ${missing.account}`)
  const exposure = await worstInBase(observation, pinned, afresh(loop), loop)
  const next = { portfolio, date, exposure, ...capPart(dayCap), rates: pinned, version: 1 }
  const entry = { kind: 'day-opened', date, exposureMicros: exposure.micros.toString(), ...capText(dayCap) } as const
  return { commit: { ...commonOf(observation, loop), portfolioDay: { next, expected: 0 }, entries: [entry] } }
}

/** What was read before the ledger is in it, if it was counted at all: only where it is not, the budgets are read again. */
async function countedAgain(
  observation: Observation,
  open: PortfolioDayLedger,
  states: StatesOf,
  loop: Loop,
): Promise<Built> {
  const { portfolio, dayCap } = observation.policy.policy
  const seen = await worstInBase(observation, open.rates, states, loop)
  const worst =
    compare(seen, open.exposure) > 0 ? await worstInBase(observation, open.rates, afresh(loop), loop) : open.exposure
  const exposure = larger(open.exposure, worst)
  const { date } = open
  const deltaMicros = subtract(exposure, open.exposure).micros.toString()
  const entries: AuditEntry[] = [
    ...(open.cap?.micros === dayCap?.micros ? [] : [{ kind: 'cap-set', date, ...capText(dayCap) } as const]),
    ...(deltaMicros === '0' ? [] : [{ kind: 'portfolio-exposure', portfolio, date, deltaMicros } as const]),
  ]
  if (entries.length === 0) return undefined
  const { cap: _, ...rest } = open
  const next = { ...rest, exposure, ...capPart(dayCap), version: open.version + 1 }
  return { commit: { ...commonOf(observation, loop), portfolioDay: { next, expected: open.version }, entries } }
}

/**
 * What the portfolio's budgets may cost at worst, in its base currency; nothing is pushed where no rate was pinned. Of each
 * account the day counts that it is now: a worker may have been suspended since it observed, beyond an account's midnight.
 */
async function worstInBase(
  { policy, accounts }: Observation,
  rates: readonly ExchangeRate[],
  statesOf: StatesOf,
  loop: Loop,
): Promise<Money> {
  const read = await Promise.all(accounts.map(async (one) => ({ ...one, states: [...(await statesOf(one))] })))
  const at = loop.clock.now()
  let total = zero(policy.policy.baseCurrency)
  for (const { structure, states } of read) {
    const { account, currency, budgets, zone } = structure
    const today = dateAt(at, zone)
    const rate = rates.find(({ from }) => from === currency)
    if (!rate) continue
    const { capabilities } = loop.platforms(account.platform)
    const factor = overDeliveryFactor([policy], account, capabilities.overDeliveryFactor)
    const own = new Set<string>(
      budgets.filter((budget) => budgetMembership(policy.policy, structure, budget, today)).map(({ id }) => id),
    )
    const ours = states.filter(({ lever }) => own.has(lever.id))
    total = add(total, convert(worstCaseOf(ours, today, factor, currency), rate, 'up'))
  }
  return total
}
