import type { HoldLine, RunReport, TurnFigures } from '../../dashboard/run-report.ts'
import type { LogLine } from '../../functions/composition/log.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { changeText, valueWords } from '../../lib/decide/words.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { intentId } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { type ChangeDecision, type Decision, decisionLever, type PlanHeader } from '../../lib/model/plan.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import { rateText } from '../../lib/units/rates.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import type { WorldPlatform } from '../../playground/world.ts'
import { comparison } from './comparison.ts'
import { checkInvariants } from './invariants.ts'
import type { Pretend } from './pretend.ts'
import { landingLines, limitedByLines, limitLines } from './standing.ts'

/** Plans that one run can make at most: a daily one, and a handful of corrections. */
const PLANS_MAX = 1_000
const LARGEST_MOVES = 10

export interface Decided {
  readonly header: PlanHeader
  readonly decision: Decision
  /** What became of it, from the audit. */
  readonly outcome: string | undefined
}

/** The newest of each currency that is another than the base. */
function lastRates(headers: readonly PlanHeader[]): readonly string[] {
  const rates = headers.flatMap((header) => header.rates).filter(({ from, to }) => from !== to)
  return [...new Map(rates.map((rate) => [rate.from, rate])).values()].map(
    (rate) => `${rate.from}→${rate.to} ${rateText(rate)} (${rate.date})`,
  )
}

/** Everything that is told of a run, from the tables and, for what nobody but the market knows, from the market. */
export async function gatherReport(
  pretend: Pretend,
  scenario: Scenario,
  seed: number,
  days: number,
): Promise<RunReport> {
  const loop = pretend.loopFor('report')
  const { policy } = pretend.policy
  const headers = (await loop.plans.recent(policy.portfolio, PLANS_MAX)).toReversed()
  const audit = await auditEntries(pretend, loop)
  const outcomes = new Map(
    audit.flatMap(({ entry }) => (entry.kind === 'settled' ? [[entry.intent, entry.outcome]] : [])),
  )
  const decided = await decidedIn(headers, outcomes, loop)
  const compared = comparison(pretend, scenario, seed, days)
  return {
    schemaVersion: 1,
    scenario: scenario.name,
    description: scenario.description,
    seed,
    portfolio: policy.portfolio,
    mode: policy.mode,
    days,
    currency: policy.baseCurrency,
    goal: policy.goal.kind === 'conversions' ? 'conversions' : 'value',
    accounts: pretend.market.accounts.map(({ platform, id, name, currency, zone, campaigns, budgets }) => ({
      key: `${platform}:${id}`,
      name,
      currency,
      zone,
      campaigns: campaigns.size,
      budgets: budgets.size,
    })),
    rates: lastRates(headers),
    ...compared,
    flightTotal: Number(policy.flight.total.micros) / 1e6,
    landings: landingLines(headers, policy.zone),
    limits: limitLines(headers),
    limitedBy: limitedByLines(decided),
    moves: largestMoves(decided),
    holds: holdLines(decided),
    drifts: await driftLines(pretend, loop),
    refusals: refusalLines(audit),
    turns: turnFigures(pretend, headers, audit),
    invariants: await checkInvariants(pretend, headers, days),
    decisions: decided.map(decisionLine),
  }
}

interface AuditLine {
  readonly at: string
  readonly account: string
  readonly entry: AuditEntry
}

async function auditEntries({ market }: Pretend, loop: Loop): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = []
  for (const { platform, id } of market.accounts) {
    const account = accountKey(accountRef(platform, id))
    for await (const { at, entries } of loop.audit.records(account))
      for (const entry of entries) lines.push({ at: isoInstant(at), account, entry })
  }
  return lines
}

async function decidedIn(
  headers: readonly PlanHeader[],
  outcomes: ReadonlyMap<string | undefined, string | undefined>,
  loop: Loop,
): Promise<readonly Decided[]> {
  const decided: Decided[] = []
  for (const header of headers)
    for (const decision of await loop.plans.decisions(header))
      decided.push({ header, decision, outcome: outcomes.get(intentId(header.id, leverKey(decisionLever(decision)))) })
  return decided
}

const isChange = (one: Decided): one is Decided & { readonly decision: ChangeDecision } =>
  one.decision.kind === 'change'

/** Of each budget the applied change that was expected to matter most, and of those the largest. */
function largestMoves(decided: readonly Decided[]): RunReport['moves'] {
  const applied = decided.filter(isChange).filter(({ outcome }) => outcome === 'verified')
  const matter = ({ decision }: (typeof applied)[number]): number => Math.abs(decision.expected.mean)
  return [...Map.groupBy(applied, ({ decision }) => leverKey(decision.change.lever)).values()]
    .map((own) => ({ own, largest: own.reduce((a, b) => (matter(b) > matter(a) ? b : a)) }))
    .toSorted((a, b) => matter(b.largest) - matter(a.largest))
    .slice(0, LARGEST_MOVES)
    .map(({ own, largest }) => moveLine(largest, own))
}

