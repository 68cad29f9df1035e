import { describe, expect, test, vi } from 'vitest'
import { fold } from '../../lib/control/fold.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey, portfolioId } from '../../lib/model/account.ts'
import { decisionLever } from '../../lib/model/plan.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { accountDate, HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, B, euros, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const micros = (units: number): bigint => euros(units).micros

async function actAll(stage: Rig, account = A): Promise<void> {
  for (let i = 0; i < 4; i++) {
    stage.wait(1000)
    await stage.run('act', account)
  }
}

async function pullLater(stage: Rig, account = A): Promise<void> {
  stage.wait(MINUTE_MS)
  await stage.run('pull', account)
}

const notes = async ({ loop }: Rig): Promise<readonly string[]> =>
  (await Array.fromAsync(loop.audit.records(accountKey(A)))).flatMap(({ entries }) =>
    entries.flatMap((entry) =>
      entry.kind === 'settled' ? [`${entry.lever.split('/').at(-1)} ${entry.outcome}: ${entry.detail}`] : [],
    ),
  )

describe('an account’s day', () => {
  test('opens once, at twice every budget that can spend', async () => {
    const stage = await rig()
    stage.ads.accounts.get(accountKey(A))!.campaigns.set('12', 'paused')
    await stage.ready()
    await pullLater(stage)
    await pullLater(stage)
    // 2 × (100 + 200); the paused 300 cost nothing.
    expect(await stage.exposure(A)).toBe(micros(600))
    const records = await Array.fromAsync(stage.loop.audit.records(accountKey(A)))
    expect(records.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'day-opened')).toHaveLength(1)
  })

  test('that is open as it should be is not read twice by a pull', async () => {
    const stage = await rig()
    await stage.ready()
    await pullLater(stage)
    const allLevers = vi.spyOn(stage.loop.money, 'allLevers')
    await pullLater(stage)
    expect(allLevers).toHaveBeenCalledTimes(1)
  })

  test('stays charged by the highest value of the day: a raise that is cut again costs as much as before', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 120]])
    await actAll(stage)
    expect(await stage.exposure(A)).toBe(micros(1240))
    await stage.plan([[A, '10', 80]])
    await actAll(stage)
    expect(stage.ads.micros(A, '10')).toBe(micros(80))
    expect(await stage.exposure(A)).toBe(micros(1240))
    // And going up to what it has been already adds nothing.
    await stage.plan([[A, '10', 120]])
    await actAll(stage)
    expect(await stage.exposure(A)).toBe(micros(1240))
    expect(await broken(stage)).toEqual([])
  })

  test('the next day is charged by what stands then', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]])
    await actAll(stage)
    stage.wait(24 * HOUR_MS)
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(micros(1160))
  })

  test('what a person raised is added when it is seen, and what a person cut is not taken off', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(110))
    stage.ads.human(A, '11', micros(150))
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(1220))
    expect(await stage.portfolioExposure()).toBe(micros(1220 + 600))
    expect(await broken(stage)).toEqual([])
  })

  test('a budget that appears in the middle of the day is added; one that disappears stays counted for the day', async () => {
    const stage = await rig()
    await stage.ready()
    const own = stage.ads.accounts.get(accountKey(A))!
    own.budgets.set('13', { id: '13', micros: micros(50), period: 'daily', status: 'active', campaigns: ['13'] })
    own.campaigns.set('13', 'active')
    own.budgets.delete('12')
    own.campaigns.delete('12')
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(1300))
    expect(await broken(stage)).toEqual([])
    stage.wait(24 * HOUR_MS)
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(micros(700))
  })

  test('a campaign that is paused stays counted for the day; one that is started is counted from then on', async () => {
    const stage = await rig()
    const { campaigns } = stage.ads.accounts.get(accountKey(A))!
    campaigns.set('12', 'paused')
    await stage.ready()
    campaigns.set('11', 'paused')
    campaigns.set('12', 'active')
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(1200))
    stage.wait(24 * HOUR_MS)
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(micros(800))
  })

  test('a budget that was raised and then paused, both unseen, is counted at what it was raised to', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(500))
    stage.ads.accounts.get(accountKey(A))!.campaigns.set('10', 'paused')
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(2000))
  })

  test('a lifetime budget counts once, with its amount', async () => {
    const stage = await rig()
    const { budgets } = stage.ads.accounts.get(accountKey(A))!
    budgets.set('12', { ...budgets.get('12')!, period: 'lifetime' })
    await stage.ready()
    expect(await stage.exposure(A)).toBe(micros(200 + 400 + 300))
  })

  test('all lifetime budgets may go on one day: they are added up', async () => {
    const stage = await rig()
    const { budgets } = stage.ads.accounts.get(accountKey(A))!
    for (const id of ['11', '12']) budgets.set(id, { ...budgets.get(id)!, period: 'lifetime' })
    await stage.ready()
    expect(await stage.exposure(A)).toBe(micros(200 + 200 + 300))
  })

  test('a cap that a new policy lowers holds from the next push on, before any pull has seen it', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.setPolicy({
      accounts: [
        {
          account: accountKey(A),
          dayCap: '1210 EUR',
          conversions: { action: 'purchase', clickWindowDays: 7, basis: 'click' },
        },
      ],
    })
    await stage.plan([[A, '10', 120]])
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
    expect(await notes(stage)).toEqual(['10 dropped: the account’s day would cost more than its cap at worst'])
    await pullLater(stage)
    const records = await Array.fromAsync(stage.loop.audit.records(accountKey(A)))
    expect(fold(records).account.get('2026-06-02')?.capMicros).toBe(micros(1210))
  })

  test('raises go exactly as far as the cap, and cuts go also above it', async () => {
    const stage = await rig({ cap: 1240 })
    await stage.ready()
    await stage.plan([
      [A, '10', 115],
      [A, '11', 205],
      [A, '12', 301],
    ])
    await actAll(stage)
    // 1,200 + 2 × 15 + 2 × 5 = 1,240; the third has no room for 2.
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['10', '11'])
    stage.ads.human(A, '12', micros(310))
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(1260))
    await stage.plan([[A, '11', 150]])
    await actAll(stage)
    expect(stage.ads.micros(A, '11')).toBe(micros(150))
    expect(await broken(stage)).toEqual([])
  })

  test('nothing is raised where the policy gives no cap', async () => {
    const stage = await rig({ cap: undefined })
    await stage.ready()
    await stage.plan([[A, '10', 120]])
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
    expect(await notes(stage)).toEqual(['10 dropped: there is no cap in the policy'])
  })

  test('a cut of what the record does not know of is not made: its day would be counted too low', async () => {
    const stage = await rig()
    await stage.ready()
    // Structure says 500 already, the record still 100: a pull died between the two.
    stage.ads.human(A, '10', micros(500))
    await stage.plan([[A, '10', 400]], { from: 500 })
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
    expect(await notes(stage)).toEqual(['10 drifted: it is known at 100 EUR, and the decision was based on 500 EUR'])
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(2000))
  })
})

