import { afterAll, beforeAll, expect, test } from 'vitest'
import { MORNING, openShop, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  // A real clock never stands still between two looks at it.
  shop = await openShop({ tickMs: 1 })
})
afterAll(() => shop.close())

test('apply pushes at once also while the clock goes on', async () => {
  await readyAt(shop, MORNING)
  await shop.sluice('plan')
  const { code, out, err } = await shop.sluice('apply', '--auto-approve')
  expect(err).not.toContain('is not pushed to at this time of its day')
  expect(code).toBe(0)
  expect(out).toMatch(/^Result: \d+ verified$/m)
})
