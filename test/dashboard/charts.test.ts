import { describe, expect, it } from 'vitest'
import { dumbbellChart } from '../../dashboard/charts/dumbbell.ts'
import { intervalMark, shiftMark } from '../../dashboard/charts/marks.ts'
import { landing, pacingChart, pacingMessage } from '../../dashboard/charts/pacing.ts'
import { sparkline } from '../../dashboard/charts/sparkline.ts'
import { waterfallChart } from '../../dashboard/charts/waterfall.ts'
import { HOSTILE_NAME, sampleReport } from './sample-report.ts'

const frame = { id: 'c', width: 1000 }
const narrow = { id: 'n', width: 320 }
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const titleOf = (svg: string): string => plain(/<title[^>]*>(.*?)<\/title>/s.exec(svg)?.[1] ?? '')
const pathsOf = (svg: string, kind: string): readonly string[] =>
  [...svg.matchAll(new RegExp(`<path class="ch-line ch-${kind}" d="([^"]*)"`, 'g'))].map((found) => found[1] ?? '')

const { pacing, currency } = sampleReport()
const flight = { currency, days: pacing, total: 4000 }

describe('pacing chart', () => {
  // 1,000 wide: the plot is from 64 to 814, so a quarter of the flight is 187.5; 0 to 5,000 EUR are from 290 up to 40.
  it('draws spend from nothing to its last day, at the end of each day', () => {
    expect(pathsOf(pacingChart(flight, frame), 'actual')[0]).toBe('M64,290L251.5,245L439,190L626.5,138L814,85')
  })

  it('draws the plan as one straight line to the flight’s total', () => {
    expect(pathsOf(pacingChart(flight, frame), 'plan')).toEqual(['M64,290L814,90'])
  })

  it('says in its title how spend stands against the plan', () => {
    const svg = pacingChart(flight, frame)
    expect(titleOf(svg)).toBe('Spend is 4,100 EUR, 2.5 % over the plan of 4,000 EUR for 5 Oct to 8 Oct 2026.')
    expect(svg).toContain('role="img" aria-labelledby="c-title c-desc"')
    expect(svg).toContain(
      '<desc id="c-desc">Lines over 4 days: spend is solid, the plan dashed, the untouched accounts dotted.',
    )
  })

  it('says under the plan, and on the plan', () => {
    const ending = (spendToDate: number) => ({
      ...flight,
      days: [...pacing.slice(0, 3), { ...pacing[3]!, spendToDate }],
    })
    expect(plain(pacingMessage(ending(3800)))).toContain('5.0 % under the plan')
    expect(plain(pacingMessage(ending(4000.4)))).toContain('on the plan of')
  })

  it('of a flight that is not over draws where it lands at the pace so far', () => {
    const half = { ...flight, days: pacing.slice(0, 2).map((one) => ({ ...one, spendToDate: one.spendToDate * 1.1 })) }
    expect(landing(half)).toBeCloseTo(4400, 9)
    expect(plain(pacingMessage(half))).toBe(
      'Spend is 2,200 EUR by 6 Oct 2026, 10.0 % over the plan to date of 2,000 EUR; on course to land at 4,400 EUR of 4,000 EUR.',
    )
    const svg = pacingChart(half, frame)
    // From the end of the second day, 2,200 of 5,000 EUR, to the flight's end at 4,400.
    expect(svg).toContain('<line class="ch-line ch-course" x1="439" y1="180" x2="814" y2="70"/>')
    expect(plain(svg)).toContain('On course for')
    expect(svg).toContain('Plan, whole flight')
  })

  it('draws a single day', () => {
    const one = { ...flight, days: [{ date: '2026-10-05', spendToDate: 900, targetToDate: 1000 }], total: 1000 }
    // 0 to 1,000 EUR are from 290 up to 40.
    expect(pathsOf(pacingChart(one, frame), 'actual')[0]).toBe('M64,290L814,65')
    expect(pathsOf(pacingChart(one, frame), 'untouched')).toEqual([])
    expect(plain(pacingMessage(one))).toBe(
      'Spend is 900 EUR, 10.0 % under the plan of 1,000 EUR for 5 Oct to 5 Oct 2026.',
    )
  })

  it('of no day says that pacing is unknown', () => {
    const svg = pacingChart({ ...flight, days: [] }, frame)
    expect(titleOf(svg)).toBe('No day has ended yet: spend against plan is unknown.')
    expect(svg).not.toContain('<path')
  })

  it('without a plan still draws the spend', () => {
    const none = { ...flight, total: 0, days: pacing.map((one) => ({ ...one, targetToDate: 0 })) }
    expect(plain(pacingMessage(none))).toContain('against an unknown plan')
    expect(pacingChart(none, frame)).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('names its lines above them on a narrow page, each with its own figure', () => {
    const svg = plain(pacingChart(flight, narrow))
    expect(svg).toContain('viewBox="0 0 320 ')
    expect(svg).toContain('>Spent 4,100 EUR (+2.5 %)<')
    expect(svg).toContain('>Untouched 4,100 EUR<')
    expect(svg).toContain('>Plan 4,000 EUR<')
  })
})

describe('waterfall', () => {
  const data = {
    currency: 'EUR',
    unit: 'a day',
    steps: [
      { name: 'Search', amount: 300 },
      { name: 'Display', amount: -100 },
    ],
  }
  const rects = (svg: string): readonly (readonly (string | undefined)[])[] =>
    [...svg.matchAll(/<rect class="([^"]*)" x="([^"]*)" y="[^"]*" width="([^"]*)"/g)].map((found) => found.slice(1))

  // 1,000 wide: the plot is from 230 to 850, and 620 / 300 pixels are an EUR.
  it('starts each step where the one before ended, and closes to the sum', () => {
    expect(rects(waterfallChart(data, frame))).toEqual([
      ['ch-more', '230', '620'],
      ['ch-less', '643.33', '206.67'],
      ['ch-net', '230', '413.33'],
    ])
  })

  it('names direction by sign and arrow, not by colour alone', () => {
    const svg = plain(waterfallChart(data, frame))
    expect(svg).toContain('>▲ +300 EUR<')
    expect(svg).toContain('>▼ −100 EUR<')
    expect(svg).toContain('>+200 EUR<')
    expect(titleOf(svg)).toBe(
      'Spend changed by +200 EUR a day in all: most was added to Search (+300 EUR a day); most was taken from Display (−100 EUR a day).',
    )
  })

  it('escapes the names of campaigns', () => {
    const svg = waterfallChart({ ...data, steps: [{ name: HOSTILE_NAME, amount: 5 }] }, frame)
    expect(svg).not.toMatch(/<script|<img/)
    expect(svg).toContain('&lt;script&gt;')
  })

  it('of no step, and of steps of nothing, still says so', () => {
    expect(titleOf(waterfallChart({ ...data, steps: [] }, frame))).toBe('No money has moved.')
    const flat = waterfallChart({ ...data, steps: [{ name: 'Search', amount: 0 }] }, frame)
    expect(titleOf(flat)).toBe('Spend changed by 0 EUR a day in all.')
    expect(rects(flat)).toEqual([
      ['ch-more', '230', '1'],
      ['ch-net', '230', '1'],
    ])
  })
})

describe('before and after', () => {
  const data = {
    currency: 'EUR',
    measure: 'cost per conversion caused',
    rows: [
      { name: 'Search', before: 50, after: 25 },
      { name: 'New', after: 10 },
    ],
  }

  // 1,000 wide: the plot is from 230 to 750 for 0 to 50 EUR.
  it('stands hollow before and filled after on one scale from zero', () => {
    const svg = dumbbellChart(data, frame)
    expect(svg).toContain(
      '<circle class="ch-ring ch-actual" cx="750" cy="47" r="5"/><circle class="ch-dot ch-actual" cx="490" cy="47" r="5"/>',
    )
    expect(svg.match(/ch-ring/g)).toHaveLength(1)
    expect(plain(svg)).toContain('>50.00 → 25.00 EUR (−50 %)<')
  })

  it('says what is unknown', () => {
    expect(titleOf(dumbbellChart(data, frame))).toBe(
      'Cost per conversion caused fell in 1 and rose in 0 of 2 groups; it is unknown in 1.',
    )
    expect(plain(dumbbellChart(data, frame))).toContain('>— unknown → 10.00 EUR<')
    expect(titleOf(dumbbellChart({ ...data, rows: [] }, frame))).toBe(
      'Cost per conversion caused before and after is not known for any group.',
    )
  })
})

describe('small marks', () => {
  it('shift on a square-root scale that all rows share', () => {
    // √100 of √100 is the right end at 114; √25 is half of it, 6 + 108 / 2.
    expect(shiftMark(100, 25, 100)).toContain('x1="114" y1="8" x2="60" y2="8"')
  })

  it('show an interval about a zero that all share', () => {
    const mark = intervalMark({ low: -10, mean: 5, high: 10 }, [{ low: -10, mean: 5, high: 10 }])
    expect(mark).toContain('<line class="ch-zero" x1="110" y1="2" x2="110" y2="26"/>')
    expect(mark).toContain('<line class="ch-span" x1="8" y1="14" x2="212" y2="14"/>')
    expect(mark).toContain('cx="161"')
  })

  it('of intervals that are all nothing still draw', () =>
    expect(intervalMark({ low: 0, mean: 0, high: 0 }, [{ low: 0, mean: 0, high: 0 }])).not.toContain('NaN'))
})

describe('sparkline', () => {
  const data = {
    name: 'Search',
    unit: 'EUR',
    steps: [
      { at: 0, value: 100 },
      { at: 5, value: 50 },
    ],
    from: 0,
    to: 10,
  }

  it('holds each value until the next, on a scale from zero', () => {
    // 240 wide: time from 2 to 234; 0 to 100 from 53 up to 6. The last point is there twice: a step of no width.
    expect(pathsOf(sparkline(data, { id: 's', width: 240 }), 'actual')).toEqual([
      'M2,6L118,6L118,29.5L234,29.5L234,29.5',
    ])
    expect(titleOf(sparkline(data, frame))).toBe('Search: from 100.00 to 50.00 EUR in 1 step.')
  })

  it('says when nothing changed and when nothing is known', () => {
    expect(titleOf(sparkline({ ...data, steps: data.steps.slice(0, 1) }, frame))).toBe('Search: 100.00 EUR throughout.')
    expect(titleOf(sparkline({ ...data, steps: [] }, frame))).toBe('Search: no value is known.')
  })
})
