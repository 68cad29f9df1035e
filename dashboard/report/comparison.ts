import {
  change,
  counted,
  day,
  money,
  number,
  percent,
  platform,
  ratio,
  signedMoney,
  signedPercent,
} from '../charts/figures.ts'
import { type Markup, markup, type Part } from '../charts/markup.ts'
import { pacingChart, pacingMessage } from '../charts/pacing.ts'
import type { PeriodFigures, RunReport } from '../run-report.ts'
import { details, empty, figure, lead, section, table } from './parts.ts'

type Measure = (figures: PeriodFigures) => number | undefined

/** All platforms together; unknown when none claimed anything that is known. */
export const claimedOf: Measure = ({ claimed }) => {
  const counts = Object.values(claimed)
  return counts.length === 0 ? undefined : counts.reduce((a, b) => a + b, 0)
}

export function pacingSection(report: RunReport): Markup {
  const { pacing, currency, flightTotal } = report
  const data = { currency, days: pacing, total: flightTotal }
  const rows = pacing.map(({ date, spend, spendToDate, targetToDate, untouchedToDate }) => [
    day(date),
    money(spend, currency),
    money(spendToDate, currency),
    money(targetToDate, currency),
    signedMoney(spendToDate - targetToDate, currency),
    signedPercent(change(targetToDate, spendToDate)),
    money(untouchedToDate, currency),
  ])
  const columns = [
    'Day',
    'Spend of the day',
    'Spent to date',
    'Plan to date',
    'Ahead (+) or behind (−)',
    'Of plan',
    'Untouched to date',
  ]
  return section(
    'pacing',
    'Spend against plan',
    lead(pacingMessage(data)),
    pacing.length > 0 &&
      figure(
        'pacing-chart',
        (frame) => pacingChart(data, frame),
        table('Spend against plan by day', numbers(columns), rows),
      ),
  )
}

/** Headings of which all but the first stand over figures. */
export const numbers = (titles: readonly string[]): readonly { title: string; kind?: 'number' }[] =>
  titles.map((title, i) => (i === 0 ? { title } : { title, kind: 'number' }))

export function beforeAfterSection(report: RunReport): Markup {
  const { before, sluice, untouched, days, currency, accounts } = report
  const row = (name: string, of: Measure, words: (n: number | undefined) => string): readonly Part[] => [
    name,
    words(of(before)),
    markup`<strong>${words(of(sluice))}</strong>`,
    words(of(untouched)),
    signedPercent(change(of(untouched), of(sluice))),
  ]
  const whole = (n: number | undefined): string => number(n)
  const amount = (n: number | undefined): string => money(n, currency)
  const cents = (n: number | undefined): string => money(n, currency, 2)
  return section(
    'before-after',
    'Before and after',
    table(
      'Before the run, with Sluice, and untouched',
      numbers(['', `${counted(days, 'day')} before`, 'With Sluice', 'Untouched', 'Sluice against untouched']),
      [
        row('Spend', (p) => p.spend, amount),
        row('Conversions caused', (p) => p.incremental, whole),
        row('Cost per conversion caused', (p) => ratio(p.spend, p.incremental), cents),
        row('Value caused', (p) => p.incrementalValue, amount),
        row(
          'Incremental ROAS (value caused per unit of spend)',
          (p) => ratio(p.incrementalValue, p.spend),
          (n) => number(n, 2),
        ),
        row('Conversions claimed by the platforms', claimedOf, whole),
        row('Cost per claimed conversion', (p) => ratio(p.spend, claimedOf(p)), cents),
      ],
    ),
    details(
      'How the comparison is made',
      markup`<p>“Untouched” is the same simulated market with the same seed and the same draws of chance for each campaign, in which nobody changes a budget. Its starting budgets are multiplied by ${number(untouched.budgetFactor, 4)}, so that it spends as much: the spends differ by ${percent(Math.abs(untouched.spendDifference), 2)}.</p>
<p>“Caused” is what the market knows and no platform does: the conversions that would not have happened without the spend. It never reaches the part of Sluice that decides. The days before differ in season, so the fair comparison is with the untouched accounts.</p>
<p>${accounts.length === 0 ? 'No account took part.' : markup`Accounts: ${accounts.map(({ key, name, currency: own, zone, campaigns, budgets }, i) => markup`${i > 0 && '; '}<bdi>${name}</bdi> (${key}; ${counted(campaigns, 'campaign')}, ${counted(budgets, 'budget')}; ${own}, ${zone})`)}.`} ${report.rates.length > 0 && `Last exchange rates: ${report.rates.join('; ')}.`}</p>`,
    ),
  )
}

export function claimsSection(report: RunReport): Markup {
  const { before, sluice, untouched, currency } = report
  const platforms = [...new Set([before, sluice, untouched].flatMap(({ claimed }) => Object.keys(claimed)))].toSorted()
  const row = (
    name: Part,
    of: Measure,
    words: (n: number | undefined) => string = (n) => number(n),
  ): readonly Part[] => [name, ...[before, sluice, untouched].map((figures) => words(of(figures)))]
  const perCaused: Measure = (figures) => ratio(claimedOf(figures), figures.incremental)
  return section(
    'claims',
    'Claimed, ordered, caused',
    platforms.length === 0
      ? empty('No platform has claimed a conversion.')
      : lead(
          `With Sluice the platforms claimed ${number(claimedOf(sluice))} conversions, the shop took ${number(sluice.ordered)} orders, organic ones included, and the spend caused ${number(sluice.incremental)} conversions: ${number(perCaused(sluice), 2)} claimed for each one caused.`,
        ),
    table('Conversions as counted by each', numbers(['', 'Before', 'With Sluice', 'Untouched']), [
      ...platforms.map((name) => row(`Claimed by ${platform(name)}`, ({ claimed }) => claimed[name])),
      row('Claimed in all', claimedOf),
      row('Ordered in the shop (organic included)', ({ ordered }) => ordered),
      row('Of these refunded by now', ({ refunded }) => refunded),
      row(
        'Order value',
        ({ orderedValue }) => orderedValue,
        (n) => money(n, currency),
      ),
      row(markup`<strong>Caused by the spend</strong>`, ({ incremental }) => incremental),
    ]),
  )
}
