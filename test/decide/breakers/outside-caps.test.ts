import { describe, expect, test } from 'vitest'
import { type OutsideView, outsideCaps } from '../../../lib/decide/breakers/outside-caps.ts'
import type { FreezeScope } from '../../../lib/model/freeze.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { ACCOUNT, aView, campaign, eur, HATS, NOW, policyWith, SHOES, TODAY } from './views.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const lever = (id: string = SHOES): Lever => ({ account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id })
/** The budget of shoes stands at 400, and is to be cut back to 160. */
const state = (more: Partial<LeverState> = {}): LeverState => ({
  ...{ lever: lever(), version: 1, known: worth(400), knownAt: NOW, ours: false, idle: false },
  ...{ cutBackTo: worth(160), cutBackWhy: 'set by anna' },
  ...more,
})
/** Above what the account’s day cap leaves, and not Sluice’s to cut back. */
const beyond = (more: Partial<NonNullable<LeverState['beyondCap']>> = {}, of: Partial<LeverState> = {}): LeverState => {
  const { cutBackTo: _, cutBackWhy: _why, ...rest } = state()
  return { ...rest, beyondCap: { most: worth(160), why: 'set by ben', ...more }, ...of }
}
interface Case extends Partial<Omit<OutsideView, 'structure'>> {
  readonly structure?: Partial<AccountStructure>
}
const trips = ({ structure = {}, ...more }: Case = {}) => {
  const view = aView({ policy: policyWith({ mode: 'auto' }), levers: [state()], ...more })
  return outsideCaps({ ...view, structure: { ...view.structure, ...structure } })
}

describe('a budget outside the caps', () => {
  test('is told of as the campaign’s that it feeds, with what stands, whose it is and what an hour costs', () => {
    expect(trips()).toEqual([
      {
        ...{ rule: 'outsideCaps', subject: { kind: 'campaign', id: SHOES, name: 'Shoes' }, campaigns: [SHOES] },
        what: 'The budget of "Shoes" stands at 400.00 EUR, set by anna.',
        remedy:
          'It is being cut back to 160.00 EUR. A pause at the platform is all that stops today’s spend for certain.',
        // 240 above it in a day.
        waiting: { kind: 'overspent', perHour: eur(10) },
      },
    ])
    expect(trips({ levers: [beyond()] })).toMatchObject([
      { what: 'The budget of "Shoes" stands at 400.00 EUR, set by ben.', waiting: { perHour: eur(10) } },
    ])
    expect(trips({ levers: [beyond()] })[0]!.remedy).toContain('Sluice counts this budget and does not move it')
  })

  test('is one that runs and stands above it, by a micro or more', () => {
    expect(trips({ levers: [state({ known: worth(160) })] })).toEqual([])
    expect(trips({ levers: [state({ known: worth(160.000001) })] })).toHaveLength(1)
    expect(trips({ levers: [state({ idle: true })] })).toEqual([])
    const { cutBackTo: _, ...plain } = state()
    expect(trips({ levers: [plain] })).toEqual([])
    const ratio = { kind: 'ratio', value: 3 } as const
    expect(trips({ levers: [state({ known: ratio })] })).toEqual([])
    expect(trips({ levers: [state({ cutBackTo: ratio })] })).toEqual([])
  })

  test('is told of by the portfolio whose it is, or by all where it is nobody’s', () => {
    const stopped = { campaigns: [campaign(SHOES, 'Shoes', { status: 'paused' }), campaign(HATS, 'Hats')] }
    const others = policyWith({ members: [{ name: 'hats', class: 'brand' }] })
    expect(trips({ structure: stopped })).toEqual([])
    expect(trips({ policy: others })).toEqual([])
    expect(trips({ policy: others, levers: [beyond()] })).toHaveLength(1)
    expect(trips({ policy: others, levers: [beyond({ portfolio: 'eu' as never })] })).toHaveLength(1)
    expect(trips({ policy: others, levers: [beyond({ portfolio: 'us' as never })] })).toEqual([])
    expect(trips({ structure: stopped, levers: [beyond()] })).toEqual([])
    // To be cut back, whatever else is beyond: the members alone are asked.
    expect(trips({ policy: others, levers: [beyond({}, { cutBackTo: worth(160) })] })).toEqual([])
  })

  test('is of its own campaigns, of all that it feeds, and not of others', () => {
    const [shoes, hats] = aView().structure.budgets
    const shared = { budgets: [{ ...shoes!, campaigns: [SHOES, HATS] }] }
    expect(trips({ structure: shared })).toMatchObject([{ campaigns: [SHOES, HATS] }])
    expect(trips({ levers: [state({ lever: lever(HATS) })] })).toMatchObject([{ subject: { id: HATS } }])
    expect(trips({ levers: [state({ lever: lever('99') })], structure: { budgets: [hats!] } })).toEqual([])
  })
})

