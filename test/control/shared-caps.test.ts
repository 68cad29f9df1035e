import { describe, expect, test } from 'vitest'
import type { Loop } from '../../lib/control/loop.ts'
import { brokenSharedCap, type OpenCap, openCaps } from '../../lib/control/shared-caps.ts'
import type { PortfolioDayLedger } from '../../lib/model/ledger.ts'
import type { Lever, LeverChange } from '../../lib/model/lever.ts'
import type { SharedCap } from '../../lib/model/policy.ts'
import { dateAt } from '../../lib/units/calendar.ts'
import { currency, type Money, money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { A, B, daily, EUR, euros, type Rig, rig, targetOf } from '../simulation/rig.ts'

const change = (lever: Lever, from: number, to: number): LeverChange => ({
  lever,
  from: { kind: 'money', amount: euros(from) },
  to: { kind: 'money', amount: euros(to) },
})
const RAISE = change(daily(A, '10'), 100, 110)
const CUT = change(daily(A, '11'), 200, 190)
const TARGET = change(targetOf(A, '10'), 20, 25)
const EVERYTHING = { name: 'everything', match: {} }

/** A has budgets of 100, 200 and 300, B of 100 and 200; the platform may spend twice that. */
async function ready(caps: readonly object[] = [EVERYTHING]): Promise<Rig> {
  const stage = await rig({ policy: { caps: caps.map((cap) => ({ dayCap: '5000 EUR', ...cap })) } })
  await stage.ready()
  return stage
}
async function opened(
  stage: Rig,
  changes: readonly LeverChange[] = [RAISE],
  { loop = stage.loop, more = [] }: { readonly loop?: Loop; readonly more?: readonly SharedCap[] } = {},
) {
  const { policy, ...version } = stage.policy
  const day = (await loop.money.portfolioDay(policy.portfolio, dateAt(stage.now(), policy.zone)))!
  return openCaps(changes, { ...version, policy: { ...policy, caps: [...policy.caps, ...more] } }, day, loop)
}
/** Of a platform on which the portfolio has other accounts. */
const OTHER: SharedCap = { name: 'other', match: { platform: 'meta' as never }, dayCap: euros(5000) }
/** What each cap's day costs at worst, main units. */
const exposures = (caps: readonly OpenCap[]): readonly number[] =>
  caps.map(({ exposure }) => Number(exposure.micros) / 1e6)

describe('the shared caps that a chunk is held to', () => {
  test('are those of the policy where one of its changes raises a budget', async () => {
    const stage = await ready()
    expect(exposures(await opened(stage, [CUT, TARGET, RAISE]))).toEqual([1800])
    expect(await opened(stage, [CUT])).toEqual([])
    expect(await opened(stage, [TARGET])).toEqual([])
    expect(await opened(stage, [])).toEqual([])
    expect(await opened(await ready([]))).toEqual([])
  })

  test('count the accounts that they are about', async () => {
    const stage = await ready([
      EVERYTHING,
      { name: 'first', match: { account: 'scripted:1' } },
      { name: 'second', match: { account: 'scripted:2' } },
      { name: 'platform', match: { platform: 'scripted' } },
    ])
    const caps = await opened(stage, [RAISE], { more: [OTHER] })
    expect(exposures(caps)).toEqual([1800, 1200, 600, 1800, 0])
    expect(caps.map(({ counts }) => counts(daily(A, '10')))).toEqual([true, true, false, true, false])
    expect(caps.map(({ counts }) => counts(daily(B, '20')))).toEqual([true, false, true, true, false])
  })

  test('count the campaigns that they are about, and nothing of an account that was never read', async () => {
    const stage = await ready([{ name: 'ten', match: { name: 'campaign 10' } }])
    const caps = await opened(stage)
    expect(exposures(caps)).toEqual([200])
    expect(caps[0]!.counts(daily(A, '11'))).toBe(false)
    const unread = { ...stage.loop, facts: { ...stage.loop.facts, structure: async () => undefined } }
    const [cap] = await opened(stage, [RAISE], { loop: unread })
    expect([cap!.exposure, cap!.counts(daily(A, '10'))]).toEqual([euros(0), false])
  })

  test('count what the account no longer has, unless they are about other accounts', async () => {
    const stage = await ready([
      EVERYTHING,
      { name: 'ten', match: { name: 'campaign 10' } },
      { name: 'first', match: { account: 'scripted:1' } },
      { name: 'second', match: { account: 'scripted:2' } },
      { name: 'platform', match: { platform: 'scripted' } },
    ])
    const { facts } = stage.loop
    const structure: Loop['facts']['structure'] = async (account) => {
      const found = await facts.structure(account)
      return found && { ...found, budgets: found.budgets.filter(({ id }) => id !== '12') }
    }
    const caps = await opened(stage, [RAISE], {
      loop: { ...stage.loop, facts: { ...facts, structure } },
      more: [OTHER],
    })
    // Twice 300 of budget 12, beside what each counts anyway.
    expect(exposures(caps)).toEqual([1800, 800, 1200, 600, 1800, 0])
    expect(caps.map(({ counts }) => counts(daily(A, '12')))).toEqual([true, true, true, false, true, false])
  })
})

describe('a change under shared caps', () => {
  const USD = currency('USD')
  /** A dollar is half a euro. */
  const day: PortfolioDayLedger = {
    ...{ portfolio: 'eu' as never, date: '2026-06-02' as never, exposure: euros(0), version: 1 },
    rates: [
      identityRate(EUR, '2026-06-02' as never),
      { ...identityRate(USD, '2026-06-02' as never), to: EUR, microsPerUnit: 500_000n },
    ],
  }
  /** 200 of 300 are taken, by what feeds campaigns of account A. */
  const cap = (name = 'search', exposure = 200): OpenCap => ({
    cap: { name, match: {}, dayCap: euros(300) },
    exposure: euros(exposure),
    counts: ({ account }) => account.id === A.id,
  })
  const granted = (lever: Lever, delta: Money) => ({ lever, delta })
  const broken = (delta: Money, before: readonly ReturnType<typeof granted>[] = [], caps = [cap()], asked = RAISE) =>
    brokenSharedCap(asked, delta, caps, before, day)
  const SAID = 'what cap "search" counts would cost more than it at worst'

  test('fills them to the micro, and breaks them with one more', () => {
    expect(broken(euros(100))).toBeUndefined()
    expect(broken(money(100_000_001n, EUR))).toBe(SAID)
    expect(broken(money(200_000_000n, USD))).toBeUndefined()
    expect(broken(money(200_000_001n, USD))).toBe(SAID)
  })

  test('comes after what was granted before it under the same cap', () => {
    const before = [granted(daily(A, '11'), euros(30)), granted(daily(A, '12'), money(40_000_000n, USD))]
    expect(broken(euros(50), before)).toBeUndefined()
    expect(broken(money(50_000_001n, EUR), before)).toBe(SAID)
    expect(broken(euros(100), [granted(daily(B, '20'), euros(30))])).toBeUndefined()
  })

  test('is held to those alone that count it, and told of the first that it breaks', () => {
    expect(broken(euros(101), [], [cap()], change(daily(B, '20'), 100, 110))).toBeUndefined()
    expect(broken(euros(100), [], [cap('roomy'), cap('search', 250), cap('other', 300)])).toBe(SAID)
    expect(broken(euros(0), [], [])).toBeUndefined()
  })
})
