import { amountText } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Policy } from '../../lib/model/policy.ts'
import type { Money } from '../../lib/units/money.ts'
import type { Screen } from '../terminal/screen.ts'
import { Blocked } from './exit.ts'

/** A limit that grows so many times is more often a slip of a zero than a wish. */
const MUCH = 10n

/** A limit on money that another policy changes. */
export interface CapChange {
  readonly name: string
  readonly before: Money | undefined
  readonly after: Money | undefined
  /** Ten times what it was, or more. */
  readonly isLarge: boolean
}

/** What the second policy changes in the limits on money of the first; empty where there is no first. */
export function capChanges(before: Policy | undefined, after: Policy): readonly CapChange[] {
  if (!before) return []
  const [old, now] = [limitsOf(before), limitsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const change = { name, before: old.get(name), after: now.get(name) }
    return isSame(change.before, change.after) ? [] : [{ ...change, isLarge: isLarge(change.before, change.after) }]
  })
}

const isSame = (a: Money | undefined, b: Money | undefined): boolean =>
  a?.micros === b?.micros && a?.currency === b?.currency

/** Of another currency it cannot be said: it is shown, and no more. */
const isLarge = (before: Money | undefined, after: Money | undefined): boolean =>
  before?.currency === after?.currency && before !== undefined && (after?.micros ?? 0n) >= MUCH * before.micros

/** Everything that bounds what may be spent, by the name that a person would give it. */
function limitsOf({ dayCap, accounts, flight, guardrails, caps, groups, bounds }: Policy): ReadonlyMap<string, Money> {
  const all: readonly (readonly [name: string, amount: Money | undefined])[] = [
    ['day cap of the portfolio', dayCap],
    ...accounts.map((one) => [`day cap of ${accountKey(one.account)}`, one.dayCap] as const),
    ['total of the flight', flight.total],
    ['guardrails.maxDailyBudget', guardrails.maxDailyBudget],
    ...caps.map((one) => [`cap "${one.name}"`, one.dayCap] as const),
    ...groups.map((one) => [`most of group "${one.name}"`, one.atMost] as const),
    ...bounds.map((one) => [`most of budget ${one.budget} of ${accountKey(one.account)}`, one.atMost] as const),
  ]
  return new Map(all.flatMap(([name, amount]) => (amount ? [[name, amount] as const] : [])))
}

/**
 * Shows what changes, and asks where something grows much.
 *
 * @throws Error where it is not wanted; Blocked where nobody can be asked
 */
export async function confirmCaps(changes: readonly CapChange[], accepted: boolean, screen: Screen): Promise<void> {
  for (const change of changes) screen.warn(capLine(change))
  const large = changes.filter(({ isLarge }) => isLarge)
  if (large.length === 0 || accepted) return
  const what = large.map(({ name }) => name).join(', ')
  if (!screen.canAsk)
    throw new Blocked(
      `not stored: ${what} would be ${MUCH} times as large, or more; if that is meant, store it with --accept-caps`,
    )
  const answer = await screen.ask(`${MUCH} times as large, or more: ${what}. Only "yes" stores it: `)
  if (answer !== 'yes') throw new Error(`not stored: the answer was "${answer}"`)
}

export const capLine = ({ name, before, after }: CapChange): string => `${name}: ${textOf(before)} → ${textOf(after)}`

const textOf = (amount: Money | undefined): string => (amount ? amountText(amount) : 'none')

export const capsJson = (changes: readonly CapChange[]) =>
  changes.map(({ name, before, after }) => ({ name, before: moneyJson(before), after: moneyJson(after) }))

const moneyJson = (amount: Money | undefined) =>
  amount ? { micros: amount.micros.toString(), currency: amount.currency } : null
