import { expect, test } from 'vitest'
import { floorCuts } from '../../../lib/decide/breakers/remedies.ts'
import type { AlertId } from '../../../lib/model/alert.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import { identityRate } from '../../../lib/units/rates.ts'
import { someCapabilities } from '../samples.ts'
import { ACCOUNT, aView, EUR, eur, NOW, policyWith, SHOES, TODAY } from './views.ts'

interface Budget {
  readonly dayStart: number
  readonly stands: number
  /** The policy's own least daily budget. */
  readonly least?: number
}

/** What the budget is cut to with a floor of a half, no deadband, and a platform that takes 1 EUR and no less. */
function cutTo({ dayStart, stands, least }: Budget): readonly unknown[] {
  const lever: LeverState = {
    lever: { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: SHOES },
    version: 1,
    known: { kind: 'money', amount: eur(stands) },
    knownAt: NOW,
    ours: true,
    idle: false,
    day: TODAY,
    dayStart: { kind: 'money', amount: eur(dayStart) },
  }
  const policy = policyWith({
    guardrails: { deadband: 0, ...(least === undefined ? {} : { minDailyBudget: `${least} EUR` }) },
  })
  const view = aView({ policy, levers: [lever], spend: new Map() })
  const remedy = {
    alert: 'a1' as AlertId,
    campaigns: [SHOES],
    view,
    capabilities: someCapabilities,
    frozen: new Set<never>(),
  }
  return floorCuts(remedy, identityRate(EUR, TODAY)).map(({ change }) => change.to)
}

const amount = (units: number) => ({ kind: 'money', amount: eur(units) })

test('a budget above its floor is cut to it, a policy without a deadband too', () => {
  expect(cutTo({ dayStart: 100, stands: 80 })).toEqual([amount(50)])
  expect(cutTo({ dayStart: 100, stands: 50.01 })).toEqual([amount(50)])
})

test('a budget at its floor, or below it, is not changed', () => {
  expect(cutTo({ dayStart: 100, stands: 50 })).toEqual([])
  expect(cutTo({ dayStart: 100, stands: 40 })).toEqual([])
})

test('a budget at the least that the platform takes, or that the policy lets it be, is not changed', () => {
  expect(cutTo({ dayStart: 1, stands: 1 })).toEqual([])
  expect(cutTo({ dayStart: 30, stands: 30, least: 30 })).toEqual([])
})
