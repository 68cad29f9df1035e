import { type AccountDate, dateAt, type Instant } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount, WorldCampaign, WorldExperiment } from '../../world.ts'
import type { BiddingEvent } from './bidding-events.ts'
import { type ConversionAction, ConversionActions } from './conversion-actions.ts'

/** How a campaign states a target: as the option of a "maximize" strategy, or as a strategy of its own. */
export type Scheme = 'maximize' | 'target'

/** What reading needs beyond the world: the clock, and what the twin itself keeps about accounts. */
export class View {
  readonly world: World
  readonly actions: ConversionActions
  readonly loginCustomerId: string | undefined
  /** By account id; the newest last. */
  readonly events = new Map<string, BiddingEvent[]>()
  readonly #undeclared: ReadonlySet<string>
  readonly #schemes = new Map<string, Scheme>()

  constructor(world: World, options: ViewOptions) {
    this.world = world
    this.actions = new ConversionActions(world, options.conversionActions ?? [])
    this.loginCustomerId = options.loginCustomerId
    this.#undeclared = new Set(options.euPoliticalDeclarationMissing ?? [])
    for (const account of world.accounts)
      if (account.platform === 'google-ads') for (const c of account.campaigns.values()) this.scheme(account, c)
  }

  get now(): Instant {
    return this.world.now()
  }

  today(account: WorldAccount): AccountDate {
    return dateAt(this.now, account.zone)
  }

  /** Whether the account has campaigns that lack the EU political advertising declaration, which blocks its mutates. */
  euDeclarationMissing(account: WorldAccount): boolean {
    return this.#undeclared.has(account.id)
  }

  /**
   * Performance Max knows only the "maximize" strategies. Elsewhere the first form seen is kept, so that taking a
   * target away and setting it again does not turn one strategy type into the other.
   */
  scheme(account: WorldAccount, { id, kind, strategy }: WorldCampaign): Scheme {
    const key = `${account.id}/${id}`
    const known = this.#schemes.get(key)
    if (known) return known
    const targeted = strategy.kind === 'target-cpa' || strategy.kind === 'target-roas'
    const scheme = targeted && kind !== 'performance-max' ? 'target' : 'maximize'
    this.#schemes.set(key, scheme)
    return scheme
  }

  setScheme(account: WorldAccount, campaignId: string, scheme: Scheme): void {
    this.#schemes.set(`${account.id}/${campaignId}`, scheme)
  }

  experimentOf(account: WorldAccount, campaignId: string): WorldExperiment | undefined {
    return account.experiments.find((e) => e.armCampaignIds.includes(campaignId))
  }

  eventsOf(account: WorldAccount, kind: BiddingEvent['kind']): readonly BiddingEvent[] {
    return (this.events.get(account.id) ?? []).filter((e) => e.kind === kind)
  }
}

export interface ViewOptions {
  readonly conversionActions?: readonly ConversionAction[] | undefined
  readonly loginCustomerId?: string | undefined
  /** Ids of accounts whose mutates fail for want of the EU political advertising declaration. */
  readonly euPoliticalDeclarationMissing?: readonly string[] | undefined
}
