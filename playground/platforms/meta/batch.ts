import { badParameter, batchTooLarge } from './errors.ts'
import { type Params, readParams } from './params.ts'
import { respond } from './respond.ts'
import { type GraphAnswer, type GraphCall, isMutating, nextFault, type Twin } from './twin.ts'

const BATCH_MAX = 50

export interface BatchItem {
  readonly method: string
  readonly relativeUrl: string
  readonly body: string
}

/** @throws GraphError unless `batch` is a list of at most 50 {method, relative_url} */
export function readBatch(params: Params): readonly BatchItem[] {
  const given = params.json('batch')
  if (!Array.isArray(given) || given.length === 0) throw badParameter('param batch must be an array.')
  if (given.length > BATCH_MAX) throw batchTooLarge()
  return given.map((entry: unknown, at) => {
    const { method, relative_url, body } = (entry ?? {}) as Record<string, unknown>
    if (typeof relative_url !== 'string') throw badParameter(`param batch[${at}][relative_url] is required.`)
    return {
      method: typeof method === 'string' ? method.toUpperCase() : 'GET',
      relativeUrl: relative_url,
      body: typeof body === 'string' ? body : '',
    }
  })
}

/** `/v24.0/123/insights` → its version and the rest. */
export function splitPath(path: string): Pick<GraphCall, 'version' | 'segments'> {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const version = /^v\d+\.\d+$/.test(parts[0] ?? '') ? parts.shift() : undefined
  return { version, segments: parts }
}

function itemCall(outer: GraphCall, { method, relativeUrl, body }: BatchItem): GraphCall {
  const [path = '', query = ''] = relativeUrl.split(/\?(.*)/s)
  const params = readParams(query, body, 'application/x-www-form-urlencoded')
  const { version = outer.version, segments } = splitPath(path)
  return {
    method,
    version,
    segments,
    params,
    token: params.text('access_token') ?? outer.token,
    baseUrl: outer.baseUrl,
  }
}

const inBatch = ({ status, headers, body }: GraphAnswer, withHeaders: boolean): unknown => ({
  code: status,
  ...(withHeaders && { headers: Object.entries(headers).map(([name, value]) => ({ name, value })) }),
  body: JSON.stringify(body),
})

/**
 * Runs the items in order. An item that met a fault which cuts the answer comes back as `null`, as Graph gives an item that
 * was not done in time: executed or not, nobody can tell.
 */
export function runBatch(twin: Twin, outer: GraphCall): readonly unknown[] {
  const items = readBatch(outer.params)
  const withHeaders = outer.params.text('include_headers') !== 'false'
  twin.requests.batches += 1
  return items.map((item) => {
    twin.requests.batchItems += 1
    const call = itemCall(outer, item)
    const path = `/${[call.version, ...call.segments].filter(Boolean).join('/')}`
    const fault = nextFault(twin, call.method, path, isMutating(call.method, path))
    if (fault === 'drop-before') return null
    const answer = respond(twin, call, fault)
    return fault === 'drop-after' || fault === 'truncate' ? null : inBatch(answer, withHeaders)
  })
}
