/** Reads one long report in a fresh process and prints what that took. Arguments: the client, the server's address. */
import type { PerformanceQuery } from '../../lib/model/performance.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { ACCOUNT, platformAt } from '../platforms/google-ads/tiny-server.ts'
import { REPORT } from './google-transport.servers.ts'

export interface RowsFigures {
  readonly rows: number
  /** Of reading alone, without loading. */
  readonly cpuMs: number
  readonly rssMb: number
}

const QUERY =
  'SELECT campaign.id, segments.date, metrics.cost_micros, metrics.impressions, metrics.clicks ' +
  `FROM campaign WHERE segments.date BETWEEN '${REPORT.from}' AND '${REPORT.to}'`

/** From the request to rows in the model's own types, every field checked. */
function ownReader(base: string): () => Promise<number> {
  const query: PerformanceQuery = { grain: 'day', from: accountDate(REPORT.from), to: accountDate(REPORT.to) }
  const { reader } = platformAt({ base }, { requestTimeoutMs: 60_000 })
  return async () => (await reader.performance(ACCOUNT, query, [])).rows.length
}

async function packageReader(base: string, disableParsing: boolean): Promise<() => Promise<number>> {
  const { customerAt } = await import('./google-transport.seams.ts')
  const customer = customerAt({ base, disableParsing })
  return async () => (await customer.query(QUERY)).length
}

async function measure(read: () => Promise<number>): Promise<RowsFigures> {
  const before = process.cpuUsage()
  const rows = await read()
  const { user, system } = process.cpuUsage(before)
  return { rows, cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 }
}

const [, , client = '', base = ''] = process.argv
const read = client === 'own' ? ownReader(base) : await packageReader(base, client === 'disable_parsing')
process.stdout.write(JSON.stringify(await measure(read)), () => process.exit())
