import { describe, expect, test } from 'vitest'
import { editOf } from '../../lib/control/drift.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import type { ChangeEvent } from '../../lib/model/structure.ts'
import { type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, daily, euros, rig, statusOf, targetOf } from '../simulation/rig.ts'

/** What somebody did a minute before the budget of the same id was read at another amount. */
async function seen(entity: ChangeEvent['entity']['kind'], field: string, units: number): Promise<Drift | undefined> {
  const stage = await rig()
  await stage.ready()
  stage.wait(MINUTE_MS)
  const own = stage.ads.accounts.get(accountKey(A))!
  own.events.push({ at: stage.now(), actor: 'anna@shop', origin: 'human', entity: { kind: entity, id: '10' }, field })
  own.budgets.get('10')!.micros = euros(units).micros
  stage.wait(MINUTE_MS)
  await stage.run('pull')
  return (await stage.loop.facts.drifts(A, 0 as Instant)).at(-1)
}

describe('whoever touched something else of the same id', () => {
  test.each([
    ['campaign', 'name'],
    ['ad-group', 'status'],
    ['ad-group', 'bid'],
    ['budget', 'name'],
    ['budget', 'schedule'],
  ] as const)('(%s, %s) has not moved the budget', async (entity, field) => {
    const drift = await seen(entity, field, 150)
    expect(drift).toMatchObject({ resolution: 'adopt' })
    expect(drift).not.toHaveProperty('actor')
  })

  test('explains no value that cannot be right: it is cut back as ever, and nobody is named', async () => {
    const drift = await seen('ad-group', 'name', 10_000)
    expect(drift).toMatchObject({ resolution: 'cut-back' })
    expect(drift).not.toHaveProperty('actor')
  })

  test.each(['amount', 'daily-budget'])('whoever set its %s has', async (field) => {
    expect(await seen('budget', field, 10_000)).toMatchObject({ resolution: 'cut-back', actor: 'anna@shop' })
  })
})

describe('of an edit', () => {
  const event = (kind: ChangeEvent['entity']['kind'], field: string, id = '10'): ChangeEvent => ({
    ...{ at: 0 as Instant, actor: 'anna@shop', origin: 'human', entity: { kind, id }, field },
  })

  test.each([
    [daily(A, '10'), event('budget', 'amount')],
    [{ ...daily(A, '10'), kind: 'lifetime-budget' } as const, event('budget', 'lifetime-budget')],
    [statusOf(A, '10'), event('campaign', 'status')],
    [targetOf(A, '10'), event('campaign', 'target-cpa')],
    [{ ...targetOf(A, '10'), entity: 'ad-group' } as const, event('ad-group', 'bid')],
    [{ ...targetOf(A, '10'), kind: 'bid-multiplier' } as const, event('campaign', 'bid-multiplier')],
  ])('case %#, its own lever is named and no other', (lever, own) => {
    const strange = [event('campaign', 'name'), event('budget', 'schedule'), event(own.entity.kind, own.field, '11')]
    expect(editOf(lever, [...strange, own, ...strange])).toBe(own)
    expect(editOf(lever, [...strange, { ...own, origin: 'ours' }])).toBeUndefined()
  })
})
