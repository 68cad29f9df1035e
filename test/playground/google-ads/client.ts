/** A bare client for the twin's REST transport. */
import { afterEach } from 'vitest'
import { GOOGLE_TWIN_CREDENTIALS, type GoogleTwinCredentials } from '../../../playground/platforms/google-ads/tokens.ts'
import {
  type GoogleAdsTwin,
  type GoogleAdsTwinOptions,
  startGoogleAdsTwin,
} from '../../../playground/platforms/google-ads/twin.ts'
import { CUSTOMER } from './stub-world.ts'

export interface Answer {
  readonly status: number
  readonly json: unknown
}

type Row = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** An answer of `searchStream`, or a page of `search`. */
export interface Chunk {
  readonly results?: readonly Row[]
  readonly nextPageToken?: string
  readonly fieldMask?: string
  readonly summaryRow?: Row
}

export interface Client {
  readonly twin: GoogleAdsTwin
  post(path: string, body: unknown, headers?: Record<string, string | undefined>): Promise<Answer>
  /** Rows of a `searchStream`; throws on any error. */
  rows(query: string): Promise<readonly Row[]>
  /** `family.CODE` of the first error of a `searchStream`. */
  refusal(query: string): Promise<string>
  token(over?: Partial<GoogleTwinCredentials>): Promise<Answer>
}

const open: GoogleAdsTwin[] = []
afterEach(async () => {
  for (const twin of open.splice(0)) await twin.close()
})

/** `family.CODE` of the first GoogleAdsError in an error or in the partial failure of an answer. */
export function codeOf(json: unknown): string {
  const body = (Array.isArray(json) ? json[0] : json) as {
    error?: { details: { errors: { errorCode: object }[] }[] }
    partialFailureError?: { details: { errors: { errorCode: object }[] }[] }
  }
  const failure = body.error ?? body.partialFailureError
  const [entry] = Object.entries(failure?.details[0]?.errors?.[0]?.errorCode ?? {})
  return entry ? entry.join('.') : 'none'
}

/** A twin that is closed after the test, with an access token in hand. */
export async function aClient(options: GoogleAdsTwinOptions): Promise<Client> {
  const twin = await startGoogleAdsTwin(options)
  open.push(twin)
  const known = options.credentials ?? GOOGLE_TWIN_CREDENTIALS
  const token: Client['token'] = async (over = {}) => {
    const { clientId, clientSecret, refreshToken } = { ...known, ...over }
    const form = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret }
    const body = new URLSearchParams({ ...form, refresh_token: refreshToken })
    const response = await fetch(twin.tokenUrl, { method: 'POST', body })
    return { status: response.status, json: await response.json() }
  }
  const { access_token } = (await token()).json as { access_token: string }
  const standing = { authorization: `Bearer ${access_token}`, 'developer-token': known.developerToken }
  const post: Client['post'] = async (path, body, headers = {}) => {
    const sent = Object.entries({ ...standing, ...headers }).filter((h): h is [string, string] => h[1] !== undefined)
    const url = path.startsWith('/') ? `${twin.baseUrl}${path}` : `${twin.baseUrl}/v25/customers/${CUSTOMER}/${path}`
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(url, { method: 'POST', headers: sent, body: text })
    return { status: response.status, json: await response.json() }
  }
  const rows: Client['rows'] = async (query) => {
    const answer = await post('googleAds:searchStream', { query })
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.json))
    return (answer.json as readonly Chunk[]).flatMap((chunk) => chunk.results ?? [])
  }
  const refusal: Client['refusal'] = async (query) => codeOf((await post('googleAds:searchStream', { query })).json)
  return { twin, post, rows, refusal, token }
}
