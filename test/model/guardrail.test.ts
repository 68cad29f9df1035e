import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  GUARDRAIL_NAMES,
  guardrailWords,
  isBlocked,
  isGuardrail,
  type PackedGuardrails,
  type PackedVerdict,
  packGuardrails,
  unpackGuardrails,
} from '../../lib/model/guardrail.ts'
import { currency, money } from '../../lib/units/money.ts'

const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom('EUR', 'JPY'))
  .map(([micros, code]) => money(micros, currency(code)))
const someVerdict: fc.Arbitrary<PackedVerdict> = fc
  .record(
    {
      name: fc.constantFrom(...GUARDRAIL_NAMES),
      verdict: fc.constantFrom('pass', 'clamp', 'block'),
      atLeast: amount,
      atMost: amount,
      detail: fc.string({ unit: 'binary' }),
    },
    { requiredKeys: ['name', 'verdict'] },
  )
  .map((one) => ({ ...one }) as PackedVerdict)

test('a guardrail is known by its name, and says in words what it asks', () => {
  expect(isGuardrail('frozen')).toBe(true)
  expect(isGuardrail('account-cap')).toBe(false)
  expect(guardrailWords('frozen')).toBe('nothing is frozen')
})

describe('a packed list of guardrails', () => {
  test('comes back as it was, whatever its details say', () => {
    fc.assert(
      fc.property(fc.array(someVerdict, { maxLength: 40 }), (verdicts) => {
        expect(unpackGuardrails(packGuardrails(verdicts))).toEqual(verdicts)
      }),
    )
  })

  test('is short: a code, a sign, and bounds in micros', () => {
    expect(
      packGuardrails([
        { name: 'frozen', verdict: 'pass' },
        { name: 'step', verdict: 'clamp', atMost: money(120_000_000n, currency('EUR')) },
        { name: 'learning', verdict: 'block', detail: 'a "new" ad' },
      ]),
    ).toBe('fz.st~<120000000EURlp!"a \\"new\\" ad"')
  })

  test('gives every guardrail a code of its own', () => {
    const codes = GUARDRAIL_NAMES.map((name) => packGuardrails([{ name, verdict: 'pass' }]))
    expect(new Set(codes).size).toBe(GUARDRAIL_NAMES.length)
    expect(codes.every((code) => code.length === 3)).toBe(true)
  })

  test.each(['zz.', 'fz', 'fz. st.', 'fz?', 'st~<12', 'fz.x'])('refuses "%s"', (text) => {
    expect(() => unpackGuardrails(text as PackedGuardrails)).toThrow(RangeError)
  })

  test('is blocked as soon as one blocks', () => {
    const passes: PackedVerdict = { name: 'frozen', verdict: 'pass' }
    expect(isBlocked(undefined)).toBe(false)
    expect(isBlocked(packGuardrails([passes, { name: 'step', verdict: 'clamp' }]))).toBe(false)
    expect(isBlocked(packGuardrails([passes, { name: 'learning', verdict: 'block' }]))).toBe(true)
    // A sign within a detail is none.
    expect(isBlocked(packGuardrails([{ ...passes, detail: 'lp!' }]))).toBe(false)
  })
})
