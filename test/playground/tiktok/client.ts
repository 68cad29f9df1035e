import {
  startTikTokTwin,
  TIKTOK_TWIN_CREDENTIALS,
  type TikTokTwin,
  type TikTokTwinOptions,
} from '../../../playground/platforms/tiktok/server.ts'

/** A JSON answer as it is parsed: the tests name the shape that they expect. */
export type Reply = ReturnType<typeof JSON.parse>

export interface Client {
  readonly twin: TikTokTwin
  get(path: string, query?: Readonly<Record<string, unknown>>): Promise<Reply>
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<Reply>
  /** Status, headers and text, of any address. */
  raw(path: string, init?: RequestInit): Promise<{ readonly response: Response; readonly text: string }>
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
export const HEADERS = { 'access-token': TIKTOK_TWIN_CREDENTIALS.accessToken }

/** A running twin and the plainest possible client of it. */
export async function startClient(options: TikTokTwinOptions): Promise<Client> {
  const twin = await startTikTokTwin(options)
  const raw: Client['raw'] = async (path, init = { headers: HEADERS }) => {
    const response = await fetch(`${twin.baseUrl}${path}`, init)
    return { response, text: await response.text() }
  }
  return {
    twin,
    raw,
    get: async (path, query = {}) => {
      const params = new URLSearchParams(Object.entries(query).map(([k, v]): [string, string] => [k, textOf(v)]))
      return JSON.parse((await raw(`/open_api/v1.3${path}?${params}`)).text)
    },
    post: async (path, body) =>
      JSON.parse(
        (await raw(`/open_api/v1.3${path}`, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })).text,
      ),
  }
}
