import { describe, expect, it } from 'vitest'
import {
  amountWords,
  change,
  counted,
  day,
  instant,
  money,
  number,
  percent,
  platformOf,
  ratio,
  signed,
  signedMoney,
  signedPercent,
} from '../../dashboard/charts/figures.ts'
import { spread } from '../../dashboard/charts/frame.ts'
import { escaped, markup, px, trusted } from '../../dashboard/charts/markup.ts'

/** No-break spaces as spaces, to be read. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('figures as text', () => {
  it.each([
    [money(366159.53, 'EUR'), '366,160 EUR'],
    [money(34.767, 'EUR', 2), '34.77 EUR'],
    [money(-0.4, 'EUR'), '0 EUR'],
    [signedMoney(4325, 'EUR'), '+4,325 EUR'],
    [signedMoney(-1017.4, 'EUR'), '−1,017 EUR'],
    [signedMoney(0.2, 'EUR'), '0 EUR'],
    [number(1234567), '1,234,567'],
    [signed(-0.004, 2), '0.00'],
    [percent(0.01195), '1.2 %'],
    [signedPercent(-0.2), '−20.0 %'],
    [amountWords('1598.00 EUR'), '1,598.00 EUR'],
    [amountWords('1598 JPY'), '1,598 JPY'],
    [amountWords('paused'), 'paused'],
    [day('2026-10-05'), '5 Oct 2026'],
    [instant('2026-10-26T01:00:00Z'), '26 Oct 2026, 01:00 UTC'],
    [counted(1, 'change'), '1 change'],
    [counted(2000, 'change'), '2,000 changes'],
    [platformOf('google-ads:1'), 'Google Ads'],
    [platformOf('tiktok:1'), 'TikTok'],
    [platformOf('reddit:1'), 'reddit'],
  ])('%s', (made, expected) => expect(plain(made)).toBe(expected))

  it('show what is not known as a dash with a word, never as 0', () => {
    expect(plain(money(undefined, 'EUR'))).toBe('— unknown')
    expect(plain(money(Number.NaN, 'EUR', 2, 'too few conversions'))).toBe('— too few conversions')
    expect(plain(signedPercent(undefined))).toBe('— unknown')
    expect(plain(number(Number.POSITIVE_INFINITY))).toBe('— unknown')
  })

  it('leave unknown what has nothing to be divided by', () => {
    expect(ratio(10, 0)).toBeUndefined()
    expect(ratio(10, 4)).toBe(2.5)
    expect(change(0, 10)).toBeUndefined()
    expect(change(undefined, 10)).toBeUndefined()
    expect(change(80, 100)).toBe(0.25)
  })
})

describe('markup', () => {
  it('escapes what is put in, but for markup', () => {
    expect(markup`<p title="${`"'`}">${'<b>&'}${trusted('<i>')}${['a', '<']}${undefined}${false}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>a&lt;</p>',
    )
  })

  it('replaces characters that XML does not have', () => expect(escaped('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc'))

  it('refuses a coordinate that is not finite', () => {
    expect(() => px(Number.NaN)).toThrow('a coordinate must be finite, got NaN')
    expect([px(1.005), px(-0.001), px(12)]).toEqual(['1', '0', '12'])
  })
})

describe('labels that would cover each other', () => {
  it('are moved apart in their order', () => expect(spread([100, 90, 100], 38, 300)).toEqual([128, 90, 166]))
  it('are moved up where there is no room below', () => expect(spread([270, 275], 38, 276)).toEqual([238, 276]))
  it('stay where they are when there is room', () => expect(spread([10, 100], 38, 300)).toEqual([10, 100]))
})
