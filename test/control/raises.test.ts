import { describe, expect, test } from 'vitest'
import { mergedRaises } from '../../lib/control/raises.ts'
import { portfolioId } from '../../lib/model/account.ts'
import type { ScheduledRaise } from '../../lib/model/scheduled-raise.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { euros } from '../simulation/rig.ts'

const EVE = { date: accountDate('2026-06-04'), lookedAt: instant('2026-06-04T14:00:00Z') }
const DURING = { date: accountDate('2026-06-05'), lookedAt: instant('2026-06-05T14:00:00Z') }

const RAISE: ScheduledRaise = {
  from: instant('2026-06-05T00:00:00Z'),
  to: instant('2026-06-06T00:00:00Z'),
  first: accountDate('2026-06-05'),
  last: accountDate('2026-06-05'),
  size: { by: 'amount', amount: euros(300) },
}
const OURS: ScheduledRaise = {
  ...RAISE,
  ours: { event: 'fair', portfolio: portfolioId('eu'), factor: 4, over: euros(100) },
}
const READ = { ...RAISE, id: 's1' }
const STANDING = { ...OURS, id: 's1' }
const SENT = { ...OURS, unsureUntil: instant('2026-06-04T15:00:00Z') }

describe('what is known of schedules after a reading', () => {
  test.each<
    [
      why: string,
      known: readonly ScheduledRaise[],
      seen: readonly ScheduledRaise[],
      look: typeof EVE,
      wanted: readonly ScheduledRaise[],
    ]
  >([
    ['one that was sent gets the platform’s name', [SENT], [READ], EVE, [STANDING]],
    ['one that may still arrive stays', [SENT], [], EVE, [SENT]],
    [
      'one that can no longer arrive, and did not, goes',
      [{ ...SENT, unsureUntil: instant('2026-06-04T13:00:00Z') }],
      [],
      EVE,
      [],
    ],
    [
      'on its day, it counts for the rest of it, and is nobody’s',
      [{ ...SENT, unsureUntil: instant('2026-06-05T13:00:00Z') }],
      [],
      DURING,
      [{ ...RAISE, gone: DURING.date }],
    ],
    [
      'one of ours that somebody deletes stays theirs to decide',
      [STANDING],
      [],
      EVE,
      [{ ...STANDING, gone: EVE.date }],
    ],
    ['one that we took back before it began goes', [{ ...STANDING, leaving: true }], [], EVE, []],
    [
      'one that we took back on its day counts for the rest of it',
      [{ ...STANDING, leaving: true }],
      [],
      DURING,
      [{ ...READ, gone: DURING.date }],
    ],
    ['one that comes back is there again', [{ ...STANDING, gone: EVE.date }], [READ], DURING, [STANDING]],
    ['somebody else’s is taken in', [], [READ], EVE, [READ]],
    ['somebody else’s that is over is not', [], [READ], { ...DURING, date: accountDate('2026-06-06') }, []],
    ['one that is over needs no reading', [STANDING], [], { ...DURING, date: accountDate('2026-06-06') }, [STANDING]],
    ['two weeks later it is forgotten', [STANDING], [], { ...DURING, date: accountDate('2026-06-20') }, []],
    [
      'one of ours that somebody edits is theirs, and both count for now',
      [STANDING],
      [{ ...READ, size: { by: 'amount', amount: euros(900) } }],
      DURING,
      [
        { ...STANDING, gone: DURING.date },
        { ...READ, size: { by: 'amount', amount: euros(900) } },
      ],
    ],
  ])('%s', (_why, known, seen, look, wanted) => {
    expect(mergedRaises(known, seen, look).raises).toEqual(wanted)
    // Reading again changes nothing.
    expect(mergedRaises(wanted, seen, look).raises).toEqual(wanted)
  })
})
