import { describe, expect, test } from 'vitest'
import { references } from './references.ts'

describe('problems with certified optima', () => {
  test.each(references().map((one) => [`${one.file}: ${one.name}`, one] as const))('%s', (_name, reference) => {
    const answer = reference.solve()
    expect(1 - answer.objective / reference.optimum).toBeLessThan(reference.tolerance)
    expect(answer.violation).toBeLessThan(1e-12)
    expect(answer.unspent).toBeLessThan(1e-12)
    expect(answer.certificate).toBeLessThan(1e-6)
  })
})
