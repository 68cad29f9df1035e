/**
 * Two habits of the published client, each beside what Sluice's own adapter does in the same place: it sends writes
 * again without being asked, and it turns int64 into a JavaScript number. `test/bench/google-transport.ts` measures them.
 */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { FaultPlan } from '../../playground/faults.ts'
import { customerAt as packageAt } from '../bench/google-transport.seams.ts'
import { grpcWrites } from '../bench/google-transport.servers.ts'
import * as tiny from '../platforms/google-ads/tiny-server.ts'
import { ACCOUNT, amount, lever, type Stage, startStage } from '../platforms/google-ads/twin-stage.ts'
import { CUSTOMER } from '../playground/google-ads/stub-world.ts'
import { accessToken, customerAt } from './google-ads-client.redirect.ts'

const HOUR_MS = 3_600_000
const RAISE = {
  entity: 'campaign_budget',
  operation: 'update',
  resource: { resource_name: `customers/${CUSTOMER}/campaignBudgets/501`, amount_micros: 60_000_000 },
} as const

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** The first mutate of each transport is answered with UNAVAILABLE and not executed; the others are. */
function firstUnavailable(): FaultPlan {
  const met = new Set<string>()
  return ({ mutating, path }) => {
    if (!mutating || met.has(path)) return undefined
    met.add(path)
    return 'unavailable'
  }
}

async function stageWith(faults: FaultPlan): Promise<Stage> {
  const stage = await startStage({}, { grpc: true, faults })
  closing.push(() => stage.twin.close())
  return stage
}

const budgetOf = ({ world }: Stage) => world.account('google-ads', CUSTOMER)?.budgets.get('501')
const packageOn = async ({ twin }: Stage) => customerAt(twin, { customerId: CUSTOMER, token: await accessToken(twin) })

describe('a write that is answered with UNAVAILABLE', () => {
  test('goes out twice through the package, which reports one success; once through ours, which says unknown', async () => {
    const stage = await stageWith(firstUnavailable())
    const customer = await packageOn(stage)
    const change = { lever: lever('daily-budget', 'budget', '501'), from: amount(50_000_000n), to: amount(70_000_000n) }

    const ours = await stage.google.writer.apply(ACCOUNT, [change])
    expect(ours).toMatchObject([{ kind: 'unknown' }])
    expect(budgetOf(stage)?.amountMicros).toBe(50_000_000n)

    // The package waits up to five seconds before it sends again: more than enough for ours to have done so too.
    await expect(customer.mutateResources([RAISE])).resolves.toMatchObject({ mutate_operation_responses: [{}] })
    expect(budgetOf(stage)?.amountMicros).toBe(60_000_000n)
    expect(stage.twin.requests).toMatchObject({ 'grpc googleAds:mutate': 2, 'googleAds:mutate': 1 })
  })
})

describe('a write that is not answered', () => {
  test('may wait for four hours in the package', async () => {
    const server = await grpcWrites('no answer')
    const sent = packageAt({ port: server.port }).mutateResources([RAISE])
    const ended = expect(sent).rejects.toThrow(/the server closes/)
    await vi.waitFor(() => expect(server.arrivals).toHaveLength(1), 20_000)
    // What gRPC tells the server: four hours, less what passed on the way.
    expect(server.arrivals[0]?.allowedMs).toBeGreaterThan(3 * HOUR_MS)
    expect(server.arrivals[0]?.allowedMs).toBeLessThanOrEqual(4 * HOUR_MS)
    await server.close()
    await ended
  })

  test('is sent once by ours, and unknown when the time that we allow it has passed', async () => {
    const server = await tiny.tinyServer(() => 'hang')
    closing.push(server.close)
    const { writer } = tiny.platformAt(server, { requestTimeoutMs: 200 })
    const [result] = await writer.apply(tiny.ACCOUNT, [tiny.budgetTo('501', 60_000_000n)])
    expect(result).toMatchObject({ kind: 'unknown', detail: expect.stringContaining('no answer within 200 ms') })
    expect(server.asked.filter(({ path }) => path.endsWith('googleAds:mutate'))).toHaveLength(1)
  })
})

describe('an amount of 9007199254740993 micros, which no double holds', () => {
  test('is one micro less in the package’s rows, and exact in ours', async () => {
    const stage = await stageWith(() => undefined)
    budgetOf(stage)!.amountMicros = 9_007_199_254_740_993n
    const customer = await packageOn(stage)
    const query = 'SELECT campaign_budget.amount_micros FROM campaign_budget WHERE campaign_budget.id = 501'
    const [theirs] = await customer.query(query)
    expect(theirs?.campaign_budget?.amount_micros).toBe(9_007_199_254_740_992)
    const [ours] = await stage.google.reader.live(ACCOUNT, [lever('daily-budget', 'budget', '501')])
    expect(ours?.value).toEqual(amount(9_007_199_254_740_993n))
  })
})
