import {
  SNAPCHAT_TWIN_CREDENTIALS,
  type SnapchatTwin,
  type SnapchatTwinOptions,
  startSnapchatTwin,
} from '../../../playground/platforms/snapchat/server.ts'

export interface SnapReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

/** A JSON answer as it is parsed: the tests name the shape that they expect. */
type Body = ReturnType<typeof JSON.parse>

export interface SnapClient {
  readonly twin: SnapchatTwin
  get(path: string, query?: Readonly<Record<string, string>>): Promise<SnapReply>
  put(path: string, body: unknown): Promise<SnapReply>
  patch(path: string, operations: unknown, type?: string): Promise<SnapReply>
  remove(path: string): Promise<SnapReply>
  /** As the API answers whoever brings this token, or none. */
  as(token: string | undefined): Promise<SnapReply>
}

/** A UUID that ends in `n`. */
export const uuid = (n: number): string => `8adc3db7-8148-4fbf-999c-${String(n).padStart(12, '0')}`

export const ACCOUNT_ID = uuid(1)

const parsed = (text: string): Body => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function read(response: Response): Promise<SnapReply> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

export async function newToken(
  { tokenUrl }: SnapchatTwin,
  over: Readonly<Record<string, string>> = {},
): Promise<SnapReply> {
  const { clientId, clientSecret, refreshToken } = SNAPCHAT_TWIN_CREDENTIALS
  const form = {
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
    ...over,
  }
  return read(await fetch(`${tokenUrl}/login/oauth2/access_token`, { method: 'POST', body: new URLSearchParams(form) }))
}

/** A running twin and the plainest possible client of it. */
export async function startSnap(options: SnapchatTwinOptions): Promise<SnapClient> {
  const twin = await startSnapchatTwin(options)
  const { body } = await newToken(twin)
  const authorization = `Bearer ${body.access_token}`
  const send = async (method: string, path: string, type: string, text: string) =>
    read(
      await fetch(`${twin.baseUrl}/v1/${path}`, {
        method,
        headers: { authorization, 'content-type': type },
        body: text,
      }),
    )
  const asText = (json: unknown) => (typeof json === 'string' ? json : JSON.stringify(json))
  return {
    twin,
    get: async (path, query = {}) =>
      read(await fetch(`${twin.baseUrl}/v1/${path}?${new URLSearchParams(query)}`, { headers: { authorization } })),
    put: (path, json) => send('PUT', path, 'application/json', asText(json)),
    patch: (path, json, type = 'application/json-patch+json') => send('PATCH', path, type, asText(json)),
    remove: async (path) =>
      read(await fetch(`${twin.baseUrl}/v1/${path}`, { method: 'DELETE', headers: { authorization } })),
    as: async (token) =>
      read(
        await fetch(
          `${twin.baseUrl}/v1/me`,
          token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
        ),
      ),
  }
}
