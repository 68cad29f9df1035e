import { describe, expect, test } from 'vitest'
import {
  countsByCampaign,
  hoursOver,
  outcomeOf,
  readAccount,
  spendByCampaign,
  viewOf,
} from '../../lib/control/guard-view.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { IntradaySpend } from '../../lib/model/history.ts'
import type { IntentRecord, Outcome } from '../../lib/model/intent.ts'
import type { ChangeEvent } from '../../lib/model/structure.ts'
import { addDays, DAY_MS, dateAt, type Instant, instant, later } from '../../lib/units/calendar.ts'
import { A, B, daily, EUR, euros, type Rig, rig } from '../simulation/rig.ts'

const TODAY = '2026-06-02' as IntradaySpend['date']
const today = (more: Partial<IntradaySpend> = {}): IntradaySpend => ({
  ...{ account: accountKey(A), date: TODAY, currency: EUR, readAt: instant('2026-06-02T10:15:00Z') },
  spendMicrosByHour: new Map(),
  ...more,
})

describe('a day so far', () => {
  test('is as many hours of the wall clock as it was read after its midnight, and all once it is over', () => {
    const zone = 'Europe/Berlin' as Parameters<typeof hoursOver>[1]
    expect(hoursOver(today(), zone)).toBe(12.25)
    expect(hoursOver(today({ readAt: instant('2026-06-02T22:00:00Z') }), zone)).toBe(24)
    expect(hoursOver(today({ readAt: instant('2026-06-02T21:59:59Z') }), zone)).toBeLessThan(24)
  })

  test('is what each campaign has spent, its ad groups summed, an hour that was not reported as nothing', () => {
    const hours = Array.from({ length: 25 }, () => 2n)
    const spend = spendByCampaign(
      today({
        spendMicrosByHour: new Map<string, readonly (bigint | undefined)[]>([
          ['10/1', [1n, undefined, 3n]],
          ['10/2', [10n, 20n]],
          ['11', hours],
        ]),
      }),
    )
    expect(spend.get('10' as never)).toEqual([11n, 20n, 3n, ...Array.from({ length: 21 }, () => 0n)])
    expect(spend.get('11' as never)).toHaveLength(24)
  })

  test('is what each campaign was seen and clicked, by hour where that was kept', () => {
    const seen = (impressions: number, clicks: number) => ({ impressions, clicks })
    const counts = new Map([
      ['10/1', seen(100, 3)],
      ['10/2', seen(50, 2)],
    ])
    expect(countsByCampaign(today({ counts }))).toEqual({ counts: new Map([['10', seen(150, 5)]]) })
    expect(countsByCampaign(today())).toEqual({ counts: new Map() })
    const countsByHour = new Map([
      ['10/1', [seen(60, 1), seen(40, 2)]],
      ['10/2', [undefined, seen(50, 2)]],
    ])
    const byHour = countsByCampaign(today({ counts, countsByHour })).countsByHour!.get('10' as never)!
    expect(byHour).toHaveLength(24)
    expect(byHour.slice(0, 3)).toEqual([seen(60, 1), seen(90, 4), seen(0, 0)])
  })
})

describe('what came of a change', () => {
  const change = { lever: daily(A, '10') } as IntentRecord['intent']['change']
  const at = 5 as Instant
  const of = (outcome: Outcome | undefined, account = A) =>
    outcomeOf({ intent: { change, at }, ...(outcome ? { outcome } : {}) } as IntentRecord, account)
  const refused = (kind: 'rejected' | 'transient'): Outcome =>
    ({ kind: 'refused', failure: { kind, code: 'NO', detail: 'not this one' } }) as Outcome

  test('is that it stands, or what the platform said of it', () => {
    expect(of({ kind: 'applied', readback: { kind: 'verified' } } as Outcome)).toEqual({ change, at })
    expect(of(refused('rejected'))).toEqual({ change, at, refused: 'rejected (NO): not this one' })
  })

  test('is nothing where it was not sent, may be tried again, is not known, or is of another account', () => {
    expect(of(refused('transient'))).toBeUndefined()
    expect(of({ kind: 'drifted', observed: undefined })).toBeUndefined()
    expect(of({ kind: 'unknown', detail: 'no answer' })).toBeUndefined()
    expect(of(undefined)).toBeUndefined()
    expect(of(refused('rejected'), B)).toBeUndefined()
  })
})

describe('what a portfolio’s breakers look at', () => {
  async function viewed(stage: Rig, more: Partial<Loop['facts']> = {}) {
    const loop = { ...stage.loop, facts: { ...stage.loop.facts, ...more } }
    const structure = (await loop.facts.structure(A))!
    const reading = await readAccount(structure, today({ date: dateAt(stage.now(), structure.zone) }), loop)
    return viewOf(stage.policy, [stage.policy], reading, stage.now(), loop)
  }
  const event = (at: Instant): ChangeEvent => ({
    ...{ at, actor: 'anna', origin: 'human', entity: { kind: 'campaign', id: '10' }, field: 'name' },
  })
  async function ready(mode: 'auto' | 'shadow' | 'observe' = 'auto'): Promise<Rig> {
    const stage = await rig({ mode })
    await stage.ready()
    return stage
  }

  test('are the changes of a day back, to the millisecond', async () => {
    const stage = await ready()
    const dayAgo = later(stage.now(), -DAY_MS)
    const changes = async () => [event(dayAgo), event(later(dayAgo, -1))]
    expect((await viewed(stage, { changes })).changes).toEqual([event(dayAgo)])
  })

  test('are edits as a pull saw them, and its own pushes, where the platform tells of no changes', async () => {
    const stage = await ready()
    await stage.plan([[A, '10', 90]])
    const changes = async () => []
    expect((await viewed(stage, { changes })).changes).toEqual([])
    await stage.run('act')
    const told = (await viewed(stage, { changes })).changes
    expect(told.map(({ origin, entity }) => [origin, entity.id])).toEqual([['ours', '10']])
    expect((await viewed(stage)).changes.length).toBeGreaterThan(0)
  })

  test('are the outcomes of portfolios that push', async () => {
    const stage = await ready()
    await stage.plan([[A, '10', 90]])
    await stage.run('act')
    expect((await viewed(stage)).outcomes).toHaveLength(1)
    for (const mode of ['shadow', 'observe'] as const) {
      await stage.setPolicy({ mode })
      expect((await viewed(stage)).outcomes).toEqual([])
    }
  })

  test('are the orders of four weeks and a day', async () => {
    const stage = await ready()
    const asked: unknown[] = []
    const since: Loop['orders']['since'] = async (_, from) => {
      asked.push(from)
      return []
    }
    const structure = (await stage.loop.facts.structure(A))!
    const loop = { ...stage.loop, orders: { ...stage.loop.orders, since } }
    const reading = await readAccount(structure, today(), loop)
    await viewOf(stage.policy, [stage.policy], reading, stage.now(), loop)
    expect(asked).toEqual([addDays(TODAY, -29)])
  })

  test('are the caps, where there are any', async () => {
    expect((await viewed(await ready())).cap).toEqual(euros(2000))
    const without = await rig({ cap: undefined })
    await without.ready()
    expect(await viewed(without)).not.toHaveProperty('cap')
  })
})
