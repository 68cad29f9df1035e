import { afterEach, describe, expect, test } from 'vitest'
import type { WriteResult } from '../../../lib/model/failure.ts'
import type { Announcement } from '../../../lib/ports/platform.ts'
import { instant } from '../../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import type { Reply } from '../stub-server.ts'
import { ACCOUNT, adapterOn, type Stub, startStub } from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

const USD = currency('USD')
const wanted = (over: object = {}): Announcement => ({
  kind: 'budget-schedule',
  name: 'black-friday',
  from: instant('2026-11-27T00:00:00Z'),
  to: instant('2026-11-28T00:00:00Z'),
  budget: { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: '20' },
  amount: fromDecimal('150', USD),
  over: fromDecimal('100', USD),
  ...over,
})
const period = (over: object = {}) => ({
  id: '900',
  budget_value: 5000,
  budget_value_type: 'ABSOLUTE',
  time_start: '2026-11-27T00:00:00+0000',
  time_end: '2026-11-28T00:00:00+0000',
  ...over,
})
const holder = { id: '20', account_id: '1001', status: 'ACTIVE', effective_status: 'ACTIVE', daily_budget: '10000' }
const posts = () => stub.calls.filter(({ method }) => method === 'POST')

/** An ad set with $100 a day and these schedules. */
async function adapter(
  there: readonly object[] = [],
  created: Reply = { json: { id: '901' } },
  { isOn = true, switched = { json: { success: true } } }: { isOn?: boolean; switched?: Reply } = {},
) {
  stub = await startStub(({ method, path, params }) => {
    if (method === 'POST') return path.endsWith('/budget_schedules') ? created : switched
    if (path.endsWith('/20')) return { json: { id: '20', is_budget_schedule_enabled: isOn } }
    if (path.endsWith('/budget_schedules')) return { json: { data: there } }
    if (path.endsWith('/adsets')) return { json: { data: [{ ...holder, is_budget_schedule_enabled: true }] } }
    if (path.endsWith('/campaigns')) return { json: { data: [] } }
    return params.has('ids') ? { json: { '20': holder } } : { json: { currency: 'USD', timezone_name: 'UTC' } }
  })
  return adapterOn(stub.origin)
}
const announce = async (what: Announcement, there?: readonly object[], created?: Reply): Promise<WriteResult> =>
  (await adapter(there, created)).writer.announce(ACCOUNT, what)

