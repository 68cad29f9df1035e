import { afterEach, expect, test } from 'vitest'
import { PlatformError } from '../../../lib/model/failure.ts'
import { DAY_MS } from '../../../lib/units/calendar.ts'
import type { Fault, FaultPlan, TwinCall } from '../../../playground/faults.ts'
import type { PlatformHarness } from './harness.ts'
import {
  afterWaiting,
  budgetLever,
  days,
  failureOf,
  hours,
  outcomeOf,
  reportOf,
  type Stage,
  startStage,
} from './stage.ts'

const FAULTS: readonly Fault[] = [
  'unavailable',
  'rate-limited',
  'unauthorised',
  'drop-before',
  'drop-after',
  'truncate',
]

/** Only the request with this number, from now on counted, goes wrong. */
export function only(nth: number, fault: Fault): FaultPlan {
  let seen = 0
  return () => {
    seen += 1
    return seen === nth ? fault : undefined
  }
}

export const withoutClock = <T extends { readonly readAt: unknown }>({ readAt: _, ...rest }: T) => rest

const READS: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  structure: ({ reader, account }) => reader.structure(account).then(withoutClock),
  'a report of days': (stage) => reportOf(stage, days('2026-11-18', '2026-11-20')).then(withoutClock),
  'a report of hours': (stage) => reportOf(stage, hours('2026-11-20')).then(withoutClock),
  'live values': (stage) => stage.reader.live(stage.account, [budgetLever(stage, 1), budgetLever(stage, 3)]),
}

export function specifyFailedReads(harness: PlatformHarness): void {
  const open: Stage[] = []
  const start = async (...args: Parameters<typeof startStage> extends [unknown, ...infer R] ? R : never) => {
    const stage = await startStage(harness, ...args)
    open.push(stage)
    return stage
  }
  afterEach(() => Promise.all(open.splice(0).map((stage) => stage.close())))

  for (const [name, read] of Object.entries(READS))
    test(`${name}: whatever goes wrong with whichever request, it is whole or it failed`, async () => {
      const healthy = await start()
      const whole = await read(healthy)
      const requests = healthy.calls.length
      expect(requests).toBeGreaterThan(0)
      for (const fault of FAULTS)
        for (let nth = 1; nth <= requests; nth++) {
          // To who reads it is all one whether a request was lost or its answer; to who asks for a token it is not.
          if (fault === 'drop-before' && !/token/.test(healthy.calls[nth - 1]?.path ?? '')) continue
          const stage = await start()
          stage.fail(only(nth, fault))
          const outcome = await outcomeOf(read(stage))
          if (outcome instanceof PlatformError) expectClean(stage, outcome.message)
          else expect(outcome, `${fault} of request ${nth}`).toEqual(whole)
          stage.mend()
          expect(await afterWaiting(stage, () => read(stage)), `after ${fault} of request ${nth}`).toEqual(whole)
        }
    })

  test('a page cut short is a read that failed', async () => {
    const stage = await start()
    stage.fail(({ path }) => (/token/.test(path) ? undefined : 'truncate'))
    expect(['unreadable', 'transient']).toContain((await failureOf(stage.reader.structure(stage.account))).kind)
    expect(['unreadable', 'transient']).toContain((await failureOf(reportOf(stage, days('2026-11-18')))).kind)
  })

  test('a throttle storm ends a read at once, with a time to wait, and nothing is hammered', async () => {
    const healthy = await start()
    await healthy.reader.structure(healthy.account)
    const stage = await start()
    const storm = (call: TwinCall): Fault | undefined => (/token/.test(call.path) ? undefined : 'rate-limited')
    stage.fail(storm)
    const failure = await failureOf(stage.reader.structure(stage.account))
    expect(failure.kind).toBe('rate-limited')
    expect(failure.kind === 'rate-limited' && failure.retryAfterMs).toBeGreaterThan(0)
    expect(stage.calls.length).toBeLessThanOrEqual(healthy.calls.length)
    stage.mend()
    // However long it said: a day is over by then.
    stage.world.pass(DAY_MS)
    const { campaigns: read } = await stage.reader.structure(stage.account)
    expect(read.length).toBeGreaterThanOrEqual(3)
  })

  test('an account that the credentials do not reach is a failed read, and not an empty account', async () => {
    const stage = await start()
    const { id } = stage.account
    const stranger = { ...stage.account, id: id.replace(/.$/, (last) => (last === '7' ? '8' : '7')) as typeof id }
    const failure = await failureOf(stage.reader.structure(stranger))
    expect(['unauthorised', 'rejected']).toContain(failure.kind)
  })
}

/** No message of a failure carries a credential. */
export function expectClean({ secrets }: Stage, message: string): void {
  for (const secret of secrets) expect(message).not.toContain(secret)
}
