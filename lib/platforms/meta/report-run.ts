import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Graph } from './graph.ts'
import { id } from './schema.ts'
import type { Params } from './sender.ts'

/** How a report that Meta prepares by itself is waited for. */
export interface Polling {
  readonly sleep: (ms: number) => Promise<void>
  readonly everyMs: number
  readonly attempts: number
}

const orderedSchema = z.object({ report_run_id: id })
const runSchema = z.object({
  async_status: z.string(),
  async_percent_completion: z.number(),
  error_message: z.string().optional(),
})
type Run = z.output<typeof runSchema>
const RUN_FIELDS = 'async_status,async_percent_completion,error_message'

/** Orders a report, waits until it is whole, and reads it to its end. */
export async function orderReport<T>(
  graph: Graph,
  polling: Polling,
  account: AccountId,
  params: Params,
  row: z.ZodType<T>,
): Promise<readonly T[]> {
  const { limit = '500', ...wanted } = params
  const { report_run_id: run } = await graph.order(account, `act_${account}/insights`, wanted, orderedSchema)
  await completed(graph, polling, account, run)
  return graph.all(account, `${run}/insights`, { limit }, row)
}

async function completed(graph: Graph, polling: Polling, account: AccountId, run: string): Promise<void> {
  for (let attempt = 0; attempt < polling.attempts; attempt++) {
    if (attempt > 0) await polling.sleep(polling.everyMs)
    if (isComplete(await graph.get(account, run, { fields: RUN_FIELDS }, runSchema))) return
  }
  throw transient(`report ${run} was not ready after ${polling.attempts} looks ${polling.everyMs} ms apart`)
}

/** The status turns to completed before all rows are there: both must say so. */
function isComplete(run: Run): boolean {
  if (run.async_status === 'Job Failed' || run.async_status === 'Job Skipped')
    throw transient(`${run.async_status}: ${run.error_message ?? 'no reason given'}`)
  return run.async_status === 'Job Completed' && run.async_percent_completion === 100
}

const transient = (detail: string) => new PlatformError({ kind: 'transient', detail })
