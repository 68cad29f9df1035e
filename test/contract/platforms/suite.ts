/**
 * The contract of platforms: what Sluice takes for granted of every one of them. Written once; each platform runs it
 * against its twin by way of its harness. "Supported" means that it passes.
 */
import { describe } from 'vitest'
import { specifyBrokenAnswers } from './broken-answers.ts'
import { specifyFailedReads } from './failed-reads.ts'
import { specifyFailedWrites } from './failed-writes.ts'
import type { PlatformHarness } from './harness.ts'
import { specifyLimits } from './limits.ts'
import { specifyPaging } from './paging.ts'
import { specifyPartialSuccess } from './partial-success.ts'
import { specifyReading } from './reading.ts'
import { specifyWriting } from './writing.ts'
import { specifyYen } from './yen.ts'

export function describeContract(harness: PlatformHarness): void {
  describe(`${harness.platform}, budgets on ${harness.world.budgetsOn}s`, () => {
    describe('reading', () => specifyReading(harness))
    describe('lists of several pages', () => specifyPaging(harness))
    describe('reads that fail', () => specifyFailedReads(harness))
    describe('answers that are not what they should be', () => specifyBrokenAnswers(harness))
    describe('writing', () => specifyWriting(harness))
    describe('limits', () => specifyLimits(harness))
    describe('a currency without decimals', () => specifyYen(harness))
    describe('writes that fail', () => specifyFailedWrites(harness))
    describe('partial success', () => specifyPartialSuccess(harness))
  })
}
