import { describe, expect, test } from 'vitest'
import { floorCuts, pauses, type Remedy } from '../../../lib/decide/breakers/remedies.ts'
import type { GuardView } from '../../../lib/decide/breakers/view.ts'
import type { AlertId } from '../../../lib/model/alert.ts'
import type { PlatformCapabilities } from '../../../lib/model/capability.ts'
import type { FreezeScope } from '../../../lib/model/freeze.ts'
import { unpackGuardrails } from '../../../lib/model/guardrail.ts'
import type { Lever } from '../../../lib/model/lever.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { addDays, HOUR_MS, later } from '../../../lib/units/calendar.ts'
import { identityRate } from '../../../lib/units/rates.ts'
import { someCapabilities } from '../samples.ts'
import { ACCOUNT, aView, campaign, EUR, eur, HATS, hourly, NOW, policyWith, SHOES, TODAY } from './views.ts'

const worth = (units: number) => ({ kind: 'money', amount: eur(units) }) as const
const BUDGET: Lever = { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: SHOES }
const STATUS: Lever = { account: ACCOUNT, kind: 'status', entity: 'campaign', id: SHOES }
const PENDING: Partial<LeverState> = {
  pending: { intent: 'x' as never, to: worth(1), leaseUntil: later(NOW, HOUR_MS), highBefore: worth(1) },
}
const state = (more: Partial<LeverState> = {}): LeverState => ({
  ...{ lever: BUDGET, version: 1, known: worth(240), knownAt: NOW, ours: true, idle: false },
  ...more,
})

interface Case {
  readonly view?: Partial<GuardView>
  readonly structure?: Partial<AccountStructure>
  readonly state?: Partial<LeverState>
  readonly capabilities?: Partial<PlatformCapabilities>
  readonly frozen?: readonly string[]
  readonly campaigns?: Remedy['campaigns']
}
/** For an alert about shoes, whose budget stands at 240; nothing is spent. */
function remedyOf({
  view = {},
  structure = {},
  capabilities = {},
  frozen = [],
  campaigns = [SHOES],
  ...of
}: Case): Remedy {
  const seen = aView({ spend: new Map(), levers: [state(of.state)], ...view })
  return {
    ...{ alert: 'a1' as AlertId, campaigns, frozen: new Set(frozen as readonly FreezeScope[]) },
    view: { ...seen, structure: { ...seen.structure, ...structure } },
    capabilities: { ...someCapabilities, ...capabilities },
  }
}
const cuts = (of: Case) => floorCuts(remedyOf(of), identityRate(EUR, TODAY))
/** What its budget is cut to, main units; undefined where it is not. */
const cutTo = (of: Case): number | undefined => {
  const to = cuts(of)[0]?.change.to
  return to?.kind === 'money' ? Number(to.amount.micros) / 1e6 : undefined
}
const paused = (of: Case): readonly string[] => pauses(remedyOf(of)).map(({ change }) => change.lever.id)

const [shoes, hats] = aView().structure.budgets as [
  AccountStructure['budgets'][number],
  AccountStructure['budgets'][number],
]
const tested = (more: object): Case => ({
  structure: { experiments: [{ id: 't', name: 'Split', campaigns: [HATS, SHOES], ...more }] },
})
const stopped = { campaigns: [campaign(SHOES, 'Shoes', { status: 'paused' }), campaign(HATS, 'Hats')] }
const counted = {
  policy: policyWith({ members: [{ name: 'shoes', class: 'brand', managed: false }, { class: 'prospecting' }] }),
}
const refusing = { honours: () => ({ kind: 'not-honoured', reason: 'no' }) as never }

describe('a remedy', () => {
  test('is for the campaigns of the alert and no others: a cut by half, a pause', () => {
    expect(cuts({})).toEqual([
      {
        ...{ kind: 'change', name: '10', class: 'prospecting', maturity: 1, alert: 'a1' },
        change: { lever: BUDGET, from: worth(240), to: worth(120) },
        expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
        binding: [{ name: 'breaker', detail: 'alert a1' }],
        why: 'Cut from 240.00 EUR to 120.00 EUR by the guard, alert a1.',
        guardrails: 'mo.fz.nm.pa.ex.nh.po.ub.pm.>1000000EUR',
      },
    ])
    expect(pauses(remedyOf({}))).toMatchObject([{ change: { lever: STATUS }, name: 'Shoes', class: 'prospecting' }])
  })

  test('is of the class of its campaign, of several the first; of a campaign of nobody opaque', () => {
    const policy = policyWith({
      members: [
        { name: 'shoes', class: 'brand' },
        { name: 'hats', class: 'retargeting' },
      ],
    })
    const both = { budgets: [{ ...shoes, campaigns: [SHOES, HATS] }] }
    const swapped = { budgets: [{ ...shoes, campaigns: [HATS, SHOES] }] }
    expect(cuts({ view: { policy }, structure: both })[0]?.class).toBe('brand')
    expect(cuts({ view: { policy }, structure: swapped })[0]?.class).toBe('retargeting')
    expect(pauses(remedyOf({ view: { policy } }))[0]?.class).toBe('brand')
    // The campaign is looked for by the budget’s own, whatever else has the budget’s id.
    const other = { budgets: [{ ...shoes, campaigns: [HATS] }] }
    expect(cuts({ view: { policy }, structure: other, campaigns: [HATS] })[0]?.class).toBe('retargeting')
    expect(pauses(remedyOf({ view: { policy }, structure: other }))[0]?.class).toBe('brand')
    const hatsLever = state({ lever: { ...BUDGET, id: HATS } })
    expect(cuts({ view: { policy, levers: [hatsLever] }, campaigns: [HATS] })[0]?.class).toBe('retargeting')
  })

  test('goes no further than to what runs, is managed, is in no test, is not frozen and is honoured', () => {
    for (const of of [
      { structure: stopped },
      { view: counted },
      tested({}),
      tested({ to: TODAY }),
      { frozen: [`campaign/meta:1/${SHOES}`] },
      { frozen: ['everything'] },
      { capabilities: refusing },
    ] satisfies readonly Case[]) {
      expect(cuts(of)).toEqual([])
      expect(paused(of)).toEqual([])
    }
    for (const of of [tested({ to: addDays(TODAY, -1) }), tested({ campaigns: [HATS] }), { frozen: ['platform/x'] }]) {
      expect(cutTo(of)).toBe(120)
      expect(paused(of)).toEqual([SHOES])
    }
  })

  test('waits while a push of its own lever is open', () => {
    expect(cutTo({ state: PENDING })).toBeUndefined()
    expect(paused({ state: PENDING })).toEqual([SHOES])
    expect(paused({ state: { lever: STATUS, ...PENDING } })).toEqual([])
    expect(paused({ state: { lever: STATUS } })).toEqual([SHOES])
  })
})

