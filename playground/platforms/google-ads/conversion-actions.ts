import { addDays, dateAt } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount, WorldClaim } from '../../world.ts'

/** A conversion action as the account has set it up. */
export interface ConversionAction {
  readonly id: string
  /** The name that the world's claims carry. */
  readonly name: string
  /** A ConversionActionCategory. */
  readonly category: string
  /** Whether it counts in `metrics.conversions`; every action counts in `metrics.all_conversions`. */
  readonly primary: boolean
  /** Whole days, 1 to 90. */
  readonly clickWindowDays: number
  /** Whole days, 1 to 30. */
  readonly viewWindowDays: number
}

const CATEGORIES: Readonly<Record<string, string>> = {
  purchase: 'PURCHASE',
  lead: 'SUBMIT_LEAD_FORM',
  trial: 'SIGNUP',
  signup: 'SIGNUP',
  subscription: 'SUBSCRIBE_PAID',
  'add-to-cart': 'ADD_TO_CART',
}

/** Digits that depend on the name alone, so that an action keeps its id over runs (FNV-1a). */
function idOf(name: string): string {
  let hash = 0x811c9dc5
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return `${700_000_000 + (hash % 100_000_000)}`
}

/** Google's defaults: 30 days after a click, 1 day after a view. */
export const defaultAction = (name: string): ConversionAction => ({
  id: idOf(name),
  name,
  category: CATEGORIES[name] ?? 'DEFAULT',
  primary: name !== 'add-to-cart',
  clickWindowDays: 30,
  viewWindowDays: 1,
})

/**
 * The account's conversion actions: those it was given, and one with default settings for every other name that its
 * claims of the last 90 days carry.
 */
export class ConversionActions {
  readonly #world: World
  readonly #known = new Map<string, ConversionAction>()

  constructor(world: World, given: readonly ConversionAction[]) {
    this.#world = world
    for (const action of given) this.#known.set(action.name, action)
  }

  named(name: string): ConversionAction {
    const known = this.#known.get(name) ?? defaultAction(name)
    this.#known.set(name, known)
    return known
  }

  /** Whether the platform counts the claim: within the window of its touch. */
  inWindow(claim: WorldClaim): boolean {
    const { clickWindowDays, viewWindowDays } = this.named(claim.action)
    return claim.lagDays <= (claim.touch === 'click' ? clickWindowDays : viewWindowDays)
  }

  of(account: WorldAccount): readonly ConversionAction[] {
    const to = dateAt(this.#world.now(), account.zone)
    const span = { from: addDays(to, -90), to, level: 'account', grain: 'day', basis: 'click' } as const
    const facts = this.#world.facts({ platform: 'google-ads', accountId: account.id, ...span })
    for (const { claims } of facts) for (const { action } of claims) this.named(action)
    return [...this.#known.values()]
  }
}

const BUCKETS = [
  'LESS_THAN_ONE_DAY',
  'ONE_TO_TWO_DAYS',
  'TWO_TO_THREE_DAYS',
  'THREE_TO_FOUR_DAYS',
  'FOUR_TO_FIVE_DAYS',
  'FIVE_TO_SIX_DAYS',
  'SIX_TO_SEVEN_DAYS',
  'SEVEN_TO_EIGHT_DAYS',
  'EIGHT_TO_NINE_DAYS',
  'NINE_TO_TEN_DAYS',
  'TEN_TO_ELEVEN_DAYS',
  'ELEVEN_TO_TWELVE_DAYS',
  'TWELVE_TO_THIRTEEN_DAYS',
  'THIRTEEN_TO_FOURTEEN_DAYS',
] as const

/** ConversionOrAdjustmentLagBucket of days from touch to conversion, or to its being taken back. */
export function adjustedLagBucket(kind: 'CONVERSION' | 'ADJUSTMENT', days: number): string {
  const isBeyond = kind === 'ADJUSTMENT' && days >= 90
  return `${kind}_${isBeyond ? 'NINETY_TO_ONE_HUNDRED_AND_FORTY_FIVE_DAYS' : lagBucket(days)}`
}

/** ConversionLagBucket of a whole number of days from touch to conversion. */
export function lagBucket(days: number): string {
  const single = BUCKETS[days]
  if (single !== undefined) return single
  if (days < 21) return 'FOURTEEN_TO_TWENTY_ONE_DAYS'
  if (days < 30) return 'TWENTY_ONE_TO_THIRTY_DAYS'
  if (days < 45) return 'THIRTY_TO_FORTY_FIVE_DAYS'
  return days < 60 ? 'FORTY_FIVE_TO_SIXTY_DAYS' : 'SIXTY_TO_NINETY_DAYS'
}
