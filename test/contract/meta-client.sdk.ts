import { createRequire } from 'node:module'
import { META_TWIN_CREDENTIALS } from '../../playground/platforms/meta/server.ts'

/** The published client has no types of its own: these name what the contract test uses of it. */
export interface SdkObject {
  readonly id: string
  readonly _data: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
  get(fields: readonly string[], params?: object): Promise<SdkObject>
  update(fields: readonly string[], params?: object): Promise<{ readonly success: boolean }>
  delete(fields?: readonly string[], params?: object): Promise<{ readonly success: boolean }>
}

export interface SdkCursor extends Array<SdkObject> {
  readonly headers?: Readonly<Record<string, string>>
  hasNext(): boolean
  next(): Promise<SdkCursor>
}

type Edge = (fields: readonly string[], params?: object) => Promise<SdkCursor>

export interface SdkAdObject extends SdkObject {
  getCampaigns: Edge
  getAdSets: Edge
  getInsights: Edge
  /** The report itself, with its id; the class takes that from the answer alone. */
  getInsightsAsync(fields: readonly string[], params?: object): Promise<SdkAdObject>
  getActivities: Edge
  getMinimumBudgets: Edge
  getAdStudies: Edge
  getBudgetSchedules: Edge
  createBudgetSchedule(fields: readonly string[], params: object): Promise<SdkObject>
  getCells: Edge
}

interface SdkClass {
  readonly Fields: Readonly<Record<string, string>>
  new (id: string): SdkAdObject
}

export interface SdkBatchResponse {
  readonly body: Readonly<Record<string, unknown>>
  readonly isSuccess: boolean
  readonly status: number
  readonly error: SdkRequestError | null
}

export interface SdkBatch {
  add(
    method: string,
    path: string | readonly string[],
    params?: object,
    files?: undefined,
    onSuccess?: (response: SdkBatchResponse) => void,
    onFailure?: (response: SdkBatchResponse) => void,
  ): unknown
  execute(): Promise<SdkBatch | null>
  readonly _batch: readonly unknown[]
}

export interface SdkRequestError extends Error {
  readonly status: number
  readonly response: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}

interface SdkApi {
  setShowHeader(flag: boolean): SdkApi
  getAppID(): Promise<{ readonly data: { readonly data: { readonly app_id: string } } }>
}

export interface Sdk {
  readonly FacebookAdsApi: { init(token: string, locale: string, crashLog: boolean): SdkApi }
  readonly FacebookAdsApiBatch: new (api: SdkApi) => SdkBatch
  readonly AdAccount: SdkClass
  readonly Campaign: SdkClass & {
    /** Puts each object where its id should be. */
    getByIds(ids: readonly string[], fields: readonly string[]): Promise<readonly { readonly id: unknown }[]>
  }
  readonly AdSet: SdkClass
  readonly AdStudy: SdkClass
  readonly AdStudyCell: SdkClass
  readonly [name: string]: unknown
}

export const loadSdk = (): Sdk => createRequire(import.meta.url)('facebook-nodejs-business-sdk') as Sdk

/**
 * Sends the client to a server on this machine. Its host and version are getters without setters, and its third argument
 * must stay false: otherwise it reports uncaught exceptions to Meta.
 */
export function pointSdkAt(
  sdk: Sdk,
  baseUrl: string,
  version: string,
  token = META_TWIN_CREDENTIALS.accessToken,
): SdkApi {
  Object.defineProperty(sdk.FacebookAdsApi, 'GRAPH', { get: () => baseUrl, configurable: true })
  Object.defineProperty(sdk.FacebookAdsApi, 'VERSION', { get: () => version, configurable: true })
  return sdk.FacebookAdsApi.init(token, 'en_US', false).setShowHeader(true)
}
