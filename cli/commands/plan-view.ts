import { growthInBase } from '../../lib/decide/net-growth.ts'
import { amountText, changeText, numberText, valueWords } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import { type LeverKind, leverKey } from '../../lib/model/lever.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import {
  type ChangeDecision,
  type Decision,
  decisionLever,
  type HoldDecision,
  type HoldReason,
  type PlanHeader,
} from '../../lib/model/plan.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import { type Money, money, sum } from '../../lib/units/money.ts'
import type { Paint } from '../terminal/paint.ts'
import { table } from '../terminal/table.ts'
import { guardrailsJson, guardrailsText } from './guardrails-view.ts'
import { outcomeWords, standingJson, standingText } from './plan-standing.ts'

/** A plan with what is shown around it. */
export interface ShownPlan {
  readonly header: PlanHeader
  readonly decisions: readonly Decision[]
  /** Edits of somebody else since the plan before, on this plan's levers. */
  readonly drifts: readonly Drift[]
}

/** Holds that a person can lift: with nothing else to do, they block the portfolio. */
const BLOCKING: ReadonlySet<HoldReason> = new Set<HoldReason>(['frozen', 'no-caps', 'account-blocked', 'over-cap'])

const LEVER_WORDS: Readonly<Record<LeverKind, string>> = {
  'daily-budget': 'dailyBudget',
  'lifetime-budget': 'lifetimeBudget',
  'target-cpa': 'targetCpa',
  'target-roas': 'targetRoas',
  bid: 'bid',
  'bid-multiplier': 'bidMultiplier',
  status: 'status',
}

export const changesOf = ({ decisions }: Pick<ShownPlan, 'decisions'>): readonly ChangeDecision[] =>
  decisions.filter((one) => one.kind === 'change')
export const holdsOf = ({ decisions }: Pick<ShownPlan, 'decisions'>): readonly HoldDecision[] =>
  decisions.filter((one) => one.kind === 'hold')

/** Why nothing at all can be done; undefined when something can, or nothing was to be done. */
export function blockedBy(plan: ShownPlan): HoldDecision | undefined {
  return changesOf(plan).length > 0 ? undefined : holdsOf(plan).find(({ reason }) => BLOCKING.has(reason))
}

/** By how much the plan changes the sum of daily budgets, in the base currency. */
export const netPerDay = (plan: ShownPlan): Money =>
  sum(
    changesOf(plan).map(({ change }) => growthInBase(change, plan.header.rates)),
    plan.header.dayTarget.currency,
  )

const signedAmount = (amount: Money): string =>
  amount.micros < 0n ? `−${amountText(money(-amount.micros, amount.currency))}` : `+${amountText(amount)}`

export const summaryText = (plan: ShownPlan): string =>
  `Plan: ${changesOf(plan).length} change, ${holdsOf(plan).length} hold; net ${signedAmount(netPerDay(plan))}/day`

/** Drift first, then how the portfolio stands, what would change, then what is left as it is. */
export function planText(plan: ShownPlan, paint: Paint, showAll: boolean): string {
  const { header } = plan
  return [
    `${paint.bold(`Portfolio ${header.portfolio}`)} · ${header.mode} · plan ${header.id} · made ${isoInstant(header.madeAt)}, valid until ${isoInstant(header.expiresAt)}`,
    ...driftText(plan),
    ...standingText(header, plan.decisions, paint),
    ...changesText(plan, paint, showAll),
    ...holdsText(plan, paint, showAll),
    ...capsText(plan),
    '',
    paint.bold(summaryText(plan)),
  ].join('\n')
}

function driftText({ drifts, decisions }: ShownPlan): readonly string[] {
  if (drifts.length === 0) return []
  const names = new Map(decisions.map((one) => [leverKey(decisionLever(one)), one.name]))
  return [
    '',
    'Changed outside since the plan before:',
    ...drifts.map(
      ({ lever, lastKnown, observed, actor, changedAt, seenAt, resolution, detail }) =>
        `  ! ${accountKey(lever.account)} ${names.get(leverKey(lever)) ?? lever.id}  ${LEVER_WORDS[lever.kind]}  ${valueWords(lastKnown)} → ${valueWords(observed)}  by ${actor ?? 'unknown'}, ${changedAt ? `at ${isoInstant(changedAt)}` : `seen ${isoInstant(seenAt)}`}: ${resolution}, ${detail}`,
    ),
  ]
}

function changesText(plan: ShownPlan, paint: Paint, showAll: boolean): readonly string[] {
  const byAccount = Map.groupBy(changesOf(plan), ({ change }) => accountKey(change.lever.account))
  const outcome = outcomeWords(plan.decisions, plan.header.dayTarget.currency)
  return [...byAccount].flatMap(([account, changes]) => [
    '',
    account,
    ...changes.flatMap((one) => changeLines(one, outcome, paint, showAll)),
  ])
}

function changeLines(one: ChangeDecision, outcome: string, paint: Paint, showAll: boolean): readonly string[] {
  const { change, name, binding, why } = one
  const { lever } = change
  const limits = binding.length > 0 ? `  limited by: ${binding.map((limit) => limit.name).join(', ')}` : ''
  return [
    `  ~ ${accountKey(lever.account)} ${paint.bold(name)}  ${LEVER_WORDS[lever.kind]}  ${fromTo(change)}${limits}`,
    `      ${why}`,
    ...(lever.kind === 'status' ? [] : [paint.dim(`      ${restsOn(one, outcome)}`)]),
    ...guardrailLines(one, paint, showAll),
  ]
}

