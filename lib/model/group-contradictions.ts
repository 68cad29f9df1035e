import { add, type Money, zero } from '../units/money.ts'
import { type GroupNode, groupTree } from './groups.ts'
import type { BudgetGroup, Policy } from './policy.ts'
import { amount, namedTwice, percent } from './problem-text.ts'
import { covers } from './selection.ts'

/** Shares are decimal fractions: three times 0.1 and 0.7 are a whole. */
const ROUNDING = 1e-9

/**
 * What the groups of a policy say against each other, or against the goal and the caps: limits that no division of the
 * money can keep are named here, when a person writes them, and not when a plan fails on them.
 */
export function groupContradictions(policy: Policy): readonly string[] {
  const { groups } = policy
  const named = [...namedTwice('groups', groups), ...parents(groups)]
  const alone = groups.flatMap((group, i) => [...upsideDown(group, i), ...ceilings(policy, group, i)])
  if (named.length > 0 || !inBase(policy)) return [...named, ...alone]
  const tree = groupTree(groups)
  const fieldOf = (group: BudgetGroup): string => `groups.${groups.indexOf(group)}`
  return [...alone, ...hidden(tree, fieldOf), ...sums(policy, tree, fieldOf)]
}

/** Amounts in other currencies are told of already, and cannot be added up. */
const inBase = ({ baseCurrency, dayCap, groups }: Policy): boolean =>
  [dayCap, ...groups.flatMap(({ atLeast, atMost }) => [atLeast, atMost])].every(
    (one) => one === undefined || one.currency === baseCurrency,
  )

function parents(groups: readonly BudgetGroup[]): readonly string[] {
  const byName = new Map(groups.map((group) => [group.name, group]))
  return groups.flatMap(({ name, within }, i) => {
    if (within === undefined) return []
    if (!byName.has(within))
      return [`groups.${i}.within: there is no group "${within}": add it, or write the name of another group`]
    const way = pathUp(name, byName)
    return way.at(-1) === name
      ? [`groups.${i}.within: "${name}" lies within itself (${way.join(' in ')}): remove one within of them`]
      : []
  })
}

/** Names from a group upwards, until there is no parent or a name comes again. */
function pathUp(name: string, byName: ReadonlyMap<string, BudgetGroup>): readonly string[] {
  const way = [name]
  for (let at = byName.get(name)?.within; at !== undefined; at = byName.get(at)?.within) {
    const isAround = way.includes(at)
    way.push(at)
    if (isAround) break
  }
  return way
}

function upsideDown({ atLeast, atMost, atLeastShare, atMostShare }: BudgetGroup, i: number): readonly string[] {
  const problems: string[] = []
  if (atLeast && atMost && atLeast.currency === atMost.currency && atLeast.micros > atMost.micros)
    problems.push(`groups.${i}: nothing is at least ${amount(atLeast)} and at most ${amount(atMost)}: swap them`)
  if (atLeastShare !== undefined && atMostShare !== undefined && atLeastShare > atMostShare)
    problems.push(
      `groups.${i}: nothing is at least ${percent(atLeastShare)} and at most ${percent(atMostShare)}: swap them`,
    )
  return problems
}

function ceilings({ goal }: Policy, group: BudgetGroup, i: number): readonly string[] {
  const [misfits, remedy] =
    goal.kind === 'conversions'
      ? ([['targetRoas', 'marginalRoas'], 'targetCpa or marginalCpa'] as const)
      : ([['targetCpa', 'marginalCpa'], 'targetRoas or marginalRoas'] as const)
  return misfits.flatMap((field) => {
    const value = group[field]
    if (value === undefined) return []
    const text = typeof value === 'number' ? String(value) : amount(value)
    return [`groups.${i}.${field}: ${text} does not fit goal.kind ${goal.kind}: use ${remedy}, or change the goal`]
  })
}

/** Beside each other the first that fits has a budget: what one before it covers wholly is never reached. */
const hidden = (level: readonly GroupNode[], fieldOf: (group: BudgetGroup) => string): readonly string[] =>
  level.flatMap(({ group, children }, i) => {
    const before = level.slice(0, i).find((one) => covers(one.group.match, group.match))
    return [
      ...(before
        ? [
            `${fieldOf(group)}: "${group.name}" is never reached: "${before.group.name}" before it fits all of its campaigns: put it first`,
          ]
        : []),
      ...hidden(children, fieldOf),
    ]
  })

/** What is to be spent at least, level by level, against what may be spent at most around it. */
function sums(
  { baseCurrency, dayCap }: Policy,
  tree: readonly GroupNode[],
  fieldOf: (group: BudgetGroup) => string,
): readonly string[] {
  const problems: string[] = []
  const check = (least: Least, atMost: Money | undefined, atMostShare: number, field: string, around: string): void => {
    if (atMost && least.amount.micros > atMost.micros)
      problems.push(
        `${field}: ${asks(least.ofAmount)} at least ${amount(least.amount)} a day, ${around} has at most ${amount(atMost)}: lower one or raise the other`,
      )
    if (least.share > atMostShare + ROUNDING)
      problems.push(
        `${field}: ${asks(least.ofShare)} at least ${percent(least.share)}, ${around} has at most ${percent(atMostShare)}: lower one or raise the other`,
      )
  }
  const leastOf = ({ group, children }: GroupNode): Least => {
    const inside = total(children.map(leastOf), baseCurrency)
    check(inside, group.atMost, group.atMostShare ?? 1, fieldOf(group), `"${group.name}"`)
    return larger(inside, group)
  }
  check(total(tree.map(leastOf), baseCurrency), dayCap, 1, 'groups', 'the portfolio')
  return problems
}

const asks = (names: readonly string[]): string => `${names.join(' and ')} ${names.length === 1 ? 'asks' : 'ask'} for`

/** What some groups ask for at least, and the names of those that do. */
interface Least {
  readonly amount: Money
  readonly ofAmount: readonly string[]
  readonly share: number
  readonly ofShare: readonly string[]
}

const total = (parts: readonly Least[], currency: Money['currency']): Least => ({
  amount: parts.reduce((sum, part) => add(sum, part.amount), zero(currency)),
  ofAmount: parts.flatMap(({ ofAmount }) => ofAmount),
  share: parts.reduce((sum, { share }) => sum + share, 0),
  ofShare: parts.flatMap(({ ofShare }) => ofShare),
})

/** A group asks for what it says, or for what the groups within it do, whichever is more. */
function larger(inside: Least, { name, atLeast, atLeastShare = 0 }: BudgetGroup): Least {
  const ownAmount = atLeast !== undefined && atLeast.micros >= inside.amount.micros
  const ownShare = atLeastShare > 0 && atLeastShare >= inside.share
  return {
    amount: ownAmount ? atLeast : inside.amount,
    ofAmount: ownAmount ? [`"${name}"`] : inside.ofAmount,
    share: ownShare ? atLeastShare : inside.share,
    ofShare: ownShare ? [`"${name}"`] : inside.ofShare,
  }
}