describe('announcing a budget schedule', () => {
  test('sends the increase over the present budget: $150 over $100 is 5000 cents', async () => {
    expect(await announce(wanted())).toEqual({ kind: 'applied' })
    expect(posts()).toHaveLength(1)
    expect(posts()[0]?.path).toBe('/v25.0/20/budget_schedules')
    expect(Object.fromEntries(posts()[0]?.params ?? [])).toEqual({
      budget_value: '5000',
      budget_value_type: 'ABSOLUTE',
      time_start: String(Date.parse('2026-11-27T00:00:00Z') / 1000),
      time_end: String(Date.parse('2026-11-28T00:00:00Z') / 1000),
    })
  })

  test('creates nothing when the same one is there already', async () => {
    expect(await announce(wanted(), [period()])).toEqual({ kind: 'applied' })
    expect(posts()).toEqual([])
  })

  test.each<{ name: string; what: Announcement; there?: readonly object[]; says: RegExp }>([
    {
      name: 'one of another amount is there',
      what: wanted(),
      there: [period({ budget_value: 9000 })],
      says: /already raises the budget in that time, to a higher amount/,
    },
    {
      name: 'one overlaps',
      what: wanted(),
      there: [
        period({ time_start: '2026-11-27T20:00:00+0000', time_end: '2026-11-29T00:00:00+0000', budget_value: 100 }),
      ],
      says: /already raises/,
    },
    {
      name: 'the budget stands elsewhere by now',
      what: wanted({ over: fromDecimal('99', USD) }),
      says: /stands at 100000000 micros, not at 99000000/,
    },
    { name: 'it raises nothing', what: wanted({ amount: fromDecimal('100', USD) }), says: /not above the budget/ },
    {
      name: 'it ends before it begins',
      what: wanted({ to: instant('2026-11-26T00:00:00Z') }),
      says: /before it begins/,
    },
    {
      name: 'it is in another currency',
      what: wanted({ amount: fromDecimal('150', currency('EUR')) }),
      says: /in USD/,
    },
    {
      name: 'it is a seasonality adjustment',
      what: {
        kind: 'seasonality',
        name: 's',
        from: instant('2026-11-27T00:00:00Z'),
        to: instant('2026-11-28T00:00:00Z'),
        conversionRateFactor: 2,
        campaigns: [],
      },
      says: /no seasonality/,
    },
    {
      name: 'it is a data exclusion',
      what: {
        kind: 'data-exclusion',
        name: 'd',
        from: instant('2026-11-27T00:00:00Z'),
        to: instant('2026-11-28T00:00:00Z'),
        campaigns: [],
      },
      says: /no data exclusions/,
    },
  ])('is refused unsent when $name', async ({ what, there, says }) => {
    expect(await announce(what, there)).toMatchObject({
      kind: 'refused',
      failure: { detail: expect.stringMatching(says) },
    })
    expect(posts()).toEqual([])
  })

  describe('where the budget’s own switch for schedules is off', () => {
    const off = (there: readonly object[], switched: Reply = { json: { success: true } }) =>
      adapter(there, { json: { id: '901' } }, { isOn: false, switched })

    test('switches it on once the schedule is written', async () => {
      expect(await (await off([])).writer.announce(ACCOUNT, wanted())).toEqual({ kind: 'applied' })
      expect(posts().map(({ path }) => path)).toEqual(['/v25.0/20/budget_schedules', '/v25.0/20'])
      expect(Object.fromEntries(posts()[1]?.params ?? [])).toEqual({ is_budget_schedule_enabled: 'true' })
    })

    test('goes on where it was written before and not switched on', async () => {
      expect(await (await off([period()])).writer.announce(ACCOUNT, wanted())).toEqual({ kind: 'applied' })
      expect(posts().map(({ path }) => path)).toEqual(['/v25.0/20'])
    })

    test('is unknown, and not refused, where the switch is refused: it is written', async () => {
      const refusal = { status: 400, json: { error: { code: 100, message: 'no' } } }
      expect(await (await off([], refusal)).writer.announce(ACCOUNT, wanted())).toMatchObject({ kind: 'unknown' })
    })

    test('is refused unsent where it would switch somebody else’s on', async () => {
      const other = period({ time_start: '2026-12-01T00:00:00+0000', time_end: '2026-12-02T00:00:00+0000' })
      expect(await (await off([other])).writer.announce(ACCOUNT, wanted())).toMatchObject({
        kind: 'refused',
        failure: { code: 'switched-off' },
      })
      expect(posts()).toEqual([])
    })
  })

  test('is unknown when its answer is lost, and is sent once', async () => {
    expect(await announce(wanted(), [], { fault: 'drop' })).toMatchObject({ kind: 'unknown' })
    expect(posts()).toHaveLength(1)
  })
})

describe('reading budget schedules', () => {
  test.each([
    { type: 'ABSOLUTE', value: 5000, level: 150_000_000n, more: {}, why: '$50 over $100' },
    { type: 'MULTIPLIER', value: 140, level: 240_000_000n, more: { share: 1.4 }, why: '140 % over $100' },
  ])('$type $value is $why', async ({ type, value, level, more }) => {
    const { reader } = await adapter([period({ budget_value_type: type, budget_value: value })])
    expect(await reader.announcements(ACCOUNT)).toEqual([
      wanted({ name: '900', amount: { micros: level, currency: 'USD' }, ...more }),
    ])
  })
})

test('one that comes again every week is taken to be in force for ten years', async () => {
  const { reader } = await adapter([period({ recurrence_type: 'WEEKLY' })])
  const [found] = await reader.announcements(ACCOUNT)
  expect(found?.to).toBe(instant('2036-11-24T00:00:00Z'))
})

describe('taking a budget schedule back', () => {
  const withdrawing = async (schedule: string, answer: Reply) => {
    stub = await startStub(() => answer)
    return adapterOn(stub.origin).writer.withdraw?.(ACCOUNT, schedule)
  }

  test('deletes it, once', async () => {
    expect(await withdrawing('900', { json: { success: true } })).toEqual({ kind: 'applied' })
    expect(stub.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /v25.0/900'])
  })

  test('is unknown when its answer is lost', async () => {
    expect(await withdrawing('900', { fault: 'drop' })).toMatchObject({ kind: 'unknown' })
    expect(stub.calls).toHaveLength(1)
  })

  test('of what is no id is refused unsent', async () => {
    expect(await withdrawing('900/x', { json: {} })).toMatchObject({ kind: 'refused' })
    expect(stub.calls).toEqual([])
  })
})