const guardrailLines = (one: Decision, paint: Paint, showAll: boolean): readonly string[] => {
  const text = guardrailsText(one, showAll)
  return text === undefined ? [] : [paint.dim(`      ${text}`)]
}

/** What is expected of a change, how much of what it rests on is in, and what keeps the campaign from bringing more. */
function restsOn({ expected, maturity, limitedBy }: ChangeDecision, outcome: string): string {
  const { mean, low, high } = expected
  return [
    ...(low === 0 && high === 0
      ? []
      : [`expected ${signed(mean)} ${outcome} a day (80 %: ${signed(low)} to ${signed(high)})`]),
    `${Math.round(100 * maturity)} % of its conversions are in`,
    ...(limitedBy ? [`limited by its ${limitedBy}`] : []),
  ].join('; ')
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${numberText(Math.abs(value))}`

/** `184.00 → 220.80 EUR (+20.0 %)` */
function fromTo({ from, to }: ChangeDecision['change']): string {
  if (from.kind !== 'money' || to.kind !== 'money') return `${valueWords(from)} → ${valueWords(to)}`
  const [amount] = amountText(from.amount).split(' ')
  return `${amount} → ${amountText(to.amount)} (${changeText(from.amount, to.amount)})`
}

function holdsText(plan: ShownPlan, paint: Paint, showAll: boolean): readonly string[] {
  const holds = holdsOf(plan)
  if (holds.length === 0) return []
  if (showAll)
    return [
      '',
      'Held:',
      ...holds.flatMap((one) => {
        const { lever, name, value, reason, detail, limitedBy } = one
        return [
          `  = ${accountKey(lever.account)} ${name}  ${LEVER_WORDS[lever.kind]}  ${valueWords(value)}  ${reason}: ${detail}${limitedBy && limitedBy !== 'budget' ? ` (limited by its ${limitedBy})` : ''}`,
          ...guardrailLines(one, paint, showAll),
        ]
      }),
    ]
  const byReason = Map.groupBy(holds, ({ reason }) => reason)
  const rows = [...byReason]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, ones]) => [reason, String(ones.length), `${ones[0]?.name}: ${ones[0]?.detail}`])
  return ['', 'Held (--all lists each):', table(['reason', 'levers', 'for example'], rows)]
}

function capsText({ header }: ShownPlan): readonly string[] {
  if (header.proposedCaps.length === 0) return []
  return [
    '',
    'Proposed caps: nothing is pushed until the policy has some.',
    ...header.proposedCaps.map(({ scope, dayCap }) => `  ${scope}  dayCap: "${amountText(dayCap)}"`),
  ]
}

const amountJson = ({ micros, currency }: Money) => ({ micros: micros.toString(), currency })
const valueJson = (value: HoldDecision['value']): object | null => {
  if (value === undefined) return null
  return value.kind === 'money' ? amountJson(value.amount) : value
}

/** The plan as `--json` shows it; money is micros in text, what is unknown is null. */
export const planJson = (plan: ShownPlan) => ({
  id: plan.header.id,
  portfolio: plan.header.portfolio,
  mode: plan.header.mode,
  occasion: plan.header.occasion,
  approval: plan.header.approval.kind,
  madeAt: isoInstant(plan.header.madeAt),
  expiresAt: isoInstant(plan.header.expiresAt),
  policyVersion: plan.header.policyVersion,
  inputsHash: plan.header.inputsHash,
  dayTarget: amountJson(plan.header.dayTarget),
  netPerDay: amountJson(netPerDay(plan)),
  marginalReturn: plan.header.marginalReturn,
  ...standingJson(plan.header, plan.decisions),
  drifts: plan.drifts.map(({ lever, lastKnown, observed, seenAt, actor, resolution, detail }) => ({
    lever: leverKey(lever),
    from: valueJson(lastKnown),
    to: valueJson(observed),
    seenAt: isoInstant(seenAt),
    actor: actor ?? null,
    resolution,
    detail,
  })),
  changes: changesOf(plan).map((one) => {
    const { change, name, expected, binding, why, maturity, limitedBy, prediction } = one
    return {
      lever: leverKey(change.lever),
      account: accountKey(change.lever.account),
      name,
      from: valueJson(change.from),
      to: valueJson(change.to),
      expected,
      binding,
      why,
      maturity,
      limitedBy: limitedBy ?? null,
      prediction: prediction ?? null,
      guardrails: guardrailsJson(one),
    }
  }),
  holds: holdsOf(plan).map((one) => {
    const { lever, name, value, reason, detail, maturity, limitedBy, prediction } = one
    return {
      lever: leverKey(lever),
      account: accountKey(lever.account),
      name,
      value: valueJson(value),
      reason,
      detail,
      maturity: maturity ?? null,
      limitedBy: limitedBy ?? null,
      prediction: prediction ?? null,
      guardrails: guardrailsJson(one),
    }
  }),
  proposedCaps: plan.header.proposedCaps.map(({ scope, dayCap }) => ({ scope, dayCap: amountJson(dayCap) })),
})
