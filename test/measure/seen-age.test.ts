import { expect, test } from 'vitest'
import { seenAge } from '../../lib/measure/seen-age.ts'
import { accountDate, addDays } from '../../lib/units/calendar.ts'

const TODAY = accountDate('2026-11-21')
const ago = (days: number) => addDays(TODAY, -days)

// The youngest eight days are read every day, all of them on the 7th and the 14th.
const weekly = { followedDays: 8, deepReadOn: [accountDate('2026-11-07'), accountDate('2026-11-14')] }

test.each<[why: string, days: number, looked: Parameters<typeof seenAge>[2], seen: number]>([
  ['yesterday is read every day', 1, weekly, 1],
  ['so is the eighth day', 8, weekly, 8],
  ['the ninth was last read when it was the eighth', 9, weekly, 8],
  ['one that was seven days old at the last look at all, too', 14, weekly, 8],
  ['one that was nine days old then has stayed so', 16, weekly, 9],
  ['and an old one as well', 40, weekly, 33],
  ['what was never looked at again has stayed at the age that is followed', 40, { followedDays: 8 }, 8],
  ['where nothing is known of the readings, all are taken to look at all', 40, {}, 40],
  ['a look after the last reading tells nothing', 16, { ...weekly, deepReadOn: [addDays(TODAY, 1)] }, 8],
])('%s', (_why, days, looked, seen) => {
  expect(seenAge(ago(days), TODAY, looked)).toBe(seen)
})