function moveLine(
  { header, decision, outcome }: Decided & { readonly decision: ChangeDecision },
  own: readonly Decided[],
): RunReport['moves'][number] {
  const { change, name, why, expected } = decision
  const { mean, low, high } = expected
  const first = own[0]?.decision
  const last = own.at(-1)?.decision
  return {
    at: isoInstant(header.madeAt),
    account: accountKey(change.lever.account),
    name,
    from: valueWords(change.from),
    to: valueWords(change.to),
    change:
      change.from.kind === 'money' && change.to.kind === 'money'
        ? changeText(change.from.amount, change.to.amount)
        : '',
    why,
    expected: { mean, low, high },
    outcome: outcome ?? '',
    inAll: {
      moves: own.length,
      from: first?.kind === 'change' ? valueWords(first.change.from) : '',
      to: last?.kind === 'change' ? valueWords(last.change.to) : '',
    },
  }
}

function holdLines(decided: readonly Decided[]): readonly HoldLine[] {
  const groups = Map.groupBy(
    decided.flatMap(({ decision, header }) =>
      decision.kind === 'hold' && header.occasion === 'daily' ? [decision] : [],
    ),
    ({ reason }) => reason,
  )
  return [...groups]
    .map(([reason, holds]) => ({
      reason,
      count: holds.length,
      levers: new Set(holds.map(({ lever }) => leverKey(lever))).size,
      example: `${holds.at(-1)?.name}: ${holds.at(-1)?.detail}`,
    }))
    .toSorted((a, b) => b.count - a.count)
}

async function driftLines({ market, policy }: Pretend, loop: Loop): Promise<RunReport['drifts']> {
  const lines = await Promise.all(
    policy.policy.accounts.map(async ({ account }) =>
      (await loop.facts.drifts(account, market.start)).map((drift) => ({
        at: isoInstant(drift.changedAt ?? drift.seenAt),
        account: accountKey(account),
        name:
          market.account(account.platform as string as WorldPlatform, account.id)?.budgets.get(drift.lever.id)?.name ??
          drift.lever.id,
        from: valueWords(drift.lastKnown),
        to: valueWords(drift.observed),
        ...(drift.actor ? { actor: drift.actor } : {}),
        resolution: drift.resolution,
        detail: drift.detail,
      })),
    ),
  )
  return lines.flat().toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** Outcomes of changes that are as they were to be, or were never to be sent. */
const NO_REFUSAL = new Set(['verified', 'already-there', 'shadowed'])

/** Changes that were decided and did not come about. */
const refusalLines = (audit: readonly AuditLine[]): RunReport['refusals'] =>
  audit.flatMap(({ at, account, entry }) =>
    entry.kind === 'settled' && !NO_REFUSAL.has(entry.outcome)
      ? [{ at, account, lever: entry.lever, outcome: entry.outcome, detail: entry.detail }]
      : [],
  )

function turnFigures(
  { log, runner }: Pretend,
  headers: readonly PlanHeader[],
  audit: readonly AuditLine[],
): TurnFigures {
  const turns = log.filter(({ event }) => event === 'turn')
  const failed = turns.filter(({ result }) => result === 'failed')
  const words = ({ stage, key, errorMessage }: LogLine): string =>
    JSON.stringify([stage, key, errorMessage?.replace(/ \(trace .*\)$/, '')])
  const failures = [...Map.groupBy(failed, words)].map(([text, lines]) => {
    const [stage, key, message] = JSON.parse(text) as [string, string, string]
    return { stage, key, count: lines.length, message }
  })
  return {
    ran: turns.filter(({ result }) => result === 'ran').length,
    failed: failed.length,
    plans: headers.length,
    changesApplied: audit.filter(({ entry }) => entry.kind === 'settled' && entry.outcome === 'verified').length,
    deadLetters: runner.deadLetters.length,
    failures,
  }
}

function decisionLine({ header, decision, outcome }: Decided): RunReport['decisions'][number] {
  const lever = decisionLever(decision)
  const base = {
    at: isoInstant(header.madeAt),
    plan: header.id,
    account: accountKey(lever.account),
    name: decision.name,
    lever: lever.kind,
  }
  if (decision.kind === 'hold') return { ...base, decision: 'hold', reason: `${decision.reason}: ${decision.detail}` }
  const { from, to } = decision.change
  return {
    ...base,
    decision: 'change',
    from: valueWords(from),
    to: valueWords(to),
    reason: decision.why,
    ...(outcome ? { outcome } : {}),
  }
}
