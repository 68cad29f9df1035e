import { describe, expect, test } from 'vitest'
import { openPlans } from '../../lib/control/dispatch.ts'
import { fold } from '../../lib/control/fold.ts'
import { accountKey } from '../../lib/model/account.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, euros, type Rig, rig } from '../simulation/rig.ts'

const micros = (units: number): bigint => BigInt(units) * 1_000_000n

async function pullLater(stage: Rig, account = A): Promise<void> {
  stage.wait(MINUTE_MS)
  await stage.run('pull', account)
}

const statusOf = (stage: Rig, status: 'active' | 'paused'): void =>
  void stage.ads.accounts.get(accountKey(A))!.campaigns.set('10', status)

describe('an edit outside the caps', () => {
  test('made while the campaign was paused is marked, and is to be cut back once it runs', async () => {
    const stage = await rig()
    await stage.ready()
    statusOf(stage, 'paused')
    await pullLater(stage)
    stage.ads.human(A, '10', micros(10_000))
    await pullLater(stage)
    // 100 with the usual room of a day.
    expect((await stage.state(A, '10')).cutBackTo).toEqual({ kind: 'money', amount: euros(120) })
    stage.queued.length = 0
    statusOf(stage, 'active')
    await pullLater(stage)
    expect(stage.queued).toContainEqual(expect.objectContaining({ stage: 'plan', key: 'eu' }))
  })

  test('is measured by the largest budget in the account’s own currency', async () => {
    const stage = await rig({
      currencies: { '2': 'USD' },
      rates: (from, to, date) => ({ from, to, date, microsPerUnit: from === to ? 1_000_000n : 500_000n }) as never,
      policy: { guardrails: { maxDailyBudget: '250 EUR' } },
    })
    await stage.ready()
    // 600 USD are 300 EUR, above 250; 400 USD are 200 EUR and below it.
    stage.ads.human(B, '20', micros(400))
    stage.ads.human(B, '21', micros(600))
    await pullLater(stage, B)
    expect((await stage.state(B, '20')).cutBackTo).toBeUndefined()
    expect((await stage.state(B, '21')).cutBackTo).toBeDefined()
  })

  test('is measured by what the day cap of its account leaves', async () => {
    // 600 may cost 1,200 in a day: of 1,600 that leaves 200 for a budget.
    const stage = await rig({ cap: 1_600 })
    await stage.ready()
    stage.ads.human(A, '10', micros(300))
    await pullLater(stage)
    expect((await stage.state(A, '10')).cutBackTo).toBeUndefined()
    stage.ads.human(A, '10', micros(301))
    await pullLater(stage)
    expect(await stage.state(A, '10')).toMatchObject({
      cutBackTo: { kind: 'money', amount: euros(300) },
      cutBackWhy: expect.stringContaining('above what the account’s day cap leaves'),
    })
  })

  test('is not measured by the bounds of another account’s budget with the same id', async () => {
    const stage = await rig({
      budgets: { '1': { '10': 100 }, '2': { '10': 100 } },
      policy: { bounds: [{ account: accountKey(B), budget: '10', atMost: '110 EUR' }] },
    })
    await stage.ready()
    stage.ads.human(A, '10', micros(150))
    stage.ads.human(B, '10', micros(150))
    await pullLater(stage, A)
    await pullLater(stage, B)
    expect((await stage.state(A, '10')).cutBackTo).toBeUndefined()
    expect((await stage.state(B, '10')).cutBackTo).toEqual({ kind: 'money', amount: euros(110) })
  })
})

test('a day of hourly corrections does not push the daily plan out of sight', async () => {
  const stage = await rig()
  await stage.ready()
  const daily = await stage.plan([[A, '11', 210]])
  for (let hour = 0; hour < 24; hour++) {
    stage.wait(MINUTE_MS)
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
  }
  const open = await openPlans(stage.policy.policy, stage.now(), stage.loop)
  expect(open.map(({ id }) => id)).toContain(daily.id)
})

test('the platform is told when the run ends, so that no write goes out after it', async () => {
  const stage = await rig()
  await stage.ready()
  await stage.plan([[A, '10', 110]])
  const { writer } = stage.loop.platforms(A.platform)
  const apply = writer.apply
  let told: number | undefined
  Object.assign(writer, {
    apply: (...args: Parameters<typeof apply>) => {
      told = args[2]
      return apply(...args)
    },
  })
  const before = stage.now()
  await stage.run('act')
  expect(told).toBe(before + stage.loop.timing.runLimitMs)
})

test('a larger over-delivery factor counts for the day that is open, and a smaller one takes nothing back', async () => {
  const stage = await rig()
  await stage.ready()
  const before = await stage.exposure(A)
  const factorOf = (overDeliveryFactor: number) => ({
    accounts: stage.policy.policy.accounts.map(({ account, conversions }) => ({
      account: accountKey(account),
      conversions,
      overDeliveryFactor,
      dayCap: '9000 EUR',
    })),
  })
  await stage.setPolicy(factorOf(4))
  await pullLater(stage)
  // The rig's platform doubles a budget at worst; four times it is twice as much.
  expect(await stage.exposure(A)).toBe(2n * before)
  await stage.setPolicy(factorOf(1))
  await pullLater(stage)
  expect(await stage.exposure(A)).toBe(2n * before)
  const { account } = fold(await Array.fromAsync(stage.loop.audit.records(accountKey(A))))
  expect([...account.values()].at(-1)?.exposureMicros).toBe(2n * before)
})
