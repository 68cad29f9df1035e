import { expect, test } from 'vitest'
import { HOURLY, rowSchema } from '../../../lib/platforms/meta/insight-row.ts'

const row = (hour: string) => ({
  campaign_id: '11',
  spend: '1.00',
  date_start: '2026-11-20',
  date_stop: '2026-11-20',
  [HOURLY]: hour,
})

test('an hour is one whole hour: of two that only begin alike one would be counted with the other', () => {
  expect(rowSchema.safeParse(row('13:00:00 - 13:59:59')).success).toBe(true)
  expect(rowSchema.safeParse(row('13:00:00 - 14:59:59')).success).toBe(false)
  expect(rowSchema.safeParse(row('13:00:00 - 13:59:5')).success).toBe(false)
})
