import { describe, expect, it } from 'vitest'
import { conversionsAt, marginalAt, partOf, spendAtCost } from '../../../playground/market/response.ts'

const concave = { ceiling: 20, halfway: 100, shape: 1 }
const sShaped = { ceiling: 20, halfway: 100, shape: 2 }

describe('the response curve', () => {
  it('brings nothing for nothing, half of the ceiling at halfway, and never the ceiling', () => {
    expect(conversionsAt(concave, 0)).toBe(0)
    expect(conversionsAt(concave, 100)).toBe(10)
    expect(conversionsAt(concave, 1e12)).toBeLessThan(20)
  })

  // By hand: 20 · 300 / (300 + 100) = 15; 20 · 50² / (50² + 100²) = 4.
  it('follows the Hill formula worked by hand', () => {
    expect(conversionsAt(concave, 300)).toBeCloseTo(15, 12)
    expect(conversionsAt(sShaped, 50)).toBeCloseTo(4, 12)
  })

  it('is concave at shape 1: the second half of a spend brings less than the first', () => {
    expect(conversionsAt(concave, 40) - conversionsAt(concave, 20)).toBeLessThan(conversionsAt(concave, 20))
  })

  it('is convex at low spend at shape 2: the second half of a spend brings more than the first', () => {
    expect(conversionsAt(sShaped, 40) - conversionsAt(sShaped, 20)).toBeGreaterThan(conversionsAt(sShaped, 20))
  })

  // By hand at shape 1: c·h/(s + h)² = 20 · 100 / 200² = 0.05.
  it('has the slope that the formula has', () => {
    expect(marginalAt(concave, 100)).toBeCloseTo(0.05, 12)
    const slope = (conversionsAt(sShaped, 60.001) - conversionsAt(sShaped, 59.999)) / 0.002
    expect(marginalAt(sShaped, 60)).toBeCloseTo(slope, 6)
  })

  it('splits over traffic: two halves at half the spend each bring what the whole does', () => {
    expect(2 * conversionsAt(partOf(sShaped, 0.5), 40)).toBeCloseTo(conversionsAt(sShaped, 80), 12)
  })

  // By hand at shape 1: s / (20 s / (s + 100)) = (s + 100) / 20 = 12 at s = 140.
  it('spends until the average conversion costs what the target says', () => {
    expect(spendAtCost(concave, 1, 12)).toBeCloseTo(140, 3)
    expect(spendAtCost(concave, 2, 6)).toBeCloseTo(140, 3)
  })

  it('spends nothing when even the cheapest conversion costs more than the target', () => {
    expect(spendAtCost(concave, 1, 4)).toBe(0)
  })
})
