import { describe, expect, test } from 'vitest'
import { accountRef, type CampaignId, platformId } from '../../lib/model/account.ts'
import type { CampaignClass, Selection } from '../../lib/model/policy.ts'
import { apart, bySpecificity, covers, selects } from '../../lib/model/selection.ts'

const GOOGLE = accountRef('google-ads', '1')
const META = accountRef('meta', '1')
const google = platformId('google-ads')
const meta = platformId('meta')
const id = (text: string): CampaignId => text as CampaignId
const CAMPAIGN = { id: id('7'), name: 'DE | Brand | Exact' }

describe('a selection means a campaign', () => {
  test.each<[why: string, selection: Selection, isMeant: boolean]>([
    ['when it gives nothing', {}, true],
    ['of its platform', { platform: google }, true],
    ['of no other platform', { platform: meta }, false],
    ['of its account', { account: GOOGLE }, true],
    ['of no other account, though the digits are the same', { account: META }, false],
    ['of its class', { class: 'brand' }, true],
    ['of no other class', { class: 'opaque' }, false],
    ['of its id', { id: id('7') }, true],
    ['of no other id', { id: id('77') }, false],
    ['whose name contains the text, in any case', { name: 'bRAND |' }, true],
    ['whose name contains the empty text, as all do', { name: '' }, true],
    ['of no other name', { name: 'brand exact' }, false],
    [
      'when all that it gives fits',
      { platform: google, account: GOOGLE, class: 'brand', id: id('7'), name: 'de' },
      true,
    ],
    ['not when one of two fits', { class: 'brand', name: 'fr' }, false],
  ])('%s', (_why, selection, isMeant) => {
    expect(selects(selection, GOOGLE, CAMPAIGN, 'brand')).toBe(isMeant)
  })

  test('outside the portfolio by anything but a class', () => {
    expect(selects({ name: 'brand' }, GOOGLE, CAMPAIGN, undefined)).toBe(true)
    expect(selects({ class: 'brand' }, GOOGLE, CAMPAIGN, undefined)).toBe(false)
  })
})

describe('of two selections', () => {
  const DE_META: Selection = { account: META, name: 'DE' }

  test.each<[why: string, wide: Selection, narrow: Selection, isCovered: boolean]>([
    ['everything covers anything', {}, DE_META, true],
    ['anything does not cover everything', DE_META, {}, false],
    ['the same covers itself', DE_META, DE_META, true],
    ['a platform covers its accounts', { platform: meta }, DE_META, true],
    ['an account does not cover its platform', { account: META }, { platform: meta }, false],
    ['a platform does not cover another’s account', { platform: google }, DE_META, false],
    ['a text covers texts that contain it', { name: 'de' }, { name: 'DE | brand' }, true],
    ['a longer text does not', { name: 'DE | brand' }, { name: 'de' }, false],
    ['a class does not cover a name', { class: 'brand' }, { name: 'brand' }, false],
    ['an id does not cover another', { id: id('1') }, { id: id('2') }, false],
  ])('%s', (_why, wide, narrow, isCovered) => {
    expect(covers(wide, narrow)).toBe(isCovered)
  })

  test.each<[why: string, a: Selection, b: Selection, areApart: boolean]>([
    ['everything and anything are not apart', {}, DE_META, false],
    ['two platforms are', { platform: google }, DE_META, true],
    ['two accounts are', { account: accountRef('meta', '2') }, DE_META, true],
    ['a platform and its account are not', { platform: meta }, DE_META, false],
    ['two classes are', { class: 'brand' }, { class: 'opaque' }, true],
    ['two ids are', { id: id('1') }, { id: id('2') }, true],
    ['two names are', { name: 'DE' }, { name: 'FR' }, true],
    ['a name and a part of it are not', { name: 'DE | brand' }, { name: 'brand' }, false],
    ['a class and a platform are not', { class: 'brand' }, { platform: meta }, false],
  ])('%s', (_why, a, b, areApart) => {
    expect(apart(a, b)).toBe(areApart)
    expect(apart(b, a)).toBe(areApart)
  })

  test('the one that says most about a campaign comes first', () => {
    const kind: CampaignClass = 'brand'
    const inOrder: readonly Selection[] = [
      { id: id('7') },
      { name: 'DE | brand', class: kind },
      { name: 'DE | brand' },
      { name: 'DE', account: META },
      { name: 'DE' },
      { account: META, class: kind },
      { account: META },
      { platform: meta, class: kind },
      { platform: meta },
      { class: kind },
      {},
    ]
    expect(inOrder.toReversed().toSorted(bySpecificity)).toEqual(inOrder)
    expect(bySpecificity({ platform: google }, { platform: meta })).toBe(0)
  })
})
