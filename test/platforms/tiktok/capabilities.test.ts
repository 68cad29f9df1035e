import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lever } from '../../../lib/model/lever.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { tiktokCapabilities } from '../../../lib/platforms/tiktok/capabilities.ts'
import { lever } from './levers.ts'
import { type OnTwin, onTwin } from './on-twin.ts'
import { ACCOUNT } from './stub.ts'

let platform: OnTwin
let structure: AccountStructure
beforeAll(async () => {
  platform = await onTwin()
  structure = await platform.reader.structure(ACCOUNT)
})
afterAll(() => platform.twin.close())

const onAdGroup = (id: string, kind: Lever['kind']): Lever => lever(id, { kind, entity: 'ad-group' })
const onCampaign = (id: string, kind: Lever['kind']): Lever => lever(id, { kind, entity: 'campaign' })

test.each([
  ['a campaign budget', lever('11')],
  ['an ad group budget', lever('23')],
  ['a lifetime budget', lever('13', { kind: 'lifetime-budget' })],
  ['a cost cap', onAdGroup('21', 'target-cpa')],
  ['a target ROAS', onAdGroup('24', 'target-roas')],
  ['a bid', onAdGroup('29', 'bid')],
  ['the status of a campaign', onCampaign('11', 'status')],
  ['the status of an ad group', onAdGroup('23', 'status')],
])('%s is honoured', (_, honoured) => {
  expect(tiktokCapabilities.honours(honoured, structure)).toEqual({ kind: 'honoured' })
})

test.each([
  ['a Smart+ budget', lever('14'), 'Smart+'],
  ['a Smart+ campaign’s status', onCampaign('14', 'status'), 'Smart+'],
  ['a Smart+ ad group’s status', onAdGroup('26', 'status'), 'Smart+'],
  ['a GMV Max budget', lever('15'), 'GMV Max'],
  ['a budget of another period', lever('11', { kind: 'lifetime-budget' }), 'daily budget'],
  ['a budget of an ad group under a campaign budget', lever('21'), 'budget of its campaign 11'],
  ['a budget of a campaign whose ad groups have them', lever('12'), 'its ad groups have'],
  ['a budget of nothing', lever('999'), 'holds no budget'],
  ['a deleted budget', lever('16'), 'deleted'],
  ['a budget on a campaign', onCampaign('11', 'daily-budget'), 'moved on the budget'],
  ['a cost cap where there is none', onAdGroup('23', 'target-cpa'), 'max-conversions'],
  ['a target on a campaign', onCampaign('11', 'target-cpa'), 'on the ad groups'],
  ['a multiplier', onCampaign('11', 'bid-multiplier'), 'no device, place or hour multipliers'],
  ['the status of a budget', lever('11', { kind: 'status' }), 'no status of its own'],
])('%s is not honoured, with the reason', (_, refused, reason) => {
  expect(tiktokCapabilities.honours(refused, structure)).toEqual({
    kind: 'not-honoured',
    reason: expect.stringContaining(reason),
  })
})

test('what is known of TikTok’s limits', () => {
  expect(tiktokCapabilities).toMatchObject({
    overDeliveryFactor: 1.25,
    cutFloorOfSpend: 1.05,
    raiseFloorOfSpend: true,
    restatementDays: 28,
    ratios: { 'target-roas': [0.01, 10] },
    hourlyConversions: true,
  })
  expect(tiktokCapabilities.announces).toBeUndefined()
})
