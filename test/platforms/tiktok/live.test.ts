import { afterEach, describe, expect, test } from 'vitest'
import { accountRef } from '../../../lib/model/account.ts'
import type { Lever } from '../../../lib/model/lever.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  AD_GROUP,
  accountOf,
  adapterOn,
  CAMPAIGN,
  type Call,
  page,
  refusal,
  type Stub,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

async function on(answer: (call: Call) => Reply | undefined) {
  stub = await startStub(answer)
  return adapterOn(stub.origin)
}

describe('levers as they stand', () => {
  const lever = (id: string, entity: Lever['entity'], kind: Lever['kind']): Lever => ({
    account: ACCOUNT,
    id,
    entity,
    kind,
  })

  test('an ad group under a campaign budget has no budget, whatever it reads', async () => {
    const { reader } = await on((call) => {
      const filter = call.query.get('filtering') ?? ''
      if (call.path === 'campaign/get/') return { json: filter.includes('"11"') ? page([CAMPAIGN]) : page([]) }
      return accountOf([], [{ ...AD_GROUP, budget_mode: 'BUDGET_MODE_DAY', budget: 30 }])(call)
    })
    const [budget] = await reader.live(ACCOUNT, [lever('21', 'budget', 'daily-budget')])
    expect(budget?.value).toBeUndefined()
  })

  test('more ids than one filter takes are asked for a hundred at a time', async () => {
    const { reader } = await on(accountOf([], []))
    const levers = Array.from({ length: 250 }, (_, i) => lever(String(1_000 + i), 'campaign', 'status'))
    await reader.live(ACCOUNT, levers)
    const asked = stub.calls.filter(({ path }) => path === 'campaign/get/')
    expect(asked.map(({ query }) => JSON.parse(query.get('filtering') ?? '').campaign_ids.length)).toEqual([
      100, 100, 50,
    ])
  })

  test('one id that does not exist hides no other', async () => {
    const { reader } = await on((call) => {
      const ids: readonly string[] = JSON.parse(call.query.get('filtering') ?? '{}').campaign_ids ?? []
      if (call.path !== 'campaign/get/') return accountOf([], [])(call)
      if (ids.includes('99')) return { json: refusal(40007, 'The campaign 99 does not exist.') }
      return { json: page(ids.includes('11') ? [CAMPAIGN] : []) }
    })
    const levers = ['10', '11', '99'].map((id) => lever(id, 'campaign', 'status'))
    const live = await reader.live(ACCOUNT, levers)
    expect(live.map(({ value }) => value)).toEqual([undefined, { kind: 'status', status: 'active' }, undefined])
  })

  test('levers of another account are not read', async () => {
    const { reader } = await on(accountOf([], []))
    const stranger = { ...lever('11', 'campaign', 'status'), account: accountRef('tiktok', '7002') }
    await expect(reader.live(ACCOUNT, [stranger])).rejects.toMatchObject({ failure: { code: 'wrong-account' } })
  })
})
