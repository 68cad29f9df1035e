import { expect, test } from 'vitest'
import { freezeScope, scopesOf } from '../../lib/model/freeze.ts'
import { verifyChain } from '../../lib/store/audit-chain.ts'
import { dynamoAuditStore } from '../../lib/store/audit-store.ts'
import { dynamoFreezeStore, FREEZES_CHAIN } from '../../lib/store/freeze-store.ts'
import { embedded } from './embedded.ts'
import { NOON, newAccount } from './samples.ts'

const engine = embedded()
const by = 'ann@example.com'
const recorded = async () => Array.fromAsync(dynamoAuditStore(engine.options).records(FREEZES_CHAIN))

test('only the scopes that were asked for and are frozen are active', async () => {
  const store = dynamoFreezeStore(engine.options)
  const [one, other] = [newAccount(), newAccount()]
  const freeze = { scope: freezeScope(`account/meta:${one.id}`), reason: 'wrong pixel', by, at: NOON }
  await store.freeze(freeze)
  expect(await store.active(scopesOf(one, ['5']))).toEqual([freeze])
  expect(await store.active(scopesOf(other, ['5']))).toEqual([])
  expect(await store.all()).toContainEqual(freeze)
})

test('freezing and unfreezing each leave an entry in the chain of freezes', async () => {
  const store = dynamoFreezeStore(engine.options)
  const scope = freezeScope('platform/meta')
  const before = (await recorded()).length
  await store.freeze({ scope, reason: 'outage', by, at: NOON })
  await store.unfreeze(scope, by, 'over', NOON)
  const records = await recorded()
  expect(records.slice(before).flatMap(({ entries }) => entries)).toEqual([
    { kind: 'freeze', scope, by, reason: 'outage' },
    { kind: 'unfreeze', scope, by, reason: 'over' },
  ])
  expect(verifyChain(records).kind).toBe('intact')
  expect(await store.active([scope])).toEqual([])
})

test('unfreezing what is not frozen changes and records nothing', async () => {
  const store = dynamoFreezeStore(engine.options)
  const before = (await recorded()).length
  await store.unfreeze(freezeScope('account/meta:999'), by, 'tidy up', NOON)
  expect((await recorded()).length).toBe(before)
})

test('a freeze of a frozen scope gives the newer reason', async () => {
  const store = dynamoFreezeStore(engine.options)
  const scope = freezeScope('account/meta:77')
  await store.freeze({ scope, reason: 'first', by, at: NOON })
  await store.freeze({ scope, reason: 'second', by, at: NOON })
  expect((await store.active([scope])).map(({ reason }) => reason)).toEqual(['second'])
})
