import { describe, expect, test } from 'vitest'
import { mayKeepStops, reachable, stopSteps, wantedStop, wantsStop } from '../../lib/decide/spend-stops.ts'
import { type CampaignId, portfolioId } from '../../lib/model/account.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import type { SpendStop, StandingStop } from '../../lib/model/spend-stop.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { ACCOUNT, aView, campaign, eur, HATS, SHOES, TODAY } from './breakers/views.ts'
import { someCapabilities } from './samples.ts'

const SOCKS = '12' as CampaignId
const PORTFOLIO = portfolioId('eu')
const RULES = { ...someCapabilities, spendStops: { bound: <T>(amount: T): T => amount } }

const policyOf = (account: object, members: readonly object[] = [{ class: 'prospecting' }]) =>
  policyFrom(
    {
      portfolio: 'eu',
      owner: 'growth',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: '2026-06-01', to: '2026-06-30', total: '30000 EUR' },
      accounts: [
        { account: 'meta:1', conversions: { action: 'purchase', clickWindowDays: 7, basis: 'click' }, ...account },
      ],
      members,
    },
    'the policy',
  ).policy
const ON = { dayCap: '1000 EUR', deadManSwitch: 'on' }
const structure = { ...aView().structure, campaigns: [campaign(HATS, 'Hats'), campaign(SHOES, 'Shoes')] }

test('rules are kept by portfolios that push, and by no others', () => {
  const modes = ['observe', 'shadow', 'approve', 'auto'] as const
  expect(modes.map((mode) => mayKeepStops({ mode }))).toEqual([false, false, true, true])
})

describe('the rule that a policy asks for', () => {
  test('is switched on account by account', () => {
    const policy = policyOf(ON)
    const [own] = policy.accounts
    const other = { ...own!, account: { ...ACCOUNT, id: '2' as typeof ACCOUNT.id }, deadManSwitch: 'off' } as never
    expect(wantsStop({ ...policy, accounts: [other, own!] }, structure)).toBe(true)
    expect(wantsStop({ ...policy, accounts: [other] }, structure)).toBe(false)
  })
  test('bounds each campaign that Sluice may pause by the cap of the whole account', () => {
    expect(wantedStop(policyOf(ON), structure, TODAY, RULES)).toEqual({
      portfolio: PORTFOLIO,
      campaigns: [SHOES, HATS],
      above: eur(1000),
    })
  })
  test.each<[string, object]>([
    ['says nothing', { dayCap: '1000 EUR' }],
    ['says off', { dayCap: '1000 EUR', deadManSwitch: 'off' }],
  ])('is none where it %s', (_what, account) => {
    expect(wantedStop(policyOf(account), structure, TODAY, RULES)).toBeUndefined()
  })
  test('is none on a platform without such rules', () => {
    expect(wantedStop(policyOf(ON), structure, TODAY, someCapabilities)).toBeUndefined()
  })
  test('leaves out campaigns that are only counted, belong to nobody, are gone, or are in a test that runs', () => {
    const only = (members: readonly object[], more: Partial<typeof structure> = {}) =>
      wantedStop(policyOf(ON, members), { ...structure, ...more }, TODAY, RULES)?.campaigns
    const shoes = { name: 'shoes', class: 'prospecting' }
    expect(only([shoes])).toEqual([SHOES])
    expect(only([shoes, { class: 'opaque', managed: false }])).toEqual([SHOES])
    const gone = [campaign(HATS, 'Hats', { status: 'removed' }), campaign(SHOES, 'Shoes')]
    expect(only([{ class: 'prospecting' }], { campaigns: gone })).toEqual([SHOES])
    const experiment = (to: typeof TODAY) => [{ id: 't', name: 'split', campaigns: [HATS], from: TODAY, to }]
    expect(only([{ class: 'prospecting' }], { experiments: experiment(TODAY) })).toEqual([SHOES])
    expect(only([{ class: 'prospecting' }], { experiments: experiment(addDays(TODAY, -1)) })).toEqual([SHOES, HATS])
  })
  test('lists what is paused too: it may be started while nobody of Sluice looks', () => {
    const paused = [campaign(SHOES, 'Shoes', { status: 'paused' })]
    expect(wantedStop(policyOf(ON), { ...structure, campaigns: paused }, TODAY, RULES)?.campaigns).toEqual([SHOES])
  })
  test('is refused without the cap that it is about', () => {
    expect(() => policyOf({ deadManSwitch: 'on' })).toThrow(
      'accounts.0.deadManSwitch: "on" pauses what passes dayCap, which meta:1 has none of: add it',
    )
  })
  test('is about the account that says so, and no other', () => {
    const other = { ...structure, account: { ...ACCOUNT, id: '2' as typeof ACCOUNT.id } }
    expect(wantedStop(policyOf(ON), other, TODAY, RULES)).toBeUndefined()
  })
})

const stop = (units: number, ...campaigns: CampaignId[]): SpendStop => ({
  portfolio: PORTFOLIO,
  campaigns,
  above: eur(units),
})
const worst =
  (units: Readonly<Record<string, number>>) =>
  (id: CampaignId): ReturnType<typeof eur> =>
    eur(units[id] ?? 0)