describe('of one that is not cut back it says why', () => {
  const why = (of: Case): string => trips(of)[0]!.remedy
  const NOT = 'It is not cut back to 160.00 EUR: '

  test('the mode', () => {
    for (const mode of ['shadow', 'observe'])
      expect(why({ policy: policyWith({ mode }) })).toBe(
        `${NOT}the portfolio is in ${mode}, and nothing is pushed. Set it at the platform.`,
      )
    expect(why({ policy: policyWith({ mode: 'approve' }) })).toContain('It is not adopted: approve the plan')
  })

  test('the flight, whose first and last day are in it', () => {
    const flight = (from: string, to: string) => policyWith({ mode: 'auto', flight: { from, to, total: '30000 EUR' } })
    const [before, after] = [addDays(TODAY, -1), addDays(TODAY, 1)]
    expect(why({ policy: flight(TODAY, after) })).toContain('It is being cut back')
    expect(why({ policy: flight(before, TODAY) })).toContain('It is being cut back')
    expect(why({ policy: flight(after, after) })).toContain(`${NOT}the flight runs from ${after} to ${after}`)
    expect(why({ policy: flight(before, before) })).toContain(`${NOT}the flight runs from`)
  })

  test('a freeze, and what the account takes no changes for', () => {
    const frozen = (scope: string) => ({ frozen: new Set([scope as FreezeScope]) })
    expect(why(frozen(`campaign/meta:1/${SHOES}`))).toContain('is frozen, until a person says')
    expect(why(frozen(`campaign/meta:1/${HATS}`))).toContain('It is being cut back')
    const blockers = [{ code: 'LIMIT', detail: 'spent' }] as never
    expect(why({ structure: { blockers } })).toContain('the account takes no changes (LIMIT: spent)')
  })

  test('a test of the platform on one of its campaigns, to its last day', () => {
    const tested = (more: object, campaigns: readonly string[] = [HATS, SHOES]) => ({
      structure: { experiments: [{ id: 't', name: 'Split', campaigns, ...more }] as never },
    })
    const said = `${NOT}the platform is running the test "Split" on it. Set it at the platform.`
    expect(why(tested({}))).toBe(said)
    expect(why(tested({ to: TODAY }))).toBe(said)
    expect(why(tested({ to: addDays(TODAY, -1) }))).toContain('It is being cut back')
    expect(why(tested({}, [HATS]))).toContain('It is being cut back')
  })
})

describe('budgets that are above caps at worst', () => {
  const day = (excess: number, name?: string) => ({
    ...{ worst: eur(700), cap: eur(600), excess: eur(excess) },
    ...(name ? { name } : {}),
  })

  test('are told of as the account’s, by the worst of them', () => {
    expect(trips({ levers: [], worst: [day(24), day(48, 'cap "search"')] })).toEqual([
      {
        ...{ rule: 'outsideCaps', subject: { kind: 'account' }, campaigns: [SHOES, HATS] },
        what: 'The budgets of the account may cost 700.00 EUR a day at worst, as they stand, and the cap is 600.00 EUR. The budgets that cap "search" counts may cost 700.00 EUR a day at worst, as they stand, and the cap is 600.00 EUR.',
        remedy: expect.stringContaining('Lower budgets or pause campaigns'),
        waiting: { kind: 'overspent', perHour: eur(2) },
      },
    ])
  })

  test('are not there where no cap is', () => {
    expect(trips({ levers: [], worst: [] })).toEqual([])
    expect(trips({ levers: [] })).toEqual([])
  })
})
