import { type GroupNode, groupOf, groupTree } from '../model/groups.ts'
import type { Observation } from '../model/observation.ts'
import type { BudgetGroup } from '../model/policy.ts'
import { fromMainUnits, type Money, mainUnits } from '../units/money.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/** A minimum that some budgets are to have together today: a commitment, or a launch. */
export interface Floor {
  readonly name: string
  readonly detail: string
  /** Main units of the base currency. */
  readonly atLeast: number
  readonly has: (question: BudgetQuestion) => boolean
}

/** A node of the tree of groups, with what is said of it in a plan. */
export interface GroupTerms {
  readonly name: string
  /** What has these limits, in words. */
  readonly subject: string
  detail: { readonly atLeast: string; readonly atMost: string }
  /** −1: the portfolio itself. */
  readonly parent: number
  atLeast: number
  atMost: number
  readonly group?: BudgetGroup
}

export interface PortfolioGroups {
  readonly terms: readonly GroupTerms[]
  /** Which minimums could not be kept and what they gave way to, a sentence each. */
  readonly conflicts: readonly string[]
  /** By lever: its innermost group. */
  readonly of: readonly number[]
}

export interface GroupedLever {
  readonly question: BudgetQuestion
  readonly least: number
  readonly most: number
}

/**
 * The policy's groups as one tree over the day's levers, group 0 the portfolio with the day's target. A commitment or a
 * launch is a group of its own within the innermost group of its budgets; where they lie in several, its minimum is
 * divided by what they could take.
 *
 * A limit that steps cannot reach in one day is taken as far as they go: it binds the day, and does not contradict it. A
 * minimum of a group that a group around it has no room for is a contradiction; commitments and launches give way to the
 * maximums of groups, and the day's target to all minimums.
 */
export function portfolioGroups(
  observation: Observation,
  levers: readonly GroupedLever[],
  target: number,
  floors: readonly Floor[],
): PortfolioGroups {
  const { policy } = observation.policy
  const amount = (units: number): string => amountText(fromMainUnits(units, policy.baseCurrency, 'half-even'))
  const terms: GroupTerms[] = [
    {
      name: 'day-target',
      subject: 'the day',
      detail: { atLeast: '', atMost: 'the portfolio has no more to spend today' },
      parent: -1,
      atLeast: Number.NEGATIVE_INFINITY,
      atMost: target,
    },
  ]
  const places = new Map<BudgetGroup, number>()
  const place = (nodes: readonly GroupNode[], parent: number): void => {
    for (const { group, children } of nodes) {
      places.set(group, terms.length)
      terms.push(termsOf(group, parent, target, amount))
      place(children, terms.length - 1)
    }
  }
  place(groupTree(policy.groups), 0)
  const of = levers.map(({ question: { account, budget } }) => {
    const innermost = groupOf(policy, account.structure, budget, account.today).at(-1)
    return innermost ? (places.get(innermost) ?? 0) : 0
  })
  addFloors(terms, of, levers, floors, amount)
  const ranges = rangesOf(terms, of, levers)
  const conflicts = [...giveWay(terms, ranges, amount), ...beyondTheDay(terms, ranges, target, amount)]
  reach(terms, ranges)
  return { terms, of, conflicts }
}

type AmountText = (units: number) => string

function termsOf(group: BudgetGroup, parent: number, target: number, amount: AmountText): GroupTerms {
  const least = strictest(group.atLeast, 'atLeast', group.atLeastShare, target, Math.max)
  const most = strictest(group.atMost, 'atMost', group.atMostShare, target, Math.min)
  const name = `group "${group.name}"`
  const words = (bound: string, one: Bound | undefined): string =>
    one ? `${name} gets ${bound} ${amount(one.value)} a day (${one.field})` : ''
  return {
    ...{ name, subject: name, parent, group },
    detail: { atLeast: words('at least', least), atMost: words('at most', most) },
    atLeast: least?.value ?? Number.NEGATIVE_INFINITY,
    atMost: most?.value ?? Number.POSITIVE_INFINITY,
  }
}

