import { afterEach, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import type { LeverChange } from '../../../lib/model/lever.ts'
import type { Fault, FaultPlan } from '../../../playground/faults.ts'
import { expectClean } from './failed-reads.ts'
import type { PlatformHarness } from './harness.ts'
import { assertHonest, budgetChange, type Stage, show, startStage, writesIn } from './stage.ts'

/** Only the write with this number goes wrong. */
function write(nth: number, fault: Fault): FaultPlan {
  let seen = 0
  return ({ mutating }) => {
    if (mutating) seen += 1
    return mutating && seen === nth ? fault : undefined
  }
}

/** What each fault of one write may come to: `unknown` wherever it may have been carried out. */
const OUTCOMES: Readonly<Record<Fault, readonly string[]>> = {
  unavailable: ['unknown', 'refused transient'],
  'rate-limited': ['refused rate-limited', 'refused quota-exhausted'],
  // A token that can be renewed is, and what was not carried out goes once more.
  unauthorised: ['refused unauthorised', 'applied'],
  // The connection closed without an answer: what became of it cannot be told from `drop-after`.
  'drop-before': ['unknown'],
  'drop-after': ['unknown'],
  truncate: ['unknown'],
}
const said = (result: WriteResult | undefined): string =>
  result?.kind === 'refused' ? `refused ${result.failure.kind}` : (result?.kind ?? 'none')

const THREE = [1, 2, 3]

export function specifyFailedWrites(harness: PlatformHarness): void {
  const open: Stage[] = []
  const start = async () => {
    const stage = await startStage(harness)
    open.push(stage)
    return stage
  }
  afterEach(() => Promise.all(open.splice(0).map((stage) => stage.close())))
  const push = (stage: Stage): Promise<readonly LeverChange[]> =>
    Promise.all(THREE.map((n) => budgetChange(stage, n, 75_000_000n)))

  for (const fault of Object.keys(OUTCOMES) as Fault[])
    test(`${fault}, of one write: said as it is, sent once, and settled by reading`, async () => {
      const stage = await start()
      const change = await budgetChange(stage, 1, 75_000_000n)
      stage.fail(write(1, fault))
      const [result] = await stage.writer.apply(stage.account, [change])
      expect(OUTCOMES[fault], show(result)).toContain(said(result))
      const isRenewed = fault === 'unauthorised' && result?.kind === 'applied'
      expect(writesIn(stage)).toBe(isRenewed ? 2 : 1)
      expectClean(stage, show(result))
      const [stands] = await assertHonest(stage, [change], [result as WriteResult])
      expect(stands).toBe(isRenewed || fault === 'drop-after' || fault === 'truncate' ? 'new' : 'old')
      // What is known to stand as it was may be sent again.
      if (stands === 'old') expect(await stage.writer.apply(stage.account, [change])).toEqual([{ kind: 'applied' }])
    })

  for (const nth of THREE)
    for (const fault of Object.keys(OUTCOMES) as Fault[])
      test(`${fault}, of write ${nth} of a push of three: every result is what reading shows`, async () => {
        const stage = await start()
        const changes = await push(stage)
        stage.fail(write(nth, fault))
        const results = await stage.writer.apply(stage.account, changes)
        const stands = await assertHonest(stage, changes, results)
        expect(writesIn(stage)).toBeLessThanOrEqual(fault === 'unauthorised' ? 4 : 3)
        // What went before the fault is applied, and said so.
        const before = writesIn(stage) >= nth ? nth - 1 : 3
        if (writesIn(stage) > 1) {
          expect(results.slice(0, before)).toEqual(Array.from({ length: before }, () => ({ kind: 'applied' })))
          expect(stands.slice(0, before)).toEqual(Array.from({ length: before }, () => 'new'))
        }
        expectClean(stage, show(results))
      })

  test('a throttle storm ends a push: what is not sent is said to be refused, and can be sent after it', async () => {
    const stage = await start()
    const changes = await push(stage)
    stage.fail(({ mutating }) => (mutating ? 'rate-limited' : undefined))
    const results = await stage.writer.apply(stage.account, changes)
    for (const result of results) {
      expect(said(result)).toBe('refused rate-limited')
      expect(
        result.kind === 'refused' && result.failure.kind === 'rate-limited' && result.failure.retryAfterMs,
      ).toBeGreaterThan(0)
    }
    expect(writesIn(stage)).toBe(1)
    expect(await assertHonest(stage, changes, results)).toEqual(['old', 'old', 'old'])
    stage.mend()
    // However long it said.
    stage.world.pass(86_400_000)
    expect(await stage.writer.apply(stage.account, changes)).toEqual(THREE.map(() => ({ kind: 'applied' })))
  })

  test('a platform that no longer answers does not hold up a whole push', async () => {
    const stage = await start()
    const changes = await push(stage)
    stage.fail(({ mutating }) => (mutating ? 'drop-before' : undefined))
    const results = await stage.writer.apply(stage.account, changes)
    expect(results.every(({ kind }) => kind !== 'applied')).toBe(true)
    expect(await assertHonest(stage, changes, results)).toEqual(['old', 'old', 'old'])
  })

  test('credentials that cannot be had refuse a push, and nothing is sent', async () => {
    const stage = await start()
    const changes = await push(stage)
    stage.fail(() => 'unauthorised')
    const results = await stage.writer.apply(stage.account, changes)
    for (const result of results) expect(said(result)).toBe('refused unauthorised')
    expect(writesIn(stage)).toBeLessThanOrEqual(1)
    stage.mend()
    expect(await assertHonest(stage, changes, results)).toEqual(['old', 'old', 'old'])
  })
}
