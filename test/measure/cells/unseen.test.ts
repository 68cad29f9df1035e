import { describe, expect, test } from 'vitest'
import { packTables } from '../../../lib/measure/cells/packed-cells.ts'
import { dependenceOf } from '../../../lib/measure/cells/unseen.ts'

/** A row of clicks for each device, a column for each hour. */
const table = (...rows: readonly (readonly number[])[]) =>
  rows.flatMap((row, device) =>
    row.map((clicks, hour) => ({ levels: { device: `${device}`, hour: `${hour}` }, clicks, outcome: 0 })),
  )
const dependence = (...tables: readonly ReturnType<typeof table>[]) => dependenceOf(packTables(tables))

describe('how far two dimensions depend on each other', () => {
  test('is not at all where clicks are the product of their margins', () => {
    expect(dependence(table([100, 300], [200, 600]))).toBe(0)
  })

  test('is the excess of Pearson’s statistic over chance, by clicks and what the margins take up', () => {
    // 500 expected in each cell: 4 · 400² / 500 = 1280, one degree of freedom, 2000 / 4 a unit.
    expect(dependence(table([900, 100], [100, 900]))).toBeCloseTo(1279 / 500, 9)
  })

  test('counts combinations that never occurred whether or not there is a cell for them', () => {
    const cells = table([500, 0], [500, 1000])
    expect(dependence(cells.filter(({ clicks }) => clicks > 0))).toBeCloseTo(dependence(cells), 9)
    // Expected 250, 250, 750 and 750: 250 + 250 + 250² / 750 · 2 = 666.7.
    expect(dependence(cells)).toBeCloseTo((2000 / 3 - 1) / 500, 9)
  })

  test('is taken from all tables, the more from one the more clicks it has', () => {
    // 1279 over 500, and nothing over 5,000.
    const independent = table([5000, 5000], [5000, 5000])
    expect(dependence(table([900, 100], [100, 900]), independent)).toBeCloseTo((1279 - 1) / 5500, 9)
  })

  test('is none where chance explains it, where nothing was clicked and where no table has two dimensions', () => {
    expect(dependence(table([10, 11], [12, 10]))).toBe(0)
    expect(dependence(table([0, 0], [0, 0]))).toBe(0)
    expect(dependenceOf(packTables([[{ levels: { place: 'a' }, clicks: 9, outcome: 1 }]]))).toBe(0)
  })
})