interface Bound {
  readonly value: number
  readonly field: string
}

/** Of an amount and a share of the day, the one that binds. */
function strictest(
  amount: Money | undefined,
  field: 'atLeast' | 'atMost',
  share: number | undefined,
  target: number,
  pick: (a: number, b: number) => number,
): Bound | undefined {
  const own = amount && { value: mainUnits(amount), field }
  const ofDay = share === undefined ? undefined : { value: share * target, field: `${field}Share ${share}` }
  if (!own || !ofDay) return own ?? ofDay
  return pick(own.value, ofDay.value) === own.value ? own : ofDay
}

function addFloors(
  terms: GroupTerms[],
  of: number[],
  levers: readonly GroupedLever[],
  floors: readonly Floor[],
  amount: AmountText,
): void {
  const taken = new Set<number>()
  for (const { name, detail, atLeast, has } of floors) {
    const own = [...levers.keys()].filter((i) => !taken.has(i) && has(levers[i]!.question))
    const room = own.reduce((sum, i) => sum + levers[i]!.most, 0)
    if (atLeast <= 0 || room <= 0) continue
    for (const [group, members] of Map.groupBy(own, (i) => of[i]!)) {
      const share = members.reduce((sum, i) => sum + levers[i]!.most, 0) / room
      terms.push({
        name,
        subject: detail,
        detail: { atLeast: `${detail} gets at least ${amount(atLeast * share)} today`, atMost: '' },
        parent: group,
        atLeast: atLeast * share,
        atMost: Number.POSITIVE_INFINITY,
      })
      for (const i of members) {
        of[i] = terms.length - 1
        taken.add(i)
      }
    }
  }
}

/** Sums of the same numbers in another order differ in the last digits: no limit is met closer than this. */
const SLACK = 1e-9
/** Share of an amount that is not worth a word. */
const NEAR = 1e-6

/** What levers add up to at their least and at their most, by group: its own ones, and the most of all within it. */
interface Ranges {
  readonly least: readonly number[]
  readonly most: readonly number[]
  readonly mostWithin: readonly number[]
}

function rangesOf(terms: readonly GroupTerms[], of: readonly number[], levers: readonly GroupedLever[]): Ranges {
  const least = terms.map(() => 0)
  const most = terms.map(() => 0)
  for (const [i, group] of of.entries()) {
    least[group]! += levers[i]!.least
    most[group]! += levers[i]!.most
  }
  const mostWithin = [...most]
  for (let g = terms.length - 1; g > 0; g--) mostWithin[terms[g]!.parent]! += mostWithin[g]!
  return { least, most, mostWithin }
}

/** What groups ask for at least, with all that is within them, when minimums count as given. */
function askedBy(terms: readonly GroupTerms[], { least }: Pick<Ranges, 'least'>, minimum: readonly number[]): number[] {
  const asked = [...least]
  // Children come after their parents.
  for (let g = terms.length - 1; g > 0; g--) {
    asked[g] = Math.max(asked[g]!, minimum[g]!)
    asked[terms[g]!.parent]! += asked[g]!
  }
  return asked
}

const HALVINGS = 40

/**
 * Lowers commitments and launches to what the maximums of the groups around them leave, the innermost group first, all of
 * a group alike. No group has its maximum raised for what was promised.
 *
 * @returns a sentence for each that gets less
 */
