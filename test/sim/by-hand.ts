import { growthInBase } from '../../lib/decide/net-growth.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import { isBudget, type LeverChange, type LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, Plan, PlanId } from '../../lib/model/plan.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { dateAt, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { add, money, zero } from '../../lib/units/money.ts'
import type { ExchangeRate } from '../../lib/units/rates.ts'
import { BY_HAND } from './data-checks.ts'
import type { World } from './world.ts'

/**
 * A plan that no planner would make: any budget by any factor, whatever caps, steps, bounds and headroom say, sometimes
 * based on a value of yesterday. What is pushed of it is for the protocol alone to say.
 */
export async function planByHand(world: World, { policy, version }: PolicyVersion): Promise<Plan | undefined> {
  const { dice, loop } = world
  const now = world.now()
  const rates = await ratesOf(world, { policy, version })
  if (!rates) return undefined
  const states: LeverState[] = []
  for (const own of world.scenery.accounts.values())
    for (const state of (await loop.money.allLevers(own.account)).values()) states.push(state)
  const decisions = states.filter(() => dice.chance(0.6)).flatMap((state) => changeOf(state, world))
  if (decisions.length === 0) return undefined
  const none = zero(policy.baseCurrency)
  const growth = decisions.reduce((total, { change }) => add(total, growthInBase(change, rates)), none)
  const granted = growth.micros <= 0n || dice.chance(0.2) ? none : growth
  const terms = {
    portfolio: policy.portfolio,
    mode: policy.mode,
    madeAt: now,
    expiresAt: later(now, dice.pick([1, 8, 24]) * HOUR_MS),
    policyVersion: version,
    inputsHash: BY_HAND,
    rates,
    dayTarget: zero(policy.baseCurrency),
    marginalReturn: 0,
    netGrowth: granted,
    occasion: dice.pick(['daily', 'correction', 'correction'] as const),
    proposedCaps: [],
  } as const
  return {
    id: hashOf({ terms, levers: decisions.length, salt: dice.roll() }).slice(0, 24) as PlanId,
    ...terms,
    decisions,
  }
}

async function ratesOf({ loop, scenery, now }: World, { policy }: PolicyVersion): Promise<ExchangeRate[] | undefined> {
  const codes = [...new Set([...scenery.accounts.values()].map(({ currency }) => currency))]
  const on = dateAt(now(), policy.zone)
  const rates: ExchangeRate[] = []
  for (const code of codes) {
    const rate = await loop.rates.rate(code, policy.baseCurrency, on)
    if (!rate) return undefined
    rates.push(rate)
  }
  return rates
}

function changeOf(state: LeverState, world: World): readonly ChangeDecision[] {
  const { dice } = world
  const from = dice.chance(0.06) ? elsewhere(state.known) : state.known
  const to = from && target(state, from, world)
  if (!from || !to) return []
  const change: LeverChange = { lever: state.lever, from, to }
  return [
    {
      kind: 'change',
      change,
      name: state.lever.id,
      class: 'prospecting',
      expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
      binding: [],
      why: 'somebody wants it so',
      maturity: 1,
    },
  ]
}

/** Percent of what a budget stands at: as far as somebody may want it, and as far as most policies let it go. */
const ANYTHING = [40, 75, 90, 97, 105, 110, 119, 130, 200] as const
const POSSIBLE = [85, 93, 98, 102, 104, 107] as const

/** A value that it does not stand at. */
const elsewhere = (value: LeverValue): LeverValue | undefined =>
  value.kind === 'money'
    ? { kind: 'money', amount: money(value.amount.micros + 3_000_000n, value.amount.currency) }
    : undefined

function target({ lever }: LeverState, from: LeverValue, { dice }: World): LeverValue | undefined {
  if (from.kind === 'status') return dice.chance(0.3) ? { kind: 'status', status: 'paused' } : undefined
  if (from.kind !== 'money') return undefined
  const percent = BigInt(isBudget(lever) ? dice.pick(dice.chance(0.5) ? ANYTHING : POSSIBLE) : dice.pick([85, 110]))
  // Not always a value that the platform can store.
  const odd = dice.chance(0.3) ? BigInt(dice.below(900_000)) : 0n
  const micros = ((from.amount.micros * percent) / 100n / 1_000_000n) * 1_000_000n + odd
  if (micros <= 0n || micros === from.amount.micros) return undefined
  return { kind: 'money', amount: money(micros, from.amount.currency) }
}