describe('midnight', () => {
  /** 22:30 in Berlin, at the end of a correction that pushed 10 from 100 to 120 and heard no answer. */
  async function lateAtNight(fate: 'lost-before' | 'lost-after'): Promise<Rig> {
    const stage = await rig({ start: instant('2026-06-02T20:30:00Z') })
    await stage.ready()
    await stage.plan([[A, '10', 120]], { occasion: 'correction' })
    stage.ads.fate = () => fate
    await stage.run('act')
    stage.wait(instant('2026-06-02T22:05:00Z') - stage.now())
    return stage
  }

  test('a push whose outcome is open is counted at the worse value on the new day too', async () => {
    const stage = await lateAtNight('lost-after')
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(micros(1240))
    await stage.run('verify')
    expect(await stage.exposure(A)).toBe(micros(1240))
    expect(await broken(stage)).toEqual([])
  })

  test('settled before the new day is open, it is counted when that opens', async () => {
    const stage = await lateAtNight('lost-after')
    await stage.run('verify')
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(micros(1240))
    expect(await broken(stage)).toEqual([])
  })

  test('a budget that is gone when its push is settled stays counted on the new day, which it may have begun', async () => {
    const stage = await lateAtNight('lost-before')
    await stage.run('pull')
    stage.ads.accounts.get(accountKey(A))!.budgets.get('10')!.status = 'removed'
    stage.wait(MINUTE_MS)
    await stage.run('verify')
    await pullLater(stage)
    expect(await stage.exposure(A)).toBe(micros(1240))
    expect(await broken(stage)).toEqual([])
  })

  test('a push that is settled before the new day is open leaves no day in the fold that the ledger does not have', async () => {
    const stage = await lateAtNight('lost-before')
    await stage.run('verify')
    const records = await Array.fromAsync(stage.loop.audit.records(accountKey(A)))
    expect([...fold(records).account.keys()]).toEqual(['2026-06-02'])
    expect(await broken(stage)).toEqual([])
  })

  test('the ledger of the old day is not touched any more', async () => {
    const stage = await lateAtNight('lost-before')
    await stage.run('pull')
    await stage.run('verify')
    const old = await stage.loop.money.accountDay(A, accountDate('2026-06-02'))
    expect(old?.exposure.micros).toBe(micros(1240))
    expect(await broken(stage)).toEqual([])
  })
})