function giveWay(terms: readonly GroupTerms[], ranges: Ranges, amount: AmountText): readonly string[] {
  const given = terms.map(({ atLeast }, g) => Math.min(atLeast, ranges.mostWithin[g]!))
  const floors = [...terms.keys()].filter((i) => i > 0 && !terms[i]!.group)
  const told: string[] = []
  for (let g = terms.length - 1; g > 0; g--) {
    const around = terms[g]!
    const before = new Map(floors.filter((i) => i !== g && isWithin(terms, i, g)).map((i) => [i, given[i]!]))
    if (before.size === 0 || !Number.isFinite(around.atMost)) continue
    const askedWith = (share: number): number => {
      for (const [i, floor] of before) {
        const least = Math.min(floor, ranges.least[i]!)
        given[i] = least + share * (floor - least)
      }
      return askedBy(terms, ranges, given)[g]!
    }
    largestShare(askedWith, Math.max(around.atMost, askedWith(0)))
    for (const [i, floor] of before)
      if (given[i]! < floor * (1 - SLACK)) told.push(lower(terms[i]!, around, given[i]!, amount))
  }
  return told
}

/** Leaves what it is called with at the largest share, 0 to 1, at which not more than `most` is asked for. */
function largestShare(askedWith: (share: number) => number, most: number): void {
  if (askedWith(1) <= most * (1 + SLACK)) return
  let [low, high] = [0, 1]
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2
    if (askedWith(middle) <= most) low = middle
    else high = middle
  }
  askedWith(low)
}

function lower(floor: GroupTerms, around: GroupTerms, to: number, amount: AmountText): string {
  const { subject } = floor
  const told = `${subject} asks for ${amount(floor.atLeast)} today, and ${around.detail.atMost}: the maximum holds, ${subject} gets ${amount(to)}; raise the maximum, or lower what was promised`
  floor.atLeast = to
  floor.detail = { ...floor.detail, atLeast: `${subject} gets at least ${amount(to)} today` }
  return told
}

const isWithin = (terms: readonly GroupTerms[], from: number, wanted: number): boolean => {
  for (let at = from; at >= 0; at = terms[at]!.parent) if (at === wanted) return true
  return false
}

/** Minimums that ask for more than the whole day has, and get it. */
function beyondTheDay(
  terms: readonly GroupTerms[],
  { mostWithin }: Ranges,
  target: number,
  amount: AmountText,
): readonly string[] {
  const minimums = terms.map(({ atLeast }, g) => Math.max(0, Math.min(atLeast, mostWithin[g]!)))
  const asked = askedBy(terms, { least: terms.map(() => 0) }, minimums)
  if (asked[0]! <= target * (1 + NEAR)) return []
  const asking = terms.filter((_, g) => g > 0 && minimums[g]! > 0 && asked[g]! <= minimums[g]! * (1 + SLACK))
  const named = [...new Set(asking.map(({ detail }) => detail.atLeast))].join(', ')
  return [
    `${named}: that comes to ${amount(asked[0]!)} together today, and the day has ${amount(target)}; the day spends more than it has: lower one of them, or raise flight.total`,
  ]
}

/** Moves limits to what their members can reach today, the innermost first. */
function reach(terms: readonly GroupTerms[], ranges: Ranges): void {
  const least = [...ranges.least]
  const most = [...ranges.most]
  const asked = [...least]
  // Children come after their parents.
  for (let g = terms.length - 1; g >= 0; g--) {
    const one = terms[g]!
    const isRoot = one.parent < 0
    const onItsWay = ', which its budgets cannot get to in one day'
    if (one.group && least[g]! > one.atMost * (1 + NEAR))
      one.detail = { ...one.detail, atMost: one.detail.atMost + onItsWay }
    if (one.group && most[g]! < one.atLeast * (1 - NEAR))
      one.detail = { ...one.detail, atLeast: one.detail.atLeast + onItsWay }
    one.atMost = Math.max(one.atMost, (isRoot ? asked[g]! : least[g]!) * (1 + SLACK))
    one.atLeast = Math.min(one.atLeast, most[g]! * (1 - SLACK))
    if (isRoot) continue
    asked[one.parent]! += Math.max(asked[g]!, one.atLeast)
    least[one.parent]! += least[g]!
    most[one.parent]! += Math.min(most[g]!, one.atMost)
  }
}
