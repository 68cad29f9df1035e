import { type DumbbellData, dumbbellChart, dumbbellMessage } from '../charts/dumbbell.ts'
import { change, counted, money, platformOf, ratio, signedMoney, signedPercent } from '../charts/figures.ts'
import { shiftMark } from '../charts/marks.ts'
import { type Markup, markup, type Part, trusted } from '../charts/markup.ts'
import { netOf, type WaterfallData, waterfallChart, waterfallMessage } from '../charts/waterfall.ts'
import type { CampaignLine, RunReport } from '../run-report.ts'
import { numbers } from './comparison.ts'
import { type Column, details, empty, figure, lead, named, section, table } from './parts.ts'

/** Campaigns shown at once; the others are a click away. */
const SHOWN = 12
const TOO_FEW = 'too few conversions'

interface Group {
  readonly name: string
  readonly spendBefore: number
  readonly spendAfter: number
  readonly costBefore: number | undefined
  readonly costAfter: number | undefined
}

/** Campaigns of one platform and class together, those with the largest spend first. */
export function groupsOf(campaigns: readonly CampaignLine[]): readonly Group[] {
  const groups = Map.groupBy(campaigns, (one) => `${platformOf(one.account)}, ${one.class}`)
  return [...groups]
    .map(([name, members]): Group => {
      const sum = (of: (one: CampaignLine) => number): number => members.reduce((total, one) => total + of(one), 0)
      const [spendBefore, spendAfter] = [sum((one) => one.spendPerDayBefore), sum((one) => one.spendPerDayAfter)]
      // A campaign whose cost is unknown caused less than half a conversion: its spend counts, and no conversion does.
      const perDay = (spend: number, cost: number | undefined): number => (cost === undefined ? 0 : spend / cost)
      return {
        name,
        spendBefore,
        spendAfter,
        costBefore: ratio(
          spendBefore,
          sum((one) => perDay(one.spendPerDayBefore, one.cpaBefore)),
        ),
        costAfter: ratio(
          spendAfter,
          sum((one) => perDay(one.spendPerDayAfter, one.cpaAfter)),
        ),
      }
    })
    .toSorted((a, b) => b.spendAfter - a.spendAfter)
}

export function campaignsSection(report: RunReport): Markup {
  const { campaigns, currency } = report
  if (campaigns.length === 0)
    return section('campaigns', 'Where the money went', empty('No campaign took part in this run.'))
  const groups = groupsOf(campaigns)
  const moved = campaigns.toSorted((a, b) => Math.abs(shift(b)) - Math.abs(shift(a)))
  const most = Math.max(...campaigns.flatMap((one) => [one.spendPerDayBefore, one.spendPerDayAfter]))
  const rest = moved.slice(SHOWN)
  return section(
    'campaigns',
    'Where the money went',
    lead(waterfallMessage(movesOf(groups, currency))),
    moneyFigure(groups, currency),
    markup`<h3>What a conversion cost</h3>`,
    lead(dumbbellMessage(costsOf(groups, currency))),
    costFigure(groups, currency),
    markup`<h3>${rest.length > 0 ? `The ${SHOWN} campaigns that moved most` : 'Campaigns'}</h3>`,
    campaignTable('Campaigns whose spend changed most', moved.slice(0, SHOWN), currency, most),
    rest.length > 0 &&
      details(
        `The other ${counted(rest.length, 'campaign')}`,
        campaignTable('The other campaigns', rest, currency, most),
      ),
  )
}

const shift = (one: CampaignLine): number => one.spendPerDayAfter - one.spendPerDayBefore

const movesOf = (groups: readonly Group[], currency: string): WaterfallData => ({
  currency,
  unit: 'a day',
  steps: groups
    .map(({ name, spendBefore, spendAfter }) => ({ name, amount: spendAfter - spendBefore }))
    .toSorted((a, b) => b.amount - a.amount),
})

const costsOf = (groups: readonly Group[], currency: string): DumbbellData => ({
  currency,
  measure: 'cost per conversion caused',
  rows: groups.map(({ name, costBefore, costAfter }) => ({ name, before: costBefore, after: costAfter })),
})

function moneyFigure(groups: readonly Group[], currency: string): Markup {
  const data = movesOf(groups, currency)
  const rows = groups.map(({ name, spendBefore, spendAfter }) => [
    name,
    money(spendBefore, currency),
    money(spendAfter, currency),
    signedMoney(spendAfter - spendBefore, currency),
    signedPercent(change(spendBefore, spendAfter)),
  ])
  const total = (of: (group: Group) => number): number => groups.reduce((sum, group) => sum + of(group), 0)
  const [before, after] = [total((group) => group.spendBefore), total((group) => group.spendAfter)]
  return figure(
    'money-chart',
    (frame) => waterfallChart(data, frame),
    table('Spend a day by platform and class', numbers(['', 'Before', 'With Sluice', 'Change', 'Change, %']), [
      ...rows,
      [
        'In all',
        money(before, currency),
        money(after, currency),
        signedMoney(netOf(data), currency),
        signedPercent(change(before, after)),
      ],
    ]),
  )
}

function costFigure(groups: readonly Group[], currency: string): Markup {
  const rows = groups.map(({ name, costBefore, costAfter }) => [
    name,
    money(costBefore, currency, 2, TOO_FEW),
    money(costAfter, currency, 2, TOO_FEW),
    signedPercent(change(costBefore, costAfter)),
  ])
  return figure(
    'cost-chart',
    (frame) => dumbbellChart(costsOf(groups, currency), frame),
    table('Cost per conversion caused, by platform and class', numbers(['', 'Before', 'With Sluice', 'Change']), rows),
  )
}

const COLUMNS: readonly Column[] = [
  { title: 'Campaign' },
  { title: 'Spend a day before', kind: 'number' },
  { title: markup`<span class="visually-hidden">Spend before and after, drawn</span>`, kind: 'drawn' },
  { title: 'Spend a day with Sluice', kind: 'number' },
  { title: 'Change', kind: 'number' },
  { title: 'Cost per conversion before', kind: 'number' },
  { title: 'Cost per conversion with Sluice', kind: 'number' },
]

const campaignTable = (caption: string, campaigns: readonly CampaignLine[], currency: string, most: number): Markup =>
  table(
    caption,
    COLUMNS,
    campaigns.map((one): readonly Part[] => [
      markup`${named(one.name)} <span class="soft block">${platformOf(one.account)}, ${one.class}</span>`,
      money(one.spendPerDayBefore, currency, 2),
      trusted(shiftMark(one.spendPerDayBefore, one.spendPerDayAfter, most)),
      money(one.spendPerDayAfter, currency, 2),
      signedPercent(change(one.spendPerDayBefore, one.spendPerDayAfter), 1, 'nothing was spent before'),
      money(one.cpaBefore, currency, 2, TOO_FEW),
      money(one.cpaAfter, currency, 2, TOO_FEW),
    ]),
  )
