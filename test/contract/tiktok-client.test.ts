import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTikTokTwin, TIKTOK_TWIN_CREDENTIALS, type TikTokTwin } from '../../playground/platforms/tiktok/server.ts'
import { HOURLY, SPEC } from '../platforms/tiktok/families.ts'
import { StubWorld } from '../playground/stub-world.ts'
import { answerOf, officialClient } from './tiktok-client.sdk.ts'

const sdk = await officialClient()
const { accessToken: TOKEN, appId, appSecret, authCode } = TIKTOK_TWIN_CREDENTIALS
let twin: TikTokTwin
let world: StubWorld
beforeAll(async () => {
  world = new StubWorld([SPEC], () => HOURLY)
  twin = await startTikTokTwin({ world })
})
afterAll(() => twin.close())

/** A client that talks to the twin. */
function clientOf() {
  const client = new sdk.ApiClient()
  client.basePath = twin.baseUrl
  return client
}

describe("TikTok's own client against the pretend TikTok", () => {
  test('gets a token for an authorisation code, once', async () => {
    const api = new sdk.AuthenticationApi(clientOf())
    const body = { app_id: appId, secret: appSecret, auth_code: authCode }
    const { data } = await answerOf((callback) => api.oauth2AccessToken({ body }, callback))
    expect(data).toMatchObject({ access_token: TOKEN, advertiser_ids: ['7001'] })
    await expect(answerOf((callback) => api.oauth2AccessToken({ body }, callback))).rejects.toThrow('code: 40110')
  })

  test('lists the advertisers that the token reaches', async () => {
    const api = new sdk.AuthenticationApi(clientOf())
    const { data } = await answerOf((callback) => api.oauth2AdvertiserGet(appId, appSecret, TOKEN, callback))
    expect(data.list).toEqual([{ advertiser_id: '7001', advertiser_name: 'Account 7001' }])
  })

  test('reads the advertiser', async () => {
    const api = new sdk.AccountManagementApi(clientOf())
    const options = { fields: ['advertiser_id', 'currency', 'balance'] }
    const { data } = await answerOf((callback) => api.advertiserInfo(['7001'], TOKEN, options, callback))
    expect(data.list).toEqual([{ advertiser_id: '7001', currency: 'EUR', balance: 3765.44 }])
  })

  test('reads campaigns and ad groups in pages', async () => {
    const campaigns = new sdk.CampaignCreationApi(clientOf())
    const first = await answerOf((callback) =>
      campaigns.campaignGet('7001', TOKEN, { page: 1, page_size: 2 }, callback),
    )
    expect(first.data.list.map(({ campaign_id }) => campaign_id)).toEqual(['11', '12'])
    expect(first.data.page_info).toEqual({ page: 1, page_size: 2, total_number: 4, total_page: 2 })
    const adGroups = new sdk.AdgroupApi(clientOf())
    const { data } = await answerOf((callback) => adGroups.adgroupGet('7001', TOKEN, { page_size: 100 }, callback))
    expect(data.list.map(({ adgroup_id, budget }) => [adgroup_id, budget])).toEqual(
      expect.arrayContaining([
        ['21', 0],
        ['23', 40],
      ]),
    )
  })

  test('reads the details of a GMV Max campaign', async () => {
    const api = new sdk.CampaignCreationApi(clientOf())
    const { data } = await answerOf((callback) => api.campaignGmvMaxInfo('7001', '15', TOKEN, callback))
    expect(data).toMatchObject({ campaign_id: '15', budget: 70, roas_bid: 4 })
  })

  test('runs a report with a filter within its filter', async () => {
    const api = new sdk.ReportingApi(clientOf())
    const filter = { field_name: 'campaign_status', filter_type: 'IN', filter_value: '["STATUS_ALL"]' }
    const options = {
      ...{ advertiser_id: '7001', data_level: 'AUCTION_CAMPAIGN', dimensions: ['campaign_id', 'stat_time_day'] },
      ...{ metrics: ['spend', 'complete_payment', 'total_complete_payment_rate'], filtering: [filter] },
      ...{ start_date: '2026-11-19', end_date: '2026-11-19', page: 1, page_size: 1_000 },
    }
    const { data } = await answerOf((callback) => api.reportIntegratedGet('BASIC', TOKEN, options, callback))
    // Two ad groups: 2 × 24 × €1.50, and twice four clicked and one viewed purchase of €50.
    expect(data.list[0]).toEqual({
      dimensions: { campaign_id: '11', stat_time_day: '2026-11-19 00:00:00' },
      metrics: { spend: '72.00', complete_payment: '10', total_complete_payment_rate: '500.00' },
    })
    expect(data.list.map(({ dimensions }) => (dimensions as { campaign_id: string }).campaign_id)).toContain('16')
  })

  test('changes budgets and bids', async () => {
    const campaigns = new sdk.CampaignCreationApi(clientOf())
    const budget = { advertiser_id: '7001', campaign_id: '11', budget: 130.5 }
    await answerOf((callback) => campaigns.campaignUpdate(TOKEN, { body: budget }, callback))
    expect(world.account('tiktok', '7001')?.budgets.get('b11')?.amountMicros).toBe(130_500_000n)
    const adGroups = new sdk.AdgroupApi(clientOf())
    const bid = { advertiser_id: '7001', adgroup_id: '21', conversion_bid_price: 14.25 }
    const { data } = await answerOf((callback) => adGroups.adgroupUpdate(TOKEN, { body: bid }, callback))
    expect(data).toMatchObject({ adgroup_id: '21', conversion_bid_price: 14.25 })
  })

  test('pauses and resumes', async () => {
    const campaigns = new sdk.CampaignCreationApi(clientOf())
    const campaign = (operation_status: string) => ({ advertiser_id: '7001', campaign_ids: ['11'], operation_status })
    await answerOf((callback) => campaigns.campaignStatusUpdate(TOKEN, { body: campaign('DISABLE') }, callback))
    expect(world.account('tiktok', '7001')?.campaigns.get('11')?.status).toBe('paused')
    await answerOf((callback) => campaigns.campaignStatusUpdate(TOKEN, { body: campaign('ENABLE') }, callback))
    const adGroups = new sdk.AdgroupApi(clientOf())
    const body = { advertiser_id: '7001', adgroup_ids: ['23'], operation_status: 'DISABLE' }
    const { data } = await answerOf((callback) => adGroups.adgroupStatusUpdate(TOKEN, { body }, callback))
    expect(data).toMatchObject({ adgroup_ids: ['23'], status: 'DISABLE' })
  })

  test('finds errors in answers of HTTP 200', async () => {
    const campaigns = new sdk.CampaignCreationApi(clientOf())
    const smartPlus = { advertiser_id: '7001', campaign_id: '14', budget: 130 }
    await expect(
      answerOf((callback) => campaigns.campaignUpdate(TOKEN, { body: smartPlus }, callback)),
    ).rejects.toThrow('code: 40002')
    await expect(answerOf((callback) => campaigns.campaignGet('7001', 'wrong', {}, callback))).rejects.toThrow(
      'code: 40105',
    )
  })
})
