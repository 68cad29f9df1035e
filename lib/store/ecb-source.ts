import { parseEcbRates, type RateDay } from './ecb-text.ts'

/** Rates of the last working day, and those of the last ninety days, are two documents under one address. */
export const ECB_RATES = 'https://www.ecb.europa.eu/stats/eurofxref/'
const DOCUMENTS = { daily: 'eurofxref-daily.xml', recent: 'eurofxref-hist-90d.xml' } as const
export type EcbDocument = keyof typeof DOCUMENTS

/** Ninety days are about a tenth of it. */
const BYTES_MAX = 1_000_000
const TIMEOUT_MS = 15_000
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

export type EcbSource = (document: EcbDocument) => Promise<readonly RateDay[]>

/**
 * Reads the reference rates: from the bank's own address, or from a server on this machine, and from nowhere else.
 *
 * @throws RangeError for another address; from the source: Error when the document cannot be had, RangeError when it
 *   cannot be read
 */
export function ecbSource(address: string = ECB_RATES, timeoutMs: number = TIMEOUT_MS): EcbSource {
  const base = URL.parse(address)
  if (!base || (address !== ECB_RATES && !LOOPBACK.has(base.hostname)))
    throw new RangeError(`exchange rates are read from ${ECB_RATES} or from this machine, not from ${address}`)
  return async (document) => {
    const url = new URL(DOCUMENTS[document], base).href
    return parseEcbRates(await textOf(url, timeoutMs), url)
  }
}

/** Redirects are refused: an answer from elsewhere is not the bank's. */
async function textOf(url: string, timeoutMs: number): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    if (answer.status === 200) return await bounded(answer)
    await answer.body?.cancel()
    throw new Error(`answered ${answer.status}`)
  } catch (error) {
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : error
    throw new Error(`exchange rates cannot be had from ${url}: ${reason}`)
  }
}

async function bounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const part of answer.body ?? []) {
    bytes += part.length
    if (bytes > BYTES_MAX) throw new Error(`is larger than ${BYTES_MAX} bytes`)
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}
