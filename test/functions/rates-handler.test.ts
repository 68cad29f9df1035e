import type { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../functions/composition/log.ts'
import { s3RatesFile } from '../../functions/composition/s3-rates.ts'
import { makeRatesHandler } from '../../functions/rates-handler.ts'
import type { EcbSource } from '../../lib/store/ecb-source.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'

const NOW = instant('2026-11-20T15:30:00Z')
const EUR = currency('EUR')

const named = (name: string) => Object.assign(new Error('see your bucket'), { name })

/** S3 with one object, as far as conditions go; `Put` answers 412 as S3 does. */
function bucket(start: { text?: string; getFails?: string } = {}) {
  const state = { text: start.text, version: 1, puts: [] as object[] }
  const send = async (command: GetObjectCommand | PutObjectCommand) => {
    const { input } = command
    if (!('Body' in input)) {
      if (start.getFails !== undefined) throw named(start.getFails)
      if (state.text === undefined) throw named('NoSuchKey')
      return { ETag: `"${state.version}"`, Body: { transformToString: async () => state.text } }
    }
    const { IfMatch, IfNoneMatch, Body } = input
    state.puts.push({ IfMatch, IfNoneMatch })
    const holds = IfNoneMatch === '*' ? state.text === undefined : IfMatch === `"${state.version}"`
    if (!holds) throw named('PreconditionFailed')
    state.text = Body as string
    state.version += 1
    return {}
  }
  return { state, file: s3RatesFile({ client: { send } as unknown as S3Client, bucket: 'archive' }) }
}

const source =
  (usd: bigint, day = '2026-11-20'): EcbSource =>
  async () => {
    const date = accountDate(day)
    return [{ date, rates: [{ from: EUR, to: currency('USD'), date, microsPerUnit: usd }] }]
  }

async function run(from: EcbSource, place = bucket()) {
  const lines: LogLine[] = []
  const handler = makeRatesHandler({
    file: place.file,
    source: from,
    clock: { now: () => NOW },
    log: (l) => lines.push(l),
  })
  const answer = await handler({}, { awsRequestId: 'r-1' }).catch((error: Error) => error.message)
  return { answer, line: lines[0]!, ...place }
}

describe('the rates function', () => {
  test('puts the first rates where there are none', async () => {
    const { answer, line, state } = await run(source(1_157_600n))
    expect(answer).toEqual({ added: 1 })
    expect(state.text).toBe('date,from,to,rate\n2026-11-20,EUR,USD,1.1576\n')
    expect(state.puts).toEqual([{ IfMatch: undefined, IfNoneMatch: '*' }])
    expect(line).toEqual({
      level: 'info',
      event: 'rates',
      requestId: 'r-1',
      result: 'ran',
      summary: { added: 1, refused: 0, newest: '2026-11-20' },
      durationMs: 0,
    })
  })
  test('says which currency the bank gives no rate of, which is no failure', async () => {
    const lacking: EcbSource = async (document) =>
      (await source(1_157_600n)(document)).map((day) => ({ ...day, lacking: [currency('JPY')] }))
    const { line } = await run(lacking)
    expect(line).toMatchObject({ level: 'info', result: 'ran', why: 'the bank gives no rate of JPY' })
  })
  test('adds to what is there, as long as nobody has changed it', async () => {
    const place = bucket({ text: 'date,from,to,rate\n2026-11-19,EUR,USD,1.15\n' })
    const { state } = await run(source(1_157_600n), place)
    expect(state.text).toBe('date,from,to,rate\n2026-11-19,EUR,USD,1.15\n2026-11-20,EUR,USD,1.1576\n')
    expect(state.puts).toEqual([{ IfMatch: '"1"', IfNoneMatch: undefined }])
  })
  test('loses no line that somebody uploads at the same time, and fails', async () => {
    const place = bucket({ text: 'date,from,to,rate\n2026-11-19,EUR,USD,1.15\n' })
    const slow: EcbSource = async (document) => {
      place.state.version += 1
      return source(1_157_600n)(document)
    }
    const { answer, line } = await run(slow, place)
    expect(answer).toBe('the rates of request r-1 failed: its log line says why')
    expect(line).toMatchObject({
      level: 'error',
      event: 'rates',
      result: 'failed',
      errorMessage: expect.stringContaining('cannot be written to s3://archive/rates/rates.csv (PreconditionFailed)'),
    })
    expect(place.state.text).not.toContain('2026-11-20')
  })
  test('takes an object that it may not see for none, and does not write over it', async () => {
    const place = bucket({ text: 'date,from,to,rate\n', getFails: 'AccessDenied' })
    const { line, state } = await run(source(1_157_600n), place)
    expect(line).toMatchObject({ level: 'error', result: 'failed' })
    expect(state.text).toBe('date,from,to,rate\n')
  })
  test('fails where the bucket cannot be read for another reason', async () => {
    const { line } = await run(source(1_157_600n), bucket({ getFails: 'SlowDown' }))
    expect(line.errorMessage).toBe('exchange rates cannot be read from s3://archive/rates/rates.csv: SlowDown')
  })
  test('logs a rate that it left out as an error, so that somebody is told', async () => {
    const place = bucket({ text: 'date,from,to,rate\n2026-11-19,EUR,USD,1\n' })
    const { answer, line, state } = await run(source(1_157_600n), place)
    expect(answer).toEqual({ added: 0 })
    expect(line).toMatchObject({ level: 'error', event: 'rates', result: 'ran', summary: { added: 0, refused: 1 } })
    expect(line.why).toBe('refused, see "sluice rates fetch": USD')
    expect(state.puts).toEqual([])
  })
  test('logs a source that fails, and gives Lambda nothing to print', async () => {
    const { answer, line } = await run(async () => {
      throw new Error('exchange rates cannot be had from the bank: answered 503')
    })
    expect(answer).toBe('the rates of request r-1 failed: its log line says why')
    expect(line).toMatchObject({ level: 'error', errorMessage: expect.stringContaining('answered 503') })
  })
})
