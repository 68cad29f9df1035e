import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agreement, type Counted, mutualDifferences, ownDifferences } from '../../cli/commands/mapping-differences.ts'
import { type AccountKey, accountKey, parseAccountKey } from '../../lib/model/account.ts'
import type { ConversionAction } from '../../lib/model/conversion-action.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

const ACCOUNT = accountKey(parseAccountKey('meta:1'))
const OTHER = accountKey(parseAccountKey('google-ads:2'))
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' }
const ACTION: ConversionAction = {
  action: 'purchase',
  name: 'Purchase',
  id: '17',
  clickWindowDays: [7],
  viewWindowDays: [0],
  basis: 'click',
  isBidFor: true,
}
const counted = (
  rule: Partial<ConversionRule>,
  action: Partial<ConversionAction> = {},
  account = ACCOUNT,
): Counted => ({
  account,
  rule: { ...RULE, ...rule },
  actions: [{ ...ACTION, ...action }],
})
const kinds = (one: Counted) => ownDifferences(one).map(({ kind }) => kind)

describe('an account’s rule and its platform', () => {
  test('that agree do not differ', () => {
    expect(kinds(counted({}))).toEqual([])
  })
  test.each(['purchase', 'Purchase', '17'])('may name the action %s', (action) => {
    expect(kinds(counted({ action }))).toEqual([])
  })
  test('differ where there is no such action, and those that there are stand beside it', () => {
    const [only, ...more] = ownDifferences(counted({ action: 'lead' }))
    expect(more).toEqual([])
    expect(only).toMatchObject({
      kind: 'action-missing',
      says: 'meta:1: "lead" is not among its conversion actions (purchase)',
      means: expect.stringContaining('nothing is counted there'),
    })
  })
  test.each<[string, Partial<ConversionRule>, Partial<ConversionAction>, readonly string[]]>([
    ['what is counted is not bid for', {}, { isBidFor: false }, ['not-bid-for']],
    ['a window is not offered', { clickWindowDays: 30 }, {}, ['window-not-offered']],
    ['a window is offered but not the setting', {}, { clickWindowDays: [28, 7] }, ['window-not-bid-by']],
    ['views count there and not here', {}, { viewWindowDays: [1, 0] }, ['window-not-bid-by']],
    ['the basis is another', { basis: 'conversion' }, { basis: 'mixed' }, ['basis-not-offered']],
    [
      'several at once',
      { clickWindowDays: 1 },
      { isBidFor: false, clickWindowDays: [7, 1] },
      ['not-bid-for', 'window-not-bid-by'],
    ],
    ['nothing, where days of conversions can be asked for', { basis: 'conversion' }, {}, []],
    ['nothing, where the platform does not tell', {}, { clickWindowDays: [] }, []],
  ])('differ where %s', (_what, rule, action, expected) => {
    expect(kinds(counted(rule, action))).toEqual(expected)
  })
  test('say on which side the shorter window makes it look dearer', () => {
    const means = (click: number, own: readonly number[]) =>
      ownDifferences(counted({ clickWindowDays: click }, { clickWindowDays: own }))[0]?.means
    expect(means(1, [7, 1])).toContain('looks dearer')
    expect(means(28, [7, 28])).toContain('looks cheaper')
  })
  test('are not compared where the platform was not asked', () => {
    expect(ownDifferences({ account: ACCOUNT, rule: RULE, actions: undefined, why: 'x' })).toEqual([])
  })
})

describe('rules of one portfolio', () => {
  test('that are the same do not differ', () => {
    expect(mutualDifferences([counted({}), counted({}, {}, OTHER)])).toEqual([])
  })
  test('differ by action, windows and day, each with who counts how', () => {
    const other = counted({ action: 'lead', clickWindowDays: 30, viewWindowDays: 1, basis: 'mixed' }, {}, OTHER)
    const found = mutualDifferences([counted({}), other])
    expect(found.map(({ says }) => says)).toEqual([
      'counted actions differ: "purchase" (meta:1); "lead" (google-ads:2)',
      'windows after a click differ: 7 days (meta:1); 30 days (google-ads:2)',
      'windows after a view differ: none (meta:1); 1 day (google-ads:2)',
      'days that conversions are put on differ: click (meta:1); mixed (google-ads:2)',
    ])
    expect(new Set(found.flatMap(({ accounts }) => accounts))).toEqual(new Set<AccountKey>([ACCOUNT, OTHER]))
  })
})