describe('a portfolio’s day', () => {
  const YEN = { currencies: { '2': 'USD' } }
  const dollar = (microsPerUnit: bigint) => (from: string, to: string, date: ReturnType<typeof accountDate>) =>
    ({ from, to, date, microsPerUnit }) as never

  test('counts other currencies at the rate pinned when it opened, and the policy’s haircut of 2 % on top', async () => {
    const stage = await rig({ ...YEN, rates: dollar(900_000n) })
    await stage.ready()
    expect(await stage.portfolioExposure()).toBe(micros(1200 + 600 * 0.918))
    stage.ads.human(B, '20', micros(110))
    await pullLater(stage, B)
    expect(await stage.portfolioExposure()).toBe(micros(1200 + 620 * 0.918))
  })

  test('what a plan’s raises took is given back at the rate at which it was taken, whatever the day’s rate', async () => {
    let rate = 900_000n
    const stage = await rig({ ...YEN, rates: (from, to, on) => dollar(rate)(from, to, on) })
    await stage.ready()
    rate = 800_000n
    const header = await stage.plan([[B, '20', 120]])
    stage.ads.fate = () => 'refused'
    await actAll(stage, B)
    expect(await stage.loop.plans.progress(header.id)).toMatchObject({ raised: euros(0) })
  })

  test('counts an edit that was seen just while it was opened, by a pull that did not find it open', async () => {
    const stage = await rig()
    await stage.run('pull')
    await stage.run('pull', B)
    const commit = stage.loop.money.commit
    // Somebody raises a budget, and a pull that has not found the day sees it once the opening worker has read it.
    vi.spyOn(stage.loop.money, 'commit').mockImplementation(async (one) => {
      if (one.portfolioDay?.expected === 0) {
        vi.mocked(stage.loop.money.commit).mockImplementation(commit)
        stage.ads.human(A, '10', micros(110))
        await pullLater(stage)
      }
      return commit(one)
    })
    await stage.run('plan')
    expect(await stage.portfolioExposure()).toBe(micros(2 * (110 + 200 + 300) + 600))
    expect(await broken(stage)).toEqual([])
  })

  test('that was opened while a pull looked at an edit has the edit: the pull looks again', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(110))
    const { portfolioDay } = stage.loop.money
    const reads = vi.spyOn(stage.loop.money, 'portfolioDay')
    // Of what a commit is built on the first time, nothing shows the day.
    reads.mockImplementation(async (...day) => (reads.mock.calls.length > 2 ? portfolioDay(...day) : undefined))
    await pullLater(stage)
    expect(await stage.portfolioExposure()).toBe(micros(1820))
    expect(await broken(stage)).toEqual([])
  })

  test('the cap of the portfolio holds raises of every account together', async () => {
    const stage = await rig({ portfolioCap: 1830 })
    await stage.ready()
    await stage.plan([
      [A, '10', 110],
      [B, '20', 110],
    ])
    await actAll(stage, A)
    await actAll(stage, B)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['10'])
    expect(await stage.portfolioExposure()).toBe(micros(1820))
  })

  test('a lower cap in a new policy holds at once', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.setPolicy({ dayCap: '1810 EUR' })
    await stage.plan([[A, '10', 110]])
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('a cap that a person accepts during the day is taken over by the next plan', async () => {
    const stage = await rig({ portfolioCap: undefined })
    await stage.ready()
    await stage.setPolicy({ dayCap: '5000 EUR' })
    stage.wait(1000)
    await stage.run('plan')
    const day = await stage.loop.money.portfolioDay(PORTFOLIO, accountDate('2026-06-02'))
    expect(day?.cap).toEqual(euros(5000))
    const chain = await Array.fromAsync(stage.loop.audit.records(`portfolio/${PORTFOLIO}`))
    expect(fold(chain).portfolios.get(`${PORTFOLIO}/2026-06-02`)?.capMicros).toBe(micros(5000))
    expect(await broken(stage)).toEqual([])
  })
})

