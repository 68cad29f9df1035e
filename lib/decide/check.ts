import type { HoldReason } from '../model/plan.ts'

export interface Hold {
  readonly reason: HoldReason
  readonly detail: string
}

/** What finds a reason to hold, and the reason by which it is told and counted. */
export type Check<Q> = readonly [name: HoldReason, find: (question: Q) => Hold | undefined]

export const hold = (reason: HoldReason, detail: string): Hold => ({ reason, detail })

/** The first reason found. */
export function first<Q>(checks: readonly Check<Q>[], question: Q): Hold | undefined {
  for (const [, find] of checks) {
    const found = find(question)
    if (found) return found
  }
  return undefined
}

export interface CheckResult {
  readonly name: HoldReason
  readonly hold: Hold | undefined
}

/** What every one of them finds, whatever the others do. */
export const found = <Q>(checks: readonly Check<Q>[], question: Q): readonly CheckResult[] =>
  checks.map(([name, find]) => ({ name, hold: find(question) }))
