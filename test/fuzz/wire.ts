/** What the parsers of the platforms behind `lib/wire` have in common: answers that came, and the targets made of them. */
import type { AccountRef } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import type { Lever } from '../../lib/model/lever.ts'
import type { PerformanceQuery } from '../../lib/model/performance.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { parseExactJson } from '../../lib/wire/exact-json.ts'
import type { Target } from './fuzz.ts'
import type { Recorded, Recorder } from './record.ts'

export const DAYS: PerformanceQuery = { grain: 'day', from: accountDate('2026-11-18'), to: accountDate('2026-11-19') }
export const HOURS: PerformanceQuery = { grain: 'hour', from: accountDate('2026-11-18'), to: accountDate('2026-11-18') }

const HEADERS = new Headers()
const asItIs = (text: string): string => text

/** An answer with HTTP 200, as a sender hands it over. */
export const sentOf = (json: unknown) => ({
  answer: { kind: 'answered', status: 200, headers: HEADERS, json, text: '' } as const,
  redact: asItIs,
})

/** @throws PlatformError where an adapter finds no JSON */
export function readText(text: string): unknown {
  const json = parseExactJson(text)
  if (json === undefined) throw new PlatformError({ kind: 'unreadable', detail: 'not JSON' })
  return json
}

export const targetOf = <T>(
  name: string,
  documents: readonly unknown[],
  parse: (document: unknown) => T | Promise<T>,
  complaint: Target<T>['complaint'],
  rootDepth = 1,
): Target<T> => ({ name, documents, rootDepth, read: readText, parse, complaint })

export interface Documents {
  readonly structure: readonly Recorded[]
  readonly days: readonly Recorded[]
  readonly hours: readonly Recorded[]
  readonly live: readonly Recorded[]
  readonly actions: readonly Recorded[]
  readonly health: readonly Recorded[]
  readonly changes: readonly Recorded[]
}

/**
 * Every read of a platform, each as one document of all its answers.
 *
 * @param fresh the platform anew for each read, so that nothing is remembered and every answer is asked for
 */
export async function recordReads(
  recorder: Recorder,
  fresh: () => AdPlatform,
  account: AccountRef,
  rules: readonly ConversionRule[],
  levers: readonly Lever[],
  since: Parameters<AdPlatform['reader']['changes']>[1],
  small: (answers: Recorded) => Recorded,
): Promise<Documents> {
  const taken = async (read: (reader: AdPlatform['reader']) => Promise<unknown> | undefined) => {
    recorder.take()
    await read(fresh().reader)
    return [small(recorder.take())]
  }
  return {
    structure: await taken((reader) => reader.structure(account)),
    days: await taken((reader) => reader.performance(account, DAYS, rules)),
    hours: await taken((reader) => reader.performance(account, HOURS, rules)),
    live: await taken((reader) => reader.live(account, levers)),
    actions: await taken((reader) => reader.conversionActions?.(account)),
    health: await taken((reader) => reader.health?.(account)),
    changes: await taken((reader) => reader.changes(account, since)),
  }
}
