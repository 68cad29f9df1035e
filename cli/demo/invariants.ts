import type { Invariant } from '../../dashboard/run-report.ts'
import { fold } from '../../lib/control/fold.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { decide } from '../../lib/decide/plan.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import { accountKey, accountRef, parseAccountKey } from '../../lib/model/account.ts'
import type { AuditRecord } from '../../lib/model/audit.ts'
import { parseCanonical } from '../../lib/model/canonical.ts'
import { isBudget, leverKey } from '../../lib/model/lever.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import type { Mode } from '../../lib/model/policy.ts'
import { verifyChain } from '../../lib/store/audit-chain.ts'
import { accountDate, addDays, DAY_MS, dateAt } from '../../lib/units/calendar.ts'
import { toDecimal } from '../../lib/units/money.ts'
import type { Pretend } from './pretend.ts'

/**
 * What must hold after any run, checked from the outside: against the audit, against the pretend platforms, against the
 * market's own record of what was spent.
 *
 * @param days that the run lasted; those that have passed by now unless told, which is too many once the market was let go on alone
 */
export async function checkInvariants(
  pretend: Pretend,
  headers: readonly PlanHeader[],
  days: number = wholeDays(pretend),
): Promise<readonly Invariant[]> {
  const loop = pretend.loopFor('invariants')
  const chains = await readChains(pretend, loop)
  return [
    ...(await Promise.all([...chains].map(([chain, records]) => chainIntact(chain, records, loop)))),
    noCapBroken(chains),
    await ledgersEqualFold(pretend, chains, loop),
    await spendWithinLedger(pretend, loop),
    await desiredEqualsObserved(pretend, loop),
    await plansReplay(headers, loop),
    decidedDaily(headers, days, pretend.policy.policy.mode),
  ]
}

const wholeDays = ({ market, clock }: Pretend): number => Math.floor((clock.now() - market.start) / DAY_MS)

type Chains = ReadonlyMap<string, readonly AuditRecord[]>

async function readChains({ market, policy }: Pretend, loop: Loop): Promise<Chains> {
  const names = [
    `portfolio/${policy.policy.portfolio}`,
    ...market.accounts.map(({ platform, id }) => accountKey(accountRef(platform, id))),
  ]
  const chains = new Map<string, readonly AuditRecord[]>()
  for (const name of names) chains.set(name, await Array.fromAsync(loop.audit.records(name)))
  return chains
}

async function chainIntact(chain: string, records: readonly AuditRecord[], loop: Loop): Promise<Invariant> {
  const found = verifyChain(records, await loop.audit.head(chain))
  const detail = found.kind === 'intact' ? `${records.length} records` : `record ${found.sequence}: ${found.problem}`
  return { name: `audit chain ${chain} is intact`, held: found.kind === 'intact', detail }
}

function noCapBroken(chains: Chains): Invariant {
  const folds = [...chains].map(([chain, records]) => ({ chain, folded: fold(records) }))
  const days = folds.flatMap(({ folded }) => [...folded.account.values()])
  const broken = folds.flatMap(({ chain, folded }) =>
    [...folded.account].filter(([, day]) => day.brokenByUs).map(([date]) => `${chain} ${date}`),
  )
  return {
    name: 'no push took a day past its cap',
    held: broken.length === 0,
    detail: broken.length === 0 ? `${days.length} account days` : broken.join(', '),
  }
}

async function ledgersEqualFold({ market, policy }: Pretend, chains: Chains, loop: Loop): Promise<Invariant> {
  const differing: string[] = []
  let compared = 0
  for (const { platform, id } of market.accounts) {
    const account = accountRef(platform, id)
    const folded = fold(chains.get(accountKey(account)) ?? [])
    for (const [date, day] of folded.account) {
      const ledger = await loop.money.accountDay(account, accountDate(date))
      compared += 1
      if (ledger?.exposure.micros !== day.exposureMicros)
        differing.push(
          `${accountKey(account)} ${date}: ${ledger?.exposure.micros} stored, ${day.exposureMicros} in the audit`,
        )
    }
  }
  const { portfolio } = policy.policy
  for (const [key, day] of fold([...chains.values()].flat()).portfolios) {
    const date = key.slice(portfolio.length + 1)
    const ledger = await loop.money.portfolioDay(portfolio, accountDate(date))
    compared += 1
    if (ledger?.exposure.micros !== day.exposureMicros)
      differing.push(`portfolio ${key}: ${ledger?.exposure.micros} stored, ${day.exposureMicros} in the audit`)
  }
  return {
    name: 'every ledger equals the fold of the audit',
    held: differing.length === 0,
    detail: differing.slice(0, 3).join('; ') || `${compared} days`,
  }
}

