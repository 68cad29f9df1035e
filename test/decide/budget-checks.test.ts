import { describe, expect, test } from 'vitest'
import { allChecks } from '../../lib/decide/holds.ts'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { type AccountSpec, anObservation } from '../measure/samples.ts'
import { someCapabilities } from './samples.ts'

/** What each check finds of one budget of 50 that nothing is known of, names told more than once one behind the other. */
function found(policy: Readonly<Record<string, unknown>>, over: AccountSpec['over'] = {}) {
  const observation = anObservation({
    accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }], over }],
    policy,
  })
  const results = allChecks(questionsOf(observation, NO_BELIEFS, () => someCapabilities)[0]!)
  return (of: string) => results.filter(({ name }) => name === of).map(({ hold }) => hold?.detail)
}

describe('history', () => {
  test('of none at all, and of one without a day, is no day', () => {
    const [{ histories }] = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }],
    }).accounts as [NonNullable<AccountSpec['over']>]
    const NONE = ['0 days of history, 1 are needed']
    const policy = { freshness: { minHistoryDays: 1 } }
    expect(found(policy, { histories: [] })('too-little-history')).toEqual(NONE)
    expect(found(policy, { histories: [{ ...histories![0]!, days: [] }] })('too-little-history')).toEqual(NONE)
  })
})

describe('changes of one day', () => {
  test('of a lever that was never moved are none: the one that the policy allows is left', () => {
    expect(found({ guardrails: { maxChangesPerLeverDay: 1 } })('often-changed')).toEqual([undefined, undefined])
  })
})