describe('a cut', () => {
  test('is of daily budgets that are known as amounts, also where they feed other campaigns too', () => {
    expect(cutTo({ structure: { budgets: [{ ...shoes, period: 'lifetime' }] } })).toBeUndefined()
    expect(cutTo({ structure: { budgets: [{ ...shoes, campaigns: [HATS, SHOES] }] } })).toBe(120)
    expect(cutTo({ structure: { budgets: [hats] } })).toBeUndefined()
    expect(cutTo({ view: { levers: [] } })).toBeUndefined()
    expect(cutTo({ state: { known: { kind: 'ratio', value: 3 } } })).toBeUndefined()
  })

  test('is worth making from the deadband on', () => {
    const from = (dayStart: number, stands: number) =>
      cutTo({ state: { known: worth(stands), day: TODAY, dayStart: worth(dayStart) } })
    // 3 % of 100.
    expect(from(194, 100)).toBe(97)
    expect(from(194.02, 100)).toBeUndefined()
  })

  test('is by half of what is on record where nothing was written today, whatever the platform showed since', () => {
    // On record at 240; somebody has set 100, and a pull that died had stored the structure already.
    const seen = { structure: { budgets: [{ ...shoes, amount: eur(100) }] } }
    expect(cutTo({ ...seen, state: { day: addDays(TODAY, -1), dayStart: worth(60) } })).toBe(120)
  })

  test('is by half of what the budget began the day with; what it was before is not asked', () => {
    expect(cutTo({ state: { day: TODAY, dayStart: worth(100) } })).toBe(50)
    expect(cutTo({ state: { day: addDays(TODAY, -1), dayStart: worth(100) } })).toBe(120)
    expect(cutTo({ state: { day: TODAY, dayStart: { kind: 'ratio', value: 3 } } })).toBe(120)
    expect(cutTo({ state: { day: TODAY } })).toBe(120)
  })

  test('of what may have been read wrong is by half of what it was, where that is less', () => {
    expect(cutTo({ state: { doubted: { was: worth(20), since: NOW } } })).toBe(10)
    expect(cutTo({ state: { doubted: { was: worth(2000), since: NOW } } })).toBe(120)
    expect(cutTo({ state: { doubted: { was: { kind: 'ratio', value: 3 }, since: NOW } } })).toBe(120)
  })

  test('leaves what platform and policy ask for', () => {
    const spend = new Map([[SHOES, hourly(140, 1)]])
    // 140 spent in the first hour, and a twentieth.
    expect(cutTo({ view: { spend }, capabilities: { cutFloorOfSpend: 1 } })).toBe(147)
    expect(cutTo({ view: { spend }, capabilities: { cutFloorOfSpend: 1.5 } })).toBe(220.5)
    expect(cutTo({ view: { spend }, capabilities: { cutFloorOfSpend: 0 } })).toBe(120)
    expect(cutTo({ view: { spend: new Map() }, capabilities: { cutFloorOfSpend: 121 } })).toBe(120)
    expect(cutTo({ capabilities: { minimumDailyBudget: () => eur(150) } })).toBe(150)
    const bounded = (more: object) =>
      cutTo({ view: { policy: policyWith({ bounds: [{ account: 'meta:1', budget: SHOES, ...more }] }) } })
    expect(bounded({ atLeast: '160 EUR' })).toBe(160)
    expect(bounded({ atMost: '500 EUR' })).toBe(120)
    expect(bounded({ atLeast: '160 EUR', budget: HATS })).toBe(120)
  })

  test('says which of them it ends at, and which it keeps above', () => {
    const verdicts = (least: number) =>
      unpackGuardrails(cuts({ capabilities: { minimumDailyBudget: () => eur(least) } })[0]!.guardrails!).filter(
        ({ name }) => name === 'platform-minimum',
      )
    expect(verdicts(150)).toMatchObject([{ verdict: 'clamp', atLeast: eur(150) }])
    expect(verdicts(119.99)).toMatchObject([{ verdict: 'pass', atLeast: eur(119.99) }])
  })

  test('is held by the policy’s least budget where its rate is known', () => {
    const policy = policyWith({ guardrails: { minDailyBudget: '170 EUR' } })
    expect(cutTo({ view: { policy } })).toBe(170)
    expect(floorCuts(remedyOf({ view: { policy } }), undefined)).toMatchObject([{ change: { to: worth(120) } }])
  })
})
