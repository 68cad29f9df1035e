import { afterEach, describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../../lib/units/calendar.ts'
import type { TikTokTwin, TikTokTwinOptions } from '../../../playground/platforms/tiktok/server.ts'
import type { AccountSpec, StubWorld } from '../../playground/stub-world.ts'
import { SPEC } from './families.ts'
import { change, euros, kindsOf, lever, pause, ratio } from './levers.ts'
import { type OnTwin, onTwin } from './on-twin.ts'
import { ACCOUNT } from './stub.ts'

let twin: TikTokTwin
let world: StubWorld
afterEach(() => twin.close())

async function adapter(options?: Partial<TikTokTwinOptions>, spec?: AccountSpec): Promise<OnTwin> {
  const platform = await onTwin(options, spec)
  twin = platform.twin
  world = platform.world
  return platform
}

describe('writing', () => {
  test('a budget is set at the level that holds it, and reads back', async () => {
    const { reader, writer } = await adapter()
    const changes = [change('11', '100', '120.5'), change('23', '40', '45')]
    expect(kindsOf(await writer.apply(ACCOUNT, changes))).toEqual(['applied', 'applied'])
    const live = await reader.live(ACCOUNT, [lever('11'), lever('23')])
    expect(live.map(({ value }) => value)).toEqual([euros('120.5'), euros('45')])
  })

  test('Smart+ and GMV Max are refused without a request, by their ad groups too, pauses included', async () => {
    const { reader, writer } = await adapter()
    await reader.structure(ACCOUNT)
    const before = twin.requests.http
    const results = await writer.apply(ACCOUNT, [
      change('14', '80', '90'),
      change('15', '70', '80'),
      pause('14', 'campaign'),
      pause('26', 'ad-group'),
    ])
    expect(results.map((result) => (result.kind === 'refused' ? result.failure.detail : result.kind))).toEqual([
      expect.stringContaining('14 is a Smart+ campaign'),
      expect.stringContaining('15 is a GMV Max campaign'),
      expect.stringContaining('14 is a Smart+ campaign'),
      expect.stringContaining('14 is a Smart+ campaign'),
    ])
    expect(twin.requests.http).toBe(before)
  })

  test('a writer that has read nothing yet looks first, and refuses them as well', async () => {
    const { writer } = await adapter()
    const results = await writer.apply(ACCOUNT, [change('14', '80', '90'), change('15', '70', '80')])
    expect(kindsOf(results)).toEqual(['refused', 'refused'])
    expect(twin.requests.writes).toBe(0)
  })

  test('an ad group under a campaign budget has none of its own: TikTok would ignore one, and say that all is well', async () => {
    const { writer } = await adapter()
    const [result] = await writer.apply(ACCOUNT, [change('21', '10', '20')])
    expect(result).toMatchObject({
      failure: { code: 'not-honoured', detail: expect.stringContaining("campaign's budget") },
    })
  })

  test('targets and bids are set on ad groups', async () => {
    const { reader, writer } = await adapter()
    const cpa = lever('21', { kind: 'target-cpa', entity: 'ad-group' })
    const roas = lever('24', { kind: 'target-roas', entity: 'ad-group' })
    const bid = lever('29', { kind: 'bid', entity: 'ad-group' })
    const results = await writer.apply(ACCOUNT, [
      { lever: cpa, from: euros('12.5'), to: euros('13.25') },
      { lever: roas, from: ratio(2.5), to: ratio(2.756) },
      { lever: bid, from: euros('1.25'), to: euros('1.3') },
    ])
    expect(kindsOf(results)).toEqual(['applied', 'applied', 'applied'])
    const live = await reader.live(ACCOUNT, [cpa, roas, bid])
    expect(live.map(({ value }) => value)).toEqual([euros('13.25'), ratio(2.76), euros('1.3')])
  })

  test('a target ROAS beyond 10 is not sent', async () => {
    const { writer } = await adapter()
    const roas = lever('24', { kind: 'target-roas', entity: 'ad-group' })
    const [result] = await writer.apply(ACCOUNT, [{ lever: roas, from: ratio(2.5), to: ratio(10.01) }])
    expect(result).toMatchObject({ kind: 'refused', failure: { code: 'not-honoured' } })
    expect(twin.requests.writes).toBe(0)
  })

  test('pausing and resuming', async () => {
    const { reader, writer } = await adapter()
    const results = await writer.apply(ACCOUNT, [pause('11', 'campaign'), pause('23', 'ad-group')])
    expect(kindsOf(results)).toEqual(['applied', 'applied'])
    const status = (id: string, entity: 'campaign' | 'ad-group') => lever(id, { kind: 'status', entity })
    const [campaign, adGroup] = await reader.live(ACCOUNT, [status('11', 'campaign'), status('23', 'ad-group')])
    expect(campaign?.value).toEqual({ kind: 'status', status: 'paused' })
    expect(adGroup?.value).toEqual({ kind: 'status', status: 'paused' })
  })

  test('ad groups are paused together, and one of them that is gone does not keep the others running', async () => {
    const { reader, writer } = await adapter()
    await reader.structure(ACCOUNT)
    world.apply(
      { platform: 'tiktok', accountId: '7001', kind: 'status', level: 'ad-group', id: '22', status: 'removed' },
      { kind: 'human', name: 'somebody' },
    )
    const before = twin.requests.writes
    const results = await writer.apply(ACCOUNT, [
      pause('21', 'ad-group'),
      pause('22', 'ad-group'),
      pause('23', 'ad-group'),
    ])
    expect(kindsOf(results)).toEqual(['applied', 'refused', 'applied'])
    expect(results[1]).toMatchObject({ failure: { kind: 'rejected', code: '20001' } })
    expect(twin.requests.writes).toBe(before + 1)
  })

  test('less than 105 % of what was spent is refused, 105 % is not', async () => {
    const { writer } = await adapter()
    // Twelve hours of Berlin are over, less none: the world stands at noon, and 12 × €1.50 × 2 ad groups were spent.
    const results = await writer.apply(ACCOUNT, [change('11', '100', '50')])
    expect(kindsOf(results)).toEqual(['applied'])
    world.pass(8 * HOUR_MS)
    const [low] = await writer.apply(ACCOUNT, [change('11', '50', '62.99')])
    expect(low).toMatchObject({ failure: { code: '40002', detail: expect.stringContaining('105%') } })
    expect(kindsOf(await writer.apply(ACCOUNT, [change('11', '50', '63')]))).toEqual(['applied'])
  })

  test('a budget whose level is known is looked for there alone: an ad group, and the campaign that governs it', async () => {
    const { reader } = await adapter()
    await reader.structure(ACCOUNT)
    const before = twin.requests.reads
    const live = await reader.live(ACCOUNT, [lever('23'), lever('11')])
    expect(live.map(({ value }) => value)).toEqual([euros('40'), euros('100')])
    // The campaign, the ad group, and the ad group's campaign.
    expect(twin.requests.reads).toBe(before + 3)
  })

  test('what is gone reads as gone, and is not written to', async () => {
    const { reader, writer } = await adapter()
    const [gone, deleted] = await reader.live(ACCOUNT, [lever('999'), lever('16')])
    expect([gone?.value, deleted?.value]).toEqual([undefined, undefined])
    expect(kindsOf(await writer.apply(ACCOUNT, [change('999', '20', '30')]))).toEqual(['refused'])
    expect(twin.requests.writes).toBe(0)
  })
})

describe('failures', () => {
  test('a token that is revoked in the middle of paging fails the whole reading', async () => {
    const campaigns = Array.from({ length: 1_200 }, (_, i) => ({ id: String(100_000 + i), budget: 100_000_000n }))
    const { reader } = await adapter(
      {
        faults: ({ path, sequence }) => (path.includes('/campaign/get/') && sequence > 5 ? 'unauthorised' : undefined),
      },
      { ...SPEC, campaigns },
    )
    await expect(reader.structure(ACCOUNT)).rejects.toMatchObject({ failure: { kind: 'unauthorised' } })
  })

  test('pages are followed to their end', async () => {
    const campaigns = Array.from({ length: 2_345 }, (_, i) => ({ id: String(100_000 + i), budget: 100_000_000n }))
    const { reader } = await adapter({}, { ...SPEC, campaigns })
    expect((await reader.structure(ACCOUNT)).campaigns).toHaveLength(2_345)
  })

  test('a response that is lost after the write is unknown, and the value is there', async () => {
    const { reader, writer } = await adapter({ faults: ({ mutating }) => (mutating ? 'drop-after' : undefined) })
    expect(kindsOf(await writer.apply(ACCOUNT, [change('11', '100', '110')]))).toEqual(['unknown'])
    expect((await reader.live(ACCOUNT, [lever('11')]))[0]?.value).toEqual(euros('110'))
  })

  test.each([
    ['rate-limited', 'refused'],
    ['unauthorised', 'refused'],
    // TikTok's "system error" may come after the write.
    ['unavailable', 'unknown'],
    ['drop-before', 'unknown'],
    ['truncate', 'unknown'],
  ] as const)('a write that meets %s is %s', async (fault, kind) => {
    const { writer } = await adapter({ faults: ({ mutating }) => (mutating ? fault : undefined) })
    expect(kindsOf(await writer.apply(ACCOUNT, [change('11', '100', '110')]))).toEqual([kind])
  })

  test('a pause goes out even where nothing can be read', async () => {
    const { writer } = await adapter({ faults: ({ mutating }) => (mutating ? undefined : 'rate-limited') })
    expect(kindsOf(await writer.apply(ACCOUNT, [pause('11', 'campaign')]))).toEqual(['applied'])
    expect(kindsOf(await writer.apply(ACCOUNT, [change('13', '900', '950')]))).toEqual(['refused'])
  })
})
