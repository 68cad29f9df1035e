import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { budgetPaths } from '../../dashboard/report/budget-paths.ts'
import { groupsOf } from '../../dashboard/report/campaigns.ts'
import { headlineWords } from '../../dashboard/report/headline.ts'
import { reportHtml } from '../../dashboard/report/report.ts'
import { decision, emptyReport, HOSTILE_NAME, META, sampleReport } from './sample-report.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const html = reportHtml(sampleReport())
const sectionOf = (page: string, id: string): string =>
  new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)?.[0] ?? ''
const words = (markup: string): string =>
  plain(markup.replace(/<(style|script)>.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ')).replace(/ +/g, ' ')

/** Cells of the row that starts with `name`. */
function row(page: string, section: string, name: string): readonly string[] {
  const rows = [...sectionOf(page, section).matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, cells = '']) =>
    [...cells.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => words(cell).trim()),
  )
  return rows.find(([first]) => first?.startsWith(name)) ?? []
}

describe('report page', () => {
  it('starts with the gain against the untouched accounts', () => {
    expect(plain(headlineWords(sampleReport()))).toBe('10.0 % more conversions from the same spend')
    expect(plain(html)).toContain(
      'the spend caused 110 conversions at 37.27 EUR each, where the same accounts left untouched would have caused 100 at 41.00 EUR each.',
    )
  })

  it('says so when the run did worse, spent otherwise, or aims at value', () => {
    const { sluice, untouched } = sampleReport()
    expect(plain(headlineWords(sampleReport({ sluice: { ...sluice, incremental: 95 } })))).toBe(
      '5.0 % fewer conversions from the same spend',
    )
    expect(plain(headlineWords(sampleReport({ untouched: { ...untouched, spendDifference: -0.03 } })))).toBe(
      '10.0 % more conversions from 3.0 % more spend',
    )
    expect(plain(headlineWords(sampleReport({ goal: 'value' })))).toBe(
      '2.5 % more conversion value from the same spend',
    )
    expect(headlineWords(emptyReport())).toBe('The effect on the outcome is unknown')
  })

  it('has its sections in the order in which a marketer asks', () => {
    expect([...html.matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual([
      'Spend against plan',
      'Landing and limits',
      'Before and after',
      'Where the money went',
      'Largest moves',
      'Held, and why',
      'Somebody else’s edits',
      'Refusals and failures',
      'Claimed, ordered, caused',
      'What must always hold',
      'Decision log',
    ])
  })

  it('names nothing outside itself', () => {
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|\/\/[a-z]|url\(|@import|srcset|<(link|img|iframe|object|base)\b/i,
    )
    expect([...html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(
      true,
    )
  })

  it('lets only its own style and script run, by their hashes', () => {
    const hash = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'")
    const [style, script] = [/<style>(.*?)<\/style>/s, /<script>(.*?)<\/script>/s].map((tag) =>
      hash(tag.exec(html)?.[1]),
    )
    expect(policy).toBe(
      `default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'`,
    )
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html).not.toMatch(/\sstyle="|\son[a-z]+="/)
  })

  it('escapes the names of campaigns wherever they stand', () => {
    expect(html).not.toContain(HOSTILE_NAME)
    expect(html).not.toContain('<img')
    expect(html.split('&lt;script&gt;globalThis.broken=1&lt;/script&gt;').length).toBeGreaterThan(4)
  })

  it('gives every id once', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('figures of the page equal the report', () => {
  it('before, with Sluice, and untouched', () => {
    expect(row(html, 'before-after', 'Spend')).toEqual(['Spend', '4,000 EUR', '4,100 EUR', '4,100 EUR', '0.0 %'])
    expect(row(html, 'before-after', 'Conversions caused')).toEqual([
      'Conversions caused',
      '80',
      '110',
      '100',
      '+10.0 %',
    ])
    // 4,000/80, 4,100/110, 4,100/100; 37.27/41 − 1 = −9.1 %.
    expect(row(html, 'before-after', 'Cost per conversion caused').slice(1)).toEqual([
      '50.00 EUR',
      '37.27 EUR',
      '41.00 EUR',
      '−9.1 %',
    ])
    // 12,300/4,100 = 3.00 against 12,000/4,100 = 2.93.
    expect(row(html, 'before-after', 'Incremental ROAS').slice(2)).toEqual(['3.00', '2.93', '+2.5 %'])
    expect(row(html, 'before-after', 'Conversions claimed').slice(1)).toEqual(['70', '150', '150', '0.0 %'])
  })

  it('claims of a platform that is not known for a period', () => {
    expect(row(html, 'claims', 'Claimed by Meta')).toEqual(['Claimed by Meta', '— unknown', '60', '60'])
    expect(words(sectionOf(html, 'claims'))).toContain(
      'claimed 150 conversions, the shop took 160 orders, organic ones included, and the spend caused 110 conversions: 1.36 claimed',
    )
  })

  it('pacing by day', () => {
    expect(row(html, 'pacing', '7 Oct 2026')).toEqual([
      '7 Oct 2026',
      '1,040 EUR',
      '3,040 EUR',
      '3,000 EUR',
      '+40 EUR',
      '+1.3 %',
      '3,050 EUR',
    ])
  })

  it('where the flight was seen to land, first and last, and by each plan', () => {
    expect(words(sectionOf(html, 'limits'))).toContain(
      'expected to land, on 5 Oct 2026 at 4,010 EUR (80 %: 3,900 EUR to 4,120 EUR), on 8 Oct 2026 at 4,095 EUR (80 %: 4,080 EUR to 4,110 EUR); its total is 4,000 EUR.',
    )
    expect(row(html, 'limits', '8 Oct 2026')).toEqual(['8 Oct 2026', '4,095 EUR', '4,080 EUR', '4,110 EUR', '25 EUR'])
  })

  it('what bound the portfolio, with what a hundred more would bring, and what limits its budgets', () => {
    expect(row(html, 'limits', 'day-target')).toEqual([
      'day-target',
      'the portfolio has no more to spend today',
      '3',
      '+2.15',
    ])
    expect(row(html, 'limits', 'its budget')).toEqual([
      'its budget',
      '8',
      'Search , Shopping , A , B , C , D and 2 others',
    ])
    expect(words(sectionOf(html, 'limits'))).toContain('— cannot be said')
  })

  it('campaigns, an unknown cost with its reason', () => {
    expect(row(html, 'campaigns', 'Shopping').slice(1)).toEqual([
      '100.00 EUR',
      '',
      '100.00 EUR',
      '0.0 %',
      '— too few conversions',
      '25.00 EUR',
    ])
    expect(row(html, 'campaigns', 'Google Ads, prospecting')).toEqual([
      'Google Ads, prospecting',
      '600 EUR',
      '900 EUR',
      '+300 EUR',
      '+50.0 %',
    ])
    expect(row(html, 'campaigns', 'In all').slice(1)).toEqual(['1,000 EUR', '1,025 EUR', '+25 EUR', '+2.5 %'])
  })

  it('groups cost what their campaigns spent for what they caused', () => {
    const [google] = groupsOf(sampleReport().campaigns)
    // Before: 500/50 = 10 for 600 EUR, the other campaign's being too few to tell. After: 800/40 + 100/25 = 24 for 900 EUR.
    expect(google).toEqual({
      name: 'Google Ads, prospecting',
      spendBefore: 600,
      spendAfter: 900,
      costBefore: 60,
      costAfter: 37.5,
    })
  })

  it('moves with reason and interval', () => {
    const moves = words(sectionOf(html, 'moves'))
    expect(moves).toContain('120.00 EUR → 1,440.00 EUR')
    expect(moves).toContain('+3.00 conversions a day expected 80 %: +1.25 to +4.75')
    expect(moves).toContain('−0.50 conversions a day expected 80 %: −1.00 to 0.00')
    expect(moves).toContain('the next money brings most here')
    expect(moves).toContain('Over the run: 100.00 EUR → 1,440.00 EUR in 2 moves')
    expect(moves).not.toContain('in 1 move')
  })

  it('holds, edits, refusals and checks', () => {
    expect(row(html, 'holds', 'Within deadband').slice(1, 3)).toEqual(['1,234', '3'])
    expect(row(html, 'drifts', 'Shopping').slice(1)).toEqual([
      '7 Oct 2026, 09:12 UTC',
      '100.00 EUR → 115.00 EUR',
      'jana@shop.example',
      'Adopt : inside the caps',
    ])
    expect(words(sectionOf(html, 'refusals'))).toContain(
      '120 turns ran and 2 failed and were tried again; 1 message went to a dead-letter queue.',
    )
    expect(row(html, 'refusals', 'pull')).toEqual(['pull', '2', META, 'Service temporarily unavailable'])
    expect(words(sectionOf(html, 'invariants'))).toContain('1 of 2 checks broke.')
    expect(words(sectionOf(html, 'invariants'))).toMatch(/✓ held no push took.*✗ broken every plan can/s)
  })

  it('every decision, by day and plan', () => {
    const log = sectionOf(html, 'decisions')
    expect(log.match(/<tr data-d="change"/g)).toHaveLength(3)
    expect(log.match(/<tr data-d="hold"/g)).toHaveLength(2)
    expect([...log.matchAll(/<summary>(.*?)<\/summary>/g)].map(([, summary = '']) => words(summary).trim())).toEqual([
      '5 Oct 2026 1 change, 1 hold',
      '6 Oct 2026 2 changes, 1 hold, 2 plans',
    ])
    expect(words(log)).toContain('change outcome unknown 50.00 USD → 40.00 USD')
  })

  it('with every number formatted and every amount with its currency', () => {
    const text = words(html).replaceAll(META, '')
    expect(text).not.toMatch(/NaN|Infinity|undefined|null|\[object/)
    expect(text).not.toMatch(/\d{5,}|\d\.\d{5,}/)
  })
})

describe('paths of budgets', () => {
  it('follow the changes that were applied, furthest from their start first', () => {
    const [search, ...others] = budgetPaths(sampleReport())
    expect(others).toEqual([])
    expect(search).toMatchObject({
      name: 'Search',
      unit: 'EUR',
      from: Date.parse('2026-10-05'),
      to: Date.parse('2026-10-09'),
    })
    expect(search?.steps.map(({ value }) => value)).toEqual([100, 120, 1440])
  })

  it('show an edit by hand where the next change starts from it', () => {
    const applied = { decision: 'change', outcome: 'verified' } as const
    const decisions = [
      decision({ ...applied, at: '2026-10-05T00:00:00Z', from: '100.00 EUR', to: '110.00 EUR' }),
      decision({ ...applied, at: '2026-10-07T00:00:00Z', from: '500.00 EUR', to: '400.00 EUR' }),
    ]
    expect(budgetPaths(sampleReport({ decisions }))[0]?.steps.map(({ value }) => value)).toEqual([100, 110, 500, 400])
  })
})

describe('a run in which nothing happened', () => {
  const nothing = reportHtml(emptyReport())

  it.each([
    ['pacing', 'No day has ended yet: spend against plan is unknown.'],
    ['limits', 'No plan of this run says where the flight lands'],
    ['campaigns', 'No campaign took part in this run.'],
    ['moves', 'No budget was changed in this run.'],
    ['holds', 'Nothing was held'],
    ['drifts', 'Nobody else edited a managed budget.'],
    ['refusals', 'No platform refused a change.'],
    ['claims', 'No platform has claimed a conversion.'],
    ['invariants', 'whether the run was safe is unknown'],
    ['decisions', 'nothing was decided'],
  ])('says in words that there is nothing in %s', (id, text) => expect(words(sectionOf(nothing, id))).toContain(text))

  it('shows unknown figures as unknown', () => {
    expect(row(nothing, 'before-after', 'Cost per conversion caused').slice(1)).toEqual([
      '— unknown',
      '— unknown',
      '— unknown',
      '— unknown',
    ])
    expect(words(nothing)).not.toMatch(/NaN|Infinity|undefined/)
  })
})