test('that nothing differs is said only of what was compared', () => {
  const unasked = (account: AccountKey): Counted => ({ account, rule: RULE, actions: undefined, why: 'imported' })
  expect(agreement([counted({}), counted({}, {}, OTHER)])).toBe('No differences.')
  expect(agreement([counted({}), unasked(OTHER)])).toBe('No differences in what was compared.')
  expect(agreement([unasked(ACCOUNT)])).toBe('Nothing was compared with a platform.')
  expect(agreement([unasked(ACCOUNT), unasked(OTHER)])).toBe(
    'Nothing was compared with a platform. Between the accounts there are no differences.',
  )
})

describe('mapping', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
    await readyAt(shop, MORNING)
  })
  afterAll(() => shop.close())

  test('lists what is counted and what platforms have, and where they differ', async () => {
    const { code, out } = await shop.sluice('mapping', '--json')
    expect(code).toBe(0)
    const [portfolio] = JSON.parse(out).portfolios
    expect(portfolio.accounts).toMatchObject([
      {
        account: GOOGLE,
        counted: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
        platform: { action: 'purchase', clickWindowDays: [30], isBidFor: true },
      },
      {
        account: META,
        counted: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'mixed' },
        platform: { name: 'omni_purchase', clickWindowDays: [7, 0, 1, 28], viewWindowDays: [1, 0], isBidFor: true },
      },
    ])
    expect(portfolio.differences.map(({ kind }: { kind: string }) => kind)).toEqual([
      // Meta bids for views of the day before, which the policy does not count.
      'window-not-bid-by',
      'click-windows-differ',
      'bases-differ',
    ])
  })
  test('shows people the same, with what it means', async () => {
    const { out } = await shop.sluice('mapping', 'steady')
    expect(out).toMatch(/meta:112233445566778 +purchase +7 d +0 d +mixed +7 d click, 1 d view, mixed +yes/)
    expect(out).toContain('windows after a click differ: 30 days')
    expect(out).toContain('the longer one counts sales that come late')
  })
  test('fails where the counted action is not there', async () => {
    shop.write(
      'policy.yaml',
      policyText().replace('action: purchase, clickWindowDays: 7', 'action: kupfer, clickWindowDays: 7'),
    )
    await shop.sluice('policy', 'put', 'policy.yaml')
    const { code, out } = await shop.sluice('mapping')
    expect(code).toBe(1)
    expect(out).toContain(`${META}: "kupfer" is not among its conversion actions`)
  })
  test('fails where a platform cannot be asked, and compares the others', async () => {
    shop.write('policy.yaml', policyText())
    await shop.sluice('policy', 'put', 'policy.yaml')
    shop.write('secrets/meta.json', '{"accessToken":"EAAnotours"}')
    const { code, out } = await shop.sluice('mapping')
    expect(code).toBe(1)
    expect(out).toContain(`not compared: ${META}: unauthorised`)
    expect(out).not.toContain('EAAnotours')
    expect(out).toContain('windows after a click differ')
  })
  test('does not say that nothing differs where no platform could be asked', async () => {
    const [, metas = ''] = policyText().match(/clickWindowDays: 7, (.*) }/) ?? []
    shop.write('policy.yaml', policyText().replace(/clickWindowDays: 30, .* }/, `clickWindowDays: 7, ${metas} }`))
    await shop.sluice('policy', 'put', 'policy.yaml')
    shop.write('secrets/meta.json', '{"accessToken":"EAAnotours"}')
    shop.write('secrets/google.json', '{}')
    const { code, out } = await shop.sluice('mapping')
    expect(code).toBe(1)
    expect(out).toContain(`not compared: ${GOOGLE}`)
    expect(out).toContain('Nothing was compared with a platform.')
    expect(out).not.toContain('No differences.')
  })
  test('of a portfolio that is not there says which there are', async () => {
    expect((await shop.sluice('mapping', 'nobody')).err).toContain('there is no portfolio nobody: there is steady')
  })
})
