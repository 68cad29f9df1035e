import type { PortfolioDayLedger } from '../model/ledger.ts'
import { isBudget, isCut, type Lever, type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { add, type Money } from '../units/money.ts'
import { inBase } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { openCaps } from './shared-caps.ts'
import type { Sighting } from './sighting.ts'

/** A cap over more than one account, and what its day may cost at worst by now, in the base currency. */
export interface WiderCap {
  /** Of the portfolio, or a shared cap: as it is told. */
  readonly name: string
  readonly cap: Money
  readonly exposure: Money
}

/** What the caps over more than one account leave for the budgets that are read, one after the other. */
export interface WiderCaps {
  of(lever: Lever): readonly WiderCap[]
  /** Counts what a budget adds to its account's day, in its own currency. */
  count(lever: Lever, delta: Money): void
}

/** None while the portfolio's day is not open; shared caps are only looked at where somebody has raised a budget. */
export async function widerCaps(
  sightings: readonly Sighting[],
  states: ReadonlyMap<LeverKey, LeverState>,
  version: PolicyVersion | undefined,
  day: PortfolioDayLedger | undefined,
  loop: Loop,
): Promise<WiderCaps> {
  const moves = sightings.flatMap(({ lever, value }) => {
    const from = states.get(leverKey(lever))?.known
    return from && isBudget(lever) ? [{ lever, from, to: value }] : []
  })
  if (!version || !day || moves.every(isCut)) return { of: () => [], count: () => undefined }
  const shared = await openCaps(moves, version, day, loop)
  const grown: { readonly lever: Lever; readonly by: Money }[] = []
  const plus = (exposure: Money, counts: (lever: Lever) => boolean): Money =>
    grown.filter(({ lever }) => counts(lever)).reduce((total, { by }) => add(total, by), exposure)
  const own = day.cap && { cap: day.cap, exposure: day.exposure }
  return {
    of: (lever) => [
      ...(own ? [{ ...own, name: 'the portfolio’s day cap', exposure: plus(own.exposure, () => true) }] : []),
      ...shared
        .filter((one) => one.counts(lever))
        .map((one) => ({
          name: `cap "${one.cap.name}"`,
          cap: one.cap.dayCap,
          exposure: plus(one.exposure, (other) => one.counts(other)),
        })),
    ],
    count: (lever, delta) => {
      if (day.rates.some(({ from }) => from === delta.currency)) grown.push({ lever, by: inBase(delta, day) })
    },
  }
}
