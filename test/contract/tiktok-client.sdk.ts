import { createRequire } from 'node:module'

/** The published client has no types of its own: these name what the contract test uses of it. */
type Callback = (error: Error | null, data: SdkAnswer, response: unknown) => void

export interface SdkAnswer {
  readonly request_id: string
  readonly data: SdkData
}

export interface SdkData {
  readonly list: readonly SdkRow[]
  readonly page_info: { readonly page: number; readonly total_number: number; readonly total_page: number }
  readonly [field: string]: unknown
}

export interface SdkRow {
  readonly [field: string]: unknown
}

type Options = Readonly<Record<string, unknown>>
type WithToken = (token: string, options: Options, callback: Callback) => unknown
type WithAdvertiser = (advertiser: string, token: string, options: Options, callback: Callback) => unknown

interface SdkApi {
  advertiserInfo(advertisers: readonly string[], token: string, options: Options, callback: Callback): unknown
  readonly campaignGet: WithAdvertiser
  readonly adgroupGet: WithAdvertiser
  readonly campaignUpdate: WithToken
  readonly adgroupUpdate: WithToken
  readonly campaignStatusUpdate: WithToken
  readonly adgroupStatusUpdate: WithToken
  campaignGmvMaxInfo(advertiser: string, campaign: string, token: string, callback: Callback): unknown
  reportIntegratedGet(type: string, token: string, options: Options, callback: Callback): unknown
  oauth2AccessToken(options: Options, callback: Callback): unknown
  oauth2AdvertiserGet(app: string, secret: string, token: string, callback: Callback): unknown
}

interface SdkClient {
  basePath: string
}

export interface Sdk {
  readonly ApiClient: new () => SdkClient
  readonly AccountManagementApi: new (client: SdkClient) => SdkApi
  readonly AdgroupApi: new (client: SdkClient) => SdkApi
  readonly AuthenticationApi: new (client: SdkClient) => SdkApi
  readonly CampaignCreationApi: new (client: SdkClient) => SdkApi
  readonly ReportingApi: new (client: SdkClient) => SdkApi
}

/** TikTok's own client, which comes without types. */
export const officialClient = async (): Promise<Sdk> =>
  (await import(createRequire(import.meta.url).resolve('tiktok-business-api-sdk-official'))) as Sdk

/** One call of the client, as a promise. Its errors are one line: request id, message and code. */
export const answerOf = (call: (callback: Callback) => unknown): Promise<SdkAnswer> =>
  new Promise((resolve, reject) => {
    call((error, data) => (error ? reject(error) : resolve(data)))
  })
