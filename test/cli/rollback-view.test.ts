import { expect, test } from 'vitest'
import { movedLines } from '../../cli/commands/rollback-view.ts'
import type { MovedLever, RollbackDraft } from '../../lib/control/rollback.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import { instant } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'

const euros = (units: bigint): LeverValue => ({ kind: 'money', amount: money(units * 1_000_000n, currency('EUR')) })
const lever = { account: accountRef('meta', '1'), kind: 'daily-budget', entity: 'budget', id: '11' } as const

/** What is said of a budget that the plan left at 160. */
const line = (now: LeverValue | undefined, more: object = {}): string | undefined => {
  const decision = { name: 'Shoes', change: { lever, from: euros(200n), to: euros(160n) } }
  const moved = { made: { decision, stored: euros(160n), at: 0 }, now, ...more } as unknown as MovedLever
  return movedLines({ moved: [moved] } as unknown as RollbackDraft)[0]
}

const seenAt = instant('2026-06-02T08:00:00Z')

test.each([
  [euros(150n), { drift: { actor: 'bob', seenAt } }, 'now 150.00 EUR, by bob, seen 2026-06-02T08:00:00Z: set it at'],
  [euros(160n), { drift: { seenAt } }, 'moved away and back since, by somebody, seen 2026-06-02T08:00:00Z: set it at'],
  [euros(150n), { byPlan: 'p2' }, 'now 150.00 EUR, by plan p2: roll plan p2 back first'],
  [undefined, {}, 'now gone: nothing is left to set'],
])(
  'a lever that has moved since, case %#, is named with what became of it, who it was and what to do',
  (now, more, text) => {
    expect(line(now, more)).toContain(`! meta:1 Shoes  left at 160.00 EUR, ${text}`)
  },
)
