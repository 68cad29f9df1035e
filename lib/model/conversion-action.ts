/** A conversion action as a platform has it: what can be counted, and how the platform counts it. */
export interface ConversionAction {
  /** What a policy's rule calls it. */
  readonly action: string
  readonly name: string
  /** The platform's own id of it, where a rule may name it so as well. */
  readonly id?: string
  /** Windows that it can be counted by, days; the platform's own setting first. 0 stands for not at all. */
  readonly clickWindowDays: readonly number[]
  readonly viewWindowDays: readonly number[]
  readonly basis: 'click' | 'impression' | 'conversion' | 'mixed'
  /** Whether the platform bids for it. Absent where it does not tell. */
  readonly isBidFor?: boolean
}