describe('two portfolios on one account', () => {
  /** Portfolio `eu` has campaigns 10 and 12, portfolio `brand` 11; they give the account different factors and caps. */
  async function shared(members: readonly object[]): Promise<Rig> {
    const account = (overDeliveryFactor: number, dayCap: string) => ({
      account: accountKey(A),
      conversions: { action: 'purchase', clickWindowDays: 7, basis: 'click' },
      overDeliveryFactor,
      dayCap,
    })
    const stage = await rig({
      // At the daily decision.
      start: instant('2026-06-01T23:30:00Z'),
      policy: {
        accounts: [account(1.5, '2000 EUR')],
        guardrails: { maxDayRise: 0.5 },
        members: [
          { id: '10', class: 'prospecting' },
          { id: '12', class: 'prospecting' },
        ],
      },
    })
    const other = policyFrom(
      {
        portfolio: 'brand',
        owner: 'brand',
        mode: 'auto',
        baseCurrency: 'EUR',
        zone: 'Europe/Berlin',
        goal: { kind: 'conversions' },
        flight: { from: '2026-06-01', to: '2026-06-30', total: '9000 EUR' },
        dayCap: '5000 EUR',
        accounts: [account(2, '1300 EUR')],
        members,
      },
      'the other policy',
    )
    await stage.loop.policies.put(other, 'test', stage.now())
    await stage.ready()
    return stage
  }

  test('the account’s day has the larger factor and the smaller cap, for pushes of either', async () => {
    const stage = await shared([{ id: '11', class: 'brand' }])
    expect(await stage.exposure(A)).toBe(micros(1200))
    await stage.plan([[A, '12', 350]])
    await actAll(stage)
    expect(stage.ads.micros(A, '12')).toBe(micros(350))
    expect(await stage.exposure(A)).toBe(micros(1300))
    await stage.plan([[A, '10', 101]])
    await actAll(stage)
    expect(stage.ads.micros(A, '10')).toBe(micros(100))
    expect(await broken(stage)).toEqual([])
  })

  test('a budget that both lay claim to is moved by neither', async () => {
    const stage = await shared([
      { id: '11', class: 'brand' },
      { id: '12', class: 'brand' },
    ])
    for (const portfolio of [PORTFOLIO, portfolioId('brand')]) {
      await runTurn({ stage: 'plan', key: portfolio, turn: stage.now(), attempt: 0 }, stage.worker(portfolio))
      const [header] = await stage.loop.plans.recent(portfolio, 1)
      const decisions = await stage.loop.plans.decisions(header!)
      expect(decisions.find((one) => decisionLever(one).id === '12')).toMatchObject({
        kind: 'hold',
        reason: 'not-managed',
        detail: expect.stringContaining('a budget belongs to one portfolio'),
      })
    }
    stage.ads.human(A, '12', micros(9000))
    await pullLater(stage)
    expect((await stage.state(A, '12')).cutBackTo).toBeUndefined()
    expect(await stage.exposure(A)).toBe(micros(600 + 18_000))
    expect(await broken(stage)).toEqual([])
  })
})
