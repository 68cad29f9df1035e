import type { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { capabilitiesOnly } from '../../functions/composition/capabilities.ts'
import { googleAds } from '../../functions/composition/google-ads.ts'
import { lambdaLoop } from '../../functions/composition/loop.ts'
import { RATES_KEY, s3Rates } from '../../functions/composition/s3-rates.ts'
import { SHARED_ADAPTERS } from '../../functions/composition/shared-adapters.ts'
import { makeStageHandler } from '../../functions/stage-handler.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { accountRef, platformId } from '../../lib/model/account.ts'
import { OWN_PLATFORMS } from '../../lib/model/platform-names.ts'
import { accountDate, HOUR_MS, type Instant, instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { createRunner } from '../../playground/runner/runner.ts'
import { virtualClock } from '../../playground/runner/virtual-clock.ts'

const NOW = instant('2026-11-21T06:00:00Z')
const clock = { now: () => NOW }
const secrets = { read: async () => '{}' }
const variables = { SLUICE_TABLE_PREFIX: 'sluice-test', SLUICE_QUEUE_URLS: '{}', AWS_REGION: 'eu-west-1' }

describe('the loop of a function', () => {
  const loop = lambdaLoop('pull', {}, variables)('pull/r-1')

  test('names its worker and lasts as long as the function may run', () => {
    expect(loop.worker).toBe('pull/r-1')
    expect(loop.timing.runLimitMs).toBe(180_000)
  })
  test('refuses what the function was not given, and says where to give it', async () => {
    expect(() => loop.platforms(platformId('meta'))).toThrow(
      'function pull has no platforms: give it one in functions/pull.ts',
    )
    await expect(loop.archive.put('{}')).rejects.toThrow('function pull has no archive')
    const day = accountDate('2026-11-21')
    await expect(loop.rates.rate(currency('USD'), currency('EUR'), day)).rejects.toThrow(
      'function pull has no exchange rates',
    )
  })
})

describe('what planning knows of platforms', () => {
  test.each(OWN_PLATFORMS)('%s: what it honours, and no way there', async (name) => {
    const platform = capabilitiesOnly(platformId(name))
    expect(platform.capabilities.overDeliveryFactor).toBeGreaterThanOrEqual(1)
    await expect(platform.reader.structure(accountRef(name, '1'))).rejects.toThrow(
      `${name} cannot be reached from here`,
    )
    await expect(platform.writer.apply(accountRef(name, '1'), [])).rejects.toThrow(
      `${name} cannot be reached from here`,
    )
  })
  test('of an unknown one nothing', () => {
    expect(() => capabilitiesOnly(platformId('reddit'))).toThrow(
      'there is google-ads, meta, tiktok, snapchat, pinterest',
    )
  })
})

describe('a connection', () => {
  const connects = Object.entries({ 'google-ads': googleAds, ...SHARED_ADAPTERS })
  const makers = connects.map(([name, connect]) => [name, connect(secrets, clock)] as const)

  test('of every platform of ours has an adapter', () => {
    expect(connects.map(([name]) => name)).toEqual(OWN_PLATFORMS)
  })
  test.each(makers)('of %s goes to the platform itself, or to loopback where that is named', (name, make) => {
    expect(make({ account: `${name}:*`, secret: 's' }).id).toBe(name)
    const api = 'http://127.0.0.1:4300'
    expect(make({ account: `${name}:*`, secret: 's', endpoints: { api } }).id).toBe(name)
  })
  test.each(makers)('of %s goes nowhere else', (name, make) => {
    const connection = { account: `${name}:*`, secret: 's', endpoints: { api: 'https://ads.example.com' } }
    expect(() => make(connection)).toThrow('https://ads.example.com')
    expect(() => make({ ...connection, endpoints: { graph: 'http://127.0.0.1:1' } })).toThrow(
      `connection ${name}:*: endpoint "graph" is unknown, use api`,
    )
  })
})

describe('exchange rates in the bucket', () => {
  const [usd, eur, on] = [currency('USD'), currency('EUR'), accountDate('2026-11-21')]

  /** Rates over a bucket that holds `texts` one after another, on a clock that a test moves. */
  function someRates(...texts: (string | Error)[]) {
    let now = NOW
    const asked: string[] = []
    const send = async ({ input }: { input: { Bucket: string; Key: string } }) => {
      asked.push(`${input.Bucket}/${input.Key}`)
      const text = texts[Math.min(asked.length, texts.length) - 1]!
      if (text instanceof Error) throw text
      return { Body: { transformToString: async () => text } }
    }
    const client = { send } as unknown as S3Client
    const wait = (ms: number) => {
      now = later(now, ms)
    }
    return { asked, wait, rates: s3Rates({ client, bucket: 'archive', clock: { now: (): Instant => now } }) }
  }
  const csv = (rate: string) => `date,from,to,rate\n2026-11-20,USD,EUR,${rate}\n`

  test('are read from one object', async () => {
    const { asked, rates } = someRates(csv('0.8627'))
    expect(await rates.rate(usd, eur, on)).toEqual({ from: usd, to: eur, date: '2026-11-20', microsPerUnit: 862_700n })
    expect(asked).toEqual([`archive/${RATES_KEY}`])
  })
  test('are kept for an hour, then read again', async () => {
    const { asked, wait, rates } = someRates(csv('0.8627'), csv('0.9'))
    await rates.rate(usd, eur, on)
    wait(HOUR_MS - 1)
    expect((await rates.rate(usd, eur, on))?.microsPerUnit).toBe(862_700n)
    wait(1)
    expect((await rates.rate(usd, eur, on))?.microsPerUnit).toBe(900_000n)
    expect(asked).toHaveLength(2)
  })
  test('are not asked for where there is one currency only', async () => {
    const { asked, rates } = someRates(new Error('AccessDenied'))
    expect((await rates.rate(eur, eur, on))?.microsPerUnit).toBe(1_000_000n)
    expect(asked).toEqual([])
  })
  test('that are not there are asked for by name', async () => {
    const { rates } = someRates(Object.assign(new Error(), { name: 'AccessDenied' }))
    await expect(rates.rate(usd, eur, on)).rejects.toThrow(
      'exchange rates cannot be read from s3://archive/rates/rates.csv (AccessDenied): upload them there',
    )
  })
})

test('the runner of the playground drives the same handlers', async () => {
  const stage = makeStageHandler({
    queue: 'pull',
    runTurn: async ({ key }) => {
      ran.push(key)
      return ran.length < 2 ? { kind: 'elsewhere' } : { kind: 'ran', summary: {} }
    },
    loopFor: (worker) => ({ worker }) as Loop,
    clock,
    log: () => {},
  })
  const ran: string[] = []
  const runner = createRunner({
    clock: virtualClock(NOW),
    handlers: { pull: stage },
    route: () => 'pull',
    dispatch: async () => {},
    tickMs: 15 * MINUTE_MS,
    visibilityTimeoutMs: 12 * MINUTE_MS,
    maxReceives: 5,
  })
  await runner.queue.send([{ stage: 'pull', key: 'meta:1', turn: NOW, attempt: 0 }])
  await runner.runUntil(later(NOW, 12 * MINUTE_MS))
  expect(ran).toEqual(['meta:1', 'meta:1'])
  expect(runner.pending).toBe(0)
})