/** The worst case was never too low: no account day cost more than its ledger says it might. */
async function spendWithinLedger({ market, clock }: Pretend, loop: Loop): Promise<Invariant> {
  const beyond: string[] = []
  let days = 0
  for (const { platform, id, zone, currency } of market.accounts) {
    const from = dateAt(market.start, zone)
    const last = addDays(dateAt(clock.now(), zone), -1)
    const rows = market.facts({
      platform,
      accountId: id,
      level: 'account',
      grain: 'day',
      from,
      to: last,
      basis: 'click',
    })
    for (const { date, spendMicros } of rows) {
      const ledger = await loop.money.accountDay(accountRef(platform, id), date)
      // The run begins in the middle of a day for accounts west of the portfolio.
      if (!ledger) continue
      days += 1
      if (spendMicros > ledger.exposure.micros)
        beyond.push(
          `${platform} ${date}: ${toDecimal({ micros: spendMicros, currency }, 2)} of at most ${toDecimal(ledger.exposure, 2)} ${currency}`,
        )
    }
  }
  return {
    name: 'no account day cost more than its ledger’s worst case',
    held: beyond.length === 0,
    detail: beyond.slice(0, 3).join('; ') || `${days} account days`,
  }
}

async function desiredEqualsObserved({ market }: Pretend, loop: Loop): Promise<Invariant> {
  const differing: string[] = []
  let compared = 0
  let excused = 0
  for (const { platform, id, budgets } of market.accounts) {
    for (const state of (await loop.money.allLevers(accountRef(platform, id))).values()) {
      if (!isBudget(state.lever)) continue
      const amount = budgets.get(state.lever.id)?.amountMicros
      if (state.pending || state.hold) excused += 1
      else if (state.known.kind !== 'money' || state.known.amount.micros !== amount)
        differing.push(leverKey(state.lever))
      else compared += 1
    }
  }
  return {
    name: 'desired equals observed at the end, but for what is pending or held',
    held: differing.length === 0,
    detail: differing.slice(0, 3).join(', ') || `${compared} budgets, ${excused} pending or held`,
  }
}

/** The archived inputs give the same plans again, to the micro. */
async function plansReplay(headers: readonly PlanHeader[], loop: Loop): Promise<Invariant> {
  const differing: string[] = []
  // Cuts of the guard and rollbacks are no decisions from what was observed: they say themselves what they rest on.
  const decided = headers.filter(({ occasion }) => occasion === 'daily' || occasion === 'correction')
  for (const { id, inputsHash } of decided) {
    const observation = parseCanonical<Observation>(await loop.archive.get(inputsHash))
    const again = decide(
      observation,
      estimate(observation),
      (key) => loop.platforms(parseAccountKey(key).platform).capabilities,
      inputsHash,
    )
    if (again.id !== id) differing.push(id)
  }
  return {
    name: 'every plan can be made again from its archived inputs',
    held: differing.length === 0,
    detail: differing.join(', ') || `${decided.length} plans`,
  }
}

/** A loop that decides nothing breaks nothing: it must not pass for one that is safe. */
function decidedDaily(headers: readonly PlanHeader[], days: number, mode: Mode): Invariant {
  const daily = headers.filter(({ occasion }) => occasion === 'daily').length
  return {
    name: `a decision was taken on every day (${mode})`,
    held: daily >= days,
    detail: `${daily} decisions on ${days} days`,
  }
}
