import { decide } from '../decide/plan.ts'
import { estimate } from '../measure/estimate.ts'
import { type AccountKey, accountKey, parseAccountKey } from '../model/account.ts'
import { parseCanonical } from '../model/canonical.ts'
import { DecisionsMissing } from '../model/decisions-missing.ts'
import { isBudget, type LeverKey, type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import type { Observation } from '../model/observation.ts'
import { type Decision, decisionLever, type PlanHeader } from '../model/plan.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { type CurrencyCode, type Money, money } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import type { Loop } from './loop.ts'
import { valueText } from './value-text.ts'

/** One lever of one plan, as it was decided then and as it would be decided now. */
export interface ReplayedDifference {
  readonly lever: LeverKey
  readonly name: string
  readonly before: LeverValue | undefined
  readonly after: LeverValue | undefined
  /** How the two were put: a change's sentence, or a hold's reason. */
  readonly beforeWhy: string
  readonly afterWhy: string
  /** By how much more would be allowed per day now, in the account's currency; absent where it is no budget. */
  readonly difference?: Money
}

export type Replayed =
  | {
      readonly kind: 'replayed'
      readonly header: PlanHeader
      readonly decisions: number
      readonly differences: readonly ReplayedDifference[]
      /** Sum of the differences of budgets, in the portfolio's base currency at the plan's own rates. */
      readonly total: Money
    }
  /** It cannot be decided again, why, and what to do. */
  | { readonly kind: 'missing'; readonly header: PlanHeader; readonly why: string; readonly remedy: string }
  /** Not a decision of the decision code: a breaker's, or a rollback. */
  | { readonly kind: 'passed-over'; readonly header: PlanHeader }

const FROM_COPY = "put the archive's file back, or leave it out with a smaller --days"
const SINCE_RESTORE = 'leave out what is older than the restore with a smaller --days'

/**
 * Decides again, with the code as it is, what a plan decided from the same inputs.
 *
 * @param policy instead of the one of then
 */
export async function replayPlan(header: PlanHeader, policy: PolicyVersion | undefined, loop: Loop): Promise<Replayed> {
  if (header.occasion !== 'daily' && header.occasion !== 'correction') return { kind: 'passed-over', header }
  const missing = (what: string) => (error: unknown) => {
    const why = `${what}: ${error instanceof Error ? error.message : String(error)}`
    return {
      kind: 'missing',
      header,
      why,
      remedy: error instanceof DecisionsMissing ? SINCE_RESTORE : FROM_COPY,
    } as const
  }
  const text = await loop.archive.get(header.inputsHash).catch(missing('its inputs cannot be read'))
  if (typeof text !== 'string') return text
  const then = await loop.plans.decisions(header).catch(missing('its decisions cannot be read'))
  if ('kind' in then) return then
  const seen = parseCanonical<Observation>(text)
  const observation = policy ? { ...seen, policy } : seen
  const capabilities = (key: AccountKey) => loop.platforms(parseAccountKey(key).platform).capabilities
  let now: readonly Decision[]
  try {
    now = decide(observation, (loop.beliefs ?? estimate)(observation), capabilities, header.inputsHash).decisions
  } catch (error) {
    return missing('it cannot be decided with the code as it is')(error)
  }
  const differences = differencesOf(then, now)
  return {
    ...{ kind: 'replayed', header, decisions: now.length, differences },
    total: totalOf(differences, header, observation),
  }
}

function differencesOf(then: readonly Decision[], now: readonly Decision[]): readonly ReplayedDifference[] {
  const [before, after] = [byLever(then), byLever(now)]
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return keys.flatMap((lever) => {
    const [one, other] = [before.get(lever), after.get(lever)]
    const [was, is] = [decided(one), decided(other)]
    if (was && is ? sameValue(was, is) : was === is) return []
    const known = (other ?? one)!
    const difference = isBudget(decisionLever(known)) ? differenceOf(was, is) : undefined
    return [
      {
        ...{ lever, name: known.name, before: was, after: is, beforeWhy: whyOf(one), afterWhy: whyOf(other) },
        ...(difference ? { difference } : {}),
      },
    ]
  })
}

const byLever = (decisions: readonly Decision[]): ReadonlyMap<LeverKey, Decision> =>
  new Map(decisions.map((one) => [leverKey(decisionLever(one)), one]))

/** What the lever is to stand at. */
const decided = (decision: Decision | undefined): LeverValue | undefined =>
  decision?.kind === 'change' ? decision.change.to : decision?.value

const whyOf = (decision: Decision | undefined): string => {
  if (!decision) return 'not decided about'
  return decision.kind === 'change'
    ? `${valueText(decision.change.from)} to ${valueText(decision.change.to)}`
    : `hold: ${decision.reason}`
}

/** A lever that one of both does not know counts nothing there. */
function differenceOf(then: LeverValue | undefined, now: LeverValue | undefined): Money | undefined {
  const amount = (value: LeverValue | undefined): Money | undefined =>
    value?.kind === 'money' ? value.amount : undefined
  const [was, is] = [amount(then), amount(now)]
  const currency: CurrencyCode | undefined = (is ?? was)?.currency
  return currency && money((is?.micros ?? 0n) - (was?.micros ?? 0n), currency)
}

/** @throws Error when the plan has no rate for an account's currency */
function totalOf(differences: readonly ReplayedDifference[], header: PlanHeader, { accounts }: Observation): Money {
  const base = header.dayTarget.currency
  let micros = 0n
  for (const { difference, lever } of differences) {
    if (!difference) continue
    const rate = header.rates.find(({ from }) => from === difference.currency)
    const account = accounts.find(({ structure }) => lever.startsWith(`${accountKey(structure.account)}/`))
    if (!rate && difference.currency !== base)
      throw new Error(`plan ${header.id} has no rate from ${difference.currency} of ${account?.account ?? lever}`)
    micros += rate ? convert(difference, rate, 'down').micros : difference.micros
  }
  return money(micros, base)
}
