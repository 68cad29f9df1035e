import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Clock } from '../lib/ports/clock.ts'
import type { EcbSource } from '../lib/store/ecb-source.ts'
import { type RatesFile, type RatesUpdate, updateRates } from '../lib/store/rates-update.ts'
import { errorFields, type Log } from './composition/log.ts'
import type { Invocation } from './stage-handler.ts'

export interface RatesParts {
  readonly file: RatesFile
  readonly source: EcbSource
  readonly clock: Clock
  readonly log: Log
}

export type RatesHandler = (event: unknown, invocation: Invocation) => Promise<{ readonly added: number }>

/**
 * The Scheduler's target on weekday afternoons: adds the reference rates of the day to those in the bucket. A rate that
 * moved too far is left out and logged as an error, by each run until somebody has looked at it.
 */
export function makeRatesHandler(parts: RatesParts): RatesHandler {
  const handler = middy<unknown, { added: number }>({ timeoutEarlyInMillis: 0 }).handler((_event, { awsRequestId }) =>
    update(awsRequestId, parts),
  )
  return (event, invocation) => handler(event, invocation as Context)
}

async function update(requestId: string, { file, source, clock, log }: RatesParts): Promise<{ added: number }> {
  const startedAt = clock.now()
  const took = () => ({ durationMs: clock.now() - startedAt })
  try {
    const found = await updateRates({ file, source, now: startedAt })
    log({ event: 'rates', requestId, ...outcomeOf(found), summary: summaryOf(found), ...took() })
    return { added: found.added.length }
  } catch (error) {
    log({ level: 'error', event: 'rates', requestId, result: 'failed', ...took(), ...errorFields(error) })
    // Lambda prints what is thrown, whole and past our log's allow-list: so it is given nothing to print.
    throw new Error(`the rates of request ${requestId} failed: its log line says why`)
  }
}

const summaryOf = ({ added, refused, newest }: RatesUpdate) => ({
  added: added.length,
  refused: refused.length,
  newest: newest ?? 'none',
})

const outcomeOf = ({ refused, lacking }: RatesUpdate) =>
  refused.length === 0
    ? ({
        level: 'info',
        result: 'ran',
        ...(lacking.length > 0
          ? { why: `the bank gives no rate of ${lacking.map((one) => one.currency).join(', ')}` }
          : {}),
      } as const)
    : ({
        level: 'error',
        result: 'ran',
        why: `refused, see "sluice rates fetch": ${refused.map(({ rate }) => rate.to).join(', ')}`,
      } as const)
