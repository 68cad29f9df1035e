/** What a run did, by name. */
export interface Tally {
  readonly worlds: number
  readonly cycles: Readonly<Record<string, number>>
  readonly effects: number
  readonly invocations: number
  readonly overlapped: number
  readonly sent: number
  readonly tookEffect: number
  readonly checks: number
  readonly faults: Readonly<Record<string, number>>
  /** What the guard did; stretches of before it was counted have none. */
  readonly guard?: Readonly<Record<string, number>>
  /** How far cycles came; absent: it was not counted yet. */
  readonly reach?: Reach
}

/** Of so many cycles some reserved something, and of those some sent it. */
export interface Reach {
  readonly cycles: number
  readonly reserved: number
  readonly sent: number
}

/** The same while it is being counted. */
export interface Counting {
  worlds: number
  readonly cycles: Record<string, number>
  effects: number
  invocations: number
  overlapped: number
  sent: number
  tookEffect: number
  checks: number
  readonly faults: Record<string, number>
  readonly guard: Record<string, number>
  readonly reach: { cycles: number; reserved: number; sent: number }
}

export const nothingYet = (): Counting => ({
  worlds: 0,
  cycles: {},
  effects: 0,
  invocations: 0,
  overlapped: 0,
  sent: 0,
  tookEffect: 0,
  checks: 0,
  faults: {},
  guard: {},
  reach: { cycles: 0, reserved: 0, sent: 0 },
})

export function count(counts: Record<string, number>, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by
}

export function added(a: Counting, b: Tally): void {
  a.worlds += b.worlds
  a.effects += b.effects
  a.invocations += b.invocations
  a.overlapped += b.overlapped
  a.sent += b.sent
  a.tookEffect += b.tookEffect
  a.checks += b.checks
  for (const [name, times] of Object.entries(b.cycles)) count(a.cycles, name, times)
  for (const [name, times] of Object.entries(b.faults)) count(a.faults, name, times)
  for (const [name, times] of Object.entries(b.guard ?? {})) count(a.guard, name, times)
  a.reach.cycles += b.reach?.cycles ?? 0
  a.reach.reserved += b.reach?.reserved ?? 0
  a.reach.sent += b.reach?.sent ?? 0
}

export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0)
