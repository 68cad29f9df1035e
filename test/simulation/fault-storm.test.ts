import { describe, expect, test } from 'vitest'
import { checkInvariants } from '../../cli/demo/invariants.ts'
import { type Pretend, startPretend } from '../../cli/demo/pretend.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { DAY_MS, later } from '../../lib/units/calendar.ts'
import { fromDecimal } from '../../lib/units/money.ts'
import type { Fault, FaultPlan } from '../../playground/faults.ts'
import { loadScenario } from '../../playground/market/read-scenario.ts'

const WRITE_SHARE = 0.5

/** Faults of one kind, at this share of a platform's calls, the same ones for the same seed. */
function storm(
  faults: readonly Fault[],
  share: number,
  isOver: () => boolean,
): FaultPlan & { counts: Map<string, number> } {
  let state = 20_261_121
  const counts = new Map<string, number>()
  const roll = (): number => {
    // Linear congruential, high bits: enough to spread faults.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 8) / 16_777_216
  }
  const plan: FaultPlan = ({ platform, mutating }) => {
    // Writes are few and what this is about.
    if (isOver() || roll() >= (mutating ? WRITE_SHARE : share)) return undefined
    const fault = faults[Math.floor(roll() * faults.length)]!
    const key = `${platform} ${mutating ? 'write' : 'read'}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    return fault
  }
  return Object.assign(plan, { counts })
}

async function entriesOf({ loopFor }: Pretend, chain: string): Promise<readonly AuditEntry[]> {
  return (await Array.fromAsync(loopFor('test').audit.records(chain))).flatMap(({ entries }) => entries)
}

/** Every value that took effect through the API was written down as an intent before, and took effect once. */
async function undecided(pretend: Pretend): Promise<readonly string[]> {
  const found: string[] = []
  for (const { platform, id, changes, budgets, currency } of pretend.market.accounts) {
    const chain = accountKey(accountRef(platform, id))
    const reserved = (await entriesOf(pretend, chain)).filter((entry) => entry.kind === 'reserved')
    const allowed = new Map<string, number>()
    for (const { lever, to } of reserved) {
      const key = `${lever.split('/').at(-1)} ${fromDecimal(to.replace(` ${currency}`, ''), currency).micros}`
      allowed.set(key, (allowed.get(key) ?? 0) + 1)
    }
    const ours = changes.filter(({ actor, field }) => actor.kind === 'api' && field === 'amount')
    for (const { entity, to } of ours) {
      const key = `${entity.id} ${to}`
      const left = allowed.get(key) ?? 0
      if (left === 0) found.push(`${chain}: ${key} was never decided, or took effect twice`)
      allowed.set(key, left - 1)
    }
    for (const { id: budget, amountMicros } of budgets.values()) {
      const last = changes.findLast(({ entity, field }) => entity.id === budget && field === 'amount')
      if (last && last.to !== amountMicros.toString()) found.push(`${chain}: ${budget} stands at what nobody set`)
    }
  }
  return found
}

async function throughStorm(
  faults: readonly Fault[],
  share: number,
): Promise<{ pretend: Pretend; counts: Map<string, number> }> {
  let over = false
  const plan = storm(faults, share, () => over)
  const pretend = await startPretend({ scenario: loadScenario('hand-edit'), seed: 11, faults: plan })
  await pretend.runUntil(later(pretend.market.start, 3 * DAY_MS - 4 * 3_600_000))
  over = true
  await pretend.runUntil(later(pretend.market.start, 3 * DAY_MS))
  return { pretend, counts: plan.counts }
}

describe('three days of faults on both platforms', () => {
  const ALL: readonly Fault[] = ['unavailable', 'rate-limited', 'unauthorised', 'drop-before', 'drop-after', 'truncate']
  const STORMS: readonly (readonly [string, readonly Fault[], number])[] = [
    ...ALL.map((fault) => [fault, [fault], 0.08] as const),
    ['of every kind', ALL, 0.1],
  ]
  test.each(STORMS)(
    '%s: nothing takes effect twice or undecided, and every invariant holds',
    async (_, faults, share) => {
      const { pretend, counts } = await throughStorm(faults, share)
      try {
        const headers = await pretend.loopFor('test').plans.recent(pretend.policy.policy.portfolio, 50)
        expect(headers.some(({ counts: { cuts, raises } }) => cuts + raises > 0)).toBe(true)
        const invariants = await checkInvariants(pretend, headers)
        expect(invariants.filter(({ held }) => !held).map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
        expect(await undecided(pretend)).toEqual([])
        expect([...counts.keys()]).toEqual(expect.arrayContaining(['google-ads read', 'meta read']))
        expect([...counts.keys()].some((key) => key.endsWith('write'))).toBe(true)
      } finally {
        await pretend.close()
      }
    },
  )
})