describe('what of it may be written today', () => {
  test('is all where no campaign can come so far', () => {
    expect(reachable(stop(1000, SHOES, HATS), undefined, worst({ [SHOES]: 1000, [HATS]: 10 }))).toEqual(
      stop(1000, SHOES, HATS),
    )
  })
  test('leaves out a campaign that may spend more today, until it no longer can', () => {
    expect(reachable(stop(1000, SHOES, HATS), undefined, worst({ [SHOES]: 1001 }))).toEqual(stop(1000, HATS))
  })
  test('keeps one that is bounded already: that it may spend more now is what the rule is for', () => {
    const standing = stop(1000, SHOES)
    expect(reachable(stop(1000, SHOES, HATS), standing, worst({ [SHOES]: 17_500 }))).toEqual(stop(1000, SHOES, HATS))
  })
  test('keeps the higher bound of before while a campaign under it could run into the lower one', () => {
    const standing = stop(3000, SHOES, HATS)
    expect(reachable(stop(1000, SHOES, HATS), standing, worst({ [SHOES]: 1500 }))).toEqual(standing)
    expect(reachable(stop(1000, SHOES, HATS), standing, worst({ [SHOES]: 900 }))).toEqual(stop(1000, SHOES, HATS))
  })
  test('raises a bound at once', () => {
    expect(reachable(stop(3000, SHOES), stop(1000, SHOES), worst({ [SHOES]: 2500 }))).toEqual(stop(3000, SHOES))
  })
})

describe('what is to be done about the rules that stand', () => {
  const none = worst({})
  const standing = (id: string, of: SpendStop | undefined, altered?: string): StandingStop => ({
    id,
    name: `rule ${id}`,
    portfolio: PORTFOLIO,
    ...(of ? { stop: of } : {}),
    ...(altered === undefined ? {} : { altered }),
  })
  test('is nothing where the one that is wanted stands', () => {
    expect(stopSteps(stop(1000, SHOES), [standing('1', stop(1000, SHOES))], none)).toEqual([])
  })
  test('is to write it where none stands', () => {
    expect(stopSteps(stop(1000, SHOES), [], none)).toEqual([
      { kind: 'keep', stop: stop(1000, SHOES), why: 'the policy asks for it' },
    ])
  })
  test('is to write it in place of one that somebody has changed', () => {
    expect(stopSteps(stop(1000, SHOES), [standing('1', undefined, 'it is switched off')], none)).toEqual([
      { kind: 'keep', stop: stop(1000, SHOES), id: '1', why: 'it is switched off' },
    ])
  })
  test('is to write it for a campaign too that could run into it by now, where somebody has switched it off', () => {
    const off = [standing('1', undefined, 'it is switched off')]
    expect(stopSteps(stop(1000, SHOES), off, worst({ [SHOES]: 17_500 }))).toMatchObject([
      { kind: 'keep', id: '1', stop: stop(1000, SHOES) },
    ])
  })
  test('is to remove a second one, and never the last', () => {
    const twice = [standing('1', undefined, 'it is switched off'), standing('2', stop(1000, SHOES))]
    expect(stopSteps(stop(1000, SHOES), twice, none)).toEqual([
      { kind: 'remove', standing: twice[0], why: 'it stands twice' },
    ])
    const off = [standing('1', undefined, 'it is switched off'), standing('2', undefined, 'it is switched off')]
    expect(stopSteps(stop(1000, SHOES), off, none)).toMatchObject([
      { kind: 'keep', id: '1' },
      { kind: 'remove', standing: { id: '2' } },
    ])
    const alike = [standing('1', stop(1000, SHOES)), standing('2', stop(1000, SHOES))]
    expect(stopSteps(stop(1000, SHOES), alike, none)).toEqual([
      { kind: 'remove', standing: alike[1], why: 'it stands twice' },
    ])
  })
  test('is to remove all where none is wanted', () => {
    const one = standing('1', stop(1000, SHOES))
    expect(stopSteps(undefined, [one], none)).toEqual([
      { kind: 'remove', standing: one, why: 'the policy asks for none' },
    ])
  })
  test('is nothing where no campaign may be listed yet: a rule without campaigns would be about all', () => {
    expect(stopSteps(stop(1000, SHOES), [], worst({ [SHOES]: 5000 }))).toEqual([])
  })
  test('is to remove one whose campaigns are no longer to be paused, where no other may be listed yet', () => {
    const one = standing('1', stop(1000, SHOES))
    expect(stopSteps(stop(1000, HATS), [one], worst({ [HATS]: 5000 }))).toMatchObject([{ kind: 'remove' }])
  })
  test('takes a campaign out that is no longer to be paused', () => {
    expect(stopSteps(stop(1000, HATS), [standing('1', stop(1000, SHOES, HATS))], none)).toMatchObject([
      { kind: 'keep', id: '1', stop: stop(1000, HATS) },
    ])
  })
  test('lists none that the policy does not let it pause', () => {
    const [step] = stopSteps(stop(1000, SHOES), [standing('1', stop(1000, SOCKS))], none)
    expect(step).toMatchObject({ kind: 'keep', stop: { campaigns: [SHOES] } })
  })
})
