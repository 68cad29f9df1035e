import type { Device } from '../../world.ts'

/** A seasonality adjustment or a data exclusion. The twin keeps them: the world's market does not react to them. */
export interface BiddingEvent {
  readonly kind: 'adjustment' | 'exclusion'
  readonly id: string
  readonly accountId: string
  readonly scope: string
  readonly removed: boolean
  readonly name: string
  readonly description: string
  /** `yyyy-MM-dd HH:mm:ss` on the account's clock. */
  readonly startDateTime: string
  readonly endDateTime: string
  readonly campaigns: readonly string[]
  readonly devices: readonly string[]
  readonly channels: readonly string[]
  /** Adjustments only: 0.1 to 10. */
  readonly conversionRateModifier?: number
}

export const deviceOfEnum = (name: string): Device | undefined =>
  name === 'DESKTOP' ? 'desktop' : name === 'MOBILE' ? 'mobile' : name === 'TABLET' ? 'tablet' : undefined
