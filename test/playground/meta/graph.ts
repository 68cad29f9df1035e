import {
  META_TWIN_CREDENTIALS,
  type MetaTwin,
  type MetaTwinOptions,
  startMetaTwin,
} from '../../../playground/platforms/meta/server.ts'

export interface GraphReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Reply
}

/** A JSON answer as it is parsed: the tests name the shape that they expect. */
export type Reply = ReturnType<typeof JSON.parse>

export interface Graph {
  readonly twin: MetaTwin
  get(path: string, params?: Readonly<Record<string, unknown>>): Promise<GraphReply>
  post(path: string, params?: Readonly<Record<string, unknown>>): Promise<GraphReply>
  delete(path: string): Promise<GraphReply>
  /** Every item of a list, following its next links. */
  all(path: string, params?: Readonly<Record<string, unknown>>): Promise<readonly Reply[]>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const TOKEN = { authorization: `Bearer ${META_TWIN_CREDENTIALS.accessToken}` }

async function read(response: Response): Promise<GraphReply> {
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** The body behind a link, such as `paging.next`. */
export const follow = async (link: string | URL): Promise<Reply> => (await read(await fetch(link))).body

/** A running twin and the plainest possible client of it. */
export async function startGraph(options: MetaTwinOptions): Promise<Graph> {
  const twin = await startMetaTwin(options)
  const url = (path: string, params: Readonly<Record<string, unknown>> = {}): string =>
    `${twin.baseUrl}/v25.0/${path}?${new URLSearchParams(Object.entries(params).map(([k, v]): [string, string] => [k, text(v)]))}`
  const get: Graph['get'] = async (path, params) => read(await fetch(url(path, params), { headers: TOKEN }))
  return {
    twin,
    get,
    post: async (path, params = {}) =>
      read(
        await fetch(url(path), {
          method: 'POST',
          headers: { ...TOKEN, 'content-type': 'application/json' },
          body: JSON.stringify(params),
        }),
      ),
    delete: async (path) => read(await fetch(url(path), { method: 'DELETE', headers: TOKEN })),
    all: async (path, params) => {
      const first = await get(path, params)
      const found = [...first.body.data]
      for (let next = first.body.paging?.next; next; ) {
        const more = await follow(next)
        found.push(...more.data)
        next = more.paging?.next
      }
      return found
    },
  }
}
